/** Somebody waits for a time to come free: for what, how it ends, and which times suit. */
import { type OffsetAt, wallTimeAt } from './zone-offsets.js'

export const waitStates = ['waiting', 'offered', 'booked', 'lapsed', 'left'] as const
export type WaitState = (typeof waitStates)[number]

/** Of one client at a time, and of one calendar. */
export const MOST_OWN_WAITS = 5
export const MOST_WAITS = 500
/** From one end to the other. */
export const LONGEST_WAIT_MS = 366 * 86_400_000

/** Which starts suit. */
export interface WaitWish {
  from: number
  /** First instant that does not suit any more. */
  to: number
  /** 1 is Monday; without them every day. On the clock of the provider, as `between`. */
  weekdays?: readonly number[]
  /** HH:MM; the last is the first time that does not suit any more. */
  between?: { from: string; to: string }
}

/** What is waited for, as far as it tells whether two want the same. */
interface Wanted extends Pick<WaitWish, 'weekdays' | 'between'> {
  serviceId?: string
  from: number | Date
  to: number | Date
}

/** An ended wait never goes on. */
export function isOver(state: WaitState): boolean {
  return state !== 'waiting' && state !== 'offered'
}

export function suits({ from, to, weekdays, between }: WaitWish, start: number, offsetAt: OffsetAt): boolean {
  if (start < from || start >= to) return false
  if (!weekdays && !between) return true
  const [day = '', time = ''] = wallTimeAt(start, offsetAt).split('T')
  if (weekdays && !weekdays.includes(weekdayOf(day))) return false
  return !between || (time >= between.from && time < between.to)
}

/** Whether one time could be offered to either of two who wait. */
export function areRivals(a: Wanted, b: Wanted): boolean {
  const isSameVisit = a.serviceId === undefined || b.serviceId === undefined || a.serviceId === b.serviceId
  if (!isSameVisit || a.from >= b.to || b.from >= a.to) return false
  const [days, hours] = [b.weekdays, b.between]
  if (a.weekdays && days && !a.weekdays.some((day) => days.includes(day))) return false
  return !a.between || !hours || (a.between.from < hours.to && hours.from < a.between.to)
}

function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}
