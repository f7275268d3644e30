import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'tap'
import { connectDatabase } from '../../../src/database/connect.js'
import { CannotStart } from '../../../src/database/startup-error.js'
import { temporaryFolder } from '../../helper/database.js'
import { emptyPath, pathWithoutMongod, standInMongod, startEmbedded } from '../../helper/engines.js'

test('a mongod on PATH runs as a replica set of one on 127.0.0.1, and what is written stays', async (t) => {
  const standIn = await standInMongod(t)
  const dataDir = temporaryFolder(t)
  const path = [standIn.folder, pathWithoutMongod()].join(delimiter)
  const first = await startEmbedded(t, { path, dataDir })
  t.same(first.engine, { name: 'mongod', version: '8.0.4' })
  const args = standIn.args()
  t.equal(args[args.indexOf('--replSet') + 1], 'slotcast')
  t.equal(args[args.indexOf('--bind_ip') + 1], '127.0.0.1')
  t.equal(args[args.indexOf('--dbpath') + 1], join(dataDir, 'db'))

  const before = await connectDatabase({ uri: first.uri })
  await before.collection('things').insertOne({ kept: true })
  await before.close()
  await first.stop()

  const second = await startEmbedded(t, { path, dataDir })
  const after = await connectDatabase({ uri: second.uri })
  t.match(await after.collection('things').findOne({}), { kept: true })
  await after.close()
})

test('MONGOD_BINARY comes before the mongod on PATH', async (t) => {
  const onPath = await standInMongod(t, '7.0.1')
  const named = await standInMongod(t, '8.2.3')
  const path = [onPath.folder, pathWithoutMongod()].join(delimiter)
  const { engine } = await startEmbedded(t, { path, mongodBinary: named.binary })
  t.equal(engine.version, '8.2.3')
})

test('without a mongod the next link runs: the first test would notice', async (t) => {
  const { engine } = await startEmbedded(t)
  t.equal(engine.name, 'SecantusDB')
})

test('a MONGOD_BINARY that cannot be run, or is something else, stops the start in one line', async (t) => {
  await t.rejects(startEmbedded(t, { mongodBinary: join(temporaryFolder(t), 'no-such-file') }), {
    name: 'CannotStart',
    message: /^MONGOD_BINARY=".*no-such-file" is not a program that can be run\.$/,
  })
  await t.rejects(startEmbedded(t, { mongodBinary: process.execPath }), {
    name: 'CannotStart',
    message: /does not say its version as mongod does/,
  })
})

test('a mongod that ends at once is told with its last words', async (t) => {
  const standIn = await standInMongod(t)
  const script = readFileSync(standIn.binary, 'utf8')
  writeFileSync(standIn.binary, script.replace(/^exec .*$/m, 'echo the disk is full; exit 14'))
  const start = startEmbedded(t, { mongodBinary: standIn.binary, path: emptyPath(t) })
  await t.rejects(start, { name: 'CannotStart', message: /ended at once: the disk is full/ })
  t.ok(await start.catch((error: unknown) => error instanceof CannotStart && !error.message.includes('\n')))
})
