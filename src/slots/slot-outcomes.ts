/** What callers are told: the outcomes of the store, and how they follow from a slot as the database had it. Pure. */

import { SLOT_MS } from '../domain/grid.js'
import {
  expiryOf,
  type HoldAgainRule,
  type LiveReservation,
  mayHoldAgainAt,
  type PastReservation,
  statusAt,
} from '../domain/reservation.js'
import { isBookable, stateAt } from '../domain/slot.js'
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
export type EndOutcome = { ok: true } | Refused

export const notFound: Refused = { ok: false, code: 'not_found' }

/** The answer to a hold from a slot that was not to be had; null where it has come free and could be tried again. */
export function holdAnswer(
  slot: SlotDoc,
  caller: {
    clientId: string
    keyedIds: string[]
    now: number
    noticeMs: number
    holdAgain: HoldAgainRule
  },
): HoldOutcome | null {
  const { clientId, keyedIds, now, noticeMs, holdAgain } = caller
  const known = keyedIds.map((id) => reservationIn(slot, id)).find((found) => found !== null)
  if (known) return replay(known, slot._id)
  const state = stateAt(factsOf(slot), now)
  if (state === 'held' && slot.reservation?.client.id === clientId) {
    return { ok: true, how: 'again', slot, reservation: slot.reservation }
  }
  if (state !== 'open') {
    const expiresAt = expiryOf(slot.reservation)?.toISOString()
    const seen = { id: slot._id, state, rev: slot.rev, ...(expiresAt && { expiresAt }) }
    return { ok: false, code: `slot_${state}`, extras: { slot: seen } }
  }
  if (isBookable(factsOf(slot), now, { noticeMs, aheadMs: Number.POSITIVE_INFINITY })) {
    if (slot.past.length >= MOST_PAST) return { ok: false, code: 'unavailable' }
    const again = mayHoldAgainAt(slot.past, clientId, now, holdAgain)
    return again === null
      ? null
      : { ok: false, code: 'rate_limited', retryAfter: Math.ceil((again - now) / 1000) }
  }
  if (slot.start.getTime() <= now) return { ok: false, code: 'in_the_past' }
  const earliest = Math.ceil((now + noticeMs) / SLOT_MS) * SLOT_MS
  return { ok: false, code: 'min_notice', extras: { earliestStart: new Date(earliest).toISOString() } }
}

export function reservationIn(slot: SlotDoc, id: string): FoundReservation | null {
  const reservation =
    slot.reservation?.id === id ? slot.reservation : slot.past.find((past) => past.id === id)
  return reservation ? { slot, reservation } : null
}

/** The reservation as that write confirmed it. It may have been cancelled since; the answer tells of the write. */
export function confirmedBy(entry: LogEntry, { slot, reservation }: FoundReservation): FoundReservation {
  const { id, client, heldAt } = reservation
  return {
    slot: { ...slot, rev: entry.rev },
    reservation: { id, client, heldAt, status: 'confirmed', confirmedAt: entry.at },
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
export function endAnswer({ slot, reservation }: FoundReservation, now: number): EndOutcome | null {
  if ('endedAt' in reservation) return { ok: true }
  const isOver = slot.start.getTime() <= now && statusAt(reservation, now) !== 'expired'
  return isOver ? { ok: false, code: 'in_the_past' } : null
}

export function replay(known: FoundReservation, slotId: string): HoldOutcome {
  return known.slot._id === slotId
    ? { ok: true, how: 'replayed', ...known }
    : { ok: false, code: 'idempotency_key_reused' }
}

export function mayEnd(caller: SlotCaller, { slot, reservation }: FoundReservation): boolean {
  return caller.role === 'client' ? reservation.client.id === caller.id : slot.providerId === caller.id
}
