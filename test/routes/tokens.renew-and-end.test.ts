import { test } from 'tap'
import type { Registered, Tokens } from '../../src/schemas/accounts.js'
import { MovedClock } from '../helper/moved-clock.js'
import { startOne, type TestServer } from '../helper/servers.js'

const ada = {
  role: 'client',
  email: 'ada@example.com',
  password: 'correct horse battery',
  name: 'Ada',
  timeZone: 'Europe/Berlin',
}
const { email, password } = ada

const refresh = (server: TestServer, refreshToken: string) =>
  server.call<Tokens & { code: string }>('POST', '/v1/token/refresh', { body: { refreshToken } })
const me = async (server: TestServer, token: string) => (await server.call('GET', '/v1/me', { token })).status

test('an access token is good for five minutes, and its refresh token gets the next', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const { body } = await server.call<Registered>('POST', '/v1/accounts', { body: ada })
  clock.move(299_000)
  t.equal(await me(server, body.accessToken), 200)
  clock.move(1_000)
  const expired = await server.call<{ code: string; detail: string }>('GET', '/v1/me', {
    token: body.accessToken,
  })
  t.equal(expired.status, 401)
  t.match(expired.body, { code: 'unauthenticated', detail: /expired/ })
  t.equal(expired.headers.get('www-authenticate'), 'Bearer error="invalid_token"')

  const renewed = await refresh(server, body.refreshToken)
  t.equal(renewed.status, 200)
  t.equal(renewed.headers.get('cache-control'), 'no-store')
  t.equal(await me(server, renewed.body.accessToken), 200)
})

test('a stolen refresh token: the second to use the old one ends it for both', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const { body } = await server.call<Registered>('POST', '/v1/accounts', { body: ada })
  const thief = await refresh(server, body.refreshToken)
  clock.move(11_000)
  const owner = await refresh(server, body.refreshToken)
  t.equal(owner.status, 401)
  t.equal(owner.body.code, 'unauthenticated')
  t.equal((await refresh(server, thief.body.refreshToken)).status, 401)
  t.equal(await me(server, thief.body.accessToken), 401, 'its access token ends too')
  t.equal(
    (await server.call('POST', '/v1/token', { body: { email, password } })).status,
    200,
    'she signs in anew',
  )
})

test('sign-out ends one session, sign-out everywhere ends all, both may be repeated', async (t) => {
  const server = await startOne(t)
  await server.call('POST', '/v1/accounts', { body: ada })
  const signIn = async () =>
    (await server.call<Tokens>('POST', '/v1/token', { body: { email, password } })).body
  const [phone, laptop, tablet] = [await signIn(), await signIn(), await signIn()]
  const revoke = async (body: object) => (await server.call('POST', '/v1/token/revoke', { body })).status

  for (const _ of [1, 2]) t.equal(await revoke({ refreshToken: phone.refreshToken }), 204)
  t.same(
    await Promise.all([phone, laptop, tablet].map((one) => me(server, one.accessToken))),
    [401, 200, 200],
  )
  t.equal(await revoke({ refreshToken: laptop.refreshToken, everywhere: true }), 204)
  t.same(await Promise.all([laptop, tablet].map((one) => me(server, one.accessToken))), [401, 401])
  t.equal((await refresh(server, tablet.refreshToken)).status, 401)
  t.equal(await revoke({ refreshToken: 'never was one' }), 204)
})

test('a new password needs the old one, and ends every other session', async (t) => {
  const server = await startOne(t)
  const { body: here } = await server.call<Registered>('POST', '/v1/accounts', { body: ada })
  const { body: there } = await server.call<Tokens>('POST', '/v1/token', { body: { email, password } })
  const change = (body: object) => server.call('PATCH', '/v1/me', { token: here.accessToken, body })

  t.equal((await change({ password: 'another good one' })).status, 400)
  t.equal((await change({ password: 'another good one', currentPassword: 'guessed' })).status, 400)
  t.equal(await me(server, there.accessToken), 200, 'nothing has happened so far')
  t.equal((await change({ password: 'another good one', currentPassword: password })).status, 200)

  t.equal(await me(server, here.accessToken), 200)
  t.equal((await refresh(server, here.refreshToken)).status, 200)
  t.equal(await me(server, there.accessToken), 401)
  t.equal((await refresh(server, there.refreshToken)).status, 401)
  t.equal((await server.call('POST', '/v1/token', { body: { email, password } })).status, 401)
  const renewed = { email, password: 'another good one' }
  t.equal((await server.call('POST', '/v1/token', { body: renewed })).status, 200)
})
