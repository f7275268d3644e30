/**
 * The updates behind each transition: what changes, and the rule under which it may. Made here, sent by write-batches.
 *
 * Each adds to `rev`, moves an ended reservation to `past` and writes what happened to `log` under a key of its own
 * (`r17`), because a key that did not exist before always reaches the change stream whole.
 * In a pipeline every string that begins with `$` is an expression, so a value that is not ours goes in by `literal`.
 */

import { SLOT_MS, slotIdOf } from '../domain/grid.js'
import type { Hold, HoldAgainRule, ReleaseReason } from '../domain/reservation.js'
import type { SlotState } from '../domain/slot.js'
import type { SlotDoc, TransitionKind } from './slot-document.js'
import type { SlotCaller } from './slot-outcomes.js'

export type Expression = unknown
export type Pipeline = Record<string, unknown>[]
/** The fields that a transition sets, each to an expression over the slot as it was. */
export type Changes = Record<string, Expression>

/** For slots that a filter has chosen. */
export function always(changes: Changes): Pipeline {
  return [{ $set: changes }]
}

/**
 * For one slot, chosen by its id alone: it changes where the rule holds and stays as it is, `rev` and all, where not.
 * The rule is asked in the update itself, as a filter would be; it is not in the filter because an engine may then
 * look through the whole collection for the one slot whose id it was given (SecantusDB does).
 */
export function provided(rule: Expression, changes: Changes): Pipeline {
  return [{ $replaceWith: { $cond: [rule, { $mergeObjects: ['$$ROOT', changes] }, '$$ROOT'] } }]
}

const KEPT_LOG_ENTRIES = 8
/**
 * No more holds of a slot with so many ended ones, until the history has taken the older. It does that from 40 on, so
 * this is met only where the history cannot be written; without it such a slot would grow to the 16 MB of a document.
 */
export const MOST_PAST = 200

export function literal(value: unknown): Expression {
  return { $literal: value }
}

/**
 * The moment a transition is decided at. `now` is the sender's time. Where `inDatabase`, the database's own time counts
 * beside it, for an update may run long after it was sent: a frozen database confirmed a hold 8 s after its end.
 *
 * What is allowed because time has passed (taking over an overdue hold) both must allow, so a server whose clock is ahead
 * takes nothing from anybody. What is allowed only until a moment (confirming) neither may refuse.
 */
export interface Moment {
  now: Date
  inDatabase: boolean
  /** The id of the write that is decided; what it puts into the log bears it. */
  write: string
}

/** Clocks that follow the same database differ by less; without it the last of them would refuse what lists offer. */
const SKEW_MS = 1_000
/** An update that comes later than this is not wanted any more: its caller was told that nothing is known. */
const LATE_MS = 10_000

const databaseMs = { $toLong: '$$NOW' }

/** For every update that a caller waits for. */
function inTime({ now, inDatabase }: Moment): Expression[] {
  return inDatabase ? [{ $lte: [databaseMs, now.getTime() + LATE_MS] }] : []
}

const revBefore = { $ifNull: ['$rev', 0] }
const revPlus = (steps: Expression) => ({ $add: [revBefore, steps] })
const person = { id: '$reservation.id', client: '$reservation.client' }

export function overdueAt({ now, inDatabase }: Moment): Expression {
  const overdue: Expression[] = [{ $eq: ['$state', 'held'] }, { $lte: ['$reservation.expiresAt', now] }]
  if (inDatabase) {
    const ends = { $toLong: { $ifNull: ['$reservation.expiresAt', now] } }
    overdue.push({ $lte: [ends, { $add: [databaseMs, SKEW_MS] }] })
  }
  return { $and: overdue }
}

function openAt(moment: Moment): Expression {
  return { $or: [{ $eq: ['$state', 'open'] }, overdueAt(moment)] }
}

/** An ending of the present reservation, which happens where `when` holds. */
interface Ending {
  when: Expression
  reason: Expression
  /** Who ended it: an expression, and one without a value where nobody did. */
  by?: Expression
}

/** What comes next: the state it leads to and what stands in `reservation` after it. */
interface Step {
  kind: TransitionKind
  state: SlotState
  reservation: Expression
  /** What the log says of the reservation; nothing where there is none. */
  logged?: Expression
}

function transition({ now, write }: Moment, ending: Ending | null, step: Step | null): Changes {
  const endings = ending === null ? 0 : ending.when === true ? 1 : { $cond: [ending.when, 1, 0] }
  const rev = revPlus({ $add: [endings, step ? 1 : 0] })
  const set: Changes = {
    state: step?.state ?? 'open',
    reservation: step ? step.reservation : null,
    rev,
  }
  // Also where an older server took the hold and said nothing of it. A slot that is opened or withdrawn stays as it is.
  if (step?.logged !== undefined || ending?.when === true) set.everHeld = true
  const added: Expression[] = []
  if (ending) {
    set.past = pastWith(now, ending)
    added.push(
      onlyIf(ending.when, [
        logged(revPlus(1), {
          kind: 'released',
          at: now,
          state: 'open',
          write,
          reason: ending.reason,
          ended: person,
        }),
      ]),
    )
  }
  if (step) {
    const { kind, state } = step
    added.push([
      logged(rev, {
        kind,
        at: now,
        state,
        write,
        ...(step.logged !== undefined && { reservation: step.logged }),
      }),
    ])
  }
  set.log = {
    $arrayToObject: {
      $slice: [{ $concatArrays: [{ $objectToArray: '$log' }, ...added] }, -KEPT_LOG_ENTRIES],
    },
  }
  return set
}

function logged(rev: Expression, entry: Record<string, Expression>): Expression {
  return { k: { $concat: ['r', { $toString: rev }] }, v: { rev, from: revBefore, ...entry } }
}

function onlyIf(when: Expression, list: Expression[]): Expression {
  return when === true ? list : { $cond: [when, list, []] }
}

function pastWith(now: Date, { when, reason, by }: Ending): Expression {
  const ended = {
    ...person,
    status: reason,
    heldAt: '$reservation.heldAt',
    expiresAt: '$reservation.expiresAt',
    confirmedAt: '$reservation.confirmedAt',
    endedAt: now,
    ...(by !== undefined && { by }),
    rev: revPlus(1),
  }
  return { $concatArrays: ['$past', onlyIf(when, [ended])] }
}

function isOwn(reservationId: string): Expression {
  return { $eq: ['$reservation.id', literal(reservationId)] }
}

/** A slot may be held that is open by now, far enough ahead, and not held by this client again and again. */
export function mayBeHeld(
  reservation: Hold,
  moment: Moment,
  { noticeMs, holdAgain }: { noticeMs: number; holdAgain: HoldAgainRule },
): Expression {
  const { id, client } = reservation
  const { now } = moment
  return {
    $and: [
      ...inTime(moment),
      { $gte: ['$start', new Date(now.getTime() + noticeMs)] },
      openAt(moment),
      { $lt: [{ $size: '$past' }, MOST_PAST] },
      // A repeated request whose reservation has ended here is not held anew.
      fewerPast([{ $eq: ['$$one.id', literal(id)] }], 1),
      notHeldTooOften(client.id, now, holdAgain),
    ],
  }
}

/** The rule of `mayHoldAgainAt`. */
function notHeldTooOften(
  clientId: string,
  now: Date,
  { most, mostLong, longMs, withinMs }: HoldAgainRule,
): Expression {
  const wasConfirmed = { $gt: ['$$one.confirmedAt', null] }
  const own = [
    { $eq: ['$$one.client.id', literal(clientId)] },
    {
      $or: [
        { $eq: ['$$one.by', 'client'] },
        { $and: [{ $ne: ['$$one.by', 'provider'] }, { $not: [wasConfirmed] }] },
      ],
    },
    { $gt: ['$$one.endedAt', new Date(now.getTime() - withinMs)] },
  ]
  const long = {
    $gte: [{ $toLong: '$$one.endedAt' }, { $add: [{ $toLong: '$$one.heldAt' }, longMs] }],
  }
  return { $and: [fewerPast(own, most), fewerPast([...own, long], mostLong)] }
}

function fewerPast(counts: Expression[], than: number): Expression {
  return { $lt: [{ $size: { $filter: { input: '$past', as: 'one', cond: { $and: counts } } } }, than] }
}

export function mayBeConfirmed(clientId: string, reservationId: string, moment: Moment): Expression {
  return {
    $and: [
      ...inTime(moment),
      isOwn(reservationId),
      { $eq: ['$reservation.client.id', literal(clientId)] },
      { $eq: ['$state', 'held'] },
      { $gt: ['$reservation.expiresAt', moment.now] },
      ...(moment.inDatabase ? [{ $gt: ['$reservation.expiresAt', '$$NOW'] }] : []),
    ],
  }
}

/** What lies ahead may be ended by its client and by the provider; an overdue hold at any time. */
export function mayBeEnded(caller: SlotCaller, reservationId: string, moment: Moment): Expression {
  const owner = caller.role === 'client' ? '$reservation.client.id' : '$providerId'
  return {
    $and: [
      ...inTime(moment),
      isOwn(reservationId),
      { $eq: [owner, literal(caller.id)] },
      { $or: [{ $gt: ['$start', moment.now] }, overdueAt(moment)] },
    ],
  }
}

/** What nobody holds or has booked may be withdrawn. */
export function mayBeWithdrawn(moment: Moment): Expression {
  return { $and: [...inTime(moment), openAt(moment)] }
}

/** open, or held and overdue -> held. The expired hold it takes over is released in the same update. */
export function holding(reservation: Hold, moment: Moment): Changes {
  const { id, client, expiresAt } = reservation
  return transition(
    moment,
    { when: overdueAt(moment), reason: 'expired' },
    {
      kind: 'held',
      state: 'held',
      reservation: literal(reservation),
      logged: literal({ id, client, expiresAt }),
    },
  )
}

/** held -> confirmed, by its client: the place among its holds is free again, and nothing expires any more. */
export function confirming(moment: Moment): Changes {
  const kept = { ...person, heldAt: '$reservation.heldAt' }
  return transition(moment, null, {
    kind: 'confirmed',
    state: 'confirmed',
    reservation: { ...kept, status: 'confirmed', confirmedAt: moment.now },
    logged: person,
  })
}

/** held and overdue -> open. */
export function expiring(moment: Moment): Changes {
  return transition(moment, { when: true, reason: 'expired' satisfies ReleaseReason }, null)
}

/** held or confirmed -> open, or withdrawn at once where the provider takes the slot off too. */
export function ending(moment: Moment, by: SlotCaller['role'], withdraw: boolean): Changes {
  const byState = {
    $cond: [
      { $eq: ['$state', 'confirmed'] },
      'cancelled',
      { $cond: [overdueAt(moment), 'expired', 'released'] },
    ],
  }
  // Somebody who gives back what is overdue ends nothing: its time did.
  const who = { $cond: [overdueAt(moment), '$$REMOVE', by] }
  return transition(moment, { when: true, reason: byState, by: who }, withdraw ? withdrawnStep : null)
}

const withdrawnStep: Step = { kind: 'withdrawn', state: 'withdrawn', reservation: null }

/** open, or held and overdue -> withdrawn. */
export function withdrawing(moment: Moment): Changes {
  return transition(moment, { when: overdueAt(moment), reason: 'expired' }, withdrawnStep)
}

/** withdrawn -> open. */
export function reopening(moment: Moment): Changes {
  return transition(moment, null, { kind: 'opened', state: 'open', reservation: null })
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
    everHeld: false,
    past: [],
    log: { r1: { rev: 1, from: 0, kind: 'opened', at: now, state: 'open' } },
    rev: 1,
  }
}
