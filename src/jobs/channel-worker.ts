/**
 * Does the jobs of one channel, for this process. What is due is looked for once a second, in the window of time since
 * the last look; everything that is due, however old, once a minute and where more is due than fits into memory.
 *
 * - A job is begun only by whoever has its lease. A lease ends by the database's clock; a row whose lease is over is
 *   taken over only after it was seen unchanged for as long as a lease lasts, on this process's monotonic clock. So a
 *   clock of the database that jumps by a day has nothing done twice.
 * - Jobs of one lane take turns with those of others: an endpoint that is dead or slow keeps its own places busy and
 *   nobody else's.
 * - Memory is bounded by `mostReady`, whatever is due.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../clock.js'
import type { JobChannel, JobResult, NewJob } from './job.js'
import type { DueRow, JobStore, TakenJob } from './job-store.js'

export interface WorkerTimings {
  lookMs: number
  /** Everything that is due, not only what has become so. */
  fullLookMs: number
  /** Another instance may write a row this much after the moment it bears. */
  marginMs: number
  /** Instead of the channel's own. */
  leaseMs?: number
  /** How long a lease of somebody else must have been seen to be over; by default as long as a lease lasts. */
  takeOverMs?: number
}

const workerTimings: WorkerTimings = { lookMs: 1_000, fullLookMs: 60_000, marginMs: 10_000 }

export type JobEnd = JobResult['end']

export interface ChannelWorkerOptions {
  channel: JobChannel
  store: JobStore
  clock: Clock
  /** Monotonic milliseconds. */
  elapsed: () => number
  random: () => number
  onEnd: (end: JobEnd, tookMs: number) => void
  onFault: (error: unknown) => void
  mostReady?: number
  timings?: Partial<WorkerTimings>
}

/** Ids and lanes: a megabyte or so. */
const MOST_READY = 5_000
/** More of one lane than this in memory would keep others out of it. */
const MOST_READY_OF_LANE = 500
/** No more of such a lane is looked for. */
const CROWDED = MOST_READY_OF_LANE / 2
const LOOK_ROUNDS = 8
/** Read at once, beyond those that are known. */
const MOST_READ = 1_000
/** After a look there is none for so many times what it took, so that looking at much that is due costs little. */
const LOOK_REST = 30
const LONGEST_REST_MS = 20_000
/** Taken together, so that two calls serve several. */
const MOST_TAKEN = 16
/** A settling that fails is tried again for as long as the lease lasts, at this pace. */
const SETTLE_AGAIN_MS = 1_000
/** Before a wait, up to this share of it more or less, so that what failed together does not come back together. */
const JITTER = 0.2
/** How long attempts that are under way have at the end. */
const LAST_MS = 5_000

export class ChannelWorker {
  readonly #o: ChannelWorkerOptions
  readonly #timings: WorkerTimings
  /** Due and not begun, by lane, the oldest first. Lanes in the order in which their turn comes. */
  readonly #ready = new Map<string, Set<string>>()
  #readyCount = 0
  /** Under a lease of this process, by lane. */
  readonly #running = new Map<string, number>()
  /** Of all these rows this process knows. */
  readonly #known = new Set<string>()
  /** When a lease of somebody else was first seen to be over, by job and lease. */
  readonly #overdueLeases = new Map<string, { since: number; id: string; lane: string }>()
  /** What became due until then has been looked at. */
  #lookedUntil = 0
  #fullLookAt = Number.NEGATIVE_INFINITY
  /** Until then nothing is looked for. */
  #restsUntil = Number.NEGATIVE_INFINITY
  /** More was due than a look could take in. */
  #isMore = false
  /** Of the budget of starts, where the channel has one; and when it was last filled up. */
  #starts: number
  #startsAt: number
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | null = null
  /** Jobs are being taken. */
  #beginning: Promise<void> | null = null
  readonly #attempts = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  #isOpen = false

  constructor(options: ChannelWorkerOptions) {
    this.#o = options
    this.#timings = { ...workerTimings, ...options.timings }
    this.#starts = options.channel.perSecond ?? 0
    this.#startsAt = options.elapsed()
  }

  /** Known here to be due; more may be in the database. */
  get ready(): number {
    return this.#readyCount
  }

  get isMore(): boolean {
    return this.#isMore
  }

  get running(): number {
    return this.#attempts.size
  }

  /** Nothing is known to be due or under way. */
  get isIdle(): boolean {
    return this.#known.size === 0
  }

  start(): void {
    this.#isOpen = true
    this.#tick()
  }

  async close(): Promise<void> {
    this.#isOpen = false
    clearTimeout(this.#timer)
    await Promise.all([this.#looking, this.#beginning])
    const patience = setTimeout(() => this.#closing.abort(), LAST_MS)
    await Promise.allSettled(this.#attempts)
    clearTimeout(patience)
  }

  /** Added by this process just now. */
  offer(jobs: readonly NewJob[]): void {
    const now = this.#o.clock.now()
    for (const { id, lane, dueAt } of jobs) if (dueAt <= now) this.#takeIn(id, lane)
    this.#begin()
  }

  /** Looks at once, for whoever has put rows down past it. */
  async look(): Promise<void> {
    await this.#looking
    this.#looking = this.#look(true)
      .catch(this.#o.onFault)
      .finally(() => {
        this.#looking = null
      })
    await this.#looking
  }

  #tick(): void {
    if (!this.#isOpen) return
    const { elapsed, onFault } = this.#o
    const since = elapsed()
    if (since >= this.#restsUntil) {
      this.#looking ??= this.#look(false)
        .catch(onFault)
        .finally(() => {
          this.#looking = null
          this.#restsUntil = elapsed() + Math.min((elapsed() - since) * LOOK_REST, LONGEST_REST_MS)
        })
    }
    this.#begin()
    this.#timer = setTimeout(() => this.#tick(), this.#timings.lookMs)
  }

  async #look(isAsked: boolean): Promise<void> {
    const { clock, elapsed } = this.#o
    const now = clock.now()
    const isFull =
      isAsked ||
      elapsed() - this.#fullLookAt >= this.#timings.fullLookMs ||
      (this.#isMore && this.#readyCount < this.#most / 10)
    if (isFull) {
      this.#fullLookAt = elapsed()
      this.#isMore = false
    }
    const after = isFull ? 0 : this.#lookedUntil - this.#timings.marginMs
    this.#lookedUntil = now
    for (let round = 0; round < LOOK_ROUNDS; round++) {
      const crowded = this.#crowdedLanes()
      const limit = Math.min(this.#most, this.#readyCount + MOST_READ)
      const rows = await this.#o.store.due(this.#o.channel.name, { after, until: now }, limit, crowded)
      for (const row of rows) if (this.#mayBegin(row)) this.#takeIn(row._id, row.lane)
      if (crowded.length > 0 || rows.length >= limit) this.#isMore = true
      // One lane may have filled all the room: those behind it are found without it.
      if (rows.length < limit || this.#crowdedLanes().length === crowded.length) break
    }
    this.#takeOver()
    this.#begin()
  }

  #crowdedLanes(): string[] {
    return [...this.#ready].filter(([, ids]) => ids.size >= CROWDED).map(([lane]) => lane)
  }

  get #leaseMs(): number {
    return this.#timings.leaseMs ?? this.#o.channel.leaseMs
  }

  get #most(): number {
    return this.#o.mostReady ?? MOST_READY
  }

  /** False while somebody else may still be at it. */
  #mayBegin({ _id: id, lane, lease }: DueRow): boolean {
    if (!lease || this.#known.has(id)) return true
    const key = `${id} ${lease.id}`
    if (!this.#overdueLeases.has(key)) this.#overdueLeases.set(key, { since: this.#o.elapsed(), id, lane })
    return false
  }

  /** Those whose lease has been over for long. Where it was settled or begun anew meanwhile, taking it changes nothing. */
  #takeOver(): void {
    const longAgo = this.#o.elapsed() - (this.#timings.takeOverMs ?? this.#leaseMs)
    for (const [key, { since, id, lane }] of this.#overdueLeases) {
      if (since > longAgo) continue
      this.#overdueLeases.delete(key)
      this.#takeIn(id, lane)
    }
  }

  #takeIn(id: string, lane: string): void {
    if (this.#known.has(id)) return
    const ids = this.#ready.get(lane) ?? new Set()
    if (this.#readyCount >= this.#most || ids.size >= MOST_READY_OF_LANE) {
      this.#isMore = true
      return
    }
    ids.add(id)
    this.#ready.set(lane, ids)
    this.#known.add(id)
    this.#readyCount++
  }

  #begin(): void {
    if (!this.#isOpen || this.#beginning) return
    const chosen = this.#next()
    if (chosen.size === 0) return
    this.#beginning = this.#take(chosen).finally(() => {
      this.#beginning = null
      this.#begin()
    })
  }

  async #take(chosen: Map<string, string>): Promise<void> {
    const { store, channel, onFault } = this.#o
    // Where a call fails, whether they were taken is not known; the rows come again at the end of the lease.
    const taken = await store
      .take([...chosen.keys()], channel.name, this.#leaseMs)
      .catch((error: unknown) => {
        onFault(error)
        return []
      })
    const got = new Set(taken.map(({ job }) => job.id))
    for (const [id, lane] of chosen) if (!got.has(id)) this.#leave(id, lane)
    for (const one of taken) this.#run(one)
  }

  /** Whose turn it is, each with its lane: of lanes that have a free place, as long as there are places and starts. */
  #next(): Map<string, string> {
    const { concurrency, perLane } = this.#o.channel
    const chosen = new Map<string, string>()
    const most = Math.min(MOST_TAKEN, concurrency - this.#runningCount(), this.#startsLeft())
    for (const [lane, ids] of [...this.#ready]) {
      if (chosen.size >= most) break
      for (const id of ids) {
        const isFree = (this.#running.get(lane) ?? 0) < perLane
        if (!isFree || chosen.size >= most) break
        ids.delete(id)
        this.#readyCount--
        this.#running.set(lane, (this.#running.get(lane) ?? 0) + 1)
        chosen.set(id, lane)
      }
      // To the end of the line, so that the next turn begins with another lane.
      this.#ready.delete(lane)
      if (ids.size > 0) this.#ready.set(lane, ids)
    }
    if (this.#o.channel.perSecond !== undefined) this.#starts -= chosen.size
    return chosen
  }

  #runningCount(): number {
    let count = 0
    for (const running of this.#running.values()) count += running
    return count
  }

  #startsLeft(): number {
    const { perSecond } = this.#o.channel
    if (perSecond === undefined) return Number.POSITIVE_INFINITY
    const at = this.#o.elapsed()
    this.#starts = Math.min(perSecond, this.#starts + ((at - this.#startsAt) / 1000) * perSecond)
    this.#startsAt = at
    return Math.floor(this.#starts)
  }

  #run(taken: TakenJob): void {
    const attempt = this.#attempt(taken)
      .catch(this.#o.onFault)
      .finally(() => {
        this.#attempts.delete(attempt)
        this.#leave(taken.job.id, taken.job.lane)
        this.#begin()
      })
    this.#attempts.add(attempt)
  }

  async #attempt(taken: TakenJob): Promise<void> {
    const { channel, elapsed, onEnd } = this.#o
    const { job } = taken
    const since = elapsed()
    let result: JobResult
    try {
      if (!this.#isOpen) result = { end: 'again', error: 'not begun, the server ended' }
      else result = await channel.run(job, this.#closing.signal)
    } catch (error) {
      this.#o.onFault(error)
      result = { end: 'again', error: 'unexpected fault' }
    }
    if (result.end === 'again') {
      const wait = result.isUntried ? 0 : channel.waitMs(job)
      if (wait === null) result = { end: 'failed', error: result.error }
      else await this.#settle(taken, result, this.#againAt(wait, result.notBefore), since)
    }
    if (result.end !== 'again') await this.#settle(taken, result, 0, since)
    onEnd(result.end, elapsed() - since)
  }

  #againAt(waitMs: number, notBefore = 0): number {
    const jitter = 1 + JITTER * (2 * this.#o.random() - 1)
    return Math.max(this.#o.clock.now() + waitMs * jitter, notBefore)
  }

  /** Tried while the lease lasts, for what is not written down is done again. */
  async #settle(taken: TakenJob, result: JobResult, dueAt: number, since: number): Promise<void> {
    const { store, elapsed, onFault } = this.#o
    for (;;) {
      try {
        await store.settle(taken, result, dueAt)
        return
      } catch (error) {
        onFault(error)
        if (!this.#isOpen || elapsed() - since > this.#leaseMs) return
        await pause(SETTLE_AGAIN_MS)
      }
    }
  }

  #leave(id: string, lane: string): void {
    this.#known.delete(id)
    const left = (this.#running.get(lane) ?? 1) - 1
    if (left > 0) this.#running.set(lane, left)
    else this.#running.delete(lane)
  }
}
