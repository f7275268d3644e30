import t from 'tap'
import { MovedClock } from '../../helper/moved-clock.js'
import { publish, register, startOne, type TestServer } from '../../helper/servers.js'
import { openViewer, refusalOf, TRANSPORTS } from '../../helper/viewer.js'

const TOKEN_MS = 300_000

async function signIn(server: TestServer, email: string): Promise<string> {
  const { body } = await server.call<{ accessToken: string }>('POST', '/v1/token', {
    body: { email, password: 'a long enough password' },
  })
  return body.accessToken
}

t.test('in place: the public watch goes on without names, and a new token brings them back', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock, settings: { HOLD_SECONDS: '86400', MAX_ACTIVE_HOLDS: '4' } })
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const slots = await publish(server, provider, 4)
  const hold = async (slotId = '', token = client.token) =>
    server.call('POST', '/v1/reservations', { token, body: { slotId } })

  let at = 0
  for (const transport of TRANSPORTS) {
    const token = await signIn(server, provider.email)
    const viewer = await openViewer(t, server.url, { transport, token })
    const tab = await openViewer(t, server.url, { transport, token: await signIn(server, client.email) })
    await viewer.ask('watch', { providerId: provider.id })
    await hold(slots[at++], await signIn(server, client.email))
    t.ok((await viewer.hears('slot-held')).payload.reservation, 'control: before, there is a name')
    await tab.hears('reservation')

    clock.move(TOKEN_MS)
    await Promise.all([viewer.hears('auth-expired'), tab.hears('auth-expired')])
    const slotId = slots[at++]
    await hold(slotId, await signIn(server, client.email))
    const { payload } = await viewer.hears('slot-held', (event) => event.slotId === slotId)
    t.notOk('reservation' in payload, 'the events go on, without a name')
    t.equal(tab.all('reservation').length, 1, 'and the client hears no more of its own')
    t.match(await viewer.ask('auth', { token }), { code: 'unauthenticated' }, 'the old token is no good')

    const renewed = await signIn(server, provider.email)
    const { expiresAt } = await viewer.ask('auth', { token: renewed })
    t.equal(Date.parse(String(expiresAt)), Math.floor((clock.now() + TOKEN_MS) / 1000) * 1000)
    const picture = await viewer.hears('slots')
    t.ok(JSON.stringify(picture.payload).includes('Ada Client'), 'a picture with names comes by itself')
  }
})

t.test('a token renewed in time ends nothing', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const provider = await register(server, 'provider')
  const viewer = await openViewer(t, server.url, { token: provider.token })
  const witness = await openViewer(t, server.url, { token: provider.token })
  await viewer.ask('watch', { providerId: provider.id })
  clock.move(TOKEN_MS - 10_000)
  t.match(await viewer.ask('auth', { token: await signIn(server, provider.email) }), { ok: true })
  clock.move(10_000)
  await witness.hears('auth-expired')
  t.same(viewer.all('auth-expired'), [])
  t.same(viewer.all('slots'), [], 'nor is a new picture needed')
})

t.test('where looking needs a token, the watches end with it', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock, settings: { PUBLIC_VIEW: 'false' } })
  const provider = await register(server, 'provider')
  for (const transport of TRANSPORTS) {
    const token = await signIn(server, provider.email)
    const viewer = await openViewer(t, server.url, { transport, token })
    await viewer.ask('watch', { providerId: provider.id })
    clock.move(TOKEN_MS)
    await viewer.hears('auth-expired')
    const fresh = await signIn(server, provider.email)
    const witness = await openViewer(t, server.url, { transport, token: fresh })
    await witness.ask('watch', { providerId: provider.id })
    await publish(server, { ...provider, token: fresh }, 1, 3 + TRANSPORTS.indexOf(transport))
    await witness.hears('slot-opened')
    t.match(await viewer.ask('watch', { providerId: provider.id }), { ok: false, code: 'unauthenticated' })
    t.same(viewer.events(), [])
  }
})

t.test('in the handshake an expired token is told, and a forged one refused', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const provider = await register(server, 'provider')
  const { token } = provider
  clock.move(TOKEN_MS)
  for (const transport of TRANSPORTS) {
    const viewer = await openViewer(t, server.url, { transport, token })
    await viewer.hears('auth-expired')
    t.match(await viewer.ask('watch', { providerId: provider.id }), { ok: true }, 'the public view is there')
    const forged = `${token.slice(0, -4)}AAAA`
    t.match(await refusalOf(openViewer(t, server.url, { transport, token: forged })), {
      code: 'unauthenticated',
    })
  }
})

t.test('a session that is revoked ends its private views', async (t) => {
  const server = await startOne(t)
  const { email } = await register(server, 'provider')
  const { body } = await server.call<{ accessToken: string; refreshToken: string }>('POST', '/v1/token', {
    body: { email, password: 'a long enough password' },
  })
  const other = await signIn(server, email)
  for (const transport of TRANSPORTS) {
    const viewer = await openViewer(t, server.url, {
      transport,
      token: transport === 'raw' ? other : body.accessToken,
    })
    if (transport === 'raw') {
      t.same(viewer.all('auth-expired'), [], 'control: another session goes on')
      continue
    }
    await server.call('POST', '/v1/token/revoke', { body: { refreshToken: body.refreshToken } })
    await viewer.hears('auth-expired')
  }
})
