/** How times are written in a mail: in the language of its reader, with the zone that they are in. */
import { dateFormat } from '../domain/date-formats.js'
import type { Language } from '../domain/languages.js'

const DATE = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' } as const
const TIME = { hour: '2-digit', minute: '2-digit' } as const

/** Friday, 13 August 2027 at 14:00–14:45 (Central European Summer Time) */
export function spanText(start: number, end: number, timeZone: string, language: Language): string {
  const format = dateFormat(language, { ...DATE, ...TIME, timeZone })
  return `${format.formatRange(start, end)} (${zoneName(start, timeZone, language)})`
}

/** One moment of a day: Friday, 13 August 2027 at 14:00 */
export function momentText(at: number, timeZone: string, language: Language): string {
  return dateFormat(language, { ...DATE, ...TIME, timeZone }).format(at)
}

/** For subjects: Fri, 13 Aug, 14:00 */
export function shortText(at: number, timeZone: string, language: Language): string {
  const short = { weekday: 'short', day: 'numeric', month: 'short', ...TIME } as const
  return dateFormat(language, { ...short, timeZone }).format(at)
}

export function zoneName(at: number, timeZone: string, language: Language): string {
  const parts = dateFormat(language, { timeZone, timeZoneName: 'long' }).formatToParts(at)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone
}
