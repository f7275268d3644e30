/**
 * A wire between a server and its database that a test can stall: for all commands, for the connections there are, or at
 * the very message it names. Nothing is lost or reordered: what is stalled goes on where it stood.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

export type Side = 'requests' | 'answers'

export interface StallingProxy {
  /** Names one server only, or the driver would find its own way to the database. */
  uri: string
  readonly connections: number
  /** Commands get no answer, while `hello` does: the database looks well. Also on connections that are made later. */
  stallCommands(): void
  /** Each connection there is now goes silent; new ones are well. */
  stallConnections(): void
  /**
   * Stalls the connection that sends a request which fits, once: before that request goes on, or before its answer comes
   * back. Resolves when that has happened.
   */
  stallAt(side: Side, fits: (request: Buffer) => boolean): Promise<void>
  resume(): void
}

interface Wire {
  driver: Socket
  database: Socket
  stalled: Record<Side, boolean>
  waiting: Record<Side, Buffer[]>
}

export async function stallingProxy(t: Test, databaseUri: string): Promise<StallingProxy> {
  const target = new URL(databaseUri)
  const wires = new Set<Wire>()
  let commandsStall = false
  let watched: { side: Side; fits: (request: Buffer) => boolean; met: () => void } | null = null

  const server = createServer((driver) => {
    const database = connect(Number(target.port), target.hostname)
    const wire: Wire = {
      driver,
      database,
      stalled: { requests: false, answers: false },
      waiting: { requests: [], answers: [] },
    }
    wires.add(wire)
    driver.on('data', (bytes: Buffer) => {
      if (watched?.fits(bytes)) {
        const { side, met } = watched
        watched = null
        wire.stalled[side] = true
        met()
      }
      if (commandsStall && !isHello(bytes)) wire.stalled.requests = true
      pass(wire, 'requests', bytes)
    })
    database.on('data', (bytes: Buffer) => pass(wire, 'answers', bytes))
    for (const socket of [driver, database]) {
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.once('close', () => {
        wires.delete(wire)
        driver.destroy()
        database.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const { driver } of wires) driver.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const uri = new URL(databaseUri)
  uri.host = `127.0.0.1:${port}`
  uri.searchParams.set('directConnection', 'true')

  return {
    uri: uri.href,
    get connections() {
      return wires.size
    },
    stallCommands() {
      commandsStall = true
    },
    stallConnections() {
      for (const { stalled } of wires) stalled.requests = stalled.answers = true
    },
    stallAt: (side, fits) =>
      new Promise((met) => {
        watched = { side, fits, met }
      }),
    resume() {
      commandsStall = false
      for (const wire of wires) {
        for (const side of ['requests', 'answers'] as const) {
          wire.stalled[side] = false
          for (const bytes of wire.waiting[side].splice(0)) pass(wire, side, bytes)
        }
      }
    },
  }
}

function pass(wire: Wire, side: Side, bytes: Buffer): void {
  if (wire.stalled[side]) wire.waiting[side].push(bytes)
  else (side === 'requests' ? wire.database : wire.driver).write(bytes)
}

function isHello(request: Buffer): boolean {
  return request.includes('hello\0') || request.includes('ismaster\0') || request.includes('isMaster\0')
}

/** A command by its name and the collection it is for, as it lies in the message. */
export function commandOf(name: string, collection: string): (request: Buffer) => boolean {
  const length = Buffer.alloc(4)
  length.writeInt32LE(collection.length + 1)
  const sought = Buffer.concat([Buffer.from(`\x02${name}\0`), length, Buffer.from(`${collection}\0`)])
  return (request) => request.includes(sought)
}
