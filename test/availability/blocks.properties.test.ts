import fc from 'fast-check'
import { test } from 'tap'
import { slotsOfBlocks } from '../../src/availability/blocks.js'
import { dayBounds } from '../../src/availability/days.js'

const QUARTER = 900_000
const NOW = Date.parse('2027-01-01T00:00:00Z')
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Nuuk',
  'Asia/Kathmandu',
  'America/Havana',
  'Pacific/Chatham',
]
const zone = fc.constantFrom(...zones)
const day = fc
  .integer({ min: 1, max: 700 })
  .map((n) => new Date(NOW + n * 86_400_000).toISOString().slice(0, 10))
const time = (quarter: number) =>
  `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`
const wallBlock = fc
  .record({ day, from: fc.integer({ min: 0, max: 95 }), length: fc.integer({ min: 1, max: 40 }) })
  .map(({ day, from, length }) => ({ day, from: time(from), to: time(Math.min(96, from + length)) }))

test('whatever is accepted is sorted, unique, on the grid, ahead, and within the blocks', async (t) => {
  let accepted = 0
  fc.assert(
    fc.property(zone, fc.array(wallBlock, { minLength: 1, maxLength: 8 }), (timeZone, blocks) => {
      const answer = slotsOfBlocks(blocks, timeZone, NOW)
      if (!answer.ok) return answer.code === 'invalid_local_time' && answer.errors.length > 0
      accepted += 1
      const days = blocks.map((block) => dayBounds(block.day, timeZone))
      return answer.slots.every(
        (start, index) =>
          start % QUARTER === 0 &&
          start >= NOW &&
          (index === 0 || start > (answer.slots[index - 1] ?? 0)) &&
          days.some((bounds) => bounds && bounds.from <= start && start + QUARTER <= bounds.to),
      )
    }),
    { numRuns: 500 },
  )
  t.ok(accepted > 100, `${accepted} of 500 were accepted, so the property says something`)
})

test('order and repetition of blocks change nothing', async (t) => {
  fc.assert(
    fc.property(zone, fc.array(wallBlock, { minLength: 1, maxLength: 6 }), (timeZone, blocks) => {
      const once = slotsOfBlocks(blocks, timeZone, NOW)
      const twice = slotsOfBlocks([...blocks, ...blocks].reverse(), timeZone, NOW)
      return once.ok ? JSON.stringify(once) === JSON.stringify(twice) : !twice.ok
    }),
  )
  t.pass()
})

test('a whole day on the wall is as many slots as the day has quarters', async (t) => {
  fc.assert(
    fc.property(zone, day, (timeZone, day) => {
      const answer = slotsOfBlocks([{ day, from: '00:00', to: '24:00' }], timeZone, NOW)
      const bounds = dayBounds(day, timeZone)
      if (!answer.ok) return answer.code === 'invalid_local_time'
      return bounds !== null && answer.slots.length === (bounds.to - bounds.from) / QUARTER
    }),
  )
  t.pass()
})

test('days follow each other without a gap', async (t) => {
  fc.assert(
    fc.property(zone, day, (timeZone, day) => {
      const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
      return dayBounds(day, timeZone)?.to === dayBounds(next, timeZone)?.from
    }),
  )
  t.pass()
})
