/** Stands between a server and its database and counts commands on a collection by their names. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

const OP_MSG = 2013
const OPCODE_AT = 12
/** The type of an element. */
const STRING = 2
/** Header, flags, kind of section, length of the document and type of its first element: then comes the command's name. */
const NAME_AT = 16 + 4 + 1 + 4 + 1

export interface CountingProxy {
  uri: string
  commands(): number
  reset(): void
  close(): void
}

export async function countingProxy(
  uri: string,
  collection: string,
  names: string[],
): Promise<CountingProxy> {
  const target = new URL(uri)
  const sockets = new Set<Socket>()
  let commands = 0
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    sockets.add(near).add(far)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
    const count = countMessages((name, about) => {
      if (about === collection && names.includes(name)) commands++
    })
    near.on('data', count)
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    // Direct, or the driver would go on to the address that the database says of itself.
    uri: uri
      .replace(target.host, `127.0.0.1:${port}`)
      .concat(target.search ? '&' : '?', 'directConnection=true'),
    commands: () => commands,
    reset() {
      commands = 0
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function countMessages(onCommand: (name: string, collection: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const message = rest.subarray(0, rest.readInt32LE(0))
      rest = rest.subarray(message.length)
      if (message.readInt32LE(OPCODE_AT) !== OP_MSG) continue
      const end = message.indexOf(0, NAME_AT)
      // The value of the first element: the length of a text, the text, and a zero.
      const length = message.readInt32LE(end + 1)
      const text =
        message[NAME_AT - 1] === STRING ? message.toString('latin1', end + 5, end + 4 + length) : ''
      onCommand(message.toString('latin1', NAME_AT, end), text)
    }
  }
}
