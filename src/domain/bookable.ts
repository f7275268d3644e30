/** Which of a provider's slots a list shows. Pure, over the board's slots, and says until when the answer stays true. */
import {
  type BookingWindow,
  indexOfStart,
  isBookable,
  isOverdue,
  isTooFarAhead,
  type SlotFacts,
  type SlotState,
  stateAt,
} from './slot.js'

interface Listed extends SlotFacts {
  id: string
}

export interface Selection {
  from: number
  to: number
  /** Without: bookable slots only, which also asks for the window. */
  states: ReadonlySet<SlotState> | null
  /** Start and id of the last slot of the page before. */
  after: readonly [number, string] | null
  limit: number
}

/** One slot more than `limit` where there are more. `validUntil`: the first moment at which time alone changes the answer. */
export function selectSlots<Slot extends Listed>(
  slots: readonly Slot[],
  { from, to, states, after, limit }: Selection,
  now: number,
  window: BookingWindow,
): { found: Slot[]; validUntil: number } {
  const found: Slot[] = []
  let validUntil = Number.POSITIVE_INFINITY
  for (
    let at = indexOfStart(slots, Math.max(from, after?.[0] ?? from));
    at < slots.length && found.length <= limit;
    at++
  ) {
    const slot = slots[at]
    if (slot === undefined || slot.start >= to) break
    if (after && slot.start === after[0] && slot.id <= after[1]) continue
    if (!states && isTooFarAhead(slot.start, now, window)) {
      // All that follow come into reach later.
      validUntil = Math.min(validUntil, slot.start - window.aheadMs)
      break
    }
    if (slot.expiresAt !== undefined && slot.state === 'held' && !isOverdue(slot, now)) {
      validUntil = Math.min(validUntil, slot.expiresAt)
    }
    const shown = states ? states.has(stateAt(slot, now)) : isBookable(slot, now, window)
    if (!shown) continue
    if (!states) validUntil = Math.min(validUntil, slot.start - window.noticeMs + 1)
    found.push(slot)
  }
  return { found, validUntil }
}

/** The bookable slots closest to a moment, closest first. */
export function nearestSlots<Slot extends Listed>(
  slots: readonly Slot[],
  near: { start: number; id: string },
  limit: number,
  now: number,
  window: BookingWindow,
): Slot[] {
  const distance = (slot: Slot) => Math.abs(slot.start - near.start)
  return slots
    .filter((slot) => slot.id !== near.id && isBookable(slot, now, window))
    .sort((a, b) => distance(a) - distance(b) || a.start - b.start)
    .slice(0, limit)
}
