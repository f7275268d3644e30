/** The time every rule is decided by. Handed in, never global: tests move it, the real one follows the database. */
export interface Clock {
  /** Milliseconds since the epoch; never goes back. */
  now(): number
  /** The database's own time is the same, so a rule may ask it inside an update. Not so for a clock that tests move. */
  readonly followsDatabase?: boolean
}

export interface ClockParts {
  /** Asks the database what time it has. */
  databaseTime(): Promise<number>
  /** Counts on evenly, whatever happens to the host's clock. */
  monotonic(): number
  /** The host's clock: never trusted for the time, only a witness that something happened to this machine. */
  hostTime(): number
}

const SAMPLES = 5
const MEASURE_EVERY_MS = 30_000
/** Two clocks of one machine drift apart by less than this between ticks, unless it slept or one of them was set. */
const JUMP_MS = 500
/** How long a sharp measurement is preferred to a blunter one that it agrees with; after that it may have drifted. */
const KEEP_SHARPEST_MS = 300_000

interface Measurement {
  /** To be added to the monotonic clock. */
  offset: number
  /** Half the round trip: the truth is at most this far away. */
  uncertainty: number
  at: number
}

/**
 * Owns: the offset between the database's time and this process's monotonic clock. Never: reads the time from the host,
 * so that a wrong host clock neither lengthens nor shortens a hold, and all servers of one database agree.
 *
 * Measured at the start, every 30 s, after sleep (the monotonic clock stands still then) and after a new primary.
 * `now()` never goes back: when the database's clock is behind, it waits for it.
 */
export class DatabaseClock implements Clock {
  readonly followsDatabase = true
  private latest = Number.NEGATIVE_INFINITY
  private current: Measurement | null = null
  private measuring: Promise<void> | null = null
  private measuredAt = Number.NEGATIVE_INFINITY
  private hostAhead: number

  constructor(private readonly parts: ClockParts) {
    this.hostAhead = parts.hostTime() - parts.monotonic()
  }

  now(): number {
    if (this.current === null) throw new Error('The clock is read before it was set')
    this.latest = Math.max(this.latest, Math.floor(this.parts.monotonic() + this.current.offset))
    return this.latest
  }

  /** Called about each second: measures when that is due, or when this machine has slept or its clock was set. */
  async tick(): Promise<void> {
    const hostAhead = this.parts.hostTime() - this.parts.monotonic()
    const jumped = Math.abs(hostAhead - this.hostAhead) > JUMP_MS
    this.hostAhead = hostAhead
    if (jumped) return this.measureAnew()
    if (this.parts.monotonic() - this.measuredAt >= MEASURE_EVERY_MS) await this.measure()
  }

  /** What was known is worth nothing any more: another machine is the primary, or this one slept. */
  async measureAnew(): Promise<void> {
    // A measurement that began before the change may carry the old time.
    await this.measuring?.catch(() => {})
    await this.measure(true)
  }

  measure(anew = false): Promise<void> {
    this.measuring ??= this.sample(anew).finally(() => {
      this.measuring = null
    })
    return this.measuring
  }

  private async sample(anew: boolean): Promise<void> {
    const { databaseTime, monotonic } = this.parts
    let best: Measurement | null = null
    for (let count = 0; count < SAMPLES; count++) {
      const asked = monotonic()
      const time = await databaseTime()
      const answered = monotonic()
      const uncertainty = (answered - asked) / 2
      if (best !== null && best.uncertainty <= uncertainty) continue
      best = { offset: time - (asked + uncertainty), uncertainty, at: answered }
    }
    this.measuredAt = monotonic()
    if (best !== null && (anew || this.isBetter(best))) this.current = best
  }

  private isBetter(found: Measurement): boolean {
    const known = this.current
    if (known === null || found.uncertainty <= known.uncertainty) return true
    const apart = Math.abs(found.offset - known.offset)
    return apart > found.uncertainty + known.uncertainty || found.at - known.at > KEEP_SHARPEST_MS
  }
}
