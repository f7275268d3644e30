/**
 * The only file that reads and writes accounts. An e-mail address belongs to one account by a unique index, so under
 * any race; what is sealed leaves here opened, and only to those who asked by id or by password.
 */
import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { mongo } from 'mongoose'
import type { Passwords } from '../auth/passwords.js'
import { createSignInSlowing, type SignInSlowing } from '../auth/sign-in-backoff.js'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'
import { isDatabaseAway } from '../database/unavailable.js'
import { DEFAULT_LANGUAGE, type Language } from '../domain/languages.js'
import type { Notifications } from '../domain/notifications.js'
import type { Policies } from '../domain/policies.js'
import type { FieldCipher } from '../encryption/field-cipher.js'
import { decodeCursor, pageOf } from '../http/paging.js'
import type { Account, NewAccount, Provider, SignIn } from '../schemas/accounts.js'
import type { Role } from '../schemas/common.js'
import type { AccountDoc, StoredPolicies } from './account-model.js'
import { comparableEmail, keptName, searchable, searchPatterns, searchText } from './normalize.js'
import { faceOf, type StoredProfile } from './public-face.js'
import { emailIndexes, isEmailOf, otherEmailPlace, replacedEmail, sealedEmail } from './sealed-email.js'

/** Long enough that a busy calendar costs no reads. What changes is forgotten sooner, by `changedSince`. */
const REMEMBERED = { size: 10_000, ttlMs: 30_000 }

/** How often a change is tried that others' changes of the same account get in the way of. */
const ROUNDS = 10

/** An account as others' requests need it. */
export interface KnownAccount extends Account {
  policies?: StoredPolicies
  profile?: StoredProfile
}

export type PolicyChanges = { [Name in keyof Policies]?: Policies[Name] | null | undefined }

export interface OwnedAccount extends KnownAccount {
  email: string
  /** What was sent to the address has reached its owner. */
  emailVerified: boolean
  emailRev: number
  passwordRev: number
  /** Becomes the address when it is proved. */
  pendingEmail?: string
  /** From which a change can be taken back. */
  formerEmails: { email: string; until: Date }[]
  /** Which mails it wants, as far as it has said. */
  notifications?: Partial<Notifications>
  createdAt: Date
}

export interface AccountChanges {
  name?: string | undefined
  timeZone?: string | undefined
  language?: Language | undefined
  email?: string | undefined
  password?: string | undefined
  notifications?: { [Name in keyof Notifications]?: Notifications[Name] | undefined } | undefined
}

export type ProfileOutcome =
  | { ok: true; profile: StoredProfile; before: StoredProfile }
  | { ok: false; code: 'not_found' | 'precondition_failed' }

export interface AccountStoreOptions {
  accounts: mongo.Collection<AccountDoc>
  cipher: FieldCipher
  passwords: Passwords
  clock: Clock
  wait: (ms: number) => Promise<unknown>
  warn: (about: Record<string, unknown>, message: string) => void
}

interface ProviderQuery {
  name?: string | undefined
  limit: number
  cursor?: string | undefined
}

export class AccountStore {
  readonly #o: AccountStoreOptions
  readonly #backoff: SignInSlowing
  /** Accounts by id. What is older than its time stays as long as there is room, for when nobody can be asked. */
  readonly #remembered: LRUCache<string, KnownAccount>
  /** The last read found no database: who is remembered is answered as last seen, while one look at a time asks again. */
  #isAway = false
  #isLooking = false
  /** Told of accounts of which something else may be remembered that is not true any more. */
  readonly #forgetting = new Set<(ids: readonly string[]) => void>()

  /** Client names as slots keep them: bound to the reservation they are written in. */
  readonly names = {
    seal: (name: string, reservationId: string): string =>
      this.#o.cipher.seal(name, clientName(reservationId)),
    /** Never throws: a name that cannot be opened is empty, and the log says so. */
    open: (sealed: string, reservationId: string): string => {
      // Of a client whose account was deleted.
      if (sealed === '') return ''
      const name = this.#o.cipher.open(sealed, clientName(reservationId))
      if (name === null)
        this.#o.warn({ reservationId }, 'the name in a reservation cannot be opened with the keys there are')
      return name ?? ''
    },
  }

  constructor(options: AccountStoreOptions) {
    this.#o = options
    this.#backoff = createSignInSlowing(options.clock)
    this.#remembered = new LRUCache({
      max: REMEMBERED.size,
      ttl: REMEMBERED.ttlMs,
      ttlResolution: 0,
      noDeleteOnStaleGet: true,
      perf: { now: () => options.clock.now() },
    })
  }

  async register({
    role,
    email,
    password,
    name: typed,
    timeZone,
    language = DEFAULT_LANGUAGE,
  }: NewAccount): Promise<{ ok: true; account: Account } | { ok: false; code: 'email_taken' }> {
    const id = randomBytes(16).toString('hex')
    const name = keptName(typed)
    const person = {
      ...sealedEmail(this.#o.cipher, email, id),
      ...this.#namedAs(role, name, id),
      // Hashed before the address is looked at, so that a taken one does not answer sooner.
      password: await this.#o.passwords.hash(password),
    }
    const createdAt = new Date(this.#o.clock.now())
    try {
      // The address is set by an update: SecantusDB 0.6 goes on refusing an address that an insert wrote, also
      // after it was changed. A crash between the two leaves an empty account that nothing leads to.
      await this.#o.accounts.bulkWrite(
        [
          {
            updateOne: {
              filter: { _id: id },
              update: { $setOnInsert: { role, timeZone, language, createdAt } },
              upsert: true,
            },
          },
          { updateOne: { filter: { _id: id }, update: { $set: person } } },
        ],
        { ...DURABLE, ordered: true },
      )
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      await this.#o.accounts.deleteOne({ _id: id }, DURABLE)
      return { ok: false, code: 'email_taken' }
    }
    return { ok: true, account: { id, role, name, timeZone, language } }
  }

  /** Null for a wrong password and for an unknown address alike, after the same time; `onWrong` hears whose it was not. */
  async signIn({ email, password }: SignIn, onWrong?: (accountId: string) => void): Promise<Account | null> {
    const indexes = this.#emailIndexes(email)
    const account = await this.#slowly(indexes[0] ?? '', async () => {
      const holder = await this.#o.accounts.findOne({ emailIndexes: { $in: indexes } }, READ)
      const found = holder && isEmailOf(this.#o.cipher, holder, email) ? holder : null
      if (await this.#o.passwords.matches(found?.password ?? null, password)) return found
      if (found) onWrong?.(found._id)
      return null
    })
    if (!account) return null
    if (this.#o.passwords.isOutdated(account.password)) {
      const renewed = await this.#o.passwords.hash(password)
      // Only over the hash that was checked: a password changed meanwhile stays.
      await this.#o.accounts.updateOne(
        { _id: account._id, password: account.password },
        { $set: { password: renewed } },
        DURABLE,
      )
    }
    return this.#opened(account)
  }

  /** What `find` would answer without asking the database, if it would. */
  remembered(id: string): KnownAccount | undefined {
    return this.#remembered.get(id) ?? (this.#isAway ? this.#old(id) : undefined)
  }

  /** The account as it was last read, however long ago. */
  lastKnown(id: string): KnownAccount | undefined {
    return this.#old(id)
  }

  /**
   * The account as it was a moment ago: another instance's change is forgotten here by its next look for changes. While
   * the database is away, as it was last seen.
   */
  async find(id: string): Promise<KnownAccount | null> {
    const known = this.remembered(id)
    if (this.#isAway) this.#lookAgain(id)
    if (known) return known
    try {
      return await this.findFresh(id)
    } catch (error) {
      const last = this.#old(id)
      if (last === undefined || !isDatabaseAway(error)) throw error
      this.#isAway = true
      return last
    }
  }

  /** The account as the database has it. */
  async findFresh(id: string): Promise<KnownAccount | null> {
    const found = await this.#o.accounts.findOne({ _id: id }, READ)
    this.#isAway = false
    if (!found) {
      this.#remembered.delete(id)
      return null
    }
    const account = this.#known(found)
    this.#remembered.set(id, account)
    return account
  }

  /** The names of accounts as the database has them now, by id. Those that do not exist are not among them. */
  async namesNow(ids: Iterable<string>): Promise<Map<string, string>> {
    const found = await this.#o.accounts
      .find({ _id: { $in: [...new Set(ids)] } }, READ)
      .project<Pick<AccountDoc, '_id' | 'role' | 'name'>>({ role: 1, name: 1 })
      .toArray()
    return new Map(
      found
        // What a crash in the middle of a registration left has none.
        .filter(({ name }) => name !== undefined)
        .map(({ _id: id, role, name }) => [id, role === 'provider' ? name : this.#open('name', name, id)]),
    )
  }

  /** What is remembered of these is not true any more. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#expire(id)
    if (ids.length > 0) for (const tell of this.#forgetting) tell(ids)
  }

  /** Hears which accounts are forgotten. */
  onForget(listener: (ids: readonly string[]) => void): void {
    this.#forgetting.add(listener)
  }

  /**
   * Has every instance forget what it remembers of the account, or by it (`onForget`), with its next look for changes.
   * Called before the write that it is about, because a server may end between the two: each look reaches back for half a
   * minute, so one comes after that write as well. False where there is no such account.
   */
  async touch(id: string): Promise<boolean> {
    const changes = { $set: { changedAt: new Date(this.#o.clock.now()) } }
    return (await this.#o.accounts.updateOne({ _id: id }, changes, DURABLE)).matchedCount > 0
  }

  /** Accounts of which something that others remember changed at that moment or later; fails where that takes longer. */
  async changedSince(since: number, withinMs: number): Promise<string[]> {
    const found = await this.#o.accounts
      .find({ changedAt: { $gte: new Date(since) } }, { ...READ, maxTimeMS: withinMs })
      .project<Pick<AccountDoc, '_id'>>({ _id: 1 })
      .toArray()
    this.#isAway = false
    return found.map(({ _id }) => _id)
  }

  async zoneOf(id: string): Promise<string | null> {
    return (await this.find(id))?.timeZone ?? null
  }

  async findProviders({
    name,
    limit,
    cursor,
  }: ProviderQuery): Promise<{ items: Provider[]; nextCursor: string | null }> {
    const after = decodeCursor(cursor, ['', ''] as [string, string])
    const wanted = name === undefined ? undefined : searchPatterns(name)
    // Nothing that can be searched for was asked for, which is not "everything".
    if (wanted?.length === 0) return { items: [], nextCursor: null }
    const conditions: mongo.Filter<AccountDoc>[] = [{ search: { $exists: true } }]
    for (const pattern of wanted ?? []) conditions.push({ searchText: { $regex: pattern } })
    if (after !== null) {
      const [search, id] = after
      conditions.push({ $or: [{ search: { $gt: search } }, { search, _id: { $gt: id } }] })
    }
    const found = await this.#o.accounts
      .find({ $and: conditions }, READ)
      .project<Pick<AccountDoc, '_id' | 'name' | 'timeZone' | 'search' | 'profile'>>({
        name: 1,
        timeZone: 1,
        search: 1,
        'profile.link': 1,
        'profile.title': 1,
        'profile.place': 1,
        'profile.address': 1,
        'profile.phone': 1,
        'profile.portrait': 1,
      })
      .sort({ search: 1, _id: 1 })
      .limit(limit + 1)
      .toArray()
    const page = pageOf(found, limit, ({ search = '', _id }) => [search, _id])
    return {
      items: page.items.map(({ _id: id, name, timeZone, profile }) => ({
        id,
        name,
        timeZone,
        ...faceOf(id, profile),
      })),
      nextCursor: page.nextCursor,
    }
  }

  async getProvider(id: string): Promise<Provider | null> {
    const account = await this.find(id)
    if (account?.role !== 'provider') return null
    const { name, timeZone, profile } = account
    return { id, name, timeZone, ...faceOf(id, profile) }
  }

  /** The account with what only its owner may read. */
  async own(id: string): Promise<OwnedAccount | null> {
    const found = await this.#o.accounts.findOne({ _id: id }, READ)
    return found && this.#owned(found)
  }

  async change(
    id: string,
    { name, timeZone, language, email, password, notifications = {} }: AccountChanges,
    /** Whether an address that was asked for stays so with another password, by which somebody else may have asked. */
    { keepsAsked = false } = {},
  ): Promise<{ ok: true; account: OwnedAccount } | { ok: false; code: 'email_taken' | 'not_found' }> {
    const before = await this.#o.accounts.findOne({ _id: id }, READ)
    if (!before) return { ok: false, code: 'not_found' }
    const chosen = Object.entries(notifications).filter(([, choice]) => choice !== undefined)
    const changes: Partial<AccountDoc> = {
      ...(name !== undefined && this.#namedAs(before.role, keptName(name), id)),
      ...(timeZone !== undefined && { timeZone }),
      ...(language !== undefined && { language }),
      ...([name, timeZone, language].some((one) => one !== undefined) && {
        changedAt: new Date(this.#o.clock.now()),
      }),
      ...(email !== undefined && replacedEmail(this.#o.cipher, email, id, before.formerEmails ?? [])),
      ...(password !== undefined && { password: await this.#o.passwords.hash(password) }),
      // Each by its path: of two changes at once neither undoes the other.
      ...Object.fromEntries(chosen.map(([name, choice]) => [`notifications.${name}`, choice])),
    }
    if (Object.keys(changes).length === 0) return { ok: true, account: this.#owned(before) }
    const isOtherEmail =
      email !== undefined && comparableEmail(email) !== comparableEmail(this.#open('email', before.email, id))
    const revs =
      isOtherEmail || password !== undefined
        ? { ...(isOtherEmail && { emailRev: 1 }), ...(password !== undefined && { passwordRev: 1 }) }
        : null
    const endsAsked = isOtherEmail || (password !== undefined && !keepsAsked)
    const $unset = {
      ...(endsAsked && { pendingEmail: '' as const }),
      // Another address is not proved, and what was sent to the one before proves nothing any more.
      ...(isOtherEmail && { emailVerifiedAt: '' as const }),
    }
    try {
      const after = await this.#o.accounts.findOneAndUpdate(
        { _id: id },
        {
          $set: changes,
          ...(endsAsked && { $unset }),
          ...(revs && { $inc: revs }),
        },
        { ...DURABLE, returnDocument: 'after' },
      )
      return after ? { ok: true, account: this.#owned(after) } : { ok: false, code: 'not_found' }
    } catch (error) {
      if (isDuplicateKey(error)) return { ok: false, code: 'email_taken' }
      throw error
    } finally {
      this.#remembered.delete(id)
    }
  }

  /** Changes what a provider has set, if that is still of this `rev`; null takes a field back. */
  async changePolicies(
    id: string,
    rev: number,
    changes: PolicyChanges,
  ): Promise<
    { ok: true; policies: StoredPolicies } | { ok: false; code: 'not_found' | 'precondition_failed' }
  > {
    const before = await this.#o.accounts.findOne({ _id: id }, READ)
    if (before?.role !== 'provider') return { ok: false, code: 'not_found' }
    const { rev: known, ...set } = before.policies ?? { rev: 0 }
    if (known !== rev) return { ok: false, code: 'precondition_failed' }
    const policies = { ...withChanges(set, changes), rev: rev + 1 }
    const isSame: mongo.Filter<AccountDoc> = before.policies
      ? { _id: id, 'policies.rev': rev }
      : { _id: id, policies: { $exists: false } }
    try {
      const update = { $set: { policies, changedAt: new Date(this.#o.clock.now()) } }
      const { matchedCount } = await this.#o.accounts.updateOne(isSame, update, DURABLE)
      return matchedCount > 0 ? { ok: true, policies } : { ok: false, code: 'precondition_failed' }
    } finally {
      this.forget([id])
    }
  }

  /**
   * Changes what a provider says of itself: that of this `rev`, or whatever there is where none is named, which is read
   * again if somebody else was faster.
   */
  async changeProfile(
    id: string,
    rev: number | null,
    change: (before: StoredProfile) => Omit<StoredProfile, 'rev'>,
    /** False: others may go on with what they remember for as long as they do. */
    isNews = true,
  ): Promise<ProfileOutcome> {
    for (let round = 0; round < ROUNDS; round++) {
      const found = await this.#o.accounts.findOne({ _id: id }, READ)
      if (found?.role !== 'provider') return { ok: false, code: 'not_found' }
      const before = found.profile ?? { rev: 0 }
      if (rev !== null && before.rev !== rev) return { ok: false, code: 'precondition_failed' }
      const profile = { ...change(before), rev: before.rev + 1 }
      const isSame: mongo.Filter<AccountDoc> = found.profile
        ? { _id: id, 'profile.rev': before.rev }
        : { _id: id, profile: { $exists: false } }
      try {
        const told = isNews && { changedAt: new Date(this.#o.clock.now()) }
        const update = { $set: { profile, ...told } }
        const { matchedCount } = await this.#o.accounts.updateOne(isSame, update, DURABLE)
        if (matchedCount > 0) return { ok: true, profile, before }
      } finally {
        this.forget([id])
      }
    }
    return { ok: false, code: 'precondition_failed' }
  }

  /** Providers that have no link yet, in the order of their ids after `after`. */
  async withoutLink(after: string, limit: number): Promise<{ id: string; name: string }[]> {
    const found = await this.#o.accounts
      // What a crash in the middle of a registration left has no name.
      .find({ _id: { $gt: after }, search: { $exists: true }, 'profile.link': { $exists: false } }, READ)
      .project<Pick<AccountDoc, '_id' | 'name'>>({ name: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray()
    return found.map(({ _id: id, name }) => ({ id, name }))
  }

  /** The shortest notice that a provider has set itself; null where none has. */
  async shortestNotice(): Promise<number | null> {
    const [found] = await this.#o.accounts
      .find({ 'policies.noticeSeconds': { $gte: 0 } }, { ...READ, limit: 1 })
      .sort({ 'policies.noticeSeconds': 1 })
      .project<Pick<AccountDoc, 'policies'>>({ policies: 1 })
      .toArray()
    return found?.policies?.noticeSeconds ?? null
  }

  async isPassword(id: string, password: string): Promise<boolean> {
    const found = await this.#o.accounts.findOne({ _id: id }, READ)
    // Counted together with sign-ins, so that this is no second place to guess in.
    const [counted = id] = found ? this.#emailIndexes(this.#open('email', found.email, id)) : []
    const matching = await this.#slowly(counted, async () =>
      (await this.#o.passwords.matches(found?.password ?? null, password)) ? found : null,
    )
    return matching !== null
  }

  /** True when there was one. */
  async remove(id: string): Promise<boolean> {
    try {
      const { deletedCount } = await this.#o.accounts.deleteOne({ _id: id }, DURABLE)
      return deletedCount > 0
    } finally {
      // Also when it is not known whether it is gone.
      this.#remembered.delete(id)
    }
  }

  #old(id: string): KnownAccount | undefined {
    return this.#remembered.get(id, { allowStale: true })
  }

  /** It is not to be relied on any more, and still better than nothing. */
  #expire(id: string): void {
    const account = this.#old(id)
    const start = this.#o.clock.now() - REMEMBERED.ttlMs - 1
    if (account) this.#remembered.set(id, account, { start })
  }

  #lookAgain(id: string): void {
    if (this.#isLooking) return
    this.#isLooking = true
    this.findFresh(id)
      .catch(() => null)
      .finally(() => {
        this.#isLooking = false
      })
  }

  /** After failures for this account, everybody who tries waits first. */
  async #slowly<T>(account: string, attempt: () => Promise<T | null>): Promise<T | null> {
    const ms = this.#backoff.waitMs(account)
    if (ms > 0) await this.#o.wait(ms)
    const result = await attempt()
    if (result === null) this.#backoff.failed(account)
    else this.#backoff.succeeded(account)
    return result
  }

  #emailIndexes(email: string): string[] {
    return emailIndexes(this.#o.cipher, email)
  }

  #namedAs(role: Role, name: string, id: string): Pick<AccountDoc, 'name' | 'search' | 'searchText'> {
    return role === 'provider'
      ? { name, search: searchable(name), searchText: searchText(name) }
      : { name: this.#o.cipher.seal(name, { collection: 'accounts', field: 'name', id }) }
  }

  #opened({ _id: id, role, name, timeZone, language = DEFAULT_LANGUAGE }: AccountDoc): Account {
    return { id, role, name: role === 'provider' ? name : this.#open('name', name, id), timeZone, language }
  }

  #known(account: AccountDoc): KnownAccount {
    const { policies, profile } = account
    return { ...this.#opened(account), ...(policies && { policies }), ...(profile && { profile }) }
  }

  #owned(account: AccountDoc): OwnedAccount {
    const { _id: id, email, emailVerifiedAt, emailRev = 0, passwordRev = 0 } = account
    const { pendingEmail, notifications, createdAt } = account
    const isPending = pendingEmail !== undefined && pendingEmail.until.getTime() > this.#o.clock.now()
    const pending = isPending
      ? this.#o.cipher.open(pendingEmail.email, otherEmailPlace('pendingEmail', id))
      : null
    const formerEmails = (account.formerEmails ?? []).flatMap(({ email: sealed, until }) => {
      const former = this.#o.cipher.open(sealed, otherEmailPlace('formerEmails', id))
      return former === null ? [] : [{ email: former, until }]
    })
    return {
      ...this.#known(account),
      formerEmails,
      email: this.#open('email', email, id),
      emailVerified: emailVerifiedAt !== undefined,
      emailRev,
      passwordRev,
      ...(pending !== null && { pendingEmail: pending }),
      ...(notifications && { notifications }),
      createdAt,
    }
  }

  #open(field: 'name' | 'email', sealed: string, id: string): string {
    const text = this.#o.cipher.open(sealed, { collection: 'accounts', field, id })
    if (text === null)
      this.#o.warn({ accountId: id, field }, 'a field of an account cannot be opened with the keys there are')
    return text ?? ''
  }
}

function withChanges(set: Partial<Policies>, changes: PolicyChanges): Partial<Policies> {
  const after: PolicyChanges = { ...set, ...changes }
  const given = Object.entries(after).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(given)
}

/** Where a client's name in a reservation is sealed for. */
export function clientName(reservationId: string) {
  return { collection: 'slots', field: 'client.name', id: reservationId }
}
