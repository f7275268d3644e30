/** How jobs lie in the database. The id of a job is its cause, so the same cause makes one, whoever notices it. */
import { type Connection, type IndexDirection, type Model, type mongo, Schema } from 'mongoose'
import { collectionOf } from '../database/database-calls.js'
import type { NewJob } from './job.js'

export const jobStates = ['waiting', 'done', 'obsolete', 'failed'] as const
export type JobState = (typeof jobStates)[number]

/** Who does it at the moment. */
export interface Lease {
  /** Of one attempt; no two are the same. */
  id: string
}

export interface JobDoc extends Omit<NewJob, 'id' | 'dueAt'> {
  _id: string
  state: JobState
  /**
   * `<channel> <instant>`, while it waits: when it is due, or when its lease ends. One text, so that one sparse index
   * finds what is due in a channel, and nothing of what has ended.
   */
  due?: string
  lease?: Lease
  createdAt: Date
  attempts: number
  lastError?: string
  endedAt?: Date
}

/** How far the changes of slots have been turned into jobs, by any instance. */
export interface ProgressDoc {
  _id: 'changes'
  /** Where a change stream goes on. A database that was loaded from a backup has none: what is due is derived. */
  place?: unknown
  at: Date
  /** Those that jobs were made for. */
  channels: string[]
}

const jobSchema = new Schema<JobDoc>(
  {
    _id: { type: String, required: true },
    channel: { type: String, required: true },
    kind: { type: String, required: true },
    recipient: { type: String, required: true },
    providerId: String,
    lane: { type: String, required: true },
    facts: { type: Schema.Types.Mixed, required: true },
    state: { type: String, enum: jobStates, required: true },
    due: String,
    lease: new Schema<Lease>({ id: { type: String, required: true } }, { _id: false }),
    createdAt: { type: Date, required: true },
    attempts: { type: Number, required: true },
    lastError: String,
    endedAt: Date,
  },
  { collection: 'jobs', versionKey: false, autoIndex: false, autoCreate: false, strict: 'throw' },
)

const jobIndexes: { key: Record<string, IndexDirection>; options: mongo.CreateIndexesOptions }[] = [
  { key: { due: 1 }, options: { name: 'due', sparse: true } },
  { key: { endedAt: 1 }, options: { name: 'ended', sparse: true } },
  { key: { recipient: 1, createdAt: -1 }, options: { name: 'of a recipient' } },
  { key: { providerId: 1, createdAt: -1 }, options: { name: 'of a provider', sparse: true } },
]

for (const { key, options } of jobIndexes) jobSchema.index(key, options)

/** Makes what is missing; the server does not listen before this is done. */
export async function prepareJobs(connection: Connection): Promise<mongo.Collection<JobDoc>> {
  const model: Model<JobDoc> = connection.models.Job ?? connection.model<JobDoc>('Job', jobSchema)
  await model.createCollection()
  await model.createIndexes()
  return jobsOf(connection)
}

export function jobsOf(connection: Connection): mongo.Collection<JobDoc> {
  return collectionOf<JobDoc>(connection, 'jobs')
}

export function progressOf(connection: Connection): mongo.Collection<ProgressDoc> {
  return collectionOf<ProgressDoc>(connection, 'jobProgress')
}

/** See `JobDoc.due`. Instants of the same length sort as texts. */
export function dueText(channel: string, at: number): string {
  return `${channel} ${new Date(at).toISOString()}`
}

/** The instant of it. */
export function dueAtOf(due: string): number {
  return Date.parse(due.slice(due.lastIndexOf(' ') + 1))
}
