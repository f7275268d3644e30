/**
 * Weekly hours and exceptions -> the starts of slots of a day. Pure: no database, no clock of its own.
 *
 * The two ends of each span are resolved on the provider's wall as "compatible": a time that the clocks skip counts as
 * much later as they skip, one that comes twice counts as the first. Between the ends slots step by elapsed time, as in
 * published blocks. A day on which that matters has a note.
 */
import { Temporal } from 'temporal-polyfill'
import { SLOT_MS } from '../domain/grid.js'
import { type Hours, spansOn, timeOfDay } from '../domain/schedule.js'
import { dayBounds, dayIn, endOfDay } from './days.js'

export interface DayNote {
  day: string
  text: string
  /** The span that lasts longer or less long than it says. */
  from: string
  to: string
  minutes: number
}

export interface WorkingDay {
  /** In order, each once. */
  starts: number[]
  notes: DayNote[]
}

const MINUTE_MS = 60_000

export function workingDay(hours: Hours, day: string, timeZone: string): WorkingDay {
  const date = Temporal.PlainDate.from(day)
  const spans = spansOn(hours, day, date.dayOfWeek)
  if (spans.length === 0 || dayBounds(day, timeZone) === null) return { starts: [], notes: [] }
  const starts = new Set<number>()
  const notes: DayNote[] = []
  for (const { from, to } of spans) {
    const [begin, end] = [instantOf(date, from, timeZone), instantOf(date, to, timeZone)]
    const first = Math.ceil(begin / SLOT_MS) * SLOT_MS
    for (let start = first; start + SLOT_MS <= end; start += SLOT_MS) starts.add(start)
    const minutes = Math.max(0, (end - begin) / MINUTE_MS)
    if (minutes !== to - from) {
      const span = { from: timeOfDay(from), to: timeOfDay(to), minutes }
      const text = `The clocks change: ${span.from} to ${span.to} lasts ${inWords(minutes)}.`
      notes.push({ day, text, ...span })
    }
  }
  return { starts: [...starts].sort((a, b) => a - b), notes }
}

/** Those of these starts that the hours offer on the days that are done; none before any is. */
export function startsInHours(
  hours: Hours & { made?: { through: string } },
  starts: readonly number[],
  timeZone: string,
): Set<number> {
  const { made: { through } = { through: '' } } = hours
  const days = new Set(starts.map((start) => dayIn(timeZone, start)))
  const near = [...days].filter((day) => day <= through)
  const offered = new Set(near.flatMap((day) => workingDay(hours, day, timeZone).starts))
  return new Set(starts.filter((start) => offered.has(start)))
}

function instantOf(date: Temporal.PlainDate, minutes: number, timeZone: string): number {
  if (minutes === 24 * 60) return endOfDay(date.toString(), timeZone)
  const wall = date.toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 })
  return wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds
}

function inWords(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  const parts = [...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 || hours === 0 ? [`${rest} min`] : [])]
  return `${parts.join(' ')} on this day`
}
