import t from 'tap'
import { MovedClock } from '../helper/moved-clock.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'
import { twoServers } from '../helper/two-servers.js'
import { until } from '../helper/until.js'
import { openViewer, TRANSPORTS } from '../helper/viewer.js'

interface Policies {
  noticeSeconds: number
  maxAheadDays: number
  maxUpcomingBookings: number
  rev: number
}
interface List {
  items: { id: string; start: string }[]
}

const DAY = 86_400
const defaults = { noticeSeconds: DAY, maxAheadDays: 0, maxUpcomingBookings: 50, offerMinutes: 15 }

const pathOf = ({ id }: SignedIn) => `/v1/providers/${id}/policies`
const read = async (server: TestServer, provider: SignedIn) => server.call<Policies>('GET', pathOf(provider))
const change = (server: TestServer, provider: SignedIn, body: object, ifMatch: string | null) =>
  server.call<Policies & { code?: string }>('PATCH', pathOf(provider), {
    token: provider.token,
    body,
    ...(ifMatch !== null && { headers: { 'if-match': ifMatch } }),
  })
const listed = async (server: TestServer, query: string) =>
  (await server.call<List>('GET', `/v1/slots?limit=200&${query}`)).body.items.map(({ id }) => id)

t.test('a field that is not set is as the settings say, and null takes one back to that', async (t) => {
  const server = await startOne(t, { settings: { MAX_AHEAD_DAYS: '90' } })
  const provider = await register(server, 'provider')
  const first = await read(server, provider)
  t.same(first.body, { ...defaults, maxAheadDays: 90, rev: 0 })
  t.equal(first.headers.get('etag'), '"0"')

  const set = await change(server, provider, { noticeSeconds: 0, maxAheadDays: 0 }, '"0"')
  t.equal(set.status, 200)
  t.equal(set.headers.get('etag'), '"1"')
  t.same(set.body, { ...defaults, noticeSeconds: 0, maxAheadDays: 0, rev: 1 })
  t.same((await read(server, provider)).body, set.body, 'and is read so')

  const back = await change(server, provider, { noticeSeconds: null }, '"1"')
  t.same(back.body, { ...defaults, maxAheadDays: 0, rev: 2 }, 'the other one stays')
  t.same((await server.call<object>('GET', '/v1/rules')).body, {
    ...(await server.call<object>('GET', '/v1/rules')).body,
    noticeSeconds: DAY,
    maxAheadDays: 90,
  })
})

t.test('a change needs the version that was read, and of two at once one is refused', async (t) => {
  const [here, there] = await twoServers(t)
  const provider = await register(here, 'provider')
  t.match(await change(here, provider, { noticeSeconds: 1 }, null), {
    status: 428,
    body: { code: 'precondition_required' },
  })
  t.match(await change(here, provider, { noticeSeconds: 1 }, 'yes'), {
    status: 400,
    body: { code: 'invalid_request' },
  })
  const both = await Promise.all(
    [here, there].map((server, index) => change(server, provider, { noticeSeconds: index }, '"0"')),
  )
  t.same(both.map(({ status }) => status).sort(), [200, 412])
  t.match(await change(here, provider, { noticeSeconds: 5 }, '"0"'), {
    status: 412,
    body: { code: 'precondition_failed' },
  })
  t.match(await change(here, provider, { noticeSeconds: 5 }, 'W/"1"'), { status: 200 }, 'control')
  t.match(await change(here, provider, { noticeSeconds: -1 }, '"2"'), { status: 400 })
  t.match(await change(here, provider, { other: 1 }, '"2"'), { status: 400 })
})

t.test('there are none of a client or of nobody', async (t) => {
  const server = await startOne(t)
  const client = await register(server, 'client')
  t.equal((await read(server, client)).status, 404)
  t.equal((await server.call('GET', `/v1/providers/${'0'.repeat(32)}/policies`)).status, 404)
})

t.test('lists of one provider and of all, and the nearest, go by each provider’s own notice', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock, sweep: false })
  const short = await register(server, 'provider')
  const long = await register(server, 'provider')
  const usual = await register(server, 'provider')
  // 12 hours from now; a day is the notice of the settings.
  const [ofShort = ''] = await publish(server, short, 1, 1)
  const [ofLong = ''] = await publish(server, long, 1, 3)
  const [tooSoon = ''] = await publish(server, usual, 1, 1)
  const [ofUsual = ''] = await publish(server, usual, 1, 3)
  t.same(await listed(server, ''), [ofLong, ofUsual].sort(), 'control: as the settings say')
  t.same(await listed(server, `providerId=${short.id}`), [], 'control')

  await change(server, short, { noticeSeconds: 3_600 }, '"0"')
  await change(server, long, { noticeSeconds: 3 * DAY }, '"0"')
  t.same(await listed(server, ''), [ofShort, ofUsual])
  t.same(await listed(server, `providerId=${short.id}`), [ofShort])
  t.same(await listed(server, `providerId=${long.id}`), [])
  t.same(await listed(server, `providerId=${usual.id}`), [ofUsual])
  const near = (id: string) => listed(server, `near=${id.split('.')[0]}.20270813T1200Z`)
  t.same(await near(ofShort), [ofShort])
  t.same(await near(ofLong), [])
  t.notOk((await listed(server, '')).includes(tooSoon))
})

t.test('what is too far ahead comes into the list to the millisecond', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock, sweep: false })
  const provider = await register(server, 'provider')
  const [near = ''] = await publish(server, provider, 1, 3)
  const [far = ''] = await publish(server, provider, 1, 10)
  // A page that is kept: its span does not move with the time.
  const query = `providerId=${provider.id}&from=2027-08-13T12:00:00Z&to=2027-09-13T12:00:00Z`
  t.same(await listed(server, query), [near, far], 'control: there is no limit')
  await change(server, provider, { maxAheadDays: 5 }, '"0"')
  t.same(await listed(server, query), [near], 'the kept page is not true any more')
  t.same(await listed(server, `${query}&state=open`), [near, far], 'who asks for states sees all')
  t.same(await listed(server, 'to=2027-09-13T12:00:00Z'), [near], 'of all providers')
  t.same(await listed(server, `near=${far}`), [near])
  const start = Date.parse('2027-08-23T00:00:00Z')
  clock.move(start - 5 * DAY * 1000 - clock.now() - 1)
  t.same(await listed(server, query), [])
  clock.move(1)
  t.same(await listed(server, query), [far], 'the kept page ended by itself')
})

t.test('another server lists by the new policies within a moment', async (t) => {
  const [here, there] = await twoServers(t)
  const provider = await register(here, 'provider')
  const [slot = ''] = await publish(here, provider, 1)
  const query = `providerId=${provider.id}`
  await until(async () => (await listed(there, query)).length === 1, 'the slot is listed there')
  await change(here, provider, { noticeSeconds: 30 * DAY }, '"0"')
  t.same(await listed(here, query), [], 'here at once')
  const begun = performance.now()
  await until(async () => (await listed(there, query)).length === 0, 'it is not bookable there')
  t.ok(performance.now() - begun < 2_000, `${Math.round(performance.now() - begun)} ms`)
  await change(here, provider, { noticeSeconds: null }, '"1"')
  await until(async () => (await listed(there, query))[0] === slot, 'it is again')
})

for (const transport of TRANSPORTS) {
  t.test(
    `over ${transport}, the picture has the provider’s rules, and a new one comes with new rules`,
    async (t) => {
      const [here, there] = await twoServers(t)
      const provider = await register(here, 'provider')
      const other = await register(here, 'provider')
      await publish(here, provider, 2)
      await change(here, provider, { noticeSeconds: 60 }, '"0"')
      for (const server of [here, there]) {
        const viewer = await openViewer(t, server.url, { transport })
        const seen = await viewer.ask('watch', { providerId: provider.id })
        t.match(seen, { rules: { noticeSeconds: 60, slotMinutes: 15 } })
        t.notOk('maxAheadDays' in (seen.rules as object), 'no limit, no field')
      }
      const usual = await openViewer(t, there.url, { transport })
      t.match(
        await usual.ask('watch', { providerId: other.id }),
        { rules: { noticeSeconds: DAY } },
        'control',
      )

      const viewers = [
        await openViewer(t, here.url, { transport }),
        await openViewer(t, there.url, { transport }),
      ]
      for (const viewer of viewers) await viewer.ask('watch', { providerId: provider.id })
      await change(here, provider, { maxAheadDays: 30 }, '"1"')
      for (const viewer of viewers) {
        const { payload } = await viewer.hears(
          'slots',
          ({ rules }) => (rules as { maxAheadDays?: number }).maxAheadDays === 30,
        )
        t.match(payload, { rules: { noticeSeconds: 60 }, slots: [{}, {}] })
      }
      t.same(usual.all('slots'), [], 'viewers of other calendars hear nothing of it')
    },
  )
}
