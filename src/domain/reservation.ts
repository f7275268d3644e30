/** A reservation from its hold to its end, and how often one slot may be held in vain. */

export const releaseReasons = ['expired', 'released', 'cancelled'] as const
export type ReleaseReason = (typeof releaseReasons)[number]

export const reservationStatuses = ['held', 'confirmed', ...releaseReasons] as const
export type ReservationStatus = (typeof reservationStatuses)[number]

export interface Person {
  id: string
  /** Sealed for rest; only slot-view opens it, for those who may read it. */
  name: string
}

interface Begun {
  id: string
  client: Person
  heldAt: Date
}

interface Live extends Begun {
  /** When its client took another name meanwhile: it tells viewers of the calendar that the name is new. */
  renamedAt?: Date
}

export interface Hold extends Live {
  status: 'held'
  /** Which of the client's MAX_ACTIVE_HOLDS places it takes. */
  holdNo: number
  expiresAt: Date
}

export interface Booking extends Live {
  status: 'confirmed'
  confirmedAt: Date
}

export type LiveReservation = Hold | Booking

export interface PastReservation extends Begun {
  status: ReleaseReason
  /** Of one that was never confirmed. */
  expiresAt?: Date
  confirmedAt?: Date
  endedAt: Date
  /** Who ended it; nobody where its time was over. Entries of older versions do not say. */
  by?: 'client' | 'provider'
  /** The slot's rev when it ended. */
  rev: number
}

export type Reservation = LiveReservation | PastReservation

/** What it is at a moment: a hold is expired from its end on, whether or not a sweep has seen it. */
export function statusAt(reservation: Reservation, now: number): ReservationStatus {
  return (expiryOf(reservation)?.getTime() ?? Number.POSITIVE_INFINITY) <= now
    ? 'expired'
    : reservation.status
}

/** Of a hold; a booking never expires, and of what has ended it does not matter any more. */
export function expiryOf(reservation: Reservation | null): Date | undefined {
  return reservation?.status === 'held' ? reservation.expiresAt : undefined
}

/**
 * How often a client may hold one slot in vain before it has to let others have it for a while. Two counts: holds that
 * kept the slot from others for long, and any, for a slot that only flickers disturbs every viewer. A booking that its
 * client cancels counts too, or booking and cancelling would be the way round; what the provider ends does not.
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
  past: readonly PastReservation[],
  clientId: string,
  now: number,
  { most, mostLong, longMs, withinMs }: HoldAgainRule,
): number | null {
  const own = past
    .filter((one) => one.client.id === clientId && wasInVain(one) && one.endedAt.getTime() > now - withinMs)
    .sort((a, b) => b.endedAt.getTime() - a.endedAt.getTime())
  const long = own.filter((one) => one.endedAt.getTime() >= one.heldAt.getTime() + longMs)
  const decisive = [own[most - 1], long[mostLong - 1]].flatMap((one) => (one ? [one.endedAt.getTime()] : []))
  return decisive.length === 0 ? null : Math.max(...decisive) + withinMs
}

/** slot-updates states the same rule as an expression of the database. */
function wasInVain({ by, confirmedAt }: PastReservation): boolean {
  return by === 'client' || (by === undefined && !confirmedAt)
}
