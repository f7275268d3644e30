import t from 'tap'
import type { PageSession } from '../../src/schemas/accounts.js'
import { MovedClock } from '../helper/moved-clock.js'
import { type Answer, PASSWORD, register, startOne, type TestServer } from '../helper/servers.js'

type Sent = {
  origin?: string | undefined
  cookie?: string | undefined
  body?: unknown
  headers?: Record<string, string>
}

function ask(
  server: TestServer,
  method: string,
  path: string,
  { origin = server.url, cookie, body, headers }: Sent = {},
) {
  return server.call<PageSession & { code: string }>(method, `/v1/session${path}`, {
    headers: { ...(origin !== '' && { origin }), ...(cookie !== undefined && { cookie }), ...headers },
    ...(body !== undefined && { body }),
  })
}

const setCookie = ({ headers }: Answer<unknown>) => headers.getSetCookie()[0] ?? ''
const cookieOf = (answer: Answer<unknown>) => setCookie(answer).split(';', 1)[0] ?? ''
const refresh = (server: TestServer, cookie: string) => ask(server, 'POST', '/refresh', { cookie, body: {} })
const me = async (server: TestServer, token: string) => (await server.call('GET', '/v1/me', { token })).status

t.test('sign in, renew, sign out: the refresh token is in the cookie and nowhere else', async (t) => {
  const server = await startOne(t)
  const { email, account } = await register(server, 'client')
  const begun = await ask(server, 'POST', '', { body: { email, password: PASSWORD } })
  t.equal(begun.status, 200)
  t.same(begun.body.account, account)
  t.notOk('refreshToken' in begun.body)
  const said = setCookie(begun)
  for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/v1/session', 'Max-Age=2592000'])
    t.match(said, attribute)
  t.notMatch(said, 'Secure', 'without TLS a browser would throw it away')
  t.notMatch(said, 'Domain')
  t.equal(begun.headers.get('cache-control'), 'no-store')
  const secret = cookieOf(begun).split('=')[1] ?? ''
  t.match(secret, /^[\w-]{64}$/)
  t.notOk(JSON.stringify(begun.body).includes(secret))

  const renewed = await refresh(server, cookieOf(begun))
  t.equal(renewed.status, 200)
  t.same(renewed.body.account, account)
  t.equal(await me(server, renewed.body.accessToken), 200)
  t.not(cookieOf(renewed), cookieOf(begun), 'each is good for one use')

  const out = await ask(server, 'DELETE', '', { cookie: cookieOf(renewed) })
  t.equal(out.status, 204)
  t.match(setCookie(out), /=; Max-Age=0; Path=\/v1\/session/)
  t.equal(await me(server, renewed.body.accessToken), 401)
  t.equal((await refresh(server, cookieOf(renewed))).status, 401)
  t.equal((await ask(server, 'DELETE', '')).status, 204, 'safe to repeat')
})

t.test('registering from a page begins a session as well', async (t) => {
  const server = await startOne(t)
  const body = { role: 'client', email: 'ada@example.com', password: PASSWORD, name: 'Ada', timeZone: 'UTC' }
  const begun = await ask(server, 'POST', '/accounts', { body })
  t.equal(begun.status, 201)
  t.equal(begun.body.account.name, 'Ada')
  t.equal((await refresh(server, cookieOf(begun))).status, 200)
  const again = await ask(server, 'POST', '/accounts', { body })
  t.equal(again.body.code, 'email_taken')
  t.equal(setCookie(again), '')
})

t.test('no other page can sign in, renew or sign out with the cookie of ours', async (t) => {
  const server = await startOne(t, { settings: { ALLOWED_ORIGINS: 'https://friend.example' } })
  const { email } = await register(server, 'client')
  const credentials = { email, password: PASSWORD }
  const begun = await ask(server, 'POST', '', { body: credentials })
  const cookie = cookieOf(begun)
  for (const origin of ['https://evil.example', 'https://friend.example', 'null', '']) {
    const attempts = [
      await ask(server, 'POST', '', { origin, cookie, body: credentials }),
      await ask(server, 'POST', '/accounts', { origin, cookie, body: {} }),
      await ask(server, 'POST', '/refresh', { origin, cookie, body: {} }),
      await ask(server, 'DELETE', '', { origin, cookie }),
    ]
    for (const attempt of attempts) {
      t.equal(attempt.status, 403, `from ${origin || 'nowhere'}`)
      t.equal(setCookie(attempt), '')
    }
  }
  for (const [type, body] of [
    ['text/plain', '{}'],
    ['application/x-www-form-urlencoded', 'a=b'],
    ['multipart/form-data; boundary=x', '--x--'],
  ] as const) {
    const form = await ask(server, 'POST', '/refresh', { cookie, body, headers: { 'content-type': type } })
    t.equal(form.status, 415, `what a form can send: ${type}`)
  }
  t.equal((await ask(server, 'POST', '/refresh', { cookie })).status, 400, 'nor nothing at all')
  t.equal(await me(server, begun.body.accessToken), 200)
  t.equal((await refresh(server, cookie)).status, 200, 'control: all the while it was good')
})

t.test('a cookie is no token: nothing else listens to it', async (t) => {
  const server = await startOne(t)
  const { email } = await register(server, 'client')
  const cookie = cookieOf(await ask(server, 'POST', '', { body: { email, password: PASSWORD } }))
  for (const [method, path] of server.app.accessTable().map(({ method, url }) => [method, url] as const)) {
    if (
      method === 'HEAD' ||
      !path.startsWith('/v1/') ||
      path.startsWith('/v1/session') ||
      path.startsWith('/v1/token')
    )
      continue
    const asked = path.replace(':id', '0'.repeat(32))
    const alone = await server.call(method, asked)
    const carried = await server.call(method, asked, { headers: { cookie } })
    t.equal(carried.status, alone.status, `${method} ${path}`)
  }
})

t.test('a copied cookie ends the session for both who have it', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const { email } = await register(server, 'client')
  const begun = await ask(server, 'POST', '', { body: { email, password: PASSWORD } })
  const thief = await refresh(server, cookieOf(begun))
  t.equal((await refresh(server, cookieOf(begun))).status, 200, 'two tabs within seconds are honest')
  clock.move(11_000)
  t.equal((await refresh(server, cookieOf(begun))).status, 401)
  t.equal((await refresh(server, cookieOf(thief))).status, 401)
  t.equal(await me(server, thief.body.accessToken), 401)
})

t.test('signing in anew ends the session whose cookie it replaces, and everywhere means all', async (t) => {
  const server = await startOne(t)
  const { email } = await register(server, 'client')
  const signIn = (cookie?: string) => ask(server, 'POST', '', { cookie, body: { email, password: PASSWORD } })
  const first = await signIn()
  const elsewhere = await signIn()
  const second = await signIn(cookieOf(first))
  t.equal(await me(server, first.body.accessToken), 401)
  t.equal(await me(server, second.body.accessToken), 200)
  t.equal((await ask(server, 'DELETE', '?everywhere=true', { cookie: cookieOf(second) })).status, 204)
  t.equal(await me(server, elsewhere.body.accessToken), 401)
})

t.test(
  'behind TLS it is Secure and its name says so; two servers on one machine do not share it',
  async (t) => {
    const server = await startOne(t, { settings: { TRUST_PROXY: '1' } })
    const { email } = await register(server, 'client')
    const body = { email, password: PASSWORD }
    const plain = await ask(server, 'POST', '', { body })
    t.match(setCookie(plain), new RegExp(`^slotcast-${new URL(server.url).port}=`))
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'book.example' }
    const behind = await ask(server, 'POST', '', { origin: 'https://book.example', body, headers: forwarded })
    t.equal(behind.status, 200)
    t.match(setCookie(behind), /^__Secure-slotcast=.*; Secure/)
  },
)
