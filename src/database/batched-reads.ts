/**
 * Reads documents by id, those of several callers at once: who asks while a read is under way waits for the next one, so
 * that nobody is answered from before the question. A read that takes long is no longer waited for.
 */

export interface Identified {
  _id: string
}

interface Waiting<Doc> {
  ids: readonly string[]
  resolve: (found: Doc[]) => void
  reject: (error: unknown) => void
}

/** A healthy read takes a few milliseconds. */
const SLOW_MS = 100

export class BatchedReads<Doc extends Identified> {
  readonly #read: (ids: string[]) => Promise<Doc[]>
  /** Not asked for yet. */
  #waiting: Waiting<Doc>[] = []
  /** The read that others wait for. */
  #current: symbol | null = null

  constructor(read: (ids: string[]) => Promise<Doc[]>) {
    this.#read = read
  }

  /** Those of these ids that there are. */
  get(ids: readonly string[]): Promise<Doc[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ids, resolve, reject })
      if (this.#current === null) this.#next()
    })
  }

  #next(): void {
    const group = this.#waiting
    if (group.length === 0) return
    this.#waiting = []
    const run = Symbol('read')
    this.#current = run
    const over = () => {
      clearTimeout(slow)
      if (this.#current !== run) return
      this.#current = null
      this.#next()
    }
    const slow = setTimeout(over, SLOW_MS)
    const ids = [...new Set(group.flatMap((one) => one.ids))]
    this.#read(ids)
      .then(
        (found) => {
          const byId = new Map(found.map((doc) => [doc._id, doc]))
          for (const one of group) one.resolve(one.ids.flatMap((id) => byId.get(id) ?? []))
        },
        (error: unknown) => {
          for (const one of group) one.reject(error)
        },
      )
      .finally(over)
  }
}
