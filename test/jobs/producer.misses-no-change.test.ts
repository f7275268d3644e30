import t, { type Test } from 'tap'
import { connectDatabase } from '../../src/database/connect.js'
import type { JobChannel } from '../../src/jobs/job.js'
import { prepareJobs, progressOf } from '../../src/jobs/job-model.js'
import { Producer } from '../../src/jobs/producer.js'
import { SlotFeed, type StreamOptions } from '../../src/live/calendar/slot-feed.js'
import { breakStreams } from '../helper/broken-streams.js'
import { newJob, storeOf } from '../helper/job-world.js'
import { client, DAY, slotWorld } from '../helper/slot-world.js'
import { until } from '../helper/until.js'

const HISTORY_LOST = 286

/** Every change that bears a reservation is a job of a channel that never does any. */
const channel: JobChannel = {
  name: 'test',
  concurrency: 1,
  perLane: 1,
  leaseMs: 1_000,
  plan: (slotId, { rev, kind, at }) =>
    kind === 'held' || kind === 'released' ? [newJob(`${slotId}:${rev}:test:x`, at.getTime())] : [],
  run: async () => ({ end: 'done' }),
  waitMs: () => null,
}

function planningUnless(fails: () => boolean): JobChannel {
  return {
    ...channel,
    plan: (slotId, entry) => {
      if (fails()) throw new Error('a fault of the test')
      return channel.plan?.(slotId, entry) ?? []
    },
  }
}

async function scene(t: Test) {
  const world = await slotWorld(t)
  const connection = await connectDatabase({ uri: world.uri })
  t.teardown(() => connection.close())
  await prepareJobs(connection)
  const jobs = storeOf(connection, world.clock)
  let derived = 0
  /** One server's feed and producer. */
  async function server({
    saves = true,
    failsToAdd = (): boolean => false,
    failsToPlan = (): boolean => false,
    failsToRead = (): boolean => false,
  } = {}) {
    const progress = await jobs.progress()
    const producer = new Producer({
      channels: () => [planningUnless(failsToPlan)],
      clock: world.clock,
      since: progress?.at.getTime() ?? world.clock.now(),
      add: async (some) => {
        if (failsToAdd()) throw new Error('a fault of the test')
        await jobs.add(some)
      },
      savePlace: async (place) => {
        if (saves) await jobs.saveProgress(place, ['test'])
      },
      slotsAhead: () => {
        if (failsToRead()) throw new Error('a fault of the test')
        return world.slots.find({})
      },
      wait: async () => {},
      onFault: () => {},
      onDerived: (count) => {
        derived += count
      },
    })
    const feed = new SlotFeed({
      watch: (options: StreamOptions) => world.slots.watch([], options),
      now: () => world.clock.now(),
      elapsed: () => performance.now(),
      random: Math.random,
      log: { info() {}, warn() {}, error: (_facts, message) => t.fail(message) },
      timings: { maxAwaitMs: 100 },
    })
    feed.subscribe({
      entries: (slotId, entries) => producer.entries(slotId, entries),
      unclear() {},
      gone() {},
      lost: () => producer.derive(),
      reached: (place) => producer.reached(place),
    })
    if (progress) feed.beginAt(progress.place)
    await feed.start()
    producer.start()
    const close = async () => {
      await feed.close()
      await producer.close()
    }
    t.teardown(close)
    return { producer, close }
  }
  const made = async () =>
    (await jobs.list({ of: { recipient: 'somebody' }, limit: 1_000 })).map(({ _id }) => _id)
  /** Holds each of these slots once and gives it back: two changes each. */
  async function change(slotIds: string[]) {
    for (const id of slotIds) {
      const held = await world.store.hold(client('a'), id)
      if (held.ok) await world.store.end({ id: 'a', role: 'client' }, held.reservation.id)
    }
  }
  return { ...world, connection, jobs, server, made, change, derived: () => derived }
}

t.test('two servers make each job once, and what changed while none ran', async (t) => {
  const { openSlots, change, server, made, derived } = await scene(t)
  const slotIds = await openSlots(30)
  const servers = [await server(), await server()]
  await change(slotIds.slice(0, 10))
  await until(async () => (await made()).length === 20, 'the jobs of both')
  for (const one of servers) await one.close()
  await change(slotIds.slice(10, 20))
  t.equal((await made()).length, 20, 'control: nobody hears it')
  await server()
  await until(async () => (await made()).length === 40, 'what was missed')
  await change(slotIds.slice(20))
  await until(async () => (await made()).length === 60, 'and what comes after')
  t.equal(derived(), 0, 'by the stream alone')
})

t.test('a server that was killed before it saved its place makes nothing twice', async (t) => {
  const { openSlots, change, server, made } = await scene(t)
  const slotIds = await openSlots(10)
  const first = await server()
  await change(slotIds.slice(0, 5))
  await until(async () => (await made()).length === 10, 'its jobs')
  await first.close()
  const second = await server({ saves: false })
  await change(slotIds.slice(5))
  await until(async () => (await made()).length === 20, 'its jobs')
  await second.close()
  await server()
  await change(slotIds.slice(0, 1))
  await until(async () => (await made()).length === 22, 'those of now')
  t.equal(new Set(await made()).size, 22)
})

t.test('what a lost history hides is derived from the slots, with the same ids', async (t) => {
  const broken = breakStreams(t)
  const { openSlots, change, server, made, derived, clock } = await scene(t)
  const slotIds = await openSlots(10)
  const first = await server()
  await change(slotIds.slice(0, 5))
  await until(async () => (await made()).length === 10, 'its jobs')
  await first.close()
  clock.move(DAY)
  await change(slotIds.slice(5))
  broken.failResuming(HISTORY_LOST)
  let failures = 0
  const { producer } = await server({ failsToRead: () => failures++ < 3 })
  await until(() => derived() >= 10, 'all of them')
  t.equal((await made()).length, 20)
  t.ok(failures > 3, 'control: it was tried again')
  t.equal(producer.waiting, 0)
  t.equal(new Set(await made()).size, 20)
})

t.test('without a place to go on from, what changed long before the start is derived', async (t) => {
  const { openSlots, change, server, made, derived, clock, connection } = await scene(t)
  const slotIds = await openSlots(10)
  const first = await server()
  await change(slotIds.slice(0, 5))
  await until(async () => (await made()).length === 10, 'its jobs')
  await first.close()
  await change(slotIds.slice(5))
  await progressOf(connection).updateOne({ _id: 'changes' }, { $unset: { place: 1 } })
  clock.move(DAY / 2)
  await server()
  await until(() => derived() >= 10, 'all of them')
  t.equal(new Set(await made()).size, 20)
})

t.test('a database that takes no jobs for a while loses none', async (t) => {
  const { openSlots, change, server, made } = await scene(t)
  const slotIds = await openSlots(10)
  let failures = 0
  const { producer } = await server({ failsToAdd: () => failures++ < 20 })
  await change(slotIds)
  await until(async () => (await made()).length === 20, 'all of them')
  t.ok(failures >= 20, 'control: it failed')
  t.equal(producer.waiting, 0)
})

t.test('a channel that cannot plan for a while is asked again', async (t) => {
  const { openSlots, change, server, made } = await scene(t)
  const slotIds = await openSlots(10)
  let failures = 0
  await server({ failsToPlan: () => failures++ < 15 })
  await change(slotIds)
  await until(async () => (await made()).length === 20, 'all of them')
  t.ok(failures >= 15, 'control: it failed')
})
