/** A database of any age: answers each command as the test says, in the protocol of new drivers (OP_MSG) and old (OP_QUERY). */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import mongoose from 'mongoose'
import type { Test } from 'tap'

type Document = Record<string, unknown>

const { BSON } = mongoose.mongo
const [OP_REPLY, OP_QUERY, OP_MSG] = [1, 2004, 2013]

/** Says its address. */
export async function fakeMongod(t: Test, answer: (command: Document) => Document): Promise<string> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket.on('error', () => {}))
    let waiting = Buffer.alloc(0)
    socket.on('data', (data) => {
      waiting = Buffer.concat([waiting, data])
      while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
        const message = waiting.subarray(0, waiting.readInt32LE(0))
        waiting = waiting.subarray(message.length)
        socket.write(replyTo(message, answer))
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function replyTo(message: Buffer, answer: (command: Document) => Document): Buffer {
  const isOld = message.readInt32LE(12) === OP_QUERY
  // An old query names its collection, and how many documents to skip and to return, before its document.
  const begin = isOld ? message.indexOf(0, 20) + 9 : 21
  const length = message.readInt32LE(begin)
  const document = BSON.serialize(answer(BSON.deserialize(message.subarray(begin, begin + length))))
  const before = isOld ? Buffer.alloc(20) : Buffer.alloc(5)
  if (isOld) before.writeInt32LE(1, 16)
  const reply = Buffer.concat([Buffer.alloc(16), before, document])
  reply.writeInt32LE(reply.length, 0)
  reply.writeInt32LE(message.readInt32LE(4), 8)
  reply.writeInt32LE(isOld ? OP_REPLY : OP_MSG, 12)
  return reply
}
