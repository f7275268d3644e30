import t from 'tap'
import { Temporal } from 'temporal-polyfill'
import { suits } from '../../src/domain/wait.js'
import { ZoneOffsets } from '../../src/domain/zone-offsets.js'
import { offerEnd } from '../../src/waits/offer-end.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const FAR = Date.parse('2028-06-01T00:00:00Z')

const at = (wall: string, timeZone: string) =>
  Temporal.PlainDateTime.from(wall).toZonedDateTime(timeZone).epochMilliseconds
const wallOf = (instant: number, timeZone: string) =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).toPlainDateTime().toString()

t.test('by the hour', async (t) => {
  for (const [now, minutes, end, why] of [
    ['2027-08-13T14:00', 15, '2027-08-13T14:15:00', 'by day'],
    ['2027-08-13T21:44', 15, '2027-08-13T21:59:00', 'the last before the night'],
    ['2027-08-13T21:45', 15, '2027-08-14T08:15:00', 'it would end as the night begins'],
    ['2027-08-13T23:30', 15, '2027-08-14T08:15:00', 'in the evening'],
    ['2027-08-14T03:00', 120, '2027-08-14T10:00:00', 'in the small hours'],
    ['2027-08-14T07:44', 15, '2027-08-14T08:15:00', 'before eight'],
    ['2027-08-14T07:45', 15, '2027-08-14T08:00:00', 'at eight the day has begun'],
    ['2027-10-30T23:00', 15, '2027-10-31T08:15:00', 'a night of nine hours more'],
    ['2028-03-25T23:00', 15, '2028-03-26T08:15:00', 'and of one less'],
  ] as const) {
    for (const timeZone of ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata']) {
      const offered = offerEnd({ now: at(now, timeZone), start: FAR, lengthMs: minutes * MINUTE, timeZone })
      t.equal(wallOf(offered ?? 0, timeZone), end, `${why}, ${timeZone}`)
    }
  }
})

t.test('near the start', async (t) => {
  const timeZone = 'Europe/Berlin'
  const now = at('2027-08-13T22:30', timeZone)
  const ends = (start: string) =>
    offerEnd({ now, start: at(start, timeZone), lengthMs: 15 * MINUTE, timeZone })
  t.equal(wallOf(ends('2027-08-14T08:10') ?? 0, timeZone), '2027-08-14T07:55:00', 'time for one more')
  t.equal(wallOf(ends('2027-08-13T22:50') ?? 0, timeZone), '2027-08-13T22:45:00', 'at least its length')
  t.equal(ends('2027-08-13T22:44'), null, 'too near')
})

t.test('whenever it is made, none ends at night, before its length or after the start', async (t) => {
  const zones = ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu']
  const first = Date.parse('2027-10-01T00:00:00Z')
  let nights = 0
  for (let round = 0; round < 3_000; round++) {
    const timeZone = zones[round % zones.length] ?? 'UTC'
    const now = first + round * 97 * MINUTE
    const lengthMs = (5 + (round % 116)) * MINUTE
    const end = offerEnd({ now, start: now + 10 * 24 * HOUR, lengthMs, timeZone }) ?? 0
    const { hour } = Temporal.Instant.fromEpochMilliseconds(end).toZonedDateTimeISO(timeZone)
    if (hour < 8 || hour >= 22) t.fail(`${wallOf(end, timeZone)} in ${timeZone}`)
    if (end < now + lengthMs) t.fail('too short')
    if (end > now + lengthMs) nights++
    const start = now + (round % 600) * MINUTE
    const near = offerEnd({ now, start, lengthMs, timeZone })
    if (near !== null && (near > start || near < now + lengthMs)) t.fail('out of its bounds')
  }
  t.ok(nights > 500, `control: ${nights} would have ended at night`)
})

t.test('which starts suit, on the clock of the provider', async (t) => {
  const offsetAt = new ZoneOffsets().of('Europe/Berlin')
  const start = at('2027-08-16T08:00', 'Europe/Berlin')
  const all = { from: start - HOUR, to: start + 7 * 24 * HOUR }
  t.ok(suits(all, start, offsetAt))
  t.notOk(suits({ ...all, from: start + 1 }, start, offsetAt))
  t.notOk(suits({ ...all, to: start }, start, offsetAt), 'the end is not in it')
  t.ok(suits({ ...all, weekdays: [1] }, start, offsetAt), 'a Monday')
  t.notOk(suits({ ...all, weekdays: [2, 7] }, start, offsetAt))
  t.ok(suits({ ...all, weekdays: [7] }, at('2027-08-22T07:30', 'Europe/Berlin'), offsetAt), 'a Sunday is 7')
  t.ok(suits({ ...all, between: { from: '08:00', to: '12:00' } }, start, offsetAt))
  t.notOk(suits({ ...all, between: { from: '07:00', to: '08:00' } }, start, offsetAt))
  t.ok(suits({ ...all, between: { from: '07:00', to: '24:00' } }, start, offsetAt))
})
