/** What callers are told: the outcomes of the store, and how they follow from a slot as the database had it. Pure. */
import type { ErrorCode, ErrorExtras } from '../errors.js'
import {
  factsOf,
  isBookable,
  type LiveReservation,
  type PastReservation,
  type SlotDoc,
  stateAt,
} from './slot-state.js'
import { SLOT_MS } from './slot-view.js'

export interface SlotCaller {
  id: string
  role: 'client' | 'provider'
}

export interface FoundReservation {
  slot: SlotDoc
  reservation: LiveReservation | PastReservation
}

export interface Refused {
  ok: false
  code: ErrorCode
  extras?: ErrorExtras
}
export type HoldOutcome = ({ ok: true; how: 'held' | 'again' | 'replayed' } & FoundReservation) | Refused
export type ConfirmOutcome = ({ ok: true } & FoundReservation) | Refused
export type EndOutcome = { ok: true } | Refused

export const notFound: Refused = { ok: false, code: 'not_found' }

/** The answer to a hold from a slot that was not to be had; null where it has come free and could be tried again. */
export function holdAnswer(
  slot: SlotDoc,
  caller: { clientId: string; keyedId: string | undefined; now: number; noticeMs: number },
): HoldOutcome | null {
  const { clientId, keyedId, now, noticeMs } = caller
  const known = keyedId === undefined ? null : reservationIn(slot, keyedId)
  if (known) return replay(known, slot._id)
  const state = stateAt(factsOf(slot), now)
  if (state === 'held' && slot.reservation?.client.id === clientId) {
    return { ok: true, how: 'again', slot, reservation: slot.reservation }
  }
  if (state !== 'open') {
    const expiresAt = state === 'held' ? slot.reservation?.expiresAt?.toISOString() : undefined
    const seen = { id: slot._id, state, rev: slot.rev, ...(expiresAt && { expiresAt }) }
    return { ok: false, code: `slot_${state}`, extras: { slot: seen } }
  }
  if (isBookable(factsOf(slot), now, noticeMs)) return null
  if (slot.start.getTime() <= now) return { ok: false, code: 'in_the_past' }
  const earliest = Math.ceil((now + noticeMs) / SLOT_MS) * SLOT_MS
  return { ok: false, code: 'min_notice', extras: { earliestStart: new Date(earliest).toISOString() } }
}

export function reservationIn(slot: SlotDoc, id: string): FoundReservation | null {
  const reservation =
    slot.reservation?.id === id ? slot.reservation : slot.past.find((past) => past.id === id)
  return reservation ? { slot, reservation } : null
}

export function replay(known: FoundReservation, slotId: string): HoldOutcome {
  return known.slot._id === slotId
    ? { ok: true, how: 'replayed', ...known }
    : { ok: false, code: 'idempotency_key_reused' }
}

export function mayEnd(caller: SlotCaller, { slot, reservation }: FoundReservation): boolean {
  return caller.role === 'client' ? reservation.client.id === caller.id : slot.providerId === caller.id
}
