import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import type { AuditEntry } from '../../src/audit/audit-line.js'
import { grantsOf } from '../../src/auth/grant-model.js'
import { newGrantText } from '../../src/auth/grant-text.js'
import type { ApiKey, CreatedKey } from '../../src/schemas/grants.js'
import { temporaryFolder, testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'
import {
  PASSWORD,
  register,
  type SignedIn,
  signInAgain,
  startOne,
  startServers,
  type TestServer,
} from '../helper/servers.js'
import { until } from '../helper/until.js'

const make = (server: TestServer, { token }: { token: string }, body: object = {}) =>
  server.call<CreatedKey & { code?: string }>('POST', '/v1/keys', {
    token,
    body: { name: 'Practice software', scopes: ['read'], ...body },
  })

const listOf = async (server: TestServer, { token }: { token: string }) =>
  (await server.call<{ items: ApiKey[] }>('GET', '/v1/keys', { token })).body.items

t.test('a key is shown once, listed without it, used, and revoked', async (t) => {
  const server = await startOne(t)
  const client = await register(server, 'client')
  const made = await make(server, client, { scopes: ['read', 'book'] })
  t.equal(made.status, 201)
  t.match(made.body, { name: 'Practice software', scopes: ['read', 'book'], key: /^sk_/ })
  t.equal(made.headers.get('cache-control'), 'no-store')
  const { key, ...shown } = made.body
  t.same(await listOf(server, client), [shown])
  t.equal(shown.hint, key.slice(-4))

  const me = await server.call<{ id: string }>('GET', '/v1/me', { token: key })
  t.equal(me.status, 200)
  t.equal(me.body.id, client.id, 'it stands for its account')

  const path = `/v1/keys/${shown.id}`
  t.equal((await server.call('DELETE', path, { token: client.token })).status, 204)
  t.equal((await server.call('DELETE', path, { token: client.token })).status, 204, 'safe to repeat')
  t.equal((await server.call('GET', '/v1/me', { token: key })).status, 401)
  t.same(await listOf(server, client), [])
  t.equal((await server.call('DELETE', '/v1/keys/unknown', { token: client.token })).status, 404)
})

t.test(
  'at rest there is a hash and nothing that could be used; of an ended one not even its name',
  async (t) => {
    const server = await startOne(t)
    const client = await register(server, 'client')
    const { body } = await make(server, client, { name: 'For Grace' })
    const stored = async () => JSON.stringify(await grantsOf(server.app.mongo).find().toArray())
    const before = await stored()
    t.notOk(before.includes(body.key))
    t.notOk(before.includes(body.key.slice(12, 40)), 'nor a part of it')
    t.match(before, 'For Grace', 'control: what is kept is found')
    await server.call('DELETE', `/v1/keys/${body.id}`, { token: client.token })
    t.notMatch(await stored(), /For Grace|hash/)
  },
)

t.test('somebody else’s key is answered like an unknown one, and goes on', async (t) => {
  const server = await startOne(t)
  const [client, other] = [await register(server, 'client'), await register(server, 'client')]
  const { body } = await make(server, client)
  const asked = async (id: string) => {
    const answer = await server.call('DELETE', `/v1/keys/${id}`, { token: other.token })
    return { status: answer.status, ...answer.body, instance: '', requestId: '' }
  }
  t.same(await asked(body.id), await asked('0'.repeat(32)))
  t.equal((await server.call('GET', '/v1/me', { token: body.key })).status, 200)
})

t.test('an account has twenty keys, also when they are made at once on two servers', async (t) => {
  const servers = await startServers(t)
  const [one] = servers as [TestServer, TestServer]
  const client = await register(one, 'client')
  const all = await Promise.all(
    Array.from({ length: 30 }, (_, index) => make(servers[index % 2] as TestServer, client)),
  )
  const made = all.filter(({ status }) => status === 201)
  t.equal(made.length, 20)
  t.ok(all.every(({ status, body }) => status === 201 || body.code === 'too_many_keys'))
  t.equal((await listOf(one, client)).length, 20)
  await one.call('DELETE', `/v1/keys/${made[3]?.body.id}`, { token: client.token })
  t.equal((await make(one, client)).status, 201, 'one that was revoked makes room')
  t.equal((await make(one, client)).body.code, 'too_many_keys')
})

t.test('a key runs out when it says, stays listed, and makes room', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const client = await register(server, 'client')
  const expiresAt = new Date(clock.now() + 120_000).toISOString()
  const { body } = await make(server, client, { expiresAt })
  t.equal(body.expiresAt, expiresAt)
  t.equal((await server.call('GET', '/v1/me', { token: body.key })).status, 200)
  for (let made = 1; made < 20; made++) await make(server, client)
  t.equal((await make(server, client)).body.code, 'too_many_keys', 'control: it takes a place until then')
  clock.move(120_000)
  t.equal((await server.call('GET', '/v1/me', { token: body.key })).status, 401)
  t.equal((await make(server, client)).status, 201)
  t.equal((await listOf(server, client)).length, 21)
  const past = new Date(clock.now()).toISOString()
  t.match(await make(server, client, { expiresAt: past }), { status: 400, body: { code: 'invalid_request' } })
})

t.test('what a key is made of is checked', async (t) => {
  const server = await startOne(t)
  const client = await register(server, 'client')
  for (const body of [
    { scopes: [] },
    { scopes: ['all'] },
    { scopes: ['read', 'read'] },
    { name: '' },
    { name: ' ' },
    { name: 'x'.repeat(61) },
    { expiresAt: 'tomorrow' },
    { role: 'provider' },
  ])
    t.equal((await make(server, client, body)).status, 400, JSON.stringify(body))
  t.equal((await make(server, client)).status, 201, 'control')
})

t.test('every text that is no key gets the answer of every other bad token', async (t) => {
  const server = await startOne(t)
  const client = await register(server, 'client')
  const { body } = await make(server, client)
  await server.call('DELETE', `/v1/keys/${body.id}`, { token: client.token })
  const answer = async (token: string) => {
    const { status, headers, body } = await server.call('GET', '/v1/me', { token })
    return {
      status,
      body: { ...body, requestId: '' },
      challenge: headers.get('www-authenticate'),
    }
  }
  const expected = await answer('not-a-token')
  t.equal(expected.status, 401)
  for (const token of [newGrantText('key'), `${newGrantText('key')}0`, body.key, newGrantText('feed')])
    t.same(await answer(token), expected)
})

t.test('when it was last used is written once a minute', async (t) => {
  const { uri } = await testDatabase(t)
  const clock = new MovedClock()
  const servers = await startServers(t, { uri, clock })
  const [one, other] = servers as [TestServer, TestServer]
  const client = await register(one, 'client')
  const { body } = await make(one, client)
  t.equal((await listOf(one, client))[0]?.lastUsedAt, undefined)
  const lastUsed = async (who: SignedIn) => (await listOf(one, who))[0]?.lastUsedAt
  const first = clock.now()
  await one.call('GET', '/v1/me', { token: body.key })
  await until(async () => (await lastUsed(client)) === new Date(first).toISOString(), 'it is written')
  clock.move(59_000)
  await other.call('GET', '/v1/me', { token: body.key })
  await one.call('GET', '/v1/me', { token: body.key })
  await Promise.all([one.app.grants.close(), other.app.grants.close()])
  t.equal(await lastUsed(client), new Date(first).toISOString(), 'not again within the minute')
  clock.move(2_000)
  await one.call('GET', '/v1/me', { token: body.key })
  await until(async () => (await lastUsed(client)) === new Date(first + 61_000).toISOString(), 'then again')
})

t.test('a new password and signing out everywhere end no key; ending all keys does', async (t) => {
  const server = await startOne(t)
  const client = await register(server, 'client')
  const [one, two] = [await make(server, client), await make(server, client)]
  const works = async (key: string) => (await server.call('GET', '/v1/me', { token: key })).status
  const changed = await server.call('PATCH', '/v1/me', {
    token: client.token,
    body: { password: 'another long password', currentPassword: PASSWORD },
  })
  t.equal(changed.status, 200)
  t.equal(await works(one.body.key), 200)
  await server.call('DELETE', '/v1/me/sessions', { token: client.token })
  t.equal((await server.call('GET', '/v1/me', { token: client.token })).status, 401, 'control')
  t.equal(await works(one.body.key), 200)
  const { body } = await server.call<{ accessToken: string }>('POST', '/v1/token', {
    body: { email: client.email, password: 'another long password' },
  })
  t.equal((await server.call('DELETE', '/v1/keys', { token: body.accessToken })).status, 204)
  t.equal((await server.call('DELETE', '/v1/keys', { token: body.accessToken })).status, 204)
  t.equal(await works(one.body.key), 401)
  t.equal(await works(two.body.key), 401)
})

t.test('requests count for the account, whichever key and whichever token they come with', async (t) => {
  const server = await startOne(t, { settings: { RATE_LIMIT_PER_MINUTE: '12' } })
  const client = await register(server, 'client')
  const keys = [await make(server, client), await make(server, client)].map(({ body }) => body.key)
  let last = { status: 0, remaining: 0 }
  for (let asked = 0; last.status !== 429 && asked < 20; asked++) {
    const token = [client.token, ...keys][asked % 3] ?? ''
    const { status, headers } = await server.call('GET', '/v1/me', { token })
    last = { status, remaining: Number(headers.get('ratelimit-remaining')) }
  }
  t.equal(last.status, 429)
  for (const token of [client.token, ...keys])
    t.equal((await server.call('GET', '/v1/me', { token })).status, 429)
})

t.test('the audit log names the key that an action came with', async (t) => {
  const folder = temporaryFolder(t)
  const server = await startOne(t, { audit: folder })
  const client = await register(server, 'client')
  const { body } = await make(server, client, { scopes: ['read'] })
  const refused = await server.call('POST', '/v1/reservations', { token: body.key, body: { slotId: 'x' } })
  t.equal(refused.status, 403)
  const lines = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => readFileSync(`${folder}/${name}`, 'utf8').split('\n').filter(Boolean))
      .map((line) => JSON.parse(line) as AuditEntry)
  await until(() => lines().some(({ status }) => status === 403), 'it is written')
  t.match(
    lines().find(({ action }) => action === 'key.create'),
    { who: client.id, about: { key: body.id }, apiKey: undefined },
  )
  t.match(
    lines().find(({ status }) => status === 403),
    { who: client.id, apiKey: body.id, action: 'reservation.hold' },
  )
})

t.test('keys go with their account, and its export names them', async (t) => {
  const server = await startOne(t)
  const client = await register(server, 'client')
  const { body } = await make(server, client)
  const { key, ...shown } = body
  const taken = await server.call<{ keys: ApiKey[] }>('GET', '/v1/me/export', { token: client.token })
  t.match(taken.body.keys, [shown])
  t.notOk(JSON.stringify(taken.body).includes(key))
  const { token } = await signInAgain(server, client)
  t.equal((await server.call('DELETE', '/v1/me', { token, body: { password: PASSWORD } })).status, 204)
  t.equal((await server.call('GET', '/v1/me', { token: key })).status, 401)
  const left = await grantsOf(server.app.mongo).find({ accountId: client.id }).toArray()
  t.ok(left.every(({ hash, name, endedAt }) => hash === undefined && name === undefined && endedAt))
})
