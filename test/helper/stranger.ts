/** Another user of this machine: a process that knows a port and a path, speaks the database's protocol, and has no rights of ours. */
import { spawnSync } from 'node:child_process'
import mongoose from 'mongoose'

type Document = Record<string, unknown>

const { BSON } = mongoose.mongo
const OP_MSG = 2013
const NOBODY = 65_534

/** Runs where our packages cannot be read: it sends finished messages and prints what comes back. */
const PROGRAM = `
const { connect } = require('node:net')
const { readFileSync, readdirSync } = require('node:fs')
const { port, messages, paths } = JSON.parse(readFileSync(0, 'utf8'))
const exchange = (message) => new Promise((answered) => {
  const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(message, 'base64')))
  let got = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('close', () => answered(got.toString('base64')))
  socket.on('data', (data) => {
    got = Buffer.concat([got, data])
    if (got.length >= 4 && got.length >= got.readInt32LE(0)) socket.destroy()
  })
})
const codeOf = (path) => {
  try { readdirSync(path) } catch (error) { if (error.code !== 'ENOTDIR') return error.code }
  try { readFileSync(path) } catch (error) { if (error.code !== 'EISDIR') return error.code }
  return 'read'
}
void (async () => {
  const answers = []
  for (const message of messages) answers.push(await exchange(message))
  process.stdout.write(JSON.stringify({ uid: process.getuid(), answers, paths: paths.map(codeOf) }))
})()
`

export interface Tried {
  /** The answer to each message; null where the connection was closed instead. */
  answers: (Document | null)[]
  /** For each path the code of the error, or 'read'. */
  paths: string[]
}

export function asStranger(port: number, messages: Buffer[], paths: string[] = []): Tried {
  // Only root can become somebody else; any other user is somebody else to the engine's port already.
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const input = JSON.stringify({ port, messages: messages.map((one) => one.toString('base64')), paths })
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', PROGRAM], {
    input,
    encoding: 'utf8',
    env: {},
    cwd: '/',
    ...user,
  })
  if (stdout === '') throw new Error(stderr)
  const tried = JSON.parse(stdout) as { answers: string[]; paths: string[] }
  return { answers: tried.answers.map((one) => documentOf(Buffer.from(one, 'base64'))), paths: tried.paths }
}

export function opMsg(command: Document): Buffer {
  return message(OP_MSG, Buffer.alloc(4), Buffer.from([0]), BSON.serialize(command))
}

/** The protocol of old drivers, with operations that are no commands. */
export function legacy(opCode: number, ...parts: (number | bigint | string | Document)[]): Buffer {
  return message(opCode, ...parts.map(bytes))
}

function bytes(part: number | bigint | string | Document): Uint8Array {
  if (typeof part === 'string') return Buffer.from(`${part}\0`)
  if (typeof part === 'object') return BSON.serialize(part)
  const buffer = Buffer.alloc(typeof part === 'bigint' ? 8 : 4)
  if (typeof part === 'bigint') buffer.writeBigInt64LE(part)
  else buffer.writeInt32LE(part)
  return buffer
}

function message(opCode: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const header = Buffer.alloc(16)
  header.writeInt32LE(16 + body.length, 0)
  header.writeInt32LE(1, 4)
  header.writeInt32LE(opCode, 12)
  return Buffer.concat([header, body])
}

function documentOf(answer: Buffer): Document | null {
  if (answer.length < 26) return null
  const begin = answer.readInt32LE(12) === OP_MSG ? 21 : 36
  return answer.length > begin ? BSON.deserialize(answer.subarray(begin)) : {}
}
