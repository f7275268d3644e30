/** Weekly hours as a form has them, and what is wrong with them. Pure. */
import { type HoursSpan, minutesOf, timeOfDay } from '../../domain/schedule.js'
import type { WeeklySpan } from '../../schemas/schedule.js'

/** The hours of each weekday, Monday first. */
export type Week = readonly (readonly HoursSpan[])[]

const DAYS = 7
/** Monday to Friday. */
const WORKDAYS = 5
export const STEP_MINUTES = 15
const DAY_MINUTES = 24 * 60

const MORNING: HoursSpan = { from: '09:00', to: '12:00' }
const usualDay: readonly HoursSpan[] = [MORNING, { from: '13:00', to: '17:00' }]

/** What a provider who has no hours yet may save as it stands. */
export const usualWeek: Week = forEachDay((day) => (day < WORKDAYS ? usualDay : []))

export function weekFrom(weekly: readonly WeeklySpan[]): Week {
  return forEachDay((day) =>
    weekly
      .filter(({ weekday }) => weekday === day + 1)
      .map(({ from, to }) => ({ from, to }))
      .sort((a, b) => minutesOf(a.from) - minutesOf(b.from)),
  )
}

export function weeklyFrom(week: Week): WeeklySpan[] {
  return week.flatMap((spans, index) => spans.map(({ from, to }) => ({ weekday: index + 1, from, to })))
}

/** In the order in which the reader's weeks have them; 0 is Monday. */
export function orderedWeekdays(firstWeekday: number): number[] {
  return forEachDay((day) => (firstWeekday - 1 + day) % DAYS)
}

/** The end must be after the start. */
export function isBackwards({ from, to }: HoursSpan): boolean {
  return minutesOf(to) <= minutesOf(from)
}

export function hasFault(week: Week): boolean {
  return week.some((spans) => spans.some(isBackwards))
}

/** What another block of the day is likely to be: after an hour's pause, or the morning of a day without any. */
export function nextSpan(spans: readonly HoursSpan[]): HoursSpan {
  const from = minutesOf(spans.at(-1)?.to ?? '24:00') + 60
  if (from >= DAY_MINUTES) return MORNING
  return { from: timeOfDay(from), to: timeOfDay(Math.min(from + 240, DAY_MINUTES)) }
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

/** 0 is Monday. */
function forEachDay<Value>(of: (day: number) => Value): Value[] {
  return Array.from({ length: DAYS }, (_, day) => of(day))
}

function same(a: readonly HoursSpan[], b: readonly HoursSpan[]): boolean {
  return (
    a.length === b.length &&
    a.every((span, index) => span.from === b[index]?.from && span.to === b[index]?.to)
  )
}
