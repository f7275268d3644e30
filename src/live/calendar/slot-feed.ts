/**
 * The feed: one change stream on the slots of this process, read for ever.
 *
 * Owns: the stream, its resume token, the watchdog. Tells the board, one event at a time, what each change says.
 * Never: reads a document, awaits anything for an event (order would break), decides what viewers see.
 *
 * States: closed -> opening -> live <-> away -> closed.
 *
 * Invariants, and why:
 * - A stream is open before anything is loaded beside it; else a change between the two is seen by neither.
 * - One stream is current. What a replaced one still says is ignored, for its successor says it again.
 * - `lost` is told exactly when a stream opened that does not continue the one before, and after it is open, so that
 *   a load made because of it misses nothing.
 * - A dead resume token is dropped. Resuming with it fails for ever (history lost, collection dropped).
 * - A stream may go silent without an error. Every return of `tryNext`, with or without an event, is a sign of life;
 *   no return in time, or own acknowledged writes that never come round, is silence, and the stream is replaced.
 * - The age of what is known counts from the last answer, never from an attempt: an attempt brings nothing.
 */
import type { LogEntry } from '../../slots/slot-document.js'
import { readChange, type SlotChange } from './change-event.js'

export type FeedState = 'closed' | 'opening' | 'live' | 'away'

export interface StreamOptions {
  resumeAfter?: unknown
  maxAwaitTimeMS: number
  batchSize: number
}

/** The part of the driver's ChangeStream that is used. */
export interface FeedStream {
  tryNext(): Promise<SlotChange | null>
  close(): Promise<void>
  once(event: 'resumeTokenChanged', listener: () => void): unknown
  readonly resumeToken: unknown
}

export interface FeedListener {
  entries(slotId: string, entries: LogEntry[]): void
  unclear(slotId: string): void
  gone(slotId: string): void
  /** The stream that is open now does not continue the one before, of which nothing was heard for so long. */
  lost(awayMs: number): void
}

export interface FeedTimings {
  /** How long the server waits for an event before it answers with none: the beat of the signs of life. */
  maxAwaitMs: number
  /** Beyond maxAwaitMs without a sign of life: silence. */
  graceMs: number
  /** An own acknowledged write that has not come round after this, on a stream without events: silence. */
  unseenMs: number
  checkMs: number
  backoffMs: number
  maxBackoffMs: number
}

export const feedTimings: FeedTimings = {
  maxAwaitMs: 1_000,
  graceMs: 3_000,
  unseenMs: 5_000,
  checkMs: 500,
  backoffMs: 100,
  maxBackoffMs: 3_000,
}

export interface FeedLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface FeedOptions {
  watch: (options: StreamOptions) => FeedStream
  listener: FeedListener
  /** The time entries are stamped with. */
  now: () => number
  /** Monotonic milliseconds, for silence: a clock that is set or moved must not look like it. */
  elapsed: () => number
  random: () => number
  log: FeedLog
  timings?: Partial<FeedTimings>
}

export interface SlotFeed {
  /** Resolves when the first stream is open, rejects when it cannot be opened. */
  start(): Promise<void>
  close(): Promise<void>
  readonly state: FeedState
  /** From the writing of the last event to its arrival here. */
  readonly lagMs: number
  /** 0 while live and hearing, else the milliseconds since the last answer, however often it was tried to connect since. */
  ageMs(): number
  /** An own write was acknowledged, and its event has not come yet: it must. */
  expect(slotId: string, rev: number): void
}

/** Resuming with this token can never work again: history lost, fatal, invalid token, position lost, no such key. */
const DEAD_TOKEN = new Set([286, 280, 260, 136, 40_647, 50_811])
/** The server answers, but not as a primary that takes work just now; the token is as good as before. */
const PASSING = new Set([
  6, 7, 43, 63, 89, 91, 133, 150, 189, 202, 234, 237, 262, 9_001, 10_107, 11_600, 11_602, 13_388, 13_435,
  13_436,
])

export function slotFeed(options: FeedOptions): SlotFeed {
  const { listener, elapsed, log } = options
  const timings = { ...feedTimings, ...options.timings }
  let state: FeedState = 'closed'
  let current: FeedStream | null = null
  let token: unknown
  let everOpened = false
  let failures = 0
  let lagMs = 0
  let lastAliveAt = elapsed()
  /** When the current stream was asked for. Not an answer: only the watchdog counts from it. */
  let attemptedAt = lastAliveAt
  let lastEventAt = lastAliveAt
  let retry: NodeJS.Timeout | undefined
  let watchdog: NodeJS.Timeout | undefined
  let started: { resolve: () => void; reject: (error: unknown) => void } | undefined
  /** For each slot the first own write that has not come round yet. */
  const expected = new Map<string, { rev: number; since: number }>()

  function connect(): void {
    const resumed = token !== undefined
    const stream = options.watch({
      ...(resumed && { resumeAfter: token }),
      maxAwaitTimeMS: timings.maxAwaitMs,
      batchSize: 1_000,
    })
    current = stream
    attemptedAt = elapsed()
    let isOpen = false
    const open = () => {
      if (isOpen || current !== stream) return
      isOpen = true
      // Known before anything is told: a stream that fails before its first answer goes on from here, too.
      token ??= stream.resumeToken
      opened(resumed)
    }
    // The first answer of the server carries a token, and so says at once that the stream is open.
    stream.once('resumeTokenChanged', open)
    void follow(stream, open)
  }

  function opened(resumed: boolean): void {
    const awayMs = elapsed() - lastAliveAt
    state = 'live'
    lastAliveAt = lastEventAt = elapsed()
    expected.clear()
    const again = everOpened
    everOpened = true
    if (again) log.info({ resumed }, 'change stream open again')
    if (again && !resumed) guarded(() => listener.lost(awayMs))
    started?.resolve()
    started = undefined
  }

  async function follow(stream: FeedStream, open: () => void): Promise<void> {
    try {
      for (;;) {
        const change = await stream.tryNext()
        if (current !== stream) return
        open()
        lastAliveAt = elapsed()
        failures = 0
        token = stream.resumeToken
        if (change && !tell(change)) {
          token = undefined
          replace(stream, 'the collection is gone')
          return
        }
      }
    } catch (error) {
      if (current !== stream) return
      if (isDeadToken(error)) token = undefined
      if (started) giveUp(stream, error)
      else replace(stream, 'error', error)
    }
  }

  /** False when the stream has ended with this event. */
  function tell(change: SlotChange): boolean {
    const reading = readChange(change)
    if (reading.kind === 'ended') return false
    if (reading.kind === 'nothing') return true
    lastEventAt = lastAliveAt
    const { slotId } = reading
    if (reading.kind === 'gone') {
      expected.delete(slotId)
      guarded(() => listener.gone(slotId))
    } else if (reading.kind === 'unclear') {
      guarded(() => listener.unclear(slotId))
    } else {
      const last = reading.entries.at(-1)
      if (last) {
        lagMs = Math.max(0, options.now() - last.at.getTime())
        if (last.rev >= (expected.get(slotId)?.rev ?? Number.POSITIVE_INFINITY)) expected.delete(slotId)
      }
      guarded(
        () => listener.entries(slotId, reading.entries),
        () => listener.unclear(slotId),
      )
    }
    return true
  }

  /** A fault of whoever listens must not stop the stream for everybody. */
  function guarded(call: () => void, otherwise?: () => void): void {
    try {
      call()
    } catch (error) {
      log.error({ err: error }, 'an event of the change stream could not be handled')
      if (otherwise) guarded(otherwise)
    }
  }

  function isDeadToken(error: unknown): boolean {
    const code = (error as { code?: unknown }).code
    if (typeof code !== 'number') return false
    if (DEAD_TOKEN.has(code)) return true
    // Not open yet, and the database answers: it is the resuming that it refuses.
    return state !== 'live' && token !== undefined && !PASSING.has(code)
  }

  function replace(stream: FeedStream, why: string, error?: unknown): void {
    current = null
    state = everOpened ? 'away' : 'opening'
    log.warn({ why, code: (error as { code?: unknown } | undefined)?.code }, 'change stream replaced')
    // Not awaited: closing may wait for a server that is not there.
    stream.close().catch(() => {})
    const most = Math.min(timings.maxBackoffMs, timings.backoffMs * 2 ** failures)
    failures++
    retry = setTimeout(reconnect, most * (0.5 + options.random() / 2))
  }

  function reconnect(): void {
    if (state === 'closed') return
    try {
      connect()
    } catch (error) {
      // The driver refuses at once when its client is closed under us.
      log.warn({ code: (error as { code?: unknown }).code }, 'change stream cannot be opened')
      failures++
      retry = setTimeout(reconnect, timings.maxBackoffMs)
    }
  }

  function giveUp(stream: FeedStream, error: unknown): void {
    const waiting = started
    started = undefined
    stop()
    stream.close().catch(() => {})
    waiting?.reject(error)
  }

  function check(): void {
    const stream = current
    if (!stream) return
    const now = elapsed()
    if (now - Math.max(lastAliveAt, attemptedAt) > timings.maxAwaitMs + timings.graceMs) {
      if (started) giveUp(stream, new Error('the change stream does not open'))
      else replace(stream, 'silence')
      return
    }
    const [oldest] = expected.values()
    if (oldest && now - oldest.since > timings.unseenMs && now - lastEventAt > timings.unseenMs) {
      // It answers and yet tells nothing: its place in history is not to be trusted either.
      token = undefined
      replace(stream, 'own writes do not come round')
    }
  }

  function stop(): void {
    state = 'closed'
    current = null
    clearTimeout(retry)
    clearInterval(watchdog)
  }

  return {
    start() {
      return new Promise((resolve, reject) => {
        started = { resolve, reject }
        state = 'opening'
        watchdog = setInterval(check, timings.checkMs)
        connect()
      })
    },
    async close() {
      const stream = current
      stop()
      if (!stream) return
      let limit: NodeJS.Timeout | undefined
      await Promise.race([
        stream.close().catch(() => {}),
        new Promise<void>((resolve) => {
          limit = setTimeout(resolve, timings.maxAwaitMs)
        }),
      ])
      clearTimeout(limit)
    },
    get state() {
      return state
    },
    get lagMs() {
      return lagMs
    },
    ageMs() {
      const since = elapsed() - lastAliveAt
      return state === 'live' && since <= timings.maxAwaitMs * 2 ? 0 : Math.max(1, Math.round(since))
    },
    expect(slotId, rev) {
      if (state === 'live' && !expected.has(slotId)) expected.set(slotId, { rev, since: elapsed() })
    },
  }
}
