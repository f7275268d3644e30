/**
 * Remembers answers for a few seconds, a bounded number of them, the oldest forgotten first. What is older stays as long
 * as there is room, for times when nobody can be asked.
 */
export interface BriefCache<T> {
  get(key: string): T | undefined
  /** However old it is. */
  getOld(key: string): T | undefined
  set(key: string, value: T): void
  /** It is not to be relied on any more, and still better than nothing. */
  expire(key: string): void
  forget(key: string): void
}

export function briefCache<T>({
  size,
  ttlMs,
  now,
}: {
  size: number
  ttlMs: number
  now: () => number
}): BriefCache<T> {
  const entries = new Map<string, { value: T; until: number }>()
  return {
    get(key) {
      const entry = entries.get(key)
      return entry && now() < entry.until ? entry.value : undefined
    },
    getOld: (key) => entries.get(key)?.value,
    set(key, value) {
      entries.delete(key)
      entries.set(key, { value, until: now() + ttlMs })
      if (entries.size <= size) return
      for (const oldest of entries.keys()) {
        entries.delete(oldest)
        break
      }
    },
    expire(key) {
      const entry = entries.get(key)
      if (entry) entry.until = Number.NEGATIVE_INFINITY
    },
    forget: (key) => void entries.delete(key),
  }
}
