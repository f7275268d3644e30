import { mongo } from 'mongoose'
import t from 'tap'
import type { PastReservation } from '../../src/domain/reservation.js'
import type { SlotDoc } from '../../src/slots/slot-document.js'
import { client, PROVIDER, type SlotWorld, slotWorld } from '../helper/slot-world.js'

const ROUNDS = 200
const provider = { id: PROVIDER, role: 'provider' } as const
const guest = { id: 'guest', role: 'client' } as const

/** Holds, books and cancels; a moment later, or the list could not say what came first. */
async function bookAndCancel(world: SlotWorld, slotId: string, who = 'guest', key?: string): Promise<string> {
  world.clock.move(1)
  const held = await world.store.hold(client(who), slotId, key)
  if (!held.ok) throw new Error(held.code)
  await world.store.confirm({ id: who, role: 'client' }, held.reservation.id)
  await world.store.end({ id: who, role: 'client' }, held.reservation.id)
  return held.reservation.id
}

async function everyPage(world: SlotWorld, owner: typeof provider | typeof guest, limit: number) {
  const ids: string[] = []
  let after: Parameters<typeof world.lists.reservations>[3] = null
  for (;;) {
    const found = await world.lists.reservations(owner, {}, null, after, limit)
    const page = found.slice(0, limit)
    ids.push(...page.map(({ reservation }) => reservation.id))
    const last = page.at(-1)
    if (!last || found.length <= limit) return ids
    after = [last.slot.start.getTime(), last.slot._id, last.reservation.heldAt.getTime(), last.reservation.id]
  }
}

t.test('a slot that was booked 200 times is as small as after 40, and each booking is found', async (t) => {
  const world = await slotWorld(t)
  const [slotId = '', other = ''] = await world.openSlots(2)
  const ids: string[] = []
  const sizes: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ids.push(await bookAndCancel(world, slotId))
    await world.store.settled()
    const slot = await world.slot(slotId)
    sizes.push(mongo.BSON.calculateObjectSize(slot))
    t.ok(slot.past.length <= 41, `${slot.past.length} in the slot`)
    t.equal(slot.rev, 1 + 3 * (round + 1), 'what leaves is no change of the slot')
  }
  ids.push(await bookAndCancel(world, other))
  const atForty = Math.max(...sizes.slice(0, 40))
  const later = Math.max(...sizes.slice(40))
  t.ok(later < atForty * 1.1, `${later} bytes at the most, ${atForty} in the first forty rounds`)
  t.ok((sizes[39] ?? 0) > 2 * (sizes[9] ?? 0), 'control: without an end it grows with each round')

  for (const id of [ids[0], ids[100], ids[199]]) {
    const found = await world.store.findReservation(id ?? '')
    t.match(found, { reservation: { id, status: 'cancelled', by: 'client' }, slot: { _id: slotId } })
  }
  t.equal(await world.store.findReservation('another'), null)
  for (const owner of [provider, guest]) {
    t.same(await everyPage(world, owner, 150), ids, `${owner.role}: each once, in order, over pages`)
    t.equal((await world.lists.reservations(owner, {}, new Set(['released']), null, 500)).length, 0)
    const late = { from: (await world.slot(other)).start.getTime() }
    t.equal((await world.lists.reservations(owner, late, null, null, 500)).length, 1, 'by its span')
  }
})

t.test('what was moved is forgotten, sealed anew and purged like what stayed', async (t) => {
  const world = await slotWorld(t)
  const [slotId = ''] = await world.openSlots(1)
  for (let round = 0; round < 60; round++) await bookAndCancel(world, slotId, round % 2 ? 'guest' : 'friend')
  await world.store.settled()
  t.ok((await world.history.countDocuments()) >= 20, 'control: some have moved')
  const seal = (name: string) => (name === 'sealed anew' ? null : 'sealed anew')
  for (let after: string | null = ''; after !== null; )
    after = await world.store.resealPastNames(seal, after, 7)
  t.equal(await world.history.countDocuments({ 'client.name': { $ne: 'sealed anew' } }), 0)
  await world.store.forgetClient('guest')
  const everything = JSON.stringify([
    await world.slots.find().toArray(),
    await world.history.find().toArray(),
  ])
  t.notMatch(everything, /guest/)
  t.match(everything, /friend/, 'control: nobody else is forgotten')
  await world.store.purge(world.clock.now())
  t.ok(await world.history.countDocuments(), 'the slot lies ahead')
  await world.store.purge((await world.slot(slotId)).end.getTime() + 1)
  t.equal(await world.history.countDocuments(), 0)
})

t.test('killed between copy and removal: nothing is lost, nothing comes twice', async (t) => {
  const faults: unknown[] = []
  const world = await slotWorld(t, { onHistoryFault: (error) => faults.push(error) })
  const [slotId = ''] = await world.openSlots(1)
  const ids: string[] = []
  const dies = stopsAt(world.slots, '$pullAll')
  while (faults.length === 0) {
    ids.push(await bookAndCancel(world, slotId))
    await world.store.settled()
  }
  t.equal((await world.slot(slotId)).past.length, 41)
  t.equal(await world.history.countDocuments(), 9, 'copied, and still there')
  t.same(await everyPage(world, provider, 10), ids)
  t.same(await everyPage(world, guest, 10), ids)
  // A person who is forgotten now is named by no copy of before.
  await world.store.forgetClient('guest')
  dies.no()
  await bookAndCancel(world, slotId, 'friend')
  await world.store.settled()
  t.ok((await world.slot(slotId)).past.length <= 33, 'the next change of the slot goes on with it')
  t.equal(await world.history.countDocuments({ 'client.id': { $ne: '' } }), 0)
  t.equal((await everyPage(world, provider, 500)).length, ids.length + 1)
})

t.test('a copy that was made of somebody who is forgotten meanwhile does not keep the name', async (t) => {
  const world = await slotWorld(t)
  const [slotId = ''] = await world.openSlots(1)
  const insert = world.history.insertMany.bind(world.history)
  let forgotten: Promise<void> | undefined
  world.history.insertMany = async (documents, options) => {
    // Read from the slot, not copied yet: the whole deletion comes between.
    forgotten ??= world.store.forgetClient('guest')
    await forgotten
    return insert(documents, options)
  }
  for (let round = 0; round < 41; round++) await bookAndCancel(world, slotId)
  await world.store.settled()
  t.ok(forgotten, 'control: it came between')
  t.equal((await world.slot(slotId)).past.length, 32)
  const everything = JSON.stringify([(await world.slot(slotId)).past, await world.history.find().toArray()])
  t.notMatch(everything, /guest/)
})

t.test('two instances that move at once lose and double nothing', async (t) => {
  const world = await slotWorld(t)
  const [slotId = ''] = await world.openSlots(1)
  for (let round = 0; round < 30; round++) await bookAndCancel(world, slotId)
  const ids = await everyPage(world, provider, 500)
  const copies = Array.from({ length: 6 }, (_, copy) =>
    Array.from({ length: 30 }, (_, at) => ({ id: `${copy}-${String(at).padStart(2, '0')}`, at })),
  ).flat()
  const [sample] = (await world.slot(slotId)).past
  if (!sample) throw new Error('no past')
  // As an earlier version left it: more than may stay.
  const many = copies.map(({ id }, index) => ({
    ...sample,
    id,
    endedAt: new Date(sample.endedAt.getTime() - 1_000 + index),
  }))
  await world.slots.updateOne({ _id: slotId }, { $push: { past: { $each: many } } })
  const upgrades = await Promise.all([world.store.upgrade(), world.store.upgrade(), world.store.upgrade()])
  t.same(upgrades, [[slotId], [slotId], [slotId]], 'what remembers too much is named')
  await Promise.all(upgrades.map((full) => world.store.moveHistoryOf(full)))
  t.equal((await world.slot(slotId)).past.length, 32)
  const all = await everyPage(world, provider, 500)
  t.equal(all.length, 30 + 180)
  t.same([...all].sort(), [...ids, ...many.map(({ id }) => id)].sort())
})

t.test('a key is answered with its reservation however many holds came after it', async (t) => {
  const world = await slotWorld(t)
  const [slotId = '', other = ''] = await world.openSlots(2)
  const hold = () => world.store.hold(client('guest'), slotId, 'key')
  const first = await hold()
  if (!first.ok) throw new Error(first.code)
  await world.store.end(guest, first.reservation.id)
  for (let round = 0; round < 60; round++) {
    world.clock.move(1)
    const held = await world.store.hold(client('somebody else'), slotId)
    if (!held.ok) throw new Error(held.code)
    await world.store.end({ id: 'somebody else', role: 'client' }, held.reservation.id)
    await world.store.settled()
  }
  const slot = await world.slot(slotId)
  t.notOk(
    slot.past.some(({ id }) => id === first.reservation.id),
    'control: its slot has forgotten it',
  )
  t.match(await hold(), {
    ok: true,
    how: 'replayed',
    reservation: { id: first.reservation.id, status: 'released' },
  })
  t.match(await world.store.hold(client('guest'), other, 'key'), { code: 'idempotency_key_reused' })
  t.equal((await world.slot(slotId)).rev, slot.rev, 'and nothing was held')
  const copy = await world.history.findOne({ _id: first.reservation.id })
  t.ok(copy?.forgetAt, 'one that was never confirmed is dropped in the end')
})

t.test('where the history cannot be written a slot still has an end', async (t) => {
  const world = await slotWorld(t)
  const [slotId = ''] = await world.openSlots(1)
  stopsAt(world.slots, '$pullAll')
  await bookAndCancel(world, slotId)
  const [sample] = (await world.slot(slotId)).past
  const more = Array.from({ length: 198 }, (_, at) => ({ ...sample, id: `more-${at}` }))
  await world.slots.updateOne({ _id: slotId }, { $push: { past: { $each: more as PastReservation[] } } })
  await bookAndCancel(world, slotId)
  t.match(await world.store.hold(client('guest'), slotId), { ok: false, code: 'unavailable' })
  t.equal((await world.slot(slotId)).past.length, 200)
})

/** As a process that dies there: the update is never sent. */
function stopsAt(slots: mongo.Collection<SlotDoc>, operator: string): { no(): void } {
  const update = slots.updateOne.bind(slots)
  let stops = true
  slots.updateOne = async (filter, change, options) => {
    if (stops && operator in change) throw new Error('killed')
    return update(filter, change, options)
  }
  return {
    no: () => {
      stops = false
    },
  }
}
