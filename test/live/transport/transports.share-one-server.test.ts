import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { WebSocket } from 'ws'
import { publish, register, startOne } from '../../helper/servers.js'
import { eventsIn, openViewer, refusalOf } from '../../helper/viewer.js'

t.test('Socket.IO is on its WebSocket transport while the raw socket is in use', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const raw = await openViewer(t, server.url, { transport: 'raw' })
  const io = await openViewer(t, server.url, { engine: ['websocket'] })
  const upgraded = await openViewer(t, server.url, { engine: ['polling', 'websocket'] })
  const polling = await openViewer(t, server.url, { engine: ['polling'] })
  t.equal(io.io?.io.engine.transport.name, 'websocket')
  const engine = upgraded.io?.io.engine
  if (engine && engine.transport.name !== 'websocket') {
    await new Promise<void>((resolve) => engine.once('upgrade', () => resolve()))
  }
  t.equal(engine?.transport.name, 'websocket')
  t.equal(polling.io?.io.engine.transport.name, 'polling', 'control: the name can be another')
  for (const viewer of [raw, io, upgraded, polling]) {
    t.match(await viewer.ask('watch', { providerId: provider.id }), { ok: true })
  }
  await publish(server, provider, 1)
  for (const viewer of [raw, io, upgraded, polling]) t.match(await viewer.hears('slot-opened'), {})
  t.match({ raw: server.app.live.raw, io: server.app.live.socketIo }, { raw: 1, io: 3 })
})

t.test(
  'one that polls and goes over to WebSocket meanwhile hears each change once and in order',
  async (t) => {
    const server = await startOne(t)
    const provider = await register(server, 'provider')
    const clients = await Promise.all(Array.from({ length: 6 }, () => register(server, 'client')))
    const slots = await publish(server, provider, 120)
    let going = true
    const changing = clients.map(async ({ token }, index) => {
      // Another slot each time, because one client may hold the same one only so often.
      for (let turn = index; going; turn += clients.length) {
        const body = { slotId: slots[turn % slots.length] }
        const { body: held } = await server.call<{ id: string }>('POST', '/v1/reservations', { token, body })
        await server.call('DELETE', `/v1/reservations/${held.id}`, { token })
      }
    })
    for (let round = 0; round < 12; round++) {
      const viewer = await openViewer(t, server.url, {
        engine: ['polling', 'websocket'],
        upgrade: false,
        query: { providerId: provider.id },
      })
      const engine = viewer.io?.io.engine
      await viewer.until('some over polling', (heard) => eventsIn(heard).length >= 5)
      t.equal(engine?.transport.name, 'polling')
      // What the client itself does after connecting, where it is not told to stay.
      const over = new Promise<void>((resolve) => engine?.once('upgrade', () => resolve()))
      Reflect.apply(Reflect.get(engine ?? {}, '_probe'), engine, ['websocket'])
      await over
      const before = viewer.events().length
      await viewer.until('ten more', (heard) => eventsIn(heard).length >= before + 10)
      const ns = viewer.events().map(({ n }) => n)
      const first = Number(viewer.all('slots')[0]?.n)
      t.same(
        ns,
        ns.map((_, at) => first + 1 + at),
        'from the picture on, one after the other',
      )
      await viewer.leave()
    }
    going = false
    await Promise.all(changing)
  },
)

t.test('an upgrade anywhere else is answered and ended', async (t) => {
  const server = await startOne(t)
  const { port, hostname } = new URL(server.url)
  for (const path of ['/', '/v1/slots', '/v1/livewire', '/socket.iox/?EIO=4&transport=websocket']) {
    const socket = connect(Number(port), hostname)
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    let answer = ''
    socket.on('data', (part) => {
      answer += part
    })
    await once(socket, 'close')
    t.match(answer, /^HTTP\/1.1 404 /, path)
  }
  const plain = await server.call<{ code: string }>('GET', '/v1/live')
  t.match(plain, { status: 404, body: { code: 'not_found' } })
})

t.test('a page of another origin cannot connect on either transport', async (t) => {
  const server = await startOne(t, { settings: { ALLOWED_ORIGINS: 'https://clinic.example' } })
  const { host } = new URL(server.url)
  for (const transport of ['socket.io', 'raw'] as const) {
    for (const engine of transport === 'raw'
      ? (['websocket'] as const)
      : (['websocket', 'polling'] as const)) {
      const from = (origin: string) =>
        openViewer(t, server.url, { transport, headers: { origin }, engine: [engine] })
      for (const origin of [
        'https://evil.example',
        'null',
        'https://clinic.example.evil.example',
        'http://localhost',
      ])
        t.ok(await refusalOf(from(origin)), `${transport} over ${engine} from ${origin}`)
      for (const origin of ['https://clinic.example', `http://${host}`])
        t.match((await from(origin)).transport, transport, `control: ${origin} may`)
    }
  }
})

t.test('one address has so many sockets, counted over both transports', async (t) => {
  const server = await startOne(t, { settings: { MAX_SOCKETS_PER_ADDRESS: '3' } })
  const first = await openViewer(t, server.url, { transport: 'raw' })
  await openViewer(t, server.url)
  await openViewer(t, server.url, { engine: ['polling'] })
  t.ok(await refusalOf(openViewer(t, server.url)))
  t.match(await refusalOf(openViewer(t, server.url, { transport: 'raw' })), {
    status: 429,
    code: 'rate_limited',
  })
  // Without a WebSocket, and with one: refused by the gate, before Socket.IO would say it in its own way.
  const polling = await server.call<{ code: string }>('GET', '/socket.io/?EIO=4&transport=polling')
  t.match(polling, { status: 429, body: { code: 'rate_limited' } })
  t.ok(Number(polling.headers.get('retry-after')) > 0)
  t.equal(await upgradeStatus(`${server.url}/socket.io/?EIO=4&transport=websocket`), 429)
  await first.leave()
  const again = await openViewer(t, server.url, { transport: 'raw' })
  t.match(await again.ask('watch', { all: true }), { ok: true }, 'a place that was left is free')
})

t.test('the root namespace is nobody’s', async (t) => {
  const server = await startOne(t)
  const { io } = await import('socket.io-client')
  const socket = io(server.url, { transports: ['websocket'], reconnection: false, forceNew: true })
  t.teardown(() => socket.close())
  const error = await new Promise<Error & { data?: unknown }>((resolve) =>
    socket.once('connect_error', resolve),
  )
  t.match(error.data, { code: 'not_found' })
})

function upgradeStatus(url: string): Promise<number | undefined> {
  const socket = new WebSocket(url.replace('http', 'ws'))
  socket.on('error', () => {})
  return new Promise((resolve) => {
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode))
    socket.once('open', () => resolve(101))
  })
}
