import t from 'tap'
import { withOption } from '../../src/database/uri.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'
import { publish, readsFor, register, startOne, startServers } from '../helper/servers.js'

interface List {
  serverTime: string
  items: { id: string; providerId: string; start: string; state: string; expiresAt?: string }[]
  nextCursor: string | null
}
interface Problem {
  code: string
  errors?: { field: string; message: string }[]
}

t.test(
  'a day is a day in the zone that is asked for, else in the provider’s, else in the account’s',
  async (t) => {
    const server = await startOne(t, { clock: new MovedClock() })
    const provider = await register(server, 'provider', { timeZone: 'America/New_York' })
    const client = await register(server, 'client', { timeZone: 'Asia/Kathmandu' })
    await server.call('POST', `/v1/providers/${provider.id}/availability`, {
      token: provider.token,
      body: { blocks: [{ day: '2027-08-16', from: '22:00', to: '24:00' }] },
    })
    const starts = async (query: string, token?: string) => {
      const answer = await server.call<List>('GET', `/v1/slots?${query}`, { ...(token && { token }) })
      t.equal(answer.status, 200, query)
      return answer.body.items.map((slot) => slot.start.slice(5, 16))
    }
    t.equal(
      (await starts(`providerId=${provider.id}&day=2027-08-16`)).length,
      8,
      'the provider’s own day has all eight',
    )
    t.equal(
      (await starts(`providerId=${provider.id}&day=2027-08-17&timeZone=Europe/Berlin`)).length,
      8,
      'next day in Berlin',
    )
    t.same(await starts(`providerId=${provider.id}&day=2027-08-16&timeZone=Europe/Berlin`), [])
    t.equal((await starts('day=2027-08-17', client.token)).length, 8, 'of all providers: the account’s zone')
    const nowhere = await server.call<Problem>('GET', '/v1/slots?day=2027-08-17')
    t.match(nowhere, { status: 400, body: { code: 'invalid_request', errors: [{ field: 'timeZone' }] } })
  },
)

t.test('pages follow one another without a gap or a double, of one provider and of all', async (t) => {
  const [server, other] = await startServers(t, { clock: new MovedClock() })
  if (!server || !other) throw new Error('two servers')
  const provider = await register(server, 'provider')
  const second = await register(server, 'provider')
  await publish(server, provider, 25)
  await publish(other, second, 25)
  for (const [query, count] of [
    [`providerId=${provider.id}`, 25],
    ['', 50],
  ] as const) {
    const seen: string[] = []
    let cursor: string | null = null
    let pages = 0
    do {
      const path: string = `/v1/slots?limit=10&${query}${cursor ? `&cursor=${cursor}` : ''}`
      const { body } = await server.call<List>('GET', path)
      t.ok(body.items.length <= 10)
      seen.push(...body.items.map((slot) => `${slot.start} ${slot.id}`))
      cursor = body.nextCursor
      pages++
    } while (cursor !== null && pages < 20)
    t.equal(new Set(seen).size, count)
    t.same(seen, [...seen].sort(), 'by start')
  }
})

t.test(
  'a list says 304 until something in it changes, and its tag does not depend on the time',
  async (t) => {
    const clock = new MovedClock()
    const server = await startOne(t, { clock })
    const provider = await register(server, 'provider')
    const client = await register(server, 'client')
    const [slotId = ''] = await publish(server, provider, 3)
    const path = `/v1/slots?providerId=${provider.id}&from=2027-08-13T12:00:00Z&to=2027-08-20T12:00:00Z`
    const first = await server.call<List>('GET', path)
    const etag = first.headers.get('etag') ?? ''
    clock.move(1_000)
    const again = await server.call<string>('GET', path, { headers: { 'if-none-match': etag } })
    t.equal(again.status, 304)
    t.equal(again.body, '', 'without a body')
    t.equal(again.headers.get('x-server-time'), '2027-08-13T12:00:01.000Z')
    t.ok(first.headers.get('x-server-time'))

    await server.call('POST', '/v1/reservations', { token: client.token, body: { slotId } })
    const changed = await server.call<List>('GET', path, { headers: { 'if-none-match': etag } })
    t.equal(changed.status, 200, 'control: a hold changes the tag')
    t.equal(changed.body.items.length, 2, 'and is seen at once by who wrote it')
    clock.move(1_800_000)
    const free = await server.call<List>('GET', path, {
      headers: { 'if-none-match': changed.headers.get('etag') ?? '' },
    })
    t.equal(free.body.items.length, 3, 'an overdue hold is open again by time alone')
  },
)

t.test('the list and the hold agree on what can be booked, to the millisecond of the notice', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const provider = await register(server, 'provider')
  const [slotId = ''] = await publish(server, provider, 1)
  const start = Date.parse('2027-08-16T00:00:00Z')
  const listed = async (query: string) =>
    (await server.call<List>('GET', `/v1/slots?providerId=${provider.id}${query}`)).body.items.length
  clock.move(start - 86_400_000 - clock.now())
  const client = await register(server, 'client')
  const hold = () =>
    server.call<Problem & { id: string; earliestStart: string }>('POST', '/v1/reservations', {
      token: client.token,
      body: { slotId },
    })

  t.equal(await listed(''), 1, 'exactly a day before it is offered')
  clock.move(1)
  t.equal(await listed(''), 0, 'a millisecond later no more')
  t.equal(await listed('&state=open,held,confirmed'), 1, 'who asks for states sees that it is there')
  t.match(await hold(), {
    status: 422,
    body: { code: 'min_notice', earliestStart: '2027-08-16T00:15:00.000Z' },
  })
  clock.move(-1)
  t.match(await hold(), { status: 201 }, 'control: a millisecond earlier it is held')
})

t.test('the nearest free slots come closest first, and never the slot itself', async (t) => {
  const server = await startOne(t, { clock: new MovedClock() })
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const ids = await publish(server, provider, 9)
  await server.call('POST', '/v1/reservations', { token: client.token, body: { slotId: ids[3] } })
  const { body } = await server.call<List>('GET', `/v1/slots?near=${ids[4]}&limit=3`)
  t.same(
    body.items.map((slot) => ids.indexOf(slot.id)),
    [5, 2, 6],
  )
  t.match(await server.call('GET', '/v1/slots?near=nonsense'), { status: 404 })
})

t.test('a list that is kept goes with the account: its zone, and whether it is there at all', async (t) => {
  const server = await startOne(t, { clock: new MovedClock() })
  const provider = await register(server, 'provider', { timeZone: 'Europe/Berlin' })
  const path = `/v1/slots?providerId=${provider.id}&day=2027-08-16`
  const list = () => server.call<List>('GET', path)
  t.same((await list()).body.items, [])
  t.match(await list(), { status: 200, body: { items: [] } }, 'control: asked again, the same')

  await server.call('POST', `/v1/providers/${provider.id}/availability`, {
    token: provider.token,
    body: { blocks: [{ day: '2027-08-16', from: '00:00', to: '01:00' }] },
  })
  t.equal((await list()).body.items.length, 4, 'published: seen at once')
  await server.call('PATCH', '/v1/me', { token: provider.token, body: { timeZone: 'America/Los_Angeles' } })
  t.equal((await list()).body.items.length, 0, 'there that is another day')

  const other = await register(server, 'provider')
  const empty = `/v1/slots?providerId=${other.id}&day=2027-08-16`
  t.equal((await server.call('GET', empty)).status, 200)
  t.equal((await server.call('GET', empty)).status, 200)
  const gone = await server.call('DELETE', '/v1/me', { token: other.token })
  t.equal(gone.status, 204)
  t.equal((await server.call('GET', empty)).status, 404, 'gone, though nothing on its calendar changed')
})

t.test('a thousand lists of one provider read nothing from the database', async (t) => {
  const { uri } = await testDatabase(t)
  // Without the sweeper, which looks into the database each second.
  const server = await startOne(t, { uri: withOption(uri, 'monitorCommands', 'true'), sweep: false })
  const provider = await register(server, 'provider')
  await publish(server, provider, 100)
  const reads = readsFor(server)
  const path = `/v1/slots?providerId=${provider.id}&limit=100`
  await server.app.inject(path)
  t.ok(reads.length > 0, 'control: the first look loads the provider, and is counted')
  reads.length = 0
  const span = `${path}&from=${new Date().toISOString()}&to=${new Date(Date.now() + 864e5).toISOString()}`
  for (let index = 0; index < 1_000; index++) {
    const answer = await server.app.inject(index % 2 ? path : span)
    if (answer.statusCode !== 200) t.fail(answer.body)
  }
  t.same(reads, [])
})
