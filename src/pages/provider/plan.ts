/** What publishing would do, worked out before it is asked for. The server decides; this is its preview. Pure. */

import { addDays } from '../../domain/days.js'
import { minutesOf } from '../../domain/schedule.js'
import type { WallBlock } from '../../schemas/availability.js'
import type { OwnSlot } from '../../schemas/common.js'
import { instantOf } from '../shared/time.js'

export interface Span {
  from: string
  to: string
}

export interface Wish {
  /** Of the first week. */
  days: readonly string[]
  spans: readonly Span[]
  weeks: number
}

/** What stands in the way of a plan; days and times as they were filled in. */
export type PlanFault =
  | { kind: 'ends missing' | 'no day' | 'all over' | 'too much' }
  | { kind: 'backwards' | 'off grid'; from: string; to: string }
  | { kind: 'missing' | 'twice' | 'over'; day: string; time: string }

export interface Plan {
  blocks: WallBlock[]
  /** The same as instants, in order. */
  reach: { start: number; end: number }[]
  opens: number
  existing: number
  days: number
  faults: PlanFault[]
}

export interface PlanParts {
  zone: string
  slotMinutes: number
  now: number
  known: ReadonlyMap<string, OwnSlot>
}

/** What one request may carry. */
const MAX_BLOCKS = 200
const MAX_SLOTS = 3000

export function planOf(wish: Wish, { zone, slotMinutes, now, known }: PlanParts): Plan {
  const found = new Map<string, PlanFault>()
  const fault = (one: PlanFault) => found.set(JSON.stringify(one), one)
  const blocks: WallBlock[] = []
  const reach: { start: number; end: number }[] = []
  const length = slotMinutes * 60_000
  for (const { from, to } of wish.spans) {
    if (from === '' || to === '') fault({ kind: 'ends missing' })
    else if (minutesOf(to) <= minutesOf(from)) fault({ kind: 'backwards', from, to })
    else if (minutesOf(from) % slotMinutes !== 0 || minutesOf(to) % slotMinutes !== 0) {
      fault({ kind: 'off grid', from, to })
    }
  }
  if (wish.days.length === 0) fault({ kind: 'no day' })
  if (found.size > 0) return { blocks, reach, opens: 0, existing: 0, days: 0, faults: [...found.values()] }

  const starts = new Set<number>()
  const days = new Set<string>()
  for (let week = 0; week < wish.weeks; week++) {
    for (const first of wish.days) {
      const day = addDays(first, 7 * week)
      for (const { from, to } of wish.spans) {
        const start = instantOf(day, from, zone)
        const end = instantOf(day, to, zone)
        if (!start.ok) {
          fault({ kind: start.why, day, time: from })
          continue
        }
        if (!end.ok) {
          fault({ kind: end.why, day, time: to })
          continue
        }
        if (start.instant <= now) {
          if (wish.weeks === 1) fault({ kind: 'over', day, time: from })
          continue
        }
        blocks.push({ day, from, to })
        reach.push({ start: start.instant, end: end.instant })
        days.add(day)
        for (let at = start.instant; at + length <= end.instant; at += length) starts.add(at)
      }
    }
  }
  if (blocks.length === 0 && found.size === 0) fault({ kind: 'all over' })
  if (blocks.length > MAX_BLOCKS || starts.size > MAX_SLOTS) fault({ kind: 'too much' })
  let existing = 0
  for (const slot of known.values()) {
    if (slot.state !== 'withdrawn' && starts.has(Date.parse(slot.start))) existing += 1
  }
  reach.sort((a, b) => a.start - b.start)
  return {
    blocks,
    reach,
    opens: starts.size - existing,
    existing,
    days: days.size,
    faults: [...found.values()],
  }
}

/** Slots as blocks, touching ones joined: what "undo" publishes again. */
export function joined(slots: readonly Pick<OwnSlot, 'start' | 'end'>[]): { start: string; end: string }[] {
  const blocks: { start: string; end: string }[] = []
  for (const { start, end } of [...slots].sort((a, b) => (a.start < b.start ? -1 : 1))) {
    const last = blocks.at(-1)
    if (last?.end === start) last.end = end
    else blocks.push({ start, end })
  }
  return blocks
}
