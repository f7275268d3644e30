/**
 * Who may see what of a slot. Everything that leaves the server about a slot or a reservation is made here:
 * public shapes never carry a person, the provider's carry the client's name, the client's only its own.
 */

import type { SlotEventName } from '../domain/event-names.js'
import { readSlotId, SLOT_MS } from '../domain/grid.js'
import {
  expiryOf,
  type LiveReservation,
  type PastReservation,
  type Person,
  statusAt,
} from '../domain/reservation.js'
import { stateAt } from '../domain/slot.js'
import type { OwnSlot, PublicSlot } from '../schemas/common.js'
import type { ReservationEvent, SlotEvent } from '../schemas/events.js'
import type { Reservation } from '../schemas/reservations.js'
import type { CompactSlot } from './compact-slot.js'
import type { LogEntry, SlotDoc } from './slot-document.js'

/** Opens a name that was sealed for rest; bound to the reservation it was sealed for. */
export type OpenName = (sealed: string, reservationId: string) => string

export function publicSlot(slot: CompactSlot, now: number): PublicSlot {
  const state = stateAt(slot, now)
  return {
    id: slot.id,
    providerId: slot.providerId,
    start: iso(slot.start),
    end: iso(slot.end),
    state,
    rev: slot.rev,
    ...(state === 'held' && slot.expiresAt !== undefined && { expiresAt: iso(slot.expiresAt) }),
  }
}

export function ownSlot(slot: CompactSlot, now: number, openName: OpenName): OwnSlot {
  const seen = publicSlot(slot, now)
  if (!slot.reservation || seen.state === 'open') return seen
  const { id, status, client } = slot.reservation
  return { ...seen, reservation: { id, status, client: opened(client, id, openName) } }
}

/** The public event of a transition; `n` and `seq` are the gateway's to add. */
export function publicEvent(slotId: string, entry: LogEntry): Omit<SlotEvent, 'n' | 'seq'> {
  const { providerId, start } = readSlotId(slotId) ?? { providerId: '', start: 0 }
  return {
    slotId,
    providerId,
    start: iso(start),
    end: iso(start + SLOT_MS),
    state: entry.state,
    rev: entry.rev,
    at: entry.at.toISOString(),
    ...(entry.kind === 'held' && { expiresAt: entry.reservation.expiresAt.toISOString() }),
    ...(entry.kind === 'released' && { reason: entry.reason }),
  }
}

/** What the provider's own sockets get in addition. */
export function ownEventPart(entry: LogEntry, openName: OpenName): Pick<SlotEvent, 'reservation'> {
  const about = subjectOf(entry)
  return about ? { reservation: { id: about.id, client: opened(about.client, about.id, openName) } } : {}
}

/** The event for the client whose reservation it is; null where no reservation is touched. */
export function reservationEvent(
  slotId: string,
  entry: LogEntry,
): { clientId: string; event: ReservationEvent } | null {
  const about = subjectOf(entry)
  if (!about) return null
  const { id, client } = about
  return { clientId: client.id, event: { id, slotId, ...statusAfter(entry) } }
}

/** The reservation that a transition is about. */
export function subjectOf(entry: LogEntry): { id: string; client: Person } | null {
  switch (entry.kind) {
    case 'held':
    case 'confirmed':
      return entry.reservation
    case 'released':
      return entry.ended
    default:
      return null
  }
}

function statusAfter(entry: LogEntry): Pick<ReservationEvent, 'status' | 'reason' | 'expiresAt'> {
  switch (entry.kind) {
    case 'held':
      return { status: 'held', expiresAt: iso(entry.reservation.expiresAt.getTime()) }
    case 'released':
      return { status: entry.reason, reason: entry.reason }
    default:
      return { status: 'confirmed' }
  }
}

export function eventName(entry: LogEntry): SlotEventName {
  return `slot-${entry.kind}`
}

export function reservationView(
  slot: Pick<SlotDoc, '_id' | 'providerId' | 'start' | 'end' | 'rev'>,
  reservation: LiveReservation | PastReservation,
  now: number,
  names?: OpenName,
): Reservation {
  const status = statusAt(reservation, now)
  const expiresAt = expiryOf(reservation)
  return {
    id: reservation.id,
    slotId: slot._id,
    providerId: slot.providerId,
    clientId: reservation.client.id,
    start: slot.start.toISOString(),
    end: slot.end.toISOString(),
    status,
    heldAt: reservation.heldAt.toISOString(),
    ...(status === 'held' &&
      expiresAt && {
        expiresAt: expiresAt.toISOString(),
        expiresInSeconds: Math.max(0, Math.ceil((expiresAt.getTime() - now) / 1000)),
      }),
    ...('confirmedAt' in reservation &&
      reservation.confirmedAt && { confirmedAt: reservation.confirmedAt.toISOString() }),
    ...('endedAt' in reservation && { endedAt: reservation.endedAt.toISOString() }),
    rev: 'rev' in reservation ? reservation.rev : slot.rev,
    ...(names && { client: opened(reservation.client, reservation.id, names) }),
  }
}

/** A person who was forgotten has neither id nor name. */
function opened(client: Person, reservationId: string, openName: OpenName): Person {
  return { id: client.id, name: client.name === '' ? '' : openName(client.name, reservationId) }
}

function iso(instant: number): string {
  return new Date(instant).toISOString()
}
