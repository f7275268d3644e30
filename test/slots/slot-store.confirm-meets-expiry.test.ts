import t from 'tap'
import { client, slotWorld } from '../helper/slot-world.js'

t.test('a confirm in the millisecond of the expiry is too late, one before it is in time', async (t) => {
  const world = await slotWorld(t)
  const [late = '', inTime = ''] = await world.openSlots(2)
  const a = await world.store.hold(client('a'), late)
  const b = await world.store.hold(client('b'), inTime)
  if (!a.ok || !b.ok) throw new Error('not held')

  world.clock.move(world.holdMs - 1)
  t.match(await world.store.confirm({ id: 'b', role: 'client' }, b.reservation.id), {
    ok: true,
    reservation: { status: 'confirmed' },
  })
  world.clock.move(1)
  t.match(await world.store.confirm({ id: 'a', role: 'client' }, a.reservation.id), {
    ok: false,
    code: 'hold_expired',
  })
  t.match(
    await world.store.confirm({ id: 'b', role: 'client' }, b.reservation.id),
    { ok: true },
    'the same again is fine, also later',
  )
})

t.test('confirm and take-over at the same moment never both win', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(20)
  let confirmed = 0
  let taken = 0
  for (const [index, id] of ids.entries()) {
    const held = await world.store.hold(client('holder'), id)
    if (!held.ok) throw new Error(held.code)
    // One before the end or at it: by turns each side may win, and always exactly one does.
    world.clock.move(world.holdMs - (index % 2))
    const [confirm, hold] = await Promise.all([
      world.store.confirm({ id: 'holder', role: 'client' }, held.reservation.id),
      world.store.hold(client(`rival ${index}`), id),
    ])
    t.not(confirm.ok, hold.ok, 'exactly one wins')
    const slot = await world.slot(id)
    t.equal(slot.state, confirm.ok ? 'confirmed' : 'held')
    t.equal(slot.past.length, confirm.ok ? 0 : 1)
    if (confirm.ok) confirmed++
    else taken++
    if (confirm.ok) await world.store.end({ id: 'holder', role: 'client' }, held.reservation.id)
    world.clock.move(world.holdMs)
  }
  t.ok(
    confirmed > 0 && taken > 0,
    `control: both sides won sometimes (${confirmed} confirmed, ${taken} taken over)`,
  )
})
