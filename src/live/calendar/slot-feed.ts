/**
 * The feed: one change stream on the slots of this process, read for ever.
 *
 * Owns: the stream, its resume token, the watchdog. Tells each subscriber, in order, what each change says.
 * Never: reads a document, waits for a subscriber (one that is slow falls behind alone), decides what viewers see.
 *
 * States: closed -> opening -> live <-> away -> closed.
 *
 * Invariants, and why:
 * - A stream is open before anything is loaded beside it; else a change between the two is seen by neither.
 * - One stream is current. What a replaced one still says is ignored, for its successor says it again.
 * - `lost` is told exactly when a stream opened that does not continue the one before, and after it is open, so that
 *   a load made because of it misses nothing.
 * - The changes of one write of several slots are told together, so that nobody sees half an appointment.
 * - A dead resume token is dropped. Resuming with it fails for ever (history lost, collection dropped).
 * - A stream may go silent without an error. Every return of `tryNext`, with or without an event, is a sign of life;
 *   no return in time, or own acknowledged writes that never come round, is silence, and the stream is replaced.
 * - The age of what is known counts from the last answer, never from an attempt: an attempt brings nothing.
 */

import { codeOf } from '../../database/error-codes.js'
import type { LogEntry } from '../../slots/slot-document.js'
import { readChange, type SlotChange } from './change-event.js'
import { type Notice, Subscriber } from './subscriber.js'

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

/** Whoever answers with a promise hears the next only when it has settled. */
export interface FeedListener {
  entries(slotId: string, entries: LogEntry[]): void | Promise<void>
  /** The slot has changed, and what happened cannot be said: read it. */
  unclear(slotId: string): void | Promise<void>
  gone(slotId: string): void | Promise<void>
  /** Something was missed: the stream does not continue the one before, of which nothing was heard for so long. */
  lost(awayMs: number): void | Promise<void>
  /** Everything up to this place in the history has been told; a later stream, also of another process, may go on there. */
  reached?(place: unknown): void | Promise<void>
}

export interface Subscription {
  /** How many events it has not been told yet. */
  readonly behind: number
  leave(): void
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
  /** The time entries are stamped with. */
  now: () => number
  /** Monotonic milliseconds, for silence: a clock that is set or moved must not look like it. */
  elapsed: () => number
  random: () => number
  log: FeedLog
  timings?: Partial<FeedTimings>
}

/** Nobody is served before the first stream is open, and a server that starts is busy with itself. */
const FIRST_ANSWER_MS = 15_000

/** Resuming with this token can never work again: history lost, fatal, invalid token, position lost, no such key. */
const DEAD_TOKEN = new Set([286, 280, 260, 136, 40_647, 50_811])
/** The server answers, but not as a primary that takes work just now; the token is as good as before. */
const PASSING = new Set([
  6, 7, 43, 63, 89, 91, 133, 150, 189, 202, 234, 237, 262, 9_001, 10_107, 11_600, 11_602, 13_388, 13_435,
  13_436,
])

export class SlotFeed {
  readonly #o: FeedOptions
  readonly #timings: FeedTimings
  /** Those who listen, in the order in which they came; each keeps its own place. */
  readonly #subscribers = new Set<Subscriber>()
  #state: FeedState = 'closed'
  /** The stream that is followed; what any other still says is ignored. */
  #current: FeedStream | null = null
  /** Where a new stream resumes; none where that is not possible. */
  #token: unknown
  #everOpened = false
  /** There is a history that the first stream should continue. */
  #mayMiss = false
  /** In a row; each makes the next wait longer. */
  #failures = 0
  #lagMs = 0
  /** The last answer of the database. */
  #lastAliveAt: number
  /** When the current stream was asked for. Not an answer: only the watchdog counts from it. */
  #attemptedAt: number
  #lastEventAt: number
  #retry: NodeJS.Timeout | undefined
  #watchdog: NodeJS.Timeout | undefined
  /** Whoever waits for the first stream to open. */
  #started: { resolve: () => void; reject: (error: unknown) => void } | undefined
  /** The changes of one write of several slots, until all have come: whoever listens hears them in one moment. */
  #together: Notice[] = []
  /** The place behind the last of these; what comes before the next is told. */
  #togetherUntil: unknown
  /** For each slot the first own write that has not come round yet. */
  readonly #expected = new Map<string, { rev: number; since: number }>()

  constructor(options: FeedOptions) {
    this.#o = options
    this.#timings = { ...feedTimings, ...options.timings }
    this.#lastAliveAt = this.#attemptedAt = this.#lastEventAt = options.elapsed()
  }

  get state(): FeedState {
    return this.#state
  }

  /** From the writing of the last event to its arrival here. */
  get lagMs(): number {
    return this.#lagMs
  }

  /** 0 while live and hearing, else the milliseconds since the last answer, however often it was tried to connect since. */
  ageMs(): number {
    const since = this.#o.elapsed() - this.#lastAliveAt
    const isFresh = this.#state === 'live' && since <= this.#timings.maxAwaitMs * 2
    return isFresh ? 0 : Math.max(1, Math.round(since))
  }

  /** From the next event on. */
  subscribe(listener: FeedListener): Subscription {
    const subscriber = new Subscriber({
      listener,
      onFault: (error) => this.#o.log.error({ err: error }, 'a change of a slot could not be handled'),
    })
    this.#subscribers.add(subscriber)
    return {
      get behind() {
        return subscriber.behind
      },
      leave: () => {
        this.#subscribers.delete(subscriber)
        subscriber.stop()
      },
    }
  }

  /** An own write was acknowledged, and its event has not come yet: it must. */
  expect(slotId: string, rev: number): void {
    if (this.#state === 'live' && !this.#expected.has(slotId))
      this.#expected.set(slotId, { rev, since: this.#o.elapsed() })
  }

  /**
   * Before it starts: the first stream goes on at a place that was reached before, by any process. Where that is not
   * possible any more, listeners are told of the loss.
   */
  beginAt(place: unknown): void {
    this.#token = place
    this.#mayMiss = true
  }

  /** Resolves when the first stream is open, rejects when it cannot be opened. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#started = { resolve, reject }
      this.#state = 'opening'
      this.#watchdog = setInterval(() => this.#check(), this.#timings.checkMs)
      this.#connect()
    })
  }

  async close(): Promise<void> {
    const stream = this.#current
    this.#stop()
    if (!stream) return
    let limit: NodeJS.Timeout | undefined
    await Promise.race([
      stream.close().catch(() => {}),
      new Promise<void>((resolve) => {
        limit = setTimeout(resolve, this.#timings.maxAwaitMs)
      }),
    ])
    clearTimeout(limit)
  }

  #connect(): void {
    const resumed = this.#token !== undefined
    const stream = this.#o.watch({
      ...(resumed && { resumeAfter: this.#token }),
      maxAwaitTimeMS: this.#timings.maxAwaitMs,
      batchSize: 1_000,
    })
    this.#current = stream
    this.#attemptedAt = this.#o.elapsed()
    let isOpen = false
    const open = () => {
      if (isOpen || this.#current !== stream) return
      isOpen = true
      // Known before anything is told: a stream that fails before its first answer goes on from here, too.
      this.#token ??= stream.resumeToken
      this.#opened(resumed)
    }
    // The first answer of the server carries a token, and so says at once that the stream is open.
    stream.once('resumeTokenChanged', open)
    void this.#follow(stream, open)
  }

  #opened(resumed: boolean): void {
    const awayMs = this.#o.elapsed() - this.#lastAliveAt
    this.#state = 'live'
    this.#lastAliveAt = this.#lastEventAt = this.#o.elapsed()
    this.#expected.clear()
    const again = this.#everOpened
    this.#everOpened = true
    if (again) this.#o.log.info({ resumed }, 'change stream open again')
    if (!resumed) this.#together = []
    if ((again || this.#mayMiss) && !resumed)
      for (const subscriber of this.#subscribers) subscriber.lost(awayMs)
    this.#started?.resolve()
    this.#started = undefined
  }

  async #follow(stream: FeedStream, open: () => void): Promise<void> {
    try {
      for (;;) {
        const change = await stream.tryNext()
        if (this.#current !== stream) return
        open()
        this.#lastAliveAt = this.#o.elapsed()
        this.#failures = 0
        this.#token = stream.resumeToken
        // All changes of one write stand in a row; where one has not come, nobody waits for it.
        if (!change) {
          this.#togetherUntil = this.#token
          this.#release()
        } else if (!this.#tell(change)) {
          this.#token = undefined
          this.#replace(stream, 'the collection is gone')
          return
        }
      }
    } catch (error) {
      if (this.#current !== stream) return
      const isDead = this.#isDeadToken(error)
      if (isDead) this.#token = undefined
      if (this.#started && !isDead) this.#giveUp(stream, error)
      else this.#replace(stream, 'error', error)
    }
  }

  /** False when the stream has ended with this event. */
  #tell(change: SlotChange): boolean {
    const reading = readChange(change)
    if (reading.kind === 'ended') return false
    if (reading.kind === 'nothing') return true
    const until = this.#token
    this.#lastEventAt = this.#lastAliveAt
    const { slotId } = reading
    if (reading.kind === 'gone') this.#expected.delete(slotId)
    if (reading.kind === 'entries') {
      const last = reading.entries.at(-1)
      if (last) {
        this.#lagMs = Math.max(0, this.#o.now() - last.at.getTime())
        const awaited = this.#expected.get(slotId)
        if (awaited && last.rev >= awaited.rev) this.#expected.delete(slotId)
      }
    }
    const write = writeOf(reading)
    if (this.#together[0] && writeOf(this.#together[0])?.id !== write?.id) this.#release()
    this.#together.push(reading)
    this.#togetherUntil = until
    if (!write || this.#together.length >= write.of) this.#release()
    return true
  }

  /** In one turn of the event loop, at the end of which viewers are told. */
  #release(): void {
    const notices = this.#together
    this.#together = []
    for (const notice of notices) for (const subscriber of this.#subscribers) subscriber.tell(notice)
    for (const subscriber of this.#subscribers) subscriber.reached(this.#togetherUntil)
  }

  #isDeadToken(error: unknown): boolean {
    const code = codeOf(error)
    if (typeof code !== 'number') return false
    if (DEAD_TOKEN.has(code)) return true
    // Not open yet, and the database answers: it is the resuming that it refuses.
    return this.#state !== 'live' && this.#token !== undefined && !PASSING.has(code)
  }

  #replace(stream: FeedStream, why: string, error?: unknown): void {
    this.#current = null
    this.#state = this.#everOpened ? 'away' : 'opening'
    this.#o.log.warn({ why, code: codeOf(error) }, 'change stream replaced')
    // Not awaited: closing may wait for a server that is not there.
    stream.close().catch(() => {})
    const most = Math.min(this.#timings.maxBackoffMs, this.#timings.backoffMs * 2 ** this.#failures)
    this.#failures++
    this.#retry = setTimeout(() => this.#reconnect(), most * (0.5 + this.#o.random() / 2))
  }

  #reconnect(): void {
    if (this.#state === 'closed') return
    try {
      this.#connect()
    } catch (error) {
      // The driver refuses at once when its client is closed under us.
      this.#o.log.warn({ code: codeOf(error) }, 'change stream cannot be opened')
      this.#failures++
      this.#retry = setTimeout(() => this.#reconnect(), this.#timings.maxBackoffMs)
    }
  }

  #giveUp(stream: FeedStream, error: unknown): void {
    const waiting = this.#started
    this.#started = undefined
    this.#stop()
    stream.close().catch(() => {})
    waiting?.reject(error)
  }

  #check(): void {
    const stream = this.#current
    if (!stream) return
    const now = this.#o.elapsed()
    const { maxAwaitMs, graceMs, unseenMs } = this.#timings
    const patienceMs = this.#started ? FIRST_ANSWER_MS : maxAwaitMs + graceMs
    if (now - Math.max(this.#lastAliveAt, this.#attemptedAt) > patienceMs) {
      if (this.#started) this.#giveUp(stream, new Error('the change stream does not open'))
      else this.#replace(stream, 'silence')
      return
    }
    const [oldest] = this.#expected.values()
    if (oldest && now - oldest.since > unseenMs && now - this.#lastEventAt > unseenMs) {
      // It answers and yet tells nothing: its place in history is not to be trusted either.
      this.#token = undefined
      this.#replace(stream, 'own writes do not come round')
    }
  }

  #stop(): void {
    this.#state = 'closed'
    this.#current = null
    clearTimeout(this.#retry)
    clearInterval(this.#watchdog)
  }
}

/** The write of several slots that a change is part of. */
function writeOf(reading: Notice): { id: string; of: number } | null {
  const last = reading.kind === 'entries' ? reading.entries.at(-1) : undefined
  return last?.of === undefined || last.write === undefined ? null : { id: last.write, of: last.of }
}
