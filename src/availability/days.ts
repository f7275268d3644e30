/** Days on the wall of a zone, as spans of instants. Some have 23, 23.5 or 25 hours, some do not begin at midnight, one never was. */
import { Temporal } from 'temporal-polyfill'

export interface Span {
  /** First instant, ms. */
  from: number
  /** First instant that is no longer part of it, ms. */
  to: number
}

/** From the start of a day to the start of the next; null where the zone skipped that day (Apia, 2011-12-30). */
export function dayBounds(day: string, timeZone: string): Span | null {
  const from = startOfDay(Temporal.PlainDate.from(day), timeZone)
  const to = endOfDay(day, timeZone)
  // The start of a skipped day is the start of the day after it.
  return from < to ? { from, to } : null
}

/** The end of a day is where the next one starts, which is not always a midnight that the clocks show. */
export function endOfDay(day: string, timeZone: string): number {
  return startOfDay(Temporal.PlainDate.from(day).add({ days: 1 }), timeZone)
}

function startOfDay(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds
}

/** The day that an instant is on. */
export function dayIn(timeZone: string, instant: number): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}
