/** Weekly hours as a form has them, and what is wrong with them. Pure. */
import { type HoursSpan, minutesOf } from '../../domain/schedule.js'
import type { WeeklySpan } from '../../schemas/schedule.js'
import { fromMinutes } from '../provider/plan.js'

/** The hours of each weekday, Monday first. A time that is not filled in yet is empty. */
export type Week = readonly (readonly HoursSpan[])[]

export const weekdays = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const
/** Monday to Friday. */
const WORKDAYS = 5
const STEP_MINUTES = 15
const DAY_MINUTES = 24 * 60

const usualDay: readonly HoursSpan[] = [
  { from: '09:00', to: '12:00' },
  { from: '13:00', to: '17:00' },
]

/** What a provider who has no hours yet may save as it stands. */
export const usualWeek: Week = weekdays.map((_, index) => (index < WORKDAYS ? usualDay : []))

export function weekFrom(weekly: readonly WeeklySpan[]): Week {
  return weekdays.map((_, index) =>
    weekly
      .filter(({ weekday }) => weekday === index + 1)
      .map(({ from, to }) => ({ from, to }))
      .sort((a, b) => minutesOf(a.from) - minutesOf(b.from)),
  )
}

export function weeklyFrom(week: Week): WeeklySpan[] {
  return week.flatMap((spans, index) => spans.map(({ from, to }) => ({ weekday: index + 1, from, to })))
}

/** In the order in which the reader's weeks have them; 0 is Monday. */
export function orderedWeekdays(firstWeekday: number): number[] {
  return weekdays.map((_, index) => (firstWeekday - 1 + index) % weekdays.length)
}

export function faultIn({ from, to }: HoursSpan): string | null {
  if (from === '' || to === '') return 'Fill in both times.'
  if (minutesOf(from) % STEP_MINUTES !== 0 || minutesOf(to) % STEP_MINUTES !== 0)
    return 'Times begin and end on the quarter hour.'
  return minutesOf(to) <= minutesOf(from) ? 'The end must be after the start.' : null
}

export function hasFault(week: Week): boolean {
  return week.some((spans) => spans.some((span) => faultIn(span) !== null))
}

/** What another span of the day is likely to be: after an hour's pause, or the morning of a day without any. */
export function nextSpan(spans: readonly HoursSpan[]): HoursSpan {
  const last = spans.at(-1)
  if (last === undefined) return usualDay[0] ?? { from: '', to: '' }
  const from = minutesOf(last.to) + 60
  if (last.to === '' || from >= DAY_MINUTES) return { from: '', to: '' }
  return { from: fromMinutes(from), to: fromMinutes(Math.min(from + 240, DAY_MINUTES)) }
}

/** Whether Monday to Friday all are as this day is. */
export function isCopied(week: Week, day: number): boolean {
  return week.slice(0, WORKDAYS).every((spans) => same(spans, week[day] ?? []))
}

export function copiedToWorkdays(week: Week, day: number): Week {
  return week.map((spans, index) => (index < WORKDAYS ? (week[day] ?? []) : spans))
}

export function sameWeek(a: Week, b: Week): boolean {
  return a.every((spans, index) => same(spans, b[index] ?? []))
}

function same(a: readonly HoursSpan[], b: readonly HoursSpan[]): boolean {
  return (
    a.length === b.length &&
    a.every((span, index) => span.from === b[index]?.from && span.to === b[index]?.to)
  )
}
