/** What of a calendar has to change so that its open slots are those of the hours. Pure. */
import { roleOf } from '../domain/chain.js'
import { type Hours, isClosed, isCovered } from '../domain/schedule.js'
import { stateAt } from '../domain/slot.js'
import { factsOf } from '../slots/slot-document.js'
import type { ScheduledSlot } from '../slots/slot-queries.js'
import type { LeftDay } from './schedule-model.js'

export interface DaysPlan {
  opens: number[]
  withdraws: string[]
  left: LeftDay[]
}

export interface PlanParts {
  hours: Hours
  /** The starts of each day that is looked at, those that are over too. */
  wanted: ReadonlyMap<string, readonly number[]>
  slots: readonly ScheduledSlot[]
  dayOf: (start: number) => string
  now: number
}

export function planOf({ hours, wanted, slots, dayOf, now }: PlanParts): DaysPlan {
  const missing = new Set([...wanted.values()].flat().filter((start) => start > now))
  const within = new Set(missing)
  const withdraws: string[] = []
  const left = new Map<string, Set<string>>()
  for (const slot of slots) {
    const start = slot.start.getTime()
    if (start <= now) continue
    const state = stateAt(factsOf(slot), now)
    if (within.has(start)) {
      if (state !== 'withdrawn' || isByHandUnderRule(slot)) missing.delete(start)
      continue
    }
    if (state === 'withdrawn') continue
    if (state === 'open') {
      if (slot.by === 'rule') withdraws.push(slot._id)
      continue
    }
    const day = dayOf(start)
    const isTold = isOutside(slot, hours, day)
    if (slot.by !== 'rule' && !isTold) continue
    const reservations = left.get(day) ?? new Set()
    left.set(day, reservations)
    if (isTold && slot.reservation) reservations.add(slot.reservation.id)
  }
  return {
    opens: [...missing],
    withdraws,
    left: [...left].map(([day, reservations]) => ({ day, reservations: [...reservations].sort() })),
  }
}

/** Whether the provider is told of what is taken here, outside of the hours. */
function isOutside(slot: ScheduledSlot, hours: Hours, day: string): boolean {
  const { reservation } = slot
  if (!reservation || (reservation.chain && roleOf(reservation.chain) !== 'visit')) return false
  if (slot.by === 'rule' || isClosed(hours, day)) return true
  const isRuled = hours.weekly.length > 0 || hours.exceptions.some((exception) => isCovered(exception, day))
  return isRuled && !isByHandUnderRule(slot)
}

/** What a hand decided in knowledge of the hours is meant to differ from them. */
function isByHandUnderRule({ by, ruleRev }: Pick<ScheduledSlot, 'by' | 'ruleRev'>): boolean {
  return by === 'hand' && ruleRev !== undefined
}
