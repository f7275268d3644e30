/** How links lie in the database: by the hash of their token, so that nothing here opens anything. */
import { type Connection, type IndexDirection, type Model, type mongo, Schema } from 'mongoose'
import { collectionOf } from '../database/database-calls.js'
import { type LinkPurpose, linkPurposes } from '../domain/link-purposes.js'

export interface LinkDoc {
  /** SHA-256 of the token. */
  _id: string
  purpose: LinkPurpose
  reservationId?: string
  accountId?: string
  waitId?: string
  /** Which state of its subject it is for: a change of address that was replaced by another one cannot be confirmed. */
  about?: string
  madeAt: Date
  expiresAt: Date
  use?: LinkUse
}

export interface LinkUse {
  /** Names the request that uses it. */
  by: string
  /** Until then nobody else may; later that request has died on the way. */
  until: Date
  /** What came of it. From then on it is used. */
  outcome?: string
}

/** How long an expired link stays, so that clocks need not agree with that of the database's own cleaning. */
const KEPT_SECONDS = 86_400

export const linkSchema = new Schema<LinkDoc>(
  {
    _id: { type: String, required: true },
    purpose: { type: String, enum: [...linkPurposes], required: true },
    reservationId: String,
    accountId: String,
    waitId: String,
    about: String,
    madeAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    use: new Schema<LinkUse>(
      {
        by: { type: String, required: true },
        until: { type: Date, required: true },
        outcome: String,
      },
      { _id: false },
    ),
  },
  { collection: 'links', versionKey: false, autoIndex: false, autoCreate: false, strict: 'throw' },
)

export const linkIndexes: { key: Record<string, IndexDirection>; options: mongo.CreateIndexesOptions }[] = [
  // Sparse, not partial: see `database/engine`.
  { key: { accountId: 1 }, options: { name: 'of an account', sparse: true } },
  { key: { expiresAt: 1 }, options: { name: 'garbage', expireAfterSeconds: KEPT_SECONDS } },
]

for (const { key, options } of linkIndexes) linkSchema.index(key, options)

/** Makes what is missing; the server does not listen before this is done. */
export async function prepareLinks(connection: Connection): Promise<mongo.Collection<LinkDoc>> {
  const model: Model<LinkDoc> = connection.models.Link ?? connection.model<LinkDoc>('Link', linkSchema)
  await model.createCollection()
  await model.createIndexes()
  return linksOf(connection)
}

export function linksOf(connection: Connection): mongo.Collection<LinkDoc> {
  return collectionOf<LinkDoc>(connection, 'links')
}
