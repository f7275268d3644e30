import t from 'tap'
import { dayIn } from '../../src/availability/days.js'
import type { TimeOff, TimeOffPreview } from '../../src/schemas/time-off.js'
import { booked, bookFor, clinic, confirm, end, held, hold, later, move, read } from '../helper/clinic.js'
import {
  addException,
  type CalendarSlot,
  type Coded,
  calendarOf,
  dayAhead,
  everyDay,
  MORNING,
  openStarts,
  setSchedule,
} from '../helper/schedules.js'
import { type Answer, publish, register, type SignedIn, type TestServer } from '../helper/servers.js'
import { until } from '../helper/until.js'

const HOURS = { weekly: everyDay(MORNING), horizonDays: 10 }
const CLOSED = { status: 409, body: { code: 'slot_withdrawn' } }

type Ask = Record<string, unknown>

function takeOff<Body = TimeOff>(
  server: Pick<TestServer, 'call'>,
  { id, token }: Pick<SignedIn, 'id' | 'token'>,
  body: Ask,
  query = '',
): Promise<Answer<Body & Coded>> {
  return server.call('POST', `/v1/providers/${id}/time-off${query}`, { token, body })
}

const previewed = (server: TestServer, provider: SignedIn, body: Ask) =>
  takeOff<TimeOffPreview>(server, provider, body, '?preview=true')

/** Twelve slots each morning, by weekly hours; a day off is the fourth from now. */
async function practice(t: Parameters<typeof clinic>[0], count = 1) {
  const world = await clinic(t, { slots: 1, count })
  const { server, provider } = world
  await setSchedule(server, provider, HOURS)
  const day = dayAhead(server, 4)
  const idsOn = async (one: string) =>
    (await calendarOf(server, provider, one)).flatMap(({ id, by }) => (by === 'rule' ? [id] : []))
  return { ...world, world, day, off: { from: day, to: day }, slots: await idsOn(day), idsOn }
}

const openOn = async (server: TestServer, provider: SignedIn, day: string) =>
  openStarts(await calendarOf(server, provider, day))

t.test('of two bookings on a day off one is moved, and the other cancelled with a note', async (t) => {
  const { server, provider, client, world, day, off, slots } = await practice(t)
  const service = await world.offer({ durationMinutes: 30, bufferAfterMinutes: 15 })
  const other = await register(server, 'client')
  const one = await booked(server, client, slots[0], service.id)
  const two = await booked(server, other, slots[6])

  const preview = await previewed(server, provider, off)
  t.match(preview, { status: 200, body: { ...off, withdraws: 12 - 4, holds: 0 } })
  t.same(
    preview.body.affected.map(({ reservation }) => [reservation.id, reservation.client?.name]),
    [
      [one.id, 'Ada Client'],
      [two.id, 'Ada Client'],
    ],
  )
  const [offer] = preview.body.affected[0]?.offers ?? []
  t.equal(preview.body.affected[0]?.offers.length, 3)
  t.not(offer && dayIn('Europe/Berlin', Date.parse(offer.start)), day)
  t.equal(Date.parse(offer?.end ?? '') - Date.parse(offer?.start ?? ''), 30 * 60_000)
  t.equal((await openOn(server, provider, day)).length, 8, 'control: a preview changes nothing')

  const done = await takeOff(server, provider, {
    ...off,
    reason: 'Conference',
    note: 'Please call us for another time.',
    bookings: 'cancel',
    moves: [{ reservationId: one.id, slotId: offer?.slotId }],
  })
  t.match(done, {
    status: 200,
    body: {
      exception: { ...off, closed: true, reason: 'Conference' },
      moved: [{ id: one.id, slotId: offer?.slotId, status: 'confirmed', serviceId: service.id }],
      cancelled: [two.id],
      released: [],
      kept: [],
      failed: [],
    },
  })
  t.match((await read(server, other, two.id)).body, {
    status: 'cancelled',
    cancelledBy: 'provider',
    note: 'Please call us for another time.',
  })
  t.match((await read(server, client, one.id)).body, { status: 'confirmed', slotId: offer?.slotId })
  t.same(await openOn(server, provider, day), [])
  for (const slot of slots) t.match(await hold(server, client, slot), CLOSED)
  t.equal((await openOn(server, provider, dayAhead(server, 6))).length, 12, 'other days stay open')

  const { exception } = done.body
  const path = `/v1/providers/${provider.id}/exceptions/${exception.id}`
  t.equal((await server.call('DELETE', path, { token: provider.token })).status, 204)
  t.equal((await openOn(server, provider, day)).length, 12, 'the day can be given free again, whole')
})

t.test('the first offers of all can be taken together', async (t) => {
  const { server, provider, world, off, slots, idsOn } = await practice(t)
  const service = await world.offer({ durationMinutes: 30 })
  const clients = await Promise.all([1, 2, 3, 4].map(() => register(server, 'client')))
  // The day before has room for one of them alone.
  const before = await idsOn(dayAhead(server, 3))
  for (const at of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    await bookFor(server, provider, { slotId: before[at], person: { name: 'Guest' }, status: 'confirmed' })
  }
  for (const [at, client] of clients.entries()) await booked(server, client, slots[at * 2], service.id)
  const { affected } = (await previewed(server, provider, off)).body
  const firsts = affected.map(({ offers }) => offers[0]?.slotId)
  const moves = affected.map(({ reservation, offers }) => {
    return { reservationId: reservation.id, slotId: offers[0]?.slotId }
  })
  t.equal(firsts.indexOf(before[10]), 0, 'the nearest')
  t.equal(new Set(firsts).size, 4)
  const done = await takeOff(server, provider, { ...off, moves })
  t.match(done.body, { failed: [], kept: [] })
  t.equal(done.body.moved.length, 4)
  t.match(await takeOff(server, provider, { ...off, moves }), { body: { failed: [], withdrawn: 0 } }, 'again')
})

t.test('where nothing near fits, offers come from further away, as far as there are any', async (t) => {
  const { server, provider, client, world } = await practice(t)
  const service = await world.offer({ durationMinutes: 30 })
  const day = dayAhead(server, 30)
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7
  await setSchedule(server, provider, { weekly: [{ weekday, ...MORNING }], horizonDays: 60 })
  const [first] = await calendarOf(server, provider, day)
  await booked(server, client, first?.id, service.id)
  const daysOf = async () => {
    const { affected } = (await previewed(server, provider, { from: day, to: day })).body
    return affected[0]?.offers.map(({ start }) => dayIn('Europe/Berlin', Date.parse(start)))
  }
  const before = dayAhead(server, 23)
  t.same(await daysOf(), [before, before, before], 'a week before')
})

t.test('bookings are kept unless the provider says otherwise; holds are given back', async (t) => {
  const { server, provider, client, day, off, slots } = await practice(t)
  const other = await register(server, 'client')
  const booking = await booked(server, client, slots[0])
  const hold = await held(server, other, slots[2])
  t.match((await previewed(server, provider, off)).body, { holds: 1, affected: [{ reservation: booking }] })
  const done = await takeOff(server, provider, { ...off, note: 'We are closed.' })
  t.match(done.body, { kept: [{ id: booking.id }], cancelled: [], released: [hold.id], failed: [] })
  t.match(await confirm(server, other, hold.id), { status: 410, body: { code: 'hold_released' } })
  t.match((await read(server, other, hold.id)).body, { status: 'released', note: 'We are closed.' })
  t.match((await read(server, client, booking.id)).body, { status: 'confirmed' })
  t.same(await openOn(server, provider, day), [])

  const again = await takeOff(server, provider, { ...off, bookings: 'cancel' })
  t.match(again.body, { exception: done.body.exception, kept: [], cancelled: [booking.id], withdrawn: 0 })
  t.same(await openOn(server, provider, day), [])
})

t.test('a target that was taken meanwhile fails, and the booking is still there', async (t) => {
  const { server, provider, client, off, slots, idsOn } = await practice(t)
  const other = await register(server, 'client')
  const foreign = await register(server, 'client')
  const [one, two] = [await booked(server, client, slots[0]), await booked(server, other, slots[1])]
  const [taken, free] = await idsOn(dayAhead(server, 5))
  const elsewhere = await booked(server, foreign, taken)
  const done = await takeOff(server, provider, {
    ...off,
    bookings: 'cancel',
    moves: [
      { reservationId: one.id, slotId: taken },
      { reservationId: two.id, slotId: slots[8] },
      { reservationId: elsewhere.id, slotId: free },
      { reservationId: 'nothing', slotId: free },
    ],
  })
  t.match(done.body, {
    moved: [],
    cancelled: [],
    kept: [{ id: one.id }, { id: two.id }],
    failed: [
      { reservationId: one.id, code: 'slot_confirmed', title: /\w/ },
      { reservationId: two.id, code: 'slot_withdrawn' },
      { reservationId: elsewhere.id, code: 'not_found' },
      { reservationId: 'nothing', code: 'not_found' },
    ],
  })
  t.match((await read(server, client, one.id)).body, { status: 'confirmed', slotId: slots[0] })
  t.match((await read(server, foreign, elsewhere.id)).body, { status: 'confirmed', slotId: taken })
  const next = await takeOff(server, provider, { ...off, moves: [{ reservationId: one.id, slotId: free }] })
  t.match(next.body, { moved: [{ id: one.id, slotId: free }], kept: [{ id: two.id }], failed: [] })
})

t.test('who books, confirms, moves or cancels meanwhile is never lost', async (t) => {
  const { server, other, provider, day, off, slots, idsOn } = await practice(t, 2)
  const target = await idsOn(dayAhead(server, 6))
  const clients = await Promise.all(slots.map(() => register(server, 'client')))
  const known = await Promise.all(
    clients.slice(0, 6).map((client, at) => (at < 3 ? booked : held)(server, client, slots[at])),
  )
  await previewed(server, provider, off)
  const late: (string | null)[] = []
  const [done] = await Promise.all([
    takeOff(server, provider, { ...off, bookings: 'cancel' }),
    // The first three have booked: one moves away, one cancels, one stays; those who hold confirm; the others come now.
    move(other, clients[0] as SignedIn, known[0]?.id ?? '', target[0]),
    end(other, clients[1] as SignedIn, known[1]?.id ?? ''),
    ...known.slice(3).map(({ id }, at) => confirm(other, clients[at + 3] as SignedIn, id)),
    ...clients.slice(6).map(async (client, at) => {
      const answer = await hold(other, client, slots[at + 6])
      late[at] = answer.status === 201 ? answer.body.id : null
      if (answer.status === 201) await confirm(other, client, answer.body.id)
    }),
  ])
  t.equal(done.status, 200)
  const all = [...known.map(({ id }) => id), ...late.flatMap((id) => id ?? [])]
  t.comment(`${all.length - known.length} of ${late.length} came through`)
  const dead = new Set([...done.body.cancelled, ...done.body.released])
  for (const id of all) {
    const { body } = await read(server, provider, id)
    const isOnDay = dayIn('Europe/Berlin', Date.parse(body.start)) === day
    const isLive = body.status === 'confirmed' || body.status === 'held'
    if (isLive && isOnDay)
      t.ok(
        done.body.kept.some((one) => one.id === id),
        'what is left is named',
      )
    if (isLive && !isOnDay) t.notOk(dead.has(id), 'who has moved away is left alone')
    if (!isLive) t.ok(dead.has(id) || id === known[1]?.id, 'what was ended is named')
  }
  const states = (await calendarOf(server, provider, day)).map((slot: CalendarSlot) => slot.state)
  t.equal(states.filter((state) => state === 'open').length, 0, 'nothing is open')
})

for (const step of ['move', 'end', 'withdraw'] as const) {
  t.test(`interrupted before a write (${step}), the same request goes on`, async (t) => {
    const { server, other, provider, client, day, off, slots, idsOn } = await practice(t, 2)
    const [target] = await idsOn(dayAhead(server, 5))
    const guest = await register(server, 'client')
    // By hand, beside the hours.
    await publish(server, provider, 1, 4)
    const [one, two] = [await booked(server, client, slots[0]), await booked(server, guest, slots[1])]
    const request = {
      ...off,
      bookings: 'cancel',
      moves: [{ reservationId: one.id, slotId: target }],
    }
    const { slots: store } = server.app
    const original = store[step]
    Object.assign(store, { [step]: () => Promise.reject(new Error('killed')) })
    t.equal((await takeOff(server, provider, request)).status, 500, 'control: it ends in the middle')
    Object.assign(store, { [step]: original })
    const byHand = step === 'withdraw' ? 1 : 0
    await until(
      async () => (await openOn(server, provider, day)).length === byHand,
      'what the hours opened is closed by then',
    )
    t.match((await read(server, guest, two.id)).body, { status: 'confirmed' }, 'control: it was not through')

    const done = await takeOff(other, provider, request)
    t.match(done.body, { moved: [{ id: one.id }], cancelled: [two.id], kept: [], failed: [] })
    t.same(await openOn(server, provider, day), [])
    t.match((await read(server, client, one.id)).body, { status: 'confirmed', slotId: target })
    const list = await server.call<{ items: object[] }>('GET', `/v1/providers/${provider.id}/exceptions`, {
      token: provider.token,
    })
    t.equal(list.body.items.length, 1)
  })
}

t.test('appointments of several slots, over several days and over midnight', async (t) => {
  const { server, provider, client, world } = await practice(t)
  const service = await world.offer({ durationMinutes: 60, bufferBeforeMinutes: 15, bufferAfterMinutes: 15 })
  const [first, last] = [dayAhead(server, 7), dayAhead(server, 8)]
  const next = dayAhead(server, 9)
  const night = [
    { day: dayAhead(server, 6), from: '22:00', to: '24:00' },
    { day: first, from: '00:00', to: '02:00' },
    { day: last, from: '23:00', to: '24:00' },
    { day: next, from: '00:00', to: '02:00' },
  ]
  const published = await server.call<{ slots: string[] }>(
    'POST',
    `/v1/providers/${provider.id}/availability`,
    {
      token: provider.token,
      body: { blocks: night },
    },
  )
  const nights = published.body.slots
  const crossing = await booked(server, client, nights[6], service.id)
  const other = await register(server, 'client')
  // Its buffer before it lies on the last day off, and its visit does not.
  const after = await booked(server, other, nights[16 + 4], service.id)
  const third = await register(server, 'client')
  const [, , head] = await calendarOf(server, provider, last)
  const inside = await booked(server, third, head?.id, service.id)
  const off = { from: first, to: last }
  t.same(
    (await previewed(server, provider, off)).body.affected.map(({ reservation }) => reservation.id),
    [crossing.id, inside.id],
  )
  const done = await takeOff(server, provider, { ...off, bookings: 'cancel' })
  t.same(done.body.cancelled.toSorted(), [crossing.id, inside.id].toSorted())
  t.match((await read(server, other, after.id)).body, { status: 'confirmed' })
  const onDays = (start: string) => dayIn('Europe/Berlin', Date.parse(start)) <= last
  t.same(openStarts(await calendarOf(server, provider, first, last)).filter(onDays), [])
  const stillOpen = await openOn(server, provider, dayAhead(server, 6))
  t.ok(stillOpen.includes(crossing.start), 'on the day before, which is no day off, its slots come free')
})

t.test('days off without weekly hours, today, and what is refused', async (t) => {
  const world = await clinic(t, { slots: 8 })
  const { server, provider, client, slots } = world
  const day = dayIn('Europe/Berlin', Date.parse((await held(server, client, slots[0])).start))
  const done = await takeOff(server, provider, { from: day, to: day })
  t.match(done, { status: 200, body: { withdrawn: 7, released: [/./] } })
  for (const slot of slots) t.match(await hold(server, client, slot), CLOSED)

  const today = dayAhead(server, 0)
  t.match(await takeOff(server, provider, { from: today, to: today }), { status: 200 })
  const refused = { status: 400, body: { code: 'invalid_request' } }
  t.match(await takeOff(server, provider, { from: day, to: today }), refused)
  t.match(await takeOff(server, provider, { from: dayAhead(server, -3), to: dayAhead(server, -1) }), refused)
  t.match(await takeOff(server, provider, { from: today, to: dayAhead(server, 366) }), refused)
  t.match(await takeOff(server, provider, { from: today, to: dayAhead(server, 365) }, '?preview=true'), {
    status: 200,
  })
  const twice = { reservationId: 'a', slotId: 'b' }
  t.match(await takeOff(server, provider, { from: day, to: day, moves: [twice, twice] }), refused)
  const foreign = await register(server, 'provider')
  t.match(await takeOff(server, { ...foreign, id: provider.id }, { from: day, to: day }), { status: 404 })

  await later(world, 4 * 86_400_000)
  const past = await takeOff(server, world.provider, { from: day, to: dayAhead(server, 0) })
  t.match(past, { status: 200, body: { withdrawn: 0 } }, 'days that have begun can be closed as well')
})

t.test('an exception with hours does not keep a day off from being closed', async (t) => {
  const { server, provider, day, off } = await practice(t)
  await addException(server, provider, { ...off, blocks: [{ from: '14:00', to: '15:00' }] })
  t.equal((await openOn(server, provider, day)).length, 4, 'control')
  t.match(await takeOff(server, provider, off), { body: { withdrawn: 4 } })
  t.same(await openOn(server, provider, day), [])
})

t.test('what has been confirmed or moved since it was found is not ended, and not moved', async (t) => {
  const { server, other, provider, client, slots } = await practice(t, 2)
  const caller = { id: provider.id, role: 'provider' as const }
  const ended = (id: string, head: string | undefined, status: 'held' | 'confirmed') =>
    server.app.slots.end(caller, id, { still: { head: head ?? '', status } })
  const notFound = { ok: false, code: 'not_found' }
  const { id } = await held(server, client, slots[0])
  await confirm(other, client, id)
  t.match(await ended(id, slots[0], 'held'), notFound)
  await move(other, client, id, slots[3])
  t.match(await ended(id, slots[0], 'confirmed'), notFound)
  const away = { slotId: slots[6] ?? '', from: slots[0] ?? '', noticeMs: 0 }
  t.match(await server.app.slots.move(caller, id, away), notFound)
  t.match((await read(server, client, id)).body, { status: 'confirmed', slotId: slots[3] })
  t.match(await ended(id, slots[3], 'confirmed'), { ok: true }, 'control: as it is now')
  t.match((await read(server, client, id)).body, { status: 'cancelled' })
})
