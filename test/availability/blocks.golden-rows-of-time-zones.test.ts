import { test } from 'tap'
import { slotsOfBlocks } from '../../src/availability/blocks.js'
import { dayBounds } from '../../src/availability/days.js'

const NOW = Date.parse('2010-01-01T00:00:00Z')
const HOUR = 3_600_000
const utc = (text: string) => Date.parse(text)

function wall(timeZone: string, day: string, from: string, to: string) {
  return slotsOfBlocks([{ day, from, to }], timeZone, NOW)
}

test('a block that begins at a wall time which the clocks skip or show twice is refused, naming the end', async (t) => {
  for (const [zone, day, from, to] of [
    ['America/New_York', '2026-03-08', '02:30', '04:00'],
    ['America/New_York', '2026-11-01', '01:30', '04:00'],
    ['Europe/London', '2026-10-25', '01:30', '04:00'],
    ['Australia/Lord_Howe', '2026-10-04', '02:15', '04:00'],
    ['Africa/Cairo', '2026-04-24', '00:00', '04:00'],
    ['America/Sao_Paulo', '2018-11-04', '00:30', '04:00'],
    ['Africa/Casablanca', '2026-02-15', '02:30', '04:00'],
    ['Pacific/Apia', '2011-12-30', '08:00', '09:00'],
    ['America/Nuuk', '2026-03-28', '23:30', '24:00'],
  ] as const) {
    const answer = wall(zone, day, from, to)
    t.match(answer, { ok: false, code: 'invalid_local_time' }, `${zone} ${day} ${from}`)
    t.equal(answer.ok || answer.errors[0]?.field, 'blocks.0.from', zone)
  }
})

test('the same zones take the wall times beside the change (control)', async (t) => {
  for (const [zone, day, from, to, start, slots] of [
    ['America/New_York', '2026-03-08', '01:00', '04:00', '2026-03-08T06:00Z', 8],
    ['America/New_York', '2026-11-01', '00:45', '02:00', '2026-11-01T04:45Z', 9],
    ['Europe/London', '2026-10-25', '00:00', '03:00', '2026-10-24T23:00Z', 16],
    ['Australia/Lord_Howe', '2026-10-04', '01:30', '03:00', '2026-10-03T15:00Z', 4],
    ['Africa/Cairo', '2026-04-24', '01:00', '02:00', '2026-04-23T22:00Z', 4],
    ['America/Sao_Paulo', '2018-11-04', '01:00', '02:00', '2018-11-04T03:00Z', 4],
    ['Africa/Casablanca', '2026-02-15', '01:45', '03:00', '2026-02-15T00:45Z', 9],
    ['Pacific/Apia', '2011-12-31', '08:00', '09:00', '2011-12-30T18:00Z', 4],
    ['America/Nuuk', '2026-03-28', '22:00', '24:00', '2026-03-29T00:00Z', 4],
    ['Asia/Kathmandu', '2026-05-05', '08:00', '09:00', '2026-05-05T02:15Z', 4],
  ] as const) {
    const answer = wall(zone, day, from, to)
    t.ok(answer.ok, `${zone} ${day} ${from}`)
    t.equal(answer.ok && answer.slots[0], utc(start), `${zone} begins at ${start}`)
    t.equal(answer.ok && answer.slots.length, slots, `${zone} has ${slots} slots`)
  }
})

test('a day is as long as its clocks make it', async (t) => {
  for (const [zone, day, from, hours] of [
    ['America/New_York', '2026-03-08', '2026-03-08T05:00Z', 23],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00Z', 25],
    ['Europe/London', '2026-10-25', '2026-10-24T23:00Z', 25],
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30Z', 23.5],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00Z', 23],
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00Z', 23],
    ['Africa/Casablanca', '2026-02-15', '2026-02-14T23:00Z', 25],
    ['America/Nuuk', '2026-03-28', '2026-03-28T02:00Z', 23],
    ['Asia/Kathmandu', '2026-05-05', '2026-05-04T18:15Z', 24],
    ['Pacific/Apia', '2011-12-29', '2011-12-29T10:00Z', 24],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00Z', 24],
  ] as const) {
    const bounds = dayBounds(day, zone)
    t.equal(bounds?.from, utc(from), `${zone} ${day} begins at ${from}`)
    t.equal(bounds && (bounds.to - bounds.from) / HOUR, hours, `${zone} ${day} has ${hours} h`)
  }
})

test('a day that a zone skipped is no day', async (t) => {
  t.equal(dayBounds('2011-12-30', 'Pacific/Apia'), null)
  t.not(dayBounds('2011-12-30', 'Pacific/Auckland'), null, 'elsewhere it was one')
})
