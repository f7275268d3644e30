/**
 * The update that lets slots come free and holds some of them for somebody who waits, in one statement: nobody sees
 * them open between. Also of a hold that nobody waits to follow: it claims what is open, like any other.
 */
import {
  type Appointment,
  claiming,
  type Ending,
  type Expression,
  isOneOf,
  isWithdrawn,
  type Moment,
  mayBeClaimed,
  placeIn,
  slotIdsOf,
} from './slot-updates.js'

/** What is done to some slots, and that they come free by it. */
export interface Freeing {
  /** All documents that `rule` and `changes` are about. */
  ids: string[]
  rule: Expression
  changes: Expression
  /** What ends in those of them that the offer takes. */
  ending: Ending
}

/** What comes free, and beside it what is open. */
export function mayBePassedOn(freeing: Freeing, offer: Appointment, moment: Moment): Expression {
  const { isVisit } = placeIn(offer.headStart, offer.shape)
  const isOffered = isOneOf(slotIdsOf(offer))
  return {
    $cond: [
      isOneOf(freeing.ids),
      // A visit needs what is offered; a buffer that comes free may have lain where nothing is.
      {
        $and: [freeing.rule, { $or: [{ $not: [isOffered] }, { $not: [isVisit] }, { $not: [isWithdrawn] }] }],
      },
      mayBeClaimed(offer, moment, null),
    ],
  }
}

export function passingOn(freeing: Freeing, offer: Appointment, moment: Moment): Expression {
  const taking = claiming(offer, moment, undefined, freeing.ending)
  const isOffered = isOneOf(slotIdsOf(offer))
  return {
    $cond: [isOneOf(freeing.ids), { $cond: [isOffered, taking, freeing.changes] }, claiming(offer, moment)],
  }
}
