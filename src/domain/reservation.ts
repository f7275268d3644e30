/** A reservation from its hold to its end, and how often one slot may be held in vain. */
import { type ChainPlace, type ChainShape, chainStarts, isHead, ONE_SLOT } from './chain.js'
import { SLOT_MS, slotIdOf } from './grid.js'
import type { BookedService } from './service.js'

const endings = ['expired', 'released', 'cancelled'] as const
/** How a reservation ends. */
export type Ending = (typeof endings)[number]

/** Why a slot comes free: its reservation ended, moved to another time, or made room for a newer one of its client. */
export const releaseReasons = [...endings, 'moved', 'replaced'] as const
export type ReleaseReason = (typeof releaseReasons)[number]

export const reservationStatuses = ['held', 'confirmed', ...endings] as const
export type ReservationStatus = (typeof reservationStatuses)[number]

export const outcomes = ['arrived', 'no_show'] as const
export type Outcome = (typeof outcomes)[number]

export interface Person {
  id: string
  /** Sealed for rest; only slot-view opens it, for those who may read it. */
  name: string
}

/** A time on the clock of a provider, in the zone that it was in. */
export interface AgreedTime {
  timeZone: string
  /** YYYY-MM-DDTHH:MM */
  start: string
}

interface Begun {
  id: string
  /** Of a buffer nobody: see `bufferPerson`. */
  client: Person
  heldAt: Date
  /** Where this slot is in the appointment; an appointment of one slot does not say. */
  chain?: ChainPlace
  /** How often it was moved. */
  moves?: number
  /** Of one that was moved: where, and as which service, it was asked for at first. */
  origin?: { slotId: string; serviceId?: string }
  /** Of the head alone, what it was booked as; none where a slot was booked without a service. */
  service?: BookedService
  /** Of the head alone: what the clock shows at its start, as it was when that was agreed. */
  agreed?: AgreedTime
  /** Of the head alone: telephone, address and note, sealed, for the owner of the calendar. */
  contact?: string
  /** The provider made it for somebody, who may have no account. */
  byProvider?: true
  /** It began as an offer to somebody on the waiting list: the id of that wait. */
  wait?: string
}

interface Live extends Begun {
  /**
   * Beside the id, unlike that of any other slot with the same reservation, before and after a move: an index refuses the
   * same id and part twice. The head has none until it is moved.
   */
  part?: number
  /** When its client took another name meanwhile: it tells viewers of the calendar that the name is new. */
  renamedAt?: Date
}

export interface Hold extends Live {
  status: 'held'
  /** Which of the client's MAX_ACTIVE_HOLDS places it takes; an offer has the place of `OFFER_NO`. */
  holdNo?: number
  expiresAt: Date
  /**
   * Where somebody waits for times of this calendar: how long nobody else may take what it leaves, so that it can be
   * offered to who waits.
   */
  keptUntil?: Date
  /** Its client has made use of the one extension. */
  extended?: true
}

export interface Booking extends Live {
  status: 'confirmed'
  confirmedAt: Date
  /** Whether its client came, as the provider noted it. */
  outcome?: Outcome
}

export type LiveReservation = Hold | Booking

export interface PastReservation extends Begun {
  /** A slot that a reservation was moved away from says `moved`; the reservation itself goes on elsewhere. */
  status: ReleaseReason
  /** Of one that was never confirmed. */
  expiresAt?: Date
  confirmedAt?: Date
  endedAt: Date
  /** Who ended it; nobody where its time was over. Entries of older versions do not say. */
  by?: 'client' | 'provider'
  /** What whoever ended it had to say, sealed. */
  note?: string
  /** The slot's rev when it ended. */
  rev: number
}

export type Reservation = LiveReservation | PastReservation

/** What it is at a moment: a hold is expired from its end on, whether or not a sweep has seen it. */
export function statusAt(reservation: Reservation, now: number): ReservationStatus {
  if ((expiryOf(reservation)?.getTime() ?? Number.POSITIVE_INFINITY) <= now) return 'expired'
  const { status } = reservation
  return status === 'held' || status === 'confirmed' ? status : endingOf(status)
}

/** What has become of a reservation. A slot that it was moved away from is never asked. */
export function endingOf(reason: ReleaseReason): Ending {
  switch (reason) {
    case 'replaced':
      return 'cancelled'
    case 'moved':
      return 'released'
    default:
      return reason
  }
}

/** The slots of the whole appointment, of which this slot is one: its shape, its head and the ids of all. */
export function appointmentOf(
  slot: { providerId: string; start: Date },
  { chain }: Pick<Begun, 'chain'>,
): { shape: ChainShape; headStart: number; slotIds: string[] } {
  const start = slot.start.getTime()
  if (!chain) return { shape: ONE_SLOT, headStart: start, slotIds: [slotIdOf(slot.providerId, start)] }
  const headStart = start - (chain.index - chain.before) * SLOT_MS
  const slotIds = chainStarts(headStart, chain).map((one) => slotIdOf(slot.providerId, one))
  return { shape: chain, headStart, slotIds }
}

/** The slot that stands for the reservation: of a chain the one it begins with, not those that follow. */
export function standsForIt({ chain, status }: Pick<Reservation, 'chain' | 'status'>): boolean {
  return status !== 'moved' && (chain === undefined || isHead(chain))
}

/** Whoever a buffer is held for, so that the rule of one place at a time does not find its client there. */
export function bufferPerson(reservationId: string): Person {
  return { id: `buffer-${reservationId}`, name: '' }
}

export function isBufferPerson({ id }: Pick<Person, 'id'>): boolean {
  return id.startsWith('buffer-')
}

/** Somebody the provider booked for and who has no account. */
export function guestId(reservationId: string): string {
  return `guest-${reservationId}`
}

/** How often the appointment has changed since it was held: by being moved, confirmed, ended. */
export function sequenceOf(reservation: Reservation, status: ReservationStatus): number {
  const { moves = 0 } = reservation
  const wasConfirmed = 'confirmedAt' in reservation && reservation.confirmedAt !== undefined
  const isLive = status === 'held' || status === 'confirmed'
  return moves + (wasConfirmed ? 1 : 0) + (isLive ? 0 : 1)
}

/** The place of an offer among its client's holds: beside those that count, and one, so a client has one offer at a time. */
export const OFFER_NO = 0

/** So long after its end a hold keeps others away, where somebody waits. */
export const GRACE_MS = 5_000

/** Until when others find the slot taken. */
export function takenUntil(reservation: Reservation | null): Date | undefined {
  return reservation?.status === 'held' ? (reservation.keptUntil ?? reservation.expiresAt) : undefined
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
