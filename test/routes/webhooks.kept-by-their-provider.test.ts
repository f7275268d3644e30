import t, { type Test } from 'tap'
import type { AccountExport } from '../../src/schemas/accounts.js'
import type { NewWebhookAnswer, NewWebhookSecret, Webhook } from '../../src/schemas/webhooks.js'
import { testDatabase } from '../helper/database.js'
import {
  PASSWORD,
  register,
  type SignedIn,
  startOne,
  startServers,
  type TestServer,
} from '../helper/servers.js'
import { startReceiver } from '../helper/webhook-receiver.js'

type Answered = NewWebhookAnswer & { code: string; detail: string; errors?: { field: string }[] }

const URL = 'https://hooks.example.com/slotcast?key=of-the-owner'
const events = ['reservation.confirmed', 'reservation.cancelled']
const PUBLIC = { resolve: async () => ['8.8.8.8'] }
const start = (t: Test, options: Parameters<typeof startOne>[1] = {}) =>
  startOne(t, { webhooks: PUBLIC, ...options })
const create = (server: TestServer, { token }: SignedIn, body: object = { url: URL, events }) =>
  server.call<Answered>('POST', '/v1/webhooks', { token, body })
const list = async (server: TestServer, { token }: SignedIn) =>
  (await server.call<{ items: Webhook[] }>('GET', '/v1/webhooks', { token })).body.items
const patch = (server: TestServer, { token }: SignedIn, id: string, body: object) =>
  server.call<Answered>('PATCH', `/v1/webhooks/${id}`, { token, body })

t.test('one is made, read, changed and deleted; its secret is shown once', async (t) => {
  const server = await start(t)
  const provider = await register(server, 'provider')
  const made = await create(server, provider, { url: URL, events, description: 'Accounting' })
  t.equal(made.status, 201)
  const { id, secret, ...shown } = made.body
  t.equal(made.headers.get('location'), `/v1/webhooks/${id}`)
  t.equal(made.headers.get('cache-control'), 'no-store')
  t.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  t.match(shown, { url: URL, events, description: 'Accounting', state: 'active' })
  const read = await server.call<Webhook>('GET', `/v1/webhooks/${id}`, { token: provider.token })
  t.same(read.body, { id, ...shown }, 'without the secret')
  t.same(await list(server, provider), [read.body])

  const changed = await patch(server, provider, id, {
    active: false,
    description: null,
    events: ['slot.opened'],
  })
  t.match(changed, { status: 200, body: { state: 'paused', events: ['slot.opened'] } })
  t.notOk('description' in changed.body)
  t.match(await patch(server, provider, id, { active: true, url: 'https://other.example/' }), {
    body: { state: 'active', url: 'https://other.example/', events: ['slot.opened'] },
  })
  const { body: account } = await server.call<AccountExport>('GET', '/v1/me/export', {
    token: provider.token,
  })
  t.same(account.webhooks, await list(server, provider), 'the export has it, without the secret')

  for (let time = 0; time < 2; time++) {
    const gone = await server.call('DELETE', `/v1/webhooks/${id}`, { token: provider.token })
    t.equal(gone.status, 204, 'safe to repeat')
  }
  t.same(await list(server, provider), [])
  t.equal((await patch(server, provider, id, { active: true })).status, 404)
})

t.test('a new secret; the one before goes on for a day', async (t) => {
  const server = await start(t)
  const provider = await register(server, 'provider')
  const { body: webhook } = await create(server, provider)
  const renew = () =>
    server.call<NewWebhookSecret>('POST', `/v1/webhooks/${webhook.id}/secret`, { token: provider.token })
  const first = await renew()
  t.equal(first.status, 200)
  t.not(first.body.secret, webhook.secret)
  const day = Date.parse(first.body.formerSecretUntil) - server.app.clock.now()
  t.ok(day > 86_300_000 && day <= 86_400_000)
  t.match((await list(server, provider))[0], { formerSecretUntil: first.body.formerSecretUntil })
  await renew()
  const last = await renew()
  const signing = await server.app.webhooks.findForDelivery(webhook.id)
  t.same(signing?.secrets.length, 3, 'three at most, so that a header stays short')
  t.equal(signing?.secrets[0], last.body.secret)
  t.notOk(signing?.secrets.includes(webhook.secret))
})

t.test('twenty and no more, however many ask at once', async (t) => {
  const servers = await startServers(t, { count: 2, webhooks: PUBLIC })
  const [server] = servers
  if (!server) throw new Error('no server')
  const provider = await register(server, 'provider')
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) => create(servers[index % 2] ?? server, provider)),
  )
  const codes = answers.map(({ status, body }) => (body.code as string | undefined) ?? String(status))
  t.equal(codes.filter((code) => code === '201').length, 20)
  t.equal(codes.filter((code) => code === 'too_many_webhooks').length, 10)
  const [one] = await list(server, provider)
  await server.call('DELETE', `/v1/webhooks/${one?.id}`, { token: provider.token })
  t.equal((await create(server, provider)).status, 201, 'control: there is room again')
  const other = await register(server, 'provider')
  t.equal((await create(server, other)).status, 201, 'control: others have their own')
})

t.test('for anybody else it does not exist', async (t) => {
  const server = await start(t)
  const [provider, other, client] = await Promise.all([
    register(server, 'provider'),
    register(server, 'provider'),
    register(server, 'client'),
  ])
  const { id } = (await create(server, provider)).body
  for (const [method, path, body] of [
    ['GET', `/v1/webhooks/${id}`, undefined],
    ['PATCH', `/v1/webhooks/${id}`, { active: false }],
    ['PATCH', `/v1/webhooks/${id}`, { url: 'https://elsewhere.example/' }],
    ['POST', `/v1/webhooks/${id}/secret`, undefined],
  ] as const) {
    t.equal((await server.call(method, path, { token: other.token, body })).status, 404, `${method} ${path}`)
    t.equal((await server.call(method, path, { token: client.token, body })).status, 403)
  }
  await server.call('DELETE', `/v1/webhooks/${id}`, { token: other.token })
  t.match(await list(server, provider), [{ id, url: URL, state: 'active' }])
  t.same(await list(server, other), [])
})

t.test('what is not an address for webhooks is refused, and says why', async (t) => {
  const server = await start(t, {
    webhooks: {
      resolve: async (name) => {
        if (name === 'nobody.example') throw Object.assign(new Error(), { code: 'ENOTFOUND' })
        return name === 'inside.example' ? ['8.8.8.8', '10.0.0.7'] : ['8.8.8.8']
      },
    },
  })
  const provider = await register(server, 'provider')
  const { id } = (await create(server, provider)).body
  for (const url of [
    'http://hooks.example.com/',
    'https://user:password@hooks.example.com/',
    'https://hooks.example.com:25/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://[::ffff:169.254.169.254]/',
    'https://localhost/',
    'https://inside.example/',
    'https://nobody.example/',
    'no url',
  ]) {
    for (const answer of [
      await create(server, provider, { url, events }),
      await patch(server, provider, id, { url }),
    ]) {
      t.match(answer, { status: 422, body: { code: 'url_refused', errors: [{ field: 'url' }] } }, url)
      t.notOk(answer.body.detail.includes('10.0.0.7'), 'not what it resolves to')
    }
  }
  t.match(await list(server, provider), [{ id, url: URL }])
  for (const body of [
    { url: URL },
    { events },
    { url: URL, events: [] },
    { url: URL, events: ['reservation.confirmed', 'reservation.confirmed'] },
    { url: URL, events: ['reservation.*'] },
    { url: URL, events, secret: 'whsec_mine' },
    { url: URL, events, description: '\u202e' },
  ]) {
    t.match(await create(server, provider, body), { status: 400, body: { code: 'invalid_request' } })
  }
  t.match(await patch(server, provider, id, {}), { status: 400 })
})

t.test('for trying, this machine is an address', async (t) => {
  const server = await startOne(t, { settings: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  const provider = await register(server, 'provider')
  for (const url of ['http://127.0.0.1:3999/', 'http://localhost:3999/', 'http://[::1]:3999/']) {
    t.equal((await create(server, provider, { url, events })).status, 201, url)
  }
})

t.test('an address is kept as it is sent to', async (t) => {
  const server = await start(t)
  const provider = await register(server, 'provider')
  const made = await create(server, provider, { url: 'https://Hooks.example.com\r\n/a\tb', events })
  t.match(made, { status: 201, body: { url: 'https://hooks.example.com/ab' } })
  const changed = await patch(server, provider, made.body.id, { url: ' https://hooks.example.com/\n' })
  t.match(changed, { status: 200, body: { url: 'https://hooks.example.com/' } })
  t.match(await list(server, provider), [{ url: 'https://hooks.example.com/' }])
})

t.test('who is slow to answer or to resolve is said so, and is no fault of the server', async (t) => {
  const silent = await startReceiver(t)
  silent.answer(() => {})
  const server = await startOne(t, {
    settings: { WEBHOOK_ALLOW_PRIVATE: 'true' },
    // Longer than other requests may take.
    webhooks: {
      withinMs: 5_500,
      resolve: (name) => (name === 'silent.example' ? new Promise(() => {}) : Promise.resolve(['127.0.0.1'])),
    },
  })
  const provider = await register(server, 'provider')
  const { id } = (await create(server, provider, { url: silent.url, events })).body
  const [tested, unresolved] = await Promise.all([
    server.call('POST', `/v1/webhooks/${id}/test`, { token: provider.token }),
    create(server, provider, { url: 'https://silent.example/', events }),
  ])
  t.match(tested, { status: 200, body: { delivered: false, error: 'no answer in time' } })
  t.match(unresolved, { status: 422, body: { code: 'url_refused' } })
})

t.test('addresses and secrets are sealed at rest, and go with the account', async (t) => {
  const { uri } = await testDatabase(t)
  const server = await start(t, { uri })
  const provider = await register(server, 'provider')
  const { body } = await create(server, provider)
  const collection = server.app.mongo.getClient().db(server.app.mongo.name).collection('webhooks')
  const lain = JSON.stringify(await collection.find().toArray())
  t.ok(lain.includes(provider.id), 'control: it is there')
  for (const secret of [body.secret, body.secret.slice(6), 'hooks.example.com', 'of-the-owner']) {
    t.notOk(lain.includes(secret), secret)
  }
  const gone = await server.call('DELETE', '/v1/me', { token: provider.token, body: { password: PASSWORD } })
  t.equal(gone.status, 204)
  t.equal(await collection.countDocuments(), 0)
})
