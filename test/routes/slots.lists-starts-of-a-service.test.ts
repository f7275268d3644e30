import t from 'tap'
import { withOption } from '../../src/database/uri.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'
import { publish, readsFor, register, signInAgain, startOne, startServers } from '../helper/servers.js'
import { offerServices } from '../helper/services.js'

interface List {
  items: { id: string; start: string; state: string }[]
  nextCursor: string | null
}
interface Problem {
  code: string
  errors?: { field: string; message: string }[]
}

t.test('a list by service has the starts at which the whole appointment fits', async (t) => {
  const server = await startOne(t, { clock: new MovedClock() })
  const services = offerServices(server)
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  // 45 minutes, and a quarter of an hour after it that nobody else may book.
  services.put(provider.id, 'visit')
  const ids = await publish(server, provider, 12)
  const listed = async (query = '') => {
    const path = `/v1/slots?providerId=${provider.id}&serviceId=visit${query}`
    const { body } = await server.call<List>('GET', path)
    return body.items.map((slot) => ids.indexOf(slot.id))
  }

  t.same(await listed(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'the buffer after may lie where nothing is offered')
  await server.call('POST', '/v1/reservations', { token: client.token, body: { slotId: ids[5] } })
  t.same(await listed(), [0, 1, 6, 7, 8, 9], 'what is held cuts off what would reach it')
  t.same(await listed(`&from=2027-08-15T00:15:00Z&to=2027-08-15T01:30:00Z`), [], 'control: that day has none')
  t.same(
    await listed('&from=2027-08-16T00:15:00Z&to=2027-08-16T01:45:00Z'),
    [1, 6],
    'a span is of starts; the appointment may go beyond it',
  )
  t.same(await listed('&day=2027-08-16'), [0, 1, 6, 7, 8, 9])
  t.same(await listed(`&near=${ids[5]}&limit=2`), [6, 7], 'the nearest')
  t.same(await listed(`&near=${ids[3]}&limit=3`), [1, 0, 6])

  const first = await server.call<List>('GET', `/v1/slots?providerId=${provider.id}&serviceId=visit&limit=4`)
  t.same(
    first.body.items.map(({ id }) => ids.indexOf(id)),
    [0, 1, 6, 7],
  )
  t.match(first.body.items[0], { state: 'open', start: '2027-08-16T00:00:00.000Z', rev: 1 })
  t.same(await listed(`&limit=4&cursor=${first.body.nextCursor}`), [8, 9], 'the next page goes on')
})

t.test(
  'a kept list of starts is true until a slot, the service, the zone or the time changes it',
  async (t) => {
    const clock = new MovedClock()
    const server = await startOne(t, { clock, sweep: false })
    const services = offerServices(server)
    const provider = await register(server, 'provider', { timeZone: 'UTC' })
    const client = await register(server, 'client')
    services.put(provider.id, 'visit', { startsEveryMinutes: 60 })
    const ids = await publish(server, provider, 12)
    const path = `/v1/slots?providerId=${provider.id}&serviceId=visit&from=2027-08-13T00:00:00Z&to=2027-08-20T00:00:00Z`
    const listed = async () => {
      const { body } = await server.call<List>('GET', path)
      return body.items.map((slot) => ids.indexOf(slot.id))
    }
    const kept = async (message: string) => {
      const once = await server.call<List>('GET', path)
      const etag = once.headers.get('etag') ?? ''
      t.equal((await server.call('GET', path, { headers: { 'if-none-match': etag } })).status, 304, message)
    }

    t.same(await listed(), [0, 4, 8])
    await kept('control: it is the same while nothing changes')
    await server.call('POST', '/v1/reservations', { token: client.token, body: { slotId: ids[3] } })
    t.same(await listed(), [4, 8], 'a hold in the buffer')
    await kept('the same again')
    clock.move(1_800_000)
    t.same(await listed(), [0, 4, 8], 'which expires by time alone')
    services.put(provider.id, 'visit', { startsEveryMinutes: 30 })
    t.same(await listed(), [0, 2, 4, 6, 8], 'the service has changed')
    const { token } = await signInAgain(server, provider)
    await server.call('PATCH', '/v1/me', { token, body: { timeZone: 'Asia/Kathmandu' } })
    t.same(await listed(), [1, 3, 5, 7, 9], 'the wall of the provider is another one')
    services.forget(provider.id)
    t.same(await listed(), [1, 3, 5, 7, 9], 'services that are not in memory are read again')
    services.put(provider.id, 'visit', { noticeSeconds: 3 * 86_400 })
    t.same(await listed(), [], 'the service has a notice of its own')
    services.put(provider.id, 'visit', { noticeSeconds: 0 })
    t.same(await listed(), [1, 3, 5, 7, 9])
    clock.move(Date.parse('2027-08-16T00:15:00Z') - clock.now())
    t.same(await listed(), [1, 3, 5, 7, 9], 'the very start')
    clock.move(1)
    t.same(await listed(), [3, 5, 7, 9], 'and a millisecond later')
    services.put(provider.id, 'visit', { active: false })
    t.match(await server.call('GET', path), { status: 422, body: { code: 'service_inactive' } })
    services.remove(provider.id, 'visit')
    t.match(await server.call('GET', path), { status: 404, body: { code: 'not_found' } })
  },
)

t.test('a list by service is refused where it makes no sense', async (t) => {
  const [server, other] = await startServers(t, { clock: new MovedClock() })
  if (!server || !other) throw new Error('two servers')
  const services = offerServices(server, other)
  const provider = await register(server, 'provider')
  const second = await register(server, 'provider')
  services.put(provider.id, 'visit')
  const [slotId = ''] = await publish(server, provider, 4)
  for (const [query, status, code, field] of [
    ['serviceId=visit', 400, 'invalid_request', 'serviceId'],
    [`providerId=${provider.id}&serviceId=visit&state=open`, 400, 'invalid_request', 'state'],
    [`near=${slotId}&serviceId=visit&state=open`, 400, 'invalid_request', 'state'],
    [`providerId=${provider.id}&serviceId=`, 400, 'invalid_request', 'serviceId'],
    [`providerId=${provider.id}&serviceId=other`, 404, 'not_found', undefined],
    [`providerId=${second.id}&serviceId=visit`, 404, 'not_found', undefined],
    [`providerId=nobody&serviceId=visit`, 404, 'not_found', undefined],
  ] as const) {
    const { body, ...answer } = await other.call<Problem>('GET', `/v1/slots?${query}`)
    t.match({ status: answer.status, code: body.code }, { status, code }, query)
    t.equal(body.errors?.[0]?.field, field)
  }
  const fine = `/v1/slots?providerId=${provider.id}&serviceId=visit`
  t.match(await other.call('GET', fine), { status: 200 }, 'control: one that makes sense')
})

t.test('a thousand lists by service read nothing from the database', async (t) => {
  const { uri } = await testDatabase(t)
  // Without the sweeper, which looks into the database each second.
  const server = await startOne(t, { uri: withOption(uri, 'monitorCommands', 'true'), sweep: false })
  const services = offerServices(server)
  const provider = await register(server, 'provider')
  services.put(provider.id, 'visit')
  await publish(server, provider, 100)
  const reads = readsFor(server)
  const path = `/v1/slots?providerId=${provider.id}&serviceId=visit&limit=100`
  await server.app.inject(path)
  t.ok(reads.length > 0, 'control: the first look loads the provider, and is counted')
  reads.length = 0
  const to = new Date(Date.now() + 20 * 864e5).toISOString()
  const kept = `${path}&from=${new Date().toISOString()}&to=${to}`
  for (let index = 0; index < 1_000; index++) {
    const answer = await server.app.inject(index % 2 ? path : kept)
    if (answer.statusCode !== 200 || answer.json<List>().items.length < 90) t.fail(answer.body)
  }
  t.same(reads, [], 'kept and made anew')
})
