/** The way to the database, which a test can cut, and on which it can set the clock: `localTime` in each answer is moved. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import type { Test } from 'tap'

export interface DatabaseLine {
  uri: string
  /** To be added to each time that the database tells. */
  skewMs: number
  /** How many times were moved so far. */
  readonly moved: number
  /** Every connection to the database ends, and none can be made. */
  cut(): void
  mend(): void
}

/** A datetime of BSON: its type, its name, then eight bytes of milliseconds. */
const LOCAL_TIME = Buffer.from('\x09localTime\x00', 'latin1')

export async function databaseLine(t: Test, uri: string): Promise<DatabaseLine> {
  const target = new URL(uri)
  const open = new Set<Socket>()
  let moved = 0
  let isCut = false
  const server = createServer((from) => {
    if (isCut) return void from.destroy()
    const to = connect(Number(target.port), target.hostname)
    const skewed = wholeMessages((message) => {
      const at = message.indexOf(LOCAL_TIME)
      if (at < 0 || line.skewMs === 0) return
      const place = at + LOCAL_TIME.length
      message.writeBigInt64LE(message.readBigInt64LE(place) + BigInt(line.skewMs), place)
      moved++
    })
    from.pipe(to)
    to.pipe(skewed).pipe(from)
    for (const [end, other] of [
      [from, to],
      [to, from],
    ] as const) {
      open.add(end)
      end.on('error', () => {})
      end.on('close', () => {
        open.delete(end)
        other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('an address')
  t.teardown(() => {
    endAll()
    server.close()
  })
  const endAll = () => {
    for (const end of open) end.destroy()
  }
  const through = new URL(uri)
  through.port = String(address.port)
  // The server would tell its real address otherwise, and the driver would go there.
  through.searchParams.set('directConnection', 'true')
  const line = {
    uri: through.href,
    skewMs: 0,
    get moved() {
      return moved
    },
    cut() {
      isCut = true
      endAll()
    },
    mend() {
      isCut = false
    },
  }
  return line
}

/** A message of the wire protocol begins with its length, and may come in pieces. */
function wholeMessages(change: (message: Buffer) => void): Transform {
  let pending = Buffer.alloc(0)
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      pending = Buffer.concat([pending, chunk])
      while (pending.length >= 4 && pending.length >= pending.readInt32LE(0)) {
        const message = pending.subarray(0, pending.readInt32LE(0))
        pending = pending.subarray(message.length)
        change(message)
        this.push(message)
      }
      done()
    },
  })
}
