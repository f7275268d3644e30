import t from 'tap'
import { client, slotWorld } from '../helper/slot-world.js'

t.test('the same key from twenty requests at once: one hold, and every answer names it', async (t) => {
  const world = await slotWorld(t)
  const [id = ''] = await world.openSlots(1)
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => world.store.hold(client('a'), id, 'key-1')),
  )
  const ids = new Set(outcomes.map((outcome) => (outcome.ok ? outcome.reservation.id : outcome.code)))
  t.equal(ids.size, 1)
  t.equal(outcomes.filter((outcome) => outcome.ok && outcome.how === 'held').length, 1)
  t.equal(outcomes.filter((outcome) => outcome.ok && outcome.how === 'replayed').length, 19)
  t.equal((await world.slot(id)).rev, 2, 'one transition')
})

t.test('the same key for two slots at once: one is held, the other refused', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(2)
  const outcomes = await Promise.all(ids.map((id) => world.store.hold(client('a'), id, 'key')))
  t.equal(outcomes.filter((outcome) => outcome.ok).length, 1)
  t.match(
    outcomes.find((outcome) => !outcome.ok),
    { code: 'idempotency_key_reused' },
  )
  t.equal(await world.slots.countDocuments({ state: 'held' }), 1)
})

t.test('a replay says what has become of the reservation and holds nothing again', async (t) => {
  const world = await slotWorld(t)
  const [id = '', other = ''] = await world.openSlots(2)
  const held = await world.store.hold(client('a'), id, 'key')
  if (!held.ok) throw new Error(held.code)
  world.clock.move(world.holdMs)
  t.match(await world.store.hold(client('a'), id, 'key'), {
    how: 'replayed',
    reservation: { id: held.reservation.id },
  })
  await world.store.expireOverdue(10)
  t.match(await world.store.hold(client('a'), id, 'key'), {
    how: 'replayed',
    reservation: { status: 'expired' },
  })
  t.match(await world.slot(id), { state: 'open' })
  t.match(
    await world.store.hold(client('a'), other, 'key'),
    { ok: false, code: 'idempotency_key_reused' },
    'also when it is past',
  )
  t.match(
    await world.store.hold(client('a'), id),
    { ok: true, how: 'held' },
    'control: without the key it is held anew',
  )
})

t.test('a key belongs to its client, and a refusal keeps nothing', async (t) => {
  const world = await slotWorld(t)
  const [id = ''] = await world.openSlots(1)
  await world.store.hold(client('a'), id, 'key')
  t.match(await world.store.hold(client('b'), id, 'key'), { ok: false, code: 'slot_held' })
  world.clock.move(world.holdMs)
  t.match(await world.store.hold(client('b'), id, 'key'), { ok: true, how: 'held' })
})
