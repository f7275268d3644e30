import fc from 'fast-check'
import t from 'tap'
import { isBookable, type SlotState } from '../../src/domain/slot.js'
import { faceOf, nextFaceChange } from '../../src/pages/shared/slot-face.js'
import type { OwnSlot } from '../../src/schemas/common.js'
import type { Reservation } from '../../src/schemas/reservations.js'

const NOW = Date.parse('2027-08-13T06:00:00.000Z')
const iso = (instant: number) => new Date(instant).toISOString()

const slots = fc.record({
  start: fc.integer({ min: -10, max: 400 }).map((quarters) => NOW + quarters * 900_000),
  state: fc.constantFrom<SlotState>('open', 'held', 'confirmed', 'withdrawn'),
  ends: fc.integer({ min: -3000, max: 3000 }),
  notice: fc.integer({ min: 0, max: 100 }).map((quarters) => quarters * 900_000),
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
      return faceOf(slotOf(one), undefined, NOW, one.notice).pressable === isBookable(facts, NOW, one.notice)
    }),
    { numRuns: 2000 },
  )
  t.pass('agreed on all')
})

t.test('a face changes by time alone only at the moment that was foretold', async (t) => {
  fc.assert(
    fc.property(slots, (one) => {
      const slot = slotOf(one)
      const next = nextFaceChange([slot], NOW, one.notice)
      const looks = (now: number) => {
        const { state, tooSoon } = faceOf(slot, undefined, now, one.notice)
        return `${state} ${tooSoon}`
      }
      return next === null || looks(next - 1) === looks(NOW)
    }),
    { numRuns: 2000 },
  )
  t.pass('held for all')
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
  t.match(faceOf(slot, own, NOW, 0), { state: 'mine', pressable: true })
  t.match(faceOf(slot, own, NOW + 60_000, 0), { state: 'open', own: null }, 'run out: open for everybody')
  t.match(faceOf({ ...slot, state: 'confirmed' }, { ...own, status: 'confirmed' }, NOW, 0), {
    state: 'confirmed',
    own: {},
  })
  t.match(faceOf(slot, { ...own, slotId: 'another' }, NOW, 0), {
    state: 'held',
    pressable: false,
    freeAt: NOW + 60_000,
  })
  t.match(faceOf(slot, { ...own, status: 'released' }, NOW, 0), { state: 'held' })
})
