/** What a reservation says when its provider's clock shows another time than the one that was agreed. */
import t from 'tap'
import type { AccountExport } from '../../src/schemas/accounts.js'
import { booked, bookFor, type Clinic, clinic, confirm, held, later, move, read } from '../helper/clinic.js'
import { signInAgain } from '../helper/servers.js'

const BERLIN = 'Europe/Berlin'
const DAY = 86_400_000

async function setZone({ server, provider }: Clinic, timeZone: string): Promise<void> {
  const answer = await server.call('PATCH', '/v1/me', { token: provider.token, body: { timeZone } })
  if (answer.status !== 200) throw new Error(`the zone answered ${answer.status}`)
}

/** As Intl says it. */
function wallOf(instant: string, timeZone: string): string {
  const text = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  return text.format(new Date(instant)).replace(' ', 'T')
}

/** By client and provider. */
async function bothOf({ server, client, provider }: Clinic, id: string) {
  const [one, other] = [await read(server, client, id), await read(server, provider, id)]
  if (JSON.stringify(one.body.wallTimeWas) !== JSON.stringify(other.body.wallTimeWas)) {
    throw new Error('the client and the provider read different times')
  }
  return one.body.wallTimeWas
}

t.test('another zone moves no booking, and each says what was agreed', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const service = await world.offer({ bufferBeforeMinutes: 15 })
  const booking = await booked(server, client, slots[1], service.id)
  const hold = await held(server, client, slots[8])
  const { body: guest } = await bookFor(server, provider, {
    slotId: slots[10],
    person: { name: 'Guest' },
    status: 'confirmed',
  })
  t.equal(await bothOf(world, booking.id), undefined, 'control: nothing while the zone is the same')

  await setZone(world, 'America/New_York')
  const agreed = ({ start }: { start: string }) => ({ timeZone: BERLIN, start: wallOf(start, BERLIN) })
  t.same(await bothOf(world, booking.id), agreed(booking))
  t.same(await bothOf(world, hold.id), agreed(hold))
  t.same((await read(server, provider, guest.id)).body.wallTimeWas, agreed(guest))
  t.match((await read(server, client, booking.id)).body, { start: booking.start, slotIds: booking.slotIds })
  const list = await server.call<{ items: object[] }>('GET', '/v1/reservations', { token: client.token })
  t.match(list.body.items, [{ wallTimeWas: agreed(booking) }, { wallTimeWas: agreed(hold) }])
  const exported = await server.call<AccountExport>('GET', '/v1/me/export', { token: provider.token })
  t.same(
    exported.body.reservations.map(({ wallTimeWas }) => wallTimeWas),
    [booking, hold, guest].map(agreed),
  )
  t.match((await confirm(server, client, hold.id)).body, { wallTimeWas: agreed(hold) })

  await setZone(world, 'Asia/Tokyo')
  t.same(await bothOf(world, booking.id), agreed(booking), 'the first time that was agreed counts')
  await setZone(world, 'Europe/Madrid')
  t.equal(await bothOf(world, booking.id), undefined, 'where the clock shows the same again, nothing is said')
})

t.test('a move agrees on a new time', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const one = await booked(server, client, slots[0])
  const other = await booked(server, client, slots[2])
  await setZone(world, 'America/New_York')
  const moved = await move(server, client, one.id, slots[4])
  t.equal(moved.body.wallTimeWas, undefined)
  t.equal(await bothOf(world, one.id), undefined)
  t.match(await bothOf(world, other.id), { timeZone: BERLIN }, 'control: what has not moved says it')
  await setZone(world, BERLIN)
  t.match(await bothOf(world, one.id), {
    timeZone: 'America/New_York',
    start: wallOf(moved.body.start, 'America/New_York'),
  })
  t.equal(
    (await move(server, provider, one.id, slots[0])).body.wallTimeWas,
    undefined,
    'moved by the provider',
  )
})

t.test('what is over says nothing', async (t) => {
  const world = await clinic(t)
  const { server, client, slots } = world
  const booking = await booked(server, client, slots[0])
  const ended = await booked(server, client, slots[2])
  await server.call('DELETE', `/v1/reservations/${ended.id}`, { token: client.token })
  await setZone(world, 'America/New_York')
  t.match(await bothOf(world, booking.id), { timeZone: BERLIN }, 'control: ahead')
  t.equal(await bothOf(world, ended.id), undefined)
  await later(world, 4 * DAY)
  t.equal(await bothOf(world, booking.id), undefined)
})

t.test('bookings of earlier versions are asked before the zone changes', async (t) => {
  const world = await clinic(t)
  const { server, client, slots } = world
  const service = await world.offer()
  const one = await booked(server, client, slots[0], service.id)
  const other = await booked(server, client, slots[4])
  const unset = { $unset: { 'reservation.agreed': '' as const } }
  const { modifiedCount } = await server.app.slots.collection.updateMany(
    { 'reservation.agreed': { $exists: true } },
    unset,
  )
  t.equal(modifiedCount, 2, 'control: the slot that an appointment begins with says it, and no other')
  // As if a server had ended between the two writes: the request is sent again.
  await server.app.slots.noteAgreedTimes(world.provider.id)
  await setZone(world, 'America/New_York')
  t.same(await bothOf(world, one.id), { timeZone: BERLIN, start: wallOf(one.start, BERLIN) })
  t.same(await bothOf(world, other.id), { timeZone: BERLIN, start: wallOf(other.start, BERLIN) })
  await server.app.slots.noteAgreedTimes(world.provider.id)
  t.match(await bothOf(world, one.id), { timeZone: BERLIN }, 'what is noted is not noted again')
})

t.test('while the zone changes, others confirm, move and cancel, and nothing of it is lost', async (t) => {
  const world = await clinic(t, { slots: 40, count: 2, settings: { MAX_ACTIVE_HOLDS: '20' } })
  const { server, other, client, slots } = world
  const holds = await Promise.all(Array.from({ length: 12 }, (_, at) => held(server, client, slots[at * 2])))
  await server.app.slots.collection.updateMany({}, { $unset: { 'reservation.agreed': '' } })
  const [changed, ...answers] = await Promise.all([
    setZone(world, 'America/New_York').then(() => 200),
    ...holds.map(async ({ id }, at) => {
      if (at % 3 === 0) return (await confirm(other, client, id)).status
      if (at % 3 === 1) return (await move(other, client, id, slots[at * 2 + 1])).status
      const path = `/v1/reservations/${id}`
      return (await other.call('DELETE', path, { token: client.token })).status
    }),
  ])
  t.equal(changed, 200)
  t.same(
    answers,
    holds.map((_, at) => (at % 3 === 2 ? 204 : 200)),
  )
  world.client = await signInAgain(server, client)
  for (const [at, { id }] of holds.entries()) {
    const { body } = await read(server, world.client, id)
    t.equal(body.status, ['confirmed', 'held', 'released'][at % 3])
    t.equal(body.slotId, slots[at % 3 === 1 ? at * 2 + 1 : at * 2])
  }
})

t.test('newer time zone data under a booking is seen as well', async (t) => {
  const world = await clinic(t)
  const { server, client, slots } = world
  const { id, start } = await booked(server, client, slots[0])
  const hourBefore = wallOf(new Date(Date.parse(start) - 3_600_000).toISOString(), BERLIN)
  await server.app.slots.collection.updateOne(
    { 'reservation.id': id },
    { $set: { 'reservation.agreed.start': hourBefore } },
  )
  t.same(await bothOf(world, id), { timeZone: BERLIN, start: hourBefore })
})
