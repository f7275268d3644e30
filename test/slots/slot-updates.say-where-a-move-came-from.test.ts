/** The log of a slot tells a move from a new hold, and how often a reservation was moved when it changed. */
import t from 'tap'
import type { BookedService } from '../../src/domain/service.js'
import { client, PROVIDER, type SlotWorld, slotWorld } from '../helper/slot-world.js'

const LONG: BookedService = {
  id: 'visit',
  rev: 1,
  name: 'First visit',
  durationMinutes: 30,
  bufferBeforeMinutes: 15,
  bufferAfterMinutes: 0,
  cancelCutoffSeconds: 0,
  moveCutoffSeconds: 0,
}
const WHO = { id: 'client', role: 'client' } as const

async function lastEntry(world: SlotWorld, slotId: string) {
  const { log, rev } = await world.slot(slotId)
  return log[`r${rev}`]
}

async function held(world: SlotWorld, slotId: string, service?: BookedService): Promise<string> {
  const outcome = await world.store.hold(client(WHO.id), slotId, undefined, service ? { service } : {})
  if (!outcome.ok) throw new Error(outcome.code)
  return outcome.reservation.id
}

t.test('a hold of one slot that moves, is confirmed, moves again and is cancelled', async (t) => {
  const world = await slotWorld(t)
  const [first = '', second = '', third = ''] = await world.openSlots(3)
  const id = await held(world, first)
  const begun = JSON.stringify(await lastEntry(world, first))
  t.notOk(/move/.test(begun), 'control: one that was never moved says nothing')
  await world.store.move(WHO, id, { slotId: second, noticeMs: 0 })
  t.match(await lastEntry(world, first), { kind: 'released', reason: 'moved' })
  t.match(await lastEntry(world, second), { kind: 'held', reservation: { id, moves: 1, movedFrom: first } })
  await world.store.confirm(WHO, id)
  const confirmed = await lastEntry(world, second)
  t.match(confirmed, { kind: 'confirmed', reservation: { id, moves: 1 } })
  t.notOk(JSON.stringify(confirmed).includes('movedFrom'), 'that it is confirmed is no move')
  await world.store.move(WHO, id, { slotId: third, noticeMs: 0 })
  t.match(await lastEntry(world, third), { kind: 'confirmed', reservation: { moves: 2, movedFrom: second } })
  await world.store.end({ id: PROVIDER, role: 'provider' }, id)
  t.match(await lastEntry(world, third), { kind: 'released', reason: 'cancelled', ended: { id, moves: 2 } })
})

t.test('of an appointment of several slots the head says it, also where it moves by one slot', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(5)
  const [before = '', head = '', next = '', last = ''] = ids
  const id = await held(world, head, LONG)
  const moved = await world.store.move(WHO, id, { slotId: next, noticeMs: 0 })
  t.match(moved, { ok: true })
  t.match(await lastEntry(world, before), { kind: 'released', reason: 'moved' })
  t.match(await lastEntry(world, next), { kind: 'held', reservation: { moves: 1, movedFrom: head } })
  for (const other of [head, last]) {
    const entry = await lastEntry(world, other)
    t.match(entry, { kind: 'held', reservation: { id, moves: 1 } })
    t.notOk(JSON.stringify(entry).includes('movedFrom'), 'only the head')
  }
})
