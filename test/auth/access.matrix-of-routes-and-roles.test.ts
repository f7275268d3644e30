import { test } from 'tap'
import type { OwnSession } from '../../src/schemas/accounts.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import { MovedClock } from '../helper/moved-clock.js'
import { PASSWORD, publish, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'

const personas = [
  'nobody',
  'expired',
  'forged',
  'otherClient',
  'otherProvider',
  'client',
  'provider',
] as const
type Persona = (typeof personas)[number]

interface World {
  server: TestServer
  clock: MovedClock
  client: SignedIn
  otherClient: SignedIn
  provider: SignedIn
  otherProvider: SignedIn
  tokens: Record<Persona, string | undefined>
}

interface Ask {
  path: string
  headers?: Record<string, string>
  body?: unknown
}

interface Row {
  /** What is there before it is asked for; made once for all personas, so those who may change it come last. */
  ask: (world: World) => Ask | Promise<Ask>
  /** In the order of `personas`. */
  answers: readonly [number, number, number, number, number, number, number]
}

const everybody = (status: number) => [status, status, status, status, status, status, status] as const

async function booking({ server, client, provider }: World, confirmed = false): Promise<Reservation> {
  const [slotId] = await publish(server, provider, 1, nextDay++)
  const held = await server.call<Reservation>('POST', '/v1/reservations', {
    token: client.token,
    body: { slotId },
  })
  if (confirmed)
    await server.call('POST', `/v1/reservations/${held.body.id}/confirm`, { token: client.token })
  return held.body
}

/** For times that no other row offers. */
function farAhead(providerId: string) {
  return { providerId, from: '2040-01-01T00:00:00Z', to: '2040-02-01T00:00:00Z' }
}

async function waiting({ server, client, provider }: World): Promise<string> {
  const { headers } = await server.call('POST', '/v1/waits', {
    token: client.token,
    body: farAhead(provider.id),
  })
  return headers.get('location')?.split('/').at(-1) ?? ''
}

/** The address of a service of the provider. */
async function offered({ server, provider }: World): Promise<string> {
  const { headers } = await server.call('POST', `/v1/providers/${provider.id}/services`, {
    token: provider.token,
    body: { name: 'Visit', durationMinutes: 30 },
  })
  return headers.get('location') ?? ''
}

/** The path of a webhook of the provider. It leads inside, so that nothing is ever sent. */
async function webhook({ server, provider }: World): Promise<string> {
  const made = await server.app.webhooks.create(provider.id, {
    url: 'https://127.0.0.1/',
    events: ['slot.opened'],
  })
  if (!made.ok) throw new Error(made.code)
  return `/v1/webhooks/${made.endpoint.id}`
}

/** Each booking on a day of its own, so that rows do not meet. */
let nextDay = 3
const nothing = { providerId: '0'.repeat(32), reservationId: '0'.repeat(32) }

/** Route by route: what each persona is told. The owner of a thing is `client` or `provider`. */
const rows: Record<string, Row> = {
  'POST /v1/accounts': {
    ask: () => ({ path: '/v1/accounts', body: { role: 'client' } }),
    answers: everybody(400),
  },
  'POST /v1/token': {
    ask: () => ({ path: '/v1/token', body: { email: 'nobody@example.com', password: 'x' } }),
    answers: everybody(401),
  },
  'POST /v1/token/refresh': {
    ask: () => ({ path: '/v1/token/refresh', body: { refreshToken: 'x' } }),
    answers: everybody(401),
  },
  'POST /v1/token/revoke': {
    ask: () => ({ path: '/v1/token/revoke', body: { refreshToken: 'x' } }),
    answers: everybody(204),
  },
  // For pages of this server, whoever is signed in; without the cookie there is nothing to renew. Not the address of the
  // row above: wrong passwords for one address make the server wait, up to four seconds each.
  'POST /v1/session': {
    ask: ({ server }) => ({
      path: '/v1/session',
      headers: { origin: server.url },
      body: { email: 'stranger@example.com', password: 'x' },
    }),
    answers: everybody(401),
  },
  'POST /v1/session/accounts': {
    ask: ({ server }) => ({
      path: '/v1/session/accounts',
      headers: { origin: server.url },
      body: { role: 'client' },
    }),
    answers: everybody(400),
  },
  'POST /v1/session/refresh': {
    ask: ({ server }) => ({ path: '/v1/session/refresh', headers: { origin: server.url }, body: {} }),
    answers: everybody(401),
  },
  'DELETE /v1/session': {
    ask: ({ server }) => ({ path: '/v1/session', headers: { origin: server.url } }),
    answers: everybody(204),
  },
  'POST /v1/guests': { ask: () => ({ path: '/v1/guests', body: {} }), answers: everybody(400) },
  'POST /v1/password/forgotten': {
    ask: () => ({ path: '/v1/password/forgotten', body: { email: 'nobody@example.com' } }),
    answers: everybody(409),
  },
  'POST /v1/me/email-check': {
    ask: () => ({ path: '/v1/me/email-check' }),
    answers: [401, 401, 401, 409, 409, 409, 409],
  },
  'GET /v1/me': { ask: () => ({ path: '/v1/me' }), answers: [401, 401, 401, 200, 200, 200, 200] },
  'PATCH /v1/me': {
    ask: () => ({ path: '/v1/me', body: { timeZone: 'UTC' } }),
    answers: [401, 401, 401, 200, 200, 200, 200],
  },
  'GET /v1/me/export': {
    ask: () => ({ path: '/v1/me/export' }),
    answers: [401, 401, 401, 200, 200, 200, 200],
  },
  'GET /v1/deliveries': {
    ask: () => ({ path: '/v1/deliveries' }),
    answers: [401, 401, 401, 200, 200, 200, 200],
  },
  'GET /v1/me/sessions': {
    ask: () => ({ path: '/v1/me/sessions' }),
    answers: [401, 401, 401, 200, 200, 200, 200],
  },
  'DELETE /v1/me/sessions/:id': {
    // One that nobody needs, of the client.
    ask: async ({ server, client }) => {
      await server.call('POST', '/v1/token', { body: { email: client.email, password: PASSWORD } })
      const { body } = await server.call<{ items: OwnSession[] }>('GET', '/v1/me/sessions', {
        token: client.token,
      })
      return { path: `/v1/me/sessions/${body.items.find(({ current }) => !current)?.id}` }
    },
    answers: [401, 401, 401, 404, 404, 204, 404],
  },
  'DELETE /v1/me/sessions': {
    ask: () => ({ path: '/v1/me/sessions?keep=current' }),
    answers: [401, 401, 401, 204, 204, 204, 204],
  },
  'POST /v1/keys': {
    ask: () => ({ path: '/v1/keys', body: { name: 'Program', scopes: ['read'] } }),
    answers: [401, 401, 401, 201, 201, 201, 201],
  },
  'GET /v1/keys': { ask: () => ({ path: '/v1/keys' }), answers: [401, 401, 401, 200, 200, 200, 200] },
  'DELETE /v1/keys/:id': {
    ask: async ({ server, client }) => {
      const { body } = await server.call<{ id: string }>('POST', '/v1/keys', {
        token: client.token,
        body: { name: 'Program', scopes: ['read'] },
      })
      return { path: `/v1/keys/${body.id}` }
    },
    answers: [401, 401, 401, 404, 404, 204, 404],
  },
  'DELETE /v1/keys': { ask: () => ({ path: '/v1/keys' }), answers: [401, 401, 401, 204, 204, 204, 204] },
  'POST /v1/feeds': {
    ask: () => ({ path: '/v1/feeds', body: {} }),
    answers: [401, 401, 401, 201, 201, 201, 201],
  },
  'GET /v1/feeds': { ask: () => ({ path: '/v1/feeds' }), answers: [401, 401, 401, 200, 200, 200, 200] },
  'DELETE /v1/feeds/:id': {
    ask: async ({ server, client }) => {
      const { body } = await server.call<{ id: string }>('POST', '/v1/feeds', { token: client.token })
      return { path: `/v1/feeds/${body.id}` }
    },
    answers: [401, 401, 401, 404, 404, 204, 404],
  },
  // Whoever knows the address may read, whoever it is.
  'GET /v1/feeds/:secret.ics': {
    ask: async ({ server, client }) => {
      const { body } = await server.call<{ url: string }>('POST', '/v1/feeds', { token: client.token })
      return { path: new URL(body.url).pathname }
    },
    answers: everybody(200),
  },
  'GET /v1/providers': { ask: () => ({ path: '/v1/providers' }), answers: everybody(200) },
  'GET /v1/providers/:id': {
    ask: ({ provider }) => ({ path: `/v1/providers/${provider.id}` }),
    answers: everybody(200),
  },
  'POST /v1/providers/:id/availability': {
    ask: ({ provider }) => ({
      path: `/v1/providers/${provider.id}/availability`,
      body: { blocks: [{ day: '2027-12-01', from: '08:00', to: '09:00' }] },
    }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'GET /v1/providers/:id/availability': {
    ask: ({ provider }) => ({ path: `/v1/providers/${provider.id}/availability` }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'DELETE /v1/providers/:id/availability': {
    ask: ({ provider }) => ({
      path: `/v1/providers/${provider.id}/availability?start=2027-12-01T00:00:00Z&end=2027-12-02T00:00:00Z`,
    }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'GET /v1/providers/:id/profile': {
    ask: ({ provider }) => ({ path: `/v1/providers/${provider.id}/profile` }),
    answers: everybody(200),
  },
  'PATCH /v1/providers/:id/profile': {
    ask: ({ provider }) => ({
      path: `/v1/providers/${provider.id}/profile`,
      headers: { 'if-match': '"1"' },
      body: { title: 'Dentist' },
    }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'PUT /v1/providers/:id/picture': {
    ask: ({ provider }) => ({
      path: `/v1/providers/${provider.id}/picture`,
      headers: { 'content-type': 'image/png' },
      body: 'no picture',
    }),
    answers: [401, 401, 401, 403, 404, 403, 422],
  },
  'GET /v1/providers/:id/picture': {
    ask: ({ provider }) => ({ path: `/v1/providers/${provider.id}/picture` }),
    answers: everybody(404),
  },
  'DELETE /v1/providers/:id/picture': {
    ask: ({ provider }) => ({ path: `/v1/providers/${provider.id}/picture` }),
    answers: [401, 401, 401, 403, 404, 403, 204],
  },
  'GET /v1/providers/:id/policies': {
    ask: ({ provider }) => ({ path: `/v1/providers/${provider.id}/policies` }),
    answers: everybody(200),
  },
  'PATCH /v1/providers/:id/policies': {
    ask: ({ provider }) => ({
      path: `/v1/providers/${provider.id}/policies`,
      headers: { 'if-match': '"0"' },
      body: { maxAheadDays: 365 },
    }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'GET /v1/providers/:id/schedule': {
    ask: ({ provider }) => ({ path: `/v1/providers/${provider.id}/schedule` }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'PUT /v1/providers/:id/schedule': {
    ask: ({ provider }) => ({
      path: `/v1/providers/${provider.id}/schedule`,
      headers: { 'if-match': '"0"' },
      body: { weekly: [] },
    }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'GET /v1/providers/:id/exceptions': {
    ask: ({ provider }) => ({ path: `/v1/providers/${provider.id}/exceptions` }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'POST /v1/providers/:id/exceptions': {
    ask: ({ provider }) => ({
      path: `/v1/providers/${provider.id}/exceptions`,
      body: { from: '2027-12-24', to: '2027-12-24', closed: true },
    }),
    answers: [401, 401, 401, 403, 404, 403, 201],
  },
  'POST /v1/providers/:id/exceptions/import': {
    ask: ({ provider }) => ({
      path: `/v1/providers/${provider.id}/exceptions/import`,
      body: { ics: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' },
    }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'DELETE /v1/providers/:id/exceptions/:exceptionId': {
    ask: ({ provider }) => ({ path: `/v1/providers/${provider.id}/exceptions/none` }),
    answers: [401, 401, 401, 403, 404, 403, 204],
  },
  'POST /v1/providers/:id/time-off': {
    ask: ({ provider }) => ({
      path: `/v1/providers/${provider.id}/time-off`,
      body: { from: '2028-12-24', to: '2028-12-24' },
    }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'GET /v1/providers/:id/services': {
    ask: ({ provider }) => ({ path: `/v1/providers/${provider.id}/services` }),
    answers: everybody(200),
  },
  'POST /v1/providers/:id/services': {
    ask: ({ provider }) => ({
      path: `/v1/providers/${provider.id}/services`,
      body: { name: 'Visit', durationMinutes: 30 },
    }),
    answers: [401, 401, 401, 403, 404, 403, 201],
  },
  'GET /v1/providers/:id/services/:serviceId': {
    ask: async (world) => ({ path: await offered(world) }),
    answers: everybody(200),
  },
  'PATCH /v1/providers/:id/services/:serviceId': {
    ask: async (world) => ({
      path: await offered(world),
      headers: { 'if-match': '"1"' },
      body: { active: false },
    }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'DELETE /v1/providers/:id/services/:serviceId': {
    ask: async (world) => ({ path: await offered(world) }),
    answers: [401, 401, 401, 403, 404, 403, 204],
  },
  'POST /v1/webhooks': {
    ask: () => ({ path: '/v1/webhooks', body: { url: 'https://8.8.8.8/', events: ['slot.opened'] } }),
    answers: [401, 401, 401, 403, 201, 403, 201],
  },
  'GET /v1/webhooks': { ask: () => ({ path: '/v1/webhooks' }), answers: [401, 401, 401, 403, 200, 403, 200] },
  'GET /v1/webhooks/:id': {
    ask: async (world) => ({ path: await webhook(world) }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'PATCH /v1/webhooks/:id': {
    ask: async (world) => ({ path: await webhook(world), body: { active: false } }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'POST /v1/webhooks/:id/secret': {
    ask: async (world) => ({ path: `${await webhook(world)}/secret` }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'POST /v1/webhooks/:id/test': {
    ask: async (world) => ({ path: `${await webhook(world)}/test` }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'GET /v1/webhooks/:id/deliveries': {
    ask: async (world) => ({ path: `${await webhook(world)}/deliveries` }),
    answers: [401, 401, 401, 403, 404, 403, 200],
  },
  'POST /v1/webhooks/:id/replay': {
    ask: async (world) => ({
      path: `${await webhook(world)}/replay`,
      body: { from: '2027-08-01T00:00:00Z' },
    }),
    answers: [401, 401, 401, 403, 404, 403, 202],
  },
  'DELETE /v1/webhooks/:id': {
    // Safe to repeat, so one that is somebody else's is answered like one that is gone.
    ask: async (world) => ({ path: await webhook(world) }),
    answers: [401, 401, 401, 403, 204, 403, 204],
  },
  'GET /v1/slots': { ask: () => ({ path: '/v1/slots' }), answers: everybody(200) },
  'GET /v1/rules': { ask: () => ({ path: '/v1/rules' }), answers: everybody(200) },
  'POST /v1/reservations': {
    ask: async ({ server, provider }) => {
      const [slotId] = await publish(server, provider, 1, nextDay++)
      return { path: '/v1/reservations', body: { slotId } }
    },
    // The first client gets it, so its owner-to-be is told that it is held.
    answers: [401, 401, 401, 201, 403, 409, 403],
  },
  'POST /v1/reservations/:id/confirm': {
    ask: async (world) => ({ path: `/v1/reservations/${(await booking(world)).id}/confirm` }),
    answers: [401, 401, 401, 404, 403, 200, 403],
  },
  'POST /v1/reservations/:id/extend': {
    ask: async (world) => ({ path: `/v1/reservations/${(await booking(world)).id}/extend` }),
    // In the moment in which it was held there is nothing to win.
    answers: [401, 401, 401, 404, 404, 422, 404],
  },
  'POST /v1/reservations/:id/move': {
    ask: async (world) => {
      const { id } = await booking(world, true)
      const [slotId] = await publish(world.server, world.provider, 1, nextDay++)
      return { path: `/v1/reservations/${id}/move`, body: { slotId } }
    },
    answers: [401, 401, 401, 404, 404, 200, 200],
  },
  'PATCH /v1/reservations/:id': {
    ask: async (world) => ({
      path: `/v1/reservations/${(await booking(world, true)).id}`,
      body: { outcome: 'arrived' },
    }),
    // It has not begun.
    answers: [401, 401, 401, 403, 404, 403, 422],
  },
  'DELETE /v1/reservations/:id/person': {
    ask: async (world) => ({ path: `/v1/reservations/${(await booking(world, true)).id}/person` }),
    // Its client has an account, and is erased with that.
    answers: [401, 401, 401, 403, 404, 403, 404],
  },
  'POST /v1/providers/:id/reservations': {
    ask: async ({ server, provider }) => {
      const [slotId] = await publish(server, provider, 1, nextDay++)
      return {
        path: `/v1/providers/${provider.id}/reservations`,
        body: { slotId, person: { name: 'Grace' }, status: 'held' },
      }
    },
    answers: [401, 401, 401, 403, 404, 403, 201],
  },
  'POST /v1/waits': {
    ask: ({ provider }) => ({ path: '/v1/waits', body: farAhead(provider.id) }),
    answers: [401, 401, 401, 201, 403, 201, 403],
  },
  'GET /v1/waits': { ask: () => ({ path: '/v1/waits' }), answers: [401, 401, 401, 200, 200, 200, 200] },
  'GET /v1/waits/:id': {
    ask: async (world) => ({ path: `/v1/waits/${await waiting(world)}` }),
    answers: [401, 401, 401, 404, 403, 200, 403],
  },
  'DELETE /v1/waits/:id': {
    ask: async (world) => ({ path: `/v1/waits/${await waiting(world)}` }),
    answers: [401, 401, 401, 404, 403, 204, 403],
  },
  'GET /v1/reservations/:id': {
    ask: async (world) => ({ path: `/v1/reservations/${(await booking(world, true)).id}` }),
    answers: [401, 401, 401, 404, 404, 200, 200],
  },
  'GET /v1/reservations/:id/calendar.ics': {
    ask: async (world) => ({ path: `/v1/reservations/${(await booking(world, true)).id}/calendar.ics` }),
    answers: [401, 401, 401, 404, 404, 200, 200],
  },
  'DELETE /v1/reservations/:id': {
    ask: async (world) => ({ path: `/v1/reservations/${(await booking(world, true)).id}` }),
    answers: [401, 401, 401, 404, 404, 204, 204],
  },
  'GET /v1/reservations': {
    ask: () => ({ path: '/v1/reservations' }),
    answers: [401, 401, 401, 200, 200, 200, 200],
  },
  'GET /v1/live': { ask: () => ({ path: '/v1/live' }), answers: everybody(404) },
  'DELETE /v1/me': {
    ask: () => ({ path: '/v1/me?bookings=cancel' }),
    answers: [401, 401, 401, 204, 204, 204, 204],
  },
}

async function makeWorld(server: TestServer, clock: MovedClock): Promise<World> {
  const late = await register(server, 'client')
  clock.move(301_000)
  const [client, otherClient] = [await register(server, 'client'), await register(server, 'client')]
  const [provider, otherProvider] = [await register(server, 'provider'), await register(server, 'provider')]
  const [header, , signature] = client.token.split('.')
  const claims = JSON.parse(Buffer.from(client.token.split('.')[1] ?? '', 'base64url').toString()) as object
  const altered = Buffer.from(JSON.stringify({ ...claims, role: 'provider', sub: provider.id })).toString(
    'base64url',
  )
  const tokens = {
    nobody: undefined,
    expired: late.token,
    forged: `${header}.${altered}.${signature}`,
    client: client.token,
    otherClient: otherClient.token,
    provider: provider.token,
    otherProvider: otherProvider.token,
  }
  return { server, clock, client, otherClient, provider, otherProvider, tokens }
}

test('every route answers every persona as the table says', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock, sweep: false })
  const world = await makeWorld(server, clock)
  for (const [route, { ask, answers }] of Object.entries(rows)) {
    const [method = ''] = route.split(' ')
    const { path, body, headers } = await ask(world)
    for (const [index, persona] of personas.entries()) {
      const token = world.tokens[persona]
      const answer = await server.call<{ code?: string }>(method, path, {
        ...(token !== undefined && { token }),
        ...(body !== undefined && { body }),
        ...(headers && { headers }),
      })
      t.equal(answer.status, answers[index], `${route} as ${persona}`)
    }
  }
})

test('a route of the API without a row, or a row without a route, fails here', async (t) => {
  const server = await startOne(t)
  const api = server.app
    .accessTable()
    .filter(({ method, url }) => url.startsWith('/v1/') && method !== 'HEAD' && method !== 'OPTIONS')
    .map(({ method, url }) => `${method} ${url}`)
  t.same(api.toSorted(), Object.keys(rows).toSorted())
})

test("what is somebody else's is answered like what does not exist, to the letter", async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock, sweep: false })
  const world = await makeWorld(server, clock)
  const foreign = await booking(world)
  const ask = async (method: string, path: string, who: 'otherClient' | 'otherProvider') => {
    const answer = await server.call<Record<string, unknown>>(method, path, { token: world[who].token })
    return { status: answer.status, ...answer.body, instance: '', requestId: '' }
  }
  for (const [method, path, who] of [
    ['GET', (id: string) => `/v1/reservations/${id}`, 'otherClient'],
    ['GET', (id: string) => `/v1/reservations/${id}`, 'otherProvider'],
    ['DELETE', (id: string) => `/v1/reservations/${id}`, 'otherClient'],
    ['DELETE', (id: string) => `/v1/reservations/${id}`, 'otherProvider'],
    ['POST', (id: string) => `/v1/reservations/${id}/confirm`, 'otherClient'],
  ] as const) {
    t.same(
      await ask(method, path(foreign.id), who),
      await ask(method, path(nothing.reservationId), who),
      `${method} as ${who}`,
    )
  }
  const calendar = (id: string) => `/v1/providers/${id}/availability`
  t.same(
    await ask('GET', calendar(world.provider.id), 'otherProvider'),
    await ask('GET', calendar(nothing.providerId), 'otherProvider'),
  )
})
