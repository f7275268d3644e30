import { test } from 'tap'
import type { LinkState } from '../../src/schemas/links.js'
import { mailsTo, nextMail, startMailing } from '../helper/mailbox.js'
import { MovedClock } from '../helper/moved-clock.js'
import { PASSWORD, register, startOne } from '../helper/servers.js'

const FORM = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
const ANOTHER = 'another long password'

test('a mailed link sets the password once and ends every session on every server', async (t) => {
  const [one, other] = await startMailing(t)
  if (!one || !other) throw new Error('fewer than two servers')
  const client = await register(one, 'client')
  const signIn = (password: string) =>
    other.call<{ accessToken: string }>('POST', '/v1/token', { body: { email: client.email, password } })
  const second = (await signIn(PASSWORD)).body.accessToken
  t.equal((await other.call('GET', '/v1/me', { token: client.token })).status, 200, 'control')
  await one.call('POST', '/v1/password/forgotten', { body: { email: client.email } })
  const mail = await nextMail(one, client.email)
  const path = mail.links[0] ?? ''
  t.match((await other.call<string>('GET', path)).body, /type="password"/)
  const short = await other.call<string>('POST', path, { headers: FORM, body: 'password=short' })
  t.equal(short.status, 400)
  t.match(short.body, /role="alert"/)
  t.equal((await signIn(PASSWORD)).status, 200, 'control: nothing has changed')

  const set = new URLSearchParams({ password: ANOTHER }).toString()
  t.equal((await other.call<string>('POST', path, { headers: FORM, body: set })).status, 200)
  for (const token of [client.token, second]) {
    t.equal((await one.call('GET', '/v1/me', { token })).status, 401)
    t.equal((await other.call('GET', '/v1/me', { token })).status, 401)
  }
  t.equal((await signIn(PASSWORD)).status, 401)
  const { accessToken } = (await signIn(ANOTHER)).body
  t.match((await one.call('GET', '/v1/me', { token: accessToken })).body, { emailVerified: true })
  const again = await one.call<LinkState>('POST', path, { body: { password: 'a third long password' } })
  t.match(again, { status: 200, body: { used: true } })
  t.equal((await signIn(ANOTHER)).status, 200, 'used once')
})

test('the answer is the same for everybody', async (t) => {
  const [server] = await startMailing(t, { count: 1 })
  if (!server) throw new Error('no server')
  const client = await register(server, 'client')
  const ask = (email: string) => server.call('POST', '/v1/password/forgotten', { body: { email } })
  const known = await ask(client.email)
  const unknown = await ask('nobody@example.com')
  t.equal(known.status, 202)
  t.same([known.status, known.body], [unknown.status, unknown.body])
  const names = (headers: Headers) => [...headers.keys()].sort()
  t.same(names(known.headers), names(unknown.headers))
  await nextMail(server, client.email)
  t.same(await mailsTo(server, 'nobody@example.com'), [])
})

test('a link is good for an hour, and not for another address', async (t) => {
  const clock = new MovedClock()
  const [server] = await startMailing(t, { count: 1, clock })
  if (!server) throw new Error('no server')
  const client = await register(server, 'client')
  const make = (expiresAt: number) =>
    server.app.links.make({ purpose: 'password-reset', accountId: client.id, about: '0.0', expiresAt })
  const link = new URL(await make(clock.now() + 3_600_000)).pathname
  t.equal((await server.call('GET', link)).status, 200, 'control')
  clock.move(3_600_000)
  t.equal((await server.call('POST', link, { body: { password: ANOTHER } })).status, 404)
  const late = new URL(await make(clock.now() + 3_600_000)).pathname
  await server.app.accounts.change(client.id, { email: 'elsewhere@example.com' })
  t.equal((await server.call('POST', late, { body: { password: ANOTHER } })).status, 404)
})

test('without mail it says so', async (t) => {
  const server = await startOne(t)
  const { status, body } = await server.call<{ code: string }>('POST', '/v1/password/forgotten', {
    body: { email: 'nobody@example.com' },
  })
  t.same([status, body.code], [409, 'mail_unavailable'])
})

test('a link that was asked for before the password was changed sets none', async (t) => {
  const [server] = await startMailing(t, { count: 1 })
  if (!server) throw new Error('no server')
  const client = await register(server, 'client')
  const change = (body: object) =>
    server.call('PATCH', '/v1/me', { token: client.token, body: { currentPassword: PASSWORD, ...body } })
  const signIn = (password: string) =>
    server.call('POST', '/v1/token', { body: { email: client.email, password } })
  const make = () =>
    server.app.links.make({
      purpose: 'password-reset',
      accountId: client.id,
      about: '0.0',
      expiresAt: server.app.clock.now() + 3_600_000,
    })
  const path = new URL(await make()).pathname
  t.equal((await change({ timeZone: 'Europe/Paris' })).status, 200)
  t.match((await server.call('GET', path, { headers: { accept: 'application/json' } })).body, { used: false })
  t.equal((await change({ password: ANOTHER })).status, 200)
  await server.call('POST', path, { body: { password: 'a third long password' } })
  // A mail that was still in line.
  const late = new URL(await make()).pathname
  t.equal((await server.call('POST', late, { body: { password: 'a third long password' } })).status, 404)
  t.equal((await signIn('a third long password')).status, 401)
  t.equal((await signIn(ANOTHER)).status, 200)
})
