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

function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}
