/**
 * Every call to the database ends: with its answer, with its error, or with `CallRanOut` after a deadline of our own.
 *
 * The driver has no deadline that can be relied on. Tried with 7.5: with `timeoutMS` an update waits for ever on a
 * socket that stays open and silent, and the option also switches `socketTimeoutMS` off, so it is not used at all.
 * `socketTimeoutMS` (in `connect`) ends a silent connection, after which the driver tries once more on another one;
 * waiting for a server, for a place in the pool and for both tries adds up to more than a caller may be kept. Hence
 * the deadline here, over all of it. A call that ran out is abandoned, and its socket's own timeout ends its connection.
 *
 * A call that ran out is unknown, not refused: a write may have happened, or may happen yet.
 */
import type { Connection, mongo } from 'mongoose'

/** With what a request does beside its call, an answer within 5 s. */
export const CALL_MS = 4_500

export class CallRanOut extends Error {
  override readonly name = 'CallRanOut'
  constructor(ms: number) {
    super(`The database did not answer within ${ms} ms`)
  }
}

export class DatabaseCalls {
  /** Calls that wait for an answer, the longest waiting first, each with the moment it began. */
  readonly #waiting = new Set<{ since: number }>()
  readonly #elapsed: () => number
  #ranOut = 0
  #lastRanOutAt = Number.NEGATIVE_INFINITY

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** How long the call that waits longest has waited. */
  get oldestMs(): number {
    for (const { since } of this.#waiting) return this.#elapsed() - since
    return 0
  }

  /** How many calls ran out so far. */
  get ranOut(): number {
    return this.#ranOut
  }

  /** Infinite where none has. */
  get sinceRanOutMs(): number {
    return this.#elapsed() - this.#lastRanOutAt
  }

  /** The answer of a call, or `CallRanOut`. */
  within<T>(call: Promise<T>, ms: number = CALL_MS): Promise<T> {
    const waiting = { since: this.#elapsed() }
    this.#waiting.add(waiting)
    const end = inTime(call, ms, () => {
      this.#ranOut++
      this.#lastRanOutAt = this.#elapsed()
    })
    return end.finally(() => this.#waiting.delete(waiting))
  }
}

/** What a promise settles to, or `CallRanOut`. What comes later is nobody's. */
export function inTime<T>(promise: Promise<T>, ms: number = CALL_MS, onLate = () => {}): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      onLate()
      reject(new CallRanOut(ms))
    }, ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

const CALLS = Symbol('calls')

/** The calls of one connection, whoever makes them. */
export function callsOf(connection: Connection): DatabaseCalls {
  const known: unknown = Reflect.get(connection, CALLS)
  if (known instanceof DatabaseCalls) return known
  const calls = new DatabaseCalls(() => performance.now())
  Reflect.set(connection, CALLS, calls)
  return calls
}

/** A collection of the bare driver, each call to which has its deadline. The one way to a collection for all of `src`. */
export function collectionOf<Doc extends mongo.Document>(
  connection: Connection,
  name: string,
): mongo.Collection<Doc> {
  const calls = callsOf(connection)
  const bare = connection.getClient().db(connection.name).collection<Doc>(name)
  return new Proxy(bare, {
    get(collection, key) {
      const member: unknown = Reflect.get(collection, key, collection)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(member, collection, args)
        if (result instanceof Promise) return calls.within(result)
        return isCursor(result) ? bounded(result, calls) : result
      }
    },
  })
}

type Cursor = mongo.FindCursor<unknown>

function isCursor(result: unknown): result is Cursor {
  return typeof result === 'object' && result !== null && 'readBufferedDocuments' in result
}

/** Each batch has the deadline, not the whole: a long list that arrives is not a database that is silent. */
function bounded(cursor: Cursor, calls: DatabaseCalls): Cursor {
  const hasNext = cursor.hasNext.bind(cursor)

  async function* documents(): AsyncGenerator<unknown, void, void> {
    try {
      while (await calls.within(hasNext())) yield* cursor.readBufferedDocuments()
    } finally {
      close()
    }
  }
  /** Not awaited: it asks a server that may be silent. */
  const close = () => void cursor.close().catch(() => {})

  return Object.assign(cursor, {
    hasNext: () => calls.within(hasNext()),
    async toArray() {
      const all: unknown[] = []
      try {
        while (await calls.within(hasNext())) {
          for (const document of cursor.readBufferedDocuments()) all.push(document)
        }
      } finally {
        close()
      }
      return all
    },
    [Symbol.asyncIterator]: documents,
  })
}
