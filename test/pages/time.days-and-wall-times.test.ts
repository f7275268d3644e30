import t from 'tap'
import { Temporal } from 'temporal-polyfill'
import {
  addDays,
  addMonths,
  clockChange,
  countdown,
  dayOf,
  instantOf,
  inWords,
  mondayOf,
  monthWeeks,
  offsetAt,
  startOfDay,
  wallOf,
  wording,
} from '../../src/pages/shared/time.js'

const at = (text: string) => Date.parse(text)

t.test('days begin where their zone says, also when clocks change at midnight', async (t) => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Africa/Cairo',
    'Australia/Lord_Howe',
    'America/Nuuk',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
  ]
  for (const zone of zones) {
    for (let day = '2026-01-01'; day < '2027-01-01'; day = addDays(day, 1)) {
      const right = Temporal.PlainDate.from(day).toZonedDateTime(zone)
      if (startOfDay(day, zone) !== right.epochMilliseconds) t.fail(`${day} in ${zone}`)
      if (clockChange(day, zone) !== right.hoursInDay - 24) t.fail(`length of ${day} in ${zone}`)
    }
  }
  t.equal(startOfDay('2026-04-24', 'Africa/Cairo'), at('2026-04-23T22:00:00Z'), 'begins at 01:00')
  t.equal(dayOf(at('2026-11-01T03:59:00Z'), 'America/New_York'), '2026-10-31')
})

t.test('a wall time that is missing or comes twice is told apart from one that is there', async (t) => {
  const rows: [string, string, string, string][] = [
    ['2026-03-08', '02:30', 'America/New_York', 'missing'],
    ['2026-11-01', '01:30', 'America/New_York', 'twice'],
    ['2026-10-25', '01:30', 'Europe/London', 'twice'],
    ['2026-10-04', '02:15', 'Australia/Lord_Howe', 'missing'],
    ['2026-02-15', '02:30', 'Africa/Casablanca', 'twice'],
    ['2026-03-28', '23:30', 'America/Nuuk', 'missing'],
  ]
  for (const [day, time, zone, why] of rows)
    t.match(instantOf(day, time, zone), { ok: false, why }, `${day} ${time} ${zone}`)
  t.same(instantOf('2027-08-13', '08:00', 'Europe/Berlin'), { ok: true, instant: at('2027-08-13T06:00:00Z') })
  t.same(instantOf('2027-08-13', '24:00', 'Europe/Berlin'), { ok: true, instant: at('2027-08-13T22:00:00Z') })
  t.same(instantOf('2026-03-28', '24:00', 'America/Nuuk'), {
    ok: true,
    instant: startOfDay('2026-03-29', 'America/Nuuk'),
  })
})

t.test('walls and offsets', async (t) => {
  t.same(wallOf(at('2026-11-21T18:30:00Z'), 'Asia/Kathmandu'), { day: '2026-11-22', hour: 0, minute: 15 })
  t.equal(offsetAt(at('2026-11-21T18:30:00Z'), 'Asia/Kathmandu'), 5.75 * 3_600_000)
})

t.test('months are whole weeks, Monday first', async (t) => {
  const weeks = monthWeeks('2026-11')
  t.equal(weeks.length, 6)
  t.same([weeks[0]?.[0], weeks.at(-1)?.[6]], ['2026-10-26', '2026-12-06'])
  t.equal(monthWeeks('2027-02').length, 4)
  t.equal(addMonths('2026-12', 1), '2027-01')
  t.equal(addMonths('2026-01', -1), '2025-12')
  t.equal(mondayOf('2026-11-22'), '2026-11-16')
})

t.test('time left, for eyes and for ears', async (t) => {
  t.same([1_800_000, 299_001, 61_000, 60_000, 1, 0, -5, 3_661_000].map(countdown), [
    '30:00',
    '5:00',
    '1:01',
    '1:00',
    '0:01',
    '0:00',
    '0:00',
    '1:01:01',
  ])
  t.same([1_800_000, 60_000, 40_000, 1000, 86_400_000].map(inWords), [
    '30 minutes',
    '1 minute',
    '40 seconds',
    '1 second',
    '24 hours',
  ])
})

t.test('the clock is the reader’s, the words are English', async (t) => {
  const instant = at('2026-11-21T13:05:00Z')
  t.equal(wording(['en-US']).time(instant, 'UTC'), '1:05 PM')
  t.equal(wording(['en-GB']).time(instant, 'UTC'), '13:05')
  t.equal(wording(['de-DE', 'en-US']).time(instant, 'UTC'), '13:05')
  t.match(wording(['de-DE']).day('2026-11-21'), /Saturday/)
  t.equal(wording(['en-GB']).time(at('2026-11-21T00:05:00Z'), 'UTC'), '00:05')
})
