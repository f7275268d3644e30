/**
 * Every order in which a load, the stream, own replies, losses and joining viewers can interleave, chosen by fast-check.
 * The database is a map here, because the orders are the question; the feed and the real database have tests of their own.
 */

import fc, { type Scheduler } from 'fast-check'
import t from 'tap'
import { slotIdOf } from '../../../src/domain/grid.js'
import { type BoardEvent, SlotBoard } from '../../../src/live/calendar/slot-board.js'
import { compactOf } from '../../../src/slots/compact-slot.js'
import type { LogEntry, SlotDoc } from '../../../src/slots/slot-document.js'
import { NOON } from '../../helper/moved-clock.js'

const PROVIDER = 'p1'
const STARTS = [NOON + 86_400_000, NOON + 87_300_000]

type Step = { do: 'write'; slot: number; own: boolean; double: boolean } | { do: 'join' } | { do: 'lose' }

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      slot: fc.nat({ max: STARTS.length - 1 }),
      own: fc.boolean(),
      double: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const) }) },
)

interface Viewer {
  revs: Map<string, number>
  n: number
  faults: string[]
}

async function play(scheduler: Scheduler, steps: Step[], streamIsOpenWhileLoading: boolean): Promise<void> {
  const stored = new Map<string, SlotDoc>()
  const viewers: Viewer[] = []
  const heardByAll: { id: string; rev: number; seq: number }[] = []
  let stream: { id: string; entries: LogEntry[] }[] = []
  let loading = 0
  let losses = 0

  const board: SlotBoard = new SlotBoard({
    load: async () => {
      loading++
      await scheduler.schedule(Promise.resolve(), 'the database reads')
      const read = [...stored.values()].map(compactOf)
      await scheduler.schedule(Promise.resolve(), 'what was read arrives')
      loading--
      return read
    },
    now: () => NOON,
    random: () => 0,
    maxSlots: 1_000,
    pictureAgeMs: () => 0,
    expect: () => {},
    log: { warn: () => {} },
  })
  board.retain(PROVIDER)
  board.listen({
    event: ({ slotId, entry, toTopic, n, seq }: BoardEvent) => {
      heardByAll.push({ id: slotId, rev: entry.rev, seq })
      if (!toTopic) return
      for (const viewer of viewers) {
        if (n !== viewer.n + 1) viewer.faults.push(`n ${n} after ${viewer.n}`)
        const before = viewer.revs.get(slotId) ?? 0
        if (entry.rev !== before + 1) viewer.faults.push(`${slotId} ${entry.rev} after ${before}`)
        viewer.n = n
        viewer.revs.set(slotId, entry.rev)
      }
    },
    picture: () => {
      for (const viewer of viewers) Object.assign(viewer, picture())
    },
    lost: () => {},
  })

  function picture(): Pick<Viewer, 'revs' | 'n'> {
    const topic = board.read(PROVIDER)
    return { revs: new Map(topic?.slots.map(({ id, rev }) => [id, rev])), n: topic?.n ?? 0 }
  }

  function write({ slot, own, double }: Extract<Step, { do: 'write' }>): void {
    const start = STARTS[slot] ?? 0
    const id = slotIdOf(PROVIDER, start)
    const before = stored.get(id)
    const from = before?.rev ?? 0
    const at = new Date(NOON)
    const entries: LogEntry[] = Array.from({ length: double ? 2 : 1 }, (_, more) => ({
      rev: from + 1 + more,
      from,
      kind: 'opened',
      at,
      state: 'open',
    }))
    const log = [...Object.values(before?.log ?? {}), ...entries].slice(-8)
    const doc: SlotDoc = {
      _id: id,
      providerId: PROVIDER,
      start: new Date(start),
      end: new Date(start + 900_000),
      state: 'open',
      reservation: null,
      past: [],
      log: Object.fromEntries(log.map((entry) => [`r${entry.rev}`, entry])),
      rev: from + entries.length,
    }
    stored.set(id, doc)
    stream.push({ id, entries })
    void scheduler.schedule(Promise.resolve(), 'the stream brings the next event').then(() => {
      const next = stream.shift()
      if (next && (streamIsOpenWhileLoading || loading === 0)) board.fromFeed.entries(next.id, next.entries)
    })
    if (own) void scheduler.schedule(Promise.resolve(), 'a reply arrives').then(() => board.takeReply(doc))
  }

  for (const one of steps) {
    void scheduler.schedule(Promise.resolve(), one.do).then(async () => {
      if (one.do === 'write') write(one)
      else if (one.do === 'lose') {
        losses++
        stream = []
        board.fromFeed.lost(0)
      } else {
        do await board.topic(PROVIDER)
        while (!board.read(PROVIDER))
        viewers.push({ ...picture(), faults: [] })
      }
    })
  }
  await scheduler.waitIdle()
  await scheduler.waitFor(board.topic(PROVIDER))
  await scheduler.waitIdle()
  board.close()

  const truth = [...stored.values()].map(({ _id, rev }) => `${_id} ${rev}`).sort()
  const shown = (revs: Map<string, number>) => [...revs].map(([id, rev]) => `${id} ${rev}`).sort()
  same(shown(picture().revs), truth, 'the board')
  for (const { revs, faults } of viewers) {
    same(faults, [], 'a viewer hears each rev once and in order')
    same(shown(revs), truth, 'a viewer ends with what is stored')
  }
  for (const id of stored.keys()) {
    const revs = heardByAll.filter((one) => one.id === id).map(({ rev }) => rev)
    same(
      revs,
      [...new Set(revs)].sort((a, b) => a - b),
      'who watches all hears no rev twice, and in order',
    )
    if (losses === 0) same(revs.length, stored.get(id)?.rev, 'and misses none')
  }
}

function same(found: unknown, wanted: unknown, what: string): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`)
}

const orders = (streamIsOpenWhileLoading: boolean) =>
  fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 1, maxLength: 14 }), (scheduler, steps) =>
    play(scheduler, steps, streamIsOpenWhileLoading),
  )

t.test('two thousand orders', async (t) => {
  await fc.assert(orders(true), { numRuns: 2_000 })
  t.pass('all end right')
})

t.test(
  'control: with a stream that is not open while a topic loads, an order is found that ends wrong',
  async (t) => {
    const { failed } = await fc.check(orders(false), { numRuns: 2_000, endOnFailure: true })
    t.ok(failed)
  },
)
