import t from 'tap'
import type { Tokens } from '../../src/schemas/accounts.js'
import { MovedClock } from '../helper/moved-clock.js'
import { PASSWORD, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'

interface Problem {
  code: string
  detail: string
  errors?: { field: string }[]
}

const MINUTE = 60_000

const remove = (server: TestServer, token: string, body?: unknown) =>
  server.call<Problem>('DELETE', '/v1/me', { token, ...(body !== undefined && { body }) })

const signIn = async (server: TestServer, { email }: SignedIn) =>
  (await server.call<Tokens>('POST', '/v1/token', { body: { email, password: PASSWORD } })).body

/** A token as fresh as can be, of a sign-in of that age. */
async function renewedAfter(server: TestServer, clock: MovedClock, tokens: Tokens, ms: number) {
  clock.move(ms)
  const { body } = await server.call<Tokens>('POST', '/v1/token/refresh', {
    body: { refreshToken: tokens.refreshToken },
  })
  return body.accessToken
}

t.test('right after the sign-in nothing more is asked', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const ada = await register(server, 'client')
  t.equal((await remove(server, ada.token)).status, 204)
  const eve = await register(server, 'client')
  const tokens = await signIn(server, eve)
  const renewed = await renewedAfter(server, clock, tokens, 5 * MINUTE - 1)
  t.equal((await remove(server, renewed)).status, 204, 'the last moment at which that is so')
})

t.test('five minutes later it asks for the password, however fresh the token', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const ada = await register(server, 'client')
  const token = await renewedAfter(server, clock, await signIn(server, ada), 5 * MINUTE)
  for (const body of [undefined, {}, 'null']) {
    const asked = await remove(server, token, body)
    t.match([asked.status, asked.body.code], [403, 'forbidden'])
    t.match(asked.body.detail, /password/)
  }
  const wrong = await remove(server, token, { password: 'not the password' })
  t.match([wrong.status, wrong.body.code], [401, 'unauthenticated'])
  const odd = await remove(server, token, { password: PASSWORD, certainly: true })
  t.match([odd.status, odd.body.errors?.[0]?.field], [400, 'certainly'])
  t.equal((await server.call('GET', '/v1/me', { token })).status, 200, 'and all is as it was')

  t.equal((await remove(server, token, { password: PASSWORD })).status, 204)
  const { status } = await server.call('POST', '/v1/token', {
    body: { email: ada.email, password: PASSWORD },
  })
  t.equal(status, 401, 'the account is gone')
})

t.test('a new sign-in is as good as the password, for the token of that sign-in alone', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const ada = await register(server, 'client')
  const old = await renewedAfter(server, clock, await signIn(server, ada), 6 * MINUTE)
  const { accessToken } = await signIn(server, ada)
  t.equal((await remove(server, old)).status, 403, 'control: the session before is as old as it is')
  t.equal((await remove(server, accessToken)).status, 204)
})

t.test('wrong passwords here and at the sign-in are counted together', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const ada = await register(server, 'client')
  const eve = await register(server, 'client')
  const wrongSignIn = (account: SignedIn) =>
    server.call('POST', '/v1/token', { body: { email: account.email, password: 'not the password' } })
  const took = async (act: Promise<unknown>) => {
    const begun = performance.now()
    await act
    return performance.now() - begun
  }
  for (let count = 0; count < 4; count++) await remove(server, ada.token, { password: 'not the password' })
  for (let count = 0; count < 4; count++) await wrongSignIn(ada)
  // The ninth: 250 ms, doubled for each after the fifth.
  const [slowed, control] = await Promise.all([
    took(remove(server, ada.token, { password: 'not the password' })),
    took(wrongSignIn(eve)),
  ])
  t.ok(slowed >= 1_900, `${Math.round(slowed)} ms`)
  t.ok(control < slowed - 500, `control: another account is not slowed (${Math.round(control)} ms)`)
})

t.test('OpenAPI says that the body may be left out', async (t) => {
  const server = await startOne(t)
  const { body } = await server.call<{
    paths: Record<string, Record<string, { requestBody?: { required: boolean } }>>
  }>('GET', '/openapi.json')
  t.equal(body.paths['/v1/me']?.delete?.requestBody?.required, false)
  t.equal(body.paths['/v1/me']?.patch?.requestBody?.required, true, 'control')
})
