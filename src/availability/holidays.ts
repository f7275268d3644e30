/**
 * The all-day events of a calendar file (RFC 5545) -> days on which nothing is offered. Pure.
 *
 * Read as calendars in use write them, not as strictly as the standard: a line may end with LF alone, a date may come
 * without VALUE=DATE, and an event whose end is its start is one day. Whatever the text says, reading it takes a time
 * in proportion to its length: no pattern here backtracks, and a rule is followed from year to year, not further.
 */
import { addDays } from '../domain/days.js'
import { MISLEADING } from '../domain/texts.js'

/** From one day to another, both included. */
export interface Holiday {
  from: string
  to: string
  summary: string
}

export interface Skipped {
  summary: string
  reason: string
  code: SkipCode
  /** Of those that are not listed. */
  count?: number
}

export type SkipCode = keyof typeof reasons
const reasons = {
  no_date: 'It has no date',
  not_a_whole_day: 'It is not a whole day',
  not_whole_days: 'Its length is not whole days',
  too_long: 'It is longer than a year',
  other_rule: 'It repeats by a rule other than each year',
  not_listed: 'They are not listed',
} as const

export interface HolidaysRead {
  /** By their first day, the same days once. */
  days: Holiday[]
  skipped: Skipped[]
  /** Nothing was read. */
  fault?: 'too_large' | 'not_a_calendar'
}

/** As the route takes it too. */
export const MAX_ICS_BYTES = 256 * 1024
const MAX_SUMMARY = 200
/** A single event that closes more than a year is a mistake more likely than a holiday. */
const MAX_DAYS = 366
const YEARS_AHEAD = 3
const MAX_SKIPPED = 200
/** More than any provider may close; what follows is not looked at. */
const MAX_FOUND = 500
const UNNAMED = 'Untitled'

/** When what matters may begin, as YYYYMMDD. */
interface Reach {
  earliest: string
  latest: string
  /** The last year for which what repeats is taken over. */
  lastOfRules: number
}

/** What lies between today and `through`, or begins before today and is not over; skipped is what cannot be taken over. */
export function holidaysIn(
  ics: string,
  { today, through }: { today: string; through: string },
): HolidaysRead {
  if (new TextEncoder().encode(ics).length > MAX_ICS_BYTES)
    return { days: [], skipped: [], fault: 'too_large' }
  const events = eventsIn(ics)
  if (events === null) return { days: [], skipped: [], fault: 'not_a_calendar' }
  const reach = {
    earliest: basic(addDays(today, -MAX_DAYS)),
    latest: basic(through),
    lastOfRules: yearOf(today) + YEARS_AHEAD,
  }
  const found = new Map<string, Holiday>()
  const skipped: Skipped[] = []
  const changed = changedDates(events)
  for (const event of events) {
    if (textOf(event, 'STATUS').toUpperCase() === 'CANCELLED') continue
    const summary = summaryOf(event)
    const read = readEvent(event)
    if (!read.ok) {
      if (read.last === undefined || read.last >= today) skipped.push(skip(summary, read.code))
      continue
    }
    const without = event.has('RECURRENCE-ID') ? undefined : changed.get(textOf(event, 'UID'))
    for (const start of startsOf(read, reach)) {
      if (found.size === MAX_FOUND) break
      if (read.except.has(start) || without?.has(start)) continue
      const from = dayOf(start)
      const to = dayOf(start, read.days - 1)
      if (to >= today) add(found, { from, to, summary })
    }
  }
  const days = [...found.values()].sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to))
  return { days, skipped: shortened(skipped) }
}

/** Two holidays may fall on one day. */
function add(found: Map<string, Holiday>, day: Holiday): void {
  const key = `${day.from} ${day.to}`
  const known = found.get(key)
  if (known === undefined) found.set(key, day)
  else if (!known.summary.split(', ').includes(day.summary)) {
    known.summary = cut(`${known.summary}, ${day.summary}`)
  }
}

function skip(summary: string, code: SkipCode): Skipped {
  return { summary, reason: reasons[code], code }
}

function shortened(skipped: Skipped[]): Skipped[] {
  if (skipped.length <= MAX_SKIPPED) return skipped
  const count = skipped.length - MAX_SKIPPED
  return [...skipped.slice(0, MAX_SKIPPED), { ...skip(`${count} more`, 'not_listed'), count }]
}

interface Property {
  params: ReadonlyMap<string, string>
  value: string
}

/** The properties of an event by their names; those of its alarms are not among them. */
type Event = ReadonlyMap<string, readonly Property[]>

/** Null where the text is no calendar. */
function eventsIn(ics: string): Event[] | null {
  const events: Event[] = []
  /** The names of the components around a line. */
  const open: string[] = []
  let isCalendar = false
  let event: Map<string, Property[]> | null = null
  for (const line of unfolded(ics)) {
    const read = readLine(line)
    if (read === null) continue
    const { name, property } = read
    const component = property.value.trim().toUpperCase()
    if (name === 'BEGIN') {
      open.push(component)
      if (component === 'VCALENDAR') isCalendar = true
      if (component === 'VEVENT') event = new Map()
    } else if (name === 'END') {
      if (open.pop() === 'VEVENT' && event !== null) {
        events.push(event)
        event = null
      }
    } else if (event !== null && open.at(-1) === 'VEVENT') {
      const same = event.get(name)
      if (same) same.push(property)
      else event.set(name, [property])
    }
  }
  return isCalendar ? events : null
}

/** A line that begins with a space or a tab goes on with the one before it. */
function unfolded(ics: string): string[] {
  const lines: string[] = []
  for (const line of ics.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    const isMore = line.startsWith(' ') || line.startsWith('\t')
    if (isMore && lines.length > 0) lines.push(`${lines.pop()}${line.slice(1)}`)
    else lines.push(line)
  }
  return lines
}

/** `NAME;PARAM=value;OTHER="a:b":value`; null where there is no value. */
function readLine(line: string): { name: string; property: Property } | null {
  const parts: string[] = []
  let isQuoted = false
  let from = 0
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]
    if (letter === '"') isQuoted = !isQuoted
    if (isQuoted || (letter !== ';' && letter !== ':')) continue
    parts.push(line.slice(from, at))
    from = at + 1
    if (letter === ':') {
      const [name = '', ...params] = parts
      return {
        name: name.trim().toUpperCase(),
        property: { params: new Map(params.map(readParam)), value: line.slice(from) },
      }
    }
  }
  return null
}

function readParam(param: string): [name: string, value: string] {
  const at = param.indexOf('=')
  return [param.slice(0, at).toUpperCase(), param.slice(at + 1).replaceAll('"', '')]
}

function textOf(event: Event, name: string): string {
  return event.get(name)?.[0]?.value.trim() ?? ''
}

function summaryOf(event: Event): string {
  const text = textOf(event, 'SUMMARY')
    .replace(/\\(.)/g, (_, letter: string) => (letter === 'n' || letter === 'N' ? ' ' : letter))
    // What no text of ours may have.
    .replace(new RegExp(MISLEADING, 'gu'), ' ')
    .replace(/ +/g, ' ')
    .trim()
  return text === '' ? UNNAMED : cut(text)
}

/** Between letters, of which some count as two. */
function cut(text: string): string {
  return text.length <= MAX_SUMMARY ? text : `${[...text].slice(0, MAX_SUMMARY / 2 - 1).join('')}…`
}

interface AllDay {
  ok: true
  /** YYYYMMDD */
  start: string
  days: number
  /** Further dates on which it begins. */
  also: string[]
  rule: YearlyRule | null
  /** Dates on which it does not begin. */
  except: ReadonlySet<string>
}

/** `last`: its date, where it comes once; what is over need not be named. */
type EventRead = AllDay | { ok: false; code: SkipCode; last?: string }

function readEvent(event: Event): EventRead {
  const [first] = event.get('DTSTART') ?? []
  const day = first && dateOf(first.value)
  if (first === undefined || day === undefined) return { ok: false, code: 'no_date' }
  const rule = textOf(event, 'RRULE')
  const last = rule === '' ? { last: dayOf(day) } : {}
  if (!isAllDay(event, first)) return { ok: false, code: 'not_a_whole_day', ...last }
  const days = lengthOf(event, day)
  if (days === null) return { ok: false, code: 'not_whole_days', ...last }
  if (days > MAX_DAYS) return { ok: false, code: 'too_long' }
  const yearly = rule === '' ? null : readRule(rule, day)
  if (yearly === undefined) return { ok: false, code: 'other_rule' }
  return {
    ok: true,
    start: day,
    days,
    also: datesOf(event, 'RDATE'),
    rule: yearly,
    except: new Set(datesOf(event, 'EXDATE')),
  }
}

/** Exchange writes whole days as midnights, and says so. */
function isAllDay(event: Event, { params, value }: Property): boolean {
  if (params.get('VALUE')?.toUpperCase() === 'DATE' || /^\d{8}$/.test(value.trim())) return true
  const isMarked = textOf(event, 'X-MICROSOFT-CDO-ALLDAYEVENT').toUpperCase() === 'TRUE'
  return isMarked && [value.trim(), textOf(event, 'DTEND')].every((one) => /^\d{8}T000000$/.test(one))
}

/** In days; null where it is none. The end is the first day that is no longer part of it. */
function lengthOf(event: Event, start: string): number | null {
  const end = textOf(event, 'DTEND')
  if (end !== '') {
    const day = dateOf(end)
    return day === undefined ? null : Math.max(1, (instantOf(day) - instantOf(start)) / DAY_MS)
  }
  const duration = textOf(event, 'DURATION')
  if (duration === '') return 1
  const [, weeks, days] = /^\+?P(?:(\d{1,3})W|(\d{1,3})D)$/.exec(duration) ?? []
  if (weeks === undefined && days === undefined) return null
  return Math.max(1, Number(weeks ?? 0) * 7 + Number(days ?? 0))
}

interface YearlyRule {
  interval: number
  /** YYYYMMDD */
  until?: string
  count?: number
}

/** Undefined where it is another rule than the same date each year. */
function readRule(rule: string, start: string): YearlyRule | undefined {
  const { month, day } = partsOf(start)
  const parts = new Map(rule.split(';').map((part) => readParam(part.trim())))
  const get = (name: string) => parts.get(name) ?? ''
  const known = new Set(['FREQ', 'INTERVAL', 'UNTIL', 'COUNT', 'WKST', 'BYMONTH', 'BYMONTHDAY'])
  if (get('FREQ').toUpperCase() !== 'YEARLY' || [...parts.keys()].some((name) => !known.has(name))) return
  // BYMONTHDAY alone would be that day of each month.
  if (parts.has('BYMONTHDAY') && !parts.has('BYMONTH')) return
  if (parts.has('BYMONTH') && Number(get('BYMONTH')) !== month) return
  if (parts.has('BYMONTHDAY') && Number(get('BYMONTHDAY')) !== day) return
  const [interval, count] = [wholeNumber(parts.get('INTERVAL')), wholeNumber(parts.get('COUNT'))]
  const until = dateOf(get('UNTIL'))
  if (interval === null || count === null || (parts.has('UNTIL') && until === undefined)) return
  return {
    interval: interval ?? 1,
    ...(until !== undefined && { until }),
    ...(count !== undefined && { count }),
  }
}

function wholeNumber(text: string | undefined): number | null | undefined {
  if (text === undefined) return
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : null
}

/** The dates (YYYYMMDD) on which an event begins, those that may matter. */
function startsOf({ start, also, rule }: AllDay, reach: Reach): string[] {
  const starts = rule === null ? [start] : yearly(start, rule, reach)
  return [...new Set([...starts, ...also])].filter((date) => date >= reach.earliest && date <= reach.latest)
}

function yearly(start: string, rule: YearlyRule, reach: Reach): string[] {
  const { year: first, month, day } = partsOf(start)
  const [earliest, latest] = [yearOf(reach.earliest), Math.min(yearOf(reach.latest), reach.lastOfRules)]
  const dates: string[] = []
  let count = 0
  for (let year = first; year <= latest; year += rule.interval) {
    // The 29th of February comes, and counts, in leap years only.
    if (month === 2 && day === 29 && !isLeap(year)) continue
    count += 1
    if (count > (rule.count ?? count)) break
    if (year < earliest) continue
    const date = `${year}`.padStart(4, '0') + start.slice(4)
    if (date <= (rule.until ?? date)) dates.push(date)
  }
  return dates
}

function yearOf(date: string): number {
  return Number(date.slice(0, 4))
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** What a calendar has changed about single dates of an event that repeats, by the event. */
function changedDates(events: readonly Event[]): Map<string, Set<string>> {
  const changed = new Map<string, Set<string>>()
  for (const event of events) {
    const date = dateOf(textOf(event, 'RECURRENCE-ID'))
    if (date === undefined) continue
    const uid = textOf(event, 'UID')
    changed.set(uid, (changed.get(uid) ?? new Set()).add(date))
  }
  return changed
}

function datesOf(event: Event, name: string): string[] {
  const values = (event.get(name) ?? []).flatMap(({ value }) => value.split(','))
  return values.flatMap((value) => dateOf(value) ?? [])
}

/** The date (YYYYMMDD) that a date or a time begins with; undefined where it is none. */
function dateOf(value: string): string | undefined {
  const [, date, year = '', month = '', day = ''] =
    /^((\d{4})(\d\d)(\d\d))(?:$|T|\/)/.exec(value.trim()) ?? []
  if (date === undefined || year === '0000') return
  const lengths = [31, isLeap(Number(year)) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return Number(day) >= 1 && Number(day) <= (lengths[Number(month) - 1] ?? 0) ? date : undefined
}

function partsOf(date: string): { year: number; month: number; day: number } {
  return { year: yearOf(date), month: Number(date.slice(4, 6)), day: Number(date.slice(6, 8)) }
}

const DAY_MS = 86_400_000

function instantOf(date: string): number {
  return Date.parse(`${dashed(date)}T00:00:00Z`)
}

function basic(day: string): string {
  return day.replaceAll('-', '')
}

function dashed(date: string): string {
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`
}

/** YYYY-MM-DD of a date, so many days later. */
function dayOf(date: string, days = 0): string {
  return days === 0 ? dashed(date) : addDays(dashed(date), days)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
