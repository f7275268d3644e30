/** How sign-ins lie in the database: one document for each, from the first refresh token to its end. */
import { type Connection, type IndexDirection, type Model, type mongo, Schema } from 'mongoose'
import { collectionOf } from '../database/database-calls.js'

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
  { collection: 'refreshTokens', versionKey: false, autoIndex: false, autoCreate: false, strict: 'throw' },
)

/** Named where it is meant, for not every engine takes a partial index by itself. */
export const byEnd = 'ended'

export const sessionIndexes: { key: Record<string, IndexDirection>; options: mongo.CreateIndexesOptions }[] =
  [
    { key: { accountId: 1 }, options: { name: 'of an account' } },
    {
      key: { endedAt: 1 },
      options: { name: byEnd, partialFilterExpression: { endedAt: { $exists: true } } },
    },
    { key: { expiresAt: 1 }, options: { name: 'garbage', expireAfterSeconds: 0 } },
  ]

for (const { key, options } of sessionIndexes) sessionSchema.index(key, options)

/** Makes what is missing; the server does not listen before this is done. */
export async function prepareSessions(connection: Connection): Promise<mongo.Collection<SessionDoc>> {
  const model: Model<SessionDoc> =
    connection.models.Session ?? connection.model<SessionDoc>('Session', sessionSchema)
  await model.createIndexes()
  return sessionsOf(connection)
}

export function sessionsOf(connection: Connection): mongo.Collection<SessionDoc> {
  return collectionOf<SessionDoc>(connection, 'refreshTokens')
}
