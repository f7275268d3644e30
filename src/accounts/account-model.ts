/** How accounts lie in the database: what names a person is sealed, save the names providers publish. */
import { type Connection, type IndexDirection, type Model, type mongo, Schema } from 'mongoose'
import { DURABLE, READ } from '../database/call-options.js'
import { collectionOf } from '../database/database-calls.js'
import { dropIndex } from '../database/indexes.js'
import { type Language, languages } from '../domain/languages.js'
import type { Notifications } from '../domain/notifications.js'
import type { Policies } from '../domain/policies.js'
import type { Role } from '../schemas/common.js'
import { searchText } from './normalize.js'
import type { StoredProfile } from './public-face.js'

const BATCH = 500
/** Of earlier versions. */
const FORMER_INDEX = 'changed'

export interface StoredPolicies extends Partial<Policies> {
  rev: number
}

/** An address beside the one of the account, for a while. */
export interface OtherEmail {
  /** Names the change of address that it belongs to. */
  id: string
  /** Sealed. */
  email: string
  until: Date
}

export interface AccountDoc {
  _id: string
  role: Role
  /** Sealed. */
  email: string
  /**
   * Blind indexes of the address and of those before it, one for each key known when it was written: two accounts with
   * one address would share one.
   */
  emailIndexes: string[]
  /** Since when what is sent to the address is known to reach its owner. */
  emailVerifiedAt?: Date
  /** How often the address has changed; a link that was sent to one proves no other. */
  emailRev?: number
  /** Becomes the address of the account when a link that was sent to it is used. */
  pendingEmail?: OtherEmail
  /** The addresses before, the oldest first: each change can be taken back from the one before it for a while. */
  formerEmails?: OtherEmail[]
  /** Sealed for clients, plain for providers. */
  name: string
  /** Of providers: the name as it is sorted by. */
  search?: string
  /** Of providers: the whole name, as its words are looked for. */
  searchText?: string
  timeZone: string
  /** Of pages and mail. Accounts of earlier versions have none, which is English. */
  language?: Language
  /** argon2id */
  password: string
  /** How often it was set anew; a link that sets another is good for one of them. */
  passwordRev?: number
  createdAt: Date
  /** Of providers: what it has set itself, and how often it has. */
  policies?: StoredPolicies
  /** Of providers: what it says of itself in public. */
  profile?: StoredProfile
  /** Which mails it wants, as far as it has said. */
  notifications?: Partial<Notifications>
  /** When what other instances remember of it (name, zone, language, policies, profile, services) last changed. */
  changedAt?: Date
}

const otherEmail = new Schema<OtherEmail>(
  {
    id: { type: String, required: true },
    email: { type: String, required: true },
    until: { type: Date, required: true },
  },
  { _id: false, id: false },
)

export const accountSchema = new Schema<AccountDoc>(
  {
    _id: { type: String, required: true },
    role: { type: String, enum: ['client', 'provider'], required: true },
    email: { type: String, required: true },
    emailIndexes: { type: [String], required: true },
    emailVerifiedAt: Date,
    emailRev: Number,
    pendingEmail: otherEmail,
    formerEmails: { type: [otherEmail], default: undefined },
    name: { type: String, required: true },
    search: String,
    searchText: String,
    timeZone: { type: String, required: true },
    language: { type: String, enum: languages },
    password: { type: String, required: true },
    passwordRev: Number,
    createdAt: { type: Date, required: true },
    policies: new Schema<StoredPolicies>(
      {
        rev: { type: Number, required: true },
        noticeSeconds: Number,
        maxAheadDays: Number,
        maxUpcomingBookings: Number,
        offerMinutes: Number,
      },
      { _id: false },
    ),
    profile: new Schema<StoredProfile>(
      {
        rev: { type: Number, required: true },
        link: String,
        formerLinks: { type: [String], default: undefined },
        portrait: String,
        title: String,
        text: String,
        address: String,
        place: String,
        phone: String,
      },
      { _id: false },
    ),
    notifications: new Schema<Partial<Notifications>>(
      { reminders: Boolean, changes: Boolean, calendar: String },
      { _id: false },
    ),
    changedAt: Date,
  },
  { collection: 'accounts', versionKey: false, autoIndex: false, autoCreate: false, strict: 'throw' },
)

export const accountIndexes: { key: Record<string, IndexDirection>; options: mongo.CreateIndexesOptions }[] =
  [
    // While keys rotate, an instance with both and one with the old one alone still share an index for each address.
    {
      key: { emailIndexes: 1 },
      options: {
        name: 'one account an address',
        unique: true,
        partialFilterExpression: { emailIndexes: { $exists: true } },
      },
    },
    // Asked four times a second by each instance. Sparse, not partial: see `database/engine`.
    { key: { changedAt: 1 }, options: { name: 'changed since', sparse: true } },
    // The list over all providers begins at the shortest notice of any.
    { key: { 'policies.noticeSeconds': 1 }, options: { name: 'own notice', sparse: true } },
    {
      key: { search: 1, _id: 1 },
      options: { name: 'providers by name', partialFilterExpression: { search: { $exists: true } } },
    },
  ]

for (const { key, options } of accountIndexes) accountSchema.index(key, options)

/** Makes what is missing; the server does not listen before this is done. */
export async function prepareAccounts(connection: Connection): Promise<mongo.Collection<AccountDoc>> {
  const model: Model<AccountDoc> =
    connection.models.Account ?? connection.model<AccountDoc>('Account', accountSchema)
  await model.createCollection()
  await dropIndex(accountsOf(connection), FORMER_INDEX)
  await model.createIndexes()
  return accountsOf(connection)
}

/** Fills in what accounts of earlier versions lack. To be done once, and repeatable. */
export async function upgradeAccounts(connection: Connection): Promise<void> {
  const accounts = accountsOf(connection)
  for (;;) {
    const old = { role: 'provider' as const, searchText: { $exists: false } }
    const batch = await accounts.find(old, { ...READ, limit: BATCH, projection: { name: 1 } }).toArray()
    if (batch.length === 0) return
    // Unless the name has changed meanwhile, with which the new one comes.
    const updates = batch.map(({ _id, name }) => ({
      updateOne: { filter: { _id, name }, update: { $set: { searchText: searchText(name) } } },
    }))
    await accounts.bulkWrite(updates, { ...DURABLE, ordered: false })
  }
}

export function accountsOf(connection: Connection): mongo.Collection<AccountDoc> {
  return collectionOf<AccountDoc>(connection, 'accounts')
}
