/** What a provider's policies mean for appointments. */
import t from 'tap'
import { booked, type Clinic, clinic, confirm, end, held, hold, later, move } from '../helper/clinic.js'
import { publish, register } from '../helper/servers.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const set = ({ server, provider }: Clinic, policies: object, rev = 0) =>
  server.call('PATCH', `/v1/providers/${provider.id}/policies`, {
    token: provider.token,
    headers: { 'if-match': `"${rev}"` },
    body: policies,
  })

t.test('what lies too far ahead is neither held nor moved to, and the answer says how far', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const service = await world.offer()
  const later = await publish(server, provider, 8, 12)
  t.equal((await set(world, { maxAheadDays: 10 })).status, 200)
  world.clock.move(1_234)
  const latest = new Date(Math.floor((world.clock.now() + 10 * DAY) / 900_000) * 900_000).toISOString()
  const refused = { status: 422, body: { code: 'max_ahead', latestStart: latest } }
  t.match(await hold(server, client, later[0], service.id), refused)
  t.match(await hold(server, client, later[0]), refused)
  const { id } = await held(server, client, slots[0], service.id)
  t.match(await move(server, client, id, later[0]), refused)
  t.match(await move(server, provider, id, later[0]), { status: 200 }, 'control: the provider may')
})

t.test('the notice is the service’s, else the provider’s, and counts for the head alone', async (t) => {
  const world = await clinic(t, { settings: { NOTICE_SECONDS: '3600' } })
  const { server, slots } = world
  t.equal((await set(world, { noticeSeconds: 7_200 })).status, 200)
  const usual = await world.offer({ bufferBeforeMinutes: 30 })
  const quick = await world.offer({ name: 'Quick', noticeSeconds: 0 })
  const { start } = await held(server, world.client, slots[15])
  // 90 minutes before the slot after the first four.
  const head = Date.parse(start) - 11 * 900_000
  await later(world, head - 1.5 * HOUR - world.clock.now())
  const earliestStart = new Date(head + HOUR / 2).toISOString()
  t.match(await hold(server, world.client, slots[4], usual.id), {
    status: 422,
    body: { code: 'min_notice', earliestStart },
  })
  t.match(await hold(server, world.client, slots[4], quick.id), { status: 201 }, 'the service has its own')
  const rival = await register(server, 'client')
  t.match(
    await hold(server, rival, slots[9], usual.id),
    { status: 201 },
    'control: its head is in time, and its buffer need not be',
  )
})

t.test('of confirms at once no more are done than a client may have ahead', async (t) => {
  const world = await clinic(t, { slots: 40, settings: { MAX_ACTIVE_HOLDS: '8' } })
  const { server, client, provider, slots } = world
  const service = await world.offer()
  t.equal((await set(world, { maxUpcomingBookings: 2 })).status, 200)
  const holds = []
  for (let at = 0; at < 6; at++) holds.push(await held(server, client, slots[at * 4], service.id))
  const confirmed = await Promise.all(holds.map(({ id }) => confirm(server, client, id)))
  t.same(confirmed.map(({ status }) => status).sort(), [200, 200, 409, 409, 409, 409])
  t.ok(
    confirmed.filter(({ status }) => status === 409).every(({ body }) => body.code === 'booking_limit'),
    'and they say why',
  )
  const [first, refused] = [200, 409].map((status) => confirmed.findIndex((one) => one.status === status))
  const [has, wants] = [holds[first ?? 0]?.id ?? '', holds[refused ?? 0]?.id ?? '']
  t.match(await confirm(server, client, has), { status: 200 }, 'the same again')
  t.match(await move(server, client, has, slots[24]), { status: 200 }, 'what it has it may move')
  t.equal((await end(server, client, has)).status, 204)
  t.match(await confirm(server, client, wants), { status: 200 }, 'control: after cancelling one')
  const rival = await register(server, 'client')
  await booked(server, rival, slots[28], service.id)
  const answer = await server.call('POST', `/v1/providers/${provider.id}/reservations`, {
    token: provider.token,
    body: { slotId: slots[32], serviceId: service.id, person: { name: 'Grete' }, status: 'confirmed' },
  })
  t.equal(answer.status, 201, 'control: others have their own limit')
})
