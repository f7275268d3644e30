import { test } from 'tap'
import type { OwnSession, Tokens } from '../../src/schemas/accounts.js'
import { MovedClock } from '../helper/moved-clock.js'
import {
  PASSWORD,
  register,
  type SignedIn,
  startOne,
  startServers,
  type TestServer,
} from '../helper/servers.js'
import { until } from '../helper/until.js'

async function signIn(server: TestServer, { email }: SignedIn): Promise<Tokens> {
  return (await server.call<Tokens>('POST', '/v1/token', { body: { email, password: PASSWORD } })).body
}

async function sessions(server: TestServer, token: string): Promise<OwnSession[]> {
  const { body } = await server.call<{ items: OwnSession[] }>('GET', '/v1/me/sessions', { token })
  return body.items
}

const isIn = async (server: TestServer, token: string) =>
  (await server.call('GET', '/v1/me', { token })).status === 200

test('an account sees where it is signed in, and which of these asks', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const ada = await register(server, 'client')
  await register(server, 'client')
  clock.move(60_000)
  const second = await signIn(server, ada)
  const seen = await sessions(server, second.accessToken)
  t.match(seen, [
    { current: true, startedAt: /Z$/, renewedAt: /Z$/, expiresAt: /Z$/ },
    { current: false, id: String },
  ])
  t.equal(seen.length, 2, 'those of others are not among them')
  t.same(
    (await sessions(server, ada.token)).map(({ current }) => current),
    [false, true],
  )
  t.notOk(JSON.stringify(seen).includes(second.refreshToken), 'without what signs anybody in')

  clock.move(31 * 86_400_000)
  const later = await signIn(server, ada)
  t.equal((await sessions(server, later.accessToken)).length, 1, 'those that ran out are over')
})

test('a session is ended by its id, on every server, and nobody else’s is', async (t) => {
  const [server, other] = await startServers(t)
  if (!server || !other) throw new Error('no servers')
  const ada = await register(server, 'client')
  const emil = await register(server, 'client')
  const away = await signIn(server, ada)
  const [first] = (await sessions(server, ada.token)).filter(({ current }) => !current)
  const end = (token: string, id = first?.id) => server.call('DELETE', `/v1/me/sessions/${id}`, { token })

  t.equal((await end(emil.token)).status, 404, 'for somebody else there is none')
  t.ok(await isIn(server, away.accessToken), 'and ends nothing')
  t.equal((await end(ada.token)).status, 204)
  t.notOk(await isIn(server, away.accessToken))
  await until(async () => !(await isIn(other, away.accessToken)), 'the other server knows')
  const renewal = await server.call('POST', '/v1/token/refresh', {
    body: { refreshToken: away.refreshToken },
  })
  t.equal(renewal.status, 401)
  t.equal((await end(ada.token)).status, 204, 'it may be repeated')
  t.ok(await isIn(server, ada.token), 'the others go on')
  t.equal((await sessions(server, ada.token)).length, 1)
})

test('signing out everywhere else keeps the session that asks; everywhere ends it too', async (t) => {
  const server = await startOne(t)
  const ada = await register(server, 'provider')
  const emil = await register(server, 'client')
  const away = [await signIn(server, ada), await signIn(server, ada)]
  const end = (query: string) => server.call('DELETE', `/v1/me/sessions${query}`, { token: ada.token })

  t.equal((await end('?keep=others')).status, 400)
  t.equal((await end('?keep=current')).status, 204)
  for (const { accessToken } of away) t.notOk(await isIn(server, accessToken))
  t.ok(await isIn(server, ada.token))
  const last = await signIn(server, ada)
  t.equal((await end('')).status, 204)
  t.notOk(await isIn(server, ada.token))
  t.notOk(await isIn(server, last.accessToken))
  t.ok(await isIn(server, emil.token), 'control: of this account alone')
})
