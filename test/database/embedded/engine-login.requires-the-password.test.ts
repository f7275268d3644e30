import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { type Test, test } from 'tap'
import { certificateDoor } from '../../../src/database/embedded/engine-login.js'
import { runEngine } from '../../../src/database/embedded/engine-process.js'
import { freePort } from '../../../src/database/embedded/free-port.js'
import { temporaryFolder } from '../../helper/database.js'
import { secantusBinary, startEmbedded } from '../../helper/engines.js'
import { ownEngine } from '../../helper/own-engine.js'
import { asStranger, legacy, opMsg } from '../../helper/stranger.js'

const SECRET = 'argon2id$nobody-else-may-see-this'
const UNAUTHORIZED = 13
const [OP_INSERT, OP_QUERY, OP_GET_MORE] = [2002, 2004, 2005]

async function connected(t: Test, uri: string) {
  const client = new mongoose.mongo.MongoClient(uri)
  t.teardown(() => client.close())
  await client.connect()
  return client
}

/** Everything that reads, writes, or changes who may; with a cursor that somebody else has open. */
function commands(cursor: unknown): Record<string, unknown>[] {
  const held = { q: { _id: 'held' }, u: { $set: { state: 'free' } } }
  const user = { pwd: 'x', roles: ['root'] }
  return [
    { find: 'things' },
    { aggregate: 'things', pipeline: [], cursor: {} },
    { aggregate: 1, pipeline: [{ $currentOp: {} }], cursor: {} },
    { aggregate: 'things', pipeline: [{ $changeStream: {} }], cursor: {} },
    { getMore: cursor, collection: 'things' },
    { killCursors: 'things', cursors: [cursor] },
    { count: 'things' },
    { distinct: 'things', key: 'text' },
    { explain: { find: 'things' } },
    { insert: 'things', documents: [{ _id: 'theirs' }] },
    { update: 'things', updates: [held] },
    { delete: 'things', deletes: [{ q: {}, limit: 0 }] },
    { findAndModify: 'things', query: { _id: 'held' }, remove: true },
    { bulkWrite: 1, ops: [{ insert: 0, document: { _id: 'theirs' } }], nsInfo: [{ ns: 'ours.things' }] },
    { drop: 'things' },
    { dropDatabase: 1 },
    { createIndexes: 'things', indexes: [{ key: { text: 1 }, name: 'text' }] },
    { listCollections: 1 },
    { listDatabases: 1, $db: 'admin' },
    { usersInfo: 1, showCredentials: true, $db: 'admin' },
    { createUser: 'theirs', ...user, $db: 'admin' },
    { updateUser: 'slotcast', ...user, $db: 'admin' },
    { dropUser: 'slotcast', $db: 'admin' },
    { find: 'system.users', $db: 'admin' },
    { find: 'oplog.rs', $db: 'local' },
    { 'secantusAdmin.backupArchive': 1, outputPath: '/tmp/theirs', $db: 'admin' },
    { configureFailPoint: 'failCommand', mode: 'alwaysOn', data: {}, $db: 'admin' },
    { serverStatus: 1, $db: 'admin' },
    { getLog: 'global', $db: 'admin' },
  ].map((command) => ({ ...command, $db: command.$db ?? 'ours' }))
}

/** What a driver asks before it has said who it is. */
const GREETINGS = ['hello', 'isMaster', 'ping', 'buildInfo', 'whatsmyuri'].map((name) => ({
  [name]: 1,
  $db: 'admin',
}))

async function filled(t: Test, uri: string) {
  const client = await connected(t, uri)
  const things = client.db('ours').collection<{ _id: string; text?: string; state?: string }>('things')
  await things.insertMany([
    { _id: 'held', state: 'held' },
    ...'abcd'.split('').map((_id) => ({ _id, text: SECRET })),
  ])
  const first = await client.db('ours').command({ find: 'things', batchSize: 1 })
  return { client, things, cursor: first.cursor.id as unknown }
}

test('another user of the machine who reaches the port gets nothing and changes nothing', async (t) => {
  const dataDir = temporaryFolder(t)
  const embedded = await startEmbedded(t, { dataDir })
  const { client, things, cursor } = await filled(t, embedded.uri)
  const port = Number(new URL(embedded.uri).port)

  const files = ['', 'secrets.json', 'database.key', 'engine.log', 'db'].map((name) => join(dataDir, name))
  const asked = commands(cursor)
  const { answers, paths } = asStranger(port, [...asked, ...GREETINGS].map(opMsg), files)
  for (const [index, command] of asked.entries())
    t.match(answers[index], { ok: 0, code: UNAUTHORIZED }, Object.keys(command).slice(0, 2).join(' '))
  for (const [index, greeting] of GREETINGS.entries()) {
    const answer = answers[asked.length + index]
    t.equal(answer?.ok, 1, JSON.stringify(greeting))
    t.notMatch(JSON.stringify(answer), /argon2id|things|ours/)
  }
  if (process.getuid?.() === 0) t.same(new Set(paths), new Set(['EACCES']), 'nor the files')

  const old = asStranger(port, [
    legacy(OP_QUERY, 0, 'ours.things', 0, -1, {}),
    legacy(OP_QUERY, 0, 'ours.$cmd', 0, -1, { find: 'things' }),
    legacy(OP_GET_MORE, 0, 'ours.things', 0, BigInt(String(cursor))),
    Buffer.concat([legacy(OP_INSERT, 0, 'ours.things', { _id: 'theirs' }), opMsg({ ping: 1, $db: 'admin' })]),
  ])
  t.notMatch(JSON.stringify(old.answers), /argon2id/, 'nor by the protocol of old drivers')

  t.same((await things.find().toArray()).map(({ _id }) => _id).sort(), ['a', 'b', 'c', 'd', 'held'])
  t.equal((await things.findOne({ _id: 'held' }))?.state, 'held')
  const more = await client.db('ours').command({ getMore: cursor, collection: 'things' })
  t.equal(more.cursor.nextBatch.length, 4, 'and our cursor is still open')
  const users = await client.db('admin').command({ usersInfo: 1 })
  t.same(
    users.users.map(({ user }: { user: string }) => user),
    ['slotcast'],
  )
})

test('control: an engine that asks for no password tells the same caller everything', async (t) => {
  const engine = await ownEngine(t)
  const { cursor } = await filled(t, engine.uri)
  const { answers } = asStranger(Number(new URL(engine.uri).port), commands(cursor).slice(0, 5).map(opMsg))
  t.match(JSON.stringify(answers[0]), /argon2id/, 'find')
  t.match(JSON.stringify(answers[4]), /argon2id/, 'getMore')
})

test('a wrong password is none', async (t) => {
  const { uri } = await startEmbedded(t)
  await t.rejects(connected(t, uri.replace(/:[0-9a-f]{64}@/, `:${'0'.repeat(64)}@`)), { code: 18 })
})

test('while the engine learns its password, nobody without the certificate of that moment is let in', async (t) => {
  const dataDir = temporaryFolder(t)
  const [port, stranger] = [await freePort(), certificateDoor(temporaryFolder(t), 1)]
  const door = certificateDoor(dataDir, port)
  const engine = await runEngine(
    await secantusBinary(t),
    [...door.args, '--storage-path', join(dataDir, 'db'), '--log-file-max', '64MB'],
    { dataDir, env: process.env },
  )
  t.teardown(() => engine.stop())
  while (!readFileSync(join(dataDir, 'engine.log'), 'utf8').includes('listening')) await turn()

  const users = async (options: object) => {
    const client = new mongoose.mongo.MongoClient(door.uri, {
      directConnection: true,
      serverSelectionTimeoutMS: 1_000,
      ...options,
    })
    try {
      return (await client.db('admin').command({ usersInfo: 1 })).ok
    } catch (error) {
      return error instanceof Error ? error.name : ''
    } finally {
      await client.close()
    }
  }
  const theirs = { cert: stranger.options.cert, key: stranger.options.key }
  t.equal(await users({ tls: true, ca: door.options.ca }), 'MongoServerSelectionError', 'no certificate')
  t.equal(await users({ tls: true, ca: door.options.ca, ...theirs }), 'MongoServerSelectionError', 'another')
  t.same(asStranger(port, [opMsg({ usersInfo: 1, $db: 'admin' })]).answers, [null], 'no TLS')
  t.equal(await users(door.options), 1, 'control: with it the engine answers')
})

const turn = () => new Promise((resolve) => setImmediate(resolve))
