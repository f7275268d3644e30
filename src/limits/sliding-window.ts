/**
 * How often each key may do something in a window of time. The window slides: what was counted in the one before weighs
 * as much as of it still lies within the last `windowMs`. So nobody has twice the limit around a boundary, and three
 * numbers are kept for a key. A bounded number of keys, the ones longest idle forgotten first.
 *
 * The keys are in two generations: one that is used is in the young, and when that is full the old one goes. (One map
 * in the order of use would be made anew every few requests, for that is what deleting and setting a key costs.)
 */
export interface Pace {
  take(key: string): Taken
  readonly limit: number
}

export type Taken =
  | { ok: true; remaining: number; resetSeconds: number }
  | { ok: false; remaining: 0; resetSeconds: number; retrySeconds: number }

interface Counted {
  since: number
  current: number
  before: number
}

/** What rounding may add up to. */
const ROUNDING = 1e-6

export function createPace({
  limit,
  windowMs,
  now,
  maxKeys = 50_000,
}: {
  limit: number
  windowMs: number
  /** Monotonic. */
  now: () => number
  /** Some 100 bytes each. Who fills it with addresses makes idle ones forgotten, which costs nobody anything. */
  maxKeys?: number
}): Pace {
  let young = new Map<string, Counted>()
  let old = new Map<string, Counted>()

  return {
    limit,
    take(key) {
      const at = now()
      const counted = countOf(key, at)
      const elapsed = at - counted.since
      // Rounded down: who keeps to the pace is never refused, as by counting each moment it would not be.
      const carried = Math.max(0, Math.floor(counted.before * (1 - elapsed / windowMs) - ROUNDING))
      const used = counted.current + carried
      const resetSeconds = Math.ceil((windowMs - elapsed) / 1000)
      if (used >= limit) {
        const retrySeconds = Math.max(1, Math.ceil((passesAt(counted) - elapsed) / 1000))
        return { ok: false, remaining: 0, resetSeconds, retrySeconds }
      }
      counted.current++
      return { ok: true, remaining: limit - used - 1, resetSeconds }
    },
  }

  /** When one more fits, in milliseconds since the window began. */
  function passesAt({ current, before }: Counted): number {
    return current < limit ? windowMs * (1 - (limit - current) / before) : windowMs
  }

  function countOf(key: string, at: number): Counted {
    const counted = young.get(key) ?? remember(key, old.get(key) ?? { since: at, current: 0, before: 0 })
    const windows = Math.floor((at - counted.since) / windowMs)
    if (windows > 0) {
      counted.before = windows === 1 ? counted.current : 0
      counted.since = counted.before === 0 ? at : counted.since + windowMs
      counted.current = 0
    }
    return counted
  }

  function remember(key: string, counted: Counted): Counted {
    young.set(key, counted)
    if (young.size >= maxKeys / 2) {
      old = young
      young = new Map()
    }
    return counted
  }
}
