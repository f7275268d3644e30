/** A database is moved from the embedded engine to a server of its own and back, with everything in it. */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import { SCHEMA_VERSION } from '../../../src/database/schema-version.js'
import { temporaryFolder, testDatabase } from '../../helper/database.js'
import { command, lastLine } from '../../helper/operations.js'
import { runServer } from '../../helper/processes.js'
import {
  caller,
  PASSWORD,
  publish,
  register,
  type SignedIn,
  startOne,
  type TestServer,
} from '../../helper/servers.js'

interface Keys {
  FIELD_KEY: string
  JWT_SECRET: string
}

/** A server in a folder, used and stopped. */
async function usedFolder(t: Test) {
  const home = temporaryFolder(t)
  const dataDir = join(home, 'data')
  const program = runServer(t, { dataDir, env: { NOTICE_SECONDS: '0' } })
  const url = await program.url()
  const server = { url, call: caller(url), app: { clock: Date } } as unknown as TestServer
  const provider = await register(server, 'provider')
  const client = await register(server, 'client', { name: 'Ada Client' })
  const slots = await publish(server, provider, 20)
  await book(server, client, slots[0])
  const stop = async () => {
    program.kill('SIGTERM')
    await program.ended
  }
  const keys = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as Keys
  return { home, dataDir, provider, client, slots, keys, stop }
}

async function book({ call }: Pick<TestServer, 'call'>, { email }: SignedIn, slotId: string | undefined) {
  const { body } = await call<{ accessToken: string }>('POST', '/v1/token', {
    body: { email, password: PASSWORD },
  })
  const token = body.accessToken
  const held = await call<{ id: string }>('POST', '/v1/reservations', { token, body: { slotId } })
  const { status } = await call('POST', `/v1/reservations/${held.body.id}/confirm`, { token })
  if (status !== 200) throw new Error(`a booking answered ${held.status}, ${status}`)
}

const migrate = (t: Test, args: string[], env: Record<string, string> = {}) =>
  command(t, 'migrate-database', args, { dataDir: 'nowhere', env })

async function databaseAt(t: Test, uri: string) {
  const connection = await mongoose.createConnection(uri).asPromise()
  t.teardown(() => connection.close())
  return connection.getClient().db(connection.name)
}

t.test('from a folder to a server of its own, and back into another folder', async (t) => {
  const { home, dataDir, client, slots, keys, stop } = await usedFolder(t)
  const { uri } = await testDatabase(t)
  const there = ['--from', dataDir, '--to', uri]
  const early = await migrate(t, there)
  t.equal(early.code, 1, 'not while its server runs')
  t.match(lastLine(early.output), /is in use by the server with process id \d+; stop that one/)
  await stop()

  const moved = await migrate(t, there)
  t.equal(moved.code, 0, moved.output)
  t.match(moved.output, /^same {6}slots: 20 documents, sum \w{16}$/m)
  t.notMatch(moved.output, /DIFFERENT/)
  t.match(moved.output, new RegExp(`those in ${join(dataDir, 'secrets.json')}`))
  t.equal((await migrate(t, [...there, '--verify'])).code, 0, 'and once more')

  const server = await startOne(t, { uri, settings: { ...keys, NOTICE_SECONDS: '0' } })
  await book(server, client, slots[1])
  await server.app.close()
  const differs = await migrate(t, [...there, '--verify'])
  t.equal(differs.code, 1, 'control: a booking more is seen')
  t.match(differs.output, /^DIFFERENT slots: 20 documents/m)

  const back = join(home, 'back')
  const here = ['--from', uri, '--to', back]
  const keyless = await migrate(t, here)
  t.equal(keyless.code, 1)
  t.match(
    lastLine(keyless.output),
    /sealed with the FIELD_KEY of id \w+, and there is none: put the secrets\.json/,
  )
  t.notOk(existsSync(back))
  mkdirSync(back, { mode: 0o700 })
  copyFileSync(join(dataDir, 'secrets.json'), join(back, 'secrets.json'))
  const returned = await migrate(t, here)
  t.equal(returned.code, 0, returned.output)
  const occupied = await migrate(t, here)
  t.match(lastLine(occupied.output), /^There is a database in .* already/)

  const program = runServer(t, { dataDir: back, env: { NOTICE_SECONDS: '0' } })
  await book({ call: caller(await program.url()) }, client, slots[2])
})

t.test('a database that is written to meanwhile is not moved, and nothing is left of it', async (t) => {
  const [from, to] = [(await testDatabase(t)).uri, (await testDatabase(t)).uri]
  const server = await startOne(t, { uri: from })
  const provider = await register(server, 'provider')
  await publish(server, provider, 96)
  const db = await databaseAt(t, from)
  let isOver = false
  const writing = (async () => {
    while (!isOver) await db.collection('slots').updateOne({}, { $inc: { touched: 1 } })
  })()
  const moved = await migrate(t, ['--from', from, '--to', to])
  isOver = true
  await writing
  t.equal(moved.code, 1)
  t.match(lastLine(moved.output), /^It is being written to \(slots\): stop every server that uses it/)
  t.same(await (await databaseAt(t, to)).listCollections().toArray(), [])
})

t.test(
  'another version of the schema, a database that is not empty and a wrong call are refused',
  async (t) => {
    const [from, to] = [(await testDatabase(t)).uri, (await testDatabase(t)).uri]
    const [source, target] = [await databaseAt(t, from), await databaseAt(t, to)]
    const settings = source.collection<{ _id: string; version: number }>('settings')
    const args = ['--from', from, '--to', to]
    await source.collection('slots').insertOne({ a: 1 })
    t.match(
      lastLine((await migrate(t, args)).output),
      /has version 0 of the schema and this version has \d+: start/,
    )
    await settings.insertOne({ _id: 'schema', version: SCHEMA_VERSION + 1 })
    t.match(lastLine((await migrate(t, args)).output), /has version \d+ of the schema, and this server knows/)
    await settings.updateOne({ _id: 'schema' }, { $set: { version: SCHEMA_VERSION } })
    await target.collection('slots').insertOne({ a: 1 })
    t.match(
      lastLine((await migrate(t, args)).output),
      /is not empty \(slots\); only an empty one is loaded\.$/,
    )
    t.equal(await target.collection('slots').countDocuments(), 1, 'and what is there stays')
    t.match(lastLine((await migrate(t, ['--from', from])).output), /^Say from where to where/)
    t.match(
      lastLine((await migrate(t, ['--from', 'nowhere', '--to', to])).output),
      /^There is no database in/,
    )
  },
)
