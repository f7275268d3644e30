import t from 'tap'
import type { Reservation } from '../../src/schemas/reservations.js'
import { MovedClock } from '../helper/moved-clock.js'
import {
  publish,
  register,
  type SignedIn,
  signInAgain,
  startOne,
  type TestServer,
} from '../helper/servers.js'

type Body = Reservation & { code: string }
interface List {
  items: Reservation[]
  nextCursor: string | null
}
const HALF_HOUR = 1_800_000

async function booking(t: Parameters<typeof startOne>[0]) {
  const clock = new MovedClock()
  const server = await startOne(t, { clock, sweep: false, settings: { NOTICE_SECONDS: '0' } })
  const provider = await register(server, 'provider', { name: '$past' })
  const client = await register(server, 'client', { name: '$$ROOT' })
  const slots = await publish(server, provider, 8)
  return { clock, server, provider, client, slots }
}

function hold(
  server: TestServer,
  { token }: SignedIn,
  slotId: string | undefined,
  headers: Record<string, string> = {},
) {
  return server.call<Body>('POST', '/v1/reservations', { token, body: { slotId }, headers })
}

t.test('hold, the same again, confirm, the same again, cancel, the same again', async (t) => {
  const { server, client, clock, slots } = await booking(t)
  const held = await hold(server, client, slots[0])
  t.match(held, {
    status: 201,
    body: { slotId: slots[0], clientId: client.id, status: 'held', expiresInSeconds: 1800, rev: 2 },
  })
  t.equal(held.headers.get('location'), `/v1/reservations/${held.body.id}`)
  t.equal(Date.parse(held.body.expiresAt ?? '') - Date.parse(held.body.heldAt), HALF_HOUR)
  t.notMatch(held.body, { client: {} }, 'no name is in it')

  clock.move(60_000)
  const again = await hold(server, client, slots[0])
  t.match(
    again,
    { status: 200, body: { id: held.body.id, expiresAt: held.body.expiresAt, expiresInSeconds: 1740 } },
    'not lengthened',
  )

  const path = `/v1/reservations/${held.body.id}`
  // A client that says "JSON" on every request has sent no body yet.
  const headers = { 'content-type': 'application/json' }
  const confirmed = await server.call<Body>('POST', `${path}/confirm`, { token: client.token, headers })
  t.match(confirmed, { status: 200, body: { status: 'confirmed', rev: 3 } })
  t.notOk('expiresAt' in confirmed.body)
  t.match(await server.call('POST', `${path}/confirm`, { token: client.token }), {
    status: 200,
    body: { rev: 3 },
  })

  t.equal((await server.call('DELETE', path, { token: client.token, headers })).status, 204)
  t.equal((await server.call('DELETE', path, { token: client.token })).status, 204)
  t.match(
    await server.call('POST', '/v1/reservations', { token: client.token, headers }),
    { status: 400, body: { code: 'invalid_request' } },
    'control: where a body is needed, none is refused',
  )
  t.match(await server.call('GET', path, { token: client.token }), { body: { status: 'cancelled', rev: 4 } })
  t.match(await server.call('POST', `${path}/confirm`, { token: client.token }), {
    status: 410,
    body: { code: 'hold_released' },
  })
})

t.test(
  'with an Idempotency-Key a repeated request is answered 201 with the reservation as it is by then',
  async (t) => {
    const { server, client, slots } = await booking(t)
    const key = { 'idempotency-key': 'one' }
    const first = await hold(server, client, slots[0], key)
    t.equal(first.headers.get('idempotency-replayed'), null)
    await server.call('POST', `/v1/reservations/${first.body.id}/confirm`, { token: client.token })
    const second = await hold(server, client, slots[0], key)
    t.match(second, { status: 201, body: { id: first.body.id, status: 'confirmed' } })
    t.equal(second.headers.get('idempotency-replayed'), 'true')
    t.match(await hold(server, client, slots[1], key), {
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
    t.match(await hold(server, client, slots[1], { 'idempotency-key': 'x'.repeat(300) }), { status: 400 })
  },
)

t.test('an overdue hold reads as expired everywhere before any sweep', async (t) => {
  const { server, provider, client, clock, slots } = await booking(t)
  const held = await hold(server, client, slots[0])
  clock.move(HALF_HOUR)
  const { token } = await signInAgain(server, client)
  const path = `/v1/reservations/${held.body.id}`
  t.match(await server.call('GET', path, { token }), { body: { status: 'expired' } })
  t.match(await server.call('POST', `${path}/confirm`, { token }), {
    status: 410,
    body: { code: 'hold_expired' },
  })
  t.match((await server.call<List>('GET', '/v1/reservations?status=expired', { token })).body.items, [
    { id: held.body.id },
  ])
  t.same((await server.call<List>('GET', '/v1/reservations?status=held', { token })).body.items, [])
  const own = await signInAgain(server, provider)
  const calendar = await server.call<{ items: Record<string, unknown>[] }>(
    'GET',
    `/v1/providers/${provider.id}/availability?day=2027-08-16`,
    { token: own.token },
  )
  t.match(calendar.body.items[0], { id: slots[0], state: 'open' })
  t.notOk(calendar.body.items[0]?.reservation)
  t.equal((await server.call('DELETE', path, { token })).status, 204, 'giving back what has expired is fine')
})

t.test('the provider sees who, may end it, and may take the slot off in the same update', async (t) => {
  const { server, provider, client, slots } = await booking(t)
  const held = await hold(server, client, slots[0])
  const calendar = await server.call(
    'GET',
    `/v1/providers/${provider.id}/availability?day=2027-08-16&limit=1`,
    { token: provider.token },
  )
  t.match(calendar.body, {
    items: [
      {
        state: 'held',
        reservation: { id: held.body.id, status: 'held', client: { id: client.id, name: '$$ROOT' } },
      },
    ],
    nextCursor: String,
  })
  const path = `/v1/reservations/${held.body.id}`
  t.match(await server.call('GET', path, { token: provider.token }), { body: { client: { name: '$$ROOT' } } })
  t.match(await server.call('DELETE', `${path}?withdraw=true`, { token: client.token }), {
    status: 403,
    body: { code: 'forbidden' },
  })
  t.equal((await server.call('DELETE', `${path}?withdraw=true`, { token: provider.token })).status, 204)
  t.match(await server.app.slots.collection.findOne({ _id: slots[0] ?? '' }), {
    state: 'withdrawn',
    rev: 4,
    log: { r3: { kind: 'released', from: 2, reason: 'released' }, r4: { kind: 'withdrawn', from: 2 } },
  })
  t.match(await hold(server, client, slots[0]), { status: 409, body: { code: 'slot_withdrawn' } })
})

t.test('what is somebody else’s answers like what does not exist', async (t) => {
  const { server, client, slots } = await booking(t)
  const held = await hold(server, client, slots[0])
  const other = await register(server, 'client')
  const stranger = await register(server, 'provider')
  const unknown = '0'.repeat(32)
  const answers = async (method: string, id: string, token: string, tail = '') => {
    const { status, body } = await server.call<Body>(method, `/v1/reservations/${id}${tail}`, { token })
    return { status, code: body.code }
  }
  for (const [method, tail] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/confirm'],
  ] as const) {
    t.same(
      await answers(method, held.body.id, other.token, tail),
      await answers(method, unknown, other.token, tail),
    )
    t.equal((await answers(method, held.body.id, other.token, tail)).status, 404)
  }
  t.equal((await answers('GET', held.body.id, stranger.token)).status, 404)
  t.equal(
    (await answers('POST', held.body.id, stranger.token, '/confirm')).status,
    403,
    'confirming is for clients',
  )
  t.match(await server.call('GET', '/v1/reservations'), { status: 401 })
  t.match(await hold(server, stranger, slots[1]), { status: 403, body: { code: 'forbidden' } })
})

t.test('after the start nothing can be ended any more', async (t) => {
  const { server, client, clock, slots } = await booking(t)
  const held = await hold(server, client, slots[0])
  await server.call('POST', `/v1/reservations/${held.body.id}/confirm`, { token: client.token })
  clock.move(Date.parse('2027-08-16T00:00:00Z') - clock.now())
  const { token } = await signInAgain(server, client)
  t.match(await server.call('DELETE', `/v1/reservations/${held.body.id}`, { token }), {
    status: 422,
    body: { code: 'in_the_past' },
  })
  t.match(await hold(server, { ...client, token }, slots[0]), {
    status: 409,
    body: { code: 'slot_confirmed' },
  })
  clock.move(1)
  t.match(await hold(server, { ...client, token }, slots[0]), { status: 409 })
})

t.test('reservations are listed by start, in pages, filtered by status and span', async (t) => {
  const { server, provider, client, slots } = await booking(t)
  const ids: string[] = []
  for (const slot of [slots[5], slots[1], slots[3]]) {
    const { body } = await hold(server, client, slot)
    ids.push(body.id)
  }
  await server.call('POST', `/v1/reservations/${ids[0]}/confirm`, { token: client.token })
  await server.call('DELETE', `/v1/reservations/${ids[1]}`, { token: client.token })
  const again = await hold(server, client, slots[1])
  const list = async (query: string, who: SignedIn) =>
    (await server.call<List>('GET', `/v1/reservations?${query}`, { token: who.token })).body
  const order = [ids[1], again.body.id, ids[2], ids[0]]
  for (const who of [client, provider]) {
    t.same((await list('', who)).items.map(({ id }) => id).sort(), [...order].sort())
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: List = await list(`limit=1${cursor && `&cursor=${cursor}`}`, who)
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    }
    t.same([...seen].sort(), [...order].sort(), 'page by page each once')
    t.same(
      (await list('status=released', who)).items.map(({ id }) => id),
      [ids[1]],
    )
    t.same(
      (await list('from=2027-08-16T01:00:00Z', who)).items.map(({ id }) => id),
      [ids[0]],
    )
  }
  t.match(
    await server.call('GET', '/v1/reservations?from=2027-01-01T00:00:00Z&to=2027-12-01T00:00:00Z', {
      token: client.token,
    }),
    {
      status: 422,
      body: { code: 'window_too_long' },
    },
  )
})
