/** Jobs on a real database: instances of a worker each, on a clock that the test moves. */
import { randomBytes } from 'node:crypto'
import mongoose from 'mongoose'
import type { Test } from 'tap'
import type { Clock } from '../../src/clock.js'
import { ChannelWorker, type ChannelWorkerOptions } from '../../src/jobs/channel-worker.js'
import type { Job, JobChannel, JobResult, NewJob } from '../../src/jobs/job.js'
import { jobsOf, prepareJobs, progressOf } from '../../src/jobs/job-model.js'
import { JobStore } from '../../src/jobs/job-store.js'
import { testDatabase } from './database.js'
import { MovedClock } from './moved-clock.js'

export interface JobWorld {
  clock: MovedClock
  store: JobStore
  /** One more instance that does the jobs of the channel `test`. */
  worker(run: (job: Job) => Promise<JobResult>, options?: WorkerChanges): ChannelWorker
}

export interface WorkerChanges
  extends Partial<Pick<ChannelWorkerOptions, 'elapsed' | 'mostReady' | 'timings'>> {
  channel?: Partial<JobChannel>
}

/** Looks are asked for by the test, with `look`. */
const NEVER = 1_000_000_000

export async function jobWorld(t: Test, now?: number): Promise<JobWorld> {
  const { uri } = await testDatabase(t)
  const connection = await mongoose.createConnection(uri).asPromise()
  t.teardown(() => connection.close())
  await prepareJobs(connection)
  const clock = new MovedClock(now)
  const store = storeOf(connection, clock)
  return {
    clock,
    store,
    worker(run, { channel, timings, ...changes } = {}) {
      const worker = new ChannelWorker({
        channel: {
          name: 'test',
          concurrency: 10,
          perLane: 2,
          leaseMs: 60_000,
          run,
          waitMs: ({ attempts }) => (attempts < 10 ? 1_000 * 2 ** attempts : null),
          ...channel,
        },
        store,
        clock,
        elapsed: () => performance.now(),
        random: () => 0.5,
        onEnd: () => {},
        onFault: (error) => t.comment(error),
        timings: { lookMs: NEVER, fullLookMs: NEVER, marginMs: 10_000, ...timings },
        ...changes,
      })
      t.teardown(() => worker.close())
      worker.start()
      return worker
    },
  }
}

export function storeOf(connection: mongoose.Connection, clock: Clock): JobStore {
  return new JobStore({
    jobs: jobsOf(connection),
    progress: progressOf(connection),
    clock,
    newId: () => randomBytes(8).toString('hex'),
  })
}

export function newJob(id: string, dueAt: number, changes: Partial<NewJob> = {}): NewJob {
  return {
    id,
    channel: 'test',
    kind: 'told',
    recipient: 'somebody',
    lane: 'test',
    facts: {},
    dueAt,
    ...changes,
  }
}
