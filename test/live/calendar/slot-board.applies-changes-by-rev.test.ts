import t from 'tap'
import { slotIdOf } from '../../../src/domain/grid.js'
import { type BoardEvent, SlotBoard } from '../../../src/live/calendar/slot-board.js'
import { compactOf } from '../../../src/slots/compact-slot.js'
import type { LogEntry, SlotDoc } from '../../../src/slots/slot-document.js'
import { NOON } from '../../helper/moved-clock.js'

const PROVIDER = 'p1'
const START = NOON + 3 * 86_400_000
const SLOT = slotIdOf(PROVIDER, START)

interface Stage {
  board: SlotBoard
  /** What the database has. */
  stored: SlotDoc[]
  events: BoardEvent[]
  toTopic: () => number[]
  pictures: string[]
  loads: () => number
}

/** A minute after everything here was written, so that the stream has brought long ago what a load brings. */
const LATER = NOON + 60_000

function stage(maxSlots = 1_000, now = LATER): Stage {
  const stored: SlotDoc[] = []
  const events: BoardEvent[] = []
  const pictures: string[] = []
  let loads = 0
  const board = new SlotBoard({
    load: async (providerId) => {
      loads++
      return stored.filter((doc) => doc.providerId === providerId).map(compactOf)
    },
    now: () => now,
    random: () => 0.5,
    maxSlots,
    pictureAgeMs: () => 0,
    expect: () => {},
    log: { warn: () => {} },
  })
  board.listen({
    event: (event) => events.push(event),
    picture: (providerId) => pictures.push(providerId),
    lost: () => pictures.push('lost'),
  })
  const toTopic = () => events.filter((event) => event.toTopic).map(({ entry }) => entry.rev)
  return { board, stored, events, toTopic, pictures, loads: () => loads }
}

function entry(rev: number, from = rev - 1): LogEntry {
  const at = new Date(NOON)
  const client = { id: 'c', name: 'n' }
  if (rev === 1) return { rev, from, kind: 'opened', at, state: 'open' }
  if (rev % 2 === 1) {
    const ended = { id: `r${rev - 1}`, client }
    return { rev, from, kind: 'released', at, state: 'open', reason: 'released', ended }
  }
  const reservation = { id: `r${rev}`, client, expiresAt: new Date(NOON + 1_800_000) }
  return { rev, from, kind: 'held', at, state: 'held', reservation }
}

function doc(rev: number, start = START, providerId = PROVIDER): SlotDoc {
  const last = entry(rev)
  return {
    _id: slotIdOf(providerId, start),
    providerId,
    start: new Date(start),
    end: new Date(start + 900_000),
    state: last.state,
    reservation: null,
    past: [],
    log: Object.fromEntries(
      Array.from({ length: Math.min(rev, 8) }, (_, back) => [`r${rev - back}`, entry(rev - back)]),
    ),
    rev,
  } as SlotDoc
}

const rev = (board: SlotBoard, id = SLOT) => board.slotById(id)?.rev

t.test('what joins on is taken and goes to everybody; the slot follows from the entry alone', async (t) => {
  const { board, stored, events } = stage()
  stored.push(doc(1))
  const topic = await board.topic(PROVIDER)
  const { version } = topic
  board.fromFeed.entries(SLOT, [entry(2)])
  t.match(board.slotById(SLOT), {
    state: 'held',
    rev: 2,
    expiresAt: NOON + 1_800_000,
    reservation: { id: 'r2' },
  })
  t.match(events, [{ toTopic: true, n: 1, seq: 1, entry: { rev: 2 } }])
  t.ok(topic.version > version)
})

t.test('a slot that nobody knew begins at rev 1', async (t) => {
  const { board, toTopic } = stage()
  const topic = await board.topic(PROVIDER)
  board.fromFeed.entries(SLOT, [entry(1)])
  t.equal(rev(board), 1)
  t.same(toTopic(), [1])
  t.equal(topic.slots.length, 1)
})

t.test('what is not newer is dropped; its event is only for those without a picture', async (t) => {
  const { board, stored, events } = stage()
  stored.push(doc(3))
  await board.topic(PROVIDER)
  board.fromFeed.entries(SLOT, [entry(2)])
  board.fromFeed.entries(SLOT, [entry(3)])
  t.equal(rev(board), 3)
  t.match(events, [
    { toTopic: false, n: 0, seq: 1, entry: { rev: 2 } },
    { toTopic: false, n: 0, seq: 2, entry: { rev: 3 } },
  ])
})

t.test('two entries of one update, a take-over, are taken together', async (t) => {
  const { board, stored, toTopic } = stage()
  stored.push(doc(2))
  await board.topic(PROVIDER)
  board.fromFeed.entries(SLOT, [entry(3, 2), entry(4, 2)])
  t.equal(rev(board), 4)
  t.same(toTopic(), [3, 4])
})

t.test('a gap in the stream loads a watched topic again, which gets a new picture', async (t) => {
  const { board, stored, pictures, loads } = stage()
  stored.push(doc(1))
  board.retain(PROVIDER)
  await board.topic(PROVIDER)
  stored[0] = doc(4)
  board.fromFeed.entries(SLOT, [entry(4)])
  await board.topic(PROVIDER)
  t.equal(rev(board), 4)
  t.equal(loads(), 2)
  t.same(pictures, [PROVIDER])
})

t.test('control: with nothing between, the same event loads nothing', async (t) => {
  const { board, stored, loads } = stage()
  stored.push(doc(3))
  board.retain(PROVIDER)
  await board.topic(PROVIDER)
  board.fromFeed.entries(SLOT, [entry(4)])
  await board.topic(PROVIDER)
  t.equal(loads(), 1)
})

t.test('a reply with a gap that its log cannot close is left to the stream', async (t) => {
  const { board, stored, events, loads } = stage()
  stored.push(doc(1))
  board.retain(PROVIDER)
  await board.topic(PROVIDER)
  board.takeReply(doc(12))
  t.equal(rev(board), 1)
  t.same(events, [])
  for (let at = 2; at <= 12; at++) board.fromFeed.entries(SLOT, [entry(at)])
  t.equal(rev(board), 12)
  t.equal(loads(), 1)
})

t.test('a reply brings along what another instance wrote just before it', async (t) => {
  const { board, stored, toTopic } = stage()
  stored.push(doc(1))
  await board.topic(PROVIDER)
  board.takeReply(doc(3))
  t.equal(rev(board), 3)
  t.same(toTopic(), [2, 3])
})

t.test('a rev that went out with a reply does not go out again with the stream', async (t) => {
  const { board, stored, events } = stage()
  stored.push(doc(1))
  await board.topic(PROVIDER)
  board.takeReply(doc(2))
  board.fromFeed.entries(SLOT, [entry(2)])
  board.fromFeed.entries(SLOT, [entry(3)])
  t.same(
    events.map(({ entry, n, seq }) => [entry.rev, n, seq]),
    [
      [2, 1, 1],
      [3, 2, 2],
    ],
  )
})

t.test('a reply does not overtake what a load brought and the stream has yet to bring', async (t) => {
  const { board, stored, events } = stage(1_000, NOON)
  stored.push(doc(2))
  await board.topic(PROVIDER)
  board.takeReply(doc(3))
  t.same(events, [], 'rev 2 was written this moment, and nobody who watches all has heard of it')
  board.fromFeed.entries(SLOT, [entry(2)])
  board.takeReply(doc(3))
  board.fromFeed.entries(SLOT, [entry(3)])
  t.match(events, [
    { toTopic: false, entry: { rev: 2 } },
    { toTopic: true, entry: { rev: 3 } },
  ])
  t.equal(events.length, 2)
})

t.test('a reply after its event is dropped', async (t) => {
  const { board, stored, events } = stage()
  stored.push(doc(1))
  await board.topic(PROVIDER)
  board.fromFeed.entries(SLOT, [entry(2)])
  board.takeReply(doc(2))
  t.equal(events.length, 1)
})

t.test('where nobody looked, the stream still tells those who watch all, once', async (t) => {
  const { board, events, loads } = stage()
  board.takeReply(doc(2))
  board.fromFeed.entries(SLOT, [entry(2)])
  t.match(events, [{ toTopic: false, n: 1, seq: 1, entry: { rev: 2 } }])
  t.equal(events.length, 1)
  t.equal(loads(), 0)
})

t.test('a lower rev on a load means the database was restored: it is taken as it is', async (t) => {
  const { board, stored, pictures } = stage()
  stored.push(doc(9))
  board.retain(PROVIDER)
  await board.topic(PROVIDER)
  const { seq } = board
  stored[0] = doc(2)
  board.fromFeed.lost(0)
  t.equal(board.seq, seq + 1, 'the hole shows')
  await board.topic(PROVIDER)
  t.equal(rev(board), 2)
  t.same(pictures, ['lost', PROVIDER])
  board.fromFeed.entries(SLOT, [entry(3)])
  t.equal(rev(board), 3, 'and goes on from there')
})

t.test('after a loss nobody watched, the next look loads', async (t) => {
  const { board, stored, loads } = stage()
  stored.push(doc(1))
  await board.topic(PROVIDER)
  board.fromFeed.lost(0)
  t.equal(loads(), 1)
  await board.topic(PROVIDER)
  t.equal(loads(), 2)
})

t.test('a deleted slot leaves, and its viewers get a new picture', async (t) => {
  const { board, stored, pictures } = stage()
  stored.push(doc(1))
  const topic = await board.topic(PROVIDER)
  board.fromFeed.gone(SLOT)
  t.equal(topic.slots.length, 0)
  t.same(pictures, [PROVIDER])
})

t.test('slots that ended a day ago are not kept, and what happens to them loads nothing', async (t) => {
  const { board, stored, loads, events } = stage()
  const long = NOON - 2 * 86_400_000
  stored.push(doc(1, long), doc(1))
  const topic = await board.topic(PROVIDER)
  t.same(
    topic.slots.map(({ id }) => id),
    [SLOT],
  )
  board.fromFeed.entries(slotIdOf(PROVIDER, long), [entry(2)])
  await board.topic(PROVIDER)
  t.equal(loads(), 1)
  t.match(events, [{ toTopic: false }])
})

t.test('many who look at once share one load', async (t) => {
  const { board, stored, loads } = stage()
  stored.push(doc(1))
  await Promise.all(Array.from({ length: 50 }, () => board.topic(PROVIDER)))
  t.equal(loads(), 1)
})

t.test('beyond BOARD_MAX_SLOTS the least recently used go first, a watched topic never', async (t) => {
  const { board, stored, loads } = stage(60)
  for (const providerId of ['a', 'b', 'c', 'd']) stored.push(doc(1, START, providerId))
  board.retain('a')
  await board.topic('a')
  await board.topic('b')
  await board.topic('c')
  await board.topic('b')
  await board.topic('d')
  t.ok(board.read('a'), 'watched')
  t.ok(board.read('b'), 'used since')
  t.notOk(board.read('c'), 'the oldest in use')
  t.equal(loads(), 4)
  board.release('a')
  await board.topic('c')
  t.notOk(board.read('a'), 'no longer watched, and the oldest')
})
