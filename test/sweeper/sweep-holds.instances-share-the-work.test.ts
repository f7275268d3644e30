import t from 'tap'
import type { Clock } from '../../src/clock.js'
import { HoldSweeper, type SweepHoldsOptions } from '../../src/sweeper/sweep-holds.js'
import { type SlotWorld, slotWorld } from '../helper/slot-world.js'
import { until } from '../helper/until.js'

const OVERDUE = 5_000
const SWEEPERS = 3
const BATCH = 100

t.test('three sweepers at once release each of 5,000 holds once, and do not all try all of it', async (t) => {
  const world = await overdueWorld(t, OVERDUE)
  const tried: number[] = []
  const sweepers = Array.from({ length: SWEEPERS }, (_, at) => {
    const store = parts(world)
    const expire = (ids: string[]) => {
      tried[at] = (tried[at] ?? 0) + ids.length
      return store.expire(ids)
    }
    return new HoldSweeper({ ...options(world.clock), store: { ...store, expire } })
  })
  const released = await Promise.all(sweepers.map((sweeper) => sweeper.sweep()))
  t.equal(sum(released), OVERDUE, `released: ${released}`)
  t.equal(await world.slots.countDocuments({ state: 'open', rev: 2 }), OVERDUE, 'each by one transition')
  const once = { 'past.0.status': 'expired', 'past.1': { $exists: false } } as const
  t.equal(await world.slots.countDocuments(once), OVERDUE)
  t.ok(sum(tried) <= OVERDUE * 1.5, `tried: ${tried}`)
  for (const sweeper of sweepers) await sweeper.stop()
})

t.test(
  'control: sweepers that take no notice of each other try nearly all of it, each of them',
  async (t) => {
    const few = 1_500
    const world = await overdueWorld(t, few)
    const tried = await Promise.all(
      Array.from({ length: SWEEPERS }, async () => {
        let ids = 0
        for (;;) {
          const due = await world.store.overdue(BATCH)
          if (due.length === 0) return ids
          ids += due.length
          await world.store.expire(due.map(({ id }) => id))
        }
      }),
    )
    t.ok(sum(tried) > few * 1.5, `tried: ${tried}`)
  },
)

t.test(
  'who left much to another looks again after a while, and goes on where that one stopped',
  async (t) => {
    let now = 0
    let reads = 0
    let isLeft = true
    const sweeper = new HoldSweeper({
      ...options({ now: () => 0 }),
      store: {
        overdue: async (limit) => {
          reads++
          return reads > 2 ? [] : Array.from({ length: limit }, (_, at) => ({ id: `${at}`, lateMs: 0 }))
        },
        expire: async (ids) => (isLeft ? 0 : ids.length),
        nextExpiry: async () => null,
      },
      elapsed: () => now,
    })
    t.equal(await sweeper.sweep(), 0)
    isLeft = false
    now = 2_000
    t.equal(await sweeper.sweep(), 0)
    t.equal(reads, 1, 'meanwhile it asks for nothing')
    now = 6_001
    t.equal(await sweeper.sweep(), 5_000, 'control')
    await sweeper.stop()
  },
)

t.test('what waits for longest is released first', async (t) => {
  const world = await overdueWorld(t, 1_000)
  const order: string[] = []
  const store = parts(world)
  const expire = (ids: string[]) => {
    order.push(...ids)
    return store.expire(ids)
  }
  const sweeper = new HoldSweeper({ ...options(world.clock), store: { ...store, expire } })
  const slots = await world.slots.find().sort({ 'reservation.expiresAt': 1 }).toArray()
  await sweeper.sweep()
  t.same(
    order,
    slots.map(({ _id }) => _id),
  )
  await sweeper.stop()
})

t.test('a sweep has an end, also when the database never answers, and the next one works', async (t) => {
  const world = await overdueWorld(t, 10)
  const faults: unknown[] = []
  const store = parts(world)
  let answers = false
  let now = 0
  const sweeper = new HoldSweeper({
    ...options(world.clock),
    store: { ...store, overdue: (limit) => (answers ? store.overdue(limit) : new Promise(() => {})) },
    elapsed: () => now,
    // The second sweep must be done within it on a busy machine, too.
    longestMs: 1_000,
    onFault: (error) => faults.push(error),
  })
  t.equal(await sweeper.sweep(), 0)
  t.match(faults, [{ message: /waits for the database/ }])
  now = 5_000
  t.equal(sweeper.ageMs(), 5_000, 'and its age tells')
  answers = true
  t.equal(await sweeper.sweep(), 10, 'control: it was the database')
  t.equal(sweeper.ageMs(), 0)
  await sweeper.stop()
})

t.test('a sweep of very much ends with a batch when its time is over, and that is no fault', async (t) => {
  const faults: unknown[] = []
  let batches = 0
  const sweeper = new HoldSweeper({
    ...options({ now: () => 0 }),
    store: {
      overdue: async (limit) => Array.from({ length: limit }, (_, at) => ({ id: `${at}`, lateMs: 0 })),
      expire: async (ids) => {
        batches++
        await new Promise((resolve) => setImmediate(resolve))
        return ids.length
      },
      nextExpiry: async () => null,
    },
    longestMs: 200,
    onFault: (error) => faults.push(error),
  })
  t.equal(await sweeper.sweep(), batches * BATCH, 'it would go on for ever')
  t.same(faults, [])
  await sweeper.stop()
})

function sum(numbers: number[]): number {
  return numbers.reduce((all, some) => all + some, 0)
}

function parts({ store }: SlotWorld): SweepHoldsOptions['store'] {
  return {
    overdue: (limit) => store.overdue(limit),
    expire: (ids) => store.expire(ids),
    nextExpiry: (after, until) => store.nextExpiry(after, until),
  }
}

function options(clock: Clock): Omit<SweepHoldsOptions, 'store'> {
  return {
    clock,
    elapsed: () => 0,
    schedule: '* * * * * *',
    random: () => 0.5,
    onFault: (error) => {
      throw error
    },
  }
}

/** Slots whose holds ended, one after the other. */
async function overdueWorld(t: Parameters<typeof slotWorld>[0], count: number): Promise<SlotWorld> {
  const world = await slotWorld(t)
  const now = world.clock.now()
  for (let at = 0; at < count; at += 1_000) {
    const some = Array.from({ length: Math.min(1_000, count - at) }, (_, index) => {
      const id = `provider.${at + index}`
      const heldAt = new Date(now - 1_000_000 + at + index)
      const reservation = {
        id: `reservation ${id}`,
        client: { id, name: 'somebody' },
        status: 'held' as const,
        holdNo: 1,
        heldAt,
        expiresAt: heldAt,
      }
      const start = new Date(now + (at + index) * 900_000)
      return {
        _id: id,
        providerId: 'provider',
        start,
        end: new Date(start.getTime() + 900_000),
        state: 'held' as const,
        reservation,
        everHeld: true,
        past: [],
        log: {},
        rev: 1,
      }
    })
    await world.slots.insertMany(some, { ordered: false })
  }
  return world
}

t.test('a hold that ends while a sweep looks is released without a tick', async (t) => {
  const world = await overdueWorld(t, 1)
  // A moment before its end.
  world.clock.move(-1_000_001)
  const store = parts(world)
  let looks = 0
  const sweeper = new HoldSweeper({
    ...options(world.clock),
    store: {
      ...store,
      async overdue(limit) {
        const found = await store.overdue(limit)
        if (looks++ === 0) world.clock.move(10_000)
        return found
      },
    },
  })
  t.equal(await sweeper.sweep(), 0, 'control: it had not ended')
  await until(async () => (await world.slots.findOne({ state: 'open' })) !== null, 'the hold is released')
  t.equal(looks, 2)
  await sweeper.stop()
})
