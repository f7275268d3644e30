import t from 'tap'
import { DAY, PROVIDER, slotWorld } from '../helper/slot-world.js'

t.test('the same availability from two requests at once opens each slot once', async (t) => {
  const world = await slotWorld(t)
  const first = world.clock.now() + 2 * DAY
  const starts = Array.from({ length: 700 }, (_, index) => first + index * 900_000)
  const [a, b] = await Promise.all([world.store.open(PROVIDER, starts), world.store.open(PROVIDER, starts)])
  t.equal(a.opened + b.opened, 700)
  t.equal(await world.slots.countDocuments({ state: 'open', rev: 1 }), 700)
  t.match(await world.store.open(PROVIDER, starts), { opened: 0 })
})

t.test('withdrawn slots open again, from two requests at once, each once', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(50)
  await world.store.withdraw(PROVIDER, 0, world.clock.now() + 10 * DAY)
  const starts = await Promise.all(ids.map(async (id) => (await world.slot(id)).start.getTime()))
  const [a, b] = await Promise.all([world.store.open(PROVIDER, starts), world.store.open(PROVIDER, starts)])
  t.equal(a.opened + b.opened, 50)
  t.equal(await world.slots.countDocuments({ state: 'open', rev: 3 }), 50, 'opened, withdrawn, opened')
})
