import fc from 'fast-check'
import t, { test } from 'tap'
import {
  nearestStarts,
  type Page,
  type StartTerms,
  selectSlots,
  selectStarts,
  startsOnRhythm,
} from '../../src/domain/bookable.js'
import { type ChainShape, chainStarts, isFreeFor, ONE_SLOT, roleOf } from '../../src/domain/chain.js'
import { SLOT_MS } from '../../src/domain/grid.js'
import { ANY_TIME, type BookingWindow, isBookable, type SlotFacts } from '../../src/domain/slot.js'
import { ZoneOffsets } from '../../src/domain/zone-offsets.js'

interface Slot extends SlotFacts {
  id: string
}

const NOW = Date.parse('2027-08-13T12:00:00Z')
const offsets = new ZoneOffsets()

const shape: fc.Arbitrary<ChainShape> = fc.record({
  before: fc.integer({ min: 0, max: 2 }),
  visit: fc.integer({ min: 1, max: 4 }),
  after: fc.integer({ min: 0, max: 2 }),
})
/** Of a hold, or of a buffer: over, just over, or ahead. */
const expiry = fc.integer({ min: -3, max: 40 }).map((steps) => NOW + steps * 60_000)
const facts: fc.Arbitrary<Omit<SlotFacts, 'start'> | null> = fc.oneof(
  { weight: 24, arbitrary: fc.constant({ state: 'open' as const }) },
  { weight: 1, arbitrary: fc.record({ state: fc.constant('held' as const), expiresAt: expiry }) },
  { weight: 1, arbitrary: fc.constant({ state: 'confirmed' as const }) },
  { weight: 1, arbitrary: fc.constant({ state: 'withdrawn' as const }) },
  { weight: 1, arbitrary: fc.constant({ state: 'withdrawn' as const, buffered: true }) },
  {
    weight: 1,
    arbitrary: fc.record({
      state: fc.constant('withdrawn' as const),
      buffered: fc.constant(true),
      expiresAt: expiry,
    }),
  },
  { weight: 1, arbitrary: fc.constant(null) },
)
const calendar: fc.Arbitrary<Slot[]> = fc
  .array(facts, { minLength: 20, maxLength: 60, size: 'max' })
  .map((places) => places.flatMap((one, at) => (one ? [{ ...one, ...named(NOW + (at - 4) * SLOT_MS) }] : [])))
const page: fc.Arbitrary<Page> = fc.record({
  from: fc.integer({ min: -4, max: 6 }).map((at) => NOW + at * SLOT_MS),
  to: fc.integer({ min: 16, max: 60 }).map((at) => NOW + at * SLOT_MS),
  after: fc.option(
    fc.integer({ min: -4, max: 12 }).map((at): [number, string] => {
      const { start, id } = named(NOW + at * SLOT_MS)
      return [start, id]
    }),
  ),
  limit: fc.integer({ min: 1, max: 12 }),
})
const scene = fc.record({
  slots: calendar,
  page,
  terms: fc.record({
    shape,
    startsEveryMinutes: fc.constantFrom(15, 30, 60),
    offsetMinutesAt: fc.constantFrom('UTC', 'Asia/Kathmandu').map((zone) => offsets.of(zone)),
  }),
  window: fc.record({
    noticeMs: fc.constantFrom(0, 1, 40 * 60_000),
    aheadMs: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 20 * SLOT_MS),
  }),
})

function named(start: number): { id: string; start: number } {
  return { id: `provider.${start}`, start }
}

/** The same, said plainly: each head on its own, slot by slot. */
function plain(
  slots: Slot[],
  { from, to, after, limit }: Page,
  terms: StartTerms,
  now: number,
  window: BookingWindow,
) {
  return slots
    .filter(
      (head) =>
        head.start >= from &&
        head.start < to &&
        !(after && (head.start < after[0] || (head.start === after[0] && head.id <= after[1]))) &&
        isBookable(head, now, window) &&
        startsOnRhythm(head.start, terms) &&
        chainStarts(head.start, terms.shape).every((start, index) =>
          isFreeFor(
            roleOf({ ...terms.shape, index }),
            slots.find((slot) => slot.start === start),
            now,
          ),
        ),
    )
    .slice(0, limit + 1)
}

/** Slots from a start on, one after the other; what is not said is open. */
function row(
  start: number,
  count: number,
  other: Record<number, Omit<SlotFacts, 'start'> | null> = {},
): Slot[] {
  return Array.from({ length: count }, (_, at) => at).flatMap((at) => {
    const facts = at in other ? other[at] : { state: 'open' as const }
    return facts ? [{ ...facts, ...named(start + at * SLOT_MS) }] : []
  })
}

const everything: Page = { from: 0, to: Number.POSITIVE_INFINITY, after: null, limit: 1_000 }

function startsIn(
  zone: string,
  slots: Slot[],
  shape: ChainShape,
  startsEveryMinutes = 15,
  now = 0,
): string[] {
  const terms = { shape, startsEveryMinutes, offsetMinutesAt: offsets.of(zone) }
  const { found } = selectStarts(slots, everything, terms, now, ANY_TIME)
  return found.map(({ start }) => new Date(start).toISOString().slice(5, 16))
}

test('one pass finds what each head alone says', async (t) => {
  let found = 0
  let decided = 0
  fc.assert(
    fc.property(scene, ({ slots, page, terms, window }) => {
      const passed = selectStarts(slots, page, terms, NOW, window).found
      found += passed.length > 0 ? 1 : 0
      const bare = { ...terms, shape: { ...terms.shape, before: 0, after: 0 } }
      decided += idsOf(passed) === idsOf(plain(slots, page, bare, NOW, window)) ? 0 : 1
      return idsOf(passed) === idsOf(plain(slots, page, terms, NOW, window))
    }),
    { numRuns: 3_000 },
  )
  t.ok(found > 1_000, `control: ${found} of 3000 had starts`)
  t.ok(decided > 500, `control: in ${decided} a buffer decided`)
})

test('until validUntil time changes nothing', async (t) => {
  let changed = 0
  fc.assert(
    fc.property(scene, fc.integer({ min: 1, max: 3_600_000 }), ({ slots, page, terms, window }, passed) => {
      const before = selectStarts(slots, page, terms, NOW, window)
      const later = idsOf(plain(slots, page, terms, NOW + passed, window))
      const isSame = later === idsOf(before.found)
      changed += isSame ? 0 : 1
      return isSame || before.validUntil <= NOW + passed
    }),
    { numRuns: 3_000 },
  )
  t.ok(changed > 100, `control: in ${changed} of 3000 time had changed something`)
})

test('an appointment of one slot starts where a slot can be booked', async (t) => {
  const terms = { shape: ONE_SLOT, startsEveryMinutes: 15, offsetMinutesAt: () => 0 }
  fc.assert(
    fc.property(calendar, page, (slots, page) => {
      const starts = selectStarts(slots, page, terms, NOW, { ...ANY_TIME, noticeMs: 60_000 })
      const bookable = selectSlots(slots, { ...page, states: null }, NOW, { ...ANY_TIME, noticeMs: 60_000 })
      return idsOf(starts.found) === idsOf(bookable.found) && starts.validUntil === bookable.validUntil
    }),
  )
  t.pass()
})

test('the nearest starts are those of the whole calendar, closest first', async (t) => {
  fc.assert(
    fc.property(scene, fc.integer({ min: 0, max: 50 }), ({ slots, terms, window }, at) => {
      const near = named(NOW + at * SLOT_MS)
      const distance = ({ start }: Slot) => Math.abs(start - near.start)
      const all = plain(slots, everything, terms, NOW, window).filter(({ id }) => id !== near.id)
      const closest = all.sort((a, b) => distance(a) - distance(b) || a.start - b.start).slice(0, 3)
      return idsOf(nearestStarts(slots, near, 3, terms, NOW, window)) === idsOf(closest)
    }),
  )
  t.pass()
})

t.test('what stands in the way of a visit, and of a buffer', async (t) => {
  const start = Date.parse('2027-08-16T08:00:00Z')
  const terms = { shape: { before: 1, visit: 2, after: 1 }, startsEveryMinutes: 15, offsetMinutesAt: () => 0 }
  const head = { ...everything, from: start + SLOT_MS, to: start + 2 * SLOT_MS }
  const fits = (other?: Parameters<typeof row>[2]) =>
    selectStarts(row(start, 4, other), head, terms, NOW, ANY_TIME).found.length === 1
  t.ok(fits())
  t.notOk(fits({ 1: { state: 'confirmed' } }))
  t.notOk(fits({ 2: null }), 'a visit needs slots')
  t.ok(fits({ 0: null, 3: null }), 'buffers may lie where no slot is')
  t.ok(fits({ 0: { state: 'withdrawn' } }), 'or where one was')
  t.notOk(fits({ 0: { state: 'withdrawn', buffered: true } }))
  t.notOk(fits({ 3: { state: 'held', expiresAt: NOW + 1 } }))
  t.ok(fits({ 3: { state: 'held', expiresAt: NOW } }), 'an overdue hold is open')
  const overdue = { state: 'withdrawn' as const, buffered: true, expiresAt: NOW }
  t.ok(fits({ 0: overdue }), 'and an overdue buffer is none')
})

t.test('only the head meets the notice', async (t) => {
  const start = Date.parse('2027-08-16T08:00:00Z')
  const terms = { shape: { before: 1, visit: 2, after: 0 }, startsEveryMinutes: 15, offsetMinutesAt: () => 0 }
  const slots = row(start, 4)
  const at = (now: number) => selectStarts(slots, everything, terms, now, { ...ANY_TIME, noticeMs: SLOT_MS })
  t.equal(at(start).found.length, 2, 'the buffer before lies within the notice')
  t.equal(at(start).validUntil, start + 1)
  t.equal(at(start + 1).found.length, 1, 'control: a millisecond later the first head does')
})

t.test('beyond the end of the span, holds decide as well, and until when', async (t) => {
  const start = Date.parse('2027-08-16T08:00:00Z')
  const page = { ...everything, to: start + SLOT_MS }
  const shape = { before: 0, visit: 2, after: 1 }
  const terms = { shape, startsEveryMinutes: 15, offsetMinutesAt: () => 0 }
  for (const held of [1, 2]) {
    const slots = row(start, 4, { [held]: { state: 'held', expiresAt: NOW + 7 } })
    t.same(selectStarts(slots, page, terms, NOW, ANY_TIME), { found: [], validUntil: NOW + 7 })
    t.equal(selectStarts(slots, page, terms, NOW + 7, ANY_TIME).found.length, 1, 'control: then it fits')
  }
})

t.test('an appointment steps by elapsed time, on any night', async (t) => {
  const four = { before: 0, visit: 4, after: 0 }
  const night = (from: string, count: number, zone: string, every = 60) =>
    startsIn(zone, row(Date.parse(from), count), four, every)
  t.same(night('2027-08-16T21:00:00Z', 12, 'Europe/Berlin'), ['08-16T21:00', '08-16T22:00', '08-16T23:00'])
  t.same(
    night('2027-08-16T21:30:00Z', 6, 'Europe/Berlin', 30),
    ['08-16T21:30', '08-16T22:00'],
    'over midnight, where 22:00Z is 00:00',
  )
  t.same(
    night('2027-03-28T00:00:00Z', 12, 'Europe/Berlin'),
    ['03-28T00:00', '03-28T01:00', '03-28T02:00'],
    'clocks go on: 01:00, 03:00, 04:00',
  )
  t.same(
    night('2027-10-31T00:00:00Z', 12, 'Europe/Berlin'),
    ['10-31T00:00', '10-31T01:00', '10-31T02:00'],
    'clocks go back: 02:00, 02:00, 03:00',
  )
  t.same(
    night('2027-04-03T13:00:00Z', 14, 'Australia/Lord_Howe'),
    ['04-03T13:00', '04-03T14:00', '04-03T15:30'],
    'half an hour back at 15:00Z: 00:00, 01:00, then 02:00 half an hour later than before',
  )
  t.same(
    night('2027-10-02T13:30:00Z', 14, 'Australia/Lord_Howe'),
    ['10-02T13:30', '10-02T14:30', '10-02T16:00'],
    'half an hour on at 15:30Z: 00:00, 01:00, 03:00; 02:00 is no time of that night',
  )
  t.same(night('2027-08-16T03:00:00Z', 12, 'Asia/Kathmandu'), ['08-16T03:15', '08-16T04:15'], '09:00, 10:00')
  t.same(night('2027-08-16T03:00:00Z', 8, 'UTC'), ['08-16T03:00', '08-16T04:00'], 'control: in UTC')
})

t.test('starts cost one look at each slot, however long the appointment is', async (t) => {
  const slots = row(Date.parse('2027-08-16T00:00:00Z'), 2_000)
  let looks = 0
  const counted = slots.map((slot) => ({
    id: slot.id,
    start: slot.start,
    get state() {
      looks++
      return slot.state
    },
  }))
  const cost = (visit: number) => {
    looks = 0
    const terms = { shape: { before: 8, visit, after: 8 }, startsEveryMinutes: 15, offsetMinutesAt: () => 0 }
    selectStarts(counted, { ...everything, limit: 10_000 }, terms, NOW, ANY_TIME)
    return looks
  }
  const short = cost(1)
  t.ok(cost(32) < short * 1.1, `${cost(32)} looks at states for 32 slots, ${short} for one`)
  t.ok(short < 20 * slots.length, 'control: and that is few for each slot')
})

function idsOf(slots: Slot[]): string {
  return slots.map(({ id }) => id).join(' ')
}
