/**
 * A TCP proxy between a server and its database. A test can stall what passes (kept in order, nothing is closed, as with
 * a lost network or a frozen machine), cut all connections, and set the database's clock: `localTime` in each answer is
 * moved.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

export type Side = 'requests' | 'answers'
export type RequestFilter = (request: Buffer) => boolean

export interface ProxiedConnection {
  readonly stalled: boolean
  /** Passes on what was kept. */
  resume(): void
}

/** A datetime of BSON: its type, its name, then eight bytes of milliseconds. */
const LOCAL_TIME = Buffer.from('\x09localTime\x00', 'latin1')
const SIDES = ['requests', 'answers'] as const

export async function databaseProxy(t: Test, databaseUri: string): Promise<DatabaseProxy> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = new DatabaseProxy(databaseUri, (server.address() as AddressInfo).port)
  server.on('connection', (driver) => proxy.accept(driver))
  t.teardown(() => {
    proxy.cut()
    server.close()
  })
  return proxy
}

export class DatabaseProxy {
  /** Names one server only; the driver would find its own way to the database otherwise. */
  readonly uri: string
  /** Added to each time that the database tells. */
  clockOffsetMs = 0
  /** How many times were moved so far. */
  timesMoved = 0
  readonly #target: { host: string; port: number }
  readonly #connections = new Set<Connection>()
  #isCut = false
  #commandsStall = false
  /** Asked for each request; what it answers is the side on which its connection stalls. */
  #stallFor: (request: Buffer, connection: Connection) => Side[] = () => []

  constructor(databaseUri: string, port: number) {
    const uri = new URL(databaseUri)
    this.#target = { host: uri.hostname, port: Number(uri.port || 27017) }
    uri.host = `127.0.0.1:${port}`
    uri.searchParams.set('directConnection', 'true')
    this.uri = uri.href
  }

  /** Commands get no answer while `hello` does, so that the database looks well; on later connections too. */
  stallCommands(): void {
    this.#commandsStall = true
  }

  /** Each connection there is now stalls; later ones are well. */
  stallConnections(): void {
    for (const connection of this.#connections) connection.stall(...SIDES)
  }

  /**
   * Stalls the connection of the next request that `fits`, on one side (before the request goes on, or before its
   * answer comes back) or on both. Resolves when that has happened.
   */
  stallAt(fits: RequestFilter, ...sides: Side[]): Promise<ProxiedConnection> {
    return new Promise((resolve) => {
      this.#stallFor = (request, connection) => {
        if (!fits(request)) return []
        this.stopStalling()
        resolve(connection)
        return sides.length > 0 ? sides : [...SIDES]
      }
    })
  }

  /** Stalls the connection of every request that `fits`, until `stopStalling`. */
  stallEach(fits: RequestFilter): void {
    this.#stallFor = (request) => (fits(request) ? [...SIDES] : [])
  }

  /** No further connection stalls; those that do stay so. */
  stopStalling(): void {
    this.#stallFor = () => []
  }

  /** Everything that was kept goes on. */
  resume(): void {
    this.#commandsStall = false
    for (const connection of this.#connections) connection.resume()
  }

  /** Every connection ends, and none can be made. */
  cut(): void {
    this.#isCut = true
    for (const connection of this.#connections) connection.end()
  }

  /** Connections can be made again. */
  restore(): void {
    this.#isCut = false
  }

  accept(driver: Socket): void {
    if (this.#isCut) return void driver.destroy()
    const database = connect(this.#target)
    const connection = new Connection(driver, database)
    this.#connections.add(connection)
    driver.once('close', () => this.#connections.delete(connection))
    driver.on('data', (request: Buffer) => {
      connection.stall(...this.#stallFor(request, connection))
      if (this.#commandsStall && !isHello(request)) connection.stall('requests')
      connection.pass('requests', request)
    })
    const messages = new WholeMessages()
    database.on('data', (bytes: Buffer) => {
      for (const message of messages.from(bytes)) {
        this.#moveTime(message)
        connection.pass('answers', message)
      }
    })
  }

  #moveTime(answer: Buffer): void {
    const at = answer.indexOf(LOCAL_TIME)
    if (at < 0 || this.clockOffsetMs === 0) return
    const place = at + LOCAL_TIME.length
    answer.writeBigInt64LE(answer.readBigInt64LE(place) + BigInt(this.clockOffsetMs), place)
    this.timesMoved++
  }
}

class Connection implements ProxiedConnection {
  readonly #driver: Socket
  readonly #database: Socket
  /** What is kept, for each side that is stalled. */
  readonly #kept = new Map<Side, Buffer[]>()

  constructor(driver: Socket, database: Socket) {
    this.#driver = driver
    this.#database = database
    for (const socket of [driver, database]) {
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.once('close', () => this.end())
    }
  }

  get stalled(): boolean {
    return this.#kept.size > 0
  }

  stall(...sides: Side[]): void {
    for (const side of sides) if (!this.#kept.has(side)) this.#kept.set(side, [])
  }

  resume(): void {
    for (const [side, kept] of this.#kept) {
      this.#kept.delete(side)
      for (const bytes of kept) this.pass(side, bytes)
    }
  }

  pass(side: Side, bytes: Buffer): void {
    const kept = this.#kept.get(side)
    if (kept) kept.push(bytes)
    else (side === 'requests' ? this.#database : this.#driver).write(bytes)
  }

  end(): void {
    this.#driver.destroy()
    this.#database.destroy()
  }
}

/** A message of the wire protocol begins with its length, and may come in pieces. */
class WholeMessages {
  #pending = Buffer.alloc(0);

  *from(bytes: Buffer): Generator<Buffer> {
    this.#pending = Buffer.concat([this.#pending, bytes])
    while (this.#pending.length >= 4 && this.#pending.length >= this.#pending.readInt32LE(0)) {
      const message = this.#pending.subarray(0, this.#pending.readInt32LE(0))
      this.#pending = this.#pending.subarray(message.length)
      yield message
    }
  }
}

function isHello(request: Buffer): boolean {
  return request.includes('hello\0') || request.includes('ismaster\0') || request.includes('isMaster\0')
}

/** A request that has all these words. */
export function withWords(...words: string[]): RequestFilter {
  return (request) => words.every((word) => request.includes(word))
}

/** A command by its name and the collection it is for, as it lies in the message. */
export function commandOf(name: string, collection: string): RequestFilter {
  const length = Buffer.alloc(4)
  length.writeInt32LE(collection.length + 1)
  const sought = Buffer.concat([Buffer.from(`\x02${name}\0`), length, Buffer.from(`${collection}\0`)])
  return (request) => request.includes(sought)
}
