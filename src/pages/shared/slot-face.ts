/** What a slot is to the person who looks, at one moment; the server decides by the same rules of `domain`. */
import {
  type BookingWindow,
  isBookable,
  isTooFarAhead,
  nextChange,
  type SlotFacts,
  stateAt,
} from '../../domain/slot.js'
import type { OwnSlot } from '../../schemas/common.js'
import type { Reservation } from '../../schemas/reservations.js'

export type FaceState = 'open' | 'held' | 'mine' | 'confirmed' | 'withdrawn'

export interface Face {
  state: FaceState
  /** Open, but its start is nearer than the notice the provider wants. */
  tooSoon: boolean
  /** Open, but its start is further away than the provider takes bookings for. */
  tooFar: boolean
  /** Held or booked by whoever looks. */
  own: Reservation | null
  pressable: boolean
  /** Of somebody's hold: when the slot may come free. */
  freeAt: number | null
  /** Of the start of an appointment: another of whoever looks lies in its way. */
  overlapsOwn: boolean
}

export function faceOf(
  slot: OwnSlot,
  own: Reservation | undefined,
  now: number,
  window: BookingWindow,
): Face {
  const mine = own?.slotIds.includes(slot.id) && isLive(own, now) ? own : null
  if (mine?.status === 'held') return face('mine', { own: mine, pressable: true })
  if (mine?.status === 'confirmed') return face('confirmed', { own: mine, pressable: true })
  const facts = factsOf(slot)
  const state = stateAt(facts, now)
  if (state === 'held') return face('held', { freeAt: facts.expiresAt ?? null })
  if (state !== 'open') return face(state, {})
  const pressable = isBookable(facts, now, window)
  const tooFar = isTooFarAhead(facts.start, now, window)
  return face('open', { tooSoon: !pressable && !tooFar, tooFar, pressable })
}

export function factsOf({ start, state, expiresAt }: OwnSlot): SlotFacts {
  return {
    start: Date.parse(start),
    state,
    expiresAt: expiresAt === undefined ? undefined : Date.parse(expiresAt),
  }
}

export function face(state: FaceState, part: Partial<Face>): Face {
  return {
    state,
    tooSoon: false,
    tooFar: false,
    own: null,
    pressable: false,
    freeAt: null,
    overlapsOwn: false,
    ...part,
  }
}

export function isLive(reservation: Reservation, now: number): boolean {
  if (reservation.status === 'confirmed') return true
  return (
    reservation.status === 'held' &&
    (reservation.expiresAt === undefined || Date.parse(reservation.expiresAt) > now)
  )
}

/** The next moment at which time alone changes a face: a hold ends, or an open slot comes into reach or too near. */
export function nextFaceChange(slots: Iterable<OwnSlot>, now: number, window: BookingWindow): number | null {
  let next: number | null = null
  for (const slot of slots) {
    const moment = nextChange(factsOf(slot), now, window)
    if (moment !== null && (next === null || moment < next)) next = moment
  }
  return next
}
