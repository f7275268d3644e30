/** Sends the changes of one reservation: to the one slot that it has, or to all of its slots together. */
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { BatchedReads } from '../database/batched-reads.js'
import { DURABLE, READ_ACKNOWLEDGED } from '../database/call-options.js'
import type { Engine } from '../database/engine.js'
import { isDuplicateKey } from '../database/error-codes.js'
import { JointWrites } from './joint-writes.js'
import type { LogEntry, SlotDoc } from './slot-document.js'
import { type Changes, type Expression, type Moment, provided, providedForAll } from './slot-updates.js'
import { type SlotRead, WriteBatches } from './write-batches.js'

/** The slots of a reservation, in their order, and which of them it begins with. */
export interface Place {
  slotIds: string[]
  head: string
}

/** Where a reservation was when it had been moved so often. */
export interface KnownPlace extends Place {
  moves: number
}

export interface Written extends SlotRead {
  /** What the write did to the head, as its log says it; null where the rule did not hold. */
  entry: LogEntry | null
  /** All that it changed, where those are several. */
  slots?: SlotDoc[]
}

export interface SlotWriterOptions {
  slots: mongo.Collection<SlotDoc>
  engine: Engine
  startSession: () => mongo.ClientSession
  clock: Clock
  newId: () => string
  /** The next moment, on a scale that only counts. */
  mark: () => number
  /** Monotonic milliseconds. */
  elapsed: () => number
  random: () => number
  /** Hears the slots that an acknowledged write has changed, all together, before the caller does. */
  onWritten: (slots: SlotDoc[]) => void
}

export class SlotWriter {
  readonly #o: SlotWriterOptions
  readonly #batches: WriteBatches
  readonly #reads: BatchedReads<SlotDoc>
  /** Makes the ids of this process's writes unlike those of any other's. */
  readonly #process: string
  #writes = 0

  constructor(options: SlotWriterOptions) {
    this.#o = options
    this.#batches = new WriteBatches({ ...options, joint: new JointWrites(options) })
    this.#reads = new BatchedReads((ids) =>
      options.slots.find({ _id: { $in: ids } }, { ...READ_ACKNOWLEDGED, projection: { log: 0 } }).toArray(),
    )
    this.#process = options.newId().slice(0, 12)
  }

  /** For a write of so many slots. */
  moment(slots = 1): Moment {
    return {
      now: new Date(this.#o.clock.now()),
      inDatabase: this.#o.clock.followsDatabase ?? false,
      write: `${this.#process}${(this.#writes++).toString(36)}`,
      ...(slots > 1 && { of: slots }),
    }
  }

  /** `also`: documents beside the slots that the rule and the changes know. */
  async write(
    { slotIds, head }: Place,
    moment: Moment,
    rule: Expression,
    changes: Changes | Expression,
    also: string[] = [],
  ): Promise<Written> {
    const isOne = slotIds.length === 1 && also.length === 0
    const written = await this.#batches.write({
      slotId: head,
      id: moment.write,
      update: isOne ? provided(rule, changes as Changes) : providedForAll(rule, changes),
      ...(!isOne && { together: { slotIds, also } }),
    })
    const { slot, entry, slots } = written
    if (slot && entry) this.#o.onWritten(slots ?? [slot])
    return written
  }

  /** As the majority has it. */
  read(slotId: string): Promise<SlotRead> {
    return this.#batches.read(slotId)
  }

  /** Those that there are, without their logs. Not older than the question. */
  readAll(slotIds: string[]): Promise<SlotDoc[]> {
    return this.#reads.get(slotIds)
  }

  /** Adds slots that are not there yet; says how many. */
  async insert(slots: SlotDoc[]): Promise<number> {
    if (slots.length === 0) return 0
    try {
      return (await this.#o.slots.insertMany(slots, { ...DURABLE, ordered: false })).insertedCount
    } catch (error) {
      const { result } = error as { result?: { insertedCount?: number } }
      if (!isDuplicateKey(error) || typeof result?.insertedCount !== 'number') throw error
      return result.insertedCount
    }
  }
}
