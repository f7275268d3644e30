/** A slot as the board keeps it: no log, no past. */
import type { ChainPlace } from '../domain/chain.js'
import type { Person } from '../domain/reservation.js'
import type { SlotFacts, SlotState } from '../domain/slot.js'
import { factsOf, type SlotOutline } from './slot-document.js'

export interface CompactSlot extends SlotFacts {
  id: string
  providerId: string
  end: number
  rev: number
  reservation: { id: string; status: 'held' | 'confirmed'; client: Person; chain?: ChainPlace } | null
}

/** Texts out of a database are texts of their own, however equal: each would take memory in each slot. */
const STATES: Record<SlotState, SlotState> = {
  open: 'open',
  held: 'held',
  confirmed: 'confirmed',
  withdrawn: 'withdrawn',
}

export function compactOf(slot: SlotOutline): CompactSlot {
  const { reservation } = slot
  const { start, state, expiresAt, buffered } = factsOf(slot)
  // One literal of all fields: an object that grows field by field takes half as much again.
  return {
    start,
    end: slot.end.getTime(),
    id: slot._id,
    providerId: slot.providerId,
    state: STATES[state],
    rev: slot.rev,
    expiresAt,
    reservation: reservation && {
      id: reservation.id,
      status: reservation.status,
      client: reservation.client,
      ...(reservation.chain && { chain: reservation.chain }),
    },
    ...(buffered && { buffered }),
  }
}
