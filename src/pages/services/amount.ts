/** A span or a number as a person fills it in: how many, and of what. Pure. */
import type { ServicesTexts } from './text/en.js'

/** What a field with a number offers as its unit; 0 has no number beside it. */
export interface Unit {
  /** As the catalogue calls it. */
  name: keyof ServicesTexts['amount']['units']
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
  { name: 'untilStart', size: 0 },
  { name: 'minutesBefore', size: MINUTE },
  { name: 'hoursBefore', size: HOUR },
  { name: 'daysBefore', size: DAY },
]
export const aheadUnits: Unit[] = [
  { name: 'noLimit', size: 0 },
  { name: 'daysAhead', size: 1 },
  { name: 'weeksAhead', size: 7 },
]
export const bookingUnits: Unit[] = [
  { name: 'noLimit', size: 0 },
  { name: 'atMost', size: 1 },
]

export const offerUnits: Unit[] = [{ name: 'minutesHeld', size: 1 }]

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
