import { once } from 'node:events'
import { request } from 'node:http'
import t from 'tap'
import { WebSocket } from 'ws'
import { createOrigins } from '../../src/http/origins.js'
import { register, startOne, type TestServer } from '../helper/servers.js'

const FRIEND = 'https://clinic.example'
const settings = { ALLOWED_ORIGINS: `${FRIEND},http://localhost:5173` }

/** What each channel answers to a page of that origin; 101 is a socket that opened. */
async function answers(server: TestServer, origin: string | undefined): Promise<Record<string, number>> {
  const headers = { ...(origin !== undefined && { origin }) }
  const { port } = new URL(server.url)
  const ask = async (path: string, method = 'GET') => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }).end()
    const [response] = await once(sent, 'response')
    response.resume()
    return response.statusCode as number
  }
  const open = async (path: string) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, { headers })
    const opened = await Promise.race([
      once(socket, 'open').then(() => 101),
      once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number),
    ])
    socket.on('error', () => {})
    socket.terminate()
    return opened
  }
  return {
    rest: await ask('/v1/rules'),
    page: await ask('/'),
    unknown: await ask('/v1/nothing'),
    polling: await ask('/socket.io/?EIO=4&transport=polling'),
    websocket: await open('/socket.io/?EIO=4&transport=websocket'),
    raw: await open('/v1/live'),
  }
}

const welcome = { rest: 200, page: 200, unknown: 404, polling: 200, websocket: 101, raw: 101 }
const refused = { rest: 403, page: 403, unknown: 403, polling: 403, websocket: 403, raw: 403 }

t.test('REST, Socket.IO and the raw socket agree on every origin', async (t) => {
  const server = await startOne(t, { settings })
  const own = server.url
  const { port } = new URL(own)
  const cases: [string | undefined, object][] = [
    [undefined, welcome],
    [own, welcome],
    [FRIEND, welcome],
    ['http://localhost:5173', welcome],
    ['https://evil.example', refused],
    ['null', refused],
    ['', refused],
    ['*', refused],
    ['http://clinic.example', refused],
    ['https://clinic.example.evil.example', refused],
    ['https://clinic.example:8443', refused],
    [`http://localhost:${port}`, refused],
    ['http://127.0.0.1', refused],
    [`http://127.0.0.1:${port}.evil.example`, refused],
    [`file://127.0.0.1:${port}`, refused],
  ]
  for (const [origin, expected] of cases) {
    t.same(await answers(server, origin), expected, `${origin}`)
  }
})

t.test('only a listed origin may read, and never with cookies', async (t) => {
  const server = await startOne(t, { settings: { ...settings, RATE_LIMIT_PER_MINUTE: '5' } })
  const cors = async (origin: string, path = '/v1/rules') => {
    const { headers } = await server.call('GET', path, { headers: { origin } })
    return {
      origin: headers.get('access-control-allow-origin'),
      credentials: headers.get('access-control-allow-credentials'),
      vary: headers.get('vary'),
    }
  }
  t.same(await cors(FRIEND), { origin: FRIEND, credentials: null, vary: 'origin' })
  t.same(await cors('https://evil.example'), { origin: null, credentials: null, vary: 'origin' })
  t.same(await cors('null'), { origin: null, credentials: null, vary: 'origin' })
  t.match(await cors(FRIEND, '/socket.io/?EIO=4&transport=polling'), { origin: FRIEND, credentials: null })
  t.match(await cors('https://evil.example', '/socket.io/?EIO=4&transport=polling'), { origin: null })

  for (let asked = 0; asked < 9; asked++) await cors(FRIEND)
  const limited = await server.call('GET', '/v1/rules', { headers: { origin: FRIEND } })
  t.equal(limited.status, 429)
  t.equal(limited.headers.get('access-control-allow-origin'), FRIEND, 'a refusal can be read as well')
  t.match(limited.headers.get('access-control-expose-headers'), /retry-after/)
})

t.test('a browser that asks first is told what it may send', async (t) => {
  const server = await startOne(t, { settings })
  const preflight = (origin: string) =>
    server.call('OPTIONS', '/v1/reservations', {
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    })
  const told = await preflight(FRIEND)
  t.equal(told.status, 204)
  t.equal(told.headers.get('access-control-allow-origin'), FRIEND)
  t.match(told.headers.get('access-control-allow-methods'), /POST/)
  for (const name of ['authorization', 'content-type', 'idempotency-key'])
    t.match(told.headers.get('access-control-allow-headers'), name)
  t.equal(told.headers.get('access-control-allow-credentials'), null)
  t.equal((await preflight('https://evil.example')).status, 403)
  t.equal(
    (await server.call('OPTIONS', '/v1/reservations')).status,
    405,
    'without the question it is a method',
  )
})

t.test('a foreign page changes nothing, even with a good token', async (t) => {
  const server = await startOne(t)
  const client = await register(server, 'client', { name: 'Before' })
  const change = (origin: string) =>
    server.call<{ code?: string }>('PATCH', '/v1/me', {
      token: client.token,
      headers: { origin },
      body: { name: 'After' },
    })
  const answer = await change('https://evil.example')
  t.equal(answer.status, 403)
  t.equal(answer.body.code, 'forbidden')
  t.match((await server.call('GET', '/v1/me', { token: client.token })).body, { name: 'Before' })
  t.equal((await change(server.url)).status, 200, 'control: its own page does')
})

t.test('behind a proxy, own is what the proxy was asked for', (t) => {
  const own = (trust: string, headers: Record<string, string>) => {
    const origins = createOrigins({ ALLOWED_ORIGINS: '', TRUST_PROXY: trust })
    const socket = { remoteAddress: '192.0.2.1' } as Parameters<typeof origins.isOwn>[0]['socket']
    return origins.isOwn({ headers, socket })
  }
  const origin = 'https://book.example'
  const seen = { origin, host: 'app-1:3000', 'x-forwarded-host': 'book.example' }
  t.equal(own('1', seen), true)
  t.equal(own('192.0.2.1', seen), true)
  t.equal(own('192.0.2.2', seen), false, 'a proxy that nobody named is not believed')
  t.equal(own('false', seen), false)
  t.equal(
    own('1', { ...seen, 'x-forwarded-host': 'book.example, evil.example' }),
    false,
    'the last one counts',
  )
  t.equal(own('false', { origin, host: 'book.example:443' }), true, 'a default port is no difference')
  const tls = { 'x-forwarded-proto': 'https' }
  t.equal(own('1', { ...tls, origin: 'http://book.example', host: 'book.example' }), false)
  t.equal(own('1', { ...tls, origin, host: 'book.example' }), true, 'what came by TLS is for pages that did')
  t.end()
})
