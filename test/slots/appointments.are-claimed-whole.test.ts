/** Appointments of several slots: claimed, confirmed, ended and moved whole, under races and after their end. */
import t from 'tap'
import { MONGODB } from '../../src/database/engine.js'
import { SLOT_MS, slotIdOf } from '../../src/domain/grid.js'
import type { BookedService } from '../../src/domain/service.js'
import { client, PROVIDER, type SlotWorld, slotWorld } from '../helper/slot-world.js'

const CALLER = { id: 'ada', role: 'client' } as const
const OWNER = { id: PROVIDER, role: 'provider' } as const

function service(changes: Partial<BookedService> = {}): BookedService {
  return {
    id: 'visit',
    rev: 1,
    name: 'First visit',
    durationMinutes: 45,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    cancelCutoffSeconds: 0,
    moveCutoffSeconds: 0,
    ...changes,
  }
}

async function held(world: SlotWorld, who: string, slotId: string, as = service()) {
  const outcome = await world.store.hold(client(who), slotId, undefined, { service: as })
  if (!outcome.ok) throw new Error(outcome.code)
  return outcome
}

async function statesOf(world: SlotWorld, ids: string[]) {
  return Promise.all(
    ids.map(async (id) => {
      const { state, reservation } = await world.slot(id)
      return reservation ? `${state} ${reservation.client.id.replace(/-.*/, '')}` : state
    }),
  )
}

t.test('three slots are held, confirmed and cancelled together', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(5)
  const { reservation } = await held(world, 'ada', ids[1] ?? '')
  t.same(await statesOf(world, ids), ['open', 'held ada', 'held ada', 'held ada', 'open'])
  t.match(await world.store.confirm(CALLER, reservation.id), {
    ok: true,
    reservation: { status: 'confirmed' },
  })
  t.same(await statesOf(world, ids), ['open', 'confirmed ada', 'confirmed ada', 'confirmed ada', 'open'])
  t.match(await world.store.end(CALLER, reservation.id), { ok: true })
  t.same(await statesOf(world, ids), ['open', 'open', 'open', 'open', 'open'])
  t.match(await world.store.findReservation(reservation.id), { reservation: { status: 'cancelled' } })
})

t.test('buffers lie on open slots and on times never published, and come free with it', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(4)
  const as = service({ durationMinutes: 30, bufferBeforeMinutes: 15, bufferAfterMinutes: 30 })
  const before = slotIdOf(PROVIDER, (await world.slot(ids[0] ?? '')).start.getTime() - SLOT_MS)
  const { reservation } = await held(world, 'ada', ids[0] ?? '', as)
  t.same(await statesOf(world, [before, ...ids]), [
    'withdrawn buffer',
    'held ada',
    'held ada',
    'held buffer',
    'held buffer',
  ])
  t.match(
    await world.store.hold(client('bob'), ids[2] ?? ''),
    { ok: false, code: 'slot_held' },
    'nobody is booked in the buffer',
  )
  const start = (await world.slot(before)).start.getTime()
  t.match(await world.store.open(PROVIDER, [start]), { opened: 1 })
  t.same(await statesOf(world, [before]), ['held buffer'], 'offered, and taken until the appointment ends')
  t.match(await world.store.end(CALLER, reservation.id), { ok: true })
  t.same(await statesOf(world, [before, ...ids]), ['open', 'open', 'open', 'open', 'open'])
})

t.test('taken off with its end are the slots of the visit, not the buffers', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(4)
  const as = service({ durationMinutes: 30, bufferAfterMinutes: 30 })
  const { reservation } = await held(world, 'ada', ids[0] ?? '', as)
  t.match(await world.store.end(OWNER, reservation.id, { withdraw: true }), { ok: true })
  t.same(await statesOf(world, ids), ['withdrawn', 'withdrawn', 'open', 'open'])
})

t.test('a buffer on a time that is not offered leaves it so', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(1)
  const as = service({ durationMinutes: 15, bufferAfterMinutes: 15 })
  const { reservation } = await held(world, 'ada', ids[0] ?? '', as)
  const after = slotIdOf(PROVIDER, reservation.heldAt.getTime())
  t.ok(after)
  const all = await world.slots.find({ providerId: PROVIDER }, { sort: { start: 1 } }).toArray()
  t.same(
    all.map(({ state }) => state),
    ['held', 'withdrawn'],
  )
  t.match(await world.store.confirm(CALLER, reservation.id), { ok: true })
  t.match(await world.store.end(OWNER, reservation.id), { ok: true })
  const left = await world.slots.find({ providerId: PROVIDER }, { sort: { start: 1 } }).toArray()
  t.same(
    left.map(({ state, reservation }) => [state, reservation]),
    [
      ['open', null],
      ['withdrawn', null],
    ],
  )
})

t.test('two appointments that overlap in their buffers only: one has it', async (t) => {
  const world = await slotWorld(t)
  const other = world.another()
  const ids = await world.openSlots(44)
  const as = service({ durationMinutes: 15, bufferAfterMinutes: 15 })
  const before = service({ durationMinutes: 15, bufferBeforeMinutes: 15, id: 'other' })
  for (let at = 0; at < 40; at += 4) {
    const outcomes = await Promise.all([
      world.store.hold(client(`one-${at}`), ids[at] ?? '', undefined, { service: as }),
      other.hold(client(`two-${at}`), ids[at + 2] ?? '', undefined, { service: before }),
    ])
    t.equal(outcomes.filter(({ ok }) => ok).length, 1)
    const lost = outcomes.find(({ ok }) => !ok)
    t.match(lost, { code: 'does_not_fit', extras: { slot: { id: ids[at + 1] } } })
  }
  const control = await Promise.all([
    world.store.hold(client('x'), ids[41] ?? '', undefined, { service: service({ durationMinutes: 15 }) }),
    other.hold(client('y'), ids[43] ?? '', undefined, { service: service({ durationMinutes: 15 }) }),
  ])
  t.ok(
    control.every(({ ok }) => ok),
    'control: without buffers both have theirs',
  )
})

t.test('what stands in the way is named', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(6)
  t.match(await world.store.hold(client('bob'), ids[2] ?? ''), { ok: true })
  const asked = (slotId: string | undefined, as = service()) =>
    world.store.hold(client('ada'), slotId ?? '', undefined, { service: as })
  t.match(await asked(ids[1]), { code: 'slot_held', extras: { slot: { id: ids[2], state: 'held' } } })
  t.match(await asked(ids[4]), { code: 'slot_withdrawn', extras: { slot: { state: 'withdrawn' } } })
  t.match(await asked(ids[3], service({ bufferBeforeMinutes: 15 })), {
    code: 'does_not_fit',
    extras: { slot: { id: ids[2] } },
  })
  t.match(await asked(ids[3]), { ok: true }, 'control')
})

t.test('a part of an overdue appointment is taken over, and its owner cannot confirm the rest', async (t) => {
  const world = await slotWorld(t)
  const other = world.another()
  const ids = await world.openSlots(60)
  for (let at = 0; at < ids.length; at += 3) {
    const { reservation } = await held(world, `owner-${at}`, ids[at] ?? '')
    world.clock.move(world.holdMs)
    const [taken, confirmed] = await Promise.all([
      other.hold(client(`rival-${at}`), ids[at + 1] ?? ''),
      world.store.confirm({ id: `owner-${at}`, role: 'client' }, reservation.id),
    ])
    t.match(taken, { ok: true })
    t.match(confirmed, { ok: false, code: 'hold_expired' })
  }
})

t.test('a move keeps the id, frees the old slots and takes the new ones', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(8)
  const { reservation } = await held(world, 'ada', ids[2] ?? '')
  const to = (slotId: string | undefined) => ({ slotId: slotId ?? '', noticeMs: 0 })
  const moved = await world.store.move(CALLER, reservation.id, to(ids[3]))
  t.match(moved, {
    ok: true,
    isNew: true,
    slot: { _id: ids[3] },
    reservation: { id: reservation.id, moves: 1 },
  })
  const free = ['open', 'open']
  t.same(await statesOf(world, ids), [...free, 'open', 'held ada', 'held ada', 'held ada', ...free])
  t.match(await world.store.move(CALLER, reservation.id, to(ids[3])), { ok: true, isNew: false }, 'again')
  t.match(await world.store.move(CALLER, reservation.id, to(ids[2])), { ok: true, isNew: true }, 'and back')
  t.match(await world.store.move(CALLER, reservation.id, to(ids[0])), { ok: true }, 'to an earlier time')
  t.same(await statesOf(world, ids), [
    'held ada',
    'held ada',
    'held ada',
    'open',
    'open',
    'open',
    'open',
    'open',
  ])
  t.match(await world.store.confirm(CALLER, reservation.id), { ok: true })
  t.match(await world.store.move(CALLER, reservation.id, to(ids[5])), { ok: true })
  const end = ['confirmed ada', 'confirmed ada', 'confirmed ada']
  t.same(await statesOf(world, ids), ['open', 'open', 'open', 'open', 'open', ...end])
  t.match(await world.store.findReservation(reservation.id), {
    slot: { _id: ids[5] },
    reservation: { status: 'confirmed', moves: 4 },
  })
})

t.test('a client that has all its holds can move each of them, either way', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(12)
  const mine = []
  for (const at of [3, 4, 5])
    mine.push((await held(world, 'ada', ids[at] ?? '', service({ durationMinutes: 15 }))).reservation)
  const to = (slotId: string | undefined) => ({ slotId: slotId ?? '', noticeMs: 0 })
  for (const [at, { id }] of mine.entries()) {
    t.match(await world.store.move(CALLER, id, to(ids[at])), { ok: true }, 'earlier')
    t.match(await world.store.move(CALLER, id, to(ids[at + 8])), { ok: true }, 'later')
  }
  t.match(await world.store.hold(client('ada'), ids[5] ?? ''), { ok: false, code: 'hold_limit' })
  const numbers = await world.slots.distinct('reservation.holdNo')
  t.same(numbers.sort(), [1, 2, 3])
})

t.test('the form for MongoDB, in transactions, does the same', async (t) => {
  const world = await slotWorld(t, { engine: MONGODB })
  const ids = await world.openSlots(6)
  const { reservation } = await held(world, 'ada', ids[1] ?? '')
  t.match(
    await world.store.hold(client('bob'), ids[0] ?? '', undefined, { service: service() }),
    { ok: false, code: 'slot_held' },
    'refused, and nothing of it is left',
  )
  t.same(await statesOf(world, ids), ['open', 'held ada', 'held ada', 'held ada', 'open', 'open'])
  t.match(await world.store.confirm(CALLER, reservation.id), { ok: true })
  t.match(await world.store.move(CALLER, reservation.id, { slotId: ids[2] ?? '', noticeMs: 0 }), { ok: true })
  const confirmed = ['confirmed ada', 'confirmed ada', 'confirmed ada']
  t.same(await statesOf(world, ids), ['open', 'open', ...confirmed, 'open'])
})
