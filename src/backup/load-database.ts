/**
 * Loads a copy into an empty database: the documents as they were read, then what changed meanwhile, then what must not go on
 * from the database that it came from. Indexes come after that, because the documents alone may break a unique one.
 *
 * No server starts on it before it is whole (`beginLoading`); a load that fails takes away what it has brought.
 */
import type { mongo } from 'mongoose'
import { beginLoading, isHalfLoaded } from '../database/schema-version.js'
import { type Doc, idText, readBson } from './bson.js'
import { applyChange, type Change } from './change.js'
import { collectionsOf } from './copy-database.js'
import { CopyFailed } from './copy-failed.js'

const DURABLE = { writeConcern: { w: 'majority', journal: true } } as const
const PRIMARY = { readPreference: 'primary' } as const
/** In one message to the database, and in one look at it. */
const BATCH = 500
const BATCH_BYTES = 4 * 1024 * 1024

/** Ids are of whatever type they are. */
interface AnyDoc {
  _id: string
}

/** Refuses a database in which there is anything, before it writes. */
export async function beginLoad(db: mongo.Db, where: string): Promise<void> {
  if (await isHalfLoaded(db))
    throw new CopyFailed(`${where} was loaded half and then left; drop it, and start again.`)
  for (const name of await collectionsOf(db)) {
    if (await db.collection(name).findOne({}, { ...PRIMARY, projection: { _id: 1 } }))
      throw new CopyFailed(`${where} is not empty (${name}); only an empty one is loaded.`)
  }
  await beginLoading(db)
}

/** Best effort: where the database is gone as well, `isHalfLoaded` says what is left. */
export async function takeAway(db: mongo.Db): Promise<void> {
  await db.dropDatabase(DURABLE)
}

export class DocumentLoader {
  readonly #db: mongo.Db
  #waiting: { collection: string; docs: Doc[]; bytes: number } = { collection: '', docs: [], bytes: 0 }

  constructor(db: mongo.Db) {
    this.#db = db
  }

  async add(collection: string, raw: Uint8Array): Promise<void> {
    const { docs, bytes, collection: current } = this.#waiting
    if (current !== collection || docs.length >= BATCH || bytes + raw.length > BATCH_BYTES) {
      await this.flush()
      this.#waiting = { collection, docs: [], bytes: 0 }
    }
    this.#waiting.docs.push(readBson(raw))
    this.#waiting.bytes += raw.length
  }

  async flush(): Promise<void> {
    const { collection, docs } = this.#waiting
    this.#waiting = { collection, docs: [], bytes: 0 }
    if (docs.length > 0)
      await this.#db.collection(collection).insertMany(docs, { ...DURABLE, ordered: false })
  }
}

/** In the order in which they happened. */
export class ChangeLoader {
  readonly #db: mongo.Db
  #waiting: Change[] = []

  constructor(db: mongo.Db) {
    this.#db = db
  }

  async add(change: Change): Promise<void> {
    this.#waiting.push(change)
    if (this.#waiting.length >= BATCH) await this.flush()
  }

  async flush(): Promise<void> {
    const changes = this.#waiting
    this.#waiting = []
    for (const name of new Set(changes.map(({ collection }) => collection))) {
      const some = changes.filter(({ collection }) => collection === name)
      await applyTo(this.#db.collection<AnyDoc>(name), some)
    }
  }
}

async function applyTo(collection: mongo.Collection<AnyDoc>, changes: Change[]): Promise<void> {
  const ids = new Map(changes.map(({ id }) => [idText(id), id as string]))
  const found = await collection
    .find({ _id: { $in: [...ids.values()] } }, { ...PRIMARY, promoteValues: false })
    .toArray()
  const before = new Map(found.map((doc) => [idText(doc._id), doc as Doc]))
  const after = new Map<string, { id: string; doc: Doc | null }>()
  for (const change of changes) {
    const key = idText(change.id)
    const doc = after.has(key) ? (after.get(key)?.doc ?? null) : (before.get(key) ?? null)
    after.set(key, { id: change.id as string, doc: applyChange(doc, change) })
  }
  const writes = [...after.values()].map(({ id, doc }) =>
    doc === null
      ? { deleteOne: { filter: { _id: id } } }
      : { replaceOne: { filter: { _id: id }, replacement: doc as unknown as AnyDoc, upsert: true } },
  )
  await collection.bulkWrite(writes, { ...DURABLE, ordered: false })
}

/**
 * What would go on where the database went on that the copy was made of.
 * - The place in its change stream leads nowhere here. What was due since is derived from the slots as they are.
 */
export async function forgetPlace(db: mongo.Db): Promise<void> {
  await db.collection('jobProgress').updateMany({}, { $unset: { place: 1 } }, DURABLE)
}

/**
 * Of a copy that is older than what has happened since:
 * - sessions, for one of them may have been ended since, and would be good again;
 * - links that set a password or an address, for one of them may have been used since.
 */
export async function endWhatMayHaveEnded(db: mongo.Db): Promise<void> {
  for (const name of SESSIONS) await db.collection(name).deleteMany({}, DURABLE)
  await db.collection('links').deleteMany({ purpose: { $in: [...OF_ACCESS] } }, DURABLE)
}

/** And as earlier versions called them. */
const SESSIONS = ['sessions', 'refreshTokens']
const OF_ACCESS = ['password-reset', 'address-check', 'address-change']
