import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { startOne } from '../../helper/servers.js'
import { openViewer, TRANSPORTS } from '../../helper/viewer.js'

const LIMIT = 20
const settings = { RATE_LIMIT_PER_MINUTE: String(LIMIT) }

/** The status of a handshake that was tried: 101, or why not. */
function upgrade(t: Test, url: string): Promise<{ status: number; retryAfter: string | undefined }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'))
    t.teardown(() => socket.terminate())
    socket.once('open', () => resolve({ status: 101, retryAfter: undefined }))
    socket.once('unexpected-response', (_request, response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] })
    })
    socket.once('error', reject)
  })
}

for (const [what, path] of [
  ['the raw socket', '/v1/live'],
  ['Socket.IO by WebSocket', '/socket.io/?EIO=4&transport=websocket'],
  ['Socket.IO with an empty session', '/socket.io/?EIO=4&transport=websocket&sid='],
  ['Socket.IO with an empty session last', '/socket.io/?EIO=4&transport=websocket&sid=x&sid='],
] as const) {
  t.test(`${what}: beyond the pace of an address a handshake hears when to come back`, async (t) => {
    const server = await startOne(t, { settings })
    const tried = await Promise.all(Array.from({ length: LIMIT * 3 }, () => upgrade(t, server.url + path)))
    const open = tried.filter(({ status }) => status === 101).length
    t.ok(open >= LIMIT && open < LIMIT * 2, `${open} came about`)
    const refused = tried.find(({ status }) => status !== 101)
    t.equal(refused?.status, 429)
    t.match(refused?.retryAfter, /^[1-9]\d*$/)
    t.equal((await server.call('GET', '/v1/rules')).status, 429, 'it is the pace of requests')
  })
}

t.test('Socket.IO by polling hears it as a problem', async (t) => {
  const server = await startOne(t, { settings })
  const path = '/socket.io/?EIO=4&transport=polling'
  const tried = await Promise.all(
    Array.from({ length: LIMIT * 3 }, () => server.call<{ code?: string }>('GET', path)),
  )
  const open = tried.filter(({ status }) => status === 200).length
  t.ok(open >= LIMIT && open < LIMIT * 2, `${open} came about`)
  const refused = tried.find(({ status }) => status !== 200)
  t.equal(refused?.status, 429)
  t.equal(refused?.body.code, 'rate_limited')
  t.match(refused?.headers.get('content-type'), 'application/problem+json')
  t.match(refused?.headers.get('retry-after'), /^[1-9]\d*$/)
})

t.test('what a connection asks later, and going over to a WebSocket, are no handshakes', async (t) => {
  const server = await startOne(t, { settings })
  const polling = await openViewer(t, server.url, { engine: ['polling'] })
  for (let asked = 0; asked < LIMIT * 2; asked++)
    t.match(await polling.ask('watch', { all: true }), { ok: true })
  const goesOver = await openViewer(t, server.url, { engine: ['polling', 'websocket'] })
  const engine = goesOver.io?.io.engine
  if (engine?.transport.name === 'polling') await new Promise((resolve) => engine.once('upgrade', resolve))
  for (const transport of TRANSPORTS) await openViewer(t, server.url, { transport })
  const { headers } = await server.call('GET', '/v1/rules')
  t.equal(headers.get('ratelimit-remaining'), String(LIMIT - 5), 'control: four handshakes and this request')
})
