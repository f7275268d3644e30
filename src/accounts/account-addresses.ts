/**
 * Which address of an account is proved, and how another one becomes its own: by a link that is sent to the new one, and
 * back again by a link that is sent to the one before.
 *
 * Invariants: an account answers to one address at a time, which no other has, by the unique index; the addresses before
 * it are in that index as well for as long as a change can be taken back, so nobody else gets them. A link proves the
 * address that it was sent to and no other: it names the state of the account that it is for (`emailRev`, or the id of
 * the change), and each step is one update whose filter asks for just that.
 */
import { randomBytes } from 'node:crypto'
import type { mongo } from 'mongoose'
import type { Passwords } from '../auth/passwords.js'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'
import type { FieldCipher } from '../encryption/field-cipher.js'
import type { AccountDoc, OtherEmail } from './account-model.js'
import { emailIndexes, formerIndexes, isEmailOf, otherEmailPlace, replacedEmail } from './sealed-email.js'

export interface AccountAddressesOptions {
  accounts: mongo.Collection<AccountDoc>
  cipher: FieldCipher
  passwords: Pick<Passwords, 'hash'>
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
/** An account whose address changes more often than that in those days has to wait. */
const MOST_FORMER = 20
const ID_BYTES = 16
const PASSWORD_BYTES = 32

export class AccountAddresses {
  readonly #o: AccountAddressesOptions

  constructor(options: AccountAddressesOptions) {
    this.#o = options
  }

  /** Whose address it is now, and how often that account has changed it and its password. */
  async findByEmail(email: string): Promise<{ id: string; emailRev: number; passwordRev: number } | null> {
    const found = await this.#holderOf(email)
    if (!found || !isEmailOf(this.#o.cipher, found, email)) return null
    return { id: found._id, emailRev: found.emailRev ?? 0, passwordRev: found.passwordRev ?? 0 }
  }

  /** Notes an address that is to become the account's; the one before it in that place is forgotten. */
  async ask(
    id: string,
    email: string,
  ): Promise<
    | { ok: true; change: string; until: number }
    | { ok: false; code: 'email_taken' | 'not_found' | 'rate_limited' }
  > {
    const holder = await this.#holderOf(email)
    if (holder && (holder._id !== id || isEmailOf(this.#o.cipher, holder, email))) {
      return { ok: false, code: 'email_taken' }
    }
    const found = await this.#o.accounts.findOne({ _id: id }, READ)
    if (this.#lasting(found?.formerEmails).length >= MOST_FORMER) return { ok: false, code: 'rate_limited' }
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
  async addressOf(
    id: string,
    which: 'pendingEmail' | 'formerEmails',
    change: string,
  ): Promise<string | null> {
    const found = await this.#o.accounts.findOne({ _id: id }, READ)
    const others =
      which === 'formerEmails' ? found?.formerEmails : found?.pendingEmail && [found.pendingEmail]
    const other = this.#lasting(others).find((one) => one.id === change)
    return other ? this.#o.cipher.open(other.email, otherEmailPlace(which, id)) : null
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
    if (found.formerEmails?.some((former) => former.id === change)) return 'done'
    const next = await this.addressOf(id, 'pendingEmail', change)
    const now = this.#o.clock.now()
    const former = this.#o.cipher.open(found.email, { collection: 'accounts', field: 'email', id })
    if (next === null || former === null) return 'gone'
    const latest = {
      id: change,
      email: this.#o.cipher.seal(former, otherEmailPlace('formerEmails', id)),
      until: new Date(now + UNDO_MS),
    }
    const before = [...this.#lasting(found.formerEmails), latest]
    return this.#replace(
      { _id: id, 'pendingEmail.id': change, email: found.email },
      {
        $set: { ...replacedEmail(this.#o.cipher, next, id, before), emailVerifiedAt: new Date(now) },
        $unset: { pendingEmail: '' },
        $inc: { emailRev: 1 },
      },
    )
  }

  /**
   * The address before the change is the account's again, whatever it has become since, and one that was only asked for
   * is not to be. The password ends: somebody else knows it.
   */
  async takeBack(id: string, change: string): Promise<AddressOutcome> {
    const found = await this.#o.accounts.findOne({ _id: id }, READ)
    if (!found) return 'gone'
    const now = this.#o.clock.now()
    const password = await this.#o.passwords.hash(randomBytes(PASSWORD_BYTES).toString('base64url'))
    // Whoever opened the link reads what is sent there.
    const proved = { password, emailVerifiedAt: new Date(now) }
    if (found.pendingEmail?.id === change) {
      return this.#replace(
        { _id: id, 'pendingEmail.id': change, email: found.email },
        { $set: proved, $unset: { pendingEmail: '' }, $inc: { passwordRev: 1 } },
      )
    }
    const lasting = this.#lasting(found.formerEmails)
    const place = lasting.findIndex((one) => one.id === change)
    const former = lasting[place]
    const email = former && this.#o.cipher.open(former.email, otherEmailPlace('formerEmails', id))
    if (!email) return 'gone'
    return this.#replace(
      { _id: id, email: found.email },
      {
        // Of the changes after it nothing is left, not even a link back.
        $set: { ...replacedEmail(this.#o.cipher, email, id, lasting.slice(0, place)), ...proved },
        $unset: { pendingEmail: '' },
        $inc: { emailRev: 1, passwordRev: 1 },
      },
    )
  }

  /** An address that an account had once is free when its time is over, also before it is erased by the day. */
  async release(email: string): Promise<void> {
    const holder = await this.#holderOf(email)
    if (holder) await this.#forgetFormer(holder)
  }

  /** Erases addresses that are of no use any more; to be done once a day. */
  async forgetOld(): Promise<void> {
    const { accounts, clock } = this.#o
    const now = new Date(clock.now())
    await accounts.updateMany(
      { 'pendingEmail.until': { $lte: now } },
      { $unset: { pendingEmail: '' } },
      DURABLE,
    )
    const old = await accounts.find({ 'formerEmails.until': { $lte: now } }, READ).toArray()
    for (const account of old) await this.#forgetFormer(account)
  }

  async #forgetFormer({ _id: id, email, formerEmails = [] }: AccountDoc): Promise<void> {
    const { accounts, cipher } = this.#o
    const lasting = this.#lasting(formerEmails)
    if (lasting.length === formerEmails.length) return
    const own = cipher.open(email, { collection: 'accounts', field: 'email', id })
    if (own === null) return
    const indexes = emailIndexes(cipher, own)
    for (const former of lasting) indexes.push(...formerIndexes(cipher, former, id))
    // Unless the address has changed meanwhile, with which those before it are looked through as well.
    await accounts.updateOne(
      { _id: id, email },
      { $set: { emailIndexes: indexes, formerEmails: lasting } },
      DURABLE,
    )
  }

  /** Whose address it is or was. */
  #holderOf(email: string): Promise<AccountDoc | null> {
    return this.#o.accounts.findOne({ emailIndexes: { $in: emailIndexes(this.#o.cipher, email) } }, READ)
  }

  #lasting(others: readonly OtherEmail[] = []): OtherEmail[] {
    const now = this.#o.clock.now()
    return others.filter(({ until }) => until.getTime() > now)
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
