/**
 * A TCP proxy that can fall silent: what is sent is taken and not passed on, in both directions, and nothing is closed.
 * That is how a lost network, a frozen machine or a dead middlebox looks to a driver. Single connections or all of them,
 * those that come while all are silent included.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

export interface ProxiedConnection {
  readonly id: number
  /** Bytes that came from the client so far. */
  readonly received: number
  readonly stalled: boolean
  readonly open: boolean
  stall(): void
  /** What was held back is passed on, in order. */
  resume(): void
}

export interface StallingProxy {
  readonly port: number
  /** All there were, in the order in which they came. */
  readonly connections: readonly ProxiedConnection[]
  /** Every connection, and those to come. */
  stallAll(): void
  resumeAll(): void
  /** Called with what a client sends, before it is passed on: a place to stall just then. */
  onSent: ((connection: ProxiedConnection, chunk: Buffer) => void) | null
}

export async function stallingProxy(
  t: Test,
  target: { host?: string; port: number },
): Promise<StallingProxy> {
  const connections: (ProxiedConnection & { end(): void })[] = []
  let stalling = false
  let onSent: StallingProxy['onSent'] = null

  const server = createServer((inside) => {
    const outside = connect(target.port, target.host ?? '127.0.0.1')
    const held: { to: Socket; chunk: Buffer }[] = []
    let stalled = stalling
    let received = 0
    const pass = (to: Socket, chunk: Buffer) => {
      if (stalled) held.push({ to, chunk })
      else to.write(chunk)
    }
    const end = () => {
      inside.destroy()
      outside.destroy()
    }
    const connection = {
      id: connections.length,
      get received() {
        return received
      },
      get stalled() {
        return stalled
      },
      get open() {
        return !inside.destroyed
      },
      stall() {
        stalled = true
      },
      resume() {
        stalled = false
        for (const { to, chunk } of held.splice(0)) to.write(chunk)
      },
      end,
    }
    connections.push(connection)
    inside.on('data', (chunk) => {
      received += chunk.length
      onSent?.(connection, chunk)
      pass(outside, chunk)
    })
    outside.on('data', (chunk) => pass(inside, chunk))
    for (const socket of [inside, outside]) socket.on('error', () => undefined).on('close', end)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const connection of connections) connection.end()
    server.close()
  })

  return {
    port: (server.address() as AddressInfo).port,
    connections,
    stallAll() {
      stalling = true
      for (const connection of connections) connection.stall()
    },
    resumeAll() {
      stalling = false
      for (const connection of connections) connection.resume()
    },
    get onSent() {
      return onSent
    },
    set onSent(listener) {
      onSent = listener
    },
  }
}

/** The same database by way of the proxy. `directConnection`: the set's own member names would lead past it. */
export function throughProxy(uri: string, proxy: Pick<StallingProxy, 'port'>): string {
  const url = new URL(uri)
  url.host = `127.0.0.1:${proxy.port}`
  url.searchParams.set('directConnection', 'true')
  return url.href
}

export function targetOf(uri: string): { host: string; port: number } {
  const { hostname, port } = new URL(uri)
  return { host: hostname, port: Number(port || 27017) }
}
