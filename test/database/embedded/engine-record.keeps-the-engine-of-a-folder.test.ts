import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'tap'
import { temporaryFolder } from '../../helper/database.js'
import { pathWithoutMongod, standInMongod, startEmbedded } from '../../helper/engines.js'

const record = (dataDir: string) => JSON.parse(readFileSync(join(dataDir, 'engine.json'), 'utf8'))

test('a folder that SecantusDB made is opened by it, although a mongod is on PATH by now', async (t) => {
  const dataDir = temporaryFolder(t)
  const first = await startEmbedded(t, { dataDir })
  t.match(record(dataDir), { name: 'SecantusDB', version: first.engine.version, source: 'wheel' })
  await first.stop()

  const standIn = await standInMongod(t)
  const path = [standIn.folder, pathWithoutMongod()].join(delimiter)
  const second = await startEmbedded(t, { dataDir, path })
  t.same(second.engine, first.engine)
  await second.stop()

  const control = await startEmbedded(t, { path })
  t.equal(control.engine.name, 'mongod', 'a new folder takes that mongod')
  await t.rejects(startEmbedded(t, { dataDir, mongodBinary: standIn.binary }), {
    name: 'CannotStart',
    message: /^The data in .* was made by SecantusDB .*, and now there is mongod .*engine\.json\.$/,
  })
})

test('a folder whose mongod is gone stops the start and says how to go on', async (t) => {
  const dataDir = temporaryFolder(t)
  const standIn = await standInMongod(t, '8.0.4')
  const first = await startEmbedded(t, { dataDir, mongodBinary: standIn.binary })
  await first.stop()
  await t.rejects(startEmbedded(t, { dataDir }), {
    name: 'CannotStart',
    message:
      /^The data in .* was made by mongod 8\.0\.4, which is not found any more: put it on PATH or set MONGOD_BINARY to it, or choose another DATA_DIR/,
  })
  t.match(record(dataDir), { name: 'mongod', version: '8.0.4' }, 'and the record is as it was')
})

test('a fix release of the same mongod opens the folder, another series does not until the record says so', async (t) => {
  const dataDir = temporaryFolder(t)
  const [made, fixed, next] = [
    await standInMongod(t, '8.0.4'),
    await standInMongod(t, '8.0.9'),
    await standInMongod(t, '8.2.0'),
  ]
  await (await startEmbedded(t, { dataDir, mongodBinary: made.binary })).stop()
  await (await startEmbedded(t, { dataDir, mongodBinary: fixed.binary })).stop()
  await t.rejects(startEmbedded(t, { dataDir, mongodBinary: next.binary }), { name: 'CannotStart' })

  writeFileSync(join(dataDir, 'engine.json'), JSON.stringify({ ...record(dataDir), version: '8.2.0' }))
  const { engine } = await startEmbedded(t, { dataDir, mongodBinary: next.binary })
  t.equal(engine.version, '8.2.0')
})

test('a record that cannot be read stops the start instead of being written anew', async (t) => {
  const dataDir = temporaryFolder(t)
  writeFileSync(join(dataDir, 'engine.json'), '{ "name": "mong')
  await t.rejects(startEmbedded(t, { dataDir }), {
    name: 'CannotStart',
    message: /engine\.json is not readable/,
  })
  t.equal(readFileSync(join(dataDir, 'engine.json'), 'utf8'), '{ "name": "mong')
  t.notOk(existsSync(join(dataDir, 'db')), 'no database was started beside it')
})
