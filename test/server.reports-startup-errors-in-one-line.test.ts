import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { connectDatabase } from '../src/database/connect.js'
import { freePort } from '../src/database/embedded/free-port.js'
import { temporaryFolder, testDatabase } from './helper/database.js'
import { type ProgramOptions, runServer, untilNoneWith } from './helper/processes.js'

const SECRETS = { JWT_SECRET: 'j'.repeat(32), FIELD_KEY: 'f'.repeat(32) }

/** The lines of a start that must not succeed; what is left of it would be found by its data folder. */
async function linesOf(t: Test, options: ProgramOptions): Promise<string[]> {
  const server = runServer(t, options)
  const { code } = await server.ended
  t.equal(code, 1)
  t.notMatch(server.output(), /^ +at /m, 'no stack')
  await untilNoneWith(server.dataDir)
  return server
    .output()
    .trim()
    .split('\n')
    .filter((line) => !/^(building|fetching|waiting)/.test(line))
}

test('each bad setting gets a line of its own, and nothing is started', async (t) => {
  const env = {
    PORT: 'eighty',
    HOLD_SECONDS: '0',
    KEEP_DAYS: '1.5',
    PUBLIC_VIEW: 'perhaps',
    TRUST_PROXY: 'zzz',
  }
  const lines = await linesOf(t, { env })
  t.equal(lines.length, 5)
  for (const name of Object.entries(env).map(([key, value]) => `${key}="${value}"`)) {
    t.ok(
      lines.some((line) => line.startsWith(name)),
      name,
    )
  }
})

test('a database of ones own needs secrets of ones own', async (t) => {
  const lines = await linesOf(t, { env: { MONGODB_URI: 'mongodb://ada:open-sesame@127.0.0.1:1/x' } })
  t.same(lines, ['JWT_SECRET must be set when MONGODB_URI is', 'FIELD_KEY must be set when MONGODB_URI is'])
})

test('a port that is taken, or an address of another machine', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  t.same(await linesOf(t, { env: { PORT: String(port) } }), [
    `Port ${port} on 127.0.0.1 is in use; stop what listens there, or set PORT to another one.`,
  ])
  t.match(await linesOf(t, { env: { HOST: '203.0.113.7' } }), [/^Cannot listen on HOST="203\.0\.113\.7"/])
})

test('a data folder that another server has, or that cannot be written', async (t) => {
  const first = runServer(t)
  const url = await first.url()
  const lines = await linesOfSecond(t, first.dataDir)
  t.match(lines, [new RegExp(`^The data folder .* is in use by the server with process id ${first.pid};`)])
  t.equal((await fetch(`${url}/livez`)).status, 200, 'the first one did not notice')

  const folder = join(temporaryFolder(t), 'a-file')
  writeFileSync(folder, '')
  t.match(await linesOf(t, { dataDir: folder }), [/^DATA_DIR cannot be used: E/])
})

async function linesOfSecond(t: Test, dataDir: string): Promise<string[]> {
  const second = runServer(t, { dataDir })
  t.equal((await second.ended).code, 1)
  return second.output().trim().split('\n')
}

test('a database that does not come', async (t) => {
  const nobody = `127.0.0.1:${await freePort()}`
  const lines = await linesOf(t, {
    env: { MONGODB_URI: `mongodb://ada:open-sesame@${nobody}/x`, ...SECRETS },
  })
  t.match(lines.at(-1), new RegExp(`^No database answers at ${nobody}`))
  t.notMatch(lines.join('\n'), /sesame/)
})

test('an embedded database that ends at once', async (t) => {
  const folder = temporaryFolder(t)
  const broken = join(folder, 'mongod')
  writeFileSync(
    broken,
    '#!/bin/sh\n[ "$1" = --version ] && echo "db version v8.0.0" && exit 0\necho no space left >&2\nexit 1\n',
  )
  chmodSync(broken, 0o755)
  const lines = await linesOf(t, { env: { MONGOD_BINARY: broken } })
  t.match(lines, [/^The embedded database \(mongod 8\.0\.0\) ended at once: no space left/])
})

test('a database with slots of another length', async (t) => {
  const { uri } = await testDatabase(t)
  const connection = await connectDatabase({ uri })
  await connection
    .collection<{ _id: string; slotMinutes: number }>('settings')
    .insertOne({ _id: 'slots', slotMinutes: 20 })
  await connection.close()
  const lines = await linesOf(t, { env: { MONGODB_URI: uri, ...SECRETS } })
  t.match(lines, [/^This database has slots of 20 minutes and this server makes slots of 15;/])
})
