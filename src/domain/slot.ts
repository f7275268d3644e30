/**
 * What the states of a slot mean at a moment. The list, the hold, the live picture and the pages all ask here, so they
 * cannot disagree.
 */

export const slotStates = ['open', 'held', 'confirmed', 'withdrawn'] as const
export type SlotState = (typeof slotStates)[number]

/** The part of a slot that its state at a moment depends on. */
export interface SlotFacts {
  start: number
  state: SlotState
  /** Of a hold: until when others find the slot taken. */
  expiresAt?: number | undefined
  /** Of a withdrawn slot: the buffer of an appointment lies on it. Such a hold leaves it withdrawn when it ends. */
  buffered?: boolean | undefined
}

/** An overdue hold is open at once, whether or not a sweep has seen it. */
export function stateAt(slot: SlotFacts, now: number): SlotState {
  return isOverdue(slot, now) ? 'open' : slot.state
}

export function isOverdue(slot: SlotFacts, now: number): boolean {
  return slot.state === 'held' && slot.expiresAt !== undefined && slot.expiresAt <= now
}

/** How far ahead a start must lie, and how far it may. */
export interface BookingWindow {
  noticeMs: number
  /** Infinity where there is no limit. */
  aheadMs: number
}

/** Of who sees the calendar as its provider does. */
export const ANY_TIME: BookingWindow = { noticeMs: 0, aheadMs: Number.POSITIVE_INFINITY }

/** The one meaning of "bookable": open by now, far enough ahead, and not too far. */
export function isBookable(slot: SlotFacts, now: number, window: BookingWindow): boolean {
  return (
    stateAt(slot, now) === 'open' &&
    slot.start >= now + window.noticeMs &&
    !isTooFarAhead(slot.start, now, window)
  )
}

export function isTooFarAhead(start: number, now: number, { aheadMs }: BookingWindow): boolean {
  return start > now + aheadMs
}

/**
 * The first moment after `now` at which time alone changes what the slot is: a hold ends, its start is not too far ahead
 * any more, or it comes too near.
 */
export function nextChange(slot: SlotFacts, now: number, window: BookingWindow): number | null {
  const state = stateAt(slot, now)
  if (state === 'held') return slot.expiresAt ?? null
  if (state !== 'open') return null
  const { noticeMs, aheadMs } = window
  if (isTooFarAhead(slot.start, now, window)) return slot.start - aheadMs
  const lastMoment = slot.start - noticeMs
  return lastMoment >= now ? lastMoment + 1 : null
}

/** Index of the first slot that starts at `start` or later, in slots sorted by start. */
export function indexOfStart(slots: readonly SlotFacts[], start: number): number {
  let low = 0
  let high = slots.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((slots[middle]?.start ?? 0) < start) low = middle + 1
    else high = middle
  }
  return low
}
