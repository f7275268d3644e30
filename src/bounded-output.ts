/**
 * stdout or stderr of the process, written to and never waited for: a reader that stops costs lines, not requests, and
 * does not keep the process from ending.
 *
 * A pipe, a socket and a terminal are written by libuv without blocking. What the kernel does not take is kept here up
 * to a bound and goes out in order when the reader goes on; beyond the bound, lines are dropped whole and counted.
 * A file is written synchronously, and a full disk drops lines in the same way.
 *
 * Not pino's own destination: it keeps lines without a bound, and at exit it sleeps in the main thread until all of them
 * are read. Nor fs.write: a stopped terminal blocks a thread of the pool, and the process cannot exit before that thread.
 */
import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'

/** Characters; some four thousand lines: a burst fits, and a process with little memory can spare it. */
const MAX_WAITING = 1024 * 1024
const FLUSH_WITHIN_MS = 1_000

export type OutputStream = Writable & { readonly fd: number; readonly isTTY?: boolean }

export class BoundedOutput {
  readonly #stream: OutputStream
  /** Node has sockets for pipes and terminals as well. */
  readonly #isFile: boolean
  /** The rest of a line of which a full disk took the beginning; it goes out before any other line. */
  #begun = Buffer.alloc(0)
  #dropped = 0

  constructor(stream: OutputStream) {
    this.#stream = stream
    this.#isFile = !(stream instanceof Socket)
    if (stream.isTTY) unblock(stream)
    // A reader that goes away (EPIPE) would end the server otherwise. The lines that it misses are counted in write().
    stream.on('error', () => {})
  }

  /** Lines that found no room or no reader. */
  get dropped(): number {
    return this.#dropped
  }

  write(line: string): void {
    if (this.#isFile) this.#writeFile(Buffer.from(line))
    else if (this.#stream.writableLength + line.length > MAX_WAITING) this.#dropped++
    else {
      this.#stream.write(line, (error) => {
        if (error) this.#dropped++
      })
    }
  }

  /** Resolves when everything is written, or after a second: nobody reads what is left then. */
  async flush(): Promise<void> {
    if (this.#stream.writableLength === 0) return
    const written = new Promise<void>((resolve) => this.#stream.write('', () => resolve()))
    await Promise.race([written, pause(FLUSH_WITHIN_MS)])
  }

  /** Not through the stream: Node ends that of a file with its first error, and this goes on when there is room again. */
  #writeFile(line: Buffer): void {
    let rest = Buffer.concat([this.#begun, line])
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.#stream.fd, rest))
    } catch {
      // What is left of `rest` says how far it came.
    }
    const isUntouched = rest.length >= line.length
    if (isUntouched) this.#dropped++
    this.#begun = isUntouched ? rest.subarray(0, rest.length - line.length) : rest
  }
}

/** Node lets a terminal block so that nothing is lost at exit. flush() sees to that here, and Ctrl-S must stop nobody. */
function unblock(terminal: OutputStream): void {
  const handle: unknown = Reflect.get(terminal, '_handle')
  if (typeof handle !== 'object' || handle === null) return
  const setBlocking: unknown = Reflect.get(handle, 'setBlocking')
  if (typeof setBlocking === 'function') Reflect.apply(setBlocking, handle, [false])
}
