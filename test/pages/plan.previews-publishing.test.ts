import t from 'tap'
import { slotsOfBlocks } from '../../src/availability/blocks.js'
import { joined, type PlanParts, planOf, type Wish } from '../../src/pages/provider/plan.js'
import type { OwnSlot } from '../../src/schemas/common.js'

const NOW = Date.parse('2026-10-20T00:00:00Z')
const parts = (more: Partial<PlanParts> = {}): PlanParts => ({
  zone: 'Europe/Berlin',
  slotMinutes: 15,
  now: NOW,
  known: new Map(),
  ...more,
})
const wish = (more: Partial<Wish> = {}): Wish => ({
  days: ['2026-10-21', '2026-10-22'],
  spans: [{ from: '08:00', to: '12:00' }],
  weeks: 1,
  ...more,
})

t.test('the preview counts what the server then opens', async (t) => {
  const plans: Wish[] = [
    wish(),
    wish({ weeks: 4 }),
    wish({
      spans: [
        { from: '08:00', to: '12:00' },
        { from: '13:00', to: '24:00' },
      ],
    }),
    wish({ days: ['2026-10-25'], spans: [{ from: '00:00', to: '12:00' }] }),
    wish({ days: ['2026-10-25'], spans: [{ from: '00:00', to: '24:00' }], weeks: 2 }),
  ]
  for (const one of plans) {
    const plan = planOf(one, parts())
    t.same(plan.faults, [])
    const read = slotsOfBlocks(plan.blocks, 'Europe/Berlin', NOW)
    t.ok(read.ok)
    if (read.ok) t.equal(plan.opens, read.slots.length, JSON.stringify(one))
  }
  t.equal(
    planOf(wish({ days: ['2026-10-25'], spans: [{ from: '00:00', to: '12:00' }] }), parts()).opens,
    13 * 4,
    'an hour more that night',
  )
})

t.test('what exists is not counted again, what was withdrawn is', async (t) => {
  const slot = (start: string, state: OwnSlot['state']): [string, OwnSlot] => [
    start,
    { id: start, providerId: 'p', start, end: start, state, rev: 1 },
  ]
  const known = new Map([
    slot('2026-10-21T06:00:00.000Z', 'open'),
    slot('2026-10-21T06:15:00.000Z', 'confirmed'),
    slot('2026-10-21T06:30:00.000Z', 'withdrawn'),
    slot('2026-10-23T06:30:00.000Z', 'open'),
  ])
  t.match(planOf(wish(), parts({ known })), { opens: 30, existing: 2, days: 2 })
})

t.test('faults are named before anything is sent', async (t) => {
  const faults = (one: Partial<Wish>) => planOf(wish(one), parts()).faults
  t.same(faults({ days: [] }), [{ kind: 'no day' }])
  t.same(faults({ spans: [{ from: '12:00', to: '08:00' }] }), [
    { kind: 'backwards', from: '12:00', to: '08:00' },
  ])
  t.same(faults({ spans: [{ from: '08:10', to: '09:00' }] }), [
    { kind: 'off grid', from: '08:10', to: '09:00' },
  ])
  t.same(faults({ spans: [{ from: '', to: '09:00' }] }), [{ kind: 'ends missing' }])
  t.match(faults({ days: ['2026-10-01'] }), [{ kind: 'over', day: '2026-10-01', time: '08:00' }])
  t.same(faults({ days: ['2026-10-25'], spans: [{ from: '02:30', to: '04:00' }] }), [
    { kind: 'twice', day: '2026-10-25', time: '02:30' },
  ])
  t.same(planOf(wish({ days: ['2027-03-28'], spans: [{ from: '02:30', to: '04:00' }] }), parts()).faults, [
    { kind: 'missing', day: '2027-03-28', time: '02:30' },
  ])
  t.same(faults({ weeks: 104 }), [{ kind: 'too much' }])
})

t.test('undo joins what touches', async (t) => {
  const at = (hour: number, minute: number) => new Date(Date.UTC(2026, 9, 21, hour, minute)).toISOString()
  const slots = [
    { start: at(8, 15), end: at(8, 30) },
    { start: at(8, 0), end: at(8, 15) },
    { start: at(9, 0), end: at(9, 15) },
  ]
  t.same(joined(slots), [
    { start: at(8, 0), end: at(8, 30) },
    { start: at(9, 0), end: at(9, 15) },
  ])
})
