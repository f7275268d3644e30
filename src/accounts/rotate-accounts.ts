/**
 * Moves accounts to the current key, a batch at a time, while servers that know both keys go on. What is to be done is
 * read off the accounts themselves, so that it may be interrupted anywhere and begun again from the start.
 */
import type { mongo } from 'mongoose'
import { DURABLE, READ } from '../database/call-options.js'
import type { FieldCipher, Place } from '../encryption/field-cipher.js'
import type { AccountDoc, OtherEmail } from './account-model.js'
import { formerIndexes, emailIndexes as indexesOf, otherEmailPlace } from './sealed-email.js'

type Sealed = Pick<
  AccountDoc,
  '_id' | 'role' | 'email' | 'emailIndexes' | 'name' | 'pendingEmail' | 'formerEmails'
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
      .project<Sealed>({ role: 1, email: 1, emailIndexes: 1, name: 1, pendingEmail: 1, formerEmails: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray()
    const unreadable: string[] = []
    const updates = found.flatMap((account) => {
      const fields = sealedAnew(account, cipher)
      if (fields === 'unreadable') unreadable.push(account._id)
      if (fields === 'unreadable' || Object.keys(fields).length === 0) return []
      // As it was read: an address or a name that its owner changes in this moment stays changed.
      // Former addresses come with another address alone.
      const { _id, email, name, pendingEmail } = account
      const filter = { _id, email, name, 'pendingEmail.email': pendingEmail?.email ?? null }
      return [{ updateOne: { filter, update: { $set: fields } } }]
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
  const { _id: id, role, email, name, emailIndexes, pendingEmail, formerEmails } = account
  // What a crash in the middle of a registration left; nothing leads to it.
  if (email === undefined) return {}
  const fields: Partial<AccountDoc> = {}
  const address = cipher.open(email, { collection: 'accounts', field: 'email', id })
  if (address === null) return 'unreadable'
  const [index = ''] = indexesOf(cipher, address)
  if (cipher.isOutdated(email)) {
    fields.email = cipher.seal(address, { collection: 'accounts', field: 'email', id })
  }
  const indexes = [index]
  if (role === 'client' && cipher.isOutdated(name)) {
    const opened = cipher.open(name, { collection: 'accounts', field: 'name', id })
    if (opened === null) return 'unreadable'
    fields.name = cipher.seal(opened, { collection: 'accounts', field: 'name', id })
  }
  if (pendingEmail && cipher.isOutdated(pendingEmail.email)) {
    const anew = otherAnew(pendingEmail, otherEmailPlace('pendingEmail', id), cipher)
    if (!anew) return 'unreadable'
    fields.pendingEmail = anew
  }
  if (formerEmails && formerEmails.length > 0) {
    const place = otherEmailPlace('formerEmails', id)
    const anew = formerEmails.map((former) => otherAnew(former, place, cipher))
    if (anew.some((former) => former === null)) return 'unreadable'
    const sealed = anew.filter((former) => former !== null)
    indexes.push(...sealed.flatMap((former) => formerIndexes(cipher, former, id)[0] ?? []))
    if (formerEmails.some((former) => cipher.isOutdated(former.email))) fields.formerEmails = sealed
  }
  if (indexes.join() !== emailIndexes.join()) fields.emailIndexes = indexes
  return fields
}

function otherAnew(other: OtherEmail, place: Place, cipher: FieldCipher): OtherEmail | null {
  if (!cipher.isOutdated(other.email)) return other
  const opened = cipher.open(other.email, place)
  return opened === null ? null : { ...other, email: cipher.seal(opened, place) }
}
