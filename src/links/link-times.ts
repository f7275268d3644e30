/** Times on the pages of links, in the language and on the clock of whoever reads them. */
import type { Language } from '../domain/languages.js'

const DAY = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' } as const
const CLOCK = { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' } as const

export function dayText(at: number, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { ...DAY, timeZone }).format(at)
}

export function momentText(at: number, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { ...DAY, ...CLOCK, timeZone }).format(at)
}

export function spanText(start: number, end: number, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { ...DAY, ...CLOCK, timeZone }).formatRange(start, end)
}
