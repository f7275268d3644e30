/**
 * The one way in which the slots of a reservation are changed: hold, confirm, give back, cancel, move.
 *
 * A write names its slot, its rule and its changes; one of an appointment names several slots, which it changes together
 * or not at all (`providedForAll`). A write that comes alone goes at once; those that arrive while
 * others are under way wait and go together as the next group: one unordered bulk, one read. There is no timer. A slot
 * is in a group once, so two writes of one slot keep their order. A group that takes long, as on a connection that fell
 * silent, is no longer waited for by those that come after it.
 *
 * What became of a write is read in its slot's log, where each entry names the write that made it. It is not concluded
 * from the slot's state, which somebody else may have changed since: a confirm that was given back in the same moment
 * has taken place.
 *
 * One refused by a unique index, or by the rule of its slots, fails alone. A failure of the bulk or of the read leaves every write of the group
 * unknown, and each caller hears the error.
 */
import type { mongo } from 'mongoose'
import { DURABLE, READ_ACKNOWLEDGED } from '../database/call-options.js'
import { CALL_MS, CallRanOut } from '../database/database-calls.js'
import type { Engine } from '../database/engine.js'
import { isDuplicateKey } from '../database/error-codes.js'
import { isRefusal, type JointWrites } from './joint-writes.js'
import type { LogEntry, SlotDoc } from './slot-document.js'
import type { Pipeline } from './slot-updates.js'

export interface Write {
  slotId: string
  /** Unlike that of any other write; the entries that it makes in the log bear it. */
  id: string
  update: Pipeline
  /** All slots of an appointment, `slotId` among them. One that is not there is not noticed: the caller has seen them. */
  together?: Together
}

export interface Together {
  slotIds: string[]
  /** Documents that change with them and are no slots. */
  also: string[]
}

/** A slot as a read had it. */
export interface SlotRead {
  slot: SlotDoc | null
  /** When the read was asked for, as `mark` counts moments. */
  readAt: number
}

export interface WriteResult extends SlotRead {
  /** What the write has done, as the log says it; null where the rule did not hold. */
  entry: LogEntry | null
  /** Those of an appointment. */
  slots?: SlotDoc[]
}

export class DuplicateKey extends Error {
  override readonly name = 'DuplicateKey'
}

export interface WriteBatchesOptions {
  slots: mongo.Collection<SlotDoc>
  engine: Engine
  /** For several slots, where each write goes alone. */
  joint: JointWrites
  /** The next moment, on a scale that only counts. */
  mark: () => number
  /** Monotonic milliseconds. */
  elapsed: () => number
}

interface Waiting extends Write {
  since: number
  resolve: (written: WriteResult) => void
  reject: (error: unknown) => void
}

/** More make the group's last wait for its first. */
const MOST_AT_ONCE = 64
/** Two were tried: smaller groups, and a third more processor time for each hold on both sides. */
const GROUPS_AT_ONCE = 1
/** A group that is older than this is not waited for; a healthy one takes some milliseconds. */
const SLOW_MS = 250
/** Beside slow ones. */
const MOST_GROUPS = 8

export class WriteBatches {
  readonly #o: WriteBatchesOptions
  /** Not sent yet, in the order of their coming. Only `write` adds, only `#next` takes. */
  #waiting: Waiting[] = []
  /** The slots of the writes that are under way. */
  readonly #busy = new Set<string>()
  /** Under way, the oldest first, each with the moment at which it was sent. */
  readonly #groups = new Set<{ since: number }>()

  constructor(options: WriteBatchesOptions) {
    this.#o = options
  }

  write(write: Write): Promise<WriteResult> {
    if (!this.#o.engine.groupsWrites) return this.#single(write)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...write, since: this.#o.elapsed(), resolve, reject })
      this.#send()
    })
  }

  /** As the majority has it: what is answered from it cannot be rolled back any more. */
  async read(slotId: string): Promise<SlotRead> {
    const readAt = this.#o.mark()
    return { slot: await this.#o.slots.findOne({ _id: slotId }, READ_ACKNOWLEDGED), readAt }
  }

  #send(): void {
    while (this.#mayStart()) {
      const group = this.#next()
      if (group.length === 0) return
      const running = { since: this.#o.elapsed() }
      this.#groups.add(running)
      void this.#run(group).finally(() => {
        this.#groups.delete(running)
        for (const write of group) for (const id of writtenBy(write)) this.#busy.delete(id)
        this.#send()
      })
    }
  }

  #mayStart(): boolean {
    const recently = this.#o.elapsed() - SLOW_MS
    const quick = [...this.#groups].filter(({ since }) => since >= recently)
    return quick.length < GROUPS_AT_ONCE && this.#groups.size < MOST_GROUPS
  }

  #next(): Waiting[] {
    const group: Waiting[] = []
    const left: Waiting[] = []
    let documents = 0
    const lost = this.#o.elapsed() - CALL_MS
    for (const write of this.#waiting) {
      // Whoever asked for it was told by now that nothing is known of it; it was never sent.
      if (write.since < lost) write.reject(new CallRanOut(CALL_MS))
      else if (documents >= MOST_AT_ONCE || writtenBy(write).some((id) => this.#busy.has(id)))
        left.push(write)
      else {
        for (const id of writtenBy(write)) this.#busy.add(id)
        documents += writtenBy(write).length
        group.push(write)
      }
    }
    this.#waiting = left
    return group
  }

  /** Settles each write of the group; never fails itself. */
  async #run(group: Waiting[]): Promise<void> {
    try {
      const refused = await this.#update(group)
      const { slots, readAt } = await this.#readAll(group)
      for (const [index, { slotId, id, together, resolve, reject }] of group.entries()) {
        const slot = slots.get(slotId) ?? null
        const all = together && { slots: together.slotIds.flatMap((one) => slots.get(one) ?? []) }
        if (refused.has(index)) reject(new DuplicateKey(slotId))
        else resolve({ slot, readAt, entry: slot && entryOf(slot, id), ...all })
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  /** Says which of them a unique index refused. The driver retries once by itself; each rule then sees what was done. */
  async #update(group: Write[]): Promise<ReadonlySet<number>> {
    const [first, ...others] = group
    try {
      if (first && others.length === 0 && !first.together) {
        await this.#o.slots.updateOne({ _id: first.slotId }, first.update, DURABLE)
      } else {
        await this.#o.slots.bulkWrite(group.map(statementOf), { ...DURABLE, ordered: false })
      }
      return new Set()
    } catch (error) {
      const refused = duplicatesIn(error)
      if (!refused) throw error
      return new Set(refused)
    }
  }

  async #readAll(group: Write[]): Promise<{ slots: Map<string, SlotDoc>; readAt: number }> {
    const [first, ...others] = group
    if (first && others.length === 0 && !first.together) {
      const { slot, readAt } = await this.read(first.slotId)
      return { slots: new Map(slot && [[slot._id, slot]]), readAt }
    }
    const readAt = this.#o.mark()
    const ids = group.flatMap(({ slotId, together }) => together?.slotIds ?? [slotId])
    const slots = await this.#o.slots.find({ _id: { $in: ids } }, READ_ACKNOWLEDGED).toArray()
    return { slots: new Map(slots.map((slot) => [slot._id, slot])), readAt }
  }

  /** One round trip where something was done; where the rule did not hold, what says why has to be on the majority. */
  async #single({ slotId, id, update, together }: Write): Promise<WriteResult> {
    const readAt = this.#o.mark()
    try {
      if (together) return await this.#together({ slotId, id, update, together })
      const slot = await this.#o.slots.findOneAndUpdate({ _id: slotId }, update, {
        ...DURABLE,
        returnDocument: 'after',
      })
      const entry = slot && entryOf(slot, id)
      return entry ? { slot, readAt, entry } : { ...(await this.read(slotId)), entry: null }
    } catch (error) {
      if (isDuplicateKey(error)) throw new DuplicateKey(slotId)
      throw error
    }
  }

  async #together(write: Write): Promise<WriteResult> {
    const { slotId, id } = write
    const done = await this.#o.joint.write(writtenBy(write), write.update)
    const { slots, readAt } = await this.#readAll([write])
    const slot = slots.get(slotId) ?? null
    return { slot, readAt, entry: done && slot ? entryOf(slot, id) : null, slots: [...slots.values()] }
  }
}

/** The last entry that the write made; a take-over makes two, of which the last is what was asked for. */
export function entryOf(slot: SlotDoc, writeId: string): LogEntry | null {
  let found: LogEntry | null = null
  for (const entry of Object.values(slot.log)) {
    if (entry.write === writeId && (found === null || entry.rev > found.rev)) found = entry
  }
  return found
}

function writtenBy({ slotId, together }: Write): string[] {
  return together ? [...together.slotIds, ...together.also] : [slotId]
}

function statementOf(write: Write) {
  const { slotId, update, together } = write
  return together
    ? { updateMany: { filter: { _id: { $in: writtenBy(write) } }, update } }
    : { updateOne: { filter: { _id: slotId }, update } }
}

/**
 * The places in the bulk that a unique index refused; null where anything else went wrong. That the rule did not hold for
 * all slots of an appointment is no fault: their logs tell.
 */
function duplicatesIn(error: unknown): number[] | null {
  const isExpected = (one: unknown) => isDuplicateKey(one) || isRefusal(one)
  if (!isExpected(error)) return null
  const { writeErrors } = error as { writeErrors?: unknown }
  if (!Array.isArray(writeErrors)) return isDuplicateKey(error) ? [0] : []
  if (!writeErrors.every(isExpected)) return null
  if ((error as mongo.MongoBulkWriteError).result?.getWriteConcernError()) return null
  return writeErrors.filter(isDuplicateKey).map(({ index }: { index: number }) => index)
}
