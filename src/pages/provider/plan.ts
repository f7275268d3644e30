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

export interface Plan {
  blocks: WallBlock[]
  /** The same as instants, in order. */
  reach: { start: number; end: number }[]
  opens: number
  existing: number
  days: number
  faults: string[]
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
  const faults = new Set<string>()
  const blocks: WallBlock[] = []
  const reach: { start: number; end: number }[] = []
  const length = slotMinutes * 60_000
  for (const { from, to } of wish.spans) {
    if (from === '' || to === '') faults.add('Fill in both ends of each block.')
    else if (minutesOf(to) <= minutesOf(from))
      faults.add(`${from} to ${to}: the end must be after the start.`)
    else if (minutesOf(from) % slotMinutes !== 0 || minutesOf(to) % slotMinutes !== 0) {
      faults.add(`${from} to ${to}: times begin and end on the ${slotMinutes}-minute grid.`)
    }
  }
  if (wish.days.length === 0) faults.add('Choose at least one day.')
  if (faults.size > 0) return { blocks, reach, opens: 0, existing: 0, days: 0, faults: [...faults] }

  const starts = new Set<number>()
  const days = new Set<string>()
  for (let week = 0; week < wish.weeks; week++) {
    for (const first of wish.days) {
      const day = addDays(first, 7 * week)
      for (const { from, to } of wish.spans) {
        const start = instantOf(day, from, zone)
        const end = instantOf(day, to, zone)
        if (!start.ok || !end.ok) {
          const time = start.ok ? to : from
          faults.add(
            `${day}: clocks change, ${time} ${why(start.ok ? end : start)}. Choose another time that day.`,
          )
          continue
        }
        if (start.instant <= now) {
          if (wish.weeks === 1) faults.add(`${day} ${from} is over.`)
          continue
        }
        blocks.push({ day, from, to })
        reach.push({ start: start.instant, end: end.instant })
        days.add(day)
        for (let at = start.instant; at + length <= end.instant; at += length) starts.add(at)
      }
    }
  }
  if (blocks.length === 0 && faults.size === 0) faults.add('All of this is over.')
  if (blocks.length > MAX_BLOCKS || starts.size > MAX_SLOTS)
    faults.add('That is more than one go can take: choose fewer weeks.')
  let existing = 0
  for (const slot of known.values()) {
    if (slot.state !== 'withdrawn' && starts.has(Date.parse(slot.start))) existing += 1
  }
  reach.sort((a, b) => a.start - b.start)
  return { blocks, reach, opens: starts.size - existing, existing, days: days.size, faults: [...faults] }
}

function why(resolved: { ok: true } | { ok: false; why: 'missing' | 'twice' }): string {
  return !resolved.ok && resolved.why === 'twice' ? 'comes twice' : 'does not exist'
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
