/**
 * The time every rule is decided by: the database's, carried on by this process's monotonic clock.
 *
 * Owns: the offset between the two. Never: takes the time from the host, so that a wrong host clock neither lengthens
 * nor shortens a hold, and all servers of one database agree.
 *
 * Measured at the start, every 30 s, when the host's clock was set, after a new primary, and when the primary, which is
 * heard each second anyway, mentions a time that cannot be right. States: trusted <-> doubted.
 *
 * - `now()` never goes back and never stands still: an expiry that waits an hour is as wrong as one that comes early.
 * - Up to a second off is the measuring, the drift, another primary. The clock runs 10 % faster or slower until it agrees.
 * - More is a suspect. The old offset holds, the clock is doubted (`/readyz` is red) and is measured each second. The
 *   suspect is taken after 6 measurements over 10 s, of one primary, that agree with each other. It is passed over as soon
 *   as one agrees with the old offset. So a database clock that is wrong for a moment moves nothing, and what is wrong for
 *   longer is noticed by all servers within seconds of each other, and taken by all alike.
 * - What is taken forward is a step. What is taken backwards is approached at 10 %, which for an hour takes ten hours:
 *   `aheadMs` says how far it is, and updates do not ask the database for its time meanwhile. A step would go back; keeping the old offset would never end without hands. A restart takes the
 *   database's time at once, and the log says so.
 * - Sleep is no suspect. The monotonic clock of Linux stands still in it, the uptime of the machine goes on, and nobody can
 *   set that: it tells sleep from a clock that was set, also where database and server share the host's clock.
 *   Where a machine has no such uptime (a guest that was suspended), the way back is that of any suspect: 10 s.
 * - At the start there is no past to hold a measurement against. Its samples must agree among themselves; if they go on
 *   disagreeing, the server starts doubted rather than never. A server that starts while the database's clock is wrong
 *   takes the wrong time, as it would from any clock: it differs from the others until the database is right again, and is
 *   the doubted one from then on. Holds cannot be given twice by that: races are decided by state and holder.
 */
import { setTimeout as pause } from 'node:timers/promises'
import {
  type DatabaseTime,
  isBetter,
  isNear,
  type Measurement,
  measureOffset,
  NEAR_MS,
} from './clock-offset.js'

/** Handed in, never global: tests move it, the real one follows the database. */
export interface Clock {
  /** Milliseconds since the epoch; never goes back. */
  now(): number
  /** The database's own time is the same, so a rule may ask it inside an update. Not so for a clock that tests move. */
  readonly followsDatabase?: boolean
}

export interface ClockHealth {
  /** False while the database's time contradicts the one in use. */
  readonly trusted: boolean
  /** How far the database's time is ahead of the one in use. */
  readonly aheadMs: number
  /** Since the last measurement. */
  readonly unmeasuredMs: number
}

export interface ClockParts {
  /** Asks the primary what time it has; fails when whoever answers is not one. */
  databaseTime(): Promise<DatabaseTime>
  /** Counts on evenly, whatever happens to the host's clock. */
  monotonic(): number
  /** The host's clock: never trusted for the time, only a witness that something happened to this machine. */
  hostTime(): number
  /** Milliseconds since this machine started, its sleep included. */
  uptime(): number
  log: ClockLog
}

export interface ClockLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
}

const MEASURE_EVERY_MS = 30_000
/** How much faster or slower than the monotonic clock the time runs while it approaches its target. */
const SLEW = 0.1
const TAKE_AFTER_MEASUREMENTS = 6
const TAKE_AFTER_MS = 10_000
/** Two clocks of one machine drift apart by less than this between ticks, unless it slept or one of them was set. */
const JUMP_MS = 500
/** Reading three clocks takes less, unless the process was stopped in between. */
const AT_ONCE_MS = 20
/** A mentioned time may be this old; what is further off than that is worth measuring, but not again and again. */
const MENTIONED_WITHIN_MS = 2_500
const MENTIONED_EVERY_MS = 2_000
const START_ATTEMPTS = 6
const START_PAUSE_MS = 500

interface Suspect {
  /** The first measurement: all others must agree with it. */
  first: Measurement
  last: Measurement
  measurements: number
}

export class DatabaseClock implements Clock {
  /** Not while the two contradict each other: a database that is behind would let nothing end until it has caught up. */
  get followsDatabase(): boolean {
    return this.#suspect === null && !this.#isBehind
  }
  readonly #parts: ClockParts
  #latest = Number.NEGATIVE_INFINITY
  /** What `now` adds to the monotonic clock, as it was at `#steeredAt`; on its way to the target's. */
  #offset = 0
  #steeredAt = 0
  /** The measurement that is believed. */
  #target: Measurement | null = null
  #suspect: Suspect | null = null
  /** Until then a measurement contradicts nothing. */
  #isInUse = false
  /** A time behind this one was taken and has not been met yet. */
  #isBehind = false
  #measuring: Promise<void> | null = null
  #measuredAt = Number.NEGATIVE_INFINITY
  /** Against the monotonic clock, as they were at the last tick. */
  #hostAhead: number
  #uptimeAhead: number

  constructor(parts: ClockParts) {
    this.#parts = parts
    this.#hostAhead = parts.hostTime() - parts.monotonic()
    this.#uptimeAhead = parts.uptime() - parts.monotonic()
  }

  now(): number {
    if (this.#target === null) throw new Error('The clock is read before it was set')
    this.#isInUse = true
    const at = this.#parts.monotonic()
    this.#steer(at)
    this.#latest = Math.max(this.#latest, Math.floor(at + this.#offset))
    return this.#latest
  }

  get health(): ClockHealth {
    const at = this.#parts.monotonic()
    this.#steer(at)
    const found = this.#suspect?.last ?? this.#target
    return {
      trusted: this.#target !== null && this.#suspect === null,
      aheadMs: found === null ? 0 : Math.round(found.offset - this.#offset),
      unmeasuredMs: at - this.#measuredAt,
    }
  }

  /** Resolves when there is a time to go by; rejects when the database says none. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const fault = await this.measure().then(
        () => null,
        (error: unknown) => ({ error }),
      )
      if (fault === null && this.#suspect === null) break
      if (attempt < START_ATTEMPTS) await pause(START_PAUSE_MS)
      else if (this.#target === null) throw fault?.error
      else break
    }
    this.#isInUse = true
  }

  /** Called about each second: measures when that is due, or when this machine has slept or its clock was set. */
  async tick(): Promise<void> {
    this.#noticeSleep()
    const hostAhead = this.#parts.hostTime() - this.#parts.monotonic()
    const jumped = Math.abs(hostAhead - this.#hostAhead) > JUMP_MS
    this.#hostAhead = hostAhead
    if (jumped) return this.measureAnew()
    const unmeasured = this.#parts.monotonic() - this.#measuredAt
    if (this.#suspect !== null || unmeasured >= MEASURE_EVERY_MS) await this.measure()
  }

  /** The primary mentioned its time some while ago: too blunt to measure by, enough to notice that it was set. */
  async mentioned(time: number): Promise<void> {
    if (this.#target === null || Math.abs(time - this.now()) <= MENTIONED_WITHIN_MS) return
    if (this.#parts.monotonic() - this.#measuredAt >= MENTIONED_EVERY_MS) await this.measure()
  }

  /** How sharp the last measurement was says nothing any more: another machine is the primary, or this one slept. */
  async measureAnew(): Promise<void> {
    // A measurement that began before the change may carry the old time.
    await this.#measuring?.catch(() => {})
    await this.measure(true)
  }

  measure(anew = false): Promise<void> {
    this.#measuring ??= measureOffset(this.#parts)
      .then((found) => this.#judge(found, anew))
      .finally(() => {
        this.#measuring = null
      })
    return this.#measuring
  }

  #judge(found: Measurement, anew: boolean): void {
    this.#steer(found.at)
    this.#measuredAt = found.at
    const known = this.#target
    if (known === null || !this.#isInUse) {
      this.#target = found
      this.#offset = found.offset
      if (found.steady) this.#suspect = null
      else this.#suspectOf(found)
      return
    }
    const isKnown = isNear(found, known) || isNear(found, { ...known, offset: this.#offset })
    if (!found.steady || !isKnown) {
      this.#suspectOf(found)
      return
    }
    if (this.#suspect !== null) {
      this.#suspect = null
      this.#parts.log.info({}, 'the database has the time again that this server has')
    }
    if (anew || isBetter(found, known)) this.#target = found
  }

  #suspectOf(found: Measurement): void {
    const suspect = this.#suspect
    const isSame = suspect?.first.primary === found.primary && isNear(suspect.first, found)
    if (suspect !== null && isSame && suspect.first.steady && found.steady) {
      suspect.last = found
      suspect.measurements++
      const lasted = found.at - suspect.first.at
      if (suspect.measurements >= TAKE_AFTER_MEASUREMENTS && lasted >= TAKE_AFTER_MS) this.#take(found)
      return
    }
    this.#suspect = { first: found, last: found, measurements: 1 }
    // Once, however often it changes before it ends.
    if (suspect !== null) return
    this.#parts.log.warn(
      { aheadMs: Math.round(found.offset - this.#offset) },
      'the time of the database jumped: the old time goes on, and the server is not ready, until it is known which is right',
    )
  }

  #take(found: Measurement): void {
    const aheadMs = Math.round(found.offset - this.#offset)
    this.#suspect = null
    this.#target = found
    if (aheadMs >= 0) {
      this.#offset = found.offset
      this.#parts.log.warn({ aheadMs }, 'the new time of the database is taken: it is ahead and stays so')
      return
    }
    this.#isBehind = true
    this.#parts.log.warn(
      { aheadMs },
      'the database stays behind the time of this server, which runs a tenth slower until they meet; correct the clock of the database’s host, or restart this server to take its time at once',
    )
  }

  /** Brings the offset nearer to the target's, by as much as the time since the last call allows. */
  #steer(at: number): void {
    if (this.#target !== null) {
      const most = Math.max(0, at - this.#steeredAt) * SLEW
      const missing = this.#target.offset - this.#offset
      this.#offset += Math.max(-most, Math.min(most, missing))
      if (this.#isBehind && Math.abs(this.#target.offset - this.#offset) <= NEAR_MS) {
        this.#isBehind = false
        this.#parts.log.info({}, 'this server has met the time of the database')
      }
    }
    this.#steeredAt = at
  }

  /** The uptime went on while the monotonic clock stood still: this machine slept so long. */
  #noticeSleep(): void {
    const { monotonic, uptime } = this.#parts
    const before = monotonic()
    const uptimeAhead = uptime() - before
    // Stopped between the two readings, which looks the same. The next tick reads them again.
    if (monotonic() - before > AT_ONCE_MS) return
    const slept = uptimeAhead - this.#uptimeAhead
    this.#uptimeAhead = uptimeAhead
    if (slept <= JUMP_MS || this.#target === null) return
    this.#offset += slept
    this.#target = { ...this.#target, offset: this.#target.offset + slept }
    // What was measured before the sleep can be compared with nothing after it.
    if (this.#suspect !== null) this.#suspect.first = { ...this.#suspect.first, steady: false }
    this.#parts.log.info({ sleptMs: Math.round(slept) }, 'this machine slept')
  }
}
