/**
 * Days and wall times in a zone, by the zone rules the browser has. Instants are milliseconds since the epoch, a day
 * is `YYYY-MM-DD`. No offset arithmetic on wall time: everything asks Intl what the clock on the wall says.
 */
import { addDays } from '../../domain/days.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export interface Wall {
  day: string
  hour: number
  minute: number
}

const walls = new Map<string, Intl.DateTimeFormat>()

function wallFormat(zone: string): Intl.DateTimeFormat {
  let format = walls.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    walls.set(zone, format)
  }
  return format
}

export function wallOf(instant: number, zone: string): Wall {
  const part: Record<string, string> = {}
  for (const { type, value } of wallFormat(zone).formatToParts(instant)) part[type] = value
  return {
    day: `${part.year?.padStart(4, '0')}-${part.month}-${part.day}`,
    hour: Number(part.hour),
    minute: Number(part.minute),
  }
}

export function dayOf(instant: number, zone: string): string {
  return wallOf(instant, zone).day
}

const starts = new Map<string, number>()

/** The first instant of a day: not always midnight, and found by asking, since clocks may change just then. */
export function startOfDay(day: string, zone: string): number {
  const key = `${zone} ${day}`
  const known = starts.get(key)
  if (known !== undefined) return known
  const noon = Date.parse(`${day}T00:00:00Z`)
  let low = noon - 15 * HOUR
  let high = noon + 15 * HOUR
  while (high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE
    if (dayOf(middle, zone) < day) low = middle
    else high = middle
  }
  starts.set(key, high)
  return high
}

/** 1 is Monday, 7 is Sunday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}

/** The day on or before this one with which its week begins, for a reader whose weeks begin on that weekday. */
export function startOfWeek(day: string, firstWeekday: number): string {
  return addDays(day, -((weekdayOf(day) - firstWeekday + 7) % 7))
}

export function weekOf(first: string): string[] {
  return Array.from({ length: 7 }, (_, index) => addDays(first, index))
}

/** The weeks a month's calendar shows. */
export function monthWeeks(month: string, firstWeekday: number): string[][] {
  const last = addDays(`${addDays(`${month}-01`, 31).slice(0, 7)}-01`, -1)
  const weeks: string[][] = []
  for (let first = startOfWeek(`${month}-01`, firstWeekday); first <= last; first = addDays(first, 7)) {
    weeks.push(weekOf(first))
  }
  return weeks
}

export function addMonths(month: string, count: number): string {
  const [year = 0, index = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, index - 1 + count, 1)).toISOString().slice(0, 7)
}

export type Resolved = { ok: true; instant: number } | { ok: false; why: 'missing' | 'twice' }

/** The instant of a wall time, or that it does not exist or exists twice that day. 24:00 is the next day's start. */
export function instantOf(day: string, time: string, zone: string): Resolved {
  if (time === '24:00') return { ok: true, instant: startOfDay(addDays(day, 1), zone) }
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  const asUtc = Date.parse(`${day}T${time}:00Z`)
  const found = new Set<number>()
  // Wall time less its offset; the offsets in force a day before and after are all there can be.
  for (const near of [asUtc - DAY, asUtc + DAY]) {
    const candidate = asUtc - offsetAt(near, zone)
    const wall = wallOf(candidate, zone)
    if (wall.day === day && wall.hour === hour && wall.minute === minute) found.add(candidate)
  }
  const [instant] = found
  if (instant === undefined) return { ok: false, why: 'missing' }
  return found.size > 1 ? { ok: false, why: 'twice' } : { ok: true, instant }
}

export function offsetAt(instant: number, zone: string): number {
  const { day, hour, minute } = wallOf(instant, zone)
  const whole = Math.floor(instant / MINUTE) * MINUTE
  return Date.parse(`${day}T00:00:00Z`) + hour * HOUR + minute * MINUTE - whole
}

/** Minutes ahead of UTC, for people: `UTC+5:30`, `UTC−3`. */
export function offsetName(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  if (minutes === 0) return 'UTC'
  return `UTC${minutes < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`
}

/** Hours by which a day's clocks change: 0 on nearly all days, -1 on a spring night, 1 on an autumn one. */
export function clockChange(day: string, zone: string): number {
  const length = startOfDay(addDays(day, 1), zone) - startOfDay(day, zone)
  return (length - DAY) / HOUR
}

export function sameWall(instant: number, a: string, b: string): boolean {
  return a === b || offsetAt(instant, a) === offsetAt(instant, b)
}

export type DayPart = 'morning' | 'afternoon' | 'evening'

export function dayPart(hour: number): DayPart {
  if (hour < 12) return 'morning'
  return hour < 17 ? 'afternoon' : 'evening'
}

/** `29:58`, or `1:02:09`; never below nothing, and a begun second counts. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`
}

/** Zones that browsers still report under a former name (CLDR keeps the first it had), and today's name. */
const renamed: Record<string, string> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Fort_Wayne': 'America/Indiana/Indianapolis',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
}

/** As a zone is called today, where this browser knows that name. */
export function todaysName(zone: string): string {
  const name = renamed[zone]
  return name !== undefined && isZone(name) ? name : zone
}

/** What a zone was called, so that it is found by that too. */
export function formerNamesOf(zone: string): string[] {
  return Object.keys(renamed).filter((former) => renamed[former] === zone)
}

export function cityOf(zone: string): string {
  const name = todaysName(zone)
  return (name.split('/').at(-1) ?? name).replaceAll('_', ' ')
}

export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
