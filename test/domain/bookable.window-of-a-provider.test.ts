import fc from 'fast-check'
import t from 'tap'
import { movesOnAt, nearestSlots, selectSlots } from '../../src/domain/bookable.js'
import { bookingWindow } from '../../src/domain/policies.js'
import { ANY_TIME, isBookable, type SlotState } from '../../src/domain/slot.js'

const NOW = Date.parse('2027-08-13T06:00:00.000Z')
const QUARTER = 900_000

const span = (max: number) => fc.integer({ min: 0, max }).map((quarters) => quarters * QUARTER)
const worlds = fc.record({
  slots: fc
    .uniqueArray(
      fc.record({
        at: fc.integer({ min: -4, max: 60 }),
        state: fc.constantFrom<SlotState>('open', 'open', 'held', 'confirmed', 'withdrawn'),
        ends: fc.integer({ min: -5, max: 40 * QUARTER }),
      }),
      { selector: ({ at }) => at, maxLength: 30 },
    )
    .map((list) =>
      list
        .toSorted((a, b) => a.at - b.at)
        .map(({ at, state, ends }) => ({
          id: `s${at}`,
          start: NOW + at * QUARTER,
          state,
          expiresAt: state === 'held' ? NOW + ends : undefined,
        })),
    ),
  window: fc.record({
    noticeMs: span(30),
    aheadMs: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), span(60)),
  }),
  limit: fc.integer({ min: 1, max: 40 }),
  later: fc.integer({ min: 1, max: 60 * QUARTER }),
})

const asked = { from: NOW - 10 * QUARTER, to: NOW + 100 * QUARTER, states: null, after: null }
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id)

t.test('a list has the slots that are bookable, and stays true until it says', async (t) => {
  let changed = 0
  fc.assert(
    fc.property(worlds, ({ slots, window, limit, later }) => {
      const first = selectSlots(slots, { ...asked, limit }, NOW, window)
      const plain = slots.filter((slot) => isBookable(slot, NOW, window)).slice(0, limit + 1)
      if (ids(first.found).join() !== ids(plain).join()) return false
      const moment = Math.min(NOW + later, first.validUntil - 1)
      if (ids(selectSlots(slots, { ...asked, limit }, moment, window).found).join() !== ids(plain).join())
        return false
      const end = first.validUntil
      if (end !== Number.POSITIVE_INFINITY) {
        const after = selectSlots(slots, { ...asked, limit }, end, window).found
        if (ids(after).join() !== ids(plain).join()) changed++
      }
      return true
    }),
    { numRuns: 3000 },
  )
  t.ok(changed > 300, `control: at its end ${changed} lists did change`)
})

t.test('a list of what lies ahead stays true until it says, also while its span moves on', async (t) => {
  let changed = 0
  let kept = 0
  const spans = fc.record({
    length: span(40),
    endMoves: fc.boolean(),
    states: fc.constantFrom(null, new Set<SlotState>(['open']), new Set<SlotState>(['held', 'confirmed'])),
  })
  fc.assert(
    fc.property(worlds, spans, ({ slots, window, limit, later }, { length, endMoves, states }) => {
      const at = (now: number) => {
        const page = { from: now, to: (endMoves ? now : NOW) + length, states, after: null, limit }
        const { found, validUntil } = selectSlots(slots, page, now, window)
        return {
          list: ids(found).join(),
          until: Math.min(validUntil, movesOnAt(slots, page, found, endMoves)),
        }
      }
      const first = at(NOW)
      kept += first.until > NOW + QUARTER ? 1 : 0
      if (at(Math.min(NOW + later, first.until - 1)).list !== first.list) return false
      if (Number.isFinite(first.until) && at(first.until).list !== first.list) changed++
      return true
    }),
    { numRuns: 3000 },
  )
  t.ok(changed > 300, `control: at its end ${changed} lists did change`)
  t.ok(kept > 300, `${kept} were good for a quarter of an hour and more`)
})

t.test('the nearest are bookable ones alone', async (t) => {
  fc.assert(
    fc.property(worlds, ({ slots, window }) => {
      const found = nearestSlots(slots, { start: NOW, id: 's0' }, 100, NOW, window)
      const plain = slots.filter((slot) => slot.id !== 's0' && isBookable(slot, NOW, window))
      return ids(found).toSorted().join() === ids(plain).toSorted().join()
    }),
  )
  t.pass('for all')
})

t.test('policies are a window, and 0 days ahead have no limit', async (t) => {
  t.same(bookingWindow({ noticeSeconds: 60, maxAheadDays: 2 }), { noticeMs: 60_000, aheadMs: 172_800_000 })
  t.same(bookingWindow({ noticeSeconds: 0, maxAheadDays: 0 }), ANY_TIME)
  t.same(bookingWindow({ noticeSeconds: 0 }), ANY_TIME)
  const slot = { start: NOW + 172_800_000, state: 'open' as const }
  const window = bookingWindow({ noticeSeconds: 60, maxAheadDays: 2 })
  t.equal(isBookable(slot, NOW, window), true, 'to the millisecond')
  t.equal(isBookable(slot, NOW - 1, window), false)
})
