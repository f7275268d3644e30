/** Days, times, spans and numbers as a reader's locale writes them. */
import { type Language, languages } from '../../domain/languages.js'
import { dayOf } from './time.js'

export interface Wording {
  time(instant: number, zone: string): string
  /** The time there, with the day where it is another one than here: "Sat, 8:45 AM". */
  timeElsewhere(instant: number, here: string, there: string): string
  /** "9:00 – 9:30"; the dash has no direction, so it reads from either side. */
  range(from: number, to: number, zone: string): string
  day(day: string, style?: DayStyle): string
  /** The same as `day`, told apart: the figure of the day, and what stands before and after it. */
  dayInParts(day: string): { before: string; figure: string; after: string }
  dayOfInstant(instant: number, zone: string): string
  /** Day and time: "Fri 4 Dec, 10:00", or with the day in another style. */
  moment(instant: number, zone: string, style?: DayStyle): string
  /** From one day to another, with the year: "30 Nov – 6 Dec 2026". */
  span(first: string, last: string): string
  /** `GMT+2`: only where the wall time alone does not say which of two it is. */
  offset(zone: string, instant: number): string
  /** "29 minutes", "1 hour 30 minutes", "3 days"; a begun second counts, and one day is 24 hours. */
  duration(ms: number): string
  /** "45 min" */
  shortMinutes(minutes: number): string
  number(value: number): string
  /** What stands between the members of a list, which is another comma in Arabic. */
  comma: string
  list(members: readonly string[]): string
  /** A text of figures, as of a countdown, in the figures of the locale. */
  figures(text: string): string
}

/** `column` stands above a column of days, where there is room for two or three letters. */
export type DayStyle = 'long' | 'short' | 'date' | 'weekday' | 'weekdayName' | 'column' | 'month'

const DAYS: Record<DayStyle, Intl.DateTimeFormatOptions> = {
  long: { weekday: 'long', day: 'numeric', month: 'long' },
  short: { weekday: 'short', day: 'numeric', month: 'short' },
  date: { day: 'numeric', month: 'short' },
  weekday: { weekday: 'short' },
  weekdayName: { weekday: 'long' },
  column: { weekday: 'short' },
  month: { month: 'long', year: 'numeric' },
}
const DAY_SECONDS = 86_400

/** Languages whose short names of weekdays are as long as the long ones. */
const NARROW_COLUMNS = /^ar\b/

/** `locale`: with which days and numbers are written. `hour12`: where the clock is another one than that of the locale. */
export function wording(locale: string, hour12: boolean = countsToTwelve(locale)): Wording {
  // Days are those of the contract; some locales have another calendar of their own.
  const tag = new Intl.Locale(locale, { calendar: 'gregory' }).toString()
  const times = new Map<string, Intl.DateTimeFormat>()
  const days = new Map<DayStyle, Intl.DateTimeFormat>()
  const numbers = new Intl.NumberFormat(tag)
  const figures = Array.from({ length: 10 }, (_, figure) => numbers.format(figure))
  const together = new Intl.ListFormat(tag, { type: 'unit', style: 'narrow' })
  const spans = new Intl.DateTimeFormat(tag, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  })
  const comma = /^ar\b/.test(tag) ? '، ' : ', '
  const list = (members: readonly string[]) => members.join(comma)

  const dayFormat = (style: DayStyle) => {
    let format = days.get(style)
    if (format === undefined) {
      const narrow = style === 'column' && NARROW_COLUMNS.test(tag) && { weekday: 'narrow' as const }
      format = new Intl.DateTimeFormat(tag, { ...DAYS[style], ...narrow, timeZone: 'UTC' })
      days.set(style, format)
    }
    return format
  }
  const midnight = (day: string) => Date.parse(`${day}T00:00:00Z`)
  const inDays = (day: string, style: DayStyle = 'long') => dayFormat(style).format(midnight(day))

  const time = (instant: number, zone: string) => {
    let format = times.get(zone)
    if (format === undefined) {
      format = new Intl.DateTimeFormat(tag, {
        timeZone: zone,
        hour: hour12 ? 'numeric' : '2-digit',
        minute: '2-digit',
        hourCycle: hour12 ? 'h12' : 'h23',
      })
      times.set(zone, format)
    }
    return format.format(instant).replace(/[\u202f\u00a0]/g, ' ')
  }

  const count = (
    value: number,
    unit: 'second' | 'minute' | 'hour' | 'day',
    unitDisplay: 'long' | 'short' = 'long',
  ) => new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay }).format(value)

  return {
    time,
    timeElsewhere(instant, here, there) {
      const day = dayOf(instant, there)
      return `${day === dayOf(instant, here) ? '' : `${inDays(day, 'weekday')}${comma}`}${time(instant, there)}`
    },
    day: inDays,
    dayInParts(day) {
      const parts = dayFormat('long').formatToParts(midnight(day))
      const at = parts.findIndex(({ type }) => type === 'day')
      const text = (some: Intl.DateTimeFormatPart[]) => some.map(({ value }) => value).join('')
      return {
        before: text(parts.slice(0, at)),
        figure: parts[at]?.value ?? '',
        after: text(parts.slice(at + 1)),
      }
    },
    dayOfInstant: (instant, zone) => inDays(dayOf(instant, zone)),
    range: (from, to, zone) => `${time(from, zone)} – ${time(to, zone)}`,
    moment: (instant, zone, style = 'short') =>
      list([inDays(dayOf(instant, zone), style), time(instant, zone)]),
    span: (first, last) => spans.formatRange(midnight(first), midnight(last)),
    offset: (zone, instant) =>
      new Intl.DateTimeFormat(tag, { timeZone: zone, timeZoneName: 'shortOffset' })
        .formatToParts(instant)
        .find((part) => part.type === 'timeZoneName')?.value ?? zone,
    duration(ms) {
      const seconds = Math.max(0, Math.ceil(ms / 1000))
      if (seconds < 60) return count(seconds, 'second')
      if (seconds > DAY_SECONDS && seconds % DAY_SECONDS === 0) return count(seconds / DAY_SECONDS, 'day')
      const minutes = Math.round(seconds / 60)
      const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
      return together.format([
        ...(hours > 0 ? [count(hours, 'hour')] : []),
        ...(rest > 0 ? [count(rest, 'minute')] : []),
      ])
    },
    shortMinutes: (minutes) => count(minutes, 'minute', 'short'),
    number: (value) => numbers.format(value),
    comma,
    list,
    figures: (text) => text.replace(/\d/g, (figure) => figures[Number(figure)] ?? figure),
  }
}

export function countsToTwelve(locale: string): boolean {
  return new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions().hour12 ?? false
}

/** With which locale days and numbers are written: that of the browser in this language ("de-AT"), else the language. */
export function localeFor(language: Language, tags: readonly string[]): string {
  return tags.find((tag) => languageIn(tag) === language) ?? plain(language)
}

/**
 * Whose clock and weeks the reader is used to: those of the browser's own region, also where the page is in another
 * language, picked by hand or for want of the reader's own. A browser that names no region has those of the page.
 */
export function habitsFor(language: Language, tags: readonly string[]): string {
  const own = tags.find((tag) => languageIn(tag) !== undefined)
  if (own === undefined || languageIn(own) === language) return localeFor(language, tags)
  return isOurs(own) && new Intl.Locale(own).region === undefined ? localeFor(language, tags) : own
}

/** English without a country is read all over the world, by more who count hours to 24 and begin weeks on Monday. */
function plain(language: Language): string {
  return language === 'en' ? 'en-GB' : language
}

function isOurs(tag: string): boolean {
  return languages.some((language) => languageIn(tag) === language)
}

/** Undefined where a browser reports what is no language tag, "en-US@posix". */
function languageIn(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).language
  } catch {
    return undefined
  }
}

/** Regions whose week does not begin on Monday (CLDR), for browsers whose Intl does not say. */
const SUNDAY_FIRST =
  'AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN IS JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW'
const SATURDAY_FIRST = 'AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY'

interface LocaleWithWeek extends Intl.Locale {
  getWeekInfo?(): { firstDay: number }
  /** What the method was before it was one. */
  weekInfo?: { firstDay: number }
}

/** The weekday with which weeks begin there: 1 is Monday, 7 is Sunday. */
export function firstWeekdayOf(tag: string): number {
  try {
    const locale: LocaleWithWeek = new Intl.Locale(tag)
    const { firstDay } = locale.getWeekInfo?.() ?? locale.weekInfo ?? {}
    return firstDay ?? firstWeekdayIn(locale.maximize().region ?? '')
  } catch {
    return 1
  }
}

export function firstWeekdayIn(region: string): number {
  if (SUNDAY_FIRST.split(' ').includes(region)) return 7
  if (SATURDAY_FIRST.split(' ').includes(region)) return 6
  return region === 'MV' ? 5 : 1
}
