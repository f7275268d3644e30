import { test } from 'tap'
import type { Reservation } from '../../src/schemas/reservations.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'

const hold = async (server: TestServer, client: SignedIn, slotId: string | undefined) =>
  (await server.call<Reservation>('POST', '/v1/reservations', { token: client.token, body: { slotId } })).body

async function calendarOf(server: TestServer, provider: SignedIn) {
  const { body } = await server.call<{ items: { state: string }[] }>(
    'GET',
    `/v1/providers/${provider.id}/availability`,
    { token: provider.token },
  )
  return body.items.map(({ state }) => state)
}

test('a client that deletes its account leaves its slots to others, its address free and its tokens worthless', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const ada = await register(server, 'client', { name: 'Ada' })
  const eve = await register(server, 'client', { name: 'Eve' })
  const slots = await publish(server, provider, 4)
  await hold(server, ada, slots[0])
  const booked = await hold(server, ada, slots[1])
  await server.call('POST', `/v1/reservations/${booked.id}/confirm`, { token: ada.token })
  await hold(server, eve, slots[2])
  t.same(await calendarOf(server, provider), ['held', 'confirmed', 'held', 'open'])

  t.equal((await server.call('DELETE', '/v1/me', { token: ada.token })).status, 204)
  t.same(
    await calendarOf(server, provider),
    ['open', 'open', 'held', 'open'],
    "another's hold stays (control)",
  )
  t.equal((await server.call('GET', '/v1/me', { token: ada.token })).status, 401)
  const again = {
    role: 'client',
    email: ada.email,
    password: 'a long enough password',
    name: 'Ada',
    timeZone: 'UTC',
  }
  t.equal((await server.call('POST', '/v1/accounts', { body: again })).status, 201)
})

test('a provider with bookings ahead says what becomes of them, or stays', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const ada = await register(server, 'client')
  const slots = await publish(server, provider, 3)
  await hold(server, ada, slots[0])
  const booked = await hold(server, ada, slots[1])
  await server.call('POST', `/v1/reservations/${booked.id}/confirm`, { token: ada.token })

  const refused = await server.call<{ code: string; slot: { id: string } }>('DELETE', '/v1/me', {
    token: provider.token,
  })
  t.equal(refused.status, 409)
  t.match(refused.body, { code: 'slot_confirmed', slot: { id: slots[1], state: 'confirmed' } })
  t.same(await calendarOf(server, provider), ['held', 'confirmed', 'open'], 'nothing was touched')

  t.equal((await server.call('DELETE', '/v1/me?bookings=cancel', { token: provider.token })).status, 204)
  t.equal((await server.call('GET', `/v1/providers/${provider.id}`)).status, 404)
  const { body } = await server.call<{ items: Reservation[] }>('GET', '/v1/reservations', {
    token: ada.token,
  })
  t.same(body.items.map(({ status }) => status).toSorted(), ['cancelled', 'released'])
  t.equal(
    (await server.call('POST', '/v1/reservations', { token: ada.token, body: { slotId: slots[2] } })).status,
    409,
  )
})

test('a provider without bookings ahead goes at once, its open slots withdrawn', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const ada = await register(server, 'client')
  const slots = await publish(server, provider, 3)
  await hold(server, ada, slots[0])
  t.equal((await server.call('DELETE', '/v1/me', { token: provider.token })).status, 204)
  const offered = await server.call<{ items: unknown[] }>('GET', '/v1/slots?limit=200')
  t.same(offered.body.items, [])
})
