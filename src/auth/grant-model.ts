/** How grants (API keys, addresses of feeds) lie in the database: without the text that anybody could use. */
import type { Connection, mongo } from 'mongoose'
import { collectionOf } from '../database/database-calls.js'
import type { Scope } from '../http/scopes.js'
import type { Role } from '../schemas/common.js'
import type { GrantKind } from './grant-text.js'

export interface GrantDoc {
  _id: string
  kind: GrantKind
  accountId: string
  /** Of the account; it never changes. */
  role: Role
  createdAt: Date
  /** SHA-256 of the text; gone when the grant has ended. */
  hash?: string
  /** Account, kind and a number: there are as many numbers as grants of a kind, so an index keeps the most. */
  place?: string
  /** The last characters of the text. */
  hint?: string
  /** Of a key, as are the scopes. */
  name?: string
  scopes?: Scope[]
  expiresAt?: Date
  lastUsedAt?: Date
  endedAt?: Date
  /** The database removes it after this; nobody waits for that, the rules are in the filters. */
  removeAt?: Date
}

const GRANTS = 'grants'

const indexes: mongo.IndexDescription[] = [
  { key: { accountId: 1 }, name: 'of an account' },
  // Sparse, not partial: see `database/engine`.
  { key: { hash: 1 }, name: 'hash', unique: true, sparse: true },
  { key: { place: 1 }, name: 'place', unique: true, sparse: true },
  // Asked four times a second by each instance.
  { key: { endedAt: 1 }, name: 'ended since', sparse: true },
  { key: { removeAt: 1 }, name: 'garbage', expireAfterSeconds: 0 },
]

/** Makes what is missing; the server does not listen before this is done. */
export async function prepareGrants(connection: Connection): Promise<void> {
  await connection.collection<GrantDoc>(GRANTS).createIndexes(indexes)
}

export function grantsOf(connection: Connection): mongo.Collection<GrantDoc> {
  return collectionOf<GrantDoc>(connection, GRANTS)
}
