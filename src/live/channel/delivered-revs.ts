import type { LogEntry } from '../../slots/slot-document.js'
/**
 * What of each slot went out already. A change is known from two sides, the reply to an own write and the stream, and
 * goes out once: from whichever comes first, unless something before it is still on its way in the stream.
 */

export interface Told {
  /** A reply went out up to this rev, before the stream brought it. */
  byReply(slotId: string, rev: number): void
  /** The stream brings these: the ones that have not gone out yet. */
  byStream(slotId: string, entries: LogEntry[]): LogEntry[]
  /** Whether the stream has brought this rev. */
  hasPassed(slotId: string, rev: number): boolean
  /** Whether everything up to this rev went out: a reply that went out now would overtake the rest. */
  upTo(slotId: string, rev: number, entries: LogEntry[]): boolean
  /** A load found these revs; what went out beyond them may come from the stream as if it were new. */
  loaded(isOfTopic: (slotId: string) => boolean, revOf: (slotId: string) => number): void
  forget(slotId: string): void
  clear(): void
}

/** More than the slots of several requests at their largest. */
const PASSED_KEPT = 20_000
/** What is older than this came round long ago, if the stream is heard at all. */
const SETTLED_MS = 10_000

export function createTold(now: () => number, isHeard: () => boolean): Told {
  /** The rev up to which own replies went out before the stream brought them. */
  const ahead = new Map<string, number>()
  /** The rev that the stream brought last, of the slots it spoke of lately. */
  const passed = new Map<string, number>()

  return {
    byReply: (slotId, rev) => void ahead.set(slotId, rev),
    byStream(slotId, entries) {
      const replied = ahead.get(slotId) ?? 0
      // A stream may tell again what it has told before.
      const told = passed.get(slotId) ?? 0
      const rev = entries.at(-1)?.rev ?? 0
      if (rev >= replied) ahead.delete(slotId)
      passed.delete(slotId)
      passed.set(slotId, Math.max(told, rev))
      if (passed.size > PASSED_KEPT) {
        const [oldest] = passed.keys()
        if (oldest !== undefined) passed.delete(oldest)
      }
      return entries.filter((entry) => entry.rev > Math.max(replied, told))
    },
    hasPassed: (slotId, rev) => (passed.get(slotId) ?? 0) >= rev,
    upTo(slotId, rev, entries) {
      if (Math.max(ahead.get(slotId) ?? 0, passed.get(slotId) ?? 0) >= rev) return true
      const last = entries.find((entry) => entry.rev === rev)
      return last !== undefined && last.at.getTime() < now() - SETTLED_MS && isHeard()
    },
    loaded(isOfTopic, revOf) {
      for (const [slotId, rev] of ahead) if (isOfTopic(slotId) && revOf(slotId) < rev) ahead.delete(slotId)
    },
    forget(slotId) {
      ahead.delete(slotId)
      passed.delete(slotId)
    },
    clear() {
      ahead.clear()
      passed.clear()
    },
  }
}
