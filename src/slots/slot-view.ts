/**
 * Who may see what of a slot. Everything that leaves the server about a slot or a reservation is made here:
 * public shapes never carry a person, the provider's carry the client's name, the client's only its own.
 */

import { type ChainPlace, isHead, lengthOf, roleOf } from '../domain/chain.js'
import type { SlotEventName } from '../domain/event-names.js'
import { readSlotId, SLOT_MINUTES, SLOT_MS, slotIdOf } from '../domain/grid.js'
import {
  type AgreedTime,
  appointmentOf,
  endingOf,
  expiryOf,
  type LiveReservation,
  type PastReservation,
  type Person,
  sequenceOf,
  statusAt,
} from '../domain/reservation.js'
import type { BookedService } from '../domain/service.js'
import { stateAt } from '../domain/slot.js'
import { type OffsetAt, wallTimeAt } from '../domain/zone-offsets.js'
import type { OwnSlot, PublicSlot } from '../schemas/common.js'
import type { ReservationEvent, SlotEvent } from '../schemas/events.js'
import type { Reservation } from '../schemas/reservations.js'
import type { CompactSlot } from './compact-slot.js'
import { type Contact, contactOf, noteOf } from './contact.js'
import type { LogEntry, Named, SlotDoc } from './slot-document.js'

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
  const { id, status, client, chain } = slot.reservation
  const part = chain && partOf(slot.providerId, slot.start, chain)
  return { ...seen, reservation: { id, status, client: opened(client, id, openName), ...part } }
}

/** Which slots of a calendar belong together. */
function partOf(providerId: string, start: number, chain: ChainPlace) {
  const head = slotIdOf(providerId, start - (chain.index - chain.before) * SLOT_MS)
  return { role: roleOf(chain), head, part: chain.index + 1, of: lengthOf(chain) }
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
    ...(entry.kind === 'held' && {
      expiresAt: (entry.reservation.keptUntil ?? entry.reservation.expiresAt).toISOString(),
    }),
    ...(entry.kind === 'released' && { reason: entry.reason }),
  }
}

/** What the provider's own sockets get in addition. */
export function ownEventPart(
  slotId: string,
  entry: LogEntry,
  openName: OpenName,
): Pick<SlotEvent, 'reservation'> {
  const about = subjectOf(entry)
  const place = readSlotId(slotId)
  if (!about || !place) return {}
  const { id, client, chain, wait } = about
  const part = chain && partOf(place.providerId, place.start, chain)
  return {
    reservation: {
      id,
      client: opened(client, id, openName),
      ...(wait !== undefined && { waitId: wait }),
      ...part,
    },
  }
}

/** The event for the client whose reservation it is: once, from the slot that it begins with. Null where there is none. */
export function reservationEvent(
  slotId: string,
  entry: LogEntry,
): { clientId: string; event: ReservationEvent } | null {
  const about = subjectOf(entry)
  if (!about || (about.chain && !isHead(about.chain))) return null
  // It goes on at another time, and that is told from there.
  if (entry.kind === 'released' && entry.reason === 'moved') return null
  const { id, client } = about
  return { clientId: client.id, event: { id, slotId, ...statusAfter(entry) } }
}

/** The reservation that a transition is about. */
export function subjectOf(entry: LogEntry): Named | null {
  switch (entry.kind) {
    case 'held':
    case 'confirmed':
      return entry.reservation
    case 'released':
      return entry.ended
    default:
      return entry.reservation ?? null
  }
}

function statusAfter(entry: LogEntry): Pick<ReservationEvent, 'status' | 'reason' | 'expiresAt'> {
  switch (entry.kind) {
    case 'held':
      return { status: 'held', expiresAt: iso(entry.reservation.expiresAt.getTime()) }
    case 'released':
      return { status: endingOf(entry.reason), reason: entry.reason }
    default:
      return { status: 'confirmed' }
  }
}

export function eventName(entry: LogEntry): SlotEventName {
  return `slot-${entry.kind}`
}

/** `names`: for the owner of the calendar, who may read whom it is for. */
export function reservationView(
  slot: Pick<SlotDoc, '_id' | 'providerId' | 'start' | 'rev'>,
  reservation: LiveReservation | PastReservation,
  now: number,
  names?: OpenName,
): Reservation {
  const status = statusAt(reservation, now)
  const expiresAt = expiryOf(reservation)
  const { id, client, heldAt, service } = reservation
  const { shape, slotIds } = appointmentOf(slot, reservation)
  const visit = slotIds.slice(shape.before, shape.before + shape.visit)
  const end = slot.start.getTime() + shape.visit * SLOT_MS
  return {
    id,
    slotId: slot._id,
    slotIds: visit,
    providerId: slot.providerId,
    clientId: client.id,
    start: slot.start.toISOString(),
    end: iso(end),
    durationMinutes: shape.visit * SLOT_MINUTES,
    ...(service && { serviceId: service.id, serviceName: service.name }),
    status,
    seq: sequenceOf(reservation, status),
    heldAt: heldAt.toISOString(),
    ...(status === 'held' &&
      expiresAt && {
        expiresAt: expiresAt.toISOString(),
        expiresInSeconds: Math.max(0, Math.ceil((expiresAt.getTime() - now) / 1000)),
      }),
    ...('confirmedAt' in reservation &&
      reservation.confirmedAt && { confirmedAt: reservation.confirmedAt.toISOString() }),
    ...(status === 'confirmed' && service && cutoffPart(slot.start.getTime(), service)),
    ...('outcome' in reservation && reservation.outcome && { outcome: reservation.outcome }),
    ...('endedAt' in reservation && endedPart(reservation)),
    rev: 'rev' in reservation ? reservation.rev : slot.rev,
    ...(reservation.wait !== undefined && { waitId: reservation.wait }),
    ...(names && {
      client: opened(client, id, names),
      ...(shape.before + shape.after > 0 && {
        bufferSlotIds: slotIds.filter((one) => !visit.includes(one)),
      }),
      ...contactIn(reservation, names),
    }),
  }
}

/** Until when its client may change it without the provider; that it must happen before the start needs no saying. */
function cutoffPart(start: number, { cancelCutoffSeconds, moveCutoffSeconds }: BookedService) {
  const until = (seconds: number) => iso(start - seconds * 1000)
  return {
    ...(cancelCutoffSeconds > 0 && { cancelUntil: until(cancelCutoffSeconds) }),
    ...(moveCutoffSeconds > 0 && { moveUntil: until(moveCutoffSeconds) }),
  }
}

function endedPart({ endedAt, status, by }: PastReservation) {
  return {
    endedAt: endedAt.toISOString(),
    ...(status === 'replaced' && { reason: status }),
    ...(by && endingOf(status) === 'cancelled' && { cancelledBy: by }),
  }
}

/** What its client, or whoever booked for it, left for the owner of the calendar. */
export function contactIn(
  { id, contact }: LiveReservation | PastReservation,
  open: OpenName,
): { contact?: Contact } {
  const text = contact ? open(contact, contactOf(id)) : ''
  return text === '' ? {} : { contact: JSON.parse(text) as Contact }
}

/** What whoever ended it had to say, for both sides. */
export function noteIn(reservation: LiveReservation | PastReservation, open: OpenName): { note?: string } {
  const sealed = 'note' in reservation ? reservation.note : undefined
  const note = sealed ? open(sealed, noteOf(reservation.id)) : ''
  return note === '' ? {} : { note }
}

/** The time that was agreed, of what lies ahead and is at another time on its provider's clock by now. */
export function wallTimeWasIn(
  slot: Pick<SlotDoc, 'start'>,
  reservation: LiveReservation | PastReservation,
  now: number,
  /** The present one of its provider. */
  wall: OffsetAt,
): { wallTimeWas?: AgreedTime } {
  const { agreed } = reservation
  const start = slot.start.getTime()
  const isAhead = start > now && ['held', 'confirmed'].includes(statusAt(reservation, now))
  return agreed && isAhead && agreed.start !== wallTimeAt(start, wall) ? { wallTimeWas: agreed } : {}
}

/** A person who was forgotten has neither id nor name. */
function opened(client: Person, reservationId: string, openName: OpenName): Person {
  return { id: client.id, name: client.name === '' ? '' : openName(client.name, reservationId) }
}

function iso(instant: number): string {
  return new Date(instant).toISOString()
}
