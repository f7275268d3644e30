/**
 * Socket.IO, namespace /live. Carries what the gateway decides; the only file that emits to sockets.
 *
 * What goes out is JSON already (`Encoded`), put into the packet as it is: an event is encoded once for both transports
 * and framed once for all sockets of a room, a picture once for all who look at the same days. A frame that is ready is
 * written to the WebSocket itself where nothing of Socket.IO's own waits to go before it; a client that polls, or whose
 * socket is not open yet, gets the same by `emit`.
 */
import { randomUUID } from 'node:crypto'
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { type DefaultEventsMap, Server, type Socket } from 'socket.io'
import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser'
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws'
import type { Caller } from '../../http/caller.js'
import { problemOf, RETRY_SECONDS } from '../../http/problems.js'
import type { Failure } from '../../schemas/events.js'
import { type Gateway, watchAnswer } from '../channel/gateway.js'
import { identify, type TokenReader } from '../channel/identify.js'
import { failure } from '../channel/messages.js'
import type { Carrier, Peer } from '../channel/rooms.js'
import type { Admission } from './connection-limits.js'
import type { FrameLimit } from './frame-limit.js'
import { frameWriter, textFrame } from './frames.js'
import type { Backlog, Backlogs } from './slow-consumer.js'

export interface SocketIoParts {
  server: HttpServer
  gateway: Gateway
  admission: Admission
  backlogs: Backlogs
  frameLimit: FrameLimit
  tokens: TokenReader
  origins: string[]
  onCut: () => void
  pingIntervalMs: number
}

export interface SocketIo {
  readonly sockets: number
  close(): Promise<void>
}

interface Admitted {
  caller: Caller | null
  expired: boolean
  watch: object | null
}

type Live = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Admitted>
type Connection = Live['conn']

export const SOCKET_IO_PATH = '/socket.io/'
export const TOO_MANY = 'Too many sockets from this address'
const MAX_FRAME = 16 * 1024
const MAX_BAD_FRAMES = 20
const NOBODY = { caller: null, expired: false } as const
const KNOWN = new Set(['watch', 'unwatch', 'auth'])
/** What an answer to a browser that polls says beside its body; the edge of REST does not see it. */
const HEADERS = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' }
const CLOSE_MS = 1_000
const { OPEN } = WebSocket

/** A frame of each socket in a turn of the event loop: a burst of many of them must not be one long turn. */
export const IN_TURNS = { allowSynchronousEvents: false }

class TurnTakingServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({ ...options, ...IN_TURNS })
  }
}

class Encoded {
  constructor(readonly json: string) {}
}

class JsonEncoder extends Encoder {
  override encode(packet: Packet): string[] {
    const { type, nsp, id, data } = packet
    if ((type !== PacketType.EVENT && type !== PacketType.ACK) || !Array.isArray(data))
      return super.encode(packet)
    const parts = data.map((part: unknown) => (part instanceof Encoded ? part.json : JSON.stringify(part)))
    return [`${type}${nsp === '/' ? '' : `${nsp},`}${id ?? ''}[${parts.join(',')}]`]
  }
}

/** Travels to the client as `connect_error` with its code. */
class Refused extends Error {
  readonly data: { code: string; title: string }
  constructor({ code, title }: Failure) {
    super(title)
    this.data = { code, title }
  }
}

/** A connection's WebSocket and how to write to it. */
interface Line {
  socket: WebSocket
  backlog: Backlog
  write: (frames: Buffer) => void
}

const carrier: Carrier = {
  // Engine.IO's "message" before Socket.IO's "event".
  encode: (messages) =>
    Buffer.concat(
      messages.map(({ name, json }) => textFrame(`4${PacketType.EVENT}/live,["${name}",${json}]`)),
    ),
}

export function socketIo(parts: SocketIoParts): SocketIo {
  const { gateway, admission, backlogs, frameLimit, tokens } = parts
  const backlogOf = new WeakMap<Connection, Backlog>()
  const lines = new WeakMap<Connection, Line>()
  let closing = false
  const io = new Server(parts.server, {
    path: SOCKET_IO_PATH,
    // Upgrades of other paths are the gate's to end.
    destroyUpgrade: false,
    serveClient: false,
    transports: ['websocket', 'polling'],
    perMessageDeflate: false,
    // The same as the raw channel's, so that what is known of the one holds for the other.
    wsEngine: TurnTakingServer,
    httpCompression: { threshold: 1_024 },
    pingInterval: parts.pingIntervalMs,
    pingTimeout: 20_000,
    connectTimeout: 10_000,
    maxHttpBufferSize: MAX_FRAME,
    parser: { Encoder: JsonEncoder, Decoder },
    ...(parts.origins.length > 0 && { cors: { origin: parts.origins } }),
    allowRequest(request, answer) {
      if (closing) return answer('closing', false)
      if (!admission.originAllowed(request)) return answer('origin', false)
      if (waitFor(admission, request)) return answer('too many', false)
      answer(null, true)
    },
  })
  // Upgrades have been told at the gate. Beyond the handshake a connection is inside already.
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const isNew = request.headers.upgrade === undefined && !isSession(request.url)
    if (!isNew || !admission.originAllowed(request)) return next()
    const wait = waitFor(admission, request)
    if (!wait) return next()
    const id = randomUUID()
    const detail = admission.hasRoom(request) ? undefined : TOO_MANY
    const problem = problemOf('rate_limited', detail, { requestId: id })
    response
      .writeHead(problem.status, {
        ...HEADERS,
        'content-type': 'application/problem+json',
        'retry-after': wait,
        'x-request-id': id,
      })
      .end(JSON.stringify(problem))
  })
  let connections = 0
  io.engine.on('connection', (connection: Connection) => {
    const id = `io-${connections++}`
    const leave = admission.enter(connection.request)
    backlogOf.set(connection, boundBacklog(connection))
    // Below the protocol, so that what it ignores counts as well.
    connection.on('packet', () => {
      if (!frameLimit.admits(id)) dismiss(connection, failure('rate_limited', 'Too many frames'))
    })
    connection.once('close', leave)
  })
  io.engine.on('headers', (headers: Record<string, string>) => void Object.assign(headers, HEADERS))
  io.use((_socket, next) => next(new Refused(failure('not_found', 'The namespace is /live'))))

  const live = io.of('/live')
  live.use((socket, next) => {
    admit(socket as Live).then((refused) => {
      // A client does not try again after a `connect_error`, but it does when the connection ends.
      if (refused?.code === 'unavailable') socket.conn.close()
      next(refused ? new Refused(refused) : undefined)
    }, next)
  })
  live.on('connection', (socket) => attend(socket as Live))

  async function admit(socket: Live): Promise<Failure | null> {
    const { auth, query } = socket.handshake
    const token: unknown = auth.token
    const none = token === undefined || token === null || token === ''
    if (!none && typeof token !== 'string') return failure('unauthenticated')
    const identity = none ? NOBODY : await identify(tokens, token as string, addressOf(socket))
    if ('ok' in identity) return identity
    const { caller, expired } = identity
    const { providerId, serviceId, from, to } = query
    const watch =
      providerId === undefined
        ? null
        : {
            providerId,
            ...(serviceId !== undefined && { serviceId }),
            ...(from !== undefined && { from }),
            ...(to !== undefined && { to }),
          }
    Object.assign(socket.data, { caller, expired, watch } satisfies Admitted)
    return watch && (await gateway.refuses(caller, watch, addressOf(socket)))
  }

  function addressOf(socket: Live): string {
    return admission.addressOf(socket.conn.request)
  }

  function attend(socket: Live): void {
    const write: Peer['write'] = (frames, messages) => {
      const line = openLine(socket.conn)
      if (line) {
        if (line.backlog.admits(frames.length)) line.write(frames)
      } else for (const { name, json } of messages) socket.emit(name, new Encoded(json))
    }
    const viewer = gateway.connect({ carrier, write }, socket.data.caller, addressOf(socket))
    if (socket.data.expired) socket.emit('auth-expired', {})
    socket.on('watch', (...args: unknown[]) => {
      const answer = acknowledgement(args)
      gateway.watch(viewer, args[0], (watched) => answer(watchAnswer(watched)))
    })
    socket.on('unwatch', (...args: unknown[]) => {
      acknowledgement(args)(JSON.stringify(gateway.unwatch(viewer, args[0])))
    })
    socket.on('auth', (...args: unknown[]) => {
      const answer = acknowledgement(args)
      gateway.authenticate(viewer, args[0], (ack) => answer(JSON.stringify(ack)))
    })
    let badFrames = 0
    socket.onAny((name: string, ...args: unknown[]) => {
      if (KNOWN.has(name)) return
      const refused = failure('invalid_request', 'The event is not known here')
      acknowledgement(args)(JSON.stringify(refused))
      if (++badFrames >= MAX_BAD_FRAMES) dismiss(socket.conn, refused)
      else complain(socket, refused)
    })
    socket.on('disconnect', () => gateway.disconnect(viewer))
    if (!socket.data.watch) return
    gateway.watch(viewer, socket.data.watch, (watched) => {
      if ('picture' in watched) {
        // By `emit`, a picture would be three texts that wait for the answer to the handshake to go out.
        const messages = [{ name: 'slots', json: watched.picture }] as const
        write(carrier.encode(messages), messages)
      }
      // It was possible a moment ago: let the client come back by itself.
      else socket.conn.close()
    })
  }

  function complain(socket: Live | Socket, { code, title }: Failure): void {
    socket.emit('error', { code, title })
  }

  /** A raw socket hears a close code; here the reason comes as the last event. */
  function dismiss(connection: Connection, why: Failure): void {
    for (const socket of live.sockets.values()) {
      if (socket.conn !== connection) continue
      complain(socket, why)
      socket.disconnect(true)
    }
    connection.close()
  }

  function boundBacklog(connection: Connection): Backlog {
    let queued = 0
    const unsent = () => queued + (socketUnder(connection)?.bufferedAmount ?? 0)
    const cutOff = () => {
      parts.onCut()
      const socket = socketUnder(connection)
      // Closing in good order would wait for the very bytes that are not taken.
      if (socket) socket.terminate()
      else connection.close(true)
    }
    const backlog = backlogs.of(unsent, cutOff)
    connection.on('packetCreate', ({ data }: { data?: unknown }) => {
      const bytes = typeof data === 'string' ? data.length : 0
      backlog.admits(bytes)
      queued += bytes
    })
    connection.on('flush', () => {
      queued = 0
    })
    connection.once('close', backlog.end)
    return backlog
  }

  /** Null where a frame cannot go out at once without overtaking what Socket.IO has queued. */
  function openLine(connection: Connection): Line | null {
    const socket = socketUnder(connection)
    const waiting: unknown = Reflect.get(connection, 'writeBuffer')
    if (!socket || socket.readyState !== OPEN || !Array.isArray(waiting) || waiting.length > 0) return null
    const known = lines.get(connection)
    if (known?.socket === socket) return known
    const backlog = backlogOf.get(connection)
    if (!backlog) return null
    const line = { socket, backlog, write: frameWriter(socket) }
    lines.set(connection, line)
    return line
  }

  return {
    get sockets() {
      return live.sockets.size
    },
    async close() {
      closing = true
      const connections = [...live.sockets.values()].map(({ conn }) => conn)
      const gone = connections.map(
        (connection) =>
          new Promise<void>((resolve) => {
            if (connection.readyState === 'closed') resolve()
            else connection.once('close', () => resolve())
          }),
      )
      // The transports, not the sockets: a client that is disconnected by name stays away.
      io.engine.close()
      await Promise.race([Promise.all(gone), wait(CLOSE_MS)])
      for (const connection of connections) socketUnder(connection)?.terminate()
    },
  }
}

/**
 * Whether a request belongs to a connection, read as engine.io does: the last one counts, and an empty one is none.
 * Otherwise `?sid=` would be a handshake that nobody counts.
 */
export function isSession(url = ''): boolean {
  return Boolean(new URLSearchParams(url.split('?', 2)[1]).getAll('sid').at(-1))
}

/** In how many seconds a new connection may be tried again; null where it may come about now. */
export function waitFor(admission: Admission, request: IncomingMessage): string | null {
  const taken = admission.paced(request)
  if (!taken.ok) return String(taken.retrySeconds)
  return admission.hasRoom(request) ? null : RETRY_SECONDS
}

/** The WebSocket under a connection, which engine.io keeps to itself; null while it polls. */
function socketUnder(connection: Connection): WebSocket | null {
  const socket: unknown = Reflect.get(connection.transport, 'socket')
  return socket instanceof WebSocket ? socket : null
}

/** A client may ask for no acknowledgement, or send one in the place of the payload. */
function acknowledgement(args: unknown[]): (json: string) => void {
  const last = args.at(-1)
  return typeof last === 'function' ? (json) => last(new Encoded(json)) : () => {}
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
