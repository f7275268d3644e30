/** What comes free is held for somebody who waits in the statement that ends what was there, or it comes free plainly. */
import t, { type Test } from 'tap'
import { SLOT_MS } from '../../src/domain/grid.js'
import type { BookedService } from '../../src/domain/service.js'
import type { LogEntry } from '../../src/slots/slot-document.js'
import type { Freed, PlannedOffer } from '../../src/slots/slot-offers.js'
import { halves } from '../helper/appointments.js'
import { client, PROVIDER, slotWorld } from '../helper/slot-world.js'

const VISIT: BookedService = {
  id: 'visit',
  rev: 1,
  name: 'Visit',
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 15,
  cancelCutoffSeconds: 0,
  moveCutoffSeconds: 0,
}
const GRACE = 5_000

async function world(t: Test) {
  const faults: unknown[] = []
  const base = await slotWorld(t, { onOfferFault: (error) => faults.push(error) })
  const { store, clock } = base
  const asked: Freed[] = []
  const made: string[] = []
  let plans: (freed: Freed) => PlannedOffer[] = () => []
  let isAwaited = true
  store.offerTo({
    isAwaited: () => isAwaited,
    async *plans(freed) {
      asked.push(freed)
      yield* plans(freed)
    },
    offered: async (plan) => void made.push(plan.waitId),
  })
  const plan = (waitId: string, headStart: number, service?: BookedService): PlannedOffer => ({
    waitId,
    client: client(`${waitId}s-client`),
    providerId: PROVIDER,
    headStart,
    expiresAt: clock.now() + 900_000,
    ...(service && { service }),
  })
  return {
    ...base,
    faults,
    asked,
    made,
    plan,
    offer: (next: typeof plans) => {
      plans = next
    },
    nobodyWaits: () => {
      isAwaited = false
    },
  }
}

function lastEntries(log: Record<string, LogEntry>, count: number): LogEntry[] {
  return Object.values(log)
    .sort((a, b) => a.rev - b.rev)
    .slice(-count)
}

async function held(w: Awaited<ReturnType<typeof world>>, id: string, who = 'ada', service?: BookedService) {
  const outcome = await w.store.hold(client(who), id, undefined, service ? { service } : {})
  if (!outcome.ok) throw new Error(outcome.code)
  return outcome.reservation
}

t.test('a slot that is given back', async (t) => {
  const w = await world(t)
  const [id = ''] = await w.openSlots(1)
  const reservation = await held(w, id)
  const start = (await w.slot(id)).start.getTime()
  w.offer(() => [w.plan('w1', start)])
  const before = await w.slot(id)
  t.same(await w.store.end({ id: 'ada', role: 'client' }, reservation.id), { ok: true })
  const after = await w.slot(id)
  t.match(after, { state: 'held', reservation: { wait: 'w1', holdNo: 0, client: { id: 'w1s-client' } } })
  t.equal(after.rev, before.rev + 2)
  const [released, offered] = lastEntries(after.log, 2)
  t.match(released, {
    kind: 'released',
    reason: 'released',
    rev: before.rev + 1,
    ended: { id: reservation.id },
  })
  t.match(offered, { kind: 'held', rev: before.rev + 2, reservation: { wait: 'w1' } })
  t.equal(released?.write, offered?.write, 'by one write')
  t.match(after.past, [{ id: reservation.id, status: 'released', by: 'client' }])
  t.same(w.asked, [{ providerId: PROVIDER, slotIds: [id], clientId: 'ada', waitId: undefined }])
  t.same(w.made, ['w1'])
  t.same(w.faults, [])
})

t.test('an appointment, to somebody who wants a part of it and what is open beside', async (t) => {
  const w = await world(t)
  const ids = await w.openSlots(6)
  // 1 and 2 are the visit, 3 is kept free after it.
  const reservation = await held(w, ids[1] ?? '', 'ada', VISIT)
  const start = (index: number) => Date.parse('2027-08-15T12:00:00Z') + index * SLOT_MS
  w.offer(() => [w.plan('w1', start(2), VISIT)])
  t.same(await w.store.end({ id: 'ada', role: 'client' }, reservation.id), { ok: true })
  const after = await Promise.all(ids.map((id) => w.slot(id)))
  t.same(
    after.map(({ state }) => state),
    ['open', 'open', 'held', 'held', 'held', 'open'],
  )
  t.same(halves(after), [])
  const writes = after.slice(1, 5).map(({ log }) => lastEntries(log, 1)[0]?.write)
  t.equal(new Set(writes).size, 1, 'all four slots by one write')
  t.same(
    after.map(({ past }) => past.length),
    [0, 1, 1, 1, 0, 0],
  )
})

t.test('who has something else at that time is passed over; without anybody it comes free', async (t) => {
  const w = await world(t)
  const [id = ''] = await w.openSlots(1)
  const [other = ''] = await w.openSlots(1, 'b'.repeat(32))
  const start = (await w.slot(id)).start.getTime()
  await w.store.hold(client('w1s-client'), other)
  for (const [second, state] of [
    [true, 'held'],
    [false, 'open'],
  ] as const) {
    const reservation = await held(w, id)
    w.offer(() => [w.plan('w1', start), ...(second ? [w.plan('w2', start)] : [])])
    t.same(await w.store.end({ id: 'ada', role: 'client' }, reservation.id), { ok: true })
    const after = await w.slot(id)
    t.equal(after.state, state)
    if (after.reservation)
      await w.store.end({ id: 'w2s-client', role: 'client' }, after.reservation.id, { offer: false })
  }
  t.same(w.made, ['w2'])
})

t.test('one offer at a time for each client', async (t) => {
  const w = await world(t)
  const [first = '', second = ''] = await w.openSlots(2)
  const starts = [(await w.slot(first)).start.getTime(), (await w.slot(second)).start.getTime()]
  const [one, two] = [await held(w, first), await held(w, second)]
  w.offer(({ slotIds }) => [
    { ...w.plan('w1', slotIds[0] === first ? (starts[0] ?? 0) : (starts[1] ?? 0)) },
    { ...w.plan('w2', slotIds[0] === first ? (starts[0] ?? 0) : (starts[1] ?? 0)) },
  ])
  await w.store.end({ id: 'ada', role: 'client' }, one.id)
  await w.store.end({ id: 'ada', role: 'client' }, two.id)
  t.match(await w.slot(first), { reservation: { wait: 'w1' } })
  t.match(await w.slot(second), { reservation: { wait: 'w2' } })
})

t.test('an offer is beside the holds that count', async (t) => {
  const w = await world(t)
  const ids = await w.openSlots(5)
  const start = (await w.slot(ids[0] ?? '')).start.getTime()
  const reservation = await held(w, ids[0] ?? '')
  w.offer(() => [w.plan('w1', start)])
  await w.store.end({ id: 'ada', role: 'client' }, reservation.id)
  for (const id of ids.slice(1, 4)) t.match(await w.store.hold(client('w1s-client'), id), { ok: true })
  t.match(
    await w.store.hold(client('w1s-client'), ids[4] ?? ''),
    { code: 'hold_limit' },
    'control: three count',
  )
  const offer = (await w.slot(ids[0] ?? '')).reservation
  t.match(await w.store.extend({ id: 'w1s-client', role: 'client' }, offer?.id ?? ''), {
    code: 'extension_limit',
  })
  const confirmed = await w.store.confirm({ id: 'w1s-client', role: 'client' }, offer?.id ?? '')
  t.match(confirmed, { ok: true, reservation: { wait: 'w1', status: 'confirmed' } })
  t.match(await w.slot(ids[0] ?? ''), { state: 'confirmed', reservation: { wait: 'w1' } })
})

t.test('planning that fails ends nothing but itself', async (t) => {
  const w = await world(t)
  const [id = ''] = await w.openSlots(1)
  const reservation = await held(w, id)
  w.offer(() => {
    throw new Error('planted')
  })
  t.same(await w.store.end({ id: 'ada', role: 'client' }, reservation.id), { ok: true })
  t.match(await w.slot(id), { state: 'open', reservation: null })
  t.match(w.faults, [{ message: 'planted' }])
})

t.test('a hold that is over', async (t) => {
  const w = await world(t)
  const ids = await w.openSlots(4)
  const [id = ''] = ids
  await held(w, id)
  await held(w, ids[1] ?? '', 'bea', VISIT)
  const start = (await w.slot(id)).start.getTime()
  w.offer(({ slotIds }) => [
    slotIds.includes(id) ? w.plan('w1', start) : w.plan('w2', start + SLOT_MS, VISIT),
  ])
  w.clock.move(w.holdMs)

  t.match(await w.store.hold(client('passer-by'), id), { code: 'slot_held' }, 'kept for who waits')
  w.clock.move(GRACE - 1)
  t.match(await w.store.hold(client('passer-by'), id), { code: 'slot_held' }, 'for so long')
  t.equal(await w.store.expireOverdue(100), 4)
  t.match(await w.slot(id), { state: 'held', reservation: { wait: 'w1' }, past: [{ status: 'expired' }] })
  const chain = await Promise.all(ids.slice(1).map((one) => w.slot(one)))
  for (const slot of chain)
    t.match(slot, { state: 'held', reservation: { wait: 'w2' }, past: [{ status: 'expired' }] })
  t.same(halves(chain), [])

  w.offer(() => [])
  w.clock.move(900_000)
  t.equal(await w.store.expireOverdue(100), 4, 'nobody is left')
  t.match(await w.slot(id), { state: 'open' })
})

t.test('control: where nobody waits, an overdue hold is to be had at once', async (t) => {
  const w = await world(t)
  w.nobodyWaits()
  const [id = ''] = await w.openSlots(1)
  await held(w, id)
  w.clock.move(w.holdMs)
  t.match(await w.store.hold(client('passer-by'), id), { ok: true })
  t.same(w.asked, [])
})

t.test('holds that there are when somebody begins to wait keep others away as well', async (t) => {
  const w = await world(t)
  w.nobodyWaits()
  const [id = '', over = ''] = await w.openSlots(2)
  await held(w, over, 'bea')
  w.clock.move(60_000)
  await held(w, id)
  w.clock.move(w.holdMs - 60_000)
  const before = await w.slot(id)
  await w.store.keepHolds(PROVIDER)
  const kept = await w.slot(id)
  t.match(kept, { state: 'held', rev: before.rev + 1 })
  t.match(lastEntries(kept.log, 1), [{ kind: 'held', reservation: { keptUntil: Date } }])
  w.clock.move(60_000)
  t.match(await w.store.hold(client('passer-by'), id), { code: 'slot_held' })
  t.match(await w.store.hold(client('passer-by'), over), { ok: true }, 'control: what was over already')
  await w.store.keepHolds(PROVIDER)
  t.equal((await w.slot(id)).rev, kept.rev, 'again changes nothing')
})

t.test('what a move leaves', async (t) => {
  const w = await world(t)
  const ids = await w.openSlots(6)
  const reservation = await held(w, ids[0] ?? '', 'ada', VISIT)
  const start = (await w.slot(ids[0] ?? '')).start.getTime()
  w.offer(() => [w.plan('w1', start)])
  const to = { slotId: ids[2] ?? '', noticeMs: 0 }
  t.match(await w.store.move({ id: 'ada', role: 'client' }, reservation.id, to), { ok: true })
  const after = await Promise.all(ids.map((id) => w.slot(id)))
  t.same(
    after.map(({ state, reservation: one }) => [state, one?.wait ?? one?.client.id]),
    [
      ['held', 'w1'],
      ['open', undefined],
      ['held', 'ada'],
      ['held', 'ada'],
      ['held', `buffer-${reservation.id}`],
      ['open', undefined],
    ],
  )
  t.same(halves(after), [])
  t.match(w.asked, [{ slotIds: [ids[0], ids[1]] }])
})

t.test('what is taken off the calendar is offered to nobody', async (t) => {
  const w = await world(t)
  const [id = ''] = await w.openSlots(1)
  const reservation = await held(w, id)
  t.same(await w.store.end({ id: PROVIDER, role: 'provider' }, reservation.id, { withdraw: true }), {
    ok: true,
  })
  t.match(await w.slot(id), { state: 'withdrawn' })
  t.same(w.asked, [])
})
