/** What the demo prints: deeds on the left, as the first server answered them; events on the right, from the second. */
import { slotEventNames } from '../../src/domain/event-names.js'
import type { SlotEvent } from '../../src/schemas/events.js'
import { type Booker, type Deed, PASSWORD, type Person, type Practice } from './people.js'

export interface Shown {
  practices: Map<string, Practice>
  seen: number
}

const WORDS: Record<string, string> = {
  'slot-held': 'HELD',
  'slot-confirmed': 'BOOKED',
  'slot-released': 'FREE AGAIN',
  'slot-opened': 'OFFERED',
  'slot-withdrawn': 'TAKEN OFF',
}
const WHY: Record<string, string> = {
  expired: 'nobody confirmed in time',
  released: 'given back',
  cancelled: 'cancelled',
  moved: 'moved away',
  replaced: 'replaced by another booking',
}

export function intro(parts: {
  urls: readonly [string, string]
  practices: Practice[]
  bookers: Booker[]
  mover: Person
  holdSeconds: number
}): string {
  const { urls, practices, bookers, mover, holdSeconds } = parts
  const [first, second] = urls
  const names = bookers.map(({ name }) => name).join(', ')
  const calendars = practices.map(({ name, timeZone }) => `${name} (${timeZone})`).join(', ')
  const [practice] = practices
  return `
  Two servers, one database. Three practices offer a week: ${calendars}.
  ${names} book there. A hold lasts ${holdSeconds} seconds here (30 minutes otherwise), then the slot is free again by itself.
  ${mover.name} books a ${practice?.visit.name.toLowerCase()}, 45 minutes, which is three slots, and moves it: they change together.

  Look at the same calendar on both servers:
    ${first}/book/${practice?.link}
    ${second}/book/${practice?.link}
  As the practice, with names (${practice?.email}, "${PASSWORD}"):
    ${second}/provider
  The API, to try:
    ${first}/docs

  Left: what somebody does, on the first server. Right: what everybody sees in the same moment, from the second one.
  Ctrl-C ends it.
`
}

const LEFT = 52

export function deedLine({ who, did, slot, practice, answer }: Deed): string {
  return `  ${`${who} ${did} ${wallTime(slot.start, practice)}`.padEnd(32)}${answer}`
}

/** Null for what is no event. */
export function eventLine(
  frame: { type: string } & Partial<SlotEvent>,
  shown: Shown,
  now: number,
): string | null {
  const { type, providerId = '', start = '', at = '', reason } = frame
  if (!slotEventNames.some((name) => name === type)) return null
  shown.seen++
  const practice = shown.practices.get(providerId)
  const after = Math.max(0, now - Date.parse(at))
  const why = reason === undefined ? '' : `, ${WHY[reason]}`
  const what = (WORDS[type] ?? type).padEnd(10)
  return `${''.padEnd(LEFT)}│ ${what} ${wallTime(start, practice)} ${practice?.name ?? providerId}${why} (after ${after} ms)`
}

/** On the wall of the practice. */
function wallTime(instant: string, practice: Practice | undefined): string {
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: practice?.timeZone ?? 'UTC',
  }).format(new Date(instant))
}
