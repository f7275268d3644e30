import t from 'tap'
import { client, DAY, PROVIDER, slotWorld } from '../helper/slot-world.js'

t.test('withdrawing while clients hold: each slot is held and named, or withdrawn and refused', async (t) => {
  const world = await slotWorld(t)
  let held = 0
  let withdrawn = 0
  for (let round = 0; round < 4; round++) {
    const ids = await world.openSlots(30)
    const span = [world.clock.now() + 2 * DAY, world.clock.now() + 3 * DAY] as const
    const [answer, ...outcomes] = await Promise.all([
      world.store.withdraw(PROVIDER, ...span),
      ...ids.map((id, index) => world.store.hold(client(`${round} ${index}`), id)),
    ])
    const kept = new Set(answer.kept.map((slot) => slot._id))
    for (const [index, id] of ids.entries()) {
      const outcome = outcomes[index]
      t.equal(outcome?.ok, kept.has(id), 'held exactly where it is named as kept')
      t.equal((await world.slot(id)).state, outcome?.ok ? 'held' : 'withdrawn')
      if (outcome && !outcome.ok) t.equal(outcome.code, 'slot_withdrawn')
    }
    held += kept.size
    withdrawn += answer.withdrawn
    t.equal(kept.size + answer.withdrawn, ids.length)
    world.clock.move(DAY)
  }
  t.ok(held > 0 && withdrawn > 0, `control: both sides won sometimes (${held} held, ${withdrawn} withdrawn)`)
})

t.test('withdrawing an overdue hold publishes its release first', async (t) => {
  const world = await slotWorld(t)
  const [id = ''] = await world.openSlots(1)
  await world.store.hold(client('a'), id)
  world.clock.move(world.holdMs)
  t.match(await world.store.withdraw(PROVIDER, 0, world.clock.now() + 10 * DAY), { withdrawn: 1, kept: [] })
  const slot = await world.slot(id)
  t.match(slot.log.r3, { kind: 'released', reason: 'expired', from: 2 })
  t.match(slot.log.r4, { kind: 'withdrawn', from: 2 })
  t.match(slot, { state: 'withdrawn', reservation: null, rev: 4, past: [{ status: 'expired' }] })
})
