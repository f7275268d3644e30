/** An address of an account as it lies in the database: sealed, and with blind indexes to find the account by. */
import type { FieldCipher, Place } from '../encryption/field-cipher.js'
import type { AccountDoc } from './account-model.js'
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

/** What an address beside the one of the account is bound to. */
export function otherEmailPlace(field: 'pendingEmail' | 'formerEmail', id: string): Place {
  return { collection: 'accounts', field, id }
}
