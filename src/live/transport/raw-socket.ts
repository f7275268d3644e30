/** The raw WebSocket at /v1/live: JSON text frames. Carries what the gateway decides, as Socket.IO does. */
import { type RawData, WebSocket } from 'ws'
import type { Caller } from '../../http/caller.js'
import type { AuthAck, Failure, UnwatchAck } from '../../schemas/events.js'
import { type Gateway, watchAnswer } from '../channel/gateway.js'
import { failure, withFields } from '../channel/messages.js'
import type { Carrier, Viewer } from '../channel/rooms.js'
import { closeCodes } from './close-codes.js'
import type { FrameLimit } from './frame-limit.js'
import { frameWriter, textFrame } from './frames.js'
import type { Backlog, Backlogs } from './slow-consumer.js'

export interface RawSocketParts {
  gateway: Gateway
  backlogs: Backlogs
  frameLimit: FrameLimit
  onCut: () => void
  pingIntervalMs: number
}

export interface Arrival {
  caller: Caller | null
  /** The token of the handshake was good once. */
  expired: boolean
  watch: object | null
}

export interface RawSockets {
  readonly sockets: number
  /** `address`: whose limits it counts for. */
  attend(socket: WebSocket, arrival: Arrival, address: string): void
  close(): Promise<void>
}

interface Peer {
  id: string
  socket: WebSocket
  write: (frames: Buffer) => void
  backlog: Backlog
  answers: boolean
  badFrames: number
  lateFrames: number
}

export const MAX_FRAME = 16 * 1024
const MAX_BAD_FRAMES = 20
/** After it was told to go: what was under way by then, and no more. */
const MAX_LATE_FRAMES = 1_000
const MAX_REF = 100
const SLICES = 25
const CLOSE_MS = 1_000
const { OPEN } = WebSocket

const carrier: Carrier = {
  encode: (messages) =>
    Buffer.concat(messages.map(({ name, json }) => textFrame(withFields({ type: name }, json)))),
}

export function rawSockets(parts: RawSocketParts): RawSockets {
  const { gateway, backlogs, frameLimit, onCut, pingIntervalMs } = parts
  const peers = new Set<Peer>()
  const slices = Array.from({ length: SLICES }, () => new Set<Peer>())
  let turn = 0
  let added = 0
  // Each socket is asked once in pingIntervalMs, not all in the same moment.
  const pinging = setInterval(() => {
    turn = (turn + 1) % SLICES
    for (const peer of slices[turn] ?? []) {
      if (!peer.answers) peer.socket.terminate()
      peer.answers = false
      if (peer.socket.readyState === OPEN) peer.socket.ping()
    }
  }, pingIntervalMs / SLICES)

  function send(peer: Peer, frames: Buffer): void {
    if (peer.socket.readyState === OPEN && peer.backlog.admits(frames.length)) peer.write(frames)
  }

  function attend(socket: WebSocket, { caller, expired, watch }: Arrival, address: string): void {
    const cutOff = () => {
      onCut()
      socket.terminate()
    }
    const peer: Peer = {
      id: `raw-${added}`,
      socket,
      write: frameWriter(socket),
      backlog: backlogs.of(() => socket.bufferedAmount, cutOff),
      answers: true,
      badFrames: 0,
      lateFrames: 0,
    }
    peers.add(peer)
    const slice = slices[added++ % SLICES]
    slice?.add(peer)
    const say = (type: string, json: string) => send(peer, textFrame(withFields({ type }, json)))
    const viewer = gateway.connect(
      {
        carrier,
        write: (frames) => send(peer, frames),
      },
      caller,
      address,
    )
    socket.on('pong', () => {
      peer.answers = true
      mayGoOn(peer)
    })
    socket.on('ping', () => mayGoOn(peer))
    socket.on('message', (data, isBinary) => {
      if (mayGoOn(peer)) receive(peer, viewer, data, isBinary)
    })
    socket.once('close', () => {
      peers.delete(peer)
      slice?.delete(peer)
      peer.backlog.end()
      gateway.disconnect(viewer)
    })
    if (expired) say('auth-expired', '{}')
    if (!watch) return
    gateway.watch(viewer, watch, (watched) => {
      if ('picture' in watched) say('slots', watched.picture)
      else socket.close(closeCodes.serverRestart.code, closeCodes.serverRestart.reason)
    })
  }

  function mayGoOn(peer: Peer): boolean {
    const { id, socket } = peer
    if (socket.readyState !== socket.OPEN) {
      if (++peer.lateFrames > MAX_LATE_FRAMES) socket.terminate()
      return false
    }
    if (frameLimit.admits(id)) return true
    socket.close(closeCodes.tooManyFrames.code, closeCodes.tooManyFrames.reason)
    return false
  }

  function receive(peer: Peer, viewer: Viewer, data: RawData, isBinary: boolean): void {
    peer.answers = true
    const frame = isBinary ? null : readFrame(data)
    const answer = (type: string, json: string) =>
      send(peer, textFrame(withFields({ type, ...(frame?.ref !== undefined && { ref: frame.ref }) }, json)))
    const refuse = ({ code, title }: Failure) => answer('error', JSON.stringify({ code, title }))
    const acknowledge = (ack: AuthAck | UnwatchAck) => {
      if (ack.ok) answer('ok', JSON.stringify(ack))
      else refuse(ack)
    }
    if (frame?.type === 'watch') {
      gateway.watch(viewer, frame.payload, (watched) => answer('watching', watchAnswer(watched)))
    } else if (frame?.type === 'unwatch') acknowledge(gateway.unwatch(viewer, frame.payload))
    else if (frame?.type === 'auth') gateway.authenticate(viewer, frame.payload, acknowledge)
    else {
      refuse(
        failure(
          'invalid_request',
          frame ? 'type: is not known here' : 'A frame is a JSON object in text, with a type',
        ),
      )
      if (++peer.badFrames >= MAX_BAD_FRAMES)
        peer.socket.close(closeCodes.badFrames.code, closeCodes.badFrames.reason)
    }
  }

  return {
    attend,
    get sockets() {
      return peers.size
    },
    async close() {
      clearInterval(pinging)
      const { code, reason } = closeCodes.serverRestart
      const gone = [...peers].map(({ socket }) => new Promise((resolve) => socket.once('close', resolve)))
      for (const { socket } of peers) socket.close(code, reason)
      await Promise.race([Promise.all(gone), new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())])
      for (const { socket } of peers) socket.terminate()
    },
  }
}

interface Frame {
  type: string
  ref?: string | number
  payload: object
}

function readFrame(data: RawData): Frame | null {
  let read: unknown
  try {
    read = JSON.parse(String(data))
  } catch {
    return null
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return null
  const { type, ref, ...payload } = read as Record<string, unknown>
  if (typeof type !== 'string' || !(ref === undefined || isRef(ref))) return null
  return { type, ...(ref !== undefined && { ref }), payload }
}

function isRef(ref: unknown): ref is string | number {
  return typeof ref === 'number' || (typeof ref === 'string' && ref.length <= MAX_REF)
}
