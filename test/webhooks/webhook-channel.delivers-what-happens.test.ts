/** From a change of a slot to a receiver that verifies it, over real servers. */
import { Webhook } from 'standardwebhooks'
import t, { type Test } from 'tap'
import type { Reservation } from '../../src/schemas/reservations.js'
import type { NewWebhookAnswer, NewWebhookSecret, WebhookDelivery } from '../../src/schemas/webhooks.js'
import { MovedClock } from '../helper/moved-clock.js'
import {
  publish,
  register,
  type ServersOptions,
  type SignedIn,
  signInAgain,
  startOne,
  startServers,
  type TestServer,
} from '../helper/servers.js'
import { until } from '../helper/until.js'
import { type Received, type Receiver, startReceiver, status } from '../helper/webhook-receiver.js'

const TRYING = { WEBHOOK_ALLOW_PRIVATE: 'true' }
const ALL = [
  'reservation.held',
  'reservation.confirmed',
  'reservation.moved',
  'reservation.cancelled',
  'reservation.released',
  'slot.withdrawn',
]

const start = (t: Test, options: ServersOptions = {}) => startOne(t, { settings: TRYING, ...options })

async function hook(server: TestServer, { token }: SignedIn, { url }: Receiver, events = ALL) {
  const made = await server.call<NewWebhookAnswer>('POST', '/v1/webhooks', { token, body: { url, events } })
  if (made.status !== 201) throw new Error(`answered ${made.status}`)
  return made.body
}

const hold = async (server: TestServer, { token }: SignedIn, slotId: string | undefined) =>
  (await server.call<Reservation>('POST', '/v1/reservations', { token, body: { slotId } })).body
const deliveries = async (server: TestServer, { token }: SignedIn, id: string, query = '') =>
  (
    await server.call<{ items: WebhookDelivery[]; nextCursor: string | null }>(
      'GET',
      `/v1/webhooks/${id}/deliveries${query}`,
      { token },
    )
  ).body
const idOf = ({ headers }: Received) => String(headers['webhook-id'])
const typeOf = ({ body }: Received) => (JSON.parse(body) as { type: string }).type
const headersOf = ({ headers }: Received) => headers as Record<string, string>

t.test('what happens is sent once, by whichever of two servers, and is verified', async (t) => {
  const servers = await startServers(t, { count: 2, settings: TRYING })
  const [server, other] = servers as [TestServer, TestServer]
  const [provider, client] = await Promise.all([register(server, 'provider'), register(server, 'client')])
  const receiver = await startReceiver(t)
  const stranger = await startReceiver(t)
  const { id, secret } = await hook(server, provider, receiver)
  await hook(server, await register(server, 'provider'), stranger)
  const [first, second] = await publish(server, provider, 2)
  const held = await hold(other, client, first)
  await server.call('POST', `/v1/reservations/${held.id}/confirm`, { token: client.token })
  await other.call('POST', `/v1/reservations/${held.id}/move`, {
    token: client.token,
    body: { slotId: second },
  })
  await server.call('DELETE', `/v1/reservations/${held.id}`, { token: client.token })
  const came = await receiver.count(4)
  t.same(came.map(typeOf).toSorted(), [
    'reservation.cancelled',
    'reservation.confirmed',
    'reservation.held',
    'reservation.moved',
  ])
  const verifier = new Webhook(secret)
  for (const one of came) {
    t.match(verifier.verify(one.body, headersOf(one)), {
      data: { reservationId: held.id, providerId: provider.id },
    })
    t.match(one.headers, { 'content-type': 'application/json', 'user-agent': /^Slotcast/ })
    t.notOk(/Ada|Grace|@/.test(one.body), 'nobody is named')
  }
  t.throws(
    () => verifier.verify(`${came[0]?.body} `, headersOf(came[0] as Received)),
    'control: as it was sent',
  )
  t.equal(new Set(came.map(idOf)).size, 4)
  await until(
    async () => (await deliveries(server, provider, id, '?state=delivered')).items.length === 4,
    'noted',
  )
  const { items } = await deliveries(other, provider, id)
  t.same(
    items.map(({ id }) => id).toSorted(),
    came.map(idOf).toSorted(),
    'each stands in the log, under its own id',
  )
  t.match(items[0], { state: 'delivered', attempts: 1, endedAt: String })
  const page = await deliveries(server, provider, id, '?limit=3')
  const next = await deliveries(server, provider, id, `?limit=3&cursor=${page.nextCursor}`)
  t.same([...page.items, ...next.items], items, 'in pages')
  // What comes later proves that nothing was on its way to either.
  const [third] = await publish(server, provider, 1, 4)
  await hold(server, client, third)
  await receiver.count(5)
  t.equal(receiver.received.length, 5)
  t.same(stranger.received, [], 'control: others hear nothing')
})

t.test('after a rotation both secrets are good', async (t) => {
  const server = await start(t)
  const [provider, client] = await Promise.all([register(server, 'provider'), register(server, 'client')])
  const receiver = await startReceiver(t)
  const { id, secret } = await hook(server, provider, receiver)
  const { body } = await server.call<NewWebhookSecret>('POST', `/v1/webhooks/${id}/secret`, {
    token: provider.token,
  })
  const [slotId] = await publish(server, provider, 1)
  await hold(server, client, slotId)
  const [came] = await receiver.count(1)
  if (!came) throw new Error('nothing came')
  for (const one of [secret, body.secret]) t.ok(new Webhook(one).verify(came.body, headersOf(came)))
  t.equal(headersOf(came)['webhook-signature']?.split(' ').length, 2)
})

t.test('a test says what came of it', async (t) => {
  const server = await start(t)
  const provider = await register(server, 'provider')
  const receiver = await startReceiver(t)
  const { id, secret } = await hook(server, provider, receiver)
  const test = () => server.call('POST', `/v1/webhooks/${id}/test`, { token: provider.token })
  t.match(await test(), { status: 200, body: { delivered: true, status: 204 } })
  const [came] = receiver.received
  if (!came) throw new Error('nothing came')
  t.match(new Webhook(secret).verify(came.body, headersOf(came)), {
    type: 'webhook.test',
    data: { webhookId: id },
  })
  receiver.answer(status(500))
  t.match(await test(), { status: 200, body: { delivered: false, status: 500, error: 'answered 500' } })
  receiver.answer(() => {})
  const slow = test()
  await receiver.count(3)
  t.match(await test(), { status: 429, body: { code: 'rate_limited' } }, 'one at a time')
  receiver.received.length = 0
  await server.app.close()
  t.match((await slow.catch(() => ({ status: 503 }))).status, /200|503/, 'the end of the server ends it')
})

t.test('ten tries, each at its time, and the webhook goes on', async (t) => {
  const clock = new MovedClock()
  const server = await start(t, { clock, sweep: false, schedules: false })
  const [provider, client] = await Promise.all([register(server, 'provider'), register(server, 'client')])
  const receiver = await startReceiver(t)
  const { id } = await hook(server, provider, receiver, ['reservation.held'])
  const [slotId, another] = await publish(server, provider, 2, 8)
  receiver.answer(status(503))
  await hold(server, client, slotId)
  const again = async () => signInAgain(server, provider)
  const hours = [0.002, 0.1, 0.6, 2.5, 6.1, 12.1, 16.9, 24.1, 28.9]
  for (const [index, wait] of hours.entries()) {
    await receiver.count(index + 1)
    const owner = await again()
    const isNoted = async () => {
      const [one] = (await deliveries(server, owner, id)).items
      return one?.attempts === index + 1 && one.nextAttemptAt !== undefined
    }
    await until(isNoted, `try ${index + 1} is noted`)
    t.match((await deliveries(server, owner, id)).items, [{ state: 'waiting', error: 'answered 503' }])
    clock.move(wait * 3_600_000)
    await server.app.jobs.look()
  }
  await receiver.count(10)
  const owner = await again()
  const isOver = async () => (await deliveries(server, owner, id, '?state=failed')).items.length === 1
  await until(isOver, 'it has failed')
  t.equal(new Set(receiver.received.map(idOf)).size, 1, 'under one id')
  t.equal(new Set(receiver.received.map((one) => one.body)).size, 1, 'with one text')
  const times = receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']))
  t.same(
    times,
    [...new Set(times)].toSorted((a, b) => a - b),
    'each with the time of its attempt',
  )
  receiver.answer(status(200))
  await hold(server, await signInAgain(server, client), another)
  await receiver.count(11)
  await until(
    async () => (await deliveries(server, owner, id, '?state=delivered')).items.length === 1,
    'noted',
  )
  // Once more, the failed one too, under the same ids.
  const replay = await server.call('POST', `/v1/webhooks/${id}/replay`, {
    token: owner.token,
    body: { from: '2027-08-13T00:00:00Z' },
  })
  t.match(replay, { status: 202, body: { replayed: 2 } })
  await server.app.jobs.look()
  await receiver.count(13)
  t.same(
    receiver.received.slice(11).map(idOf).toSorted(),
    [...new Set(receiver.received.map(idOf))].toSorted(),
  )
})

t.test('Retry-After is obeyed', async (t) => {
  const clock = new MovedClock()
  const server = await start(t, { clock, sweep: false, schedules: false })
  const [provider, client] = await Promise.all([register(server, 'provider'), register(server, 'client')])
  const receiver = await startReceiver(t)
  const { id } = await hook(server, provider, receiver)
  const [slotId] = await publish(server, provider, 1, 8)
  receiver.answer(status(429, { 'retry-after': '120' }))
  await hold(server, client, slotId)
  await receiver.count(1)
  const next = async () => (await deliveries(server, provider, id)).items[0]?.nextAttemptAt
  await until(async () => (await next()) !== undefined, 'the next try is known')
  t.equal(await next(), new Date(clock.now() + 120_000).toISOString())
  clock.move(119_000)
  await server.app.jobs.look()
  t.equal(receiver.received.length, 1, 'not before')
  clock.move(1_000)
  await server.app.jobs.look()
  await receiver.count(2)
})

t.test(
  'who is gone is left alone until somebody says otherwise, and then hears what it missed',
  async (t) => {
    const server = await start(t)
    const [provider, client] = await Promise.all([register(server, 'provider'), register(server, 'client')])
    const receiver = await startReceiver(t)
    const { id } = await hook(server, provider, receiver, ['reservation.held'])
    const [first, second, third] = await publish(server, provider, 3)
    const from = new Date(server.app.clock.now() - 60_000).toISOString()
    const state = async () =>
      (await server.call<{ state: string }>('GET', `/v1/webhooks/${id}`, { token: provider.token })).body
        .state
    receiver.answer(status(410))
    await hold(server, client, first)
    await until(async () => (await state()) === 'disabled', 'it is disabled')
    const failed = async () => (await deliveries(server, provider, id, '?state=failed')).items
    await until(async () => (await failed()).length === 1, 'so is what it refused')
    t.match(await failed(), [{ error: /answered 410/ }])
    await hold(server, client, second)
    const missed = async () => (await deliveries(server, provider, id, '?state=obsolete')).items
    await until(async () => (await missed()).length === 1, 'what happens meanwhile is noted')
    t.match(await missed(), [{ error: 'the webhook is disabled' }])
    t.equal(receiver.received.length, 1)
    receiver.answer(status(200))
    await server.call('PATCH', `/v1/webhooks/${id}`, { token: provider.token, body: { active: true } })
    await hold(server, client, third)
    await receiver.count(2)
    await server.call('POST', `/v1/webhooks/${id}/replay`, { token: provider.token, body: { from } })
    await server.app.jobs.look()
    await receiver.count(4)
    t.same(new Set(receiver.received.map(idOf)).size, 3)
  },
)

t.test('what waits for a webhook that is deleted is not sent', async (t) => {
  const server = await start(t)
  const [provider, client] = await Promise.all([register(server, 'provider'), register(server, 'client')])
  const receiver = await startReceiver(t)
  const kept = await startReceiver(t)
  const { id } = await hook(server, provider, receiver, ['reservation.held'])
  await hook(server, provider, kept, ['reservation.held'])
  const slots = await publish(server, provider, 3)
  receiver.answer(() => {})
  for (const slotId of slots) await hold(server, client, slotId)
  await receiver.count(2)
  await server.call('DELETE', `/v1/webhooks/${id}`, { token: provider.token })
  await kept.count(3)
  await server.app.jobs.look()
  t.equal(receiver.received.length, 2, 'two were under way')
  const left = await server.app.jobs.store.list({ of: { recipient: id }, limit: 10 })
  t.same(left, [])
})
