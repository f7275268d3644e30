/** The two queries of the read side. Both from the primary with read concern majority: what is shown is not rolled back. */

import type { mongo } from 'mongoose'
import { READ_ACKNOWLEDGED } from '../../database/call-options.js'
import { SLOT_MS } from '../../domain/grid.js'
import type { SlotDoc, SlotOutline } from '../../slots/slot-document.js'

export type Slots = mongo.Collection<SlotDoc>

export function loadTopic(slots: Slots, providerId: string, endAfter: number): Promise<SlotOutline[]> {
  return slots
    .find<SlotOutline>(
      // By start, as the index is; a slot's length is one for the whole database.
      { providerId, start: { $gt: new Date(endAfter - SLOT_MS) } },
      { ...READ_ACKNOWLEDGED, projection: { log: 0, past: 0 }, batchSize: 10_000 },
    )
    .toArray()
}

/** The slots from a start on where these clients have, or had, a reservation. */
export function slotsOfClients(
  slots: Slots,
  clientIds: string[],
  startAfter: number,
): Promise<Pick<SlotDoc, '_id' | 'reservation' | 'past'>[]> {
  const start = { $gt: new Date(startAfter) }
  return slots
    .find(
      {
        $or: [
          // `reservation.id` is named because the index is partial over it.
          { 'reservation.client.id': { $in: clientIds }, 'reservation.id': { $exists: true }, start },
          { 'past.client.id': { $in: clientIds }, start },
        ],
      },
      { ...READ_ACKNOWLEDGED, projection: { reservation: 1, past: 1 } },
    )
    .toArray()
}
