/** A database engine of a test's own, on a port that stays, so that it can be killed, frozen and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'
import { connectDatabase } from '../../src/database/connect.js'
import { freePort } from '../../src/database/embedded/free-port.js'
import { secantusFromWheel } from '../../src/database/embedded/secantus-wheel.js'
import { CACHE_DIR, temporaryFolder } from './database.js'

export interface OwnEngine {
  uri: string
  /** Resolves when it answers. */
  start(): Promise<void>
  /** SIGKILL: no goodbye, nothing flushed that was not. */
  kill(): Promise<void>
  freeze(): void
  thaw(): void
}

export async function ownEngine(t: Test): Promise<OwnEngine> {
  const fetched = await secantusFromWheel(CACHE_DIR, process.env, (line) => t.comment(line))
  if ('missing' in fetched) throw new Error(fetched.missing)
  const { binary } = fetched
  const port = await freePort()
  const folder = temporaryFolder(t)
  const uri = `mongodb://127.0.0.1:${port}/slotcast`
  let child: ChildProcess | undefined

  const engine: OwnEngine = {
    uri,
    async start() {
      child = spawn(
        binary,
        [
          '--port',
          `${port}`,
          '--storage-path',
          folder,
          '--sync-on-commit',
          '--log-file-max',
          '64MB',
          '--cache-size',
          '256M',
          '--log-level',
          'ERROR',
        ],
        { stdio: 'ignore' },
      )
      await once(child, 'spawn')
      await (await connectDatabase({ uri, waitMs: 20_000 })).close()
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  }
  t.teardown(() => engine.kill())
  await engine.start()
  return engine
}
