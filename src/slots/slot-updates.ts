/**
 * The updates behind each transition: what changes, and the rule under which it may. Made here, sent by write-batches.
 *
 * Each adds to `rev`, moves an ended reservation to `past` and writes what happened to `log` under a key of its own
 * (`r17`), because a key that did not exist before always reaches the change stream whole.
 * In a pipeline every string that begins with `$` is an expression, so a value that is not ours goes in by `literal`.
 */

import { type ChainShape, chainStarts, lengthOf } from '../domain/chain.js'
import { SLOT_MS, slotIdOf } from '../domain/grid.js'
import {
  type Booking,
  bufferPerson,
  GRACE_MS,
  type Hold,
  type HoldAgainRule,
  type LiveReservation,
  type ReleaseReason,
} from '../domain/reservation.js'
import type { SlotDoc, SlotOrigin } from './slot-document.js'
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

/**
 * For several slots together, chosen by their ids: where the rule does not hold for one of them, the statement fails and
 * changes none. What fails depends on the slot, or a database that evaluates constants beforehand would always fail.
 */
export function providedForAll(rule: Expression, changes: Expression): Pipeline {
  const refusal = { $toInt: { $concat: ['refused by ', '$_id'] } }
  return [{ $replaceWith: { $cond: [rule, { $mergeObjects: ['$$ROOT', changes] }, refusal] } }]
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
  /** How many slots it changes together, where they are several. */
  of?: number
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
/** What is told of the present reservation. An expression over a field that is not there adds none. */
const person = {
  id: '$reservation.id',
  client: '$reservation.client',
  chain: '$reservation.chain',
  moves: '$reservation.moves',
  wait: '$reservation.wait',
}
/** What of a reservation stays with it to its end and after. */
const kept = {
  ...person,
  heldAt: '$reservation.heldAt',
  origin: '$reservation.origin',
  service: '$reservation.service',
  agreed: '$reservation.agreed',
  contact: '$reservation.contact',
  byProvider: '$reservation.byProvider',
}
export const isWithdrawn = { $eq: ['$state', 'withdrawn'] }

export function overdueAt(
  { now, inDatabase }: Moment,
  until: Expression = '$reservation.expiresAt',
): Expression {
  const overdue: Expression[] = [{ $eq: ['$state', 'held'] }, { $lte: [until, now] }]
  if (inDatabase) {
    const ends = { $toLong: { $ifNull: [until, now] } }
    overdue.push({ $lte: [ends, { $add: [databaseMs, SKEW_MS] }] })
  }
  return { $and: overdue }
}

function openAt(moment: Moment): Expression {
  return { $or: [{ $eq: ['$state', 'open'] }, overdueAt(moment, takenUntil)] }
}

/** Until when others find it taken. */
const takenUntil = { $ifNull: ['$reservation.keptUntil', '$reservation.expiresAt'] }

/** An ending of the present reservation, which happens where `when` holds. */
export interface Ending {
  when: Expression
  reason: Expression
  /** Who ended it: an expression, and one without a value where nobody did. */
  by?: Expression
  /** What they said, sealed. */
  note?: string | undefined
}

/** What comes next: the state it leads to and what stands in `reservation` after it. */
interface Step {
  /** A kind of log entry and a state, or expressions of one. */
  kind: Expression
  state: Expression
  reservation: Expression
  /** What the log says of the reservation; nothing where there is none. */
  logged?: Expression
  /** Where this decides whether the slot is offered. */
  origin?: SlotOrigin
}

function transition(
  { now, write, of }: Moment,
  ending: Ending | null,
  step: Step | null,
  /** Of a slot whose reservation ends and that nothing follows. */
  left: { kind: Expression; state: Expression } = { kind: 'released', state: 'open' },
): Changes {
  const made = { at: now, write, ...(of !== undefined && { of }) }
  const endings = ending === null ? 0 : ending.when === true ? 1 : { $cond: [ending.when, 1, 0] }
  const rev = revPlus({ $add: [endings, step ? 1 : 0] })
  const set: Changes = {
    state: step ? step.state : left.state,
    reservation: step ? step.reservation : null,
    rev,
    ...(step?.origin && { ruleRev: '$ruleRev', ...step.origin }),
  }
  // Also where an older server took the hold and said nothing of it. A slot that is opened or withdrawn stays as it is.
  if (step?.logged !== undefined || ending?.when === true) set.everHeld = true
  const added: Expression[] = []
  if (ending) {
    set.past = pastWith(now, ending)
    added.push(
      onlyIf(ending.when, [
        logged(revPlus(1), {
          ...left,
          ...made,
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
        state,
        ...made,
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

function pastWith(now: Date, { when, reason, by, note }: Ending): Expression {
  // What only a live one has stays in it, too: to leave it out would make every hold's update longer.
  const ended = {
    $mergeObjects: [
      '$reservation',
      {
        status: reason,
        endedAt: now,
        ...(by !== undefined && { by }),
        ...(note !== undefined && { note: literal(note) }),
        rev: revPlus(1),
      },
    ],
  }
  return { $concatArrays: ['$past', onlyIf(when, [ended])] }
}

/** A reservation that was moved so often: what is changed is where it was then, or not at all. */
export interface Target {
  id: string
  moves: number
}

function isOwn(reservationId: string): Expression {
  return { $eq: ['$reservation.id', literal(reservationId)] }
}

export function isTarget({ id, moves }: Target): Expression {
  return { $and: [isOwn(id), { $eq: [{ $ifNull: ['$reservation.moves', 0] }, moves] }] }
}

/** Where and when an appointment may be claimed. */
export interface ClaimRule {
  /** Of the start; the caller checks how far ahead it may lie. */
  noticeMs: number
  /** None for what a provider does on its own calendar. */
  holdAgain: HoldAgainRule | null
}

/** A slot may be held that is open by now, far enough ahead, and not held by this client again and again. */
export function mayBeHeld(
  reservation: LiveReservation,
  moment: Moment,
  { noticeMs, holdAgain }: ClaimRule,
): Expression {
  return {
    $and: [
      ...inTime(moment),
      { $gte: ['$start', new Date(moment.now.getTime() + noticeMs)] },
      isOffered(reservation, moment, holdAgain),
    ],
  }
}

function isOffered(
  { id, client }: Pick<LiveReservation, 'id' | 'client'>,
  moment: Moment,
  holdAgain: HoldAgainRule | null,
): Expression {
  return {
    $and: [
      openAt(moment),
      { $lt: [{ $size: '$past' }, MOST_PAST] },
      // A repeated request whose reservation has ended here is not held anew. One that was moved away may come back.
      fewerPast([{ $eq: ['$$one.id', literal(id)] }, { $ne: ['$$one.status', 'moved'] }], 1),
      ...(holdAgain ? [notHeldTooOften(client.id, moment.now, holdAgain)] : []),
    ],
  }
}

/** An appointment as it is to lie in its slots. */
export interface Appointment {
  providerId: string
  /** As its head has it, without its place in the chain. */
  reservation: LiveReservation
  headStart: number
  shape: ChainShape
}

/** Whether each slot of a new appointment may be claimed for it; the notice, which counts for the head, is the caller's. */
export function mayBeClaimed(
  { reservation, headStart, shape }: Appointment,
  moment: Moment,
  holdAgain: HoldAgainRule | null,
): Expression {
  const { isVisit } = placeIn(headStart, shape)
  const free = { $or: [openAt(moment), { $and: [isWithdrawn, { $not: [isBuffered(moment)] }] }] }
  return { $and: [...inTime(moment), { $cond: [isVisit, isOffered(reservation, moment, holdAgain), free] }] }
}

/** Which slot of an appointment the one at hand is. */
export function placeIn(headStart: number, { before, visit }: ChainShape) {
  const first = headStart - before * SLOT_MS
  const index = { $toInt: { $divide: [{ $subtract: [{ $toLong: '$start' }, first] }, SLOT_MS] } }
  return {
    index,
    isHead: { $eq: [index, before] },
    isVisit: { $and: [{ $gte: [index, before] }, { $lt: [index, before + visit] }] },
  }
}

/** Of a withdrawn slot: a buffer lies on it, and has not run out. */
function isBuffered({ now, inDatabase }: Moment): Expression {
  const isLive: Expression[] = [
    { $eq: ['$reservation.status', 'confirmed'] },
    { $gt: ['$reservation.expiresAt', now] },
  ]
  if (inDatabase) {
    const ends = { $toLong: { $ifNull: ['$reservation.expiresAt', now] } }
    isLive.push({ $gt: [ends, { $add: [databaseMs, SKEW_MS] }] })
  }
  return { $and: [{ $ne: [{ $type: '$reservation.id' }, 'missing'] }, { $or: isLive }] }
}

/** Parts of a moved appointment are numbered anew, so that a slot can take one before another has let go of it. */
const PARTS_OF_A_MOVE = 1_000

/** What stands in `reservation` of each slot of the appointment. */
function memberOf({ reservation, headStart, shape }: Appointment): Expression {
  const { id, client, moves = 0 } = reservation
  if (lengthOf(shape) === 1) {
    return literal({ ...reservation, ...(moves > 0 && { part: moves * PARTS_OF_A_MOVE }) })
  }
  const { index, isHead, isVisit } = placeIn(headStart, shape)
  const ofAll = Object.entries(reservation).filter(([field]) => !ofHeadAlone.has(field))
  return {
    $mergeObjects: [
      { $cond: [isHead, literal(reservation), literal(Object.fromEntries(ofAll))] },
      {
        client: { $cond: [isVisit, literal(client), literal(bufferPerson(id))] },
        chain: { ...shape, index },
        part:
          moves > 0
            ? { $add: [index, moves * PARTS_OF_A_MOVE] }
            : { $cond: [isHead, '$$REMOVE', { $add: [index, 1] }] },
      },
    ],
  }
}

const ofHeadAlone: ReadonlySet<string> = new Set([
  'client',
  'holdNo',
  'service',
  'agreed',
  'contact',
  'origin',
  'outcome',
] satisfies (keyof Hold | keyof Booking)[])

/** What the log says of it in each slot. */
function loggedOf({ reservation, headStart, shape }: Appointment, movedFrom?: string): Expression {
  const { id, client, moves } = reservation
  const said = {
    ...(reservation.status === 'held' && {
      expiresAt: reservation.expiresAt,
      ...(reservation.keptUntil && { keptUntil: reservation.keptUntil }),
    }),
    ...(reservation.wait !== undefined && { wait: reservation.wait }),
    ...(moves !== undefined && { moves }),
  }
  const moved = movedFrom !== undefined
  if (lengthOf(shape) === 1) return literal({ id, client, ...said, ...(moved && { movedFrom }) })
  const { index, isHead, isVisit } = placeIn(headStart, shape)
  return {
    ...said,
    ...(moved && { movedFrom: { $cond: [isHead, literal(movedFrom), '$$REMOVE'] } }),
    id,
    client: { $cond: [isVisit, literal(client), literal(bufferPerson(id))] },
    chain: { ...shape, index },
  }
}

/** A buffer on a slot that is not offered leaves it so. */
function unlessWithdrawn(state: string): Expression {
  return { $cond: [isWithdrawn, 'withdrawn', state] }
}

/**
 * Each slot of the appointment takes it. An overdue hold that stood there is released in the same update. Of one that is
 * moved, `movedFrom` is the slot that it began with. `ending`: what else ends in it where it comes to lie.
 */
export function claiming(
  appointment: Appointment,
  moment: Moment,
  movedFrom?: string,
  ending: Ending = { when: overdueAt(moment), reason: 'expired' },
): Changes {
  const { status } = appointment.reservation
  const isChain = lengthOf(appointment.shape) > 1
  return transition(moment, ending, {
    kind: isChain ? unlessWithdrawn(status) : status,
    state: isChain ? unlessWithdrawn(status) : status,
    reservation: memberOf(appointment),
    logged: loggedOf(appointment, movedFrom),
  })
}

/** Where a reservation that is moved lies, and where it goes. */
export interface Move {
  /** As its head had it. The move writes it anew, so it is refused where anything about it has changed since. */
  from: { slotIds: string[]; head: string; reservation: LiveReservation }
  to: Appointment
}

/** The reservation as the slot that it begins with has it. */
export function atHead({ reservation, shape }: Appointment): LiveReservation {
  return lengthOf(shape) > 1 ? { ...reservation, chain: { ...shape, index: shape.before } } : reservation
}

export function slotIdsOf({ providerId, headStart, shape }: Appointment): string[] {
  return chainStarts(headStart, shape).map((start) => slotIdOf(providerId, start))
}

/** All of it is still where it was, and what it does not have yet is free. */
export function mayBeMoved({ from, to }: Move, moment: Moment, holdAgain: HoldAgainRule | null): Expression {
  const { isVisit } = placeIn(to.headStart, to.shape)
  const isNew = isOneOf(slotIdsOf(to))
  const { id, moves = 0 } = from.reservation
  return {
    $and: [
      ...inTime(moment),
      {
        $cond: [
          isOneOf(from.slotIds),
          {
            $and: [
              isTarget({ id, moves }),
              {
                $or: [{ $ne: ['$_id', from.head] }, { $eq: ['$reservation', literal(from.reservation)] }],
              },
              isLiveAt(moment),
              // Its own buffer on what is not offered cannot become its visit.
              { $or: [{ $not: [isWithdrawn] }, { $not: [isNew] }, { $not: [isVisit] }] },
            ],
          },
          mayBeClaimed(to, moment, holdAgain),
        ],
      },
    ],
  }
}

/** Each slot that it leaves is free again; each that it comes to, or stays in, has it as it is now. */
export function moving({ to, from }: Move, moment: Moment, by: SlotCaller['role']): Expression {
  const isLeft = { $and: [isOneOf(from.slotIds), { $not: [isOneOf(slotIdsOf(to))] }] }
  return { $cond: [isLeft, leaving(moment, 'moved', by), claiming(to, moment, from.head)] }
}

/** The slot's reservation ends, and nothing follows. */
function leaving(moment: Moment, reason: ReleaseReason, by: SlotCaller['role']): Changes {
  return transition(moment, { when: true, reason, by }, null, leftAsItWas)
}

const leftAsItWas = {
  kind: { $cond: [isWithdrawn, 'withdrawn', 'released'] },
  state: unlessWithdrawn('open'),
}

/** What says which of a client's bookings with a provider is the one of a day; `version` counts its changes. */
export interface DayToken {
  id: string
  version: number
}

/** Where only one booking a day is allowed: the token passes to this one, and the one that had it ends with that. */
export function replacing(
  token: DayToken,
  first: (Target & { slotIds: string[] }) | null,
  second: { id: string; rule: Expression; changes: Expression },
  moment: Moment,
): { rule: Expression; changes: Expression } {
  const isToken = { $eq: ['$_id', literal(token.id)] }
  const isFirst = isOneOf(first?.slotIds ?? [])
  const isBooked = {
    $and: [isTarget(first ?? { id: '', moves: 0 }), { $eq: ['$reservation.status', 'confirmed'] }],
  }
  const passed = { token: literal({ version: token.version + 1, reservation: second.id }) }
  return {
    rule: {
      $cond: [
        isToken,
        { $eq: ['$token.version', token.version] },
        { $cond: [isFirst, isBooked, second.rule] },
      ],
    },
    changes: {
      $cond: [isToken, passed, { $cond: [isFirst, leaving(moment, 'replaced', 'client'), second.changes] }],
    },
  }
}

export function isOneOf(slotIds: string[]): Expression {
  return { $in: ['$_id', literal(slotIds)] }
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

/** Booked, or held and not over. */
function isLiveAt({ now, inDatabase }: Moment): Expression {
  return {
    $or: [
      { $eq: ['$reservation.status', 'confirmed'] },
      {
        $and: [
          { $gt: ['$reservation.expiresAt', now] },
          ...(inDatabase ? [{ $gt: ['$reservation.expiresAt', '$$NOW'] }] : []),
        ],
      },
    ],
  }
}

/** Whose a reservation is: its client's, or the provider's; a buffer belongs to whoever has the visit beside it. */
function belongsTo({ role, id }: SlotCaller, reservationId: string): Expression {
  const owner = role === 'client' ? '$reservation.client.id' : '$providerId'
  const owned = { $eq: [owner, literal(id)] }
  return role === 'client'
    ? { $or: [owned, { $eq: ['$reservation.client.id', bufferPerson(reservationId).id] }] }
    : owned
}

/** A hold that is not over, by its client; one that the provider made for somebody, by the provider. */
export function mayBeConfirmed(caller: SlotCaller, target: Target, moment: Moment): Expression {
  return {
    $and: [
      ...inTime(moment),
      isTarget(target),
      mayDecide(caller, target.id),
      { $eq: ['$reservation.status', 'held'] },
      { $gt: ['$reservation.expiresAt', moment.now] },
      ...(moment.inDatabase ? [{ $gt: ['$reservation.expiresAt', '$$NOW'] }] : []),
    ],
  }
}

function mayDecide(caller: SlotCaller, reservationId: string): Expression {
  const owns = belongsTo(caller, reservationId)
  return caller.role === 'client' ? owns : { $and: [owns, { $eq: ['$reservation.byProvider', true] }] }
}

/** Once, by whoever may confirm it. */
export function mayBeExtended(caller: SlotCaller, target: Target, moment: Moment): Expression {
  return {
    $and: [
      mayBeConfirmed(caller, target, moment),
      { $ne: [{ $ifNull: ['$reservation.extended', false] }, true] },
    ],
  }
}

/**
 * What lies ahead may be ended by its client, a booking until the cut-off it was made under, and by the provider; an
 * overdue hold at any time.
 */
export function mayBeEnded(
  caller: SlotCaller,
  target: Target & { status?: LiveReservation['status'] },
  headStart: number | null,
  moment: Moment,
  despiteCutoff: boolean,
): Expression {
  const now = moment.now.getTime()
  const start = headStart === null ? { $toLong: '$start' } : headStart
  const cutoffMs = { $multiply: [{ $ifNull: ['$reservation.service.cancelCutoffSeconds', 0] }, 1_000] }
  return {
    $and: [
      ...inTime(moment),
      isTarget(target),
      ...(target.status === undefined ? [] : [{ $eq: ['$reservation.status', target.status] }]),
      belongsTo(caller, target.id),
      {
        $or: [headStart === null ? { $gt: ['$start', moment.now] } : headStart > now, overdueAt(moment)],
      },
      ...(caller.role === 'client' && !despiteCutoff
        ? [
            {
              $or: [
                { $ne: ['$reservation.status', 'confirmed'] },
                { $gte: [{ $subtract: [start, cutoffMs] }, now] },
              ],
            },
          ]
        : []),
    ],
  }
}

/** What nobody holds or has booked may be withdrawn. */
export function mayBeWithdrawn(moment: Moment): Expression {
  return { $and: [...inTime(moment), openAt(moment)] }
}

/** A rule withdraws what it has opened, unless a later one has decided since. */
export function mayBeWithdrawnByRule(ruleRev: number, moment: Moment): Expression {
  return { $and: [mayBeWithdrawn(moment), { $eq: ['$by', 'rule'] }, isNotAfter(ruleRev)] }
}

/** A rule opens what is not offered, unless a hand has decided so under it, or a later one. */
export function mayBeReopenedByRule(ruleRev: number, moment: Moment): Expression {
  return {
    $and: [
      ...inTime(moment),
      isWithdrawn,
      { $not: [{ $and: [{ $eq: ['$by', 'hand'] }, isUnderRule] }] },
      isNotAfter(ruleRev),
    ],
  }
}

const isUnderRule = { $ne: [{ $type: '$ruleRev' }, 'missing'] }

function isNotAfter(ruleRev: number): Expression {
  return { $lte: [{ $ifNull: ['$ruleRev', 0] }, ruleRev] }
}

/** held -> confirmed: the place among its client's holds is free again, and nothing expires any more. */
export function confirming(moment: Moment): Changes {
  const state = moment.of === undefined ? 'confirmed' : unlessWithdrawn('confirmed')
  return transition(moment, null, {
    kind: state,
    state,
    reservation: { ...kept, part: '$reservation.part', status: 'confirmed', confirmedAt: moment.now },
    logged: person,
  })
}

/** held -> held, for longer. */
export function extending(expiresAt: Date, moment: Moment): Changes {
  const kept = { $gt: ['$reservation.keptUntil', null] }
  const keptUntil = { $cond: [kept, new Date(expiresAt.getTime() + GRACE_MS), '$$REMOVE'] }
  return transition(moment, null, {
    kind: '$state',
    state: '$state',
    reservation: { $mergeObjects: ['$reservation', { expiresAt, keptUntil, extended: true }] },
    logged: { ...person, expiresAt, keptUntil },
  })
}

/** A hold that keeps others away after its end from now on, because somebody waits. */
export function mayBeKept(moment: Moment): Expression {
  return {
    $and: [
      { $eq: ['$reservation.status', 'held'] },
      { $eq: [{ $type: '$reservation.keptUntil' }, 'missing'] },
      { $gt: ['$reservation.expiresAt', moment.now] },
    ],
  }
}

export function keeping(moment: Moment): Changes {
  const ends = '$reservation.expiresAt'
  const keptUntil = { $toDate: { $add: [{ $toLong: ends }, GRACE_MS] } }
  return transition(moment, null, {
    kind: '$state',
    state: '$state',
    reservation: { $mergeObjects: ['$reservation', { keptUntil }] },
    logged: { ...person, expiresAt: ends, keptUntil },
  })
}

/** Of an appointment whose time is over, each slot that still has it. */
export function expiringTogether(moment: Moment): Changes {
  return transition(moment, { when: true, reason: 'expired' satisfies ReleaseReason }, null, leftAsItWas)
}

/** held and overdue -> open. */
export function expiring(moment: Moment): Changes {
  return transition(moment, { when: true, reason: 'expired' satisfies ReleaseReason }, null)
}

/** How a reservation ends that somebody gives back or cancels. */
export function endedBy(moment: Moment, by: SlotCaller['role'], note?: string): Ending {
  const byState = {
    $cond: [
      { $eq: ['$reservation.status', 'confirmed'] },
      'cancelled',
      { $cond: [overdueAt(moment), 'expired', 'released'] },
    ],
  }
  // Somebody who gives back what is overdue ends nothing: its time did.
  const who = { $cond: [overdueAt(moment), '$$REMOVE', by] }
  return { when: true, reason: byState, by: who, note }
}

/** held or confirmed -> open, or withdrawn at once where the provider takes the slot off too. */
export function ending(
  moment: Moment,
  by: SlotCaller['role'],
  { withdraw, note }: { withdraw: SlotOrigin | null; note?: string | undefined },
): Expression {
  const end = endedBy(moment, by, note)
  if (moment.of === undefined) return transition(moment, end, withdraw && withdrawnBy(withdraw))
  const leave = transition(moment, end, null, leftAsItWas)
  // The slots of the visit are taken off, not those that were kept free around it.
  return withdraw ? { $cond: [isBufferSlot, leave, transition(moment, end, withdrawnBy(withdraw))] } : leave
}

const isBufferSlot = {
  $or: [
    { $lt: ['$reservation.chain.index', '$reservation.chain.before'] },
    {
      $gte: ['$reservation.chain.index', { $add: ['$reservation.chain.before', '$reservation.chain.visit'] }],
    },
  ],
}

function withdrawnBy(origin: SlotOrigin): Step {
  return { kind: 'withdrawn', state: 'withdrawn', reservation: null, origin }
}

/** open, or held and overdue -> withdrawn. */
export function withdrawing(origin: SlotOrigin, moment: Moment): Changes {
  return transition(moment, { when: overdueAt(moment), reason: 'expired' }, withdrawnBy(origin))
}

/**
 * withdrawn -> open; where the buffer of an appointment lies on it, it is offered from now on and taken until that ends.
 */
export function reopening(origin: SlotOrigin, moment: Moment): Changes {
  const buffered = isBuffered(moment)
  const { everHeld: _asBefore, ...changes } = transition(moment, null, {
    kind: { $cond: [buffered, '$reservation.status', 'opened'] },
    state: { $cond: [buffered, '$reservation.status', 'open'] },
    reservation: { $cond: [buffered, '$reservation', null] },
    logged: {
      $cond: [
        buffered,
        { ...person, expiresAt: '$reservation.expiresAt', keptUntil: '$reservation.keptUntil' },
        '$$REMOVE',
      ],
    },
    origin,
  })
  return changes
}

/** A slot that was never published before. */
export function openSlot(
  providerId: string,
  start: number,
  now: Date,
  origin: SlotOrigin = { by: 'hand' },
): SlotDoc {
  return { ...newSlot(providerId, start, { state: 'open', kind: 'opened' }, now), ...origin }
}

/** One that is not offered, and that a buffer shall lie on. */
export function withdrawnSlot(providerId: string, start: number, now: Date): SlotDoc {
  return newSlot(providerId, start, { state: 'withdrawn', kind: 'withdrawn' }, now)
}

function newSlot(
  providerId: string,
  start: number,
  as: { state: 'open'; kind: 'opened' } | { state: 'withdrawn'; kind: 'withdrawn' },
  now: Date,
): SlotDoc {
  return {
    _id: slotIdOf(providerId, start),
    providerId,
    start: new Date(start),
    end: new Date(start + SLOT_MS),
    state: as.state,
    reservation: null,
    everHeld: false,
    past: [],
    log: { r1: { rev: 1, from: 0, at: now, ...as } },
    rev: 1,
  }
}
