/**
 * Which sessions have ended while access tokens of theirs may still be good.
 *
 * Owns: the ids of sessions that ended within the life of an access token, and the timer that asks the database for
 * those that other instances ended. Tells listeners each ended session once, so that open sockets lose their private
 * view within a second, and lets tokens be refused without a read.
 *
 * Never: decides that a session ends (`sessions` does), or makes a request wait. A read that fails is tried again at
 * the next tick; until it succeeds, tokens of sessions that ended elsewhere stay good, at most until they expire.
 *
 * States: idle (no token was seen for the life of one, so nobody could be told: the database is left alone) and
 * watching. Each read reaches back further than the one before it ended, so a session whose end was written slowly is
 * not missed; what is known is told once.
 */
import type { Clock } from '../clock.js'
import type { EndedSession, Sessions } from './sessions.js'

const TICK_MS = 400
/** A write is acknowledged within 5 s or is unknown; its `endedAt` is older by as much. */
const OVERLAP_MS = 6_000

export interface EndedSessions {
  has(session: string): boolean
  /** Somebody may have to be told: a token was accepted. */
  noticed(): void
  /** Sessions this instance ended. */
  add(ended: EndedSession[]): void
  /** Returns what stops it. */
  onEnded(listener: (ended: EndedSession) => void): () => void
  start(): void
  stop(): Promise<void>
}

export function createEndedSessions({
  sessions,
  clock,
  tokenLifeMs,
  onFault,
}: {
  sessions: Pick<Sessions, 'endedSince'>
  clock: Clock
  /** Of an access token. */
  tokenLifeMs: number
  onFault: (error: unknown) => void
}): EndedSessions {
  const endedAt = new Map<string, number>()
  const listeners = new Set<(ended: EndedSession) => void>()
  let lastNoticed = Number.NEGATIVE_INFINITY
  let readUntil = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> | undefined

  function add(ended: EndedSession[]): void {
    const now = clock.now()
    for (const one of ended) {
      if (endedAt.has(one.session)) continue
      endedAt.set(one.session, now)
      for (const tell of listeners) tell(one)
    }
  }

  async function tick(): Promise<void> {
    const now = clock.now()
    // Insertion order is time order, so the first that is still of interest ends the walk.
    for (const [session, at] of endedAt) {
      if (at + tokenLifeMs + OVERLAP_MS > now) break
      endedAt.delete(session)
    }
    if (lastNoticed + tokenLifeMs < now) return
    try {
      add(await sessions.endedSince(Math.max(readUntil, now - tokenLifeMs) - OVERLAP_MS))
      readUntil = now
    } catch (error) {
      onFault(error)
    }
  }

  function next(): void {
    timer = setTimeout(() => {
      reading = tick().then(next)
    }, TICK_MS)
    timer.unref()
  }

  return {
    has: (session) => endedAt.has(session),
    noticed() {
      lastNoticed = clock.now()
    },
    add,
    onEnded(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    start: next,
    async stop() {
      clearTimeout(timer)
      await reading
      clearTimeout(timer)
    },
  }
}
