/**
 * One listener of the feed, with its own place in the stream: it is told everything in order, one at a time. While it
 * works on one event the others wait for it here, and nobody else does. Where too many wait, it has missed something
 * and is told so, once, instead of them.
 */
import type { Reading } from './change-event.js'
import type { FeedListener } from './slot-feed.js'

export type Notice = Extract<Reading, { slotId: string }>

export interface SubscriberOptions {
  listener: FeedListener
  onFault: (error: unknown) => void
  mostWaiting?: number
}

/** Some minutes of a busy database; more would hold as much memory as reading everything again. */
const MOST_WAITING = 50_000

export class Subscriber {
  readonly #o: SubscriberOptions
  /** What it has not been told, oldest first. Only filled while it works. */
  #waiting: (() => void | Promise<void>)[] = []
  #isWorking = false
  #stopped = false

  constructor(options: SubscriberOptions) {
    this.#o = options
  }

  get behind(): number {
    return this.#waiting.length + (this.#isWorking ? 1 : 0)
  }

  tell(notice: Notice): void {
    this.#take(() => this.#handle(notice))
  }

  /** All before it has been told. */
  reached(place: unknown): void {
    if (this.#o.listener.reached) this.#take(() => this.#guarded(() => this.#o.listener.reached?.(place)))
  }

  lost(awayMs: number): void {
    // What waits is older than what is missing, and will be read anew.
    this.#waiting = []
    this.#take(() => this.#guarded(() => this.#o.listener.lost(awayMs)))
  }

  stop(): void {
    this.#stopped = true
    this.#waiting = []
  }

  #take(step: () => void | Promise<void>): void {
    if (!this.#isWorking) this.#work(step)
    else if (this.#waiting.length >= (this.#o.mostWaiting ?? MOST_WAITING)) this.lost(0)
    else this.#waiting.push(step)
  }

  /** At once and in this tick for a listener that does not wait for anything. */
  #work(step: () => void | Promise<void>): void {
    const done = step()
    if (!done) return
    this.#isWorking = true
    void done.then(() => this.#next())
  }

  #next(): void {
    this.#isWorking = false
    while (!this.#stopped && !this.#isWorking) {
      const step = this.#waiting.shift()
      if (!step) return
      this.#work(step)
    }
  }

  #handle(notice: Notice): void | Promise<void> {
    const { listener } = this.#o
    const { slotId } = notice
    switch (notice.kind) {
      case 'gone':
        return this.#guarded(() => listener.gone(slotId))
      case 'unclear':
        return this.#guarded(() => listener.unclear(slotId))
      case 'entries':
        return this.#guarded(
          () => listener.entries(slotId, notice.entries),
          () => listener.unclear(slotId),
        )
    }
  }

  /** A fault of one listener is logged and stops nothing; what could not be handled may be read instead. */
  #guarded(call: () => void | Promise<void>, otherwise?: () => void | Promise<void>): void | Promise<void> {
    const failed = (error: unknown) => {
      this.#o.onFault(error)
      return otherwise && this.#guarded(otherwise)
    }
    try {
      return call()?.catch(failed)
    } catch (error) {
      return failed(error)
    }
  }
}
