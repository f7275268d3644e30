/** Days on the pages of links, in the language and on the clock of whoever reads them. */
import { Temporal } from 'temporal-polyfill'
import { dateFormat } from '../domain/date-formats.js'
import type { Language } from '../domain/languages.js'

const DAY = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' } as const

export function dayText(at: number, language: Language, timeZone: string): string {
  return dateFormat(language, { ...DAY, timeZone }).format(at)
}

export function daysText(first: number, last: number, language: Language, timeZone: string): string {
  return dateFormat(language, { ...DAY, timeZone }).formatRange(first, last)
}

export function dayInZone(at: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString()
}

/** Null where it is no day. */
export function daySpan(day: string, zone: string): { from: number; to: number } | null {
  try {
    const date = Temporal.PlainDate.from(day)
    const begin = (one: Temporal.PlainDate) => one.toZonedDateTime(zone).epochMilliseconds
    return { from: begin(date), to: begin(date.add({ days: 1 })) }
  } catch {
    return null
  }
}
