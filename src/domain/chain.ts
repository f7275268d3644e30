/** An appointment of several slots: the visit, and the buffers before and after it that nobody else may be booked in. */
import { SLOT_MINUTES, SLOT_MS } from './grid.js'
import type { ServiceTerms } from './service.js'
import { type SlotFacts, stateAt } from './slot.js'

/** How many slots of each. */
export interface ChainShape {
  before: number
  visit: number
  after: number
}

/** Which of the chain's slots one is; the first of the visit is the head, with whose start the appointment begins. */
export interface ChainPlace extends ChainShape {
  index: number
}

export type ChainRole = 'before' | 'visit' | 'after'

export const ONE_SLOT: ChainShape = { before: 0, visit: 1, after: 0 }

export function shapeOf(
  terms: Pick<ServiceTerms, 'durationMinutes' | 'bufferBeforeMinutes' | 'bufferAfterMinutes'>,
): ChainShape {
  const slots = (minutes: number) => Math.ceil(minutes / SLOT_MINUTES)
  return {
    before: slots(terms.bufferBeforeMinutes),
    visit: slots(terms.durationMinutes),
    after: slots(terms.bufferAfterMinutes),
  }
}

export function lengthOf({ before, visit, after }: ChainShape): number {
  return before + visit + after
}

/** Of all its slots, by elapsed time: a chain may lie over midnight and over a night in which clocks change. */
export function chainStarts(headStart: number, shape: ChainShape): number[] {
  const first = headStart - shape.before * SLOT_MS
  return Array.from({ length: lengthOf(shape) }, (_, index) => first + index * SLOT_MS)
}

export function roleOf({ before, visit, index }: ChainPlace): ChainRole {
  if (index < before) return 'before'
  return index < before + visit ? 'visit' : 'after'
}

export function isHead({ before, index }: ChainPlace): boolean {
  return index === before
}

/**
 * Whether a slot can be a member of a new chain. The visit needs what is offered; a buffer may also lie where nothing
 * is, or was, offered, but not where another buffer is.
 */
export function isFreeFor(role: ChainRole, slot: SlotFacts | undefined, now: number): boolean {
  if (role === 'visit') return slot !== undefined && stateAt(slot, now) === 'open'
  if (slot === undefined) return true
  const state = stateAt(slot, now)
  return state === 'open' || (state === 'withdrawn' && !isBuffered(slot, now))
}

/** A buffer lies on this slot, which is not offered. */
export function isBuffered(slot: SlotFacts, now: number): boolean {
  return slot.buffered === true && !(slot.expiresAt !== undefined && slot.expiresAt <= now)
}
