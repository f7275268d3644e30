/** What a slot is to the person who looks, at one moment. The server decides; this is the same rule, said early. */
import type { OwnSlot } from '../../schemas/common.js'
import type { Reservation } from '../../schemas/reservations.js'

export type FaceState = 'open' | 'held' | 'mine' | 'confirmed' | 'withdrawn'

export interface Face {
  state: FaceState
  /** Open, but its start is nearer than the notice the provider wants. */
  tooSoon: boolean
  /** Held or booked by whoever looks. */
  own: Reservation | null
  pressable: boolean
  /** Of somebody's hold: when the slot may come free. */
  freeAt: number | null
}

export function faceOf(slot: OwnSlot, own: Reservation | undefined, now: number, noticeMs: number): Face {
  const mine = own !== undefined && own.slotId === slot.id && isLive(own, now) ? own : null
  if (mine?.status === 'held') return face('mine', { own: mine, pressable: true })
  if (mine?.status === 'confirmed') return face('confirmed', { own: mine, pressable: true })
  const freeAt = slot.expiresAt === undefined ? null : Date.parse(slot.expiresAt)
  const overdue = slot.state === 'held' && freeAt !== null && freeAt <= now
  const state = overdue ? 'open' : slot.state
  if (state === 'held') return face('held', { freeAt })
  if (state !== 'open') return face(state, {})
  const tooSoon = Date.parse(slot.start) < now + noticeMs
  return face('open', { tooSoon, pressable: !tooSoon })
}

function face(state: FaceState, part: Partial<Face>): Face {
  return { state, tooSoon: false, own: null, pressable: false, freeAt: null, ...part }
}

export function isLive(reservation: Reservation, now: number): boolean {
  if (reservation.status === 'confirmed') return true
  return (
    reservation.status === 'held' &&
    (reservation.expiresAt === undefined || Date.parse(reservation.expiresAt) > now)
  )
}

/** The next moment at which time alone changes a face: a hold ends, or an open slot comes too near. */
export function nextFaceChange(slots: Iterable<OwnSlot>, now: number, noticeMs: number): number | null {
  let next: number | null = null
  for (const slot of slots) {
    const moment =
      slot.state === 'held' && slot.expiresAt !== undefined
        ? Date.parse(slot.expiresAt)
        : Date.parse(slot.start) - noticeMs
    if (
      slot.state !== 'confirmed' &&
      slot.state !== 'withdrawn' &&
      moment > now &&
      (next === null || moment < next)
    ) {
      next = moment
    }
  }
  return next
}
