import t from 'tap'
import { cityOf, formerNamesOf, offsetName, todaysName } from '../../src/pages/shared/time.js'
import { findZones, listZones } from '../../src/pages/shared/zone-search.js'

const winter = Date.parse('2027-01-15T12:00:00Z')
const summer = Date.parse('2027-07-15T12:00:00Z')

t.test('a zone has the name it has today, whatever a browser calls it', async (t) => {
  const rows: [string, string, string][] = [
    ['Asia/Calcutta', 'Asia/Kolkata', 'Kolkata'],
    ['Asia/Katmandu', 'Asia/Kathmandu', 'Kathmandu'],
    ['Asia/Rangoon', 'Asia/Yangon', 'Yangon'],
    ['Asia/Saigon', 'Asia/Ho_Chi_Minh', 'Ho Chi Minh'],
    ['Europe/Kiev', 'Europe/Kyiv', 'Kyiv'],
    ['America/Godthab', 'America/Nuuk', 'Nuuk'],
    ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires', 'Buenos Aires'],
    ['Pacific/Enderbury', 'Pacific/Kanton', 'Kanton'],
    ['Europe/Berlin', 'Europe/Berlin', 'Berlin'],
    ['America/New_York', 'America/New_York', 'New York'],
  ]
  for (const [reported, name, city] of rows) {
    t.equal(todaysName(reported), name)
    t.equal(todaysName(name), name, 'today’s name stays')
    t.equal(cityOf(reported), city)
  }
  t.same(formerNamesOf('Europe/Kyiv'), ['Europe/Kiev'])
  const same = new Intl.DateTimeFormat('en', { timeZone: 'Asia/Calcutta' }).resolvedOptions().timeZone
  const other = new Intl.DateTimeFormat('en', { timeZone: 'Asia/Kolkata' }).resolvedOptions().timeZone
  t.equal(same, other, 'both names are one zone')
})

t.test('each zone is listed once, by the name of today', async (t) => {
  const all = await listZones('en-GB', winter)
  const names = all.map(({ name }) => name)
  t.ok(names.length > 400)
  t.equal(new Set(names).size, names.length)
  t.same(
    names.filter((name) => todaysName(name) !== name),
    [],
  )
  for (const name of ['Asia/Kolkata', 'Europe/Kyiv', 'America/Nuuk', 'UTC', 'Europe/Berlin'])
    t.ok(names.includes(name), name)
  t.same(names, [...names].sort(), 'in order')
})

t.test('a zone is found by city, country, former name and the name of its time', async (t) => {
  const all = await listZones('en-GB', winter)
  const first = (query: string) => findZones(all, query)[0]?.name
  const rows: [string, string][] = [
    ['berlin', 'Europe/Berlin'],
    ['BERL', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['new york', 'America/New_York'],
    ['New_York', 'America/New_York'],
    ['sao p', 'America/Sao_Paulo'],
    ['São Paulo', 'America/Sao_Paulo'],
    ['india', 'Asia/Kolkata'],
    ['calcutta', 'Asia/Kolkata'],
    ['kolkata', 'Asia/Kolkata'],
    ['kiev', 'Europe/Kyiv'],
    ['kyiv', 'Europe/Kyiv'],
    ['saigon', 'Asia/Ho_Chi_Minh'],
    ['ho chi', 'Asia/Ho_Chi_Minh'],
    ['germany', 'Europe/Berlin'],
    ['switzerland', 'Europe/Zurich'],
    ['japan', 'Asia/Tokyo'],
    ['nuuk', 'America/Nuuk'],
    ['utc', 'UTC'],
  ]
  for (const [query, name] of rows) t.equal(first(query), name, query)
  t.ok(findZones(all, 'eastern time').some(({ name }) => name === 'America/New_York'))
  t.ok(findZones(all, 'argentina').length > 5)
  t.same(findZones(all, 'atlantis'), [])
  t.equal(findZones(all, '').length, all.length)

  const german = await listZones('de-DE', winter)
  t.equal(findZones(german, 'indien')[0]?.name, 'Asia/Kolkata', 'also in the language of the reader')
  t.same(findZones(all, 'indien'), [], 'control: not in English')
})

t.test('a zone is found by its distance from UTC at that time of the year', async (t) => {
  const all = await listZones('en-GB', winter)
  const names = (query: string) => findZones(all, query).map(({ name }) => name)
  for (const query of ['+5:30', '+0530', 'UTC+5:30', 'utc +5:30', 'GMT+05:30', 'utc 5:30'])
    t.same(names(query), ['Asia/Colombo', 'Asia/Kolkata'], query)
  t.ok(names('+5').includes('Asia/Karachi'))
  t.ok(names('+5').includes('Asia/Kathmandu'), 'hours alone find their parts as well')
  t.ok(names('UTC+1').includes('Europe/Berlin'))
  t.notOk(names('UTC+1').includes('Europe/Athens'))
  t.ok(names('−3').includes('America/Sao_Paulo'))
  t.ok(names('-3:30').includes('America/St_Johns'))
  t.notOk(names('+3:30').includes('America/St_Johns'))
  t.ok(names('+10').includes('Australia/Brisbane'))
  t.ok(names('UTC+0').includes('Africa/Abidjan'))
  const later = await listZones('en-GB', summer)
  t.ok(
    findZones(later, 'UTC+2').some(({ name }) => name === 'Europe/Berlin'),
    'summer time',
  )
  t.same([0, 330, -210, 60, -720, 345].map(offsetName), [
    'UTC',
    'UTC+5:30',
    'UTC−3:30',
    'UTC+1',
    'UTC−12',
    'UTC+5:45',
  ])
})
