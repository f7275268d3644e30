/**
 * What a slot is and what its rules mean, without a database. Every place that asks "can this be booked?" or
 * "what is this to a reader now?" asks here, so the list, the hold, the live picture and the page agree.
 */
import type { ReleaseReason, ReservationStatus, SlotState } from '../schemas/common.js'

export interface Person {
  id: string
  /** Sealed for rest; only slot-view opens it, for those who may read it. */
  name: string
}

export interface LiveReservation {
  id: string
  client: Person
  status: 'held' | 'confirmed'
  /** Which of the client's MAX_ACTIVE_HOLDS places this hold takes; gone once confirmed. */
  holdNo?: number
  heldAt: Date
  /** Gone once confirmed. */
  expiresAt?: Date
  /** From here on it counts as a long hold; a moment, because not every engine reckons with dates. */
  longFrom: Date
  confirmedAt?: Date
  /** When its client took another name meanwhile: it tells who looks at the calendar that the name is new. */
  renamedAt?: Date
}

export interface PastReservation {
  id: string
  client: Person
  status: 'released' | 'expired' | 'cancelled'
  heldAt: Date
  expiresAt?: Date
  longFrom: Date
  confirmedAt?: Date
  endedAt: Date
  /** Who ended it; nobody where its time was over. Entries of older versions do not say. */
  by?: 'client' | 'provider'
  /** The slot's rev when it ended. */
  rev: number
}

export type TransitionKind = 'opened' | 'held' | 'confirmed' | 'released' | 'withdrawn'

/** One transition, whole, as the change stream carries it. `reservation` is the one that began or went on, `ended` the one that ended. */
export interface LogEntry {
  rev: number
  /** The rev before the update that wrote this; two entries of one update share it. */
  from: number
  kind: TransitionKind
  at: Date
  state: SlotState
  reason?: ReleaseReason
  reservation?: { id: string; client: Person; expiresAt?: Date }
  ended?: { id: string; client: Person }
}

export interface SlotDoc {
  _id: string
  providerId: string
  start: Date
  end: Date
  state: SlotState
  reservation: LiveReservation | null
  /** Once true, always true: lists of reservations skip the slots that nobody ever held. */
  everHeld?: boolean
  /** The newest that ended, oldest first; those before them lie in the history. */
  past: PastReservation[]
  log: Record<string, LogEntry>
  rev: number
}

/** The little of a slot that its state at a moment depends on; the board's compact slots fit too. */
export interface SlotFacts {
  start: number
  state: SlotState
  /** Of a hold. */
  expiresAt?: number | undefined
}

/** An overdue hold is open at once, whether or not a sweep has seen it. */
export function stateAt(slot: SlotFacts, now: number): SlotState {
  return isOverdue(slot, now) ? 'open' : slot.state
}

export function isOverdue(slot: SlotFacts, now: number): boolean {
  return slot.state === 'held' && slot.expiresAt !== undefined && slot.expiresAt <= now
}

/** The one meaning of "bookable": open by now, and far enough ahead. */
export function isBookable(slot: SlotFacts, now: number, noticeMs: number): boolean {
  return stateAt(slot, now) === 'open' && slot.start >= now + noticeMs
}

export function factsOf(slot: Pick<SlotDoc, 'start' | 'state' | 'reservation'>): SlotFacts {
  return {
    start: slot.start.getTime(),
    state: slot.state,
    expiresAt: slot.state === 'held' ? slot.reservation?.expiresAt?.getTime() : undefined,
  }
}

/**
 * How often a client may hold one slot in vain before it has to let others have it for a while. Two counts: holds that
 * kept the slot from others for long, and any, for a slot that only flickers disturbs every viewer. A booking that its
 * client cancels counts as well, or it would be the way round; what the provider ends does not.
 */
export interface HoldAgainRule {
  most: number
  mostLong: number
  /** A hold that was kept for so long counts as long. */
  longMs: number
  /** Counted are holds that ended within this. */
  withinMs: number
}

/** When a client that held a slot too often may hold it again; null where it may now. */
export function mayHoldAgainAt(
  past: PastReservation[],
  clientId: string,
  now: number,
  { most, mostLong, withinMs }: HoldAgainRule,
): number | null {
  const own = past
    .filter((one) => one.client.id === clientId && wasInVain(one) && one.endedAt.getTime() > now - withinMs)
    .sort((a, b) => b.endedAt.getTime() - a.endedAt.getTime())
  const long = own.filter((one) => one.endedAt >= one.longFrom)
  const decisive = [own[most - 1], long[mostLong - 1]].flatMap((one) => (one ? [one.endedAt.getTime()] : []))
  return decisive.length === 0 ? null : Math.max(...decisive) + withinMs
}

/** The same rule stands in slot-transitions, as an expression. */
function wasInVain({ by, confirmedAt }: PastReservation): boolean {
  return by === 'client' || (by === undefined && !confirmedAt)
}

export function reservationStatus(
  reservation: LiveReservation | PastReservation,
  now: number,
): ReservationStatus {
  if (reservation.status !== 'held') return reservation.status
  return reservation.expiresAt !== undefined && reservation.expiresAt.getTime() <= now ? 'expired' : 'held'
}

const ID_TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z$/

/** `<providerId>.<start>`: publishing the same time twice cannot make two slots, and an event needs no read to be understood. */
export function slotIdOf(providerId: string, start: number): string {
  return `${providerId}.${new Date(start).toISOString().slice(0, 16).replace(/[-:]/g, '')}Z`
}

export function readSlotId(id: string): { providerId: string; start: number } | null {
  const dot = id.lastIndexOf('.')
  const match = ID_TIME.exec(id.slice(dot + 1))
  if (dot < 1 || !match) return null
  const [, year, month, day, hour, minute] = match
  return {
    providerId: id.slice(0, dot),
    start: Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)),
  }
}
