/**
 * Which sessions have ended while access tokens of theirs may still be good, and how fresh that knowledge is.
 *
 * Owns: the ids of sessions that ended within the life of an access token, and the timer that asks the database for
 * those that other instances ended. Tells listeners each ended session once, so that open sockets lose their private
 * view within a second, and lets tokens be refused without a read.
 *
 * Never: decides that a session ends (`sessions` does). Never reads twice at a time.
 *
 * The lease: what was read is believed for LEASE_MS from the moment at which the read that succeeded *began*, by the
 * monotonic clock. An end that was acknowledged before that moment is in it. So whoever waits for LEASE_MS after an end
 * was acknowledged knows that no instance believes the session any more, however slow, stalled or cut off it is; and a
 * hold costs no read. A read has its own end (READ_WITHIN_MS), because a connection may go silent without an error; the
 * next one takes another connection. Beyond the lease a caller waits for the next read instead of being refused at
 * once: an instance that was only slow answers late, not wrongly.
 *
 * A change stream of the sessions was weighed against this: it tells sooner, but a silent stream looks like a quiet one,
 * so it would need the same lease with a beat of its own, and a second stream for each process.
 *
 * Each read reaches back further than the one before it ended, so a session whose end was written slowly, or by an
 * instance whose clock is behind, is not missed; what is known is told once.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../clock.js'
import type { EndedSession } from './sessions.js'

/** How long what was read is believed. */
export const LEASE_MS = 1_500
const TICK_MS = 250
/** With the tick before it, a read that is given up leaves the next one time within the lease. */
const READ_WITHIN_MS = 1_000
/** How long a caller waits for a read that succeeds. */
const PATIENCE_MS = 3_000
/** A write is acknowledged within 5 s or is unknown; its `endedAt` is older by as much, and clocks differ. */
const OVERLAP_MS = 30_000

export interface EndedSessions {
  has(session: string): boolean
  /** From the beginning of the last read that succeeded, or of this instance, ms. */
  ageMs(): number
  /** Whether what is known may be believed. */
  isFresh(): boolean
  /** Reads until it is fresh; false when the database does not answer in time. */
  freshen(): Promise<boolean>
  /** Sessions this instance ended. */
  add(ended: EndedSession[]): void
  /** Returns what stops it. */
  onEnded(listener: (ended: EndedSession) => void): () => void
  start(): void
  stop(): Promise<void>
}

export interface EndedSessionsParts {
  /** The sessions that ended since a moment, asked with a limit of time. */
  read: (since: number, withinMs: number) => Promise<EndedSession[]>
  clock: Clock
  /** Monotonic milliseconds. */
  elapsed: () => number
  /** Of an access token. */
  tokenLifeMs: number
  onFault: (error: unknown) => void
}

export function createEndedSessions({
  read,
  clock,
  elapsed,
  tokenLifeMs,
  onFault,
}: EndedSessionsParts): EndedSessions {
  const endedAt = new Map<string, number>()
  const listeners = new Set<(ended: EndedSession) => void>()
  /** By the database's clock: how far back the next read must reach. */
  let readUntil = Number.NEGATIVE_INFINITY
  /** By the monotonic clock: when the last read that succeeded began. */
  let freshFrom = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> | undefined
  let failures = 0
  let stopped = false

  const begun = elapsed()
  const isFresh = () => elapsed() - freshFrom < LEASE_MS

  function add(ended: EndedSession[]): void {
    const now = clock.now()
    for (const one of ended) {
      if (endedAt.has(one.session)) continue
      endedAt.set(one.session, now)
      for (const tell of listeners) tell(one)
    }
  }

  function forgetOld(now: number): void {
    // Insertion order is time order, so the first that is still of interest ends the walk.
    for (const [session, at] of endedAt) {
      if (at + tokenLifeMs + OVERLAP_MS > now) return
      endedAt.delete(session)
    }
  }

  async function readOnce(): Promise<void> {
    const now = clock.now()
    const began = elapsed()
    forgetOld(now)
    try {
      add(await within(read(Math.max(readUntil, now - tokenLifeMs) - OVERLAP_MS, READ_WITHIN_MS)))
      readUntil = now
      freshFrom = began
    } catch (error) {
      failures++
      onFault(error)
    }
  }

  function readAgain(): Promise<void> {
    reading ??= readOnce().finally(() => {
      reading = undefined
    })
    return reading
  }

  function next(): void {
    if (stopped) return
    timer = setTimeout(() => void readAgain().then(next), TICK_MS)
    timer.unref()
  }

  return {
    has: (session) => endedAt.has(session),
    ageMs: () => elapsed() - Math.max(freshFrom, begun),
    isFresh,
    async freshen() {
      const limit = elapsed() + PATIENCE_MS
      while (!isFresh() && !stopped && elapsed() < limit) {
        const failed = failures
        await readAgain()
        if (failures > failed) await pause(TICK_MS)
      }
      return isFresh()
    },
    add,
    onEnded(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    start: () => void readAgain().then(next),
    async stop() {
      stopped = true
      clearTimeout(timer)
      await reading
    },
  }
}

/** The driver has the same limit and gives the connection up; this one holds when even that does not. */
async function within<T>(read: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(new Error('the read did not end in time'))
    // A process that was busy meanwhile looks at what has arrived first.
    timer = setTimeout(() => setImmediate(giveUp), READ_WITHIN_MS + TICK_MS / 2)
  })
  try {
    return await Promise.race([read, late])
  } finally {
    clearTimeout(timer)
  }
}
