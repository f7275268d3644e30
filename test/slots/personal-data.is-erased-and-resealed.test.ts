import t from 'tap'
import { client, slotWorld } from '../helper/slot-world.js'

t.test('a forgotten client is nowhere in what is past, and the others stay', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(3)
  for (const id of ids) {
    const held = await world.store.hold(client('leaving', 'sealed name'), id)
    if (!held.ok) throw new Error(held.code)
    await world.store.confirm({ id: 'leaving', role: 'client' }, held.reservation.id)
    await world.store.end({ id: 'leaving', role: 'client' }, held.reservation.id)
    await world.store.hold(client('staying', 'another'), id)
  }
  t.match(JSON.stringify(await world.slots.find().toArray()), /leaving.*sealed name/, 'control: it was there')
  const before = await world.slot(ids[0] ?? '')
  await world.store.forgetClient('leaving')
  const text = JSON.stringify(await world.slots.find().toArray())
  t.notMatch(text, /leaving/)
  t.notMatch(text, /sealed name/)
  const after = await world.slot(ids[0] ?? '')
  t.equal(after.rev, before.rev, 'it is no transition')
  t.same(after.past[0], { ...before.past[0], client: { id: '', name: '' } }, 'all else about it is as it was')
  t.match(after.reservation, { client: { id: 'staying', name: 'another' } })
})

t.test(
  'names are sealed anew in batches, also while slots change, and a second run finds nothing to do',
  async (t) => {
    const world = await slotWorld(t)
    const ids = await world.openSlots(12)
    for (const [index, id] of ids.entries()) await world.store.hold(client(`client ${index}`, 'old'), id)
    world.clock.move(world.holdMs)
    let sealed = 0
    const reseal = (name: string) => {
      if (name !== 'old') return null
      sealed++
      return 'new'
    }
    let after: string | null = ''
    let batches = 0
    while (after !== null) {
      // Each batch meets a slot that somebody takes over in that moment.
      const [next]: [string | null, unknown] = await Promise.all([
        world.store.resealNames(reseal, after, 4),
        world.store.hold(client(`rival ${batches}`, 'old'), ids[batches * 4] ?? ''),
      ])
      after = next
      batches++
    }
    t.equal(batches, 4, 'three of four slots each, and one that finds no more')
    await world.store.resealNames(reseal, '', 100)
    t.notMatch(JSON.stringify(await world.slots.find().toArray()), /"old"/)
    t.ok(sealed >= 24, `each name in the reservation and in the log (${sealed})`)
    sealed = 0
    await world.store.resealNames(reseal, '', 100)
    t.equal(sealed, 0)
  },
)
