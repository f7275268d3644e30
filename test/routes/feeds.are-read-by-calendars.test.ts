import ICAL from 'ical.js'
import t from 'tap'
import { withOption } from '../../src/database/uri.js'
import type { CreatedFeed, Feed } from '../../src/schemas/grants.js'
import { booked, clinic, move } from '../helper/clinic.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'
import {
  PASSWORD,
  publish,
  register,
  signInAgain,
  startOne,
  startServers,
  type TestServer,
} from '../helper/servers.js'
import { nearAndFar } from '../helper/two-servers.js'
import { until } from '../helper/until.js'

async function subscribe(server: TestServer, { token }: { token: string }) {
  const { status, body } = await server.call<CreatedFeed>('POST', '/v1/feeds', { token, body: {} })
  if (status !== 201) throw new Error(`the feed answered ${status}`)
  return { ...body, path: new URL(body.url).pathname }
}

const fetchFeed = (server: TestServer, path: string, headers: Record<string, string> = {}) =>
  server.call<string>('GET', path, { headers })

/** As another library reads it than the one that writes it. */
function read(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text))
  const value = (name: string) => calendar.getFirstPropertyValue(name)?.toString()
  const events = calendar.getAllSubcomponents('vevent').map((one) => {
    const event = new ICAL.Event(one)
    return {
      uid: event.uid,
      sequence: event.sequence,
      status: one.getFirstPropertyValue('status'),
      summary: event.summary,
      start: event.startDate.toJSDate().toISOString(),
      end: event.endDate.toJSDate().toISOString(),
      alarms: one.getAllSubcomponents('valarm').length,
    }
  })
  return {
    value,
    events: new Map(events.map((one) => [one.uid.split('@')[0], one])),
    count: events.length,
    events_: events,
  }
}

const feedOf = async (server: TestServer, path: string) => {
  const answer = await fetchFeed(server, path)
  if (answer.status !== 200) throw new Error(`the feed answered ${answer.status}`)
  return { ...read(answer.body), etag: answer.headers.get('etag') ?? '', text: answer.body }
}

t.test('a booking, its move and its end are one event with a rising sequence, for both sides', async (t) => {
  const { server, provider, client, slots, clock, ...clinicOf } = await clinic(t)
  const service = await clinicOf.offer()
  const feeds = { client: await subscribe(server, client), provider: await subscribe(server, provider) }
  const empty = await feedOf(server, feeds.client.path)
  t.equal(empty.count, 0)
  t.equal(empty.value('refresh-interval'), 'PT1H')
  t.equal(empty.value('x-published-ttl'), 'PT1H')
  t.match(empty.value('x-wr-calname'), 'Ada Client')

  const { id, start, end } = await booked(server, client, slots[0], service.id)
  const shows = async (side: 'client' | 'provider', status: string, sequence: number) => {
    await until(async () => {
      const { events } = await feedOf(server, feeds[side].path)
      return events.get(id)?.sequence === sequence
    }, `${side} reads sequence ${sequence}`)
    const { events, count } = await feedOf(server, feeds[side].path)
    t.equal(count, 1)
    t.match(events.get(id), { status, uid: `${id}@localhost`, alarms: 0 })
    return events.get(id)
  }
  t.match(await shows('client', 'CONFIRMED', 1), { summary: 'Appointment with Grace Provider', start, end })
  t.match(await shows('provider', 'CONFIRMED', 1), { summary: 'Appointment with Ada Client', start, end })

  const file = await server.call<string>('GET', `/v1/reservations/${id}/calendar.ics`, {
    token: client.token,
  })
  t.ok(read(file.body).events.has(id), 'control: the file for download has the same UID')
  t.equal(read(file.body).events.get(id)?.uid, `${id}@localhost`)

  clock.move(60_000)
  const moved = (await move(server, client, id, slots[4])).body
  t.match(await shows('client', 'CONFIRMED', moved.seq), { start: moved.start })
  t.match(await shows('provider', 'CONFIRMED', moved.seq), { start: moved.start })
  await server.call('DELETE', `/v1/reservations/${id}`, { token: provider.token })
  await shows('client', 'CANCELLED', moved.seq + 1)
  await shows('provider', 'CANCELLED', moved.seq + 1)
})

t.test('a hold is in no feed, and neither is what belongs to others', async (t) => {
  const { server, provider, client, slots } = await clinic(t)
  const other = await register(server, 'client')
  const [own, foreign] = [await subscribe(server, client), await subscribe(server, other)]
  const { id } = await booked(server, client, slots[0])
  await server.call('POST', '/v1/reservations', { token: client.token, body: { slotId: slots[5] } })
  await until(async () => (await feedOf(server, own.path)).events.has(id), 'control: the booking is there')
  t.equal((await feedOf(server, own.path)).count, 1)
  t.equal((await feedOf(server, foreign.path)).count, 0)
  t.equal((await feedOf(server, (await subscribe(server, provider)).path)).count, 1)
})

t.test('what has not changed is 304, and costs no read of the database', async (t) => {
  const { uri } = await testDatabase(t)
  const clock = new MovedClock()
  const server = await startOne(t, { uri: withOption(uri, 'monitorCommands', 'true'), clock })
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const [slotId] = await publish(server, provider, 2)
  const { path } = await subscribe(server, provider)
  const first = await feedOf(server, path)
  let reads = 0
  server.app.mongo.getClient().on('commandStarted', ({ command }) => {
    if (
      command.find !== undefined &&
      command.filter?.endedAt === undefined &&
      command.filter?.changedAt === undefined
    )
      reads += ['slots', 'pastReservations', 'accounts', 'grants'].includes(command.find) ? 1 : 0
  })
  for (let asked = 0; asked < 5; asked++) {
    const same = await fetchFeed(server, path, { 'if-none-match': first.etag })
    t.equal(same.status, 304)
    t.equal(same.headers.get('etag'), first.etag)
    t.equal((await feedOf(server, path)).text, first.text)
  }
  t.equal(reads, 0)
  await booked(server, client, slotId)
  reads = 0
  await until(
    async () => (await fetchFeed(server, path, { 'if-none-match': first.etag })).status === 200,
    'the booking changes it',
  )
  t.ok(reads > 0, 'control: that was read')
})

t.test('a new name is in the feeds that show it', async (t) => {
  const { server, provider, client, slots } = await clinic(t)
  await booked(server, client, slots[0])
  const feeds = [await subscribe(server, client), await subscribe(server, provider)] as const
  for (const { path } of feeds) await feedOf(server, path)
  await server.call('PATCH', '/v1/me', { token: provider.token, body: { name: 'Vogt; Helene' } })
  await server.call('PATCH', '/v1/me', { token: client.token, body: { name: 'Ada Lovelace' } })
  const summary = async (path: string) => [...(await feedOf(server, path)).events.values()][0]?.summary
  await until(
    async () => (await summary(feeds[0].path)) === 'Appointment with Vogt; Helene',
    'the provider’s',
  )
  await until(async () => (await summary(feeds[1].path)) === 'Appointment with Ada Lovelace', 'the client’s')
})

t.test('a name with the words of a calendar in it is a name', async (t) => {
  const { server, provider, client, slots } = await clinic(t)
  const name = 'BEGIN:VEVENT END:VCALENDAR'
  await server.call('PATCH', '/v1/me', { token: provider.token, body: { name } })
  await server.call('PATCH', '/v1/me', { token: client.token, body: { name } })
  await booked(server, client, slots[0])
  for (const owner of [provider, client]) {
    const feed = await feedOf(server, (await subscribe(server, owner)).path)
    t.equal(feed.value('x-wr-calname'), `Slotcast: ${name}`)
    t.same(
      feed.events_.map(({ summary }) => summary),
      [`Appointment with ${name}`],
    )
  }
})

t.test('the address is all that is needed; it is shown once, private, and found by nobody', async (t) => {
  const server = await startOne(t, { settings: { PUBLIC_URL: 'https://booking.example.org' } })
  const client = await register(server, 'client')
  const { url, path, ...feed } = await subscribe(server, client)
  t.match(url, /^https:\/\/booking\.example\.org\/v1\/feeds\/[\w]{49,}\.ics$/)
  const answer = await fetchFeed(server, path)
  t.equal(answer.status, 200)
  t.match(answer.headers.get('content-type'), 'text/calendar')
  t.match(answer.headers.get('cache-control'), 'private')
  t.equal(answer.headers.get('referrer-policy'), 'no-referrer')
  t.match(answer.headers.get('x-robots-tag'), 'noindex')
  const listed = await server.call<{ items: Feed[] }>('GET', '/v1/feeds', { token: client.token })
  t.match(listed.body.items, [{ id: feed.id, hint: feed.hint }])
  t.notOk(JSON.stringify(listed.body).includes(path.slice(-20, -8)))
  const guess = path.replace(/.(?=\.ics$)/, (last) => (last === 'a' ? 'b' : 'a'))
  const unknown = await server.call<{ code: string; instance: string }>('GET', guess)
  t.match(unknown, { status: 404, body: { code: 'not_found', instance: '/v1/feeds/…' } })
  t.equal((await fetchFeed(server, path.replace('.ics', ''))).status, 405, 'and without its ending nothing')
})

t.test('revoked, it is gone on every server when that is answered', async (t) => {
  const [one, other] = (await startServers(t)) as [TestServer, TestServer]
  const [client, stranger] = [await register(one, 'client'), await register(one, 'client')]
  const { id, path } = await subscribe(one, client)
  const kept = await subscribe(one, client)
  for (const server of [one, other]) t.equal((await fetchFeed(server, path)).status, 200)
  const end = (token: string) => one.call('DELETE', `/v1/feeds/${id}`, { token })
  t.equal((await end(stranger.token)).status, 404)
  t.equal((await fetchFeed(other, path)).status, 200)
  t.equal((await end(client.token)).status, 204)
  for (const server of [other, one]) t.equal((await fetchFeed(server, path)).status, 404)
  t.equal((await end(client.token)).status, 204, 'safe to repeat')
  t.equal((await fetchFeed(other, kept.path)).status, 200, 'control: the other feed goes on')
  await one.call('DELETE', '/v1/me', { token: client.token, body: { password: PASSWORD } })
  t.equal((await fetchFeed(other, kept.path)).status, 404, 'and goes with its account')
})

t.test('an account has ten feeds', async (t) => {
  const server = await startOne(t)
  const client = await register(server, 'client')
  for (let made = 0; made < 10; made++) await subscribe(server, client)
  const more = await server.call<{ code: string }>('POST', '/v1/feeds', { token: client.token })
  t.match(more, { status: 422, body: { code: 'too_many_feeds' } })
})

t.test('whoever fetches too often is told when to come back, and delays no other feed', async (t) => {
  const server = await startOne(t)
  const client = await register(server, 'client')
  const [greedy, calm] = [await subscribe(server, client), await subscribe(server, client)]
  let last = await fetchFeed(server, greedy.path)
  for (let asked = 1; asked < 121; asked++) last = await fetchFeed(server, greedy.path)
  t.equal(last.status, 429)
  t.ok(Number(last.headers.get('retry-after')) > 0)
  t.equal((await fetchFeed(server, calm.path)).status, 200)
})

t.test('without the database a calendar is told to come back, and keeps what it has', async (t) => {
  const { near, far, proxy } = await nearAndFar(t)
  const client = await register(near, 'client')
  const { path } = await subscribe(near, client)
  t.equal((await fetchFeed(far, path)).status, 200)
  proxy.cut()
  await until(async () => (await fetchFeed(far, path)).status === 503, 'whether it goes on is not known')
  t.ok((await fetchFeed(far, path)).headers.get('retry-after'))
  proxy.restore()
  await until(async () => (await fetchFeed(far, path)).status === 200, 'it comes back')
})

t.test('what lies further back than 30 days or further ahead than a year is left out', async (t) => {
  const { server, client, provider, slots, clock } = await clinic(t)
  const near = await booked(server, client, slots[0])
  const [farSlot] = await publish(server, provider, 1, 360)
  const far = await booked(server, client, farSlot)
  const { path } = await subscribe(server, client)
  const ids = async () => [...(await feedOf(server, path)).events.keys()].toSorted()
  t.same(await ids(), [near.id, far.id].toSorted())
  clock.move(32 * 86_400_000)
  t.same(await ids(), [near.id, far.id].toSorted(), '29 days after it')
  clock.move(3 * 86_400_000)
  t.same(await ids(), [far.id])
  const again = await signInAgain(server, provider)
  const [tooFar] = await publish(server, again, 1, 372)
  const late = await booked(server, await signInAgain(server, client), tooFar)
  t.notOk((await ids()).includes(late.id))
})

t.test('a large calendar is read whole, in the order of its events, each once', async (t) => {
  const { server, provider } = await clinic(t, { slots: 1 })
  const day = await publish(server, provider, 96, 5)
  const more = [
    ...day,
    ...(await publish(server, provider, 96, 6)),
    ...(await publish(server, provider, 30, 7)),
  ]
  for (const [index, slotId] of more.entries()) {
    const { status } = await server.call('POST', `/v1/providers/${provider.id}/reservations`, {
      token: provider.token,
      body: { slotId, person: { name: `Person ${index}` }, status: 'confirmed' },
    })
    if (status !== 201) throw new Error(`booking ${index} answered ${status}`)
  }
  const { path } = await subscribe(server, provider)
  const feed = await feedOf(server, path)
  t.equal(feed.count, 222)
  t.equal(feed.events.size, 222)
  t.same(
    feed.events_.map(({ start }) => start),
    feed.events_.map(({ start }) => start).toSorted(),
  )
  t.match(feed.events_[0]?.summary, /Person 0/)
  t.ok(feed.text.endsWith('END:VCALENDAR\r\n'))
  t.equal(feed.text.match(/BEGIN:VCALENDAR/g)?.length, 1)
})
