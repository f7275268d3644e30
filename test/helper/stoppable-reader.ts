/** A pipe of the kernel with a process at its end that reads, stops reading, and goes on: a log shipper in trouble. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { temporaryFolder } from './database.js'

export interface StoppableReader {
  /** The end to write to, for a program that is started with it. */
  fd: number
  /** What was read so far. */
  text(): string
  /** The first match in what was read, as soon as it is there. */
  reads(pattern: RegExp): Promise<RegExpExecArray>
  /** SIGSTOP: the pipe stays open and nobody reads it. */
  stop(): void
  goOn(): void
  /** Closes the test's own copy of the end to write to; resolves when the program's is closed and all is read. */
  end(): Promise<void>
}

export async function stoppableReader(t: Test): Promise<StoppableReader> {
  const pipe = join(temporaryFolder(t), 'pipe')
  const made = spawnSync('mkfifo', [pipe])
  if (made.status !== 0) throw new Error(`mkfifo: ${made.stderr}`)
  const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(reader, 'close')
  // Opens when the reader has.
  const writing = await open(pipe, 'w')
  t.teardown(async () => {
    await writing.close()
    reader.kill('SIGKILL')
    await closed
  })

  let text = ''
  const watchers = new Set<() => void>()
  reader.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more
    for (const watch of watchers) watch()
  })
  return {
    fd: writing.fd,
    text: () => text,
    reads: (pattern) =>
      new Promise((found) => {
        const watch = () => {
          const match = pattern.exec(text)
          if (match === null) return
          watchers.delete(watch)
          found(match)
        }
        watchers.add(watch)
        watch()
      }),
    stop: () => void reader.kill('SIGSTOP'),
    goOn: () => void reader.kill('SIGCONT'),
    async end() {
      await writing.close()
      await closed
    },
  }
}
