/** What needs a process of its own: a Fastify route that sends constant bytes, a bare ws broadcast, a bare booking server, untimed viewers. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { WebSocketServer } from 'ws'
import { bareBooking } from './bare-booking.js'
import { viewersOf } from './viewers.js'

const [kind, ...args] = process.argv.slice(2)
process.on('SIGTERM', () => process.exit(0))
const say = (url: string) => void process.stdout.write(`${url}\n`)

if (kind === 'constant') {
  const bytes = readFileSync(args[0] ?? '')
  const app = Fastify({ logger: false })
  app.get('/', async (request, reply) => {
    if (request.headers['if-none-match'] === '"constant"') return reply.code(304).send()
    return reply.type('application/json; charset=utf-8').send(bytes)
  })
  say(await app.listen({ host: '127.0.0.1', port: 0 }))
} else if (kind === 'empty') {
  const server = createServer((_request, response) => response.end('{}'))
  server.listen(0, '127.0.0.1', () => say(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
} else if (kind === 'broadcast') {
  const server = createServer()
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  // POST /<times>: each socket is sent the body, so many times.
  server.on('request', async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const bytes = Buffer.concat(parts)
    const times = Number(request.url?.slice(1) ?? 1)
    for (let time = 0; time < times; time++)
      for (const socket of sockets.clients) socket.send(bytes, { binary: false })
    response.end()
  })
  server.listen(0, '127.0.0.1', () => say(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
} else if (kind === 'booking') {
  const [slots = '0', holdSeconds = '0'] = args
  const server = bareBooking(Number(slots), Number(holdSeconds) * 1_000)
  server.listen(0, '127.0.0.1', () => say(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
} else if (kind === 'modules') {
  await import('../../src/app.js')
  // Nobody is there; that it is printed is what is waited for.
  say('http://127.0.0.1:1')
  setInterval(() => {}, 60_000)
} else if (kind === 'sinks') {
  // Viewers that nobody times: a process that does would be what is measured.
  const [url = '', count = '0', providerIds = ''] = args
  const ids = providerIds.split(',')
  for (const [index, id] of ids.entries()) {
    // As evenly as they can be shared.
    const each =
      Math.floor(((index + 1) * Number(count)) / ids.length) -
      Math.floor((index * Number(count)) / ids.length)
    await viewersOf(url, 'raw', Math.ceil(each / 2), id)
    await viewersOf(url, 'socket.io', Math.floor(each / 2), id)
  }
  say(url)
} else {
  throw new Error(`no such reference: ${kind}`)
}
