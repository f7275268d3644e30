/**
 * The only file that reads and writes schedules, and the memory of them, by provider.
 *
 * A change of hours or exceptions moves `ruleRev`. What a run of the materialiser notes, it notes for the `ruleRev` that
 * it read: where that has moved meanwhile, nothing is noted and the run begins again.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'
import { forgettingWrite } from '../database/forgetting-write.js'
import type { ScheduleException, WeeklySpan } from '../domain/schedule.js'
import type { SlotOrigin } from '../slots/slot-document.js'
import { type LeftDay, type MadeStamp, noHours, type OpenRun, type ScheduleDoc } from './schedule-model.js'

const MOST_EXCEPTIONS = 200
/** What changes is forgotten sooner than after this time, see `AccountStore.changedSince`. */
const REMEMBERED = { size: 10_000, ttlMs: 30_000 }

export interface ScheduleFields {
  weekly: WeeklySpan[]
  horizonDays: number
  validFrom?: string | undefined
  validTo?: string | undefined
}

export type NewException = Omit<ScheduleException, 'id'>

export type SetOutcome = { ok: true } | { ok: false; code: 'not_found' | 'precondition_failed' }
export type AddOutcome =
  | { ok: true; added: ScheduleException[]; existing: ScheduleException[] }
  | { ok: false; code: 'not_found' | 'too_many_exceptions' | 'unavailable' }

export interface ScheduleStoreOptions {
  schedules: mongo.Collection<ScheduleDoc>
  clock: Clock
  /** Has every instance forget what it remembers of a provider; false where there is no such account. */
  touch: (providerId: string) => Promise<boolean>
}

/** Exceptions that have been over for so long are removed when others are added. */
const KEPT_MS = 7 * 86_400_000
/** How often an addition is tried while others add as well. */
const ROUNDS = 20

export class ScheduleStore {
  readonly #o: ScheduleStoreOptions
  /** By provider; null where it has no schedule. */
  readonly #remembered: LRUCache<string, { schedule: ScheduleDoc | null }>
  /** Moves when something is forgotten, so that what was read before is not remembered after. */
  #forgotten = 0

  constructor(options: ScheduleStoreOptions) {
    this.#o = options
    this.#remembered = new LRUCache({
      max: REMEMBERED.size,
      ttl: REMEMBERED.ttlMs,
      ttlResolution: 0,
      perf: { now: () => options.clock.now() },
    })
  }

  /** As it was a moment ago. */
  async find(providerId: string): Promise<ScheduleDoc | null> {
    const known = this.#remembered.get(providerId)
    if (known) return known.schedule
    const mark = this.#forgotten
    const schedule = await this.findFresh(providerId)
    if (mark === this.#forgotten) this.#remembered.set(providerId, { schedule })
    return schedule
  }

  /** As the database has it. */
  findFresh(providerId: string): Promise<ScheduleDoc | null> {
    return this.#o.schedules.findOne({ _id: providerId }, READ)
  }

  /** What slots say that the provider opens or withdraws by hand now. */
  async handOrigin(providerId: string): Promise<SlotOrigin> {
    const schedule = await this.find(providerId)
    return schedule ? { by: 'hand', ruleRev: schedule.ruleRev } : { by: 'hand' }
  }

  /** All of them, for a look at what is due. */
  async *all(): AsyncGenerator<ScheduleDoc> {
    yield* this.#o.schedules.find({}, { ...READ, batchSize: 200 })
  }

  forget(providerIds: Iterable<string>): void {
    this.#forgotten++
    for (const providerId of providerIds) this.#remembered.delete(providerId)
  }

  /** Sets the weekly hours, if they are still of this `rev`. */
  async set(providerId: string, rev: number, fields: ScheduleFields): Promise<SetOutcome> {
    const { weekly, horizonDays, validFrom, validTo } = fields
    return this.#writing(providerId, async () => {
      if (!(await this.#o.touch(providerId))) return { ok: false, code: 'not_found' }
      if (rev === 0) await this.#create(providerId)
      const { matchedCount } = await this.#o.schedules.updateOne(
        { _id: providerId, rev },
        {
          $set: { weekly, horizonDays, ...(validFrom && { validFrom }), ...(validTo && { validTo }) },
          $unset: { ...(!validFrom && { validFrom: 1 as const }), ...(!validTo && { validTo: 1 as const }) },
          $inc: { rev: 1, ruleRev: 1 },
        },
        DURABLE,
      )
      if (matchedCount === 0) return { ok: false, code: 'precondition_failed' }
      return (await this.#isOfAnAccount(providerId)) ? { ok: true } : { ok: false, code: 'not_found' }
    })
  }

  /** Whether they can be added; null where there would be too many. */
  addable({ exceptions: known }: Pick<ScheduleDoc, 'exceptions'>, exceptions: readonly NewException[]) {
    const over = new Date(this.#o.clock.now() - KEPT_MS).toISOString().slice(0, 10)
    const kept = new Map(known.filter(({ to }) => to >= over).map((one) => [one.id, one]))
    const wanted = new Map(exceptions.map((one) => [exceptionId(one), one]))
    const added: ScheduleException[] = []
    const existing: ScheduleException[] = []
    for (const [id, one] of wanted) {
      const before = kept.get(id)
      if (before) existing.push(before)
      else added.push({ id, ...one })
    }
    if (kept.size + added.length > MOST_EXCEPTIONS) return null
    return { all: [...kept.values(), ...added], added, existing }
  }

  /** Adds those that are not there yet, or none. */
  async addExceptions(providerId: string, exceptions: readonly NewException[]): Promise<AddOutcome> {
    return this.#writing(providerId, async () => {
      if (!(await this.#o.touch(providerId))) return { ok: false, code: 'not_found' }
      await this.#create(providerId)
      for (let round = 0; round < ROUNDS; round++) {
        const schedule = await this.findFresh(providerId)
        if (!schedule) continue
        const addable = this.addable(schedule, exceptions)
        if (addable === null) return { ok: false, code: 'too_many_exceptions' }
        const { all, added, existing } = addable
        if (added.length === 0) return { ok: true, added, existing }
        const { matchedCount } = await this.#o.schedules.updateOne(
          { _id: providerId, ruleRev: schedule.ruleRev },
          { $set: { exceptions: all }, $inc: { ruleRev: 1 } },
          DURABLE,
        )
        if (matchedCount === 0) continue
        if (await this.#isOfAnAccount(providerId)) return { ok: true, added, existing }
        return { ok: false, code: 'not_found' }
      }
      return { ok: false, code: 'unavailable' }
    })
  }

  /** True when there was one. */
  async removeException(providerId: string, id: string): Promise<boolean> {
    return this.#writing(providerId, async () => {
      await this.#o.touch(providerId)
      const { matchedCount } = await this.#o.schedules.updateOne(
        { _id: providerId, 'exceptions.id': id },
        { $pull: { exceptions: { id } }, $inc: { ruleRev: 1 } },
        DURABLE,
      )
      return matchedCount > 0
    })
  }

  /** Of an account that has ended. */
  async removeAllOf(providerId: string): Promise<void> {
    await this.#writing(providerId, () => this.#o.schedules.deleteOne({ _id: providerId }, DURABLE))
  }

  /** Notes which days a run is about to change; false where the rule is another one by now. */
  async begin({ _id, ruleRev }: ScheduleDoc, run: OpenRun): Promise<boolean> {
    return this.#note({ _id, ruleRev }, { $push: { runs: run } })
  }

  /** Notes what a run has done; false where the rule is another one by now. */
  async finish(
    { _id, ruleRev }: ScheduleDoc,
    { made, left, runs }: { made: MadeStamp; left: LeftDay[]; runs: string[] },
  ): Promise<boolean> {
    return this.#note({ _id, ruleRev }, { $set: { made, left }, $pull: { runs: { id: { $in: runs } } } })
  }

  async #note(
    which: { _id: string; ruleRev: number },
    update: mongo.UpdateFilter<ScheduleDoc>,
  ): Promise<boolean> {
    const { matchedCount } = await this.#o.schedules.updateOne(which, update, DURABLE)
    this.forget([which._id])
    return matchedCount > 0
  }

  async #create(providerId: string): Promise<void> {
    const { _id, ...empty } = noHours(providerId)
    try {
      await this.#o.schedules.updateOne({ _id }, { $setOnInsert: empty }, { ...DURABLE, upsert: true })
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
    }
  }

  /** An account that was deleted before the write has nobody else who removes what it left; one deleted later has. */
  async #isOfAnAccount(providerId: string): Promise<boolean> {
    if (await this.#o.touch(providerId)) return true
    await this.#o.schedules.deleteOne({ _id: providerId }, DURABLE)
    return false
  }

  #writing<T>(providerId: string, write: () => Promise<T>): Promise<T> {
    return forgettingWrite(() => this.forget([providerId]), write)
  }
}

/** The same days with the same hours are the same exception, also when they are sent twice at once. */
function exceptionId({ from, to, closed, blocks }: NewException): string {
  const what = JSON.stringify([from, to, closed === true, blocks?.map((block) => [block.from, block.to])])
  return createHash('sha256').update(what).digest('hex').slice(0, 16)
}
