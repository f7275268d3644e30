import t from 'tap'
import type { Tokens } from '../../../src/schemas/accounts.js'
import { MovedClock } from '../../helper/moved-clock.js'
import {
  PASSWORD,
  publish,
  register,
  type SignedIn,
  startServers,
  type TestServer,
} from '../../helper/servers.js'
import { openViewer, type TestViewer, TRANSPORTS } from '../../helper/viewer.js'

const WITHIN_MS = 1_000

interface Case {
  server: TestServer
  clock: MovedClock
  provider: SignedIn
  session: Tokens
}

async function signIn(server: TestServer, email: string, password = PASSWORD): Promise<Tokens> {
  const { body } = await server.call<Tokens>('POST', '/v1/token', { body: { email, password } })
  return body
}

const refresh = (server: TestServer, refreshToken: string) =>
  server.call('POST', '/v1/token/refresh', { body: { refreshToken } })

/** What ends a session, done on the one server; the sockets are on both. */
const ends: Record<string, (one: Case) => Promise<unknown>> = {
  'signing out': ({ server, session }) =>
    server.call('POST', '/v1/token/revoke', { body: { refreshToken: session.refreshToken } }),
  'signing out everywhere': async ({ server, provider }) => {
    const { refreshToken } = await signIn(server, provider.email)
    await server.call('POST', '/v1/token/revoke', { body: { refreshToken, everywhere: true } })
  },
  'a refresh token that comes back': async ({ server, clock, session }) => {
    await refresh(server, session.refreshToken)
    clock.move(11_000)
    await refresh(server, session.refreshToken)
  },
  'another password': async ({ server, provider }) => {
    const { accessToken } = await signIn(server, provider.email)
    await server.call('PATCH', '/v1/me', {
      token: accessToken,
      body: { currentPassword: PASSWORD, password: 'another long password' },
    })
  },
  'the end of the account': ({ server, session }) =>
    server.call('DELETE', '/v1/me?bookings=cancel', { token: session.accessToken }),
  'the end of the token': async ({ clock }) => clock.move(300_000),
}

for (const [what, end] of Object.entries(ends)) {
  t.test(`${what} ends it, and the public view goes on`, async (t) => {
    const clock = new MovedClock()
    const servers = await startServers(t, { clock, settings: { HOLD_SECONDS: '86400' } })
    const [here] = servers
    if (!here) throw new Error('two servers')
    const provider = await register(here, 'provider')
    const client = await register(here, 'client', { name: 'Hedy Lamarr' })
    const [first, second, third] = await publish(here, provider, 3)
    const session = await signIn(here, provider.email)
    const bystander = await register(here, 'provider')

    const viewers: TestViewer[] = []
    const others: TestViewer[] = []
    for (const { url } of servers) {
      for (const transport of TRANSPORTS) {
        const viewer = await openViewer(t, url, { transport, token: session.accessToken })
        await viewer.ask('watch', { providerId: provider.id })
        viewers.push(viewer)
        others.push(await openViewer(t, url, { transport, token: bystander.token }))
      }
    }
    const hold = async (slotId: string | undefined) => {
      const { accessToken } = await signIn(here, client.email)
      await here.call('POST', '/v1/reservations', { token: accessToken, body: { slotId } })
    }
    await hold(first)
    for (const viewer of viewers)
      t.ok((await viewer.hears('slot-held')).payload.reservation, 'control: before, it sees who')

    await end({ server: here, clock, provider, session })
    const from = performance.now()
    await Promise.all(viewers.map((viewer) => viewer.hears('auth-expired')))
    const took = performance.now() - from
    t.ok(took <= WITHIN_MS, `on both servers within ${Math.round(took)} ms`)
    if (what !== 'the end of the token') for (const other of others) t.same(other.all('auth-expired'), [])

    if (what === 'the end of the account') {
      for (const viewer of viewers) {
        await viewer.hears('slot-withdrawn', ({ slotId }) => slotId === third)
        t.match(await viewer.ask('auth', { token: session.accessToken }), { code: 'unauthenticated' })
      }
      return
    }
    await hold(second)
    for (const viewer of viewers) {
      const { payload } = await viewer.hears('slot-held', ({ slotId }) => slotId === second)
      t.notOk('reservation' in payload, 'the public view goes on, without a person')
      t.match(await viewer.ask('auth', { token: session.accessToken }), { code: 'unauthenticated' })
    }
    const password = what === 'another password' ? 'another long password' : PASSWORD
    const renewed = await signIn(here, provider.email, password)
    for (const viewer of viewers) {
      t.match(await viewer.ask('auth', { token: renewed.accessToken }), { ok: true })
      const picture = await viewer.hears('slots')
      t.match(JSON.stringify(picture.payload), 'Hedy Lamarr', 'renewed on the same socket')
      t.equal(viewer.all('auth-expired').length, 1)
    }
    await hold(third)
    for (const viewer of viewers)
      t.ok((await viewer.hears('slot-held', ({ slotId }) => slotId === third)).payload.reservation)
  })
}

t.test('a client hears nothing of its own any more', async (t) => {
  const servers = await startServers(t)
  const [here] = servers
  if (!here) throw new Error('two servers')
  const provider = await register(here, 'provider')
  const client = await register(here, 'client')
  const [first, second] = await publish(here, provider, 2)
  const [gone, stays] = [await signIn(here, client.email), await signIn(here, client.email)]
  const viewers: TestViewer[] = []
  const witnesses: TestViewer[] = []
  for (const { url } of servers) {
    for (const transport of TRANSPORTS) {
      viewers.push(await openViewer(t, url, { transport, token: gone.accessToken }))
      witnesses.push(await openViewer(t, url, { transport, token: stays.accessToken }))
    }
  }
  const hold = (slotId: string | undefined) =>
    here.call('POST', '/v1/reservations', { token: stays.accessToken, body: { slotId } })
  await hold(first)
  await Promise.all([...viewers, ...witnesses].map((viewer) => viewer.hears('reservation')))
  await here.call('POST', '/v1/token/revoke', { body: { refreshToken: gone.refreshToken } })
  await Promise.all(viewers.map((viewer) => viewer.hears('auth-expired')))
  await hold(second)
  for (const witness of witnesses) await witness.hears('reservation', ({ slotId }) => slotId === second)
  // What went to the witness went out in one piece; a later answer on the same socket comes after it.
  for (const viewer of viewers) {
    await viewer.ask('unwatch', { all: true })
    t.equal(viewer.all('reservation').length, 1)
  }
})
