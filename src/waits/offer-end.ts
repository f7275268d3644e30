/** How long an offer is held: for some minutes of the day of whoever it is made to, so that none lapses while they sleep. */
import { Temporal } from 'temporal-polyfill'

const NIGHT_FROM = Temporal.PlainTime.from('22:00')
const MORNING = Temporal.PlainTime.from('08:00')

export interface OfferTime {
  now: number
  /** Of the appointment. */
  start: number
  lengthMs: number
  /** Of whoever it is made to. */
  timeZone: string
}

/**
 * Its length from now; one that would end at night ends so long after eight in the morning. Never so late that nobody
 * after them could be asked: it leaves its own length before the start. Null where even that is too short.
 */
export function offerEnd({ now, start, lengthMs, timeZone }: OfferTime): number | null {
  const plain = now + lengthMs
  if (plain > start) return null
  const end = morningAfter(plain, timeZone)
  return end === null ? plain : Math.min(end + lengthMs, Math.max(plain, start - lengthMs))
}

/** Eight in the morning after a moment of the night; null by day. */
function morningAfter(instant: number, timeZone: string): number | null {
  const there = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone)
  const time = there.toPlainTime()
  const isEvening = Temporal.PlainTime.compare(time, NIGHT_FROM) >= 0
  if (!isEvening && Temporal.PlainTime.compare(time, MORNING) >= 0) return null
  const day = isEvening ? there.toPlainDate().add({ days: 1 }) : there.toPlainDate()
  return day.toZonedDateTime({ timeZone, plainTime: MORNING }).epochMilliseconds
}
