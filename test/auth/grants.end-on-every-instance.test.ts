import t from 'tap'
import type { CreatedKey } from '../../src/schemas/grants.js'
import { MovedClock } from '../helper/moved-clock.js'
import {
  PASSWORD,
  publish,
  register,
  type SignedIn,
  startServers,
  type TestServer,
} from '../helper/servers.js'
import { nearAndFar } from '../helper/two-servers.js'
import { until } from '../helper/until.js'
import { openViewer, refusalOf, TRANSPORTS } from '../helper/viewer.js'

/** What the lease of ended sessions and the look before it allow. */
const EVERYWHERE_MS = 3_000

async function makeKey(server: TestServer, { token }: SignedIn, scopes = ['read']): Promise<CreatedKey> {
  const { body } = await server.call<CreatedKey>('POST', '/v1/keys', { token, body: { name: 'x', scopes } })
  return body
}

for (const transport of TRANSPORTS) {
  t.test(`${transport}: a key opens a private view, which ends with it on the other server`, async (t) => {
    const [one, other] = (await startServers(t)) as [TestServer, TestServer]
    const provider = await register(one, 'provider')
    const client = await register(one, 'client')
    const [slotId] = await publish(one, provider, 2)
    const key = await makeKey(one, provider)
    const spare = await makeKey(one, provider)
    const viewer = await openViewer(t, other.url, { transport, token: key.key })
    const control = await openViewer(t, other.url, { transport, token: spare.key })
    for (const each of [viewer, control])
      t.match(await each.ask('watch', { providerId: provider.id }), { ok: true })
    await one.call('POST', '/v1/reservations', { token: client.token, body: { slotId } })
    const { payload } = await viewer.hears('slot-held')
    t.match(payload, { reservation: { client: { name: 'Ada Client' } } }, 'its own calendar has names')

    const asked = performance.now()
    t.equal((await one.call('DELETE', `/v1/keys/${key.id}`, { token: provider.token })).status, 204)
    await viewer.hears('auth-expired')
    t.ok(performance.now() - asked < EVERYWHERE_MS, `after ${Math.round(performance.now() - asked)} ms`)
    t.equal((await other.call('GET', '/v1/me', { token: key.key })).status, 401)
    t.same(control.all('auth-expired'), [], 'control: the other key goes on')
    t.equal((await other.call('GET', '/v1/me', { token: spare.key })).status, 200)
    t.match(await viewer.ask('auth', { token: key.key }), { code: 'unauthenticated' })
    const renewed = await viewer.ask('auth', { token: spare.key })
    t.notMatch(renewed, { code: String })
    t.notOk('expiresAt' in renewed, 'a key without an end says none')
  })

  t.test(`${transport}: a key without \`read\` may not listen, in the handshake and later`, async (t) => {
    const [server] = (await startServers(t, { count: 1 })) as [TestServer]
    const provider = await register(server, 'provider')
    const { key } = await makeKey(server, provider, ['book', 'calendar', 'webhooks'])
    t.match(await refusalOf(openViewer(t, server.url, { transport, token: key })), { code: 'forbidden' })
    const viewer = await openViewer(t, server.url, { transport })
    t.match(await viewer.ask('auth', { token: key }), { code: 'forbidden', title: /`read`/ })
    t.match(
      await viewer.ask('watch', { providerId: provider.id }),
      { ok: true },
      'and looks as everybody does',
    )
  })
}

t.test('a key that runs out ends the private view of its sockets', async (t) => {
  const [server] = (await startServers(t, { count: 1 })) as [TestServer]
  const provider = await register(server, 'provider')
  const ends = server.app.clock.now() + 3_000
  const { body } = await server.call<CreatedKey>('POST', '/v1/keys', {
    token: provider.token,
    body: { name: 'x', scopes: ['read'], expiresAt: new Date(ends).toISOString() },
  })
  const viewer = await openViewer(t, server.url, { token: body.key })
  await viewer.hears('auth-expired')
  t.ok(server.app.clock.now() >= ends)
})

t.test('the end of an account ends its keys everywhere before it is answered', async (t) => {
  const [one, other] = (await startServers(t)) as [TestServer, TestServer]
  const client = await register(one, 'client')
  const { key } = await makeKey(one, client)
  t.equal((await other.call('GET', '/v1/reservations', { token: key })).status, 200, 'remembered there')
  await one.call('DELETE', '/v1/me', { token: client.token, body: { password: PASSWORD } })
  t.equal((await other.call('GET', '/v1/reservations', { token: key })).status, 401)
})

t.test('an instance that was cut off for long ends the sockets of keys that ended meanwhile', async (t) => {
  const clock = new MovedClock()
  const { near, far, proxy } = await nearAndFar(t, { clock })
  const provider = await register(near, 'provider')
  const [key, spare] = [await makeKey(near, provider), await makeKey(near, provider)]
  const viewer = await openViewer(t, far.url, { token: key.key })
  const control = await openViewer(t, far.url, { token: spare.key })
  proxy.cut()
  await near.call('DELETE', `/v1/keys/${key.id}`, { token: provider.token })
  await until(
    async () => (await far.call('GET', '/v1/reservations', { token: key.key })).status === 503,
    'cut off',
  )
  // Longer than an access token lives: what ended before is not looked for among sessions any more.
  clock.move(600_000)
  proxy.restore()
  await viewer.hears('auth-expired')
  await until(
    async () => (await far.call('GET', '/v1/reservations', { token: spare.key })).status === 200,
    'well',
  )
  t.same(control.all('auth-expired'), [])
  t.equal((await far.call('GET', '/v1/reservations', { token: key.key })).status, 401)
})
