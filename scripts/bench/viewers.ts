/** Viewers that cost the driver little: WebSocket frames walked in the bytes as they come, for both transports. */
import type { Socket } from 'node:net'
import { connections } from './http-load.js'

export type ViewerKind = 'raw' | 'socket.io' | 'bare'

export interface Viewer {
  /** Hears of each event, by its frame's text. */
  onEvent: (payload: Buffer) => void
  close(): void
}

const TEXT = 1
const PING = 9
const PONG = 10
const END_OF_HEAD = '\r\n\r\n'
/** Where the name of an event stands in a frame, on each transport. */
const NAME_WITHIN = 24

/** Connects viewers of one provider; resolves when each has its picture (a bare one has none). */
export async function viewersOf(
  url: string,
  kind: ViewerKind,
  count: number,
  providerId = '',
  /** Larger groups may meet a full queue of the listener. */
  group = 100,
): Promise<Viewer[]> {
  const path = {
    raw: `/v1/live?providerId=${providerId}`,
    'socket.io': `/socket.io/?EIO=4&transport=websocket&providerId=${providerId}`,
    bare: '/',
  }[kind]
  const viewers: Viewer[] = []
  while (viewers.length < count) {
    const sockets = await connections(url, Math.min(group, count - viewers.length))
    viewers.push(...(await Promise.all(sockets.map((socket) => attend(socket, url, path, kind)))))
  }
  return viewers
}

function attend(socket: Socket, url: string, path: string, kind: ViewerKind): Promise<Viewer> {
  return new Promise((ready, fail) => {
    const viewer: Viewer = { onEvent: () => {}, close: () => void socket.destroy() }
    let rest: Buffer = Buffer.alloc(0)
    let upgraded = false
    const onText = (payload: Buffer) => {
      const name = payload.indexOf('slot')
      if (name !== -1 && name < NAME_WITHIN) {
        if (payload.indexOf('slots"') === name) ready(viewer)
        else viewer.onEvent(payload)
      } else if (kind === 'socket.io') talk(payload)
    }
    const talk = (payload: Buffer) => {
      // Engine.IO: opened -> join the namespace; ping -> pong.
      if (payload[0] === 0x30) socket.write(frame(TEXT, '40/live,'))
      else if (payload.length === 1 && payload[0] === 0x32) socket.write(frame(TEXT, '3'))
    }
    const onFrame = (opcode: number, payload: Buffer) => {
      if (opcode === TEXT) onText(payload)
      else if (opcode === PING) socket.write(frame(PONG, payload.toString('latin1')))
    }
    socket.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      if (!upgraded) {
        const end = rest.indexOf(END_OF_HEAD)
        if (end === -1) return
        const status = rest.toString('latin1', 9, 12)
        if (status !== '101') return fail(new Error(`an upgrade was answered ${status}`))
        upgraded = true
        rest = rest.subarray(end + END_OF_HEAD.length)
        if (kind === 'bare') ready(viewer)
      }
      rest = walkFrames(rest, onFrame)
    })
    socket.on('error', fail)
    const lines = [
      `GET ${path} HTTP/1.1`,
      `host: ${new URL(url).host}`,
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    socket.write(`${lines.join('\r\n')}${END_OF_HEAD}`)
  })
}

/** Calls back for each whole frame; returns what is left. */
function walkFrames(bytes: Buffer, onFrame: (opcode: number, payload: Buffer) => void): Buffer {
  let at = 0
  while (bytes.length - at >= 2) {
    const short = (bytes[at + 1] ?? 0) & 0x7f
    let header = 2
    let length = short
    if (short === 126) {
      if (bytes.length - at < 4) break
      length = bytes.readUInt16BE(at + 2)
      header = 4
    } else if (short === 127) {
      if (bytes.length - at < 10) break
      length = Number(bytes.readBigUInt64BE(at + 2))
      header = 10
    }
    const end = at + header + length
    if (bytes.length < end) break
    onFrame((bytes[at] ?? 0) & 0x0f, bytes.subarray(at + header, end))
    at = end
  }
  return at === 0 ? bytes : bytes.subarray(at)
}

/** Short frames of a client: masked, as they must be, with a mask of zeros. */
function frame(opcode: number, text: string): Buffer {
  return Buffer.concat([
    Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0]),
    Buffer.from(text, 'latin1'),
  ])
}
