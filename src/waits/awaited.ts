/**
 * Of which calendars somebody waits for times, in memory: it is asked with each hold and each ending, and where nobody
 * waits these cost what they cost without a waiting list.
 *
 * What may have changed elsewhere is doubtful until it has been read again, and meanwhile counts as awaited: whoever
 * relies on it then looks at the list itself.
 */
import type { WaitDoc } from './wait-model.js'
import type { WaitStore } from './wait-store.js'

export interface AwaitedOptions {
  waits: Pick<WaitStore, 'providers' | 'ofProviders'>
  /** Hears the live waits of a calendar, in no order, when they have been read again. */
  onRead: (providerId: string, live: readonly WaitDoc[]) => void
  onFault: (error: unknown) => void
  retryMs?: number
}

const RETRY_MS = 1_000

export class Awaited {
  readonly #o: AwaitedOptions
  /** Calendars with live waits, as last read; only `#load`, `#read` and `note` change it. */
  readonly #known = new Set<string>()
  /** To be read again; emptied by `#read`, before it asks. */
  readonly #doubtful = new Set<string>()
  /** Being read just now. */
  #asked: readonly string[] = []
  #isLoaded = false
  #isReading = false
  #retry: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: AwaitedOptions) {
    this.#o = options
  }

  has(providerId: string): boolean {
    return (
      !this.#isLoaded ||
      this.#known.has(providerId) ||
      this.#doubtful.has(providerId) ||
      this.#asked.includes(providerId)
    )
  }

  get providers(): string[] {
    return [...this.#known]
  }

  /** Somebody has joined here. */
  note(providerId: string): void {
    this.#known.add(providerId)
  }

  /** Something of these accounts has changed, here or elsewhere. */
  forget(accountIds: Iterable<string>): void {
    for (const id of accountIds) this.#doubtful.add(id)
    void this.#work()
  }

  /** Reads all there is; until then every calendar counts as awaited. */
  start(): Promise<void> {
    return this.#work()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
  }

  async #work(): Promise<void> {
    if (this.#isReading || this.#closed) return
    this.#isReading = true
    clearTimeout(this.#retry)
    try {
      if (!this.#isLoaded) await this.#load()
      while (this.#doubtful.size > 0 && !this.#closed) await this.#read()
    } catch (error) {
      for (const id of this.#asked) this.#doubtful.add(id)
      this.#o.onFault(error)
      this.#retry = setTimeout(() => void this.#work(), this.#o.retryMs ?? RETRY_MS)
      this.#retry.unref()
    } finally {
      this.#asked = []
      this.#isReading = false
    }
  }

  async #load(): Promise<void> {
    for (const id of await this.#o.waits.providers()) this.#known.add(id)
    this.#isLoaded = true
  }

  async #read(): Promise<void> {
    this.#asked = [...this.#doubtful]
    this.#doubtful.clear()
    const live = await this.#o.waits.ofProviders(this.#asked)
    for (const id of this.#asked) {
      const waits = live.filter(({ providerId }) => providerId === id)
      if (waits.length > 0) this.#known.add(id)
      // Who has joined here meanwhile made it doubtful again.
      else if (!this.#doubtful.has(id)) this.#known.delete(id)
      this.#o.onRead(id, waits)
    }
    this.#asked = []
  }
}
