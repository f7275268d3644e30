import mongoose from 'mongoose'
import { type Test, test } from 'tap'
import { prepareSessions } from '../../src/auth/session-model.js'
import { createSessions, GRACE_MS, type Sessions } from '../../src/auth/sessions.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'

/** Instances with the old key, with both, and with the new one. */
async function world(t: Test) {
  const { uri } = await testDatabase(t)
  const connection = await mongoose.createConnection(uri).asPromise()
  t.teardown(() => connection.close())
  const clock = new MovedClock()
  const collection = await prepareSessions(connection)
  const [old, renewed] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const instance = (...keys: [Buffer, ...Buffer[]]) => createSessions({ sessions: collection, clock, keys })
  return { clock, before: instance(old), during: instance(renewed, old), after: instance(renewed) }
}

async function renewed(sessions: Sessions, token: string): Promise<string> {
  const answer = await sessions.refresh(token)
  if (!answer.ok) throw new Error(answer.reason)
  return answer.refreshToken
}

test('a session goes on through the change', async (t) => {
  const { before, during, after } = await world(t)
  let { refreshToken } = await before.start('ada')
  for (const instance of [before, during, before, during, after, during, after])
    refreshToken = await renewed(instance, refreshToken)
  t.match(refreshToken, /^[\w-]{64}$/)
})

test('a double click on both sides of the change gets the same successor', async (t) => {
  const { before, during, after } = await world(t)
  const { refreshToken } = await before.start('ada')
  const first = await renewed(before, refreshToken)
  t.equal(await renewed(during, refreshToken), first)
  const second = await renewed(during, first)
  t.equal(await renewed(after, first), second)
})

test('an instance that cannot make the successor refuses a double click, and the session goes on', async (t) => {
  const { before, during, clock } = await world(t)
  const { refreshToken } = await before.start('ada')
  const first = await renewed(during, refreshToken)
  t.match(await before.refresh(refreshToken), { ok: false, reason: 'unknown' })
  const second = await renewed(before, first)
  t.match(second, /^[\w-]{64}$/, 'nothing has ended')

  clock.move(GRACE_MS + 1)
  t.match(
    await before.refresh(first),
    { ok: false, reason: 'reused' },
    'control: after the grace it is a theft',
  )
  t.match(await during.refresh(second), { ok: false })
})
