/**
 * A database that does not do what it should: a TCP proxy that changes single commands on their way to a sound engine,
 * and single answers on their way back. What nobody changes passes as it is.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import mongoose from 'mongoose'
import type { Test } from 'tap'

// biome-ignore lint/suspicious/noExplicitAny: a command of the protocol, as a test wants it to be.
export type Message = Record<string, any>

export interface Lies {
  /** Changes the command; says whether it did. */
  command?(command: Message): boolean
  /** Changes the answer; says whether it did. */
  answer?(answer: Message, command: Message): boolean
  /** Withholds each answer for so long. */
  delayMs?: number
}

export interface LyingEngine {
  /** Names one server only; the driver would find its own way to the engine otherwise. */
  uri: string
  /** From now on. */
  lie(lies: Lies): void
}

const { BSON } = mongoose.mongo
const OP_MSG = 2013
const FLAGS_END = 20

export async function lyingEngine(t: Test, engineUri: string): Promise<LyingEngine> {
  let lies: Lies = {}
  const uri = new URL(engineUri)
  const target = { host: uri.hostname, port: Number(uri.port) }
  const open = new Set<Socket>()
  const server = createServer((driver) => {
    const database = connect(target)
    const commands = new Map<number, Message>()
    const ends: [Socket, Socket][] = [
      [driver, database],
      [database, driver],
    ]
    for (const [end, other] of ends) {
      open.add(end.on('error', () => {}))
      end.once('close', () => other.destroy())
    }
    eachMessage(driver, (message) => {
      const command = documentOf(message)
      const isChanged = command !== null && lies.command?.(command) === true
      if (command !== null) commands.set(message.readInt32LE(4), command)
      database.write(isChanged ? withDocument(message, command) : message)
    })
    eachMessage(database, (message) => {
      const id = message.readInt32LE(8)
      const command = commands.get(id)
      const answer = command && documentOf(message)
      const isChanged = command && answer && lies.answer?.(answer, command) === true
      commands.delete(id)
      const bytes = isChanged ? withDocument(message, answer) : message
      if (lies.delayMs === undefined) driver.write(bytes)
      else setTimeout(() => driver.write(bytes), lies.delayMs)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  uri.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  uri.searchParams.set('directConnection', 'true')
  return {
    uri: uri.href,
    lie: (now) => {
      lies = now
    },
  }
}

/** A message begins with its length, and may come in pieces. */
function eachMessage(socket: Socket, take: (message: Buffer) => void): void {
  let waiting = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes])
    while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
      const message = waiting.subarray(0, waiting.readInt32LE(0))
      waiting = waiting.subarray(message.length)
      take(message)
    }
  })
}

/** A body and lists of documents beside it, as one document; null for a message of the older kind. */
function documentOf(message: Buffer): Message | null {
  if (message.readInt32LE(12) !== OP_MSG) return null
  const document: Message = {}
  for (let at = FLAGS_END; at < message.length; ) {
    const isList = message[at] === 1
    const length = message.readInt32LE(at + 1)
    const section = message.subarray(at + 1, at + 1 + length)
    if (!isList) Object.assign(document, read(section))
    else {
      const nameEnd = section.indexOf(0, 4)
      const list: Message[] = []
      for (let from = nameEnd + 1; from < section.length; from += section.readInt32LE(from))
        list.push(read(section.subarray(from, from + section.readInt32LE(from))))
      document[section.toString('utf8', 4, nameEnd)] = list
    }
    at += 1 + length
  }
  return document
}

/** The ids of cursors are longer than a number can be. */
function read(bytes: Uint8Array): Message {
  return BSON.deserialize(bytes, { promoteLongs: false })
}

function withDocument(message: Buffer, document: Message): Buffer {
  const bytes = Buffer.concat([
    message.subarray(0, FLAGS_END),
    Buffer.of(0),
    BSON.serialize(document, { ignoreUndefined: true }),
  ])
  bytes.writeInt32LE(bytes.length, 0)
  return bytes
}
