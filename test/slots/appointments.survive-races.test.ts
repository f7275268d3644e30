/** Appointments under races over two stores: one winner, nothing half, and a move leaves neither none nor two. */
import t from 'tap'
import { appointmentOf } from '../../src/domain/reservation.js'
import type { BookedService } from '../../src/domain/service.js'
import { halves } from '../helper/appointments.js'
import { client, NEVER_TOO_OFTEN, PROVIDER, type SlotWorld, slotWorld } from '../helper/slot-world.js'

const RULES = {
  noticeMs: 0,
  holdMs: 30 * 60_000,
  maxHoldMs: 45 * 60_000,
  maxActiveHolds: 3,
  holdAgain: NEVER_TOO_OFTEN,
}
const OWNER = { id: PROVIDER, role: 'provider' } as const

function lasting(minutes: number, changes: Partial<BookedService> = {}): BookedService {
  return {
    id: `takes ${minutes}`,
    rev: 1,
    name: 'Visit',
    durationMinutes: minutes,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    cancelCutoffSeconds: 0,
    moveCutoffSeconds: 0,
    ...changes,
  }
}

const all = (world: SlotWorld) => world.slots.find({ providerId: PROVIDER }).toArray()
const to = (slotId: string | undefined) => ({ slotId: slotId ?? '', noticeMs: 0 })

t.test('control: a half appointment is found', async (t) => {
  const world = await slotWorld(t)
  const [first = '', second = ''] = await world.openSlots(2)
  await world.store.hold(client('ada'), first, undefined, { service: lasting(30) })
  t.same(halves(await all(world)), [])
  await world.slots.updateOne({ _id: second }, { $set: { state: 'open', reservation: null } })
  t.ok(halves(await all(world)).length > 0)
})

t.test('control: an appointment that is whole in two places is found', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(4)
  await world.store.hold(client('ada'), ids[0] ?? '', undefined, { service: lasting(30) })
  for (const at of [0, 1]) {
    const { reservation } = await world.slot(ids[at] ?? '')
    if (reservation?.status !== 'held') throw new Error('it is not held')
    const { holdNo: _, ...rest } = reservation
    const twice = { state: 'held' as const, reservation: { ...rest, part: 100 + at } }
    await world.slots.updateOne({ _id: ids[at + 2] ?? '' }, { $set: twice })
  }
  t.ok(halves(await all(world)).length > 0)
})

t.test('200 rivals with overlapping appointments: each cell has one winner', async (t) => {
  const world = await slotWorld(t)
  const stores = [world.store, world.another()]
  const ids = await world.openSlots(60)
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, (_, rival) => {
      const service = lasting(15 * (1 + (rival % 4)), {
        bufferBeforeMinutes: rival % 3 === 0 ? 15 : 0,
        bufferAfterMinutes: rival % 5 === 0 ? 30 : 0,
      })
      const slotId = ids[(rival * 7) % ids.length] ?? ''
      return stores[rival % 2]?.hold(client(`rival ${rival}`), slotId, undefined, { service })
    }),
  )
  const winners = outcomes.flatMap((outcome) => (outcome?.ok ? [outcome] : []))
  const cells = winners.flatMap(({ slot, reservation }) => appointmentOf(slot, reservation).slotIds)
  t.equal(new Set(cells).size, cells.length, 'no cell has two')
  t.ok(winners.length > 10, 'control: many have won')
  const codes = new Set(outcomes.flatMap((outcome) => (outcome && !outcome.ok ? [outcome.code] : [])))
  t.ok(codes.has('slot_held'))
  for (const code of codes) t.ok(['slot_held', 'slot_withdrawn', 'does_not_fit'].includes(code), code)
  const slots = await all(world)
  t.same(halves(slots), [])
  const taken = slots.filter(({ reservation }) => reservation).map(({ _id }) => _id)
  t.same(taken.sort(), cells.sort(), 'and the slots say the same')
})

t.test('1,000 crossing moves: ids are kept, and each is in one place, whole', async (t) => {
  const world = await slotWorld(t)
  const stores = [world.store, world.another()]
  const ids = await world.openSlots(40)
  const movers = await Promise.all(
    Array.from({ length: 8 }, async (_, at) => {
      const service = lasting(15 * (1 + (at % 3)))
      const outcome = await world.store.hold(client(`mover ${at}`), ids[at * 5] ?? '', undefined, { service })
      if (!outcome.ok) throw new Error(outcome.code)
      if (at % 2 === 0)
        await world.store.confirm({ id: `mover ${at}`, role: 'client' }, outcome.reservation.id)
      return { caller: { id: `mover ${at}`, role: 'client' } as const, id: outcome.reservation.id }
    }),
  )
  let moved = 0
  const codes = new Set<string>()
  const rounds = Array.from({ length: 125 }, (_, round) => round)
  for (const round of rounds) {
    const outcomes = await Promise.all(
      movers.map(({ caller, id }, at) =>
        stores[(round + at) % 2]?.move(caller, id, to(ids[(at * 11 + round * 13) % ids.length])),
      ),
    )
    for (const outcome of outcomes) {
      if (outcome?.ok) moved++
      else if (outcome) codes.add(outcome.code)
    }
    if (round % 25 === 0) t.same(halves(await all(world)), [])
  }
  t.ok(moved > 100, `control: ${moved} of 1,000 went through`)
  t.notOk(codes.has('not_found'))
  t.notOk(codes.has('unavailable'))
  const slots = await all(world)
  t.same(halves(slots), [])
  for (const { id } of movers) {
    const heads = slots.filter(({ reservation }) => reservation?.id === id)
    t.ok(heads.length > 0, 'never none')
    t.match(await world.store.findReservation(id), { reservation: { id } })
  }
})

t.test('of 200 who move to one free slot one gets there, and the others keep their time', async (t) => {
  const world = await slotWorld(t)
  const stores = [world.store, world.another()]
  const ids = await world.openSlots(201)
  const target = ids.at(-1)
  const movers = await Promise.all(
    ids.slice(0, 200).map(async (slotId, at) => {
      const outcome = await world.store.hold(client(`mover ${at}`), slotId)
      if (!outcome.ok) throw new Error(outcome.code)
      return { caller: { id: `mover ${at}`, role: 'client' } as const, id: outcome.reservation.id, slotId }
    }),
  )
  const outcomes = await Promise.all(
    movers.map(({ caller, id }, at) => stores[at % 2]?.move(caller, id, to(target))),
  )
  t.equal(outcomes.filter((outcome) => outcome?.ok).length, 1)
  for (const [at, outcome] of outcomes.entries()) {
    if (!outcome?.ok) t.match(outcome, { code: 'slot_held', extras: { slot: { id: target } } })
    const found = await world.store.findReservation(movers[at]?.id ?? '')
    t.equal(found?.slot._id, outcome?.ok ? target : movers[at]?.slotId)
  }
})

t.test('a slot in the middle is withdrawn while the appointment is held', async (t) => {
  const world = await slotWorld(t)
  const other = world.another()
  const ids = await world.openSlots(300)
  const count = { held: 0, withdrawn: 0 }
  for (let at = 0; at < ids.length; at += 3) {
    const middle = (await world.slot(ids[at + 1] ?? '')).start.getTime()
    const hold = () => world.store.hold(client(`c ${at}`), ids[at] ?? '', undefined, { service: lasting(45) })
    const withdraw = () => other.withdraw(PROVIDER, middle, middle + 1)
    const [held, withdrawn] = await Promise.all([hold(), withdraw()])
    if (held.ok) {
      count.held++
      t.equal(withdrawn.withdrawn, 0)
    } else {
      count.withdrawn++
      t.match(held, { code: 'slot_withdrawn', extras: { slot: { id: ids[at + 1] } } })
    }
  }
  t.ok(count.held > 0 && count.withdrawn > 0, `control: both happened (${count.held}, ${count.withdrawn})`)
  t.same(halves(await all(world)), [])
})

t.test(
  'where one booking a day is allowed, the second takes the place of the first under any race',
  async (t) => {
    const world = await slotWorld(t, {
      rules: {
        noticeMs: 0,
        holdMs: 30 * 60_000,
        maxHoldMs: 45 * 60_000,
        maxActiveHolds: 3,
        onePerDay: true,
        holdAgain: NEVER_TOO_OFTEN,
      },
    })
    const stores = [world.store, world.another()]
    const ids = await world.openSlots(40)
    const book = async (who: string, slotId: string | undefined, service = lasting(15)) => {
      const outcome = await world.store.hold(client(who), slotId ?? '', undefined, { service })
      if (!outcome.ok) throw new Error(outcome.code)
      return outcome.reservation.id
    }
    const first = await book('ada', ids[4], lasting(30))
    const second = await book('ada', ids[0], lasting(45))
    const ada = { id: 'ada', role: 'client' } as const
    t.match(await world.store.confirm(ada, first), { ok: true })
    t.match(await world.store.confirm(ada, second), { ok: true })
    t.match(await world.store.findReservation(first), { reservation: { status: 'replaced', by: 'client' } })
    t.match(await world.store.confirm(ada, second), { ok: true }, 'the same again')
    t.match(await world.slot(ids[4] ?? ''), { state: 'open' })
    const log = Object.values((await world.slot(ids[4] ?? '')).log)
    t.match(log.at(-1), { kind: 'released', reason: 'replaced' })
    t.match(await world.store.confirm({ id: 'bob', role: 'client' }, await book('bob', ids[4])), { ok: true })
    t.match(
      await world.store.findReservation(second),
      { reservation: { status: 'confirmed' } },
      'of others none',
    )

    for (let round = 0; round < 25; round++) {
      const who = { id: `racer ${round}`, role: 'client' } as const
      const held = await Promise.all([8, 10, 12].map((at) => book(who.id, ids[at])))
      const outcomes = await Promise.all(held.map((id, at) => stores[at % 2]?.confirm(who, id)))
      t.ok(outcomes.every((outcome) => outcome?.ok))
      const found = await Promise.all(held.map((id) => world.store.findReservation(id)))
      const left = found.filter((one) => one?.reservation.status === 'confirmed')
      t.equal(left.length, 1, 'one stays')
      await world.store.end(OWNER, left[0]?.reservation.id ?? '')
    }
  },
)

t.test(
  'where one booking a day is allowed, a move to the day of another one is refused, under any race',
  async (t) => {
    const world = await slotWorld(t, {
      rules: { ...RULES, onePerDay: true },
      dayOf: async (_providerId, start) => (start < dayBegins ? 'first' : 'second'),
    })
    const stores = [world.store, world.another()]
    const ids = await world.openSlots(40)
    const dayBegins = (await world.slot(ids[20] ?? '')).start.getTime()
    const book = async (who: string, slotId: string | undefined, isConfirmed = true) => {
      const held = await world.store.hold(client(who), slotId ?? '', undefined, { service: lasting(30) })
      if (!held.ok) throw new Error(held.code)
      const { id } = held.reservation
      const caller = { id: who, role: 'client' } as const
      if (isConfirmed) t.match(await world.store.confirm(caller, id), { ok: true })
      return { id, caller }
    }
    const statusOf = async (id: string) => (await world.store.findReservation(id))?.reservation.status

    const first = await book('ada', ids[0])
    const second = await book('ada', ids[20])
    const onto = await world.store.move(second.caller, second.id, to(ids[4]))
    t.match(onto, { ok: false, code: 'client_busy' }, 'to the day of the first')
    t.match(await world.store.move(OWNER, second.id, to(ids[4])), { ok: false, code: 'client_busy' })
    t.match(await world.store.move(second.caller, second.id, to(ids[24])), { ok: true }, 'within its own day')
    t.match(await world.store.end(first.caller, first.id), { ok: true })
    t.match(await world.store.move(second.caller, second.id, to(ids[4])), { ok: true }, 'when that is free')
    const third = await book('ada', ids[8])
    t.equal(await statusOf(second.id), 'replaced', 'a moved one is found on its new day')
    t.equal(await statusOf(third.id), 'confirmed')

    const seen = { moved: 0, refused: 0 }
    for (let round = 0; round < 25; round++) {
      const who = `racer ${round}`
      const booked = await book(who, ids[30])
      const rival = await book(who, ids[12], false)
      const [moved, confirmed] = await Promise.all([
        stores[0]?.move(booked.caller, booked.id, to(ids[14])),
        stores[1]?.confirm(rival.caller, rival.id),
      ])
      t.match(confirmed, { ok: true })
      if (moved?.ok) seen.moved++
      else t.match(moved, { code: /^(client_busy|hold_released)$/ }, `${seen.refused++}`)
      const slots = await all(world)
      const there = slots.filter(
        ({ start, state, reservation }) =>
          state === 'confirmed' && start.getTime() < dayBegins && reservation?.client.id === who,
      )
      t.equal(new Set(there.map(({ reservation }) => reservation?.id)).size, 1, 'one stays on that day')
      t.same(halves(slots), [])
      for (const { id } of [booked, rival]) await world.store.end(OWNER, id)
    }
    t.ok(seen.moved + seen.refused === 25)
  },
)

t.test('over the nights in which clocks change an appointment takes as long as ever', async (t) => {
  for (const night of ['2027-03-28T00:00:00Z', '2027-10-31T00:00:00Z', '2027-08-14T21:00:00Z']) {
    const world = await slotWorld(t)
    const from = Date.parse(night)
    world.clock.move(from - 3 * 86_400_000 - world.clock.now())
    const starts = Array.from({ length: 16 }, (_, index) => from + index * 900_000)
    const { ids } = await world.store.open(PROVIDER, starts)
    const held = await world.store.hold(client('ada'), ids[0] ?? '', undefined, { service: lasting(180) })
    t.match(held, { ok: true })
    const taken = (await all(world)).filter(({ state }) => state === 'held')
    t.equal(taken.length, 12, 'three elapsed hours')
    t.equal(Math.max(...taken.map(({ end }) => end.getTime())), from + 3 * 3_600_000)
  }
})
