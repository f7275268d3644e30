import t from 'tap'
import { Temporal } from 'temporal-polyfill'
import { addDays } from '../../src/domain/days.js'
import {
  addMonths,
  clockChange,
  countdown,
  dayOf,
  instantOf,
  monthWeeks,
  offsetAt,
  startOfDay,
  startOfWeek,
  wallOf,
  weekdayOf,
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

t.test('months are whole weeks, which begin on the weekday that is asked for', async (t) => {
  const weeks = monthWeeks('2026-11', 1)
  t.equal(weeks.length, 6)
  t.same([weeks[0]?.[0], weeks.at(-1)?.[6]], ['2026-10-26', '2026-12-06'])
  t.equal(monthWeeks('2027-02', 1).length, 4)
  const fromSunday = monthWeeks('2026-11', 7)
  t.equal(fromSunday.length, 5)
  t.same([fromSunday[0]?.[0], fromSunday.at(-1)?.[6]], ['2026-11-01', '2026-12-05'])
  t.equal(addMonths('2026-12', 1), '2027-01')
  t.equal(addMonths('2026-01', -1), '2025-12')

  t.same(['2026-11-22', '2026-11-23'].map(weekdayOf), [7, 1])
  for (let day = '2026-01-01'; day < '2027-01-01'; day = addDays(day, 1)) {
    for (const first of [1, 5, 6, 7]) {
      const start = startOfWeek(day, first)
      const isRight = weekdayOf(start) === first && start <= day && addDays(start, 7) > day
      if (!isRight) t.fail(`the week of ${day} that begins on ${first}`)
    }
  }
})

t.test('time left of a hold', async (t) => {
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
})
