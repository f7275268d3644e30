/** Times on the pages of links, in the language and on the clock of whoever reads them. */
import { Temporal } from 'temporal-polyfill'
import type { Language } from '../domain/languages.js'

const DAY = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' } as const
const CLOCK = { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' } as const

export function dayText(at: number, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { ...DAY, timeZone }).format(at)
}

export function daysText(first: number, last: number, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { ...DAY, timeZone }).formatRange(first, last)
}

export function momentText(at: number, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { ...DAY, ...CLOCK, timeZone }).format(at)
}

export function spanText(start: number, end: number, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { ...DAY, ...CLOCK, timeZone }).formatRange(start, end)
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
