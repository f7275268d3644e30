/**
 * Releases overdue holds, and so broadcasts their release.
 *
 * Owns: when to look. Never: decides what is overdue (the store's filter does, against the one clock) or tells
 * anybody (the change stream does). Correctness does not need it: an overdue hold reads as open everywhere.
 * Modes: resting, until the cron's tick or the timer for the next hold that ends; sweeping, in batches until one
 * comes back short; stopped, for ever.
 * Invariants: one sweep at a time in a process; a fault ends that sweep and is logged once, and the next tick tries
 * again; any number of instances may sweep at once, because each update asks the rule again.
 */
import cron, { type ScheduledTask } from 'node-cron'
import type { Clock } from '../clock.js'

export interface SweepHoldsOptions {
  store: {
    expireOverdue(limit: number, onLate?: (lateMs: number) => void): Promise<number>
    nextExpiry(after: number): Promise<number | null>
  }
  clock: Clock
  /** node-cron, with seconds. */
  schedule: string
  /** 0 to 1; spreads the instances, whose crons all tick in the same millisecond. */
  random: () => number
  onSwept?: (released: number) => void
  /** How long a hold was overdue when it was found. */
  onLate?: (lateMs: number) => void
  onFault: (error: unknown) => void
}

const BATCH = 500
const SPREAD_MS = 300
/** Timers are set for what ends within this; a tick a second alone would be late by up to a second. */
const HORIZON_MS = 60_000
/** The update must find the hold overdue, so the timer rings after the moment, never before. */
const AFTER_MS = 5

export class HoldSweeper {
  readonly #o: SweepHoldsOptions
  #task: ScheduledTask | undefined
  #timer: NodeJS.Timeout | undefined
  #spread: NodeJS.Timeout | undefined
  #sweeping: Promise<number> | undefined
  #stopped = false
  #faulty = false

  constructor(options: SweepHoldsOptions) {
    this.#o = options
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

  /** Sweeps now, or joins the sweep that runs. Says how many holds were released; never throws. */
  sweep(): Promise<number> {
    if (this.#stopped) return Promise.resolve(0)
    this.#sweeping ??= this.#run().finally(() => {
      this.#sweeping = undefined
    })
    return this.#sweeping
  }

  async #run(): Promise<number> {
    let released = 0
    try {
      for (;;) {
        const batch = await this.#o.store.expireOverdue(BATCH, this.#o.onLate)
        released += batch
        if (batch < BATCH || this.#stopped) break
      }
      await this.#setTimer()
      this.#faulty = false
    } catch (error) {
      // Said once for each outage, not each second.
      if (!this.#faulty && !this.#stopped) this.#o.onFault(error)
      this.#faulty = true
    }
    if (released > 0) this.#o.onSwept?.(released)
    return released
  }

  async #setTimer(): Promise<void> {
    const now = this.#o.clock.now()
    const next = await this.#o.store.nextExpiry(now)
    clearTimeout(this.#timer)
    if (next === null || next - now > HORIZON_MS || this.#stopped) return
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
