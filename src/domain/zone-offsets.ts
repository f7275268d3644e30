/** How far the wall of a zone is ahead of UTC. Kept for each zone from one change of clocks to the next. */
import { Temporal } from 'temporal-polyfill'

/** In minutes. */
export type OffsetAt = (instant: number) => number

interface Period {
  /** First instant, ms. */
  from: number
  /** First instant that is no longer part of it, ms. */
  to: number
  minutes: number
}

export class ZoneOffsets {
  /** By zone: the periods that were asked for, a handful, because bookings lie in the months ahead. */
  readonly #periods = new Map<string, Period[]>()

  /** Of one zone; what it answers stays right, so it may be kept. */
  of(zone: string): OffsetAt {
    const periods = this.#periods.get(zone) ?? []
    this.#periods.set(zone, periods)
    let last: Period | undefined
    return (instant) => {
      if (last === undefined || instant < last.from || instant >= last.to) {
        last = periods.find(({ from, to }) => from <= instant && instant < to)
        if (last === undefined) {
          last = periodAt(instant, zone)
          periods.push(last)
        }
      }
      return last.minutes
    }
  }
}

/** What the wall shows at an instant: YYYY-MM-DDTHH:MM. */
export function wallTimeAt(instant: number, offsetAt: OffsetAt): string {
  return new Date(instant + offsetAt(instant) * 60_000).toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length)
}

function periodAt(instant: number, zone: string): Period {
  const there = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone)
  // A transition at this very instant is not "previous"; the period begins with it all the same.
  const from = there.add({ milliseconds: 1 }).getTimeZoneTransition('previous')
  const to = there.getTimeZoneTransition('next')
  return {
    from: from?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    to: to?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    minutes: there.offsetNanoseconds / 60e9,
  }
}
