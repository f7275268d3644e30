import { test } from 'tap'
import { slotsOfBlocks } from '../../src/availability/blocks.js'
import type { Block } from '../../src/schemas/availability.js'

const NOW = Date.parse('2027-01-01T00:00:00Z')
const BERLIN = 'Europe/Berlin'

function refusal(blocks: Block[], timeZone = BERLIN) {
  const answer = slotsOfBlocks(blocks, timeZone, NOW)
  return answer.ok ? 'none' : { code: answer.code, fields: answer.errors.map(({ field }) => field) }
}

test('a day of work is a slot each quarter of an hour, the end not included', async (t) => {
  const answer = slotsOfBlocks([{ day: '2027-08-13', from: '08:00', to: '15:00' }], BERLIN, NOW)
  t.ok(answer.ok)
  const starts = answer.ok ? answer.slots.map((start) => new Date(start).toISOString()) : []
  t.equal(starts.length, 28)
  t.equal(starts[0], '2027-08-13T06:00:00.000Z')
  t.equal(starts.at(-1), '2027-08-13T12:45:00.000Z')
})

test('instants and wall times mean the same slots', async (t) => {
  const wall = slotsOfBlocks([{ day: '2027-08-13', from: '08:00', to: '10:00' }], BERLIN, NOW)
  const instants = slotsOfBlocks(
    [{ start: '2027-08-13T08:00:00+02:00', end: '2027-08-13T08:00:00Z' }],
    'America/New_York',
    NOW,
  )
  t.same(instants, wall)
})

test('overlapping, touching and repeated blocks make each slot once, in order', async (t) => {
  const answer = slotsOfBlocks(
    [
      { day: '2027-08-13', from: '09:00', to: '10:00' },
      { day: '2027-08-13', from: '08:00', to: '09:30' },
      { day: '2027-08-13', from: '10:00', to: '10:15' },
      { day: '2027-08-13', from: '09:00', to: '10:00' },
    ],
    BERLIN,
    NOW,
  )
  t.same(answer, slotsOfBlocks([{ day: '2027-08-13', from: '08:00', to: '10:15' }], BERLIN, NOW))
})

test('24:00 ends a day and never begins one', async (t) => {
  const answer = slotsOfBlocks([{ day: '2027-08-13', from: '23:00', to: '24:00' }], BERLIN, NOW)
  t.equal(answer.ok && answer.slots.length, 4)
  t.same(refusal([{ day: '2027-08-13', from: '24:00', to: '24:00' }]), {
    code: 'invalid_request',
    fields: ['blocks.0.from'],
  })
})

test('24:00 is the end of the day also where the next one does not begin at midnight', async (t) => {
  const answer = slotsOfBlocks([{ day: '2026-04-23', from: '23:00', to: '24:00' }], 'Africa/Cairo', 0)
  t.equal(answer.ok && answer.slots.length, 4)
})

test('a block that ends at 09:10 is off the grid, and the end is named', async (t) => {
  t.same(refusal([{ day: '2027-08-13', from: '08:00', to: '09:10' }]), {
    code: 'off_grid',
    fields: ['blocks.0.to'],
  })
  t.same(refusal([{ start: '2027-08-13T08:00:00.001Z', end: '2027-08-13T09:00:00Z' }]), {
    code: 'off_grid',
    fields: ['blocks.0.start'],
  })
})

test('the grid is one of instants: a zone with an odd offset in history has no wall time on it', async (t) => {
  const answer = slotsOfBlocks(
    [{ day: '1971-08-13', from: '08:00', to: '09:00' }],
    'Africa/Monrovia',
    Date.parse('1970-01-01T00:00:00Z'),
  )
  t.match(answer, { ok: false, code: 'off_grid' })
})

test('a block in 2001 is over; one that begins now is not', async (t) => {
  t.same(refusal([{ day: '2001-08-13', from: '08:00', to: '09:00' }]), {
    code: 'in_the_past',
    fields: ['blocks.0.from'],
  })
  t.same(refusal([{ start: '2026-12-31T23:45:00Z', end: '2027-01-01T02:00:00Z' }]), {
    code: 'in_the_past',
    fields: ['blocks.0.start'],
  })
  t.equal(refusal([{ start: '2027-01-01T00:00:00Z', end: '2027-01-01T02:00:00Z' }]), 'none')
})

test('an empty or reversed block is no block', async (t) => {
  for (const to of ['08:00', '07:00']) {
    t.same(refusal([{ day: '2027-08-13', from: '08:00', to }]), {
      code: 'invalid_request',
      fields: ['blocks.0.to'],
    })
  }
})

test('every faulty block is named, and the first one gives the code', async (t) => {
  t.same(
    refusal([
      { day: '2027-08-13', from: '08:00', to: '09:00' },
      { day: '2027-08-13', from: '08:00', to: '09:10' },
      { start: '2001-08-13T08:00:00Z', end: '2001-08-13T09:00:00Z' },
    ]),
    { code: 'off_grid', fields: ['blocks.1.to', 'blocks.2.start'] },
  )
})

test('3,000 slots are one request, 3,001 are too many, and overlaps do not count twice', async (t) => {
  const hours = (count: number) =>
    new Date(Date.parse('2027-02-01T00:00:00Z') + count * 3_600_000).toISOString()
  const full = { start: hours(0), end: hours(750) }
  const answer = slotsOfBlocks([full, full, full], BERLIN, NOW)
  t.equal(answer.ok && answer.slots.length, 3_000)
  t.same(refusal([full, { start: hours(800), end: hours(800.25) }]), {
    code: 'too_many_slots',
    fields: ['blocks'],
  })
})

test('a block of seventy years is refused without being computed', async (t) => {
  const before = process.hrtime.bigint()
  const years = { start: '2027-02-01T00:00:00Z', end: '2097-02-01T00:00:00Z' }
  t.same(refusal([years]), { code: 'too_many_slots', fields: ['blocks.0.end'] })
  // 2.5 million slots would take longer than that.
  t.ok(process.hrtime.bigint() - before < 1_000_000_000n)
})
