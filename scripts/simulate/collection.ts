/** A collection of the simulated database: what the driver's offers to a server, as far as a server uses it. */
import type { mongo } from 'mongoose'
import type { StreamOptions } from '../../src/live/calendar/slot-feed.js'
import type { SimDatabase } from './database.js'
import { bulkError, duplicate, outOfSpace, writeError } from './engine-errors.js'
import { at, compare, copyOf, type Doc, matches, type Update, updated } from './expressions.js'
import type { SimStream } from './stream.js'

type Fields = Record<string, unknown>

interface Index {
  name: string
  fields: string[]
  isSparse: boolean
  where: Fields | null
}

export class SimCollection {
  readonly #database: SimDatabase
  readonly #name: string
  readonly #docs = new Map<string, Doc>()
  readonly #unique: Index[] = []
  readonly #taken = new Map<string, string>()

  constructor(database: SimDatabase, name: string) {
    this.#database = database
    this.#name = name
  }

  /** Unique ones alone: the others change nothing but the time it takes. */
  keepUnique(indexes: { key: Fields; options: mongo.CreateIndexesOptions }[]): void {
    for (const { key, options } of indexes) {
      if (!options.unique) continue
      this.#unique.push({
        name: String(options.name),
        fields: Object.keys(key),
        isSparse: options.sparse === true,
        where: (options.partialFilterExpression as Fields | undefined) ?? null,
      })
    }
  }

  /** As it is at this moment; for checks. */
  all(): Doc[] {
    return [...this.#docs.values()]
  }

  /** Not from a server: what was there before. */
  put(doc: Doc): void {
    this.#put(null, copyOf(doc))
  }

  findOne(filter: Fields, _options?: unknown): Promise<Doc | null> {
    return this.#database.call(() => this.#found(filter)[0] ?? null)
  }

  find(filter: Fields, options: Fields = {}): SimCursor {
    return new SimCursor((asked) => this.#database.call(() => this.#query(filter, asked)), options)
  }

  #query(filter: Fields, { sort, limit, projection }: Fields): Doc[] {
    const found = this.#found(filter)
    if (sort) {
      const order = Object.entries(sort as Record<string, number>)
      found.sort((one, other) => {
        for (const [path, direction] of order) {
          const by = compare(at(one, path), at(other, path))
          if (by !== 0) return by * direction
        }
        return 0
      })
    }
    const page = typeof limit === 'number' && limit > 0 ? found.slice(0, limit) : found
    return projection ? page.map((doc) => without(doc, projection as Fields)) : page
  }

  #found(filter: Fields): Doc[] {
    const { _id } = filter
    const ids = typeof _id === 'string' ? [_id] : (_id as { $in?: string[] } | undefined)?.$in
    // In the order of ids, in which engines go through them: it decides what a unique index refuses half way.
    const from = ids
      ? [...new Set(ids)].sort().flatMap((id) => this.#docs.get(id) ?? [])
      : this.#docs.values()
    return [...from].filter((doc) => matches(doc, filter))
  }

  insertMany(docs: Doc[], _options?: unknown): Promise<unknown> {
    const sent = copyOf(docs)
    return this.#database.call(() => {
      const writeErrors: Fields[] = []
      for (const [index, doc] of sent.entries()) {
        try {
          this.#statement(() => this.#put(null, doc))
        } catch (error) {
          writeErrors.push(writeError(index, error, doc))
        }
      }
      const insertedCount = sent.length - writeErrors.length
      if (writeErrors.length > 0) throw bulkError(writeErrors, { insertedCount })
      return { acknowledged: true, insertedCount }
    })
  }

  updateOne(filter: Fields, update: Update, options: Fields = {}): Promise<unknown> {
    return this.#database.call(() => this.#update({ filter, update, isMany: false, ...options }))
  }

  findOneAndUpdate(filter: Fields, update: Update, _options?: unknown): Promise<Doc | null> {
    return this.#database.call(() => {
      this.#update({ filter, update, isMany: false })
      return this.#found(filter)[0] ?? null
    })
  }

  updateMany(filter: Fields, update: Update, _options?: unknown): Promise<unknown> {
    return this.#database.call(() => this.#update({ filter, update, isMany: true }))
  }

  bulkWrite(
    statements: Record<string, { filter: Fields; update: Update }>[],
    _options?: unknown,
  ): Promise<unknown> {
    return this.#database.call(() => {
      const writeErrors: Fields[] = []
      for (const [index, statement] of statements.entries()) {
        const [kind = ''] = Object.keys(statement)
        const { filter = {}, update = {} } = statement[kind] ?? {}
        try {
          this.#update({ filter, update, isMany: kind === 'updateMany' })
        } catch (error) {
          writeErrors.push(writeError(index, error))
        }
      }
      if (writeErrors.length > 0) throw bulkError(writeErrors, {})
      return { acknowledged: true }
    })
  }

  deleteMany(filter: Fields, _options?: unknown): Promise<unknown> {
    return this.#database.call(() => {
      const gone = this.#found(filter)
      this.#statement(() => {
        for (const doc of gone) this.#put(doc, null)
      })
      return { acknowledged: true, deletedCount: gone.length }
    })
  }

  watch(_pipeline: unknown, options: StreamOptions): SimStream {
    return this.#database.watch(this.#name, options)
  }

  #update(asked: { filter: Fields; update: Update; isMany: boolean; upsert?: unknown }) {
    const { filter, update, isMany, upsert } = asked
    const found = isMany ? this.#found(filter) : this.#found(filter).slice(0, 1)
    let modifiedCount = 0
    this.#statement(() => {
      for (const doc of found) {
        const after = updated(doc, update, this.#database.nowMs)
        if (after === doc) continue
        modifiedCount++
        this.#put(doc, after)
      }
      if (found.length === 0 && upsert === true) {
        const fresh = { _id: String(filter._id) }
        this.#put(null, updated(fresh, update, this.#database.nowMs, true))
      }
    })
    return { acknowledged: true, matchedCount: found.length, modifiedCount }
  }

  /** All that it does, or nothing. */
  #statement(work: () => void): void {
    if (this.#database.isFull) throw outOfSpace()
    const undo: (() => void)[] = []
    this.#undo = undo
    this.#told = []
    try {
      work()
    } catch (error) {
      for (const step of undo.reverse()) step()
      throw error
    } finally {
      this.#undo = null
    }
    for (const { before, after } of this.#told) this.#database.changed(this.#name, before, after)
    if (this.#told.length > 0) this.#database.through(this.#name)
  }
  #undo: (() => void)[] | null = null
  #told: { before: Doc | null; after: Doc | null }[] = []

  #put(before: Doc | null, after: Doc | null): void {
    const id = (after ?? before)?._id ?? ''
    if (!before && after && this.#docs.has(id)) throw duplicate('_id_')
    const [old, fresh] = [this.#keysOf(before), this.#keysOf(after)]
    for (const key of fresh) {
      const owner = this.#taken.get(key)
      if (owner !== undefined && owner !== id) throw duplicate(key)
    }
    const set = (doc: Doc | null, gone: string[], come: string[]) => {
      for (const key of gone) this.#taken.delete(key)
      for (const key of come) this.#taken.set(key, id)
      if (doc) this.#docs.set(id, doc)
      else this.#docs.delete(id)
    }
    set(after, old, fresh)
    this.#undo?.push(() => set(before, fresh, old))
    this.#told.push({ before, after })
  }

  #keysOf(doc: Doc | null): string[] {
    if (!doc) return []
    return this.#unique.flatMap(({ name, fields, isSparse, where }) => {
      const values = fields.map((field) => at(doc, field))
      if (isSparse && values.every((value) => value === undefined)) return []
      if (where && !matches(doc, where)) return []
      return [`${name} ${JSON.stringify(values.map((value) => value ?? null))}`]
    })
  }
}

/** As much of the driver's cursor as is used. */
class SimCursor {
  readonly #ask: (options: Fields) => Promise<Doc[]>
  readonly #options: Fields
  #buffered: Doc[] = []
  #asked = false

  constructor(ask: (options: Fields) => Promise<Doc[]>, options: Fields) {
    this.#ask = ask
    this.#options = { ...options }
  }

  sort(sort: Fields): this {
    this.#options.sort = sort
    return this
  }

  limit(limit: number): this {
    this.#options.limit = limit
    return this
  }

  project(projection: Fields): this {
    this.#options.projection = projection
    return this
  }

  async hasNext(): Promise<boolean> {
    if (!this.#asked) {
      this.#asked = true
      this.#buffered = await this.#ask(this.#options)
    }
    return this.#buffered.length > 0
  }

  readBufferedDocuments(): Doc[] {
    return this.#buffered.splice(0)
  }

  async close(): Promise<void> {}
}

/** What is not asked for; a list of what is asked for brings everything, which nobody relies on. */
function without(doc: Doc, projection: Fields): Doc {
  const left = { ...doc }
  for (const [field, isAsked] of Object.entries(projection)) if (isAsked === 0) delete left[field]
  return left
}
