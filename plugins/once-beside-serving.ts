/** Work that an existing database needs once and that takes too long to wait for: done while the server serves. */
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { doneOnce } from '../src/database/done-once.js'
import { isDatabaseAway } from '../src/database/unavailable.js'

export interface WorkBesideServing {
  /** By which it is noted as done. */
  name: string
  /** Says whether it came to the end. Safe to interrupt and to repeat. */
  work: (signal: AbortSignal) => Promise<boolean>
  /** What is logged when it fails, which the next start makes good. */
  failed: string
}

const RETRY_MS = 1_000

/** Begins when the server is ready, and goes on as soon as the database answers again. `stop` ends it and waits for it. */
export function onceBesideServing(
  app: FastifyInstance,
  { name, work, failed }: WorkBesideServing,
): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  app.addHook('onReady', async () => {
    running = run()
  })
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }

  async function run(): Promise<void> {
    for (;;) {
      try {
        await doneOnce(app.mongo, name, async () => {
          if (!(await work(stopping.signal))) throw new Stopped()
        })
        return
      } catch (error) {
        if (error instanceof Stopped || stopping.signal.aborted) return
        if (!isDatabaseAway(error)) {
          app.log.warn({ err: error }, failed)
          return
        }
        // Others say that the database is away.
        await setTimeout(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
  }
}

/** The server closes; the next start goes through it again. */
class Stopped extends Error {}
