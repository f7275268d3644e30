/**
 * The only file that reads and writes accounts. An e-mail address belongs to one account by a unique index, so under
 * any race; what is sealed leaves here opened, and only to those who asked by id or by password.
 */
import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { mongo } from 'mongoose'
import type { Passwords } from '../auth/passwords.js'
import { createSignInSlowing } from '../auth/sign-in-backoff.js'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'
import { isDatabaseAway } from '../database/unavailable.js'
import type { FieldCipher } from '../encryption/field-cipher.js'
import { decodeCursor, pageOf } from '../http/paging.js'
import type { Account, NewAccount, Provider, SignIn } from '../schemas/accounts.js'
import type { Role } from '../schemas/common.js'
import type { AccountDoc } from './account-model.js'
import { comparableEmail, keptName, searchable, searchPatterns, searchText } from './normalize.js'

/** Long enough that a busy calendar costs no reads. What changes is forgotten sooner, by `changedSince`. */
const REMEMBERED = { size: 10_000, ttlMs: 30_000 }

export interface AccountStore {
  register(account: NewAccount): Promise<{ ok: true; account: Account } | { ok: false; code: 'email_taken' }>
  /** Null for a wrong password and for an unknown address alike, after the same time; `onWrong` hears whose it was not. */
  signIn(credentials: SignIn, onWrong?: (accountId: string) => void): Promise<Account | null>
  /**
   * The account as it was a moment ago: another instance's change is forgotten here by its next look for changes. While
   * the database is away, as it was last seen.
   */
  find(id: string): Promise<Account | null>
  /** The account as the database has it. */
  findFresh(id: string): Promise<Account | null>
  /** What `find` remembers of these is not true any more. */
  forget(ids: Iterable<string>): void
  /** Accounts whose name or zone changed at that moment or later; fails where that takes longer. */
  changedSince(since: number, withinMs: number): Promise<string[]>
  /** What `find` would answer without asking the database, if it would. */
  remembered(id: string): Account | undefined
  zoneOf(id: string): Promise<string | null>
  findProviders(query: {
    name?: string | undefined
    limit: number
    cursor?: string | undefined
  }): Promise<{ items: Provider[]; nextCursor: string | null }>
  getProvider(id: string): Promise<Provider | null>
  /** The account with what only its owner may read. */
  own(id: string): Promise<OwnedAccount | null>
  change(
    id: string,
    changes: AccountChanges,
  ): Promise<{ ok: true; account: OwnedAccount } | { ok: false; code: 'email_taken' | 'not_found' }>
  isPassword(id: string, password: string): Promise<boolean>
  /** True when there was one. */
  remove(id: string): Promise<boolean>
  /** Client names as slots keep them: bound to the reservation they are written in. */
  names: {
    seal(name: string, reservationId: string): string
    /** Never throws: a name that cannot be opened is empty, and the log says so. */
    open(sealed: string, reservationId: string): string
  }
}

export interface OwnedAccount extends Account {
  email: string
  createdAt: Date
}

export interface AccountChanges {
  name?: string | undefined
  timeZone?: string | undefined
  email?: string | undefined
  password?: string | undefined
}

export interface AccountStoreParts {
  accounts: mongo.Collection<AccountDoc>
  cipher: FieldCipher
  passwords: Passwords
  clock: Clock
  wait: (ms: number) => Promise<unknown>
  warn: (about: Record<string, unknown>, message: string) => void
}

export function createAccountStore({
  accounts,
  cipher,
  passwords,
  clock,
  wait,
  warn,
}: AccountStoreParts): AccountStore {
  const slowing = createSignInSlowing(clock)
  const now = () => clock.now()
  const remembered = new LRUCache<string, Account>({
    max: REMEMBERED.size,
    ttl: REMEMBERED.ttlMs,
    ttlResolution: 0,
    // What is older stays as long as there is room, for times when nobody can be asked.
    noDeleteOnStaleGet: true,
    perf: { now },
  })
  const old = (id: string) => remembered.get(id, { allowStale: true })
  /** It is not to be relied on any more, and still better than nothing. */
  const expire = (id: string) => {
    const account = old(id)
    if (account) remembered.set(id, account, { start: now() - REMEMBERED.ttlMs - 1 })
  }
  /** The last read found no database: who is remembered is answered as last seen, while one look at a time asks again. */
  let isAway = false
  let isLooking = false
  const lookAgain = (id: string) => {
    if (isLooking) return
    isLooking = true
    store
      .findFresh(id)
      .catch(() => null)
      .finally(() => {
        isLooking = false
      })
  }

  const store: AccountStore = {
    async register({ role, email, password, name: typed, timeZone }) {
      const id = randomBytes(16).toString('hex')
      const name = keptName(typed)
      const person = {
        ...sealedEmail(email, id),
        ...namedAs(role, name, id),
        // Hashed before the address is looked at, so that a taken one does not answer sooner.
        password: await passwords.hash(password),
      }
      const createdAt = new Date(clock.now())
      try {
        // The address is set by an update: SecantusDB 0.6 goes on refusing an address that an insert wrote, also
        // after it was changed. A crash between the two leaves an empty account that nothing leads to.
        await accounts.bulkWrite(
          [
            {
              updateOne: {
                filter: { _id: id },
                update: { $setOnInsert: { role, timeZone, createdAt } },
                upsert: true,
              },
            },
            { updateOne: { filter: { _id: id }, update: { $set: person } } },
          ],
          { ...DURABLE, ordered: true },
        )
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
        await accounts.deleteOne({ _id: id }, DURABLE)
        return { ok: false, code: 'email_taken' }
      }
      return { ok: true, account: { id, role, name, timeZone } }
    },

    async signIn({ email, password }, onWrong) {
      const indexes = emailIndexes(email)
      const account = await slowly(indexes[0] ?? '', async () => {
        const found = await accounts.findOne({ emailIndexes: { $in: indexes } }, READ)
        if (await passwords.matches(found?.password ?? null, password)) return found
        if (found) onWrong?.(found._id)
        return null
      })
      if (!account) return null
      if (passwords.isOutdated(account.password)) {
        const renewed = await passwords.hash(password)
        // Only over the hash that was checked: a password changed meanwhile stays.
        await accounts.updateOne(
          { _id: account._id, password: account.password },
          { $set: { password: renewed } },
          DURABLE,
        )
      }
      return opened(account)
    },

    remembered: (id) => remembered.get(id) ?? (isAway ? old(id) : undefined),

    async find(id) {
      const known = store.remembered(id)
      if (isAway) lookAgain(id)
      if (known) return known
      try {
        return await store.findFresh(id)
      } catch (error) {
        const last = old(id)
        if (last === undefined || !isDatabaseAway(error)) throw error
        isAway = true
        return last
      }
    },

    async findFresh(id) {
      const found = await accounts.findOne({ _id: id }, READ)
      isAway = false
      if (!found) {
        remembered.delete(id)
        return null
      }
      const account = opened(found)
      remembered.set(id, account)
      return account
    },

    forget(ids) {
      for (const id of ids) expire(id)
    },

    async changedSince(since, withinMs) {
      const found = await accounts
        .find({ changedAt: { $gte: new Date(since) } }, { ...READ, maxTimeMS: withinMs })
        .project<Pick<AccountDoc, '_id'>>({ _id: 1 })
        .toArray()
      isAway = false
      return found.map(({ _id }) => _id)
    },

    zoneOf: async (id) => (await store.find(id))?.timeZone ?? null,

    async findProviders({ name, limit, cursor }) {
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
      const found = await accounts
        .find({ $and: conditions }, READ)
        .project<Pick<AccountDoc, '_id' | 'name' | 'timeZone' | 'search'>>({
          name: 1,
          timeZone: 1,
          search: 1,
        })
        .sort({ search: 1, _id: 1 })
        .limit(limit + 1)
        .toArray()
      const page = pageOf(found, limit, ({ search = '', _id }) => [search, _id])
      return {
        items: page.items.map(({ _id, name, timeZone }) => ({ id: _id, name, timeZone })),
        nextCursor: page.nextCursor,
      }
    },

    async getProvider(id) {
      const account = await store.find(id)
      return account?.role === 'provider' ? { id, name: account.name, timeZone: account.timeZone } : null
    },

    async own(id) {
      const found = await accounts.findOne({ _id: id }, READ)
      return found && owned(found)
    },

    async change(id, { name, timeZone, email, password }) {
      const before = await accounts.findOne({ _id: id }, READ)
      if (!before) return { ok: false, code: 'not_found' }
      const changes: Partial<AccountDoc> = {
        ...(name !== undefined && namedAs(before.role, keptName(name), id)),
        ...(timeZone !== undefined && { timeZone }),
        ...((name !== undefined || timeZone !== undefined) && { changedAt: new Date(clock.now()) }),
        ...(email !== undefined && sealedEmail(email, id)),
        ...(password !== undefined && { password: await passwords.hash(password) }),
      }
      if (Object.keys(changes).length === 0) return { ok: true, account: owned(before) }
      try {
        const after = await accounts.findOneAndUpdate(
          { _id: id },
          { $set: changes },
          { ...DURABLE, returnDocument: 'after' },
        )
        return after ? { ok: true, account: owned(after) } : { ok: false, code: 'not_found' }
      } catch (error) {
        if (isDuplicateKey(error)) return { ok: false, code: 'email_taken' }
        throw error
      } finally {
        remembered.delete(id)
      }
    },

    async isPassword(id, password) {
      const found = await accounts.findOne({ _id: id }, READ)
      // Counted together with sign-ins, so that this is no second place to guess in.
      const [counted = id] = found ? emailIndexes(open('email', found.email, id)) : []
      const matching = await slowly(counted, async () =>
        (await passwords.matches(found?.password ?? null, password)) ? found : null,
      )
      return matching !== null
    },

    async remove(id) {
      try {
        const { deletedCount } = await accounts.deleteOne({ _id: id }, DURABLE)
        return deletedCount > 0
      } finally {
        // Also when it is not known whether it is gone.
        remembered.delete(id)
      }
    },

    names: {
      seal: (name, reservationId) => cipher.seal(name, clientName(reservationId)),
      open(sealed, reservationId) {
        // Of a client whose account was deleted.
        if (sealed === '') return ''
        const name = cipher.open(sealed, clientName(reservationId))
        if (name === null)
          warn({ reservationId }, 'the name in a reservation cannot be opened with the keys there are')
        return name ?? ''
      },
    },
  }
  return store

  /** After failures for this account, everybody who tries waits first. */
  async function slowly<T>(account: string, attempt: () => Promise<T | null>): Promise<T | null> {
    const ms = slowing.waitMs(account)
    if (ms > 0) await wait(ms)
    const result = await attempt()
    if (result === null) slowing.failed(account)
    else slowing.succeeded(account)
    return result
  }

  function emailIndexes(email: string): string[] {
    return cipher.indexes(comparableEmail(email), { collection: 'accounts', field: 'email' })
  }

  function sealedEmail(email: string, id: string): Pick<AccountDoc, 'email' | 'emailIndexes'> {
    return {
      email: cipher.seal(email.trim(), { collection: 'accounts', field: 'email', id }),
      emailIndexes: emailIndexes(email),
    }
  }

  function namedAs(role: Role, name: string, id: string): Pick<AccountDoc, 'name' | 'search' | 'searchText'> {
    return role === 'provider'
      ? { name, search: searchable(name), searchText: searchText(name) }
      : { name: cipher.seal(name, { collection: 'accounts', field: 'name', id }) }
  }

  function opened({ _id: id, role, name, timeZone }: AccountDoc): Account {
    return { id, role, name: role === 'provider' ? name : open('name', name, id), timeZone }
  }

  function owned(account: AccountDoc): OwnedAccount {
    return {
      ...opened(account),
      email: open('email', account.email, account._id),
      createdAt: account.createdAt,
    }
  }

  function open(field: 'name' | 'email', sealed: string, id: string): string {
    const text = cipher.open(sealed, { collection: 'accounts', field, id })
    if (text === null)
      warn({ accountId: id, field }, 'a field of an account cannot be opened with the keys there are')
    return text ?? ''
  }
}

/** Where a client's name in a reservation is sealed for. */
export function clientName(reservationId: string) {
  return { collection: 'slots', field: 'client.name', id: reservationId }
}
