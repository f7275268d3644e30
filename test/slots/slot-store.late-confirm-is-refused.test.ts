import t, { type Test } from 'tap'
import type { Clock } from '../../src/clock.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import { testDatabase } from '../helper/database.js'
import { commandOf, databaseProxy } from '../helper/database-proxy.js'
import { publish, register, startOne } from '../helper/servers.js'
import { until } from '../helper/until.js'

const HOLD_SECONDS = 2

/** A confirm that is sent in time and held up on its way until the hold is over. */
async function lateConfirm(t: Test, clock?: Clock) {
  const { uri } = await testDatabase(t)
  const proxy = await databaseProxy(t, uri)
  const settings = { HOLD_SECONDS: String(HOLD_SECONDS) }
  const server = await startOne(t, {
    uri: proxy.uri,
    settings,
    sweep: false,
    ...(clock !== undefined && { clock }),
  })
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const [slotId = ''] = await publish(server, provider, 1)
  const { token } = client
  const held = await server.call<Reservation>('POST', '/v1/reservations', { token, body: { slotId } })
  const sent = proxy.stallAt(commandOf('update', 'slots'), 'requests')
  const confirm = server.call<{ code?: string }>('POST', `/v1/reservations/${held.body.id}/confirm`, {
    token,
  })
  await sent
  const end = Date.parse(held.body.expiresAt ?? '')
  t.ok(server.app.clock.now() < end, 'sent in time')
  await until(() => Date.now() > end + 50, 'the end of the hold')
  proxy.resume()
  const answer = await confirm
  const stored = await server.app.slots.collection.findOne({ _id: slotId })
  return { answer, state: stored?.state, server, client, held, slotId }
}

t.test('a confirm that reaches the database after the end of the hold is refused by its time', async (t) => {
  const { answer, state } = await lateConfirm(t)
  t.equal(answer.status, 410)
  t.equal(answer.body.code, 'hold_expired')
  t.equal(state, 'held', 'and nothing is confirmed')
})

t.test('control: with the time of the sender alone it is confirmed, too late', async (t) => {
  // Stands still at the moment of its making, as the time in an update does that is held up.
  const now = Date.now()
  const { answer, state } = await lateConfirm(t, { now: () => now })
  t.equal(answer.status, 200)
  t.equal(state, 'confirmed')
})

t.test('a server whose clock is ahead of the database takes no hold from anybody', async (t) => {
  const { uri } = await testDatabase(t)
  const right = await startOne(t, { uri })
  const provider = await register(right, 'provider')
  const ada = await register(right, 'client')
  const [slotId] = await publish(right, provider, 1)
  const held = await right.call<Reservation>('POST', '/v1/reservations', {
    token: ada.token,
    body: { slotId },
  })
  t.equal(held.status, 201)
  const ahead = { now: () => Date.now() + 3_600_000 }
  const wrong = await startOne(t, { uri, clock: { ...ahead, followsDatabase: true } })
  const grace = await register(wrong, 'client')
  const taken = await wrong.call('POST', '/v1/reservations', { token: grace.token, body: { slotId } })
  t.not(taken.status, 201)
  const swept = await wrong.app.sweeper.sweep()
  t.equal(swept, 0)
  const still = await right.call<Reservation>('POST', `/v1/reservations/${held.body.id}/confirm`, {
    token: ada.token,
  })
  t.equal(still.status, 200, 'it is its client that confirms it')

  const control = await startOne(t, { uri, clock: ahead, sweep: false })
  const [other] = await publish(right, provider, 1, 4)
  const held2 = await right.call('POST', '/v1/reservations', { token: ada.token, body: { slotId: other } })
  t.equal(held2.status, 201)
  const hopper = await register(control, 'client')
  const stolen = await control.call('POST', '/v1/reservations', {
    token: hopper.token,
    body: { slotId: other },
  })
  t.equal(stolen.status, 201, 'control: by its own clock alone it would')
})
