/**
 * How often each key may do something: all at once up to the limit, then at its pace (GCRA). One number is kept for a
 * key, the moment at which its burst is whole again, and a bounded number of keys, the ones longest idle forgotten first.
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
  const wholeAt = new Map<string, number>()

  return {
    limit,
    take(key) {
      const at = now()
      const before = Math.max(wholeAt.get(key) ?? at, at)
      const after = before + interval
      const resetSeconds = Math.ceil((before - at) / 1000)
      // Half an interval of grace keeps the last of a burst from being lost to rounding.
      if (after - at > windowMs + interval / 2) {
        const retrySeconds = Math.max(1, Math.ceil((after - at - windowMs) / 1000))
        return { ok: false, remaining: 0, resetSeconds, retrySeconds }
      }
      wholeAt.delete(key)
      wholeAt.set(key, after)
      if (wholeAt.size > maxKeys) forget(at)
      const remaining = Math.max(0, Math.floor((windowMs - (after - at)) / interval + 0.5))
      return { ok: true, remaining, resetSeconds: Math.ceil((after - at) / 1000) }
    },
  }

  /** In the order of last use: the first is the longest idle. */
  function forget(at: number): void {
    for (const [key, whole] of wholeAt) {
      if (wholeAt.size <= maxKeys && whole > at) return
      wholeAt.delete(key)
    }
  }
}
