/**
 * Releases overdue holds, and so broadcasts their release.
 *
 * Owns: when to look. Never: decides what is overdue (the store's update does,
 * against the one clock) or tells anybody (the change stream does). Correctness does not need it: an overdue hold reads
 * as open everywhere.
 * Modes: resting, until the cron's tick or the timer for the next hold that ends; sweeping, until nothing is overdue or
 * its time is over; stopped, for ever.
 * Invariants: one sweep at a time in a process, and each has an end, even if a call to the database has none; a fault
 * ends that sweep and is logged once, and the next tick tries again. Any number of instances may sweep at once, because
 * each update asks the rule again; but whoever finds a batch that another one has released leaves the rest to it. All go
 * through the list in one order, so the one that is furthest never does, and everything is released. (Each going on at a
 * place of its own was tried: five at once took the embedded engine 17 s for 20,000 holds, where one took 4 s.)
 */
import cron, { type ScheduledTask } from 'node-cron'
import type { Clock } from '../clock.js'

export interface SweepHoldsOptions {
  store: {
    /** Those overdue for longest, first those. */
    overdue(limit: number): Promise<{ id: string; lateMs: number }[]>
    /** Says how many of them it released; the others somebody else did. */
    expire(ids: string[]): Promise<number>
    nextExpiry(after: number, until: number): Promise<number | null>
  }
  clock: Clock
  /** Monotonic milliseconds, for the age of the last sweep. */
  elapsed: () => number
  /** node-cron, with seconds. */
  schedule: string
  /** 0 to 1; spreads the instances, whose crons all tick in the same millisecond. */
  random: () => number
  onSwept?: (released: number) => void
  /** How long a hold was overdue when it was found. */
  onLate?: (lateMs: number) => void
  onFault: (error: unknown) => void
  longestMs?: number
}

/** Read at once, for to read what is overdue costs the embedded engine as much as there is of it. */
const READ = 5_000
/** Released in one update: few, or holds of others would wait for it. */
const BATCH = 100
/** Who left much to another instance looks again after this or up to twice as long; the other one may have died. */
const REST_MS = 3_000
const LONGEST_MS = 30_000
const SPREAD_MS = 300
/** Timers are set for what ends within this; a tick a second alone would be late by up to a second. */
const HORIZON_MS = 60_000
/** The update must find the hold overdue, so the timer rings after the moment, never before. */
const AFTER_MS = 5

/** Of one sweep, which goes on by itself when nobody waits for it any more. */
interface Run {
  released: number
  over: boolean
}

export class HoldSweeper {
  readonly #o: SweepHoldsOptions
  #task: ScheduledTask | undefined
  #timer: NodeJS.Timeout | undefined
  #spread: NodeJS.Timeout | undefined
  #sweeping: Promise<number> | undefined
  #stopped = false
  #faulty = false
  /** On the scale of `elapsed`: until then another instance is left to it. */
  #restUntil = 0
  #lastThrough: number
  /** On the same scale: when the sweep that runs began. */
  #began: number | null = null

  constructor(options: SweepHoldsOptions) {
    this.#o = options
    this.#lastThrough = options.elapsed()
  }

  start(): void {
    this.#task = cron.schedule(
      this.#o.schedule,
      () => {
        clearTimeout(this.#spread)
        this.#spread = setTimeout(() => void this.sweep(), this.#o.random() * SPREAD_MS)
        this.#spread.unref()
      },
      // A tick that a busy process missed is made up for by the next one.
      { name: 'sweep-holds', noOverlap: true, suppressMissedWarning: true },
    )
  }

  /** Milliseconds since a sweep last came to its end without a fault. */
  ageMs(): number {
    return this.#o.elapsed() - this.#lastThrough
  }

  /** The last sweep ended without a fault, and the one that runs has time left. */
  get isWell(): boolean {
    const ranFor = this.#began === null ? 0 : this.#o.elapsed() - this.#began
    return !this.#faulty && ranFor < (this.#o.longestMs ?? LONGEST_MS)
  }

  /** Sweeps now, or joins the sweep that runs. Says how many holds were released; never throws. */
  sweep(): Promise<number> {
    if (this.#stopped) return Promise.resolve(0)
    this.#sweeping ??= this.#bounded().finally(() => {
      this.#sweeping = undefined
    })
    return this.#sweeping
  }

  async #bounded(): Promise<number> {
    const run: Run = { released: 0, over: false }
    this.#began = this.#o.elapsed()
    let limit: NodeJS.Timeout | undefined
    const tooLong = new Promise<never>((_resolve, reject) => {
      const end = () => {
        // Long because there is much to do: it ends with the batch under way. Only where that never ends is it a fault.
        if (run.over) reject(new Error('a sweep waits for the database for too long'))
        run.over = true
        limit?.refresh()
      }
      limit = setTimeout(end, (this.#o.longestMs ?? LONGEST_MS) / 2)
    })
    try {
      await Promise.race([this.#run(run), tooLong])
      this.#lastThrough = this.#o.elapsed()
      this.#faulty = false
    } catch (error) {
      // Said once for each outage, not each second.
      if (!this.#faulty && !this.#stopped) this.#o.onFault(error)
      this.#faulty = true
    } finally {
      clearTimeout(limit)
      run.over = true
      this.#began = null
    }
    if (run.released > 0) this.#o.onSwept?.(run.released)
    return run.released
  }

  async #run(run: Run): Promise<void> {
    if (this.#o.elapsed() < this.#restUntil) return
    let lookedAt = this.#o.clock.now()
    for (let due = READ; due === READ && !run.over && !this.#stopped; ) {
      lookedAt = this.#o.clock.now()
      const found = await this.#o.store.overdue(READ)
      due = found.length
      if (await this.#release(found, run)) continue
      if (due === READ) this.#restUntil = this.#o.elapsed() + REST_MS * (1 + this.#o.random())
      break
    }
    await this.#setTimer(lookedAt)
  }

  /** False when another instance is at it. */
  async #release(due: { id: string; lateMs: number }[], run: Run): Promise<boolean> {
    for (let at = 0; at < due.length && !run.over && !this.#stopped; at += BATCH) {
      const batch = due.slice(at, at + BATCH)
      const released = await this.#o.store.expire(batch.map(({ id }) => id))
      if (released === 0) return false
      run.released += released
      for (const { lateMs } of batch) this.#o.onLate?.(lateMs)
    }
    return true
  }

  /** For the first hold that ends after that moment; one that has ended since was not among those looked at. */
  async #setTimer(lookedAt: number): Promise<void> {
    const next = await this.#o.store.nextExpiry(lookedAt, lookedAt + HORIZON_MS)
    clearTimeout(this.#timer)
    if (next === null || this.#stopped) return
    this.#timer = setTimeout(() => void this.sweep(), Math.max(0, next - this.#o.clock.now()) + AFTER_MS)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearTimeout(this.#spread)
    await this.#task?.destroy()
    await this.#sweeping
  }
}
