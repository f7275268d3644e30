/** A slot as it lies in the database. */
import type { ChainPlace } from '../domain/chain.js'
import {
  type Booking,
  type Hold,
  type LiveReservation,
  type PastReservation,
  type Person,
  type ReleaseReason,
  takenUntil,
} from '../domain/reservation.js'
import type { SlotFacts, SlotState } from '../domain/slot.js'

interface Entry {
  rev: number
  /** The rev before the update that wrote this; two entries of one update share it. */
  from: number
  at: Date
  state: SlotState
  /** Which write made it; entries of earlier versions do not say. */
  write?: string
  /** How many slots that write changed, where it was several together: all are told in the same moment. */
  of?: number
}

export interface Named {
  id: string
  client: Person
  chain?: ChainPlace
  /** How often it has been moved; one that never was does not say, nor do entries of earlier versions. */
  moves?: number
  /** Of the head, where this entry is a move: the slot that it began with before. */
  movedFrom?: string
  /** Where it began as an offer: the id of the wait. */
  wait?: string
}

/** Of a hold. */
export interface NamedHold extends Named {
  expiresAt: Date
  keptUntil?: Date
}

/** One transition, whole, as the change stream carries it. */
export type LogEntry =
  /** A withdrawn slot may have the buffer of an appointment on it. */
  | (Entry & { kind: 'opened' | 'withdrawn'; reservation?: Named & Partial<NamedHold> })
  | (Entry & { kind: 'held'; reservation: NamedHold })
  | (Entry & { kind: 'confirmed'; reservation: Named })
  | (Entry & { kind: 'released'; reason: ReleaseReason; ended: Named })

/** Who decided last whether a slot is offered. */
export interface SlotOrigin {
  by: 'hand' | 'rule'
  /**
   * The rule that decided, or that a hand decided against: what a hand decides under a rule is kept by later runs of it.
   * Without one, a hand that had no rule to decide against.
   */
  ruleRev?: number
}

interface SlotBase extends Partial<SlotOrigin> {
  _id: string
  providerId: string
  start: Date
  end: Date
  /** Once true, always true: lists of reservations skip the slots that nobody ever held. */
  everHeld?: boolean
  /** The newest that ended, oldest first; those before them lie in the history. */
  past: PastReservation[]
  log: Record<string, LogEntry>
  rev: number
}

export type SlotDoc = SlotBase &
  (
    | { state: 'open'; reservation: null }
    // A buffer may lie where nothing is offered.
    | { state: 'withdrawn'; reservation: LiveReservation | null }
    | { state: 'held'; reservation: Hold }
    | { state: 'confirmed'; reservation: Booking }
  )

type Without<Slot, Key extends keyof SlotDoc> = Slot extends SlotDoc ? Omit<Slot, Key> : never

/** Without what only transitions need. */
export type SlotOutline = Without<SlotDoc, 'log' | 'past'>

export function factsOf(slot: Pick<SlotDoc, 'start' | 'state' | 'reservation'>): SlotFacts {
  return {
    start: slot.start.getTime(),
    state: slot.state,
    expiresAt: takenUntil(slot.reservation)?.getTime(),
    ...(slot.state === 'withdrawn' && slot.reservation && { buffered: true }),
  }
}
