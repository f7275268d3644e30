import t from 'tap'
import { register, startOne } from '../helper/servers.js'

const always = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': /camera=\(\)/,
  vary: /origin/,
}

t.test('good answers, refusals and unknown paths all say it', async (t) => {
  const server = await startOne(t, { settings: { RATE_LIMIT_PER_MINUTE: '9' } })
  const { token } = await register(server, 'client')
  const asked = {
    'a good answer': await server.call('GET', '/v1/me', { token }),
    'no token': await server.call('GET', '/v1/me'),
    'an unknown path': await server.call('GET', '/v1/nothing'),
    'another method': await server.call('PUT', '/v1/me'),
    'a long address': await server.call('GET', `/v1/slots?providerId=${'x'.repeat(3_000)}`),
    'a type nobody has': await server.call('GET', '/v1/rules', { headers: { accept: 'image/png' } }),
    'a bad body': await server.call('POST', '/v1/token', { body: '{' }),
    'a probe': await server.call('GET', '/livez'),
  }
  const statuses = Object.values(asked).map(({ status }) => status)
  t.same(statuses, [200, 401, 404, 405, 414, 406, 400, 200], 'control: they are what they are meant to be')
  for (const [what, { headers }] of Object.entries(asked)) {
    t.match(Object.fromEntries(headers), always, what)
    t.match(headers.get('content-security-policy'), /^default-src 'none';.*frame-ancestors 'none'/)
    t.equal(headers.get('strict-transport-security'), null, 'nothing of TLS where there is none')
    for (const name of ['server', 'x-powered-by', 'access-control-allow-origin'])
      t.equal(headers.get(name), null)
  }
})

t.test("what is somebody's own is not kept, what is everybody's is asked for again", async (t) => {
  const server = await startOne(t)
  const { token } = await register(server, 'client')
  const kept = async (path: string, options = {}) =>
    (await server.call('GET', path, options)).headers.get('cache-control')
  for (const path of ['/v1/me', '/v1/me/export', '/v1/reservations', '/v1/reservations/x']) {
    t.equal(await kept(path, { token }), 'no-store', path)
    t.equal(await kept(path), 'no-store', `${path} as nobody`)
  }
  for (const path of ['/v1/slots', '/v1/rules', '/v1/providers']) t.equal(await kept(path), 'no-cache', path)
  const closed = await startOne(t, { settings: { PUBLIC_VIEW: 'false' } })
  t.equal((await closed.call('GET', '/v1/providers')).headers.get('cache-control'), 'no-store')
})

t.test('HSTS is said where the proxy says TLS, and only a proxy we trust can say it', async (t) => {
  const hsts = async (settings: Record<string, string>, headers: Record<string, string>) =>
    (await (await startOne(t, { settings })).call('GET', '/livez', { headers })).headers.get(
      'strict-transport-security',
    )
  const tls = { 'x-forwarded-proto': 'https' }
  t.equal(await hsts({ TRUST_PROXY: '1' }, tls), 'max-age=31536000')
  t.equal(await hsts({ TRUST_PROXY: '1' }, { 'x-forwarded-proto': 'https, http' }), null)
  t.equal(await hsts({ TRUST_PROXY: '192.0.2.7' }, tls), null)
  t.equal(await hsts({}, tls), null)
})

t.test('pages and documentation keep a policy that lets them work', async (t) => {
  const server = await startOne(t)
  const policy = async (path: string) =>
    (await server.call('GET', path)).headers.get('content-security-policy') ?? ''
  t.match(await policy('/docs/'), /script-src 'self'/)
  t.match(await policy('/docs/errors'), /default-src 'none'/)
  const page = await server.call<string>('GET', '/')
  t.equal(page.status, 200, 'the pages are built')
  t.match(page.headers.get('content-security-policy'), /script-src 'self';.*frame-ancestors 'none'/)
  t.notMatch(page.headers.get('content-security-policy'), /unsafe/)
  t.match(page.headers.get('x-frame-options'), 'DENY')
})
