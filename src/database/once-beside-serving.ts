/** Work that an existing database needs once and that takes too long to wait for: done while the server serves. */
import { setTimeout } from 'node:timers/promises'
import type { Connection } from 'mongoose'
import { doneOnce } from './done-once.js'
import { isDatabaseAway } from './unavailable.js'

export interface OnceBesideServingOptions {
  connection: Connection
  /** By which it is noted as done. */
  name: string
  /** Says whether it came to the end. Safe to interrupt and to repeat. */
  work: (signal: AbortSignal) => Promise<boolean>
  /** Hears why it failed, unless the database was away; the next start makes it good. */
  onFault: (error: unknown) => void
}

const RETRY_MS = 1_000

export class OnceBesideServing {
  readonly #o: OnceBesideServingOptions
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined

  constructor(options: OnceBesideServingOptions) {
    this.#o = options
  }

  /** Not waited for. Goes on as soon as the database answers again. */
  start(): void {
    this.#running ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await doneOnce(this.#o.connection, this.#o.name, async () => {
          if (!(await this.#o.work(signal))) throw new Stopped()
        })
        return
      } catch (error) {
        if (error instanceof Stopped || signal.aborted) return
        if (!isDatabaseAway(error)) {
          this.#o.onFault(error)
          return
        }
        // Others say that the database is away.
        await setTimeout(RETRY_MS, undefined, { signal }).catch(() => {})
      }
    }
  }
}

/** The server closes; the next start goes through it again. */
class Stopped extends Error {}
