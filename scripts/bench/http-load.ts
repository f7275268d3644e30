/**
 * A driver for HTTP/1.1 that costs little: connections that are kept, one request on each at a time, requests encoded
 * before the clock starts, answers counted by their status and length alone.
 */
import { connect, type Socket } from 'node:net'
import type { Measured } from './kit.js'

export interface HttpResult {
  seconds: number
  /** Answers by status. */
  statuses: Map<number, number>
}

const LENGTH = Buffer.from('content-length: ')
const END_OF_HEAD = Buffer.from('\r\n\r\n')
const ZERO = 48

/** Sends `count` requests over open connections; `onAnswer` is called for each when it is given. */
export async function httpLoad(
  sockets: Socket[],
  count: number,
  request: (index: number) => Buffer,
  onAnswer?: (index: number, body: Buffer) => void,
): Promise<HttpResult> {
  const statuses = new Map<number, number>()
  let next = 0
  const began = performance.now()
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((done, fail) => {
          let index = -1
          let parts: Buffer[] = []
          let missing = 0
          const send = () => {
            if (next >= count) {
              socket.removeAllListeners('data')
              socket.removeAllListeners('close')
              done()
              return
            }
            index = next++
            socket.write(request(index))
          }
          socket.on('data', (chunk: Buffer) => {
            if (missing === 0) missing = lengthOf(chunk, statuses)
            missing -= chunk.length
            if (onAnswer) parts.push(chunk)
            if (missing > 0) return
            if (onAnswer) {
              const whole = Buffer.concat(parts)
              onAnswer(index, whole.subarray(whole.indexOf(END_OF_HEAD) + END_OF_HEAD.length))
              parts = []
            }
            missing = 0
            send()
          })
          socket.once('close', () => fail(new Error('the server closed a connection')))
          send()
        }),
    ),
  )
  return { seconds: (performance.now() - began) / 1000, statuses }
}

/** All of these requests, each answered with this status; says how many in a second. */
export async function load(
  sockets: Socket[],
  requests: Buffer[],
  status: number,
  onAnswer?: (index: number, body: Buffer) => void,
): Promise<Measured> {
  const { seconds, statuses } = await httpLoad(
    sockets,
    requests.length,
    (index) => requests[index] ?? Buffer.alloc(0),
    onAnswer,
  )
  if (statuses.get(status) !== requests.length)
    throw new Error(`answers: ${JSON.stringify([...statuses])} instead of ${status}`)
  return { value: requests.length / seconds, units: requests.length }
}

/** Of an answer that begins in this chunk; its head comes in one piece on a loopback. */
function lengthOf(chunk: Buffer, statuses: Map<number, number>): number {
  const status = Number(chunk.toString('latin1', 9, 12))
  statuses.set(status, (statuses.get(status) ?? 0) + 1)
  const end = chunk.indexOf(END_OF_HEAD)
  if (end === -1) throw new Error('a head in two pieces')
  const at = chunk.indexOf(LENGTH)
  let length = 0
  if (at !== -1 && at < end) {
    for (let digit = at + LENGTH.length; (chunk[digit] ?? 0) >= ZERO; digit++)
      length = length * 10 + (chunk[digit] ?? 0) - ZERO
  }
  return end + END_OF_HEAD.length + length
}

export async function connections(url: string, count: number): Promise<Socket[]> {
  const { hostname, port } = new URL(url)
  const open = () =>
    new Promise<Socket>((done, fail) => {
      const socket = connect(Number(port), hostname, () => {
        socket.off('error', fail)
        done(socket.setNoDelay(true))
      })
      socket.once('error', fail)
    })
  return Promise.all(Array.from({ length: count }, open))
}

export function encode(
  url: string,
  method: string,
  path: string,
  options: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Buffer {
  const body = options.body === undefined ? '' : JSON.stringify(options.body)
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${new URL(url).host}`,
    ...Object.entries(options.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ...(options.token === undefined ? [] : [`authorization: Bearer ${options.token}`]),
    ...(body === '' ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`]),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
