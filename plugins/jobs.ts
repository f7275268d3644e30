/**
 * Work that leaves this server (mail, webhooks): planned from the changes of slots, done once across instances. Channels
 * register before the server is ready; see `src/jobs/job`.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import cron from 'node-cron'
import { isDatabaseAway } from '../src/database/unavailable.js'
import { slotStates } from '../src/domain/slot.js'
import { ChannelWorker, type WorkerTimings } from '../src/jobs/channel-worker.js'
import type { JobChannel, JobQueue, JobResult, NewJob } from '../src/jobs/job.js'
import { jobsOf, progressOf } from '../src/jobs/job-model.js'
import { JobStore } from '../src/jobs/job-store.js'
import { Producer } from '../src/jobs/producer.js'

declare module 'fastify' {
  interface FastifyInstance {
    jobs: JobQueue & {
      /** For lists of deliveries, repetitions, and the end of accounts. */
      readonly store: JobStore
      /** Looks for what is due at once; for tests, which move the clock. */
      look(): Promise<void>
      /** Of this instance. */
      channels(): { name: string; due: number; running: number }[]
      unwritten(): number
      derived(): number
    }
  }
}

export interface JobsOptions {
  timings?: Partial<WorkerTimings> | undefined
}

const DAY_MS = 86_400_000
/** Longer than what is derived when history is lost, so that nothing that was done is done again. */
const KEPT_MS = 30 * DAY_MS
const PURGE_CRON = '0 29 3 * * *'
const ENDS = ['done', 'again', 'obsolete', 'failed'] as const satisfies JobResult['end'][]

export default fp(
  async (app: FastifyInstance, { timings }: JobsOptions) => {
    const { clock, slots } = app
    const channels = new Map<string, JobChannel>()
    const workers = new Map<string, ChannelWorker>()
    const store = new JobStore({
      jobs: jobsOf(app.mongo),
      progress: progressOf(app.mongo),
      clock,
      newId: () => randomBytes(12).toString('hex'),
    })
    let isClosing = false
    const onFault = (error: unknown) => {
      if (!isClosing && !isDatabaseAway(error))
        app.log.warn({ err: error }, 'a job could not be handled; it is tried again')
    }
    async function add(jobs: readonly NewJob[]): Promise<void> {
      const added = await store.add(jobs)
      for (const [name, worker] of workers) worker.offer(added.filter(({ channel }) => channel === name))
    }

    const ended = app.metrics.jobs
    let derived = 0
    const progress = await store.progress()
    const producer = new Producer({
      channels: () => channels.values(),
      clock,
      since: progress?.at.getTime() ?? clock.now(),
      add,
      savePlace: (place) => store.saveProgress(place, [...channels.keys()]),
      slotsAhead: () =>
        slots.collection.find(
          { state: { $in: [...slotStates] }, start: { $gte: new Date(clock.now() - DAY_MS) } },
          { readPreference: 'primary', batchSize: 500 },
        ),
      wait: (ms) => setTimeout(ms),
      onFault,
      onDerived: (jobs) => {
        derived += jobs
        app.log.info({ jobs }, 'jobs were derived from the slots as they are')
      },
    })
    const ignored = () => {}
    const subscription = app.feed.subscribe({
      entries: (slotId, entries) => producer.entries(slotId, entries),
      // Somebody has another name. What has happened was told by its entries, and is not told again.
      unclear: ignored,
      gone: ignored,
      lost: () => producer.derive(),
      reached: (place) => producer.reached(place),
    })
    if (progress) app.feed.beginAt(progress.place)

    app.decorate('jobs', {
      store,
      register: (channel) => {
        channels.set(channel.name, channel)
      },
      add,
      look: async () => {
        await Promise.all([...workers.values()].map((worker) => worker.look()))
      },
      channels: () => [...workers].map(([name, { ready, running }]) => ({ name, due: ready, running })),
      unwritten: () => producer.waiting,
      derived: () => derived,
    })

    const purge = cron.createTask(PURGE_CRON, () => purgeOld().catch(onFault), {
      name: 'purge-jobs',
      noOverlap: true,
      suppressMissedWarning: true,
    })
    async function purgeOld(): Promise<void> {
      const purged = await store.purge(clock.now() - KEPT_MS)
      if (purged > 0) app.log.info({ purged }, 'removed jobs that ended long ago')
    }

    let first: Promise<void> | undefined
    app.addHook('onReady', async () => {
      for (const channel of channels.values()) {
        // From the start, for the alarms that go by them.
        for (const end of ENDS) ended.ended.add({ channel: channel.name, end }, 0)
        const worker = new ChannelWorker({
          channel,
          store,
          clock,
          elapsed: () => performance.now(),
          random: Math.random,
          onEnd: (end, tookMs) => {
            ended.ended.add({ channel: channel.name, end })
            ended.seconds.observe(tookMs / 1000, { channel: channel.name })
          },
          onFault,
          ...(timings && { timings }),
        })
        workers.set(channel.name, worker)
        worker.start()
      }
      producer.start()
      // At the first start with a channel, what lies ahead (reminders) is due as well; what is over is not told any more.
      const isNew = (name: string) => !progress?.channels.includes(name)
      if ([...channels.keys()].some(isNew)) first = producer.derive()
      await purge.start()
    })
    // Before the feed and the database close.
    app.addHook('preClose', async () => {
      isClosing = true
      subscription.leave()
      await purge.destroy()
      await Promise.all([...workers.values()].map((worker) => worker.close()))
      await producer.close()
      await first
    })
  },
  { name: 'jobs', dependencies: ['mongo', 'clock', 'slots', 'live', 'metrics'] },
)
