/** The two queries of the read side. Both from the primary with read concern majority: what is shown is not rolled back. */

import type { mongo } from 'mongoose'
import { READ_ACKNOWLEDGED } from '../../database/call-options.js'
import { SLOT_MS } from '../../domain/grid.js'
import { type CompactSlot, compactOf } from '../../slots/compact-slot.js'
import type { SlotDoc, SlotOutline } from '../../slots/slot-document.js'

export type Slots = mongo.Collection<SlotDoc>

const BATCH = 500

/** Unsorted. A document goes before the next batch comes: a large calendar takes no more memory than it keeps. */
export async function loadTopic(slots: Slots, providerId: string, endAfter: number): Promise<CompactSlot[]> {
  const found: CompactSlot[] = []
  const documents = slots.find<SlotOutline>(
    // By start, as the index is; a slot's length is one for the whole database.
    { providerId, start: { $gt: new Date(endAfter - SLOT_MS) } },
    { ...READ_ACKNOWLEDGED, projection: { log: 0, past: 0 }, batchSize: BATCH },
  )
  for await (const slot of documents) {
    const compact = compactOf(slot)
    // One text for all of them.
    compact.providerId = providerId
    found.push(compact)
  }
  return found
}

/** The slots from a start on where these clients have, or had, a reservation. */
export async function slotsOfClients(
  slots: Slots,
  clientIds: string[],
  startAfter: number,
): Promise<Pick<SlotDoc, '_id' | 'reservation' | 'past'>[]> {
  const start = { $gt: new Date(startAfter) }
  const options = { ...READ_ACKNOWLEDGED, projection: { reservation: 1, past: 1 } }
  const found = new Map<string, Pick<SlotDoc, '_id' | 'reservation' | 'past'>>()
  // A query for each: SecantusDB looks through the collection for several clients and a start, and for an $or.
  for (const id of clientIds) {
    const both = await Promise.all([
      slots.find({ 'reservation.client.id': id, start }, options).toArray(),
      slots.find({ 'past.client.id': id, start }, options).toArray(),
    ])
    for (const slot of both.flat()) found.set(slot._id, slot)
  }
  return [...found.values()]
}
