import mongoose from 'mongoose'
import { type Test, test } from 'tap'
import { prepareSessions } from '../../src/auth/session-model.js'
import { createSessions, GRACE_MS } from '../../src/auth/sessions.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'

const DAY = 86_400_000

async function world(t: Test) {
  const { uri } = await testDatabase(t)
  const connection = await mongoose.createConnection(uri).asPromise()
  t.teardown(() => connection.close())
  const clock = new MovedClock()
  const collection = await prepareSessions(connection)
  // Two instances: what one ends, the other must refuse.
  const key = Buffer.alloc(32, 7)
  const sessions = createSessions({ sessions: collection, clock, keys: [key] })
  const other = createSessions({ sessions: collection, clock, keys: [key] })
  return { clock, collection, sessions, other }
}

function successor(answer: { ok: boolean; refreshToken?: string }): string {
  if (!answer.ok || answer.refreshToken === undefined) throw new Error('refused')
  return answer.refreshToken
}

test('each use gives a new token of the same session', async (t) => {
  const { sessions, other } = await world(t)
  const { session, refreshToken } = await sessions.start('ada')
  const second = await other.refresh(refreshToken)
  t.match(second, { ok: true, session, accountId: 'ada' })
  t.match(successor(second), /^[\w-]{64}$/)
  t.not(successor(second), refreshToken)
  t.match(await sessions.refresh(successor(second)), { ok: true, session })
})

test('a double click gets the same successor, within ten seconds', async (t) => {
  const { sessions, other, clock } = await world(t)
  const { refreshToken } = await sessions.start('ada')
  const first = successor(await sessions.refresh(refreshToken))
  clock.move(GRACE_MS)
  t.equal(successor(await other.refresh(refreshToken)), first)
  t.match(await other.refresh(first), { ok: true }, 'and nothing has ended')
})

test('twenty at once get the same successor', async (t) => {
  const { sessions, other } = await world(t)
  const { refreshToken } = await sessions.start('ada')
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 ? sessions : other).refresh(refreshToken)),
  )
  t.equal(new Set(answers.map(successor)).size, 1)
})

test('an old token that comes back later ends the session, also for who has the newest', async (t) => {
  const { sessions, other, clock } = await world(t)
  const { session, refreshToken } = await sessions.start('ada')
  const stranger = await sessions.start('eve')
  const newest = successor(await sessions.refresh(refreshToken))
  clock.move(GRACE_MS + 1)
  t.same(await other.refresh(refreshToken), {
    ok: false,
    reason: 'reused',
    ended: { session, accountId: 'ada' },
  })
  t.same(await sessions.refresh(newest), { ok: false, reason: 'unknown' })
  t.match(await sessions.refresh(stranger.refreshToken), { ok: true }, "another's session goes on (control)")
})

test('a token older than the one before ends the session even at once', async (t) => {
  const { sessions } = await world(t)
  const { refreshToken } = await sessions.start('ada')
  const second = successor(await sessions.refresh(refreshToken))
  await sessions.refresh(second)
  t.match(await sessions.refresh(refreshToken), { ok: false, reason: 'reused' })
})

test('a session ends when it is idle for 30 days, or 180 days old', async (t) => {
  const { sessions, clock } = await world(t)
  const idle = await sessions.start('ada')
  clock.move(30 * DAY)
  t.match(await sessions.refresh(idle.refreshToken), { ok: false, reason: 'unknown' })

  let { refreshToken } = await sessions.start('ada')
  for (let days = 0; days + 29 < 180; days += 29) {
    clock.move(29 * DAY)
    refreshToken = successor(await sessions.refresh(refreshToken))
  }
  clock.move(29 * DAY)
  t.match(await sessions.refresh(refreshToken), { ok: false, reason: 'unknown' })
})

test('sign-out ends one session by any of its tokens, and may be repeated', async (t) => {
  const { sessions, other } = await world(t)
  const { session, refreshToken } = await sessions.start('ada')
  const second = successor(await sessions.refresh(refreshToken))
  t.same(await other.end(refreshToken), { session, accountId: 'ada' })
  t.equal(await other.end(refreshToken), null)
  t.match(await sessions.refresh(second), { ok: false, reason: 'unknown' })
})

test('all sessions of an account end, save the one that asks', async (t) => {
  const { sessions } = await world(t)
  const [phone, laptop, tablet] = await Promise.all(['ada', 'ada', 'ada'].map((id) => sessions.start(id)))
  const eve = await sessions.start('eve')
  const ended = await sessions.endAll('ada', laptop?.session)
  t.same(ended.map(({ session }) => session).toSorted(), [phone?.session, tablet?.session].toSorted())
  t.match(await sessions.refresh(phone?.refreshToken ?? ''), { ok: false })
  t.match(await sessions.refresh(laptop?.refreshToken ?? ''), { ok: true })
  t.match(await sessions.refresh(eve.refreshToken), { ok: true })
})

test('nothing in the database is a token', async (t) => {
  const { sessions, collection } = await world(t)
  const { refreshToken } = await sessions.start('ada')
  const second = successor(await sessions.refresh(refreshToken))
  const stored = JSON.stringify(await collection.find().toArray())
  for (const token of [refreshToken, second]) {
    t.notOk(stored.includes(token))
    // Nor the secret half of one, in any form a dump could show.
    const secret = Buffer.from(token, 'base64url').subarray(16)
    for (const form of ['hex', 'base64', 'base64url'] as const)
      t.notOk(stored.includes(secret.toString(form)))
  }
  t.ok(stored.includes('ada'), 'what is stored can be found (control)')
})

test('nonsense is nobody, and ends nothing', async (t) => {
  const { sessions } = await world(t)
  const { refreshToken } = await sessions.start('ada')
  for (const text of ['', 'x', refreshToken.slice(1), `${refreshToken}x`, `${refreshToken.slice(0, -1)}!`]) {
    t.match(await sessions.refresh(text), { ok: false, reason: 'unknown' })
    t.equal(await sessions.end(text), null)
  }
  t.match(await sessions.refresh(refreshToken), { ok: true })
})
