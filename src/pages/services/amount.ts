/** A span or a number as a person fills it in: how many, and of what. Pure. */
import { wording } from '../shared/wording.js'

/** What a field with a number offers as its unit; 0 has no number beside it. */
export interface Unit {
  title: string
  /** What one of it is on the wire. */
  size: number
}

export interface Amount {
  count: string
  /** The place of the unit among those of the field. */
  unit: number
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const deadlineUnits: Unit[] = [
  { title: 'until it starts', size: 0 },
  { title: 'minutes before:', size: MINUTE },
  { title: 'hours before:', size: HOUR },
  { title: 'days before:', size: DAY },
]
export const aheadUnits: Unit[] = [
  { title: 'without a limit', size: 0 },
  { title: 'days ahead:', size: 1 },
  { title: 'weeks ahead:', size: 7 },
]
export const bookingUnits: Unit[] = [
  { title: 'without a limit', size: 0 },
  { title: 'at most:', size: 1 },
]

/** In the largest unit of which it is a whole number; a day and less is said in hours. */
export function amountOf(value: number, units: readonly Unit[]): Amount {
  if (value === 0) return { count: '', unit: 0 }
  const least = (size: number) => (size === DAY || size === 7 ? 2 * size : size)
  let unit = units.findIndex(({ size }) => size > 0)
  units.forEach(({ size }, index) => {
    if (size > 0 && value % size === 0 && value >= least(size)) unit = index
  })
  const count = value / (units[unit]?.size ?? 1)
  return { count: String(Math.round(count * 100) / 100), unit }
}

/** What goes over the wire; null where no number that can be meant was filled in. */
export function wireValue({ count, unit }: Amount, units: readonly Unit[], most: number): number | null {
  const size = units[unit]?.size ?? 0
  if (size === 0) return 0
  const value = Math.round(Number(count) * size)
  return count.trim() === '' || !(value > 0) || value > most ? null : value
}

/** A number of seconds: "30 minutes", "24 hours", "3 days". */
export function spanWords(seconds: number): string {
  return wording('en').duration(seconds * 1000)
}
