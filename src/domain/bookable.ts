/**
 * Which of a provider's slots a list shows: those in some states, or the starts at which a whole appointment fits.
 * Pure, over the board's slots, and says until when the answer stays true.
 */
import { type ChainShape, isFreeFor, shapeOf } from './chain.js'
import { SLOT_MS } from './grid.js'
import type { ServiceTerms } from './service.js'
import {
  type BookingWindow,
  indexOfStart,
  isBookable,
  isTooFarAhead,
  type SlotFacts,
  type SlotState,
  stateAt,
} from './slot.js'
import type { OffsetAt } from './zone-offsets.js'

interface Listed extends SlotFacts {
  id: string
}

export interface Page {
  from: number
  to: number
  /** Start and id of the last slot of the page before. */
  after: readonly [number, string] | null
  limit: number
}

export interface Selection extends Page {
  /** Without: bookable slots only, which also asks for the window. */
  states: ReadonlySet<SlotState> | null
}

export interface Found<Slot> {
  /** One slot more than `limit` where there are more. */
  found: Slot[]
  /** The first moment at which time alone may change the answer. */
  validUntil: number
}

/** What decides where an appointment fits. */
export interface StartTerms {
  shape: ChainShape
  startsEveryMinutes: number
  /** Of the provider's wall. */
  offsetMinutesAt: OffsetAt
}

export function startTermsOf(service: ServiceTerms, offsetMinutesAt: OffsetAt): StartTerms {
  return { shape: shapeOf(service), startsEveryMinutes: service.startsEveryMinutes, offsetMinutesAt }
}

export function selectSlots<Slot extends Listed>(
  slots: readonly Slot[],
  selection: Selection,
  now: number,
  window: BookingWindow,
): Found<Slot> {
  const { states } = selection
  let validUntil = Number.POSITIVE_INFINITY
  const found = pick(slots, selection, (slot) => {
    if (!states && isTooFarAhead(slot.start, now, window)) {
      validUntil = Math.min(validUntil, slot.start - window.aheadMs)
      return 'end'
    }
    validUntil = Math.min(validUntil, endOfHold(slot, now))
    const shown = states ? states.has(stateAt(slot, now)) : isBookable(slot, now, window)
    if (shown && !states) validUntil = Math.min(validUntil, endOfNotice(slot, window))
    return shown
  })
  return { found, validUntil }
}

/**
 * The first moment at which a span that begins now may show something else because it moves on: its first slot leaves
 * it, or, where its end moves too, another one comes in.
 */
export function movesOnAt<Slot extends Listed>(
  slots: readonly Slot[],
  { from, to }: Pick<Page, 'from' | 'to'>,
  found: readonly Slot[],
  endMoves: boolean,
): number {
  const leaves = found[0]?.start ?? Number.POSITIVE_INFINITY
  const next = endMoves ? slots[indexOfStart(slots, to)] : undefined
  return Math.min(leaves, next ? next.start - (to - from) : Number.POSITIVE_INFINITY) + 1
}

/**
 * The slots at which an appointment fits: the visit has slots that are open, its buffers are free, and it starts on the
 * service's minutes of the hour. Only its first slot, the head, meets the window.
 *
 * One pass: three places move along with the head, each over each slot once, however long the appointment is.
 */
export function selectStarts<Slot extends Listed>(
  slots: readonly Slot[],
  page: Page,
  terms: StartTerms,
  now: number,
  window: BookingWindow,
): Found<Slot> {
  const { before, visit, after } = terms.shape
  let validUntil = Number.POSITIVE_INFINITY
  const look = (slot: Slot) => {
    validUntil = Math.min(validUntil, endOfHold(slot, now))
  }
  const first = firstOf(page)
  /** The next slot to look at as a buffer before, and the start of the last one that is not free as such. */
  let behind = indexOfStart(slots, first - before * SLOT_MS)
  let takenBehind = Number.NEGATIVE_INFINITY
  /** The end of the run of open slots, one after the other, that the head begins or lies in. */
  let runEnd = 0
  /** The next slot to look at as a buffer after, and the start of the last one that is not free as such. */
  let ahead = indexOfStart(slots, first + visit * SLOT_MS)
  let takenAhead = Number.NEGATIVE_INFINITY

  const found = pick(slots, page, (head, at) => {
    if (isTooFarAhead(head.start, now, window)) {
      validUntil = Math.min(validUntil, head.start - window.aheadMs)
      return 'end'
    }
    look(head)
    for (; behind < at; behind++) {
      const slot = slots[behind]
      if (slot === undefined || slot.start < head.start - before * SLOT_MS) continue
      look(slot)
      if (!isFreeFor('before', slot, now)) takenBehind = slot.start
    }
    if (!isBookable(head, now, window) || !startsOnRhythm(head.start, terms)) return false
    if (takenBehind >= head.start - before * SLOT_MS) return false

    for (runEnd = Math.max(runEnd, at); runEnd < at + visit; runEnd++) {
      const slot = slots[runEnd]
      if (slot?.start !== head.start + (runEnd - at) * SLOT_MS) return false
      look(slot)
      if (!isFreeFor('visit', slot, now)) return false
    }
    const visitEnd = head.start + visit * SLOT_MS
    for (; ; ahead++) {
      const slot = slots[ahead]
      if (slot === undefined || slot.start >= visitEnd + after * SLOT_MS) break
      if (slot.start < visitEnd) continue
      look(slot)
      if (!isFreeFor('after', slot, now)) takenAhead = slot.start
    }
    if (takenAhead >= visitEnd) return false
    validUntil = Math.min(validUntil, endOfNotice(head, window))
    return true
  })
  return { found, validUntil }
}

/** Whether a service offers a start: by the minute of the hour that the provider's clock shows then. */
export function startsOnRhythm(
  start: number,
  { startsEveryMinutes, offsetMinutesAt }: Pick<StartTerms, 'startsEveryMinutes' | 'offsetMinutesAt'>,
): boolean {
  return (Math.floor(start / MINUTE_MS) + offsetMinutesAt(start)) % startsEveryMinutes === 0
}

/** The bookable slots closest to a moment, closest first. */
export function nearestSlots<Slot extends Listed>(
  slots: readonly Slot[],
  near: Near,
  limit: number,
  now: number,
  window: BookingWindow,
): Slot[] {
  return closest(
    slots.filter((slot) => isBookable(slot, now, window)),
    near,
    limit,
  )
}

/** The starts at which an appointment fits that are closest to a moment, closest first. */
export function nearestStarts<Slot extends Listed>(
  slots: readonly Slot[],
  near: Near,
  limit: number,
  terms: StartTerms,
  now: number,
  window: BookingWindow,
): Slot[] {
  const all = { from: now + window.noticeMs, to: Number.POSITIVE_INFINITY, after: null, limit: slots.length }
  return closest(selectStarts(slots, all, terms, now, window).found, near, limit)
}

interface Near {
  start: number
  id: string
}

const MINUTE_MS = 60_000

function closest<Slot extends Listed>(found: Slot[], near: Near, limit: number): Slot[] {
  const distance = (slot: Slot) => Math.abs(slot.start - near.start)
  return found
    .filter((slot) => slot.id !== near.id)
    .sort((a, b) => distance(a) - distance(b) || a.start - b.start)
    .slice(0, limit)
}

/** The slots of a page, and one more where there are more; 'end' where none that follows can be shown either. */
function pick<Slot extends Listed>(
  slots: readonly Slot[],
  page: Page,
  isShown: (slot: Slot, at: number) => boolean | 'end',
): Slot[] {
  const { to, after, limit } = page
  const found: Slot[] = []
  for (let at = indexOfStart(slots, firstOf(page)); at < slots.length && found.length <= limit; at++) {
    const slot = slots[at]
    if (slot === undefined || slot.start >= to) break
    if (after && slot.start === after[0] && slot.id <= after[1]) continue
    const shown = isShown(slot, at)
    if (shown === 'end') break
    if (shown) found.push(slot)
  }
  return found
}

function firstOf({ from, after }: Page): number {
  return Math.max(from, after?.[0] ?? from)
}

/** When the hold on a slot, or the hold whose buffer lies on it, ends by time alone. */
function endOfHold(slot: SlotFacts, now: number): number {
  const ends = slot.state === 'held' || slot.buffered === true
  return ends && slot.expiresAt !== undefined && slot.expiresAt > now
    ? slot.expiresAt
    : Number.POSITIVE_INFINITY
}

function endOfNotice(slot: SlotFacts, { noticeMs }: BookingWindow): number {
  return slot.start - noticeMs + 1
}
