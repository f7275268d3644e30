import t from 'tap'
import { client, slotWorld } from '../helper/slot-world.js'

function codes(outcomes: { ok: boolean; code?: string }[]) {
  const counts: Record<string, number> = {}
  for (const { ok, code = '' } of outcomes) counts[ok ? 'held' : code] = (counts[ok ? 'held' : code] ?? 0) + 1
  return counts
}

t.test('twenty holds of one client at once: three are held, the others hear hold_limit', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(20)
  const outcomes = await Promise.all(ids.map((id) => world.store.hold(client('busy'), id)))
  t.same(codes(outcomes), { held: 3, hold_limit: 17 })
  t.equal(await world.slots.countDocuments({ state: 'held' }), 3)
})

t.test("three holds are to be had at once also when the client's own three are overdue", async (t) => {
  const world = await slotWorld(t)
  for (let round = 0; round < 5; round++) {
    const ids = await world.openSlots(23)
    const early = await Promise.all(ids.slice(0, 3).map((id) => world.store.hold(client('busy'), id)))
    t.same(codes(early), { held: 3 })
    world.clock.move(world.holdMs)
    const outcomes = await Promise.all(ids.slice(3).map((id) => world.store.hold(client('busy'), id)))
    t.same(codes(outcomes), { held: 3, hold_limit: 17 })
    world.clock.move(world.holdMs + 1)
    await world.store.expireOverdue(100)
    await world.store.withdraw('a'.repeat(32), 0, Number.MAX_SAFE_INTEGER / 2)
    world.clock.move(24 * 3_600_000)
  }
})

t.test('a confirmed reservation takes no place among the holds', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(5)
  for (const id of ids.slice(0, 3)) await world.store.hold(client('busy'), id)
  t.match(
    await world.store.hold(client('busy'), ids[3] ?? ''),
    { ok: false, code: 'hold_limit' },
    'control: the cap is reached',
  )
  const held = (await world.slot(ids[0] ?? '')).reservation
  await world.store.confirm({ id: 'busy', role: 'client' }, held?.id ?? '')
  t.match(await world.store.hold(client('busy'), ids[3] ?? ''), { ok: true })
  t.match(await world.store.hold(client('busy'), ids[4] ?? ''), { ok: false, code: 'hold_limit' })
})

t.test('a client is in one place at a time, also under a race over two calendars', async (t) => {
  const world = await slotWorld(t)
  const other = 'b'.repeat(32)
  const here = await world.openSlots(10)
  const there = await world.openSlots(10, other)
  for (const [index, id] of here.entries()) {
    const outcomes = await Promise.all([
      world.store.hold(client(`twin ${index}`), id),
      world.store.hold(client(`twin ${index}`), there[index] ?? ''),
    ])
    t.same(codes(outcomes), { held: 1, client_busy: 1 })
  }
  world.clock.move(world.holdMs)
  t.match(
    await world.store.hold(client('twin 0'), there[0] ?? ''),
    { ok: true },
    'an own overdue hold stands in nobody’s way',
  )
})
