import t from 'tap'
import { Temporal } from 'temporal-polyfill'
import { addDays } from '../../src/domain/days.js'
import {
  addMonths,
  clockChange,
  countdown,
  dayOf,
  firstWeekdayIn,
  firstWeekdayOf,
  instantOf,
  inWords,
  monthWeeks,
  offsetAt,
  startOfDay,
  startOfWeek,
  wallOf,
  weekdayOf,
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

t.test('a week begins as the locale says, also where Intl does not know', async (t) => {
  const rows: [string, number][] = [
    ['en-US', 7],
    ['en', 7],
    ['en-GB', 1],
    ['de', 1],
    ['de-CH', 1],
    ['fr-FR', 1],
    ['fr-CA', 7],
    ['pt-BR', 7],
    ['es-MX', 7],
    ['ja', 7],
    ['he', 7],
    ['hi', 7],
    ['zh-TW', 7],
    ['ar-EG', 6],
    ['fa', 6],
    ['dv-MV', 5],
    ['ru', 1],
    ['en-US-u-ca-buddhist', 7],
    ['en-US@posix', 1],
  ]
  for (const [language, first] of rows) t.equal(firstWeekdayOf([language]), first, language)
  t.equal(firstWeekdayOf(['de', 'en-US']), 1, 'the first language counts')
  t.equal(firstWeekdayOf([]), 1)

  const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const known = letters
    .flatMap((one) => letters.map((other) => one + other))
    // Not the former codes, which no browser reports any more.
    .filter((region) => regions.of(region) !== undefined && !['BU', 'RH', 'YD'].includes(region))
  t.ok(known.length > 200)
  t.ok(
    ['weekInfo', 'getWeekInfo'].some((name) => name in Intl.Locale.prototype),
    'control: Intl knows it here',
  )
  const other = known.filter((region) => firstWeekdayIn(region) !== firstWeekdayOf([`und-${region}`]))
  t.ok(other.length <= 3, `the table says what Intl says, save where a region changed: ${other}`)
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
  const rows: [string[], string][] = [
    [['en-US'], '1:05 PM'],
    [['en'], '1:05 PM'],
    [['en-GB'], '13:05'],
    [['de-DE', 'en-US'], '13:05'],
    [['fr'], '13:05'],
    [['ja'], '13:05'],
    [['es-ES'], '13:05'],
    [['hi'], '1:05 pm'],
    [['ko'], '1:05 pm'],
    [['en-AU'], '1:05 pm'],
    [['en-US-u-hc-h23'], '13:05'],
  ]
  for (const [languages, time] of rows)
    t.equal(wording(languages).time(instant, 'UTC'), time, languages.join())
  t.match(wording(['de-DE']).day('2026-11-21'), /Saturday/)
  t.equal(wording(['en-GB']).time(at('2026-11-21T00:05:00Z'), 'UTC'), '00:05')

  t.equal(wording(['en-US'], false).time(instant, 'UTC'), '13:05', 'a choice overrides the locale')
  t.equal(wording(['en-US'], false).time(at('2026-11-21T00:05:00Z'), 'UTC'), '00:05')
  t.equal(wording(['de'], true).time(instant, 'UTC'), '1:05 pm')
  t.equal(wording(['de'], true).time(at('2026-11-21T00:05:00Z'), 'UTC'), '12:05 am')
})
