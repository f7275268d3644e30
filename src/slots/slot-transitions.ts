/**
 * The updates behind each transition: aggregation pipelines, made here and run by slot-store alone.
 *
 * Each adds to `rev`, moves an ended reservation to `past` and writes what happened to `log` under a key of its own
 * (`r17`), because a key that did not exist before always reaches the change stream whole.
 * In a pipeline every string that begins with `$` is an expression, so a value that is not ours goes in by `literal`.
 */
import type { ReleaseReason, SlotState } from '../schemas/common.js'
import {
  type HoldAgainRule,
  type LiveReservation,
  type SlotDoc,
  slotIdOf,
  type TransitionKind,
} from './slot-state.js'
import { SLOT_MS } from './slot-view.js'

type Expression = unknown
export type Pipeline = Record<string, unknown>[]

const KEPT_LOG_ENTRIES = 8
const KEPT_UNCONFIRMED = 16

export function literal(value: unknown): Expression {
  return { $literal: value }
}

const revBefore = { $ifNull: ['$rev', 0] }
const revPlus = (steps: Expression) => ({ $add: [revBefore, steps] })
const endedPerson = { id: '$reservation.id', client: '$reservation.client' }

export function overdueAt(now: Date): Expression {
  return { $and: [{ $eq: ['$state', 'held'] }, { $lte: ['$reservation.expiresAt', now] }] }
}

/** An ending of the present reservation, which happens where `when` holds. */
interface Ending {
  when: Expression
  reason: Expression
}

/** What comes next: the state it leads to and what stands in `reservation` after it. */
interface Step {
  kind: TransitionKind
  state: SlotState
  reservation: Expression
  /** What the log says of the reservation; nothing where there is none. */
  logged?: Expression
}

function transition(now: Date, ending: Ending | null, step: Step | null): Pipeline {
  const endings = ending === null ? 0 : ending.when === true ? 1 : { $cond: [ending.when, 1, 0] }
  const rev = revPlus({ $add: [endings, step ? 1 : 0] })
  const set: Record<string, Expression> = {
    state: step?.state ?? 'open',
    reservation: step ? step.reservation : null,
    rev,
  }
  const added: Expression[] = []
  if (ending) {
    set.past = pastWith(now, ending)
    added.push(
      onlyIf(ending.when, [
        logged(revPlus(1), {
          kind: 'released',
          at: now,
          state: 'open',
          reason: ending.reason,
          ended: endedPerson,
        }),
      ]),
    )
  }
  if (step) {
    const { kind, state } = step
    added.push([
      logged(rev, { kind, at: now, state, ...(step.logged !== undefined && { reservation: step.logged }) }),
    ])
  }
  set.log = {
    $arrayToObject: {
      $slice: [{ $concatArrays: [{ $objectToArray: '$log' }, ...added] }, -KEPT_LOG_ENTRIES],
    },
  }
  return [{ $set: set }]
}

function logged(rev: Expression, entry: Record<string, Expression>): Expression {
  return { k: { $concat: ['r', { $toString: rev }] }, v: { rev, from: revBefore, ...entry } }
}

function onlyIf(when: Expression, list: Expression[]): Expression {
  return when === true ? list : { $cond: [when, list, []] }
}

/** Reservations that were ever confirmed stay for ever; of the others the newest few, or a hot slot would grow without end. */
function pastWith(now: Date, ending: Ending): Expression {
  const ended = {
    id: '$reservation.id',
    client: '$reservation.client',
    status: ending.reason,
    heldAt: '$reservation.heldAt',
    expiresAt: '$reservation.expiresAt',
    longFrom: '$reservation.longFrom',
    confirmedAt: '$reservation.confirmedAt',
    endedAt: now,
    rev: revPlus(1),
  }
  const wasConfirmed = { $gt: ['$$one.confirmedAt', null] }
  const those = (cond: Expression) => ({ $filter: { input: '$$all', as: 'one', cond } })
  return {
    $let: {
      vars: { all: { $concatArrays: ['$past', onlyIf(ending.when, [ended])] } },
      in: {
        $concatArrays: [
          those(wasConfirmed),
          { $slice: [those({ $not: [wasConfirmed] }), -KEPT_UNCONFIRMED] },
        ],
      },
    },
  }
}

/** The rule of `mayHoldAgainAt`, for the filter of a hold. */
export function notHeldTooOften(
  clientId: string,
  now: Date,
  { most, mostLong, withinMs }: HoldAgainRule,
): Expression {
  const own = [
    { $eq: ['$$one.client.id', literal(clientId)] },
    { $not: [{ $gt: ['$$one.confirmedAt', null] }] },
    { $gt: ['$$one.endedAt', new Date(now.getTime() - withinMs)] },
  ]
  const long = { $gte: ['$$one.endedAt', '$$one.longFrom'] }
  const fewer = (counts: Expression[], than: number) => ({
    $lt: [{ $size: { $filter: { input: '$past', as: 'one', cond: { $and: counts } } } }, than],
  })
  return { $and: [fewer(own, most), fewer([...own, long], mostLong)] }
}

/** open, or held and overdue -> held. The expired hold it takes over is released in the same update. */
export function holding(reservation: LiveReservation, now: Date): Pipeline {
  const { id, client, expiresAt } = reservation
  return transition(
    now,
    { when: overdueAt(now), reason: 'expired' },
    {
      kind: 'held',
      state: 'held',
      reservation: literal(reservation),
      logged: literal({ id, client, expiresAt }),
    },
  )
}

/** held -> confirmed, by its client. */
export function confirming(now: Date): Pipeline {
  return [
    ...transition(now, null, {
      kind: 'confirmed',
      state: 'confirmed',
      reservation: { $mergeObjects: ['$reservation', { status: 'confirmed', confirmedAt: now }] },
      logged: endedPerson,
    }),
    { $unset: ['reservation.holdNo', 'reservation.expiresAt'] },
  ]
}

/** held or confirmed -> open, or withdrawn at once where the provider takes the slot off too. */
export function ending(now: Date, reason: ReleaseReason | 'by state', withdraw: boolean): Pipeline {
  const byState = {
    $cond: [
      { $eq: ['$state', 'confirmed'] },
      'cancelled',
      { $cond: [overdueAt(now), 'expired', 'released'] },
    ],
  }
  return transition(
    now,
    { when: true, reason: reason === 'by state' ? byState : reason },
    withdraw ? withdrawnStep : null,
  )
}

const withdrawnStep: Step = { kind: 'withdrawn', state: 'withdrawn', reservation: null }

/** open, or held and overdue -> withdrawn. */
export function withdrawing(now: Date): Pipeline {
  return transition(now, { when: overdueAt(now), reason: 'expired' }, withdrawnStep)
}

/** withdrawn -> open. */
export function reopening(now: Date): Pipeline {
  return transition(now, null, { kind: 'opened', state: 'open', reservation: null })
}

/** A slot that was never published before. */
export function openSlot(providerId: string, start: number, now: Date): SlotDoc {
  return {
    _id: slotIdOf(providerId, start),
    providerId,
    start: new Date(start),
    end: new Date(start + SLOT_MS),
    state: 'open',
    reservation: null,
    past: [],
    log: { r1: { rev: 1, from: 0, kind: 'opened', at: now, state: 'open' } },
    rev: 1,
  }
}
