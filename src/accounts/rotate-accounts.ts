/**
 * Moves accounts to the current key, a batch at a time, while servers that know both keys go on. What is to be done is
 * read off the accounts themselves, so that it may be interrupted anywhere and begun again from the start.
 */
import type { mongo } from 'mongoose'
import { DURABLE, READ } from '../database/call-options.js'
import type { FieldCipher } from '../encryption/field-cipher.js'
import type { AccountDoc } from './account-model.js'
import { emailIndexes as indexesOf, otherEmailPlace } from './sealed-email.js'

type Sealed = Pick<
  AccountDoc,
  '_id' | 'role' | 'email' | 'emailIndexes' | 'name' | 'pendingEmail' | 'formerEmail'
>

export interface AccountBatch {
  /** Where to go on; null at the end. */
  next: string | null
  changed: number
  /** Accounts with a text that none of the keys opens; left as they are. */
  unreadable: string[]
}

export async function rotateAccounts(
  accounts: mongo.Collection<AccountDoc>,
  cipher: FieldCipher,
  after: string,
  limit: number,
): Promise<AccountBatch> {
  let changed = 0
  for (;;) {
    const found = await accounts
      .find({ _id: { $gt: after } }, READ)
      .project<Sealed>({ role: 1, email: 1, emailIndexes: 1, name: 1, pendingEmail: 1, formerEmail: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray()
    const unreadable: string[] = []
    const updates = found.flatMap((account) => {
      const fields = sealedAnew(account, cipher)
      if (fields === 'unreadable') unreadable.push(account._id)
      if (fields === 'unreadable' || Object.keys(fields).length === 0) return []
      // As it was read: an address or a name that its owner changes in this moment stays changed.
      const { _id, email, name, pendingEmail, formerEmail } = account
      const others = {
        'pendingEmail.email': pendingEmail?.email ?? null,
        'formerEmail.email': formerEmail?.email ?? null,
      }
      return [{ updateOne: { filter: { _id, email, name, ...others }, update: { $set: fields } } }]
    })
    const matched =
      updates.length === 0
        ? 0
        : (await accounts.bulkWrite(updates, { ...DURABLE, ordered: false })).matchedCount
    changed += matched
    // One that moved on meanwhile is read again.
    if (matched === updates.length) return { next: found.at(-1)?._id ?? null, changed, unreadable }
  }
}

/** What must change for this account to need the current key alone. */
function sealedAnew(account: Sealed, cipher: FieldCipher): Partial<AccountDoc> | 'unreadable' {
  const { _id: id, role, email, name, emailIndexes } = account
  // What a crash in the middle of a registration left; nothing leads to it.
  if (email === undefined) return {}
  const fields: Partial<AccountDoc> = {}
  const address = cipher.open(email, { collection: 'accounts', field: 'email', id })
  if (address === null) return 'unreadable'
  const [index = ''] = indexesOf(cipher, address)
  if (cipher.isOutdated(email)) {
    fields.email = cipher.seal(address, { collection: 'accounts', field: 'email', id })
  }
  if (emailIndexes.length !== 1 || emailIndexes[0] !== index) fields.emailIndexes = [index]
  if (role === 'client' && cipher.isOutdated(name)) {
    const opened = cipher.open(name, { collection: 'accounts', field: 'name', id })
    if (opened === null) return 'unreadable'
    fields.name = cipher.seal(opened, { collection: 'accounts', field: 'name', id })
  }
  for (const field of ['pendingEmail', 'formerEmail'] as const) {
    const other = account[field]
    if (!other || !cipher.isOutdated(other.email)) continue
    const opened = cipher.open(other.email, otherEmailPlace(field, id))
    if (opened === null) return 'unreadable'
    fields[field] = { ...other, email: cipher.seal(opened, otherEmailPlace(field, id)) }
  }
  return fields
}
