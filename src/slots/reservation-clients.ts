import type { mongo } from 'mongoose'
import { isBufferPerson, type Person } from '../domain/reservation.js'
import type { SlotDoc } from './slot-document.js'
import type { History } from './slot-history.js'

interface NamedReservation {
  providerId: string
  reservation: { id: string; client: Person }
}

const BATCH = 500
const IN_SLOTS = {
  providerId: 1,
  'reservation.id': 1,
  'reservation.client': 1,
  'past.id': 1,
  'past.client': 1,
} as const
const IN_HISTORY = { providerId: 1, client: 1 } as const

/** Whom reservations name, a client as often as it has reservations. What moves to the history meanwhile is not missed. */
export async function* reservationClients(
  slots: mongo.Collection<SlotDoc>,
  history: History,
): AsyncGenerator<NamedReservation> {
  // One cursor over all of them: a sort would have some engines collect them anew for each batch.
  const options = { readPreference: 'primary', batchSize: BATCH } as const
  // What only says which booking is the one of a day names none.
  for await (const { providerId, reservation, past = [] } of slots.find(
    {},
    { ...options, projection: IN_SLOTS },
  )) {
    for (const one of reservation ? [reservation, ...past] : past) {
      if (!isBufferPerson(one.client)) yield { providerId, reservation: one }
    }
  }
  for await (const { _id: id, providerId, client } of history.find(
    {},
    { ...options, projection: IN_HISTORY },
  ))
    yield { providerId, reservation: { id, client } }
}
