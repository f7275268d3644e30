/**
 * How often each key may do something: all at once up to the limit, then at its pace (GCRA). One number is kept for a
 * key, the moment at which its burst is whole again, and a bounded number of keys, the ones longest idle forgotten first.
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
  const interval = windowMs / limit
  let young = new Map<string, number>()
  let old = new Map<string, number>()

  return {
    limit,
    take(key) {
      const at = now()
      const before = Math.max(young.get(key) ?? old.get(key) ?? at, at)
      const after = before + interval
      // Half an interval of grace keeps the last of a burst from being lost to rounding.
      if (after - at > windowMs + interval / 2) {
        remember(key, before)
        const retrySeconds = Math.max(1, Math.ceil((after - at - windowMs) / 1000))
        return { ok: false, remaining: 0, resetSeconds: Math.ceil((before - at) / 1000), retrySeconds }
      }
      remember(key, after)
      const remaining = Math.max(0, Math.floor((windowMs - (after - at)) / interval + 0.5))
      return { ok: true, remaining, resetSeconds: Math.ceil((after - at) / 1000) }
    },
  }

  function remember(key: string, wholeAt: number): void {
    young.set(key, wholeAt)
    if (young.size < maxKeys / 2) return
    old = young
    young = new Map()
  }
}
