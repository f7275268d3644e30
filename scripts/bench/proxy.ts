/** Stands between a server and its database and counts commands by their names. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

const OP_MSG = 2013
const OPCODE_AT = 12
/** Header, flags, kind of section, length of the document and type of its first element: then comes the command's name. */
const NAME_AT = 16 + 4 + 1 + 4 + 1

export interface CountingProxy {
  uri: string
  commands(): number
  reset(): void
  close(): void
}

export async function countingProxy(uri: string, names: string[]): Promise<CountingProxy> {
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
    const count = countMessages((name) => {
      if (names.includes(name)) commands++
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

function countMessages(onCommand: (name: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const message = rest.subarray(0, rest.readInt32LE(0))
      rest = rest.subarray(message.length)
      if (message.readInt32LE(OPCODE_AT) !== OP_MSG) continue
      onCommand(message.toString('latin1', NAME_AT, message.indexOf(0, NAME_AT)))
    }
  }
}
