/**
 * Turns changes of slots into jobs, from the feed that viewers are told by, on each instance. Instances that notice the
 * same change make the same ids, and the database keeps one of each.
 *
 * - The place in the stream is saved after the jobs are, so a server that is killed between the two makes them again.
 * - Where the stream could not go on, what is due is derived from the slots as they are, with the same ids.
 * - No write of a slot waits for it. Where the database does not take jobs for a while, changes wait here and then in
 *   the feed, and what is too much for that is derived later.
 */
import type { Clock } from '../clock.js'
import { releaseReasons } from '../domain/reservation.js'
import type { LogEntry, SlotDoc } from '../slots/slot-document.js'
import type { JobChannel, NewJob } from './job.js'

type Plan = NonNullable<JobChannel['plan']>

export interface ProducerOptions {
  channels: () => Iterable<JobChannel>
  clock: Clock
  /**
   * What changed before that moment has been turned into jobs, or is never to be. Known from the beginning, for the feed
   * may tell of a loss as soon as it opens.
   */
  since: number
  /** Durable when it resolves. */
  add: (jobs: readonly NewJob[]) => Promise<unknown>
  savePlace: (place: unknown) => Promise<void>
  /** All slots that somebody may still be told of, in any order. */
  slotsAhead: () => AsyncIterable<SlotDoc>
  wait: (ms: number) => Promise<unknown>
  onFault: (error: unknown) => void
  onDerived: (jobs: number) => void
  saveEveryMs?: number
}

/** So many jobs wait to be written before the feed has to wait, too. */
const MOST_WAITING = 5_000
const AGAIN_MS = 1_000
/** What changes in one moment is written together, and after whoever changed it was answered. */
const GATHER_MS = 25
/** Nothing older is derived: its job may have ended so long ago that its row was removed. */
const DERIVED_MS = 7 * 86_400_000
/** How much older than the saved place a change may be that was not turned into jobs. */
const MARGIN_MS = 60_000
const SAVE_EVERY_MS = 1_000

export class Producer {
  readonly #o: ProducerOptions
  /** Planned and not written. */
  #waiting: NewJob[] = []
  /** Up to where the stream was planned, and up to where what was planned is written. */
  #place: unknown
  #savedPlace: unknown
  /** Changes since this moment may not have been turned into jobs. */
  #since: number
  #writing: Promise<void> | null = null
  /** Derivations under way. */
  #deriving = 0
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: ProducerOptions) {
    this.#o = options
    this.#since = options.since
  }

  get waiting(): number {
    return this.#waiting.length
  }

  start(): void {
    this.#timer = setInterval(() => this.#savePlace(), this.#o.saveEveryMs ?? SAVE_EVERY_MS)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#writing
    await this.#savePlace()
  }

  entries(slotId: string, entries: LogEntry[]): void | Promise<void> {
    const planned: Promise<NewJob[]>[] = []
    for (const { plan } of this.#planners())
      for (const entry of entries) {
        try {
          const jobs = plan(slotId, entry)
          if (jobs instanceof Promise)
            planned.push(jobs.catch((error) => this.#again(plan, slotId, entry, error)))
          else this.#waiting.push(...jobs)
        } catch (error) {
          planned.push(this.#again(plan, slotId, entry, error))
        }
      }
    if (planned.length === 0) return this.#written()
    return Promise.all(planned).then((all) => {
      this.#waiting.push(...all.flat())
      return this.#written()
    })
  }

  /** A channel that cannot plan, because the database is away perhaps, is asked until it can: changes come once. */
  async #again(plan: Plan, slotId: string, entry: LogEntry, fault: unknown): Promise<NewJob[]> {
    for (let error = fault; !this.#isClosed; ) {
      this.#o.onFault(error)
      await this.#o.wait(AGAIN_MS)
      try {
        return await plan(slotId, entry)
      } catch (next) {
        error = next
      }
    }
    return []
  }

  /** The stream was told up to here. */
  reached(place: unknown): void {
    this.#place = place
  }

  /**
   * From the slots as they are: what happened since the last saved place, and what lies ahead. Tried until it is done; no
   * place is saved before that, so a server that is killed on the way has the next one derive it.
   */
  async derive(): Promise<void> {
    this.#deriving++
    try {
      while (!this.#isClosed && !(await this.#deriveAll())) await this.#o.wait(AGAIN_MS)
    } finally {
      this.#deriving--
    }
  }

  /** False where it did not come to its end. */
  async #deriveAll(): Promise<boolean> {
    const since = Math.max(this.#since - MARGIN_MS, this.#o.clock.now() - DERIVED_MS)
    let derived = 0
    try {
      for await (const slot of this.#o.slotsAhead()) {
        if (this.#isClosed) return false
        for (const channel of this.#o.channels()) {
          const jobs = await jobsOfSlot(channel, slot, since)
          derived += jobs.length
          this.#waiting.push(...jobs)
        }
        await this.#written()
      }
      while (this.#writing) await this.#writing
    } catch (error) {
      this.#o.onFault(error)
      return false
    }
    if (this.#isClosed) return false
    this.#o.onDerived(derived)
    return true
  }

  *#planners(): Iterable<{ plan: Plan }> {
    for (const channel of this.#o.channels()) if (channel.plan) yield { plan: channel.plan.bind(channel) }
  }

  /** Begins to write, and waits for it where so many wait that the feed must. */
  #written(): void | Promise<void> {
    if (this.#waiting.length > 0 && !this.#writing) {
      this.#writing = this.#write().finally(() => {
        this.#writing = null
      })
    }
    if (this.#waiting.length > MOST_WAITING && this.#writing) return this.#writing
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (!this.#isClosed) await this.#o.wait(GATHER_MS)
      const jobs = this.#waiting
      this.#waiting = []
      try {
        await this.#o.add(jobs)
      } catch (error) {
        this.#waiting = jobs.concat(this.#waiting)
        this.#o.onFault(error)
        if (this.#isClosed) return
        await this.#o.wait(AGAIN_MS)
      }
    }
  }

  async #savePlace(): Promise<void> {
    const place = this.#place
    if (place === this.#savedPlace) return
    if (this.#writing || this.#deriving > 0 || this.#waiting.length > 0) return
    try {
      await this.#o.savePlace(place)
      this.#savedPlace = place
      this.#since = this.#o.clock.now()
    } catch (error) {
      this.#o.onFault(error)
    }
  }
}

async function jobsOfSlot(channel: JobChannel, slot: SlotDoc, since: number): Promise<NewJob[]> {
  const jobs: NewJob[] = []
  if (channel.plan)
    for (const entry of entriesSince(slot, since)) jobs.push(...(await channel.plan(slot._id, entry)))
  if (channel.planState) jobs.push(...(await channel.planState(slot)))
  return jobs
}

/** The log keeps the last changes of a slot; how reservations ended is known of more. */
function entriesSince({ log, past }: SlotDoc, since: number): LogEntry[] {
  const entries = Object.values(log).filter(({ at }) => at.getTime() >= since)
  const known = new Set(entries.map(({ rev }) => rev))
  for (const { status, endedAt, rev, id, client, chain } of past) {
    if (endedAt.getTime() < since || known.has(rev) || !releaseReasons.includes(status)) continue
    const ended = { id, client, ...(chain && { chain }) }
    entries.push({ kind: 'released', reason: status, ended, rev, from: rev - 1, at: endedAt, state: 'open' })
  }
  return entries.sort((a, b) => a.rev - b.rev)
}
