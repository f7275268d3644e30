import t from 'tap'
import { ZoneOffsets } from '../../src/domain/zone-offsets.js'

const QUARTER = 900_000

/** As Intl says it, asked anew for each instant. */
function offsetByIntl(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  return (instant) => {
    const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(name) ?? []
    return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0))
  }
}

for (const [zone, nights] of Object.entries({
  'Europe/Berlin': ['2027-03-28', '2027-10-31'],
  'Australia/Lord_Howe': ['2027-04-03', '2027-10-02'],
  'America/New_York': ['2027-03-14', '2027-11-07'],
  'Africa/Casablanca': ['2027-02-07', '2027-03-14'],
  'Asia/Kathmandu': ['2027-03-28'],
  UTC: ['2027-03-28'],
})) {
  t.test(`${zone}: each quarter of an hour, forwards and backwards`, async (t) => {
    const byIntl = offsetByIntl(zone)
    for (const night of nights) {
      const first = Date.parse(`${night}T00:00:00Z`)
      const instants = Array.from({ length: 2 * 96 }, (_, at) => first + at * QUARTER)
      const right = instants.map(byIntl)
      if (nights.length > 1) t.ok(new Set(right).size === 2, `control: clocks change on ${night}`)
      t.same(instants.map(new ZoneOffsets().of(zone)), right)
      t.same(instants.toReversed().map(new ZoneOffsets().of(zone)), right.toReversed())
      const change = instants.find((_, at) => right[at] !== right[at - 1] && at > 0)
      if (change === undefined) continue
      const fresh = new ZoneOffsets().of(zone)
      t.equal(fresh(change), byIntl(change), 'asked first for the very instant of the change')
      t.equal(fresh(change - 1), byIntl(change - 1), 'and for the millisecond before it')
    }
  })
}

t.test('two zones of one cache do not mix', async (t) => {
  const offsets = new ZoneOffsets()
  const noon = Date.parse('2027-08-13T12:00:00Z')
  t.equal(offsets.of('Europe/Berlin')(noon), 120)
  t.equal(offsets.of('America/New_York')(noon), -240)
  t.equal(offsets.of('Europe/Berlin')(noon), 120)
})
