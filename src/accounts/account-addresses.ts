/**
 * Which address of an account is proved, and how another one becomes its own: by a link that is sent to the new one, and
 * back again by a link that is sent to the one before.
 *
 * Invariants: an account answers to one address at a time, which no other has, by the unique index. A link proves the
 * address that it was sent to and no other: it names the state of the account that it is for (`emailRev`, or the id of
 * the change), and each step is one update whose filter asks for just that.
 */
import { randomBytes } from 'node:crypto'
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'
import type { FieldCipher } from '../encryption/field-cipher.js'
import type { AccountDoc } from './account-model.js'
import { emailIndexes, otherEmailPlace, sealedEmail } from './sealed-email.js'

export interface AccountAddressesOptions {
  accounts: mongo.Collection<AccountDoc>
  cipher: FieldCipher
  clock: Clock
  /** Has what is remembered of the account forgotten. */
  forget: (accountId: string) => void
}

/** `gone`: what the link was for is not so any more. */
export type AddressOutcome = 'done' | 'email_taken' | 'gone'

const DAY_MS = 86_400_000
export const CHECK_MS = DAY_MS
/** For how long a change can be taken back from the address before. */
export const UNDO_MS = 7 * DAY_MS
const ID_BYTES = 16

export class AccountAddresses {
  readonly #o: AccountAddressesOptions

  constructor(options: AccountAddressesOptions) {
    this.#o = options
  }

  /** Whose address it is, and how often that account has changed its own. */
  async findByEmail(email: string): Promise<{ id: string; emailRev: number } | null> {
    const indexes = emailIndexes(this.#o.cipher, email)
    const found = await this.#o.accounts.findOne(
      { emailIndexes: { $in: indexes } },
      { ...READ, projection: { emailRev: 1 } },
    )
    return found && { id: found._id, emailRev: found.emailRev ?? 0 }
  }

  /** Notes an address that is to become the account's; the one before it in that place is forgotten. */
  async ask(
    id: string,
    email: string,
  ): Promise<{ ok: true; change: string; until: number } | { ok: false; code: 'email_taken' | 'not_found' }> {
    if (await this.findByEmail(email)) return { ok: false, code: 'email_taken' }
    const change = randomBytes(ID_BYTES).toString('hex')
    const until = this.#o.clock.now() + CHECK_MS
    const sealed = this.#o.cipher.seal(email.trim(), otherEmailPlace('pendingEmail', id))
    const pendingEmail = { id: change, email: sealed, until: new Date(until) }
    const { matchedCount } = await this.#o.accounts.updateOne(
      { _id: id },
      { $set: { pendingEmail } },
      DURABLE,
    )
    return matchedCount > 0 ? { ok: true, change, until } : { ok: false, code: 'not_found' }
  }

  async cancelAsked(id: string): Promise<void> {
    await this.#o.accounts.updateOne({ _id: id }, { $unset: { pendingEmail: '' } }, DURABLE)
  }

  /** The address that a mail about this change goes to, while it is of use. */
  async addressOf(id: string, which: 'pendingEmail' | 'formerEmail', change: string): Promise<string | null> {
    const found = await this.#o.accounts.findOne({ _id: id }, READ)
    const other = found?.[which]
    if (other?.id !== change || other.until.getTime() <= this.#o.clock.now()) return null
    return this.#o.cipher.open(other.email, otherEmailPlace(which, id))
  }

  /** The address is proved, if it is still the one of that `emailRev`. */
  async prove(id: string, emailRev: number): Promise<AddressOutcome> {
    const emailVerifiedAt = new Date(this.#o.clock.now())
    const isSame: mongo.Filter<AccountDoc> =
      emailRev === 0 ? { _id: id, emailRev: { $exists: false } } : { _id: id, emailRev }
    const { matchedCount } = await this.#o.accounts.updateOne(isSame, { $set: { emailVerifiedAt } }, DURABLE)
    return matchedCount > 0 ? 'done' : 'gone'
  }

  /** The address that was asked for becomes the account's; the one before can take it back for a while. */
  async change(id: string, change: string): Promise<AddressOutcome> {
    const found = await this.#o.accounts.findOne({ _id: id }, READ)
    if (!found) return 'gone'
    // Done before, by a request that did not come to its end.
    if (found.formerEmail?.id === change) return 'done'
    const next = await this.addressOf(id, 'pendingEmail', change)
    const now = this.#o.clock.now()
    const former = this.#o.cipher.open(found.email, { collection: 'accounts', field: 'email', id })
    if (next === null || former === null) return 'gone'
    const formerEmail = {
      id: change,
      email: this.#o.cipher.seal(former, otherEmailPlace('formerEmail', id)),
      until: new Date(now + UNDO_MS),
    }
    return this.#replace(
      { _id: id, 'pendingEmail.id': change, email: found.email },
      {
        $set: { ...sealedEmail(this.#o.cipher, next, id), emailVerifiedAt: new Date(now), formerEmail },
        $unset: { pendingEmail: '' },
        $inc: { emailRev: 1 },
      },
    )
  }

  /** The address before the change is the account's again. */
  async takeBack(id: string, change: string): Promise<AddressOutcome> {
    const former = await this.addressOf(id, 'formerEmail', change)
    if (former === null) return 'gone'
    return this.#replace(
      { _id: id, 'formerEmail.id': change },
      {
        // Whoever opened the link reads what is sent there.
        $set: {
          ...sealedEmail(this.#o.cipher, former, id),
          emailVerifiedAt: new Date(this.#o.clock.now()),
        },
        $unset: { pendingEmail: '', formerEmail: '' },
        $inc: { emailRev: 1 },
      },
    )
  }

  /** Erases addresses that are of no use any more; to be done once a day. */
  async forgetOld(): Promise<void> {
    const now = new Date(this.#o.clock.now())
    for (const field of ['pendingEmail', 'formerEmail'] as const) {
      const old: mongo.Filter<AccountDoc> = { [`${field}.until`]: { $lte: now } }
      await this.#o.accounts.updateMany(old, { $unset: { [field]: '' } }, DURABLE)
    }
  }

  async #replace(
    filter: mongo.Filter<AccountDoc>,
    update: mongo.UpdateFilter<AccountDoc>,
  ): Promise<AddressOutcome> {
    try {
      const { matchedCount } = await this.#o.accounts.updateOne(filter, update, DURABLE)
      return matchedCount > 0 ? 'done' : 'gone'
    } catch (error) {
      if (isDuplicateKey(error)) return 'email_taken'
      throw error
    } finally {
      this.#o.forget(String(filter._id))
    }
  }
}
