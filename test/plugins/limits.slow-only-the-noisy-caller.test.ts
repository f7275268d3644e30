import { test } from 'tap'
import { register, startOne } from '../helper/servers.js'

const settings = { RATE_LIMIT_PER_MINUTE: '30', AUTH_LIMIT_PER_MINUTE: '20' }

/** More than the limit, at once, by so much that a slow machine's seconds do not let all of them through. */
async function flood<T>(ask: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: 60 }, (_, index) => ask(index)))
}

const count = (statuses: number[], wanted: number) => statuses.filter((status) => status === wanted).length

test('a caller over its limit hears 429 and when to come back; another caller notices nothing', async (t) => {
  const server = await startOne(t, { settings })
  const eve = await register(server, 'client')
  const ada = await register(server, 'client')
  const answers = await flood(() => server.call<{ code?: string }>('GET', '/v1/me', { token: eve.token }))
  t.ok(
    count(
      answers.map(({ status }) => status),
      200,
    ) >= 30,
    'the limit is hers to use',
  )
  const refused = answers.find(({ status }) => status === 429)
  t.equal(refused?.body.code, 'rate_limited')
  t.match(refused?.headers.get('content-type'), 'application/problem+json')
  t.match(refused?.headers.get('retry-after'), /^[1-9]\d*$/)
  t.equal(refused?.headers.get('ratelimit-limit'), '30')
  t.equal(refused?.headers.get('ratelimit-remaining'), '0')

  const calm = await server.call('GET', '/v1/me', { token: ada.token })
  t.equal(calm.status, 200)
  t.equal(calm.headers.get('ratelimit-remaining'), '29')
})

test('unknown paths, forged tokens and wrong queries count as well; probes are never refused', async (t) => {
  for (const [path, headers] of [
    ['/v1/nothing-here', {}],
    ['/v1/me', { authorization: 'Bearer forged' }],
    ['/v1/slots?from=nonsense', {}],
  ] as const) {
    const server = await startOne(t, { settings })
    const statuses = await flood(async () => (await server.call('GET', path, { headers })).status)
    t.ok(count(statuses, 429) > 0, path)
    t.ok(statuses.length - count(statuses, 429) >= 30)
    const probes = await flood(async () => (await server.call('GET', '/livez')).status)
    t.equal(count(probes, 200), probes.length)
  }
})

test('sign-in is limited by address, for whichever account', async (t) => {
  const server = await startOne(t, { settings })
  const statuses = await flood(async (index) => {
    const body = { email: `nobody-${index}@example.com`, password: 'guessed' }
    return (await server.call('POST', '/v1/token', { body })).status
  })
  t.ok(count(statuses, 401) >= 20)
  t.ok(count(statuses, 429) > 0)
  t.equal((await server.call('GET', '/v1/providers')).status, 200, 'looking goes on (control)')
})

test('an address makes a known number of accounts in an hour', async (t) => {
  const server = await startOne(t, { settings: { AUTH_LIMIT_PER_MINUTE: '2' } })
  const statuses = await flood(async (index) => {
    const body = {
      role: 'client',
      email: `${index}@example.com`,
      password: 'long enough',
      name: 'A',
      timeZone: 'UTC',
    }
    return (await server.call('POST', '/v1/accounts', { body })).status
  })
  t.ok(count(statuses, 201) >= 2)
  t.ok(count(statuses, 201) <= 6)
  t.equal(count(statuses, 429), 60 - count(statuses, 201))
})

test('an X-Forwarded-For that nobody vouches for changes nothing', async (t) => {
  const server = await startOne(t, { settings })
  const forwarded = (address: string) => ({ headers: { 'x-forwarded-for': address } })
  const alone = await flood(async (index) => {
    return (await server.call('GET', '/v1/providers', forwarded(`192.0.2.${index}`))).status
  })
  t.ok(count(alone, 429) > 0)

  const behind = await startOne(t, { settings: { ...settings, TRUST_PROXY: '1' } })
  const each = await flood(async (index) => {
    return (await behind.call('GET', '/v1/providers', forwarded(`192.0.2.${index}`))).status
  })
  t.equal(count(each, 200), 60, 'behind a proxy each address is its own (control)')
  const lying = await flood(async (index) => {
    const path = '/v1/providers'
    return (await behind.call('GET', path, forwarded(`198.51.100.${index}, 203.0.113.1`))).status
  })
  t.ok(count(lying, 429) > 0, 'and only the hop that the proxy adds is believed')
})
