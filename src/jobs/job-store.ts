/**
 * The rows of jobs: put down once, taken under a lease, ended.
 *
 * Taking one is an update by its id alone with the rule in the update, and a read after it that says who won: any
 * further filter, and findOneAndUpdate, looks through the whole collection on the embedded engine (51 ms at 100,000
 * rows, 0.15 for each of 50 this way). What is due is read in windows of time, for that engine collects the whole range
 * of an index before it answers (174 ms for 100,000 due rows, 3 for 500).
 */
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { DUPLICATE_KEY } from '../database/error-codes.js'
import type { Job, JobResult, NewJob } from './job.js'
import { dueText, type JobDoc, type JobState, type ProgressDoc } from './job-model.js'

export interface JobStoreOptions {
  jobs: mongo.Collection<JobDoc>
  progress: mongo.Collection<ProgressDoc>
  clock: Clock
  newId: () => string
}

/** A row that is due, as much as is needed to choose among them. */
export type DueRow = Pick<JobDoc, '_id' | 'lane' | 'lease'> & { due: string }

/** A job under a lease of this process. */
export interface TakenJob {
  job: Job
  leaseId: string
}

export interface JobQuery {
  of: { recipient: string } | { providerId: string }
  channel?: string | undefined
  states?: readonly JobState[] | undefined
  /** The last one of the page before: newest first. */
  after?: readonly [createdAt: number, id: string] | null
  limit: number
}

const BATCH = 500
const REPLAYED = 10_000
/** As much of the error of an attempt as people read. */
const LONGEST_ERROR = 300

export class JobStore {
  readonly #o: JobStoreOptions

  constructor(options: JobStoreOptions) {
    this.#o = options
  }

  /** Durable when it resolves. Says which of them were not there yet. */
  async add(jobs: readonly NewJob[]): Promise<NewJob[]> {
    const added: NewJob[] = []
    for (let from = 0; from < jobs.length; from += BATCH)
      added.push(...(await this.#addSome(jobs.slice(from, from + BATCH))))
    return added
  }

  async #addSome(jobs: readonly NewJob[]): Promise<NewJob[]> {
    const now = this.#o.clock.now()
    const byId = new Map(jobs.map((job) => [job.id, job]))
    const rows = [...byId.values()].map(
      ({ id, dueAt, ...job }): JobDoc => ({
        _id: id,
        ...job,
        state: 'waiting',
        // Never in a window of time that has been looked at.
        due: dueText(job.channel, Math.max(dueAt, now)),
        createdAt: new Date(now),
        attempts: 0,
      }),
    )
    try {
      await this.#o.jobs.insertMany(rows, { ...DURABLE, ordered: false })
      return [...byId.values()]
    } catch (error) {
      for (const id of twinsIn(error)) byId.delete(id)
      return [...byId.values()]
    }
  }

  /** What is due in a channel between two moments, the first first. Rows under a lease are due at its end. */
  async due(
    channel: string,
    span: { after: number; until: number },
    limit: number,
    not: string[] = [],
  ): Promise<DueRow[]> {
    const due = { $gt: dueText(channel, span.after), $lte: dueText(channel, span.until) }
    return this.#o.jobs
      .find(not.length === 0 ? { due } : { due, lane: { $nin: not } }, READ)
      .project<DueRow>({ lane: 1, lease: 1, due: 1 })
      .sort({ due: 1 })
      .limit(limit)
      .toArray()
  }

  /** Those of these rows that this process has from now on, for so long. The others are done, or somebody else has them. */
  async take(ids: readonly string[], channel: string, leaseMs: number): Promise<TakenJob[]> {
    if (ids.length === 0) return []
    const leaseId = this.#o.newId()
    const now = this.#o.clock.now()
    const isDue = {
      $and: [{ $gt: ['$due', dueText(channel, 0)] }, { $lte: ['$due', dueText(channel, now)] }],
    }
    const changes = {
      due: dueText(channel, now + leaseMs),
      lease: { id: leaseId },
      attempts: { $add: ['$attempts', 1] },
    }
    const update = [{ $replaceWith: { $cond: [isDue, { $mergeObjects: ['$$ROOT', changes] }, '$$ROOT'] } }]
    await this.#o.jobs.bulkWrite(
      ids.map((_id) => ({ updateOne: { filter: { _id }, update } })),
      { ...DURABLE, ordered: false },
    )
    const rows = await this.#o.jobs.find({ _id: { $in: [...ids] } }, READ).toArray()
    return rows.flatMap((row) => (row.lease?.id === leaseId ? [{ job: jobOf(row), leaseId }] : []))
  }

  /** What came of an attempt, unless somebody else has taken the job over meanwhile. `dueAt`: of the next attempt. */
  async settle({ job, leaseId }: TakenJob, result: JobResult, dueAt: number): Promise<void> {
    const { lease: _, ...kept } = fieldsOfRow
    const { due: __, ...ended } = kept
    const after =
      result.end === 'again'
        ? {
            ...kept,
            due: dueText(job.channel, dueAt),
            lastError: shortened(result.error),
            ...(result.isUntried && { attempts: job.attempts - 1 }),
          }
        : {
            ...ended,
            state: result.end,
            endedAt: new Date(this.#o.clock.now()),
            ...(result.end === 'failed' && { lastError: shortened(result.error) }),
            ...(result.end === 'obsolete' && { lastError: shortened(result.why) }),
          }
    const isMine = { $eq: ['$lease.id', leaseId] }
    const update = [{ $replaceWith: { $cond: [isMine, after, '$$ROOT'] } }]
    await this.#o.jobs.updateOne({ _id: job.id }, update, DURABLE)
  }

  /** Newest first, of one recipient or one provider. */
  async list({ of, channel, states, after, limit }: JobQuery): Promise<JobDoc[]> {
    const conditions: mongo.Filter<JobDoc>[] = [of]
    if (channel !== undefined) conditions.push({ channel })
    if (states !== undefined) conditions.push({ state: { $in: [...states] } })
    if (after) {
      const createdAt = new Date(after[0])
      conditions.push({ $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: after[1] } }] })
    }
    return this.#o.jobs
      .find({ $and: conditions }, READ)
      .sort({ createdAt: -1, _id: -1 })
      .limit(limit)
      .toArray()
  }

  /** Those of a recipient that began since then and have ended are due again, as they were. Says how many. */
  async replay(recipient: string, from: number): Promise<number> {
    const ended = await this.#o.jobs
      .find({ recipient, createdAt: { $gte: new Date(from) } }, READ)
      .project<Pick<JobDoc, '_id' | 'channel' | 'state'>>({ channel: 1, state: 1 })
      .sort({ createdAt: 1 })
      .limit(REPLAYED)
      .toArray()
    const again = ended.filter(({ state }) => state !== 'waiting')
    const now = this.#o.clock.now()
    for (let at = 0; at < again.length; at += BATCH) {
      const updates = again.slice(at, at + BATCH).map(({ _id, channel }) => ({
        updateOne: {
          filter: { _id },
          update: {
            $set: {
              state: 'waiting' as const,
              due: dueText(channel, now),
              attempts: 0,
              createdAt: new Date(now),
            },
            $unset: { endedAt: 1 as const, lastError: 1 as const, lease: 1 as const },
          },
        },
      }))
      await this.#o.jobs.bulkWrite(updates, { ...DURABLE, ordered: false })
    }
    return again.length
  }

  /** All of somebody who is no more. */
  async forget(who: { recipient: string } | { providerId: string }): Promise<void> {
    await this.#o.jobs.deleteMany(who, DURABLE)
  }

  /** Removes what ended before that moment. */
  async purge(before: number): Promise<number> {
    let purged = 0
    for (;;) {
      const old = await this.#o.jobs
        .find({ endedAt: { $lt: new Date(before) } }, READ)
        .project<Pick<JobDoc, '_id'>>({ _id: 1 })
        .limit(BATCH)
        .toArray()
      if (old.length === 0) return purged
      const { deletedCount } = await this.#o.jobs.deleteMany(
        { _id: { $in: old.map(({ _id }) => _id) } },
        DURABLE,
      )
      purged += deletedCount
    }
  }

  progress(): Promise<ProgressDoc | null> {
    return this.#o.progress.findOne({ _id: 'changes' }, READ)
  }

  async saveProgress(place: unknown, channels: string[]): Promise<void> {
    const at = new Date(this.#o.clock.now())
    await this.#o.progress.updateOne(
      { _id: 'changes' },
      { $set: { place, at, channels } },
      { ...DURABLE, upsert: true },
    )
  }
}

/** The ids that were there already; throws where anything else stood in the way. */
function twinsIn(error: unknown): string[] {
  const failed: unknown =
    typeof error === 'object' && error !== null && 'writeErrors' in error && error.writeErrors
  const errors = [failed].flat().filter((one) => typeof one === 'object' && one !== null)
  if (errors.length === 0) throw error
  return errors.map((one) => {
    const { code, err } = one as { code?: unknown; err?: { op?: { _id?: unknown } } }
    if (code !== DUPLICATE_KEY) throw error
    return String(err?.op?._id)
  })
}

/** Of a row, each as it is; one that is not there adds none. */
const fieldsOfRow = Object.fromEntries(
  [
    '_id',
    'channel',
    'kind',
    'recipient',
    'providerId',
    'lane',
    'facts',
    'state',
    'due',
    'lease',
    'createdAt',
    'attempts',
    'lastError',
  ].map((field) => [field, `$${field}`]),
)

function shortened(error: string): { $literal: string } {
  return { $literal: error.slice(0, LONGEST_ERROR) }
}

function jobOf(row: JobDoc): Job {
  const { _id: id, channel, kind, recipient, providerId, lane, facts, createdAt, attempts, lastError } = row
  return {
    id,
    channel,
    kind,
    recipient,
    ...(providerId !== undefined && { providerId }),
    lane,
    facts,
    createdAt: createdAt.getTime(),
    attempts,
    ...(lastError !== undefined && { lastError }),
  }
}
