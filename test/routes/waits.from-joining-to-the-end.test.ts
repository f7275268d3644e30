import t from 'tap'
import type { Reservation } from '../../src/schemas/reservations.js'
import type { Wait } from '../../src/schemas/waits.js'
import { register, signInAgain } from '../helper/servers.js'
import { until } from '../helper/until.js'
import { openViewer } from '../helper/viewer.js'
import { end, hold, join, waitOf, waitWorld, wish } from '../helper/waits.js'

const MINUTE = 60_000

t.test('a booking that ends is held for the first in line, who accepts', async (t) => {
  const world = await waitWorld(t)
  const { here, there, holder, slots, bookings, provider } = world
  const [ada, bea] = [await register(here, 'client'), await register(there, 'client')]
  const [first, second] = [await join(world, ada), await join(world, bea, {}, there)]
  t.match(first, { state: 'waiting', position: 1, providerId: provider.id })
  t.match(second, { state: 'waiting', position: 2 })
  const tab = await openViewer(t, there.url, { token: ada.token })
  const other = await openViewer(t, here.url, { token: bea.token })
  const watching = await openViewer(t, there.url)
  await watching.ask('watch', { providerId: provider.id })

  t.equal(await end(there, holder, bookings[0]?.id ?? ''), 204)
  const { payload } = await tab.hears('wait', ({ state }) => state === 'offered')
  t.match(payload, { id: first.id, slotId: slots[0], reservationId: String, position: 1 })
  const offered = await waitOf(here, ada, first.id)
  t.match(offered, { state: 'offered', slotId: slots[0], reservationId: payload.reservationId as string })
  t.equal(Date.parse(offered.expiresAt ?? '') - world.clock.now(), 15 * MINUTE)
  const { body: own } = await here.call<Reservation>('GET', `/v1/reservations/${offered.reservationId}`, {
    token: ada.token,
  })
  t.match(own, { status: 'held', waitId: first.id, slotId: slots[0], expiresAt: offered.expiresAt ?? '' })
  t.match(await waitOf(here, bea, second.id), { state: 'waiting', position: 2 })

  await watching.hears('slot-held')
  t.same(
    watching
      .events()
      .map(({ name, state, rev }) => [name, state, rev])
      .slice(-2),
    [
      ['slot-released', 'open', 4],
      ['slot-held', 'held', 5],
    ],
    'both in one moment',
  )
  t.notMatch(JSON.stringify(watching.heard), ada.id, 'nobody hears for whom')

  const path = `/v1/reservations/${offered.reservationId}/confirm`
  t.equal((await there.call('POST', path, { token: ada.token })).status, 200)
  await tab.hears('wait', ({ state }) => state === 'booked')
  t.match(await waitOf(here, ada, first.id), { state: 'booked', slotId: slots[0], endedAt: String })
  await other.hears('wait', ({ position }) => position === 1).catch(() => t.comment('told by the next look'))
  t.match(await waitOf(here, bea, second.id), { state: 'waiting', position: 1 })
  t.equal((await here.call('DELETE', `/v1/waits/${first.id}`, { token: ada.token })).status, 204)
  t.match(await waitOf(here, ada, first.id), { state: 'booked' }, 'what is over stays as it is')
})

t.test('declining passes it on and goes on at the end; expiring passes it on and ends', async (t) => {
  const world = await waitWorld(t)
  const { here, there, holder, slots, bookings, clock } = world
  const clients = []
  for (let index = 0; index < 3; index++) clients.push(await register(here, 'client'))
  let [ada, bea, cem] = clients
  if (!ada || !bea || !cem) throw new Error('three')
  const waits: Wait[] = []
  for (const client of clients) waits.push(await join(world, client))
  const [first, second, third] = waits.map(({ id }) => id)
  await end(here, holder, bookings[0]?.id ?? '')

  const offered = await waitOf(here, ada, first ?? '')
  clock.move(1)
  t.equal(await end(there, ada, offered.reservationId ?? ''), 204)
  const next = await waitOf(here, bea, second ?? '')
  t.match(next, { state: 'offered', slotId: slots[0] })
  t.match(await waitOf(here, ada, first ?? ''), { state: 'waiting', position: 3, slotId: undefined })

  clock.move(15 * MINUTE)
  // Their tokens are over as well.
  ada = await signInAgain(here, ada)
  bea = await signInAgain(here, bea)
  cem = await signInAgain(here, cem)
  t.match(await waitOf(there, bea, second ?? ''), { state: 'lapsed' }, 'before any sweep has seen it')
  await there.app.sweeper.sweep()
  await until(
    async () => (await waitOf(here, cem ?? holder, third ?? '')).state === 'offered',
    'the third is asked',
  )
  const confirm = `/v1/reservations/${next.reservationId}/confirm`
  t.match(await here.call('POST', confirm, { token: bea.token }), {
    status: 410,
    body: { code: 'hold_expired' },
  })

  clock.move(15 * MINUTE)
  ada = await signInAgain(here, ada)
  cem = await signInAgain(here, cem)
  await here.app.sweeper.sweep()
  await until(
    async () => (await waitOf(here, cem ?? holder, third ?? '')).state === 'lapsed',
    'the third as well',
  )
  const { body } = await here.call<{ items: { id: string; state: string }[] }>(
    'GET',
    `/v1/slots?providerId=${world.provider.id}&from=${new Date(clock.now()).toISOString()}`,
  )
  t.match(body.items, [{ id: slots[0], state: 'open' }], 'who has declined it is not asked again')
  t.match(await waitOf(here, ada, first ?? ''), { state: 'waiting', position: 1 })
})

t.test('what the provider takes back leaves the wait where it was', async (t) => {
  const world = await waitWorld(t)
  const { here, holder, bookings, provider } = world
  const [ada, bea] = [await register(here, 'client'), await register(here, 'client')]
  const [first, second] = [await join(world, ada), await join(world, bea)]
  await end(here, holder, bookings[0]?.id ?? '')
  const { reservationId } = await waitOf(here, ada, first.id)
  await here.call('DELETE', `/v1/reservations/${reservationId}?withdraw=true`, { token: provider.token })
  await until(async () => (await waitOf(here, ada, first.id)).state === 'waiting', 'it goes on waiting')
  t.match(await waitOf(here, ada, first.id), { position: 1 })
  t.match(await waitOf(here, bea, second.id), { state: 'waiting', position: 2 })
})

t.test('leaving gives back what is offered', async (t) => {
  const world = await waitWorld(t)
  const { here, holder, bookings, there } = world
  const [ada, bea] = [await register(here, 'client'), await register(here, 'client')]
  const [first, second] = [await join(world, ada), await join(world, bea)]
  await end(here, holder, bookings[0]?.id ?? '')
  for (const server of [here, there])
    t.equal((await server.call('DELETE', `/v1/waits/${first.id}`, { token: ada.token })).status, 204)
  t.match(await waitOf(here, ada, first.id), { state: 'left' })
  t.match(await waitOf(here, bea, second.id), { state: 'offered', position: 1 })
})

t.test('a position counts those of others that could be offered the same', async (t) => {
  const world = await waitWorld(t)
  const { here, clock } = world
  const [ada, bea] = [await register(here, 'client'), await register(here, 'client')]
  const now = clock.now()
  const at = (days: number) => new Date(now + days * 86_400_000).toISOString()
  const mornings = { between: { from: '08:00', to: '12:00' } }
  await join(world, ada, { from: at(1), to: at(3), ...mornings })
  t.match(await join(world, ada, { from: at(2), to: at(4) }), { position: 1 }, 'an own one')
  t.match(await join(world, bea, { from: at(5), to: at(6) }), { position: 1 }, 'other days')
  const afternoons = { between: { from: '12:00', to: '18:00' } }
  t.match(await join(world, bea, { from: at(1), to: at(2), ...afternoons }), { position: 1 }, 'other hours')
  t.match(await join(world, bea, { from: at(1), to: at(2) }), { position: 2 }, 'the same')
})

t.test('what is asked, and by whom', async (t) => {
  const world = await waitWorld(t)
  const { here, provider, holder } = world
  const [ada, other] = [await register(here, 'client'), await register(here, 'provider')]
  const post = (token: string, body: object) => here.call<Wait>('POST', '/v1/waits', { token, body })
  const wait = await join(world, ada, { weekdays: [1, 3], between: { from: '08:00', to: '12:00' } })
  t.match(wait, { weekdays: [1, 3], between: { from: '08:00', to: '12:00' } })
  const again = await post(
    ada.token,
    wish(world, { weekdays: [3, 1], between: { from: '08:00', to: '12:00' } }),
  )
  t.match(again, { status: 200, body: { id: wait.id } }, 'the same again')
  t.equal((await post(provider.token, wish(world))).status, 403)
  t.match(await post(ada.token, wish(world, { providerId: holder.id })), { status: 404 })
  t.match(await post(ada.token, wish(world, { serviceId: 'none' })), { status: 404 })
  t.match(await post(ada.token, wish(world, { to: wish(world).from })), { status: 400 })
  t.match(await post(ada.token, wish(world, { between: { from: '12:00', to: '08:00' } })), { status: 400 })
  t.match(await post(ada.token, wish(world, { weekdays: [0] })), { status: 400 })
  t.match(await post(ada.token, wish(world, { to: '2030-01-01T00:00:00Z' })), { status: 400 })
  const past = { from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z' }
  t.match(await post(ada.token, wish(world, past)), { status: 422, body: { code: 'in_the_past' } })
  const near = (minutes: number) => ({ to: new Date(world.clock.now() + minutes * MINUTE).toISOString() })
  await here.call('PATCH', `/v1/providers/${provider.id}/policies`, {
    token: provider.token,
    body: { noticeSeconds: 3600 },
    headers: { 'if-match': '"0"' },
  })
  const tooNear = { status: 422, body: { code: 'min_notice', earliestStart: near(60).to } }
  t.match(await post(ada.token, wish(world, near(60))), tooNear, 'nothing could be offered')
  const later = await post(ada.token, wish(world, near(61)))
  t.match(later, { status: 201 }, 'a minute of it is beyond the notice')
  await here.call('DELETE', `/v1/waits/${later.body.id}`, { token: ada.token })

  const list = (token: string) => here.call<{ items: Wait[]; count: number }>('GET', '/v1/waits', { token })
  t.match((await list(ada.token)).body, { items: [{ id: wait.id, position: 1 }], count: 1 })
  const seen = (await list(provider.token)).body
  t.match(seen, { items: [{ id: wait.id, client: { id: ada.id, name: 'Ada Client' } }], count: 1 })
  t.equal(seen.items[0]?.position, undefined)
  t.match((await list(other.token)).body, { items: [], count: 0 })
  t.match((await list(holder.token)).body, { items: [], count: 0 })
  t.equal((await here.call('GET', `/v1/waits/${wait.id}`, { token: holder.token })).status, 404)
  t.equal((await here.call('DELETE', `/v1/waits/${wait.id}`, { token: holder.token })).status, 404)
})

t.test('five of a client, however many ask at once', async (t) => {
  const world = await waitWorld(t)
  const { servers, here } = world
  const ada = await register(here, 'client')
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      (servers[index % 2] ?? here).call<Wait & { code: string }>('POST', '/v1/waits', {
        token: ada.token,
        body: wish(world, { between: { from: '08:00', to: `09:${String(index).padStart(2, '0')}` } }),
      }),
    ),
  )
  const made = answers.filter(({ status }) => status === 201)
  t.equal(made.length, 5)
  t.ok(answers.every(({ status, body }) => status === 201 || body.code === 'wait_limit'))
  const [one] = made
  await here.call('DELETE', `/v1/waits/${one?.body.id}`, { token: ada.token })
  t.ok(await join(world, ada), 'one that has left makes room')
  const twins = await Promise.all(
    servers.map((server) => server.call('POST', '/v1/waits', { token: ada.token, body: wish(world) })),
  )
  t.same(
    twins.map(({ status }) => status),
    [200, 200],
  )
})

t.test('an open time is offered to who joins, and one that is published', async (t) => {
  const world = await waitWorld(t, 1)
  const { here, provider } = world
  const [ada, bea] = [await register(here, 'client'), await register(here, 'client')]
  const start = Date.parse(world.bookings[0]?.end ?? '')
  const publishAt = (at: number) =>
    here.call('POST', `/v1/providers/${provider.id}/availability`, {
      token: provider.token,
      body: {
        blocks: [{ start: new Date(at).toISOString(), end: new Date(at + 15 * MINUTE).toISOString() }],
      },
    })
  await publishAt(start)
  const first = await join(world, ada)
  await until(async () => (await waitOf(here, ada, first.id)).state === 'offered', 'what is open already')
  const second = await join(world, bea)
  await publishAt(start + 15 * MINUTE)
  await until(async () => (await waitOf(here, bea, second.id)).state === 'offered', 'what is opened')
})

t.test('an account that ends takes its waits with it, and shows them before', async (t) => {
  const world = await waitWorld(t)
  const { here, holder, bookings } = world
  const [ada, bea] = [await register(here, 'client'), await register(here, 'client')]
  const [first, second] = [await join(world, ada), await join(world, bea)]
  await end(here, holder, bookings[0]?.id ?? '')
  const exported = await here.call<{ waits: Wait[] }>('GET', '/v1/me/export', { token: ada.token })
  t.match(exported.body.waits, [{ id: first.id, state: 'offered' }])
  t.equal((await here.call('DELETE', '/v1/me', { token: ada.token })).status, 204)
  t.match(await waitOf(here, bea, second.id), { state: 'offered', position: 1 })
  t.equal(await here.app.mongo.collection('waits').countDocuments({ clientId: ada.id }), 0)
  t.equal((await here.call('DELETE', '/v1/me?bookings=cancel', { token: world.provider.token })).status, 204)
  t.equal(await here.app.mongo.collection('waits').countDocuments({}), 0)
})

t.test('who holds a time of the same calendar is offered another', async (t) => {
  const world = await waitWorld(t, 2)
  const { here, holder, bookings, provider } = world
  const ada = await register(here, 'client')
  const wait = await join(world, ada)
  await end(here, provider, bookings[0]?.id ?? '')
  t.match(await waitOf(here, ada, wait.id), { state: 'offered' })
  await end(here, holder, bookings[1]?.id ?? '')
  t.match(await hold(here, holder, world.slots[1] ?? ''), { status: 'held' }, 'one offer at a time')
})
