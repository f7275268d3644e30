/** A database of the version before there were numbers is brought up to date by starts that are killed at each of their writes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import mongoose from 'mongoose'
import t from 'tap'
import { SCHEMA_VERSION, schemaVersionOf } from '../../src/database/schema-version.js'
import { SLOT_MS } from '../../src/domain/grid.js'
import { openSlot } from '../../src/slots/slot-updates.js'
import { testDatabase } from '../helper/database.js'
import { NOON } from '../helper/moved-clock.js'
import { programPath } from '../helper/paths.js'
import { SETTINGS } from '../helper/servers.js'
import { PROVIDER } from '../helper/slot-world.js'

/** More than two batches of each. */
const MANY = 1_600
/**
 * At which write a start dies: sessions are copied from the beginning each time, so later and later until they are; then soon
 * after the first two writes of every start.
 */
const DIES_AT = [1, 2, 3, 4, 6, 7, 9, 11]
const MOST_STARTS = 40

interface Any {
  _id: string
  [field: string]: unknown
}

const numbered = (name: string) => Array.from({ length: MANY }, (_, at) => `${name} ${at}`)

function provider(id: string): Any {
  const names = { name: `Practice of ${id}`, search: `practice of ${id}` }
  return {
    _id: id,
    role: 'provider',
    ...names,
    email: 'sealed',
    emailIndexes: [`index of ${id}`],
    timeZone: 'UTC',
    password: 'a hash',
    createdAt: new Date(NOON),
  }
}

function session(id: string): Any {
  const [startedAt, expiresAt] = [new Date(), new Date(Date.now() + 86_400_000)]
  const tokens = { current: `hash of ${id}`, previous: null }
  return { _id: id, accountId: 'provider 1', ...tokens, rotatedAt: startedAt, startedAt, expiresAt }
}

/** Was held once, and of the version that did not say so. */
function heldSlot(at: number): Any {
  const { everHeld: _, ...slot } = openSlot(PROVIDER, NOON + at * SLOT_MS, new Date(NOON))
  const ended = { status: 'expired', heldAt: new Date(NOON), endedAt: new Date(NOON), rev: 2 }
  return {
    ...slot,
    past: [{ id: `past ${at}`, client: { id: 'a', name: 'Ada' }, ...ended }],
  } as unknown as Any
}

t.test('each start goes on where the one before was killed, and nothing is lost', async (t) => {
  const { uri } = await testDatabase(t)
  const connection = await mongoose.createConnection(uri).asPromise()
  t.teardown(() => connection.close())
  const db = connection.getClient().db(connection.name)
  const of = (name: string) => db.collection<Any>(name)
  await of('accounts').insertMany(numbered('provider').map(provider))
  await of('slots').insertMany(Array.from({ length: MANY }, (_, at) => heldSlot(at)))
  // A server of this version has begun, and one of that version still wrote.
  await of('refreshTokens').insertMany(numbered('session').map(session))
  await of('sessions').insertMany([session('session 3'), session('another session')])

  const start = async (dieAt: number) => {
    const env = { ...process.env, ...SETTINGS, MONGODB_URI: uri, DIE_AT: `${dieAt}` }
    const child = spawn(process.execPath, [programPath('test/helper/dying-upgrade')], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    if (signal === null && code !== 0) t.fail(`a start ended with ${code}`)
    return signal === null
  }
  let kills = 0
  let half = 0
  while (!(await start(DIES_AT[kills] ?? 3 + (kills % 2))) && kills < MOST_STARTS) {
    kills++
    t.equal(await schemaVersionOf(db), SCHEMA_VERSION, `kill ${kills}: numbered first`)
    const filled = await of('accounts').countDocuments({ searchText: { $exists: true } })
    const held = await of('slots').countDocuments({ everHeld: true })
    const copied = await of('sessions').countDocuments({})
    if ([filled, held].some((count) => count > 0 && count < MANY) || (copied > 2 && copied < MANY)) half++
  }
  t.ok(kills > 8, `killed ${kills} times`)
  t.ok(half > 2, `control: ${half} of these in the middle of a move`)

  t.equal(await of('accounts').countDocuments({ searchText: { $exists: true } }), MANY)
  t.equal(await of('slots').countDocuments({ everHeld: true }), MANY)
  t.equal(await of('slots').countDocuments({ 'past.0.id': /^past / }), MANY)
  t.equal(await of('sessions').countDocuments({}), MANY + 1)
  t.same(await db.listCollections({ name: 'refreshTokens' }).toArray(), [])
  const done = (await of('done').find({}).toArray()).map(({ _id }) => _id)
  for (const name of [
    'providers are found by all words of their names',
    'slots say whether they were ever held',
  ])
    t.ok(done.includes(name), name)
  t.ok(await start(0), 'and a start after that finds nothing to do')
})
