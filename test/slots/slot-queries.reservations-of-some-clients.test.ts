import t from 'tap'
import { SlotHistory } from '../../src/slots/slot-history.js'
import type { ListOwner, ReservationKey } from '../../src/slots/slot-queries.js'
import { reservationKey } from '../../src/slots/slot-queries.js'
import { client, DAY, PROVIDER, slotWorld } from '../helper/slot-world.js'

const PEOPLE = 30
const provider: ListOwner = { id: PROVIDER, role: 'provider' }

t.test('are those of the whole list, page by page, live, past and moved to the history', async (t) => {
  const world = await slotWorld(t)
  const { store, lists, slots, history } = world
  const ids = await world.openSlots(PEOPLE * 2)
  const elsewhere = await world.openSlots(PEOPLE, 'b'.repeat(32))
  for (const [at, slotId] of ids.entries()) {
    const who = client(`client-${at % PEOPLE}`)
    // Each slot has some that ended, of which others than the one who has it now.
    for (let past = 0; past < at % 4; past++) {
      const other = client(`client-${(at + 7 * (past + 1)) % PEOPLE}`)
      const held = await store.hold(other, slotId)
      if (held.ok) await store.end({ id: other.id, role: 'client' }, held.reservation.id)
    }
    if (at % 3 > 0 && at < PEOPLE) await store.hold(who, slotId)
  }
  for (const [at, slotId] of elsewhere.slice(PEOPLE / 2).entries())
    await store.hold(client(`client-${at}`), slotId)
  for (const [at, slotId] of ids.entries()) {
    const slot = await world.slot(slotId)
    if (slot.past.length < 2) continue
    await new SlotHistory(history).add(slot, slot.past)
    // Some are in both places, as they are while they move.
    if (at % 4 === 2) await slots.updateOne({ _id: slotId }, { $set: { past: [] } })
  }

  const read = async (
    clients?: ReadonlySet<string>,
    statuses: ReadonlySet<'held' | 'released'> | null = null,
  ) => {
    const found: { client: string; key: ReservationKey }[] = []
    for (let after: ReservationKey | null = null; ; ) {
      const page = await lists.reservations(provider, {}, statuses, after, 4, 0, clients)
      for (const one of page.slice(0, 4))
        found.push({ client: one.reservation.client.id, key: reservationKey(one) })
      const last = page[3]
      if (last === undefined || page.length <= 4) return found
      after = reservationKey(last)
    }
  }
  const all = await read()
  t.ok(all.length > PEOPLE * 2, `control: ${all.length} reservations`)
  t.ok((await history.countDocuments()) > 5, 'control: some are in the history')
  for (const count of [1, 5, 20, 21, PEOPLE]) {
    const clients = new Set(Array.from({ length: count }, (_, at) => `client-${at}`))
    const theirs = all.filter((one) => clients.has(one.client))
    t.same(await read(clients), theirs, `${count} clients, ${theirs.length} reservations`)
    for (const status of ['held', 'released'] as const) {
      const some = await read(undefined, new Set([status]))
      t.ok(some.length > 0 && some.length < all.length, `control: ${some.length} are ${status}`)
      t.same(
        await read(clients, new Set([status])),
        some.filter((one) => clients.has(one.client)),
      )
    }
  }
  const from = world.clock.now() + 2 * DAY + 30 * 900_000
  const ahead = await lists.reservations(provider, { from }, null, null, 200, 0, new Set(['client-1']))
  t.same(
    ahead.map(reservationKey),
    all.filter((one) => one.client === 'client-1' && one.key[0] >= from).map(({ key }) => key),
    'of a span',
  )
  t.same(await read(new Set()), [])
  t.same(await read(new Set(['nobody'])), [])
})
