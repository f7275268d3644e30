/** WebSocket frames that are made once and written to many sockets as they are. */
import type { WebSocket } from 'ws'

/** RFC 6455: one final text frame, not masked, header and payload in one piece. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = 0x81
  if (header === 2) frame[1] = length
  else if (header === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, header)
  return frame
}

/**
 * Writes finished frames past `send`, which would frame them again for each socket. The way there is not in the types of
 * ws, but engine.io goes it too; with compression off nothing can be waiting inside it.
 */
export function frameWriter(socket: WebSocket): (frames: Buffer) => void {
  const sender: unknown = Reflect.get(socket, '_sender')
  if (!isSender(sender)) throw new Error('ws has changed: there is no sender to hand frames to')
  return (frames) => sender.sendFrame([frames])
}

function isSender(sender: unknown): sender is { sendFrame(frame: Buffer[]): void } {
  return typeof sender === 'object' && sender !== null && 'sendFrame' in sender
}
