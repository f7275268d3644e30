/**
 * Copies a database as it was at one moment, while others write to it.
 *
 * A change stream is opened first; then every collection is read, whatever is written meanwhile, and the changes are
 * handed on beside the documents. At the end a mark of our own is written. When it comes round in the stream, all that was
 * acknowledged before it has been told: documents and changes together (`applyChange`) are the database at that mark.
 *
 * Refused alternatives: SecantusDB takes `readConcern: snapshot` and does not keep it (a snapshot session read what was
 * written after its first read). A transaction does read one moment across collections, but while one is open, other
 * writes fall to some 44 a second, and MongoDB ends it after `transactionLifetimeLimitSeconds`.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { mongo } from 'mongoose'
import { isOfOneDatabase, MARK } from '../database/schema-version.js'
import { type Doc, readBson } from './bson.js'
import { type Change, changeOf, type StreamEvent } from './change.js'
import { CopyFailed } from './copy-failed.js'

/** Hears all of it. Who answers with a promise is waited for. */
export interface CopySink {
  collection(name: string): void | Promise<void>
  /** Of the collection that was named last, as BSON. Not to be kept. */
  documents(raw: Uint8Array[]): void | Promise<void>
  /** May come before the document that it is about. */
  change(change: Change): void | Promise<void>
}

export interface CopyOptions {
  db: mongo.Db
  sink: CopySink
  signal?: AbortSignal | undefined
}

export interface Copied {
  /** Documents that were read, by collection. Those that came or went meanwhile are among the changes. */
  counts: Record<string, number>
  changes: number
  /** When the mark was written: what the copy shows. */
  at: Date
}

interface MarkDoc {
  _id: string
  mark: string
}

const BATCH = 500
const AWAIT_MS = 1_000
/** A mark comes round within milliseconds; an engine that is busy with a large copy may need longer. */
const MARK_WITHIN_MS = 60_000
const DURABLE = { writeConcern: { w: 'majority', journal: true } } as const
/** At least what the change stream has told, and nothing that can be rolled back. */
const FROM = { readPreference: 'primary', readConcern: { level: 'majority' } } as const

export async function copyDatabase({ db, sink, signal }: CopyOptions): Promise<Copied> {
  const stopping = new AbortController()
  const both = signal ? AbortSignal.any([signal, stopping.signal]) : stopping.signal
  const stream = db.watch<StreamEvent & Doc>([], {
    maxAwaitTimeMS: AWAIT_MS,
    batchSize: 1_000,
    promoteValues: false,
  })
  const marks = new Marks(db)
  const following = follow(stream as unknown as EventStream, marks, sink, both)
  // Whoever fails first says why, and the other one stops.
  const orStop = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      stopping.abort()
      throw error
    })
  const copying = (async () => {
    // The stream is open when a mark was seen in it; before that a change could be missed.
    await untilSeen(marks, 'begin', both)
    const counts = await copyCollections(db, sink, both)
    const at = new Date()
    await untilSeen(marks, 'end', both)
    return { counts, at }
  })()
  const ends = await Promise.allSettled([orStop(following), orStop(copying)])
  await stream.close().catch(() => {})
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  if (signal?.aborted) throw new CopyFailed('It was interrupted.')
  if (reasons.length > 0) throw reasons.find((reason) => !(reason instanceof Stopped)) ?? reasons[0]
  const [{ value: changes }, { value: copied }] = ends as [
    PromiseFulfilledResult<number>,
    PromiseFulfilledResult<Omit<Copied, 'changes'>>,
  ]
  return { ...copied, changes }
}

/** The other half has failed. */
class Stopped extends Error {}

type MarkName = 'begin' | 'end'

class Marks {
  readonly #settings: mongo.Collection<MarkDoc>
  readonly #texts = { begin: randomBytes(12).toString('hex'), end: randomBytes(12).toString('hex') }
  readonly #seen = new Set<MarkName>()

  constructor(db: mongo.Db) {
    this.#settings = db.collection<MarkDoc>('settings')
  }

  async write(name: MarkName): Promise<void> {
    await this.#settings.updateOne(
      { _id: MARK },
      // Another text each time, for a write that changes nothing is not told.
      { $set: { mark: `${this.#texts[name]} ${randomBytes(4).toString('hex')}` } },
      { ...DURABLE, upsert: true },
    )
  }

  hasSeen(name: MarkName): boolean {
    return this.#seen.has(name)
  }

  /** True for a mark of anybody. */
  take({ ns, documentKey, fullDocument, updateDescription }: StreamEvent): boolean {
    if (ns?.coll !== 'settings' || documentKey?._id !== MARK) return false
    const mark = String(updateDescription?.updatedFields?.mark ?? fullDocument?.mark)
    for (const name of ['begin', 'end'] as const) if (mark.startsWith(this.#texts[name])) this.#seen.add(name)
    return true
  }
}

/** Writes the mark again where it did not come round: a stream that was not open yet has missed it. */
async function untilSeen(marks: Marks, name: MarkName, signal: AbortSignal): Promise<void> {
  const begun = performance.now()
  for (let waited = Number.POSITIVE_INFINITY; !marks.hasSeen(name); waited += 20) {
    if (signal.aborted) throw new Stopped()
    if (performance.now() - begun > MARK_WITHIN_MS)
      throw new CopyFailed('The change stream of the database does not tell what is written to it.')
    // The end is written once: what comes after it must not be in the copy.
    if (waited >= AWAIT_MS && (name === 'begin' || waited === Number.POSITIVE_INFINITY)) {
      await marks.write(name)
      waited = 0
    }
    await pause(20)
  }
}

interface EventStream {
  tryNext(): Promise<StreamEvent | null>
}

/** Until the mark of the end. Says how many changes there were. */
async function follow(
  stream: EventStream,
  marks: Marks,
  sink: CopySink,
  signal: AbortSignal,
): Promise<number> {
  for (let changes = 0; ; ) {
    if (signal.aborted) throw new Stopped()
    const event = await stream.tryNext()
    if (!event) continue
    if (marks.take(event)) {
      if (marks.hasSeen('end')) return changes
      continue
    }
    const change = changeOf(event)
    if (change === 'breaks')
      throw new CopyFailed(
        `A collection was dropped or renamed meanwhile (${event.operationType} ${event.ns?.coll ?? ''}); start it again when the server has started.`,
      )
    // What is told before the begin is in what is read after it.
    if (change === null || !marks.hasSeen('begin') || isOfOneDatabase(change.collection, change.id)) continue
    changes++
    await sink.change(change)
  }
}

async function copyCollections(
  db: mongo.Db,
  sink: CopySink,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const name of await collectionsOf(db)) {
    await sink.collection(name)
    let count = 0
    for await (const batch of documentsOf(db, name)) {
      if (signal.aborted) throw new Stopped()
      count += batch.length
      await sink.documents(batch)
    }
    counts[name] = count
  }
  return counts
}

export async function collectionsOf(db: mongo.Db): Promise<string[]> {
  const all = await db.listCollections({}, { nameOnly: false }).toArray()
  return all
    .filter(({ name, type }) => (type ?? 'collection') === 'collection' && !name.startsWith('system.'))
    .map(({ name }) => name)
    .sort()
}

/** All documents of a collection as BSON, without what is of this database alone. */
export async function* documentsOf(db: mongo.Db, name: string): AsyncGenerator<Uint8Array[]> {
  const cursor = db.collection(name).find({}, { raw: true, batchSize: BATCH, ...FROM })
  let batch: Uint8Array[] = []
  for await (const one of cursor as unknown as AsyncIterable<Uint8Array>) {
    if (name === 'settings' && isOfOneDatabase(name, readBson(one)._id)) continue
    batch.push(one)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
