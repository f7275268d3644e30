/** Slots sorted into the reader's days, parts of a day and hours. Pure. */
import type { OwnSlot } from '../../schemas/common.js'
import { wallOfSlot } from '../shared/local-time.js'
import type { Face } from '../shared/slot-face.js'
import { type DayPart, dayPart } from '../shared/time.js'

export interface DayCount {
  free: number
  /** Open, but too near to be booked. */
  soon: number
  /** Open, but not to be booked yet. */
  far: number
  slots: OwnSlot[]
}

export function daysOf(
  slots: Iterable<OwnSlot>,
  gone: ReadonlySet<string>,
  zone: string,
  now: number,
  faceNow: (slot: OwnSlot) => Face,
): Map<string, DayCount> {
  const days = new Map<string, DayCount>()
  for (const slot of slots) {
    if (slot.state === 'withdrawn' && !gone.has(slot.id)) continue
    if (Date.parse(slot.start) <= now) continue
    const { day } = wallOfSlot(slot, zone)
    let count = days.get(day)
    if (count === undefined) {
      count = { free: 0, soon: 0, far: 0, slots: [] }
      days.set(day, count)
    }
    count.slots.push(slot)
    const { state, tooSoon, tooFar } = faceNow(slot)
    if (state === 'open') count[tooSoon ? 'soon' : tooFar ? 'far' : 'free'] += 1
  }
  for (const { slots: list } of days.values()) list.sort((a, b) => (a.start < b.start ? -1 : 1))
  return days
}

export interface Hour {
  /** Stays the same while slots come and go. */
  key: string
  hour: number
  slots: OwnSlot[]
  /** The hour comes a second time that day, or the first of two: the offset must be said. */
  twice: boolean
}

/** Hours follow the instants, so on an autumn night the same hour stands there twice, each with its own slots. */
export function hoursOf(slots: readonly OwnSlot[], zone: string): { part: DayPart; hours: Hour[] }[] {
  const hours: Hour[] = []
  let minuteBefore = 60
  for (const slot of slots) {
    const { hour, minute } = wallOfSlot(slot, zone)
    const last = hours.at(-1)
    if (last === undefined || last.hour !== hour || minute <= minuteBefore) {
      const again = hours.filter((other) => other.hour === hour).length
      hours.push({ key: `${hour}.${again}`, hour, slots: [slot], twice: false })
    } else last.slots.push(slot)
    minuteBefore = minute
  }
  const parts: { part: DayPart; hours: Hour[] }[] = []
  for (const one of hours) {
    one.twice = hours.some((other) => other !== one && other.hour === one.hour)
    const part = dayPart(one.hour)
    const last = parts.at(-1)
    if (last?.part === part) last.hours.push(one)
    else parts.push({ part, hours: [one] })
  }
  return parts
}
