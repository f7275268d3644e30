/** A door in front of servers: a TCP relay on one port, so that a page keeps its address while servers come and go. */

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

export interface Door {
  url: string
  /** Leads to another server from now on, or (null) to none; what is connected is cut. */
  lead(url: string | null): void
}

export async function openDoor(t: Test, url: string): Promise<Door> {
  let target: string | null = url
  const sockets = new Set<Socket>()
  const server = createServer((inside) => {
    if (target === null) {
      inside.destroy()
      return
    }
    const { hostname, port } = new URL(target)
    const outside = connect(Number(port), hostname)
    for (const [one, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  t.teardown(() => {
    cut()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead(next) {
      target = next
      cut()
    },
  }
}
