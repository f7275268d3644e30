/**
 * Which version of the schema a database has: one document in `settings`. A server opens what is as old as it or older,
 * and refuses what is newer before it writes anything, because it would misread it.
 *
 * The number is raised before anything is moved, so a database that is moved half way is refused by older servers as
 * well. What is moved is noted by each step itself (`doneOnce`) or seen from the data, so a start that died on the way
 * is finished by the next one. Raise it when an older server would misread what this one writes; a new field that older
 * servers ignore needs no new number.
 */
import type { Connection, mongo } from 'mongoose'
import { isDuplicateKey } from './error-codes.js'
import { CannotStart } from './startup-error.js'

/** 0, without a document: everything before there was a number. */
export const SCHEMA_VERSION = 1

interface StoredVersion {
  _id: string
  version: number
}

const VERSION = 'schema'
/** There while a backup is loaded: what is there then is not whole. */
const LOADING = 'loading'
const PRIMARY = { readPreference: 'primary' } as const
const DURABLE = { writeConcern: { w: 'majority', journal: true } } as const

export async function schemaVersionOf(db: mongo.Db): Promise<number> {
  const stored = await db.collection<StoredVersion>('settings').findOne({ _id: VERSION }, PRIMARY)
  return stored?.version ?? 0
}

/** One line for a version that this server does not know; null where it does. */
export function whyTooNew(what: string, version: number): string | null {
  if (version <= SCHEMA_VERSION) return null
  return `${what} has version ${version} of the schema, and this server knows versions up to ${SCHEMA_VERSION}: use the version of the server that made it, or a later one.`
}

/** Refuses a newer database, and one that is half loaded, and notes that this server moves what is older. */
export async function takeSchema(connection: Connection): Promise<void> {
  const db = connection.getClient().db(connection.name)
  await checkSchema(db)
  const settings = db.collection<StoredVersion>('settings')
  const raise = { $max: { version: SCHEMA_VERSION } }
  await settings.updateOne({ _id: VERSION }, raise, { ...DURABLE, upsert: true }).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error
    // Another server has made it in this moment.
    return settings.updateOne({ _id: VERSION }, raise, DURABLE)
  })
  // A newer server may have begun meanwhile; `$max` has left its number as it was.
  await checkSchema(db)
}

async function checkSchema(db: mongo.Db): Promise<void> {
  const why = whyTooNew('This database', await schemaVersionOf(db))
  if (why !== null) throw new CannotStart(why)
  if (await isHalfLoaded(db))
    throw new CannotStart(
      'This database was not loaded to its end (npm run restore or migrate-database was interrupted): empty it and load it again.',
    )
}

export async function isHalfLoaded(db: mongo.Db): Promise<boolean> {
  return (await db.collection<{ _id: string }>('settings').findOne({ _id: LOADING }, PRIMARY)) !== null
}

/** Before anything is loaded: no server starts on it from now on. */
export async function beginLoading(db: mongo.Db): Promise<void> {
  await db.collection<{ _id: string }>('settings').insertOne({ _id: LOADING }, DURABLE)
}

export async function endLoading(db: mongo.Db): Promise<void> {
  await db.collection<{ _id: string }>('settings').deleteOne({ _id: LOADING }, DURABLE)
}

/** What stands in `settings` about one database alone, and is never copied to another. */
export function isOfOneDatabase(collection: string, id: unknown): boolean {
  return collection === 'settings' && (id === LOADING || id === MARK)
}

/** Written by a backup, to know where in the history of changes it stands. */
export const MARK = 'backup'
