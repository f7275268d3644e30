import t from 'tap'
import { client, slotWorld } from '../helper/slot-world.js'

t.test('another client takes over an overdue hold in one update, without a sweeper', async (t) => {
  const world = await slotWorld(t)
  const [id = ''] = await world.openSlots(1)
  const first = await world.store.hold(client('first'), id)
  if (!first.ok) throw new Error(first.code)

  world.clock.move(world.holdMs - 1)
  t.match(
    await world.store.hold(client('second'), id),
    { ok: false, code: 'slot_held' },
    'control: not before it is overdue',
  )

  world.clock.move(1)
  const second = await world.store.hold(client('second'), id)
  t.match(second, { ok: true, how: 'held', reservation: { client: { id: 'second' } } })

  const slot = await world.slot(id)
  t.equal(slot.rev, 4, 'one update, two revs: opened, held, released and held')
  t.match(slot.log.r3, {
    rev: 3,
    from: 2,
    kind: 'released',
    reason: 'expired',
    state: 'open',
    ended: { id: first.reservation.id },
  })
  t.match(slot.log.r4, {
    rev: 4,
    from: 2,
    kind: 'held',
    state: 'held',
    reservation: { client: { id: 'second' } },
  })
  t.match(slot.past, [{ id: first.reservation.id, status: 'expired', client: { id: 'first' }, rev: 3 }])

  t.match(await world.store.confirm({ id: 'first', role: 'client' }, first.reservation.id), {
    ok: false,
    code: 'hold_expired',
  })
})

t.test('of twenty who want an overdue hold one takes it over', async (t) => {
  const world = await slotWorld(t)
  const [id = ''] = await world.openSlots(1)
  await world.store.hold(client('first'), id)
  world.clock.move(world.holdMs)
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, index) => world.store.hold(client(`rival ${index}`), id)),
  )
  t.equal(outcomes.filter((outcome) => outcome.ok).length, 1)
  t.equal(outcomes.filter((outcome) => !outcome.ok && outcome.code === 'slot_held').length, 19)
  t.equal((await world.slot(id)).rev, 4)
})
