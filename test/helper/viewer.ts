/**
 * A viewer for tests, over either transport. It keeps everything it hears from the first frame on, so nothing is lost
 * between two awaits, and waits for what it heard, never for a time.
 */
import { io, type Socket } from 'socket.io-client'
import type { Test } from 'tap'
import { WebSocket } from 'ws'
import type { Picture, SlotEvent } from '../../src/schemas/events.js'

export type TransportName = 'socket.io' | 'raw'
export const TRANSPORTS: TransportName[] = ['socket.io', 'raw']

export interface Heard {
  /** The event, or `watching`, `ok`, `error` for an answer. */
  name: string
  payload: Record<string, unknown>
}

export interface ViewerOptions {
  transport?: TransportName
  token?: string | undefined
  query?: Record<string, string>
  headers?: Record<string, string>
  /** Socket.IO's own transports, in the order tried. */
  engine?: ('websocket' | 'polling')[]
  /** False: stays on the first until the test has it go over. */
  upgrade?: boolean
}

export interface TestViewer {
  readonly transport: TransportName
  readonly heard: Heard[]
  /** The connection, for tests that go below the protocol. */
  readonly io: Socket | null
  readonly ws: WebSocket | null
  ask(name: 'watch' | 'unwatch' | 'auth', payload: unknown): Promise<Record<string, unknown>>
  /** Resolves as soon as the predicate, asked after each message, gives something. */
  until<T>(what: string, predicate: (heard: Heard[]) => T | undefined | false | null): Promise<T>
  /** Waits for the first message of that name that `matches`. */
  hears(name: string, matches?: (payload: Record<string, unknown>) => boolean): Promise<Heard>
  all(name: string): Record<string, unknown>[]
  events(): (SlotEvent & { name: string })[]
  /** Ends the connection, and resolves when it is. */
  leave(): Promise<void>
}

const PATIENCE_MS = 25_000

export class ConnectRefused extends Error {
  constructor(readonly data: { code?: string; title?: string; status?: number }) {
    super(`refused: ${JSON.stringify(data)}`)
  }
}

/** Why a connection did not come about; fails when it did. */
export async function refusalOf(opening: Promise<TestViewer>): Promise<ConnectRefused['data']> {
  const outcome = await opening.catch((error: unknown) => error)
  if (outcome instanceof ConnectRefused) return outcome.data
  throw outcome instanceof Error ? outcome : new Error('it was not refused')
}

/** Connected, or thrown out with `ConnectRefused`. */
export async function openViewer(t: Test, url: string, options: ViewerOptions = {}): Promise<TestViewer> {
  const transport = options.transport ?? 'socket.io'
  const heard: Heard[] = []
  const waiting = new Set<() => void>()
  const hear = (name: string, payload: unknown) => {
    heard.push({ name, payload: (payload ?? {}) as Record<string, unknown> })
    for (const look of [...waiting]) look()
  }
  const line = transport === 'raw' ? await openRaw(url, options, hear) : await openIo(url, options, hear)
  t.teardown(() => line.leave())

  const viewer: TestViewer = {
    transport,
    heard,
    io: line.io,
    ws: line.ws,
    ask: line.ask,
    until: (what, predicate) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look)
          const last = heard
            .slice(-5)
            .map(({ name, payload }) => `${name} ${JSON.stringify(payload).slice(0, 200)}`)
          reject(new Error(`never came: ${what}; heard ${heard.length}, the last:\n${last.join('\n')}`))
        }, PATIENCE_MS)
        const look = () => {
          const found = predicate(heard)
          if (found === undefined || found === false || found === null) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    hears: (name, matches = () => true) =>
      viewer.until(name, (heard) => heard.find((one) => one.name === name && matches(one.payload))),
    all: (name) => heard.filter((one) => one.name === name).map(({ payload }) => payload),
    events: () => eventsIn(heard),
    leave: line.leave,
  }
  return viewer
}

export function eventsIn(heard: Heard[]): (SlotEvent & { name: string })[] {
  return heard
    .filter(({ name }) => name.startsWith('slot-'))
    .map(({ name, payload }) => ({ ...(payload as SlotEvent), name }))
}

interface Line {
  io: Socket | null
  ws: WebSocket | null
  ask: TestViewer['ask']
  leave(): Promise<void>
}

type Hear = (name: string, payload: unknown) => void

async function openIo(url: string, options: ViewerOptions, hear: Hear): Promise<Line> {
  const { token, query, headers, engine = ['websocket', 'polling'], upgrade = true } = options
  const socket = io(`${url}/live`, {
    transports: engine,
    upgrade,
    forceNew: true,
    reconnection: false,
    ...(token !== undefined && { auth: { token } }),
    ...(query && { query }),
    ...(headers && { extraHeaders: headers }),
  })
  socket.onAny(hear)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', (error: Error & { data?: object; context?: unknown }) => {
      socket.close()
      reject(new ConnectRefused(error.data ?? {}))
    })
  })
  return {
    io: socket,
    ws: null,
    ask: (name, payload) =>
      new Promise((resolve) => {
        socket.emit(name, payload, (answer: Record<string, unknown>) => {
          hear(name === 'watch' ? 'watching' : answer.ok === true ? 'ok' : 'error', answer)
          resolve(answer)
        })
      }),
    async leave() {
      if (!socket.connected) return
      const left = new Promise<void>((resolve) => socket.once('disconnect', () => resolve()))
      socket.close()
      await left
    },
  }
}

async function openRaw(url: string, options: ViewerOptions, hear: Hear): Promise<Line> {
  const { token, query, headers } = options
  const search = query ? `?${new URLSearchParams(query)}` : ''
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live${search}`, {
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    perMessageDeflate: false,
  })
  const answers = new Map<string, (answer: Record<string, unknown>) => void>()
  let asked = 0
  socket.on('message', (data) => {
    const { type, ref, ...payload } = JSON.parse(String(data))
    hear(type, payload)
    answers.get(ref)?.(payload)
    answers.delete(ref)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_request, response) => {
      let text = ''
      response.on('data', (part) => {
        text += part
      })
      response.on('end', () => {
        const json = response.headers['content-type']?.includes('json')
        reject(new ConnectRefused({ status: response.statusCode, ...(json && JSON.parse(text)) }))
      })
    })
    socket.once('error', reject)
  })
  socket.on('error', () => {})
  return {
    io: null,
    ws: socket,
    ask: (name, payload) =>
      new Promise((resolve) => {
        const ref = `ask-${asked++}`
        answers.set(ref, resolve)
        socket.send(JSON.stringify({ ...(payload as object), type: name, ref }))
      }),
    async leave() {
      if (socket.readyState === socket.CLOSED) return
      const left = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      socket.terminate()
      await left
    },
  }
}

/** What a viewer's screen shows when it does as PROTOCOL.md says: a picture, then each change that follows on. */
export interface Screen {
  slots: Map<string, { state: string; rev: number; expiresAt?: string | undefined }>
  /** Events that did not follow on, in `n` or in a slot's rev. */
  faults: string[]
  pictures: number
  n: number
}

export function screenOf(viewer: Pick<TestViewer, 'heard'>, providerId: string): Screen {
  const screen: Screen = { slots: new Map(), faults: [], pictures: 0, n: Number.NaN }
  for (const { name, payload } of viewer.heard) {
    if (payload.providerId !== providerId) continue
    if (name === 'slots' || (name === 'watching' && payload.ok === true)) {
      const picture = payload as unknown as Picture
      screen.slots = new Map(
        picture.slots.map(({ id, state, rev, expiresAt }) => [id, { state, rev, expiresAt }]),
      )
      screen.n = picture.n
      screen.pictures++
    } else if (name.startsWith('slot-') && screen.pictures > 0) {
      const event = payload as unknown as SlotEvent
      if (event.n <= screen.n) continue
      if (event.n !== screen.n + 1) screen.faults.push(`n ${event.n} after ${screen.n}`)
      const before = screen.slots.get(event.slotId)?.rev ?? 0
      if (event.rev !== before + 1) screen.faults.push(`${event.slotId} rev ${event.rev} after ${before}`)
      screen.n = event.n
      screen.slots.set(event.slotId, { state: event.state, rev: event.rev, expiresAt: event.expiresAt })
    }
  }
  return screen
}
