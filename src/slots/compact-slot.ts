/** A slot as the board keeps it: no log, no past. */
import type { ChainPlace } from '../domain/chain.js'
import type { Person } from '../domain/reservation.js'
import type { SlotFacts } from '../domain/slot.js'
import { factsOf, type SlotOutline } from './slot-document.js'

export interface CompactSlot extends SlotFacts {
  id: string
  providerId: string
  end: number
  rev: number
  reservation: { id: string; status: 'held' | 'confirmed'; client: Person; chain?: ChainPlace } | null
}

export function compactOf(slot: SlotOutline): CompactSlot {
  const { reservation } = slot
  return {
    ...factsOf(slot),
    id: slot._id,
    providerId: slot.providerId,
    end: slot.end.getTime(),
    rev: slot.rev,
    reservation: reservation && {
      id: reservation.id,
      status: reservation.status,
      client: reservation.client,
      ...(reservation.chain && { chain: reservation.chain }),
    },
  }
}
