/** A server on loopback that webhooks are sent to: keeps what came, and answers as the test says. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface Received {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** On the scale of `performance.now()`. */
  at: number
}

export interface Receiver {
  url: string
  port: number
  received: Received[]
  /** Open at the moment, and the most there ever were. */
  connections(): { open: number; most: number }
  /** When so many have come. */
  count(least: number): Promise<Received[]>
  /** From now on. */
  answer(how: Answer): void
}

export type Answer = (response: ServerResponse, request: Received) => void

export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(code, headers).end()
}

export async function startReceiver(
  t: Test,
  { tls, host = '127.0.0.1' }: { tls?: { cert: string; key: string }; host?: string } = {},
): Promise<Receiver> {
  const received: Received[] = []
  const waiting = new Set<{ least: number; resolve: (all: Received[]) => void }>()
  let how = status(204)
  let open = 0
  let most = 0
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += piece
    const { method = '', url: path = '', headers } = request
    const one = { method, path, headers, body, at: performance.now() }
    received.push(one)
    how(response, one)
    for (const wait of waiting) if (received.length >= wait.least) wait.resolve(received)
  }
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void hear(request, response).catch(() => {})
  const server = tls ? createTls(tls, listener) : createServer(listener)
  server.on('connection', (socket) => {
    open++
    most = Math.max(most, open)
    socket.on('close', () => open--)
  })
  server.listen(0, host)
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}/hook`,
    port,
    received,
    connections: () => ({ open, most }),
    count: (least) =>
      received.length >= least
        ? Promise.resolve(received)
        : new Promise((resolve) => waiting.add({ least, resolve })),
    answer(next) {
      how = next
    },
  }
}
