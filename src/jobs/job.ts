/**
 * Work that is to be done once, across instances and their ends: what a job is, and what a channel does with it.
 * A channel (mail, webhook) says which jobs a change asks for, and does them; leases, retries and limits are the queue's.
 */
import type { LogEntry, SlotDoc } from '../slots/slot-document.js'

/** What a job carries: ids, instants and numbers. Names, addresses and texts are read when it is done, never kept here. */
export type JobFacts = Record<string, string | number | boolean | null>

export interface NewJob {
  /**
   * Names its cause, so that the same cause makes it once, whoever notices it: `<slotId>:<rev>:<channel>:<recipient>` for
   * a change of a slot. It goes along as the Message-ID or webhook-id, so that the other side can tell a repetition.
   */
  id: string
  channel: string
  /** In the words of the channel. */
  kind: string
  /** The id of an account, a reservation or an endpoint. Never an address. */
  recipient: string
  /** Whose calendar it is about, for its list of deliveries. */
  providerId?: string
  /** Jobs of one lane share its concurrency: one endpoint, or the whole channel. */
  lane: string
  facts: JobFacts
  /** Milliseconds; at once where it is over. */
  dueAt: number
}

/** While it is done. Its row is due at the end of the lease by then, so it bears no moment. */
export interface Job extends Omit<NewJob, 'dueAt'> {
  createdAt: number
  /** This one included. */
  attempts: number
  /** Of the attempt before, for the channel and for people who look at it. */
  lastError?: string
}

export type JobResult =
  /** The other side accepted it. */
  | { end: 'done' }
  /** Its reason is gone: a reminder of a visit that was cancelled. */
  | { end: 'obsolete'; why: string }
  /** It will never work. No personal data in `error`. */
  | { end: 'failed'; error: string }
  /**
   * Later again: after the channel's own wait, not before `notBefore`; null wait gives up. Where the other side was not
   * asked, it was no attempt: at `notBefore`, and however often its turn does not come, it is not given up.
   */
  | { end: 'again'; error: string; notBefore?: number; isUntried?: boolean }

export interface JobChannel {
  readonly name: string
  /** How many at once, in all and of one lane. */
  readonly concurrency: number
  readonly perLane: number
  /** Starts of jobs in a second; without, as many as there are. */
  readonly perSecond?: number
  /** Longer than one attempt ever takes: then another instance takes it over. */
  readonly leaseMs: number
  /**
   * What a change asks for. Called on each instance for each change, in order; answers from memory wherever it can, for
   * the changes after it wait. The same change asks for the same ids, whenever it is told.
   */
  plan?(slotId: string, entry: LogEntry): NewJob[] | Promise<NewJob[]>
  /**
   * What is due for a slot as it is, beside its last changes: asked where the history of changes was lost, and at the
   * first start of a server that has jobs.
   */
  planState?(slot: SlotDoc): NewJob[] | Promise<NewJob[]>
  /** Reads its subject again, does it and says what came of it. What it throws is an `again`. */
  run(job: Job, signal: AbortSignal): Promise<JobResult>
  /** Before the next attempt; null where there is none any more. Jitter is added by the queue. */
  waitMs(job: Pick<Job, 'attempts' | 'createdAt'>): number | null
}

/** Where jobs are put and channels are known; `app.jobs`. */
export interface JobQueue {
  /** Before the server is ready. */
  register(channel: JobChannel): void
  /** Durable when it resolves; those that there are already stay as they are. */
  add(jobs: readonly NewJob[]): Promise<void>
}
