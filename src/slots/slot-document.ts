/** A slot as it lies in the database. */
import {
  type Booking,
  expiryOf,
  type Hold,
  type PastReservation,
  type Person,
  type ReleaseReason,
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
}

interface Named {
  id: string
  client: Person
}

/** One transition, whole, as the change stream carries it. */
export type LogEntry =
  | (Entry & { kind: 'opened' | 'withdrawn' })
  | (Entry & { kind: 'held'; reservation: Named & { expiresAt: Date } })
  | (Entry & { kind: 'confirmed'; reservation: Named })
  | (Entry & { kind: 'released'; reason: ReleaseReason; ended: Named })

export type TransitionKind = LogEntry['kind']

interface SlotBase {
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
    | { state: 'open' | 'withdrawn'; reservation: null }
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
    expiresAt: expiryOf(slot.reservation)?.getTime(),
  }
}
