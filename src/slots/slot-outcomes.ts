/** What callers are told: the outcomes of the store, and how they follow from a slot as the database had it. Pure. */

import { type ChainRole, type ChainShape, chainStarts, isFreeFor, roleOf } from '../domain/chain.js'
import { SLOT_MS, slotIdOf } from '../domain/grid.js'
import {
  type HoldAgainRule,
  type LiveReservation,
  mayHoldAgainAt,
  type PastReservation,
  type Reservation,
  standsForIt,
  statusAt,
  takenUntil,
} from '../domain/reservation.js'
import { stateAt } from '../domain/slot.js'
import type { ErrorCode, ErrorExtras } from '../http/problems.js'
import { factsOf, type LogEntry, type SlotDoc } from './slot-document.js'
import { MOST_PAST } from './slot-updates.js'

export interface SlotCaller {
  id: string
  role: 'client' | 'provider'
}

export interface FoundReservation {
  /** What is told of the slot beside it; of one that left its slot, as it was when it ended. */
  slot: Pick<SlotDoc, '_id' | 'providerId' | 'start' | 'end' | 'rev'>
  reservation: LiveReservation | PastReservation
}

export interface Refused {
  ok: false
  code: ErrorCode
  extras?: ErrorExtras
  /** Seconds until it may be tried again. */
  retryAfter?: number
}
export type HoldOutcome = ({ ok: true; how: 'held' | 'again' | 'replayed' } & FoundReservation) | Refused
export type ConfirmOutcome = ({ ok: true } & FoundReservation) | Refused
/** `insideCutoff`: by the provider, when its client could not have done it any more. */
export type EndOutcome = { ok: true; insideCutoff?: boolean } | Refused

export const notFound: Refused = { ok: false, code: 'not_found' }

/** What was asked for, and by whom, as far as the answer depends on it. */
export interface Requested {
  clientId: string
  keyedIds: string[]
  providerId: string
  headStart: number
  shape: ChainShape
  serviceId: string | undefined
  now: number
  noticeMs: number
  holdAgain: HoldAgainRule | null
}

/** The answer to a hold from a slot that was not to be had; null where it has come free and could be tried again. */
export function holdAnswer(slot: SlotDoc, requested: Requested): HoldOutcome | null {
  const { clientId, keyedIds, serviceId, now } = requested
  const known = keyedIds.map((id) => reservationIn(slot, id)).find((found) => found !== null)
  if (known) return replay(known, slot._id, serviceId)
  const { reservation } = slot
  if (stateAt(factsOf(slot), now) === 'held' && reservation?.client.id === clientId) {
    // Its own hold of just this appointment; one that only lies on the slot stands in the way like any other.
    if (standsForIt(reservation) && reservation.service?.id === serviceId) {
      return { ok: true, how: 'again', slot, reservation }
    }
  }
  return stateAnswer(slot, now) ?? timeAnswer(slot.start.getTime(), requested) ?? slotAnswer(slot, requested)
}

/** The same of an appointment of several slots, from those of its slots that there are. */
export function appointmentAnswer(
  slots: ReadonlyMap<string, SlotDoc>,
  requested: Requested,
): HoldOutcome | null {
  const { providerId, headStart } = requested
  const head = slots.get(slotIdOf(providerId, headStart))
  if (!head) return notFound
  return holdAnswer(head, requested) ?? membersAnswer(slots, requested, requested, () => false)
}

/** What stands in the way of an appointment, the visit before the buffers. `isOwn`: it moves, and has that slot already. */
export function membersAnswer(
  slots: ReadonlyMap<string, SlotDoc>,
  { providerId, headStart, shape }: Pick<Requested, 'providerId' | 'headStart' | 'shape'>,
  asked: Pick<Requested, 'clientId' | 'now' | 'holdAgain'>,
  isOwn: (slot: SlotDoc) => boolean,
): Refused | null {
  const answers = chainStarts(headStart, shape).map((start, index) => {
    const id = slotIdOf(providerId, start)
    const slot = slots.get(id)
    const role = roleOf({ ...shape, index })
    const answer = memberAnswer(id, slot, role, slot !== undefined && isOwn(slot), asked)
    return { isVisit: role === 'visit', answer }
  })
  const first = (isVisit: boolean) =>
    answers.find((one) => one.isVisit === isVisit && one.answer !== null)?.answer ?? null
  return first(true) ?? first(false)
}

/** Why a slot cannot become part of an appointment; null where it can. */
function memberAnswer(
  id: string,
  slot: SlotDoc | undefined,
  role: ChainRole,
  isOwn: boolean,
  asked: Pick<Requested, 'clientId' | 'now' | 'holdAgain'>,
): Refused | null {
  const { now } = asked
  if (role !== 'visit') {
    if (isOwn || isFreeFor(role, slot && factsOf(slot), now) || !slot) return null
    return { ok: false, code: 'does_not_fit', extras: { slot: seenAt(slot, now) } }
  }
  if (!slot)
    return { ok: false, code: 'slot_withdrawn', extras: { slot: { id, state: 'withdrawn', rev: 0 } } }
  if (isOwn && slot.state !== 'withdrawn') return null
  return stateAnswer(slot, now) ?? slotAnswer(slot, asked)
}

/** Somebody has it, or it is not offered. */
function stateAnswer(slot: SlotDoc, now: number): Refused | null {
  const state = stateAt(factsOf(slot), now)
  return state === 'open' ? null : { ok: false, code: `slot_${state}`, extras: { slot: seenAt(slot, now) } }
}

/** A slot that stands in the way, as anybody may see it. */
function seenAt(slot: SlotDoc, now: number) {
  const expiresAt = takenUntil(slot.reservation)?.toISOString()
  const state = stateAt(factsOf(slot), now)
  return { id: slot._id, state, rev: slot.rev, ...(state === 'held' && expiresAt && { expiresAt }) }
}

/** It begins too soon. */
export function timeAnswer(
  start: number,
  { now, noticeMs }: Pick<Requested, 'now' | 'noticeMs'>,
): Refused | null {
  if (start >= now + noticeMs) return null
  if (start <= now) return { ok: false, code: 'in_the_past' }
  const earliest = Math.ceil((now + noticeMs) / SLOT_MS) * SLOT_MS
  return { ok: false, code: 'min_notice', extras: { earliestStart: new Date(earliest).toISOString() } }
}

/** It begins later than may be booked yet; without `maxAheadMs` nothing does. */
export function aheadAnswer(
  start: number,
  { now, maxAheadMs = Number.POSITIVE_INFINITY }: { now: number; maxAheadMs?: number | undefined },
): Refused | null {
  if (start <= now + maxAheadMs) return null
  const latest = Math.floor((now + maxAheadMs) / SLOT_MS) * SLOT_MS
  return { ok: false, code: 'max_ahead', extras: { latestStart: new Date(latest).toISOString() } }
}

/** What this slot remembers forbids it. */
function slotAnswer(
  slot: SlotDoc,
  { clientId, now, holdAgain }: Pick<Requested, 'clientId' | 'now' | 'holdAgain'>,
): Refused | null {
  if (slot.past.length >= MOST_PAST) return { ok: false, code: 'unavailable' }
  const again = holdAgain && mayHoldAgainAt(slot.past, clientId, now, holdAgain)
  return again === null
    ? null
    : { ok: false, code: 'rate_limited', retryAfter: Math.ceil((again - now) / 1000) }
}

/** As the slot that stands for it has it; null where this is another one, or one that it left. */
export function reservationIn(slot: SlotDoc, id: string): FoundReservation | null {
  const isIt = (one: Reservation) => one.id === id && standsForIt(one)
  const reservation = slot.reservation && isIt(slot.reservation) ? slot.reservation : slot.past.findLast(isIt)
  return reservation ? { slot, reservation } : null
}

/** The reservation as that write confirmed it. It may have been cancelled since; the answer tells of the write. */
export function confirmedBy(entry: LogEntry, { slot, reservation }: FoundReservation): FoundReservation {
  const { id, client, heldAt, chain, moves, service, agreed, contact, byProvider, wait } = reservation
  return {
    slot: { ...slot, rev: entry.rev },
    reservation: {
      id,
      client,
      heldAt,
      ...(chain && { chain }),
      ...(moves !== undefined && { moves }),
      ...(service && { service }),
      ...(agreed && { agreed }),
      ...(contact !== undefined && { contact }),
      ...(byProvider && { byProvider }),
      ...(wait !== undefined && { wait }),
      status: 'confirmed',
      confirmedAt: entry.at,
    },
  }
}

/** The answer to a confirm that changed nothing; null where it could be tried again. */
export function confirmAnswer(found: FoundReservation, now: number): ConfirmOutcome | null {
  switch (statusAt(found.reservation, now)) {
    case 'confirmed':
      return { ok: true, ...found }
    case 'expired':
      return { ok: false, code: 'hold_expired' }
    case 'released':
    case 'cancelled':
      return { ok: false, code: 'hold_released' }
    case 'held':
      return null
  }
}

/** The answer to an end that changed nothing; null where it could be tried again. */
export function endAnswer(
  { slot, reservation }: FoundReservation,
  caller: SlotCaller,
  now: number,
  despiteCutoff: boolean,
): EndOutcome | null {
  if ('endedAt' in reservation) return { ok: true }
  if (statusAt(reservation, now) === 'expired') return null
  if (slot.start.getTime() <= now) return { ok: false, code: 'in_the_past' }
  if (caller.role === 'provider' || despiteCutoff) return null
  return cutoffAnswer({ slot, reservation }, 'cancelCutoffSeconds', now)
}

/** A booking is too near for its client to change it without the provider; a hold can always be given back. */
export function cutoffAnswer(
  { slot, reservation }: FoundReservation,
  which: 'cancelCutoffSeconds' | 'moveCutoffSeconds',
  now: number,
): Refused | null {
  if (!('confirmedAt' in reservation && reservation.confirmedAt)) return null
  const latest = slot.start.getTime() - (reservation.service?.[which] ?? 0) * 1_000
  return now <= latest
    ? null
    : { ok: false, code: 'cutoff', extras: { latest: new Date(latest).toISOString() } }
}

/** The request was for this slot, as this service; where the reservation was moved since, to where it was first. */
export function replay(known: FoundReservation, slotId: string, serviceId?: string): HoldOutcome {
  const { origin = { slotId: known.slot._id, serviceId: known.reservation.service?.id } } = known.reservation
  return origin.slotId === slotId && origin.serviceId === serviceId
    ? { ok: true, how: 'replayed', ...known }
    : { ok: false, code: 'idempotency_key_reused' }
}

export function mayEnd(caller: SlotCaller, { slot, reservation }: FoundReservation): boolean {
  return caller.role === 'client' ? reservation.client.id === caller.id : slot.providerId === caller.id
}

/** Confirming and extending is its client's; the provider's, where it made the reservation for somebody. */
export function mayDecide(caller: SlotCaller, found: FoundReservation): boolean {
  return mayEnd(caller, found) && (caller.role === 'client' || found.reservation.byProvider === true)
}
