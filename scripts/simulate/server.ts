/** One server of a run: the parts of a real one, on a simulated database, with people connected to it. */
import type { Connection } from 'mongoose'
import { DatabaseClock } from '../../src/clock.js'
import { collectionOf } from '../../src/database/database-calls.js'
import type { Engine } from '../../src/database/engine.js'
import { ChannelWorker } from '../../src/jobs/channel-worker.js'
import type { Job, JobChannel } from '../../src/jobs/job.js'
import type { JobDoc, ProgressDoc } from '../../src/jobs/job-model.js'
import { JobStore } from '../../src/jobs/job-store.js'
import { Producer } from '../../src/jobs/producer.js'
import { SlotBoard } from '../../src/live/calendar/slot-board.js'
import { type FeedStream, SlotFeed, type StreamOptions } from '../../src/live/calendar/slot-feed.js'
import { loadTopic, slotsOfClients } from '../../src/live/calendar/slot-reads.js'
import { Gateway } from '../../src/live/channel/gateway.js'
import { createPictureBudgets } from '../../src/live/channel/picture-budget.js'
import type { SlotDoc } from '../../src/slots/slot-document.js'
import { type EndedReservation, SlotHistory } from '../../src/slots/slot-history.js'
import { SlotStore } from '../../src/slots/slot-store.js'
import { HoldSweeper } from '../../src/sweeper/sweep-holds.js'
import type { SimDatabase } from './database.js'
import { SimProcess, type World } from './schedule.js'

export const RULES = {
  noticeMs: 0,
  holdMs: 6_000,
  maxHoldMs: 9_000,
  maxActiveHolds: 2,
  holdAgain: { most: 1_000, mostLong: 1_000, longMs: 0, withinMs: 86_400_000 },
}
const SHOWN_RULES = {
  noticeSeconds: 0,
  holdSeconds: 6,
  slotMinutes: 15,
  maxActiveHolds: RULES.maxActiveHolds,
}
const PLENTY = 1_000_000_000
const LEASE_MS = 3_000
const SWEEP_MS = 1_000
const TICK_MS = 1_000
const TOLD = 'told'

/** Where a mistake can be planted: what stands between the parts of a server. */
export interface Seams {
  slots<T extends object>(collection: T): T
  stream(stream: FeedStream, anew: () => FeedStream): FeedStream
  store(store: SlotStore): SlotStore
  nowOf(clock: { now(): number }): { now(): number; readonly followsDatabase?: boolean }
  savesPlaceAtOnce: boolean
}

export interface ServerParts {
  world: World
  database: SimDatabase
  engine: Engine
  name: string
  seams: Seams
  /** The other side of a job was asked. */
  onJob: (job: Job) => void
  /** What a server says that should not be: not that its database is away. */
  onFault: (error: unknown) => void
}

export class SimServer {
  readonly process: SimProcess
  readonly #p: ServerParts
  #parts: { store: SlotStore; gateway: Gateway; board: SlotBoard; feed: SlotFeed } | null = null

  constructor(parts: ServerParts) {
    this.#p = parts
    this.process = new SimProcess(parts.name)
  }

  get isUp(): boolean {
    return this.process.isAlive && this.#parts !== null
  }

  get store(): SlotStore {
    if (!this.#parts) throw new Error('this server has not started')
    return this.#parts.store
  }

  get gateway(): Gateway {
    if (!this.#parts) throw new Error('this server has not started')
    return this.#parts.gateway
  }

  /** To be called in an event of its process. It fails where the database is away, and is tried again then. */
  async start(): Promise<void> {
    const { world, database, engine, seams, onFault } = this.#p
    const connection = database.connection() as unknown as Connection
    const slots = seams.slots(collectionOf<SlotDoc>(connection, 'slots'))
    const log = {
      info: () => {},
      warn: () => {},
      error: (facts: object) => onFault('err' in facts ? facts.err : facts),
    }
    const random = () => world.chance()
    const elapsed = () => world.now
    let ids = 0
    const newId = () => `${this.#p.name}.${(ids++).toString(36)}`.padEnd(14, '0')
    const databaseClock = new DatabaseClock({
      databaseTime: () => database.call(() => ({ time: database.nowMs, primary: 'one' })),
      monotonic: elapsed,
      hostTime: elapsed,
      uptime: elapsed,
      log,
    })
    await databaseClock.start()
    const clock = seams.nowOf(databaseClock)
    setInterval(() => void databaseClock.tick().catch(() => {}), TICK_MS)

    const now = () => clock.now()
    let board: SlotBoard | undefined
    const store = seams.store(
      new SlotStore({
        slots,
        history: new SlotHistory(collectionOf<EndedReservation>(connection, 'pastReservations')),
        engine,
        startSession: () => {
          throw new Error('no transactions here')
        },
        clock,
        rules: RULES,
        idempotencySecrets: [Buffer.from('the secret of a simulation')],
        newId,
        elapsed,
        random,
        mostRemembered: 100,
        sealName: (name) => name,
        dayOf: async (_providerId, start) => new Date(start).toISOString().slice(0, 10),
        onAcknowledged: (written) => {
          for (const slot of written) board?.takeReply(slot)
        },
      }),
    )
    const open = (options: Partial<StreamOptions>) =>
      slots.watch([], options as object) as unknown as FeedStream
    const feed = new SlotFeed({
      watch: ({ resumeAfter, ...options }) =>
        seams.stream(open(resumeAfter === undefined ? options : { ...options, resumeAfter }), () =>
          open(options),
        ),
      now,
      elapsed,
      random,
      log,
    })
    board = new SlotBoard({
      load: (providerId, endAfter) => loadTopic(slots, providerId, endAfter),
      now,
      random,
      maxSlots: 10_000,
      pictureAgeMs: () => feed.ageMs(),
      expect: (slotId, rev) => feed.expect(slotId, rev),
      log,
    })
    feed.subscribe(board.fromFeed)
    const gateway = new Gateway({
      board,
      rules: { of: () => SHOWN_RULES, isKnown: () => true, read: async () => undefined },
      openName: (sealed) => sealed,
      tokens: { learn: () => null, verify: () => null },
      providerExists: async () => true,
      offers: { find: async () => null, isCurrent: () => true },
      reservationsOf: (clientIds, startAfter) => slotsOfClients(slots, clientIds, startAfter),
      publicView: true,
      maxWatches: 100,
      budgets: createPictureBudgets(
        {
          PICTURE_BYTES_PER_MINUTE: PLENTY,
          ADDRESS_PICTURE_BYTES_PER_MINUTE: PLENTY,
          SOCKET_PICTURE_BYTES_PER_MINUTE: PLENTY,
        },
        elapsed,
      ),
      now,
      elapsed,
      log,
    })

    await this.#startJobs(connection, clock, feed, slots)
    await feed.start()
    const sweeper = new HoldSweeper({ store, clock, elapsed, schedule: '', random, onFault: () => {} })
    setInterval(() => void sweeper.sweep(), SWEEP_MS)
    this.#parts = { store, gateway, board, feed }
  }

  async #startJobs(
    connection: Connection,
    clock: { now(): number },
    feed: SlotFeed,
    slots: { find: ReturnType<typeof collectionOf<SlotDoc>>['find'] },
  ): Promise<void> {
    const { world, database, onJob } = this.#p
    const elapsed = () => world.now
    let ids = 0
    const store = new JobStore({
      jobs: collectionOf<JobDoc>(connection, 'jobs'),
      progress: collectionOf<ProgressDoc>(connection, 'jobProgress'),
      clock,
      newId: () => `${this.#p.name}.lease.${ids++}`,
    })
    const channel: JobChannel = {
      name: TOLD,
      concurrency: 4,
      perLane: 4,
      leaseMs: LEASE_MS,
      plan: (slotId, entry) => {
        const who = entry.kind === 'released' ? entry.ended : entry.reservation
        if (!who) return []
        const id = jobIdOf(slotId, entry.rev)
        return [
          {
            id,
            channel: TOLD,
            kind: entry.kind,
            recipient: who.client.id,
            lane: TOLD,
            facts: {},
            dueAt: entry.at.getTime(),
          },
        ]
      },
      run: (job) =>
        new Promise((resolve) => {
          // The other side has it when it arrives there, whatever becomes of the answer.
          const { process } = this
          world.after(
            world.between(1, 200),
            () => {
              onJob(job)
              world.after(world.between(1, 50), () => resolve({ end: 'done' }), process)
            },
            database.process,
          )
        }),
      waitMs: () => 1_000,
    }
    const worker = new ChannelWorker({
      channel,
      store,
      clock,
      elapsed,
      random: () => world.chance(),
      onEnd: () => {},
      onFault: () => {},
      timings: { lookMs: 1_000, fullLookMs: 3_000, marginMs: 10_000 },
    })
    const progress = await store.progress()
    const producer = new Producer({
      since: progress?.at.getTime() ?? clock.now(),
      channels: () => [channel],
      clock,
      add: async (jobs) => worker.offer(await store.add(jobs)),
      savePlace: (place) => store.saveProgress(place, [TOLD]),
      slotsAhead: () => slots.find({}, { batchSize: 500 }),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      onFault: () => {},
      onDerived: () => {},
    })
    if (progress) feed.beginAt(progress.place)
    feed.subscribe({
      entries: (slotId, entries) => producer.entries(slotId, entries),
      unclear: () => {},
      gone: () => {},
      lost: () => producer.derive(),
      reached: (place) => {
        if (this.#p.seams.savesPlaceAtOnce) void store.saveProgress(place, [TOLD]).catch(() => {})
        else producer.reached(place)
      },
    })
    worker.start()
    producer.start()
    // The first server with jobs does those of what lies ahead.
    if (!progress) void producer.derive()
  }

  kill(): void {
    this.process.isAlive = false
  }
}

export function jobIdOf(slotId: string, rev: number): string {
  return `${slotId}:${rev}:${TOLD}`
}
