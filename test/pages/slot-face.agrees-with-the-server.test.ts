import fc from 'fast-check'
import t from 'tap'
import { ANY_TIME, isBookable, type SlotState } from '../../src/domain/slot.js'
import { faceOf, nextFaceChange } from '../../src/pages/shared/slot-face.js'
import type { OwnSlot } from '../../src/schemas/common.js'
import type { Reservation } from '../../src/schemas/reservations.js'

const NOW = Date.parse('2027-08-13T06:00:00.000Z')
const iso = (instant: number) => new Date(instant).toISOString()

const slots = fc.record({
  start: fc.integer({ min: -10, max: 400 }).map((quarters) => NOW + quarters * 900_000),
  state: fc.constantFrom<SlotState>('open', 'held', 'confirmed', 'withdrawn'),
  ends: fc.integer({ min: -3000, max: 3000 }),
  window: fc.record({
    noticeMs: fc.integer({ min: 0, max: 100 }).map((quarters) => quarters * 900_000),
    aheadMs: fc.oneof(
      fc.constant(Number.POSITIVE_INFINITY),
      fc.integer({ min: 0, max: 400 }).map((quarters) => quarters * 900_000),
    ),
  }),
})

function slotOf({ start, state, ends }: { start: number; state: SlotState; ends: number }): OwnSlot {
  return {
    id: 's',
    providerId: 'p',
    start: iso(start),
    end: iso(start + 900_000),
    state,
    rev: 1,
    ...(state === 'held' && { expiresAt: iso(NOW + ends) }),
  }
}

t.test('a page offers exactly what the server would let be held', async (t) => {
  fc.assert(
    fc.property(slots, (one) => {
      const facts = {
        start: one.start,
        state: one.state,
        expiresAt: one.state === 'held' ? NOW + one.ends : undefined,
      }
      return faceOf(slotOf(one), undefined, NOW, one.window).pressable === isBookable(facts, NOW, one.window)
    }),
    { numRuns: 2000 },
  )
  t.pass('agreed on all')
})

t.test('a face changes by time alone only at the moment that was foretold', async (t) => {
  fc.assert(
    fc.property(slots, (one) => {
      const slot = slotOf(one)
      const next = nextFaceChange([slot], NOW, one.window)
      const looks = (now: number) => {
        const { state, tooSoon, tooFar } = faceOf(slot, undefined, now, one.window)
        return `${state} ${tooSoon} ${tooFar}`
      }
      return next === null || looks(next - 1) === looks(NOW)
    }),
    { numRuns: 2000 },
  )
  t.pass('held for all')
})

t.test('a slot too far ahead is open, cannot be pressed, and can be to the millisecond', async (t) => {
  const slot = slotOf({ start: NOW + 86_400_000, state: 'open', ends: 0 })
  const window = { noticeMs: 0, aheadMs: 86_400_000 }
  const at = (now: number) => faceOf(slot, undefined, now, window)
  t.match(at(NOW - 1), { state: 'open', tooFar: true, tooSoon: false, pressable: false })
  t.match(at(NOW), { state: 'open', tooFar: false, pressable: true }, 'control')
  t.equal(nextFaceChange([slot], NOW - 1, window), NOW, 'and the page is drawn again then')
})

t.test('own holds and bookings are the reader’s, until they end', async (t) => {
  const slot = slotOf({ start: NOW + 90_000_000, state: 'held', ends: 60_000 })
  const own: Reservation = {
    id: 'r',
    slotId: 's',
    slotIds: ['s'],
    durationMinutes: 15,
    seq: 0,
    providerId: 'p',
    clientId: 'c',
    start: slot.start,
    end: slot.end,
    status: 'held',
    heldAt: iso(NOW),
    expiresAt: iso(NOW + 60_000),
    rev: 1,
  }
  t.match(faceOf(slot, own, NOW, ANY_TIME), { state: 'mine', pressable: true })
  t.match(
    faceOf(slot, own, NOW + 60_000, ANY_TIME),
    { state: 'open', own: null },
    'run out: open for everybody',
  )
  const longer = { ...own, slotIds: ['before', 's'] }
  t.match(faceOf(slot, longer, NOW, ANY_TIME), { state: 'mine', own: {} }, 'also within an appointment')
  t.match(faceOf({ ...slot, state: 'confirmed' }, { ...own, status: 'confirmed' }, NOW, ANY_TIME), {
    state: 'confirmed',
    own: {},
  })
  t.match(faceOf(slot, { ...own, slotIds: ['another'] }, NOW, ANY_TIME), {
    state: 'held',
    pressable: false,
    freeAt: NOW + 60_000,
  })
  t.match(faceOf(slot, { ...own, status: 'released' }, NOW, ANY_TIME), { state: 'held' })
})
