/** How sign-ins lie in the database: one document for each, from the first refresh token to its end. */
import { type Connection, type IndexDirection, type Model, type mongo, Schema } from 'mongoose'
import { DURABLE, READ } from '../database/call-options.js'
import { collectionOf } from '../database/database-calls.js'
import { codeOf, isDuplicateKey, NAMESPACE_EXISTS, NAMESPACE_NOT_FOUND } from '../database/error-codes.js'
import { dropIndex } from '../database/indexes.js'

export interface SessionDoc {
  _id: string
  accountId: string
  /** SHA-256 of the refresh token that is good now. */
  current: string
  /** SHA-256 of the one before it, which is answered for a few seconds more. */
  previous: string | null
  rotatedAt: Date
  startedAt: Date
  /** The database removes it after this; nobody waits for that, the rule is in the filters. */
  expiresAt: Date
  endedAt?: Date
}

const SESSIONS = 'sessions'
/** What earlier versions called it. */
const FORMER = 'refreshTokens'
const FORMER_INDEX = 'ended'
const BATCH = 500

export const sessionSchema = new Schema<SessionDoc>(
  {
    _id: { type: String, required: true },
    accountId: { type: String, required: true },
    current: { type: String, required: true },
    previous: { type: String, default: null },
    rotatedAt: { type: Date, required: true },
    startedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    endedAt: Date,
  },
  { collection: SESSIONS, versionKey: false, autoIndex: false, autoCreate: false, strict: 'throw' },
)

export const sessionIndexes: { key: Record<string, IndexDirection>; options: mongo.CreateIndexesOptions }[] =
  [
    { key: { accountId: 1 }, options: { name: 'of an account' } },
    // Asked four times a second by each instance. Sparse, not partial: see `database/engine`.
    { key: { endedAt: 1 }, options: { name: 'ended since', sparse: true } },
    { key: { expiresAt: 1 }, options: { name: 'garbage', expireAfterSeconds: 0 } },
  ]

for (const { key, options } of sessionIndexes) sessionSchema.index(key, options)

/** Makes what is missing; the server does not listen before this is done. */
export async function prepareSessions(connection: Connection): Promise<mongo.Collection<SessionDoc>> {
  const model: Model<SessionDoc> =
    connection.models.Session ?? connection.model<SessionDoc>('Session', sessionSchema)
  await moveFormer(connection)
  await model.createCollection()
  await dropIndex(sessionsOf(connection), FORMER_INDEX)
  await model.createIndexes()
  return sessionsOf(connection)
}

/**
 * The sessions of earlier versions, which lay in a collection of another name. Moved at once where there are none of this
 * name yet. Else another server has begun already, or a server of that version still writes there: then those that are
 * missing here are copied, and a start that dies half way is finished by the next.
 */
async function moveFormer(connection: Connection): Promise<void> {
  const db = connection.getClient().db(connection.name)
  if ((await db.listCollections({ name: FORMER }).toArray()).length === 0) return
  try {
    await db.renameCollection(FORMER, SESSIONS)
    return
  } catch (error) {
    if (codeOf(error) === NAMESPACE_NOT_FOUND) return
    if (codeOf(error) !== NAMESPACE_EXISTS) throw error
  }
  const former = collectionOf<SessionDoc>(connection, FORMER)
  const sessions = sessionsOf(connection)
  for (let after = ''; ; ) {
    const batch = await former
      .find({ _id: { $gt: after } }, { ...READ, sort: { _id: 1 }, limit: BATCH })
      .toArray()
    const last = batch.at(-1)
    if (!last) break
    await sessions.insertMany(batch, { ...DURABLE, ordered: false }).catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error
    })
    after = last._id
  }
  await former.drop().catch((error: unknown) => {
    if (codeOf(error) !== NAMESPACE_NOT_FOUND) throw error
  })
}

export function sessionsOf(connection: Connection): mongo.Collection<SessionDoc> {
  return collectionOf<SessionDoc>(connection, SESSIONS)
}
