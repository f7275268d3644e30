/** An address of an account as it lies in the database: sealed, and with blind indexes to find the account by. */
import type { FieldCipher, Place } from '../encryption/field-cipher.js'
import type { AccountDoc, OtherEmail } from './account-model.js'
import { comparableEmail } from './normalize.js'

const EMAIL = { collection: 'accounts', field: 'email' } as const

/** One for each known key, the current one first. */
export function emailIndexes(cipher: FieldCipher, email: string): string[] {
  return cipher.indexes(comparableEmail(email), EMAIL)
}

export function sealedEmail(
  cipher: FieldCipher,
  email: string,
  id: string,
): Pick<AccountDoc, 'email' | 'emailIndexes'> {
  return {
    email: cipher.seal(email.trim(), { ...EMAIL, id }),
    emailIndexes: emailIndexes(cipher, email),
  }
}

/**
 * Gives an account an address and keeps the ones before it found by as well: the unique index then keeps each of them
 * from others for as long as it can be taken back.
 */
export function replacedEmail(
  cipher: FieldCipher,
  email: string,
  id: string,
  before: readonly OtherEmail[],
): Pick<AccountDoc, 'email' | 'emailIndexes' | 'formerEmails'> {
  const sealed = sealedEmail(cipher, email, id)
  const [own = ''] = sealed.emailIndexes
  const formerEmails: OtherEmail[] = []
  const indexes = new Set(sealed.emailIndexes)
  for (const former of before) {
    const found = formerIndexes(cipher, former, id)
    // The address is the account's own again.
    if (found[0] === own) continue
    formerEmails.push(former)
    for (const index of found) indexes.add(index)
  }
  return { email: sealed.email, emailIndexes: [...indexes], formerEmails }
}

/** None where none of the keys opens it. */
export function formerIndexes(cipher: FieldCipher, { email }: OtherEmail, id: string): string[] {
  const address = cipher.open(email, otherEmailPlace('formerEmails', id))
  return address === null ? [] : emailIndexes(cipher, address)
}

/** Whether an account that was found by an address has it now, not before. */
export function isEmailOf(
  cipher: FieldCipher,
  { _id: id, email }: Pick<AccountDoc, '_id' | 'email'>,
  given: string,
): boolean {
  const own = cipher.open(email, { ...EMAIL, id })
  return own !== null && comparableEmail(own) === comparableEmail(given)
}

/** What an address beside the one of the account is bound to. */
export function otherEmailPlace(field: 'pendingEmail' | 'formerEmails', id: string): Place {
  return { collection: 'accounts', field, id }
}
