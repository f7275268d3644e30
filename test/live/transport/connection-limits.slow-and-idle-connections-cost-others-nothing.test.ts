import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { startOne, type TestServer } from '../../helper/servers.js'
import { openViewer } from '../../helper/viewer.js'

const IDLE = 5_000
const SLOW = 300
const EACH_ADDRESS = 200
const CALLS = 200
const ROUNDS = 8
/** Where a call takes next to nothing, twice of it is less than the machine's own jitter. */
const JITTER_MS = 10

/** Both ends of each connection are in this process. */
function affordable(wanted: number): number {
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const files = Number(/Max open files\s+(\d+)/.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY)
  return Math.min(wanted, Math.floor((files - 500) / 2))
}

/** The least of several, because whatever else the machine does only ever makes a call slower. */
async function p99(server: TestServer): Promise<number> {
  // The first calls pay for compiling.
  for (let call = 0; call < 50; call++) await server.call('GET', '/v1/slots?limit=10')
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const took: number[] = []
    for (let call = 0; call < CALLS; call++) {
      const from = performance.now()
      const { status } = await server.call('GET', '/v1/slots?limit=10')
      if (status !== 200) throw new Error(`an honest call was answered ${status}`)
      took.push(performance.now() - from)
    }
    rounds.push(took.sort((a, b) => a - b)[Math.floor(CALLS * 0.99)] ?? Number.NaN)
  }
  return Math.min(...rounds)
}

function open(t: Test, server: TestServer, localAddress: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port), localAddress })
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  return once(socket, 'connect').then(() => socket)
}

const handshake = [
  'GET /v1/live HTTP/1.1',
  'Host: here',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n')

async function idle(t: Test, server: TestServer, address: string) {
  const socket = await open(t, server, address)
  socket.write(handshake)
  const [answer] = await once(socket, 'data')
  return { socket, status: String(answer).split(' ', 2)[1] ?? '' }
}

/** Before and after are one thing measured twice, so that a machine that is busy by turns is not taken for a fault. */
function compare(t: Test, { before, during, after }: Record<'before' | 'during' | 'after', number>): void {
  const [b, d, a] = [before, during, after].map((ms) => ms.toFixed(1))
  t.comment(`p99 of a call: ${b} ms before, ${d} ms meanwhile, ${a} ms after`)
  const without = Math.max(before, after)
  t.ok(during <= Math.max(without * 2, without + JITTER_MS), 'within twice of what it is without')
}

t.test(`${IDLE} idle sockets of many addresses, and calls are as quick as without`, async (t) => {
  const server = await startOne(t, { settings: { MAX_SOCKETS_PER_ADDRESS: String(EACH_ADDRESS) } })
  const before = await p99(server)
  const wanted = affordable(IDLE)
  if (wanted < IDLE) t.comment(`the machine lets this process have ${wanted} only`)
  const addresses = Math.ceil(wanted / EACH_ADDRESS)
  const sockets: Socket[] = []
  for (let address = 0; address < addresses; address++) {
    const count = Math.min(EACH_ADDRESS, wanted - address * EACH_ADDRESS)
    const opening = Array.from({ length: count }, () => idle(t, server, `127.0.0.${address + 2}`))
    for (const { socket, status } of await Promise.all(opening)) {
      if (status !== '101') t.fail(`refused with ${status}`)
      sockets.push(socket)
    }
  }
  t.equal(server.app.live.raw, wanted, 'control: they are all there')
  t.equal((await idle(t, server, '127.0.0.2')).status, '429', 'and no address has more than its share')
  const during = await p99(server)
  const viewer = await openViewer(t, server.url)
  t.match(await viewer.ask('watch', { all: true }), { ok: true }, 'who comes now is served')
  for (const socket of sockets) socket.destroy()
  compare(t, { before, during, after: await p99(server) })
})

t.test('requests that never finish are ended, and calls are as quick as without', async (t) => {
  const server = await startOne(t)
  const http = server.app.server
  t.ok(
    http.headersTimeout <= 10_000 && http.requestTimeout <= 30_000,
    'control: without the test it is not long',
  )
  const before = await p99(server)
  const heads = 'GET /v1/rules HTTP/1.1\r\nHost: here\r\nX-Slow: '
  const bodies =
    'POST /v1/token HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{'
  const slow = await Promise.all(
    Array.from({ length: SLOW }, async (_, index) => {
      const socket = await open(t, server, '127.0.0.1')
      socket.resume()
      socket.write(index % 2 === 0 ? heads : bodies)
      return { socket, ended: once(socket, 'close') }
    }),
  )
  // Each ten times a second and in its turn: all in one beat would be a load of this test's own making.
  let beat = 0
  const dripping = setInterval(() => {
    for (let at = beat++ % 10; at < SLOW; at += 10) {
      const socket = slow[at]?.socket
      if (socket?.writable) socket.write('a')
    }
  }, 10)
  t.teardown(() => clearInterval(dripping))
  const during = await p99(server)
  t.equal(slow.filter(({ socket }) => !socket.closed).length, SLOW, 'control: they were there all the while')
  // What is waited for is the same, only sooner.
  http.headersTimeout = 500
  http.requestTimeout = 1_000
  await Promise.all(slow.map(({ ended }) => ended))
  clearInterval(dripping)
  compare(t, { before, during, after: await p99(server) })
})

t.test('a slow request that is given up hears why', async (t) => {
  const server = await startOne(t)
  server.app.server.headersTimeout = 200
  const socket = await open(t, server, '127.0.0.1')
  socket.write('GET /v1/rules HTTP/1.1\r\nHost:')
  const [answer] = await once(socket, 'data')
  t.match(String(answer), /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*too long to arrive/)
})
