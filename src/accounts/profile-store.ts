/**
 * The public faces of providers: their links and portraits, and the changes of what they say. What is said lies with the
 * account (`AccountStore`), so it is known from memory and forgotten by every instance as a change of the name is.
 *
 * A link belongs to whom its entry in `links` names, so two providers cannot have one. The entry is written first and the
 * account names it after; a link counts where both agree. An entry that its account does not name is of a change that is
 * under way, or of one that was interrupted: after a minute anybody may have it. Nothing has to be undone, therefore,
 * where a change fails half way.
 *
 * Of portraits the stored bytes are the truth, and the account says which version they are. After each write of the bytes
 * the account is brought to what they are then, until both agree.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type Connection, mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { collectionOf } from '../database/database-calls.js'
import { isDuplicateKey } from '../database/error-codes.js'
import { isAccountId, isLink, isReservedLink, suggestedLink } from '../domain/links.js'
import type { Account } from '../schemas/accounts.js'
import type { AccountStore, KnownAccount, ProfileOutcome } from './account-store.js'
import { linksOf, type ProfileFields, type StoredProfile } from './public-face.js'

export interface LinkDoc {
  /** The link. */
  _id: string
  providerId: string
  /** When it was last claimed. */
  at: Date
}

export interface PortraitDoc {
  /** Of the provider. */
  _id: string
  version: string
  type: string
  bytes: mongo.Binary
}

export interface Portrait {
  version: string
  type: string
  bytes: Buffer
}

/** Null removes a field. */
export type ProfileChanges = { [Name in keyof ProfileFields]?: string | null | undefined } & {
  link?: string | undefined
}

export interface ProfileStoreOptions {
  links: mongo.Collection<LinkDoc>
  portraits: mongo.Collection<PortraitDoc>
  accounts: Pick<AccountStore, 'find' | 'findFresh' | 'remembered' | 'changeProfile' | 'withoutLink'>
  clock: Clock
  /** Letters and digits that nobody can foresee. */
  randomEnding: () => string
  warn: (about: Record<string, unknown>, message: string) => void
}

/** Former links that go on working. */
export const KEPT_LINKS = 10
/** Longer than any change takes: after that, an entry that no account names is nobody's. */
const CLAIM_MS = 60_000
const REMEMBERED = 10_000
/** Numbers tried behind a name that others have, before it gets a random ending. */
const NUMBERED = 5
const ROUNDS = 10
const BATCH = 100
const VERSION_CHARACTERS = 16

export async function prepareProfiles(connection: Connection): Promise<void> {
  await connection
    .collection<LinkDoc>('links')
    .createIndexes([{ key: { providerId: 1 }, name: 'of a provider' }])
}

export function linksIn(connection: Connection): mongo.Collection<LinkDoc> {
  return collectionOf<LinkDoc>(connection, 'links')
}

export function portraitsIn(connection: Connection): mongo.Collection<PortraitDoc> {
  return collectionOf<PortraitDoc>(connection, 'portraits')
}

export class ProfileStore {
  readonly #o: ProfileStoreOptions
  /** Whose link it was when it was last read. It counts as long as that account names it. */
  readonly #owners = new LRUCache<string, string>({ max: REMEMBERED })

  constructor(options: ProfileStoreOptions) {
    this.#o = options
  }

  /** The id of the provider that is meant by an id or a link; null where there is none. */
  async providerId(idOrLink: string): Promise<string | null> {
    if (isAccountId(idOrLink))
      return (await this.#o.accounts.find(idOrLink))?.role === 'provider' ? idOrLink : null
    if (!isLink(idOrLink)) return null
    const known = this.#owners.get(idOrLink)
    if (known !== undefined && names(await this.#o.accounts.find(known), idOrLink)) return known
    const entry = await this.#o.links.findOne({ _id: idOrLink }, READ)
    if (!entry) return null
    const { providerId } = entry
    const isNamed =
      names(await this.#o.accounts.find(providerId), idOrLink) ||
      // What is remembered may be from before the link was made.
      names(await this.#o.accounts.findFresh(providerId), idOrLink)
    if (!isNamed) return null
    this.#owners.set(idOrLink, providerId)
    return providerId
  }

  /** The same without asking the database; undefined where that would be needed. */
  rememberedId(idOrLink: string): string | undefined {
    if (isAccountId(idOrLink)) return idOrLink
    const known = this.#owners.get(idOrLink)
    return known !== undefined && names(this.#o.accounts.remembered(known), idOrLink) ? known : undefined
  }

  /** Makes the link of a provider that has none. False where there is no such provider. */
  async ensureLink({ id, name }: { id: string; name: string }): Promise<boolean> {
    if ((await this.#o.accounts.findFresh(id))?.profile?.link !== undefined) return true
    const link = await this.#claimSuggested(name, id)
    // The id works as well, and a new account that is read again and again would cost more than it is worth.
    const made = await this.#o.accounts.changeProfile(id, null, (before) => ({ link, ...before }), false)
    if (!made.ok && made.code === 'not_found') await this.removeAllOf(id)
    return made.ok
  }

  /** A new account: a provider gets its link. Without one, if that fails, it is registered all the same. */
  async welcome({ id, role, name }: Account): Promise<void> {
    if (role !== 'provider') return
    await this.ensureLink({ id, name }).catch((error) =>
      this.#o.warn({ err: error }, 'a new provider got no readable link yet; it gets one when it asks'),
    )
  }

  /** Makes the links of all who have none. Safe to interrupt and to repeat; says whether it came to the end. */
  async ensureLinks(signal: AbortSignal): Promise<boolean> {
    for (let after = ''; ; ) {
      const batch = await this.#o.accounts.withoutLink(after, BATCH)
      for (const provider of batch) {
        if (signal.aborted) return false
        await this.ensureLink(provider)
        after = provider.id
      }
      if (batch.length < BATCH) return true
    }
  }

  /** Changes what a provider says, if that is still of this `rev`. */
  async change(
    id: string,
    rev: number,
    { link, ...changes }: ProfileChanges,
  ): Promise<ProfileOutcome | { ok: false; code: 'link_taken' }> {
    const known = (await this.#o.accounts.findFresh(id))?.profile
    if ((known?.rev ?? 0) !== rev) return { ok: false, code: 'precondition_failed' }
    const isNew = link !== undefined && !linksOf(known).includes(link)
    if (isNew && (isReservedLink(link) || !(await this.#claim(link, id))))
      return { ok: false, code: 'link_taken' }
    const startedAt = this.#o.clock.now()
    const changed = await this.#o.accounts.changeProfile(id, rev, (before) =>
      withChanges(link === undefined ? before : withLink(before, link), changes),
    )
    // An account that ended before this has nobody else who frees what it had; one that ends later has.
    if (!changed.ok && changed.code === 'not_found') await this.removeAllOf(id)
    if (changed.ok) await this.#free(id, freed(changed.before, changed.profile), startedAt)
    return changed
  }

  async putPortrait(id: string, type: string, bytes: Buffer): Promise<ProfileOutcome> {
    const version = createHash('sha256').update(bytes).digest('hex').slice(0, VERSION_CHARACTERS)
    const stored = { version, type, bytes: new mongo.Binary(bytes) }
    const put = () => this.#o.portraits.replaceOne({ _id: id }, stored, { ...DURABLE, upsert: true })
    // Of two first ones at the same time, one may find that the other was faster.
    await put().catch((error) => (isDuplicateKey(error) ? put() : Promise.reject(error)))
    return this.#noteVersion(id)
  }

  async removePortrait(id: string): Promise<void> {
    await this.#o.portraits.deleteOne({ _id: id }, DURABLE)
    await this.#noteVersion(id)
  }

  async portrait(id: string): Promise<Portrait | null> {
    const found = await this.#o.portraits.findOne({ _id: id }, READ)
    return found && { version: found.version, type: found.type, bytes: Buffer.from(found.bytes.buffer) }
  }

  /** Of an account that has ended. Its links are free from now on. */
  async removeAllOf(providerId: string): Promise<void> {
    await this.#o.portraits.deleteOne({ _id: providerId }, DURABLE)
    const found = await this.#o.links.find({ providerId }, { ...READ, projection: { _id: 1 } }).toArray()
    // Unless somebody else has it by now.
    for (const { _id } of found) await this.#o.links.deleteOne({ _id, providerId }, DURABLE)
  }

  async #noteVersion(id: string): Promise<ProfileOutcome> {
    for (;;) {
      const version = await this.#storedVersion(id)
      const noted = await this.#o.accounts.changeProfile(id, null, ({ portrait: _, ...before }) => ({
        ...before,
        ...(version !== undefined && { portrait: version }),
      }))
      if (!noted.ok && noted.code === 'not_found') await this.removeAllOf(id)
      if (!noted.ok || (await this.#storedVersion(id)) === version) return noted
    }
  }

  async #storedVersion(id: string): Promise<string | undefined> {
    const found = await this.#o.portraits.findOne({ _id: id }, { ...READ, projection: { version: 1 } })
    return found?.version
  }

  async #claimSuggested(name: string, id: string): Promise<string> {
    const first = suggestedLink(name, id)
    if (await this.#claim(first, id)) return first
    for (let number = 2; number <= NUMBERED; number++) {
      const link = `${first}-${number}`
      if (await this.#claim(link, id)) return link
    }
    for (;;) {
      const link = `${first}-${this.#o.randomEnding()}`
      if (await this.#claim(link, id)) return link
    }
  }

  /** Makes a link this provider's own, unless it is somebody else's. */
  async #claim(link: string, providerId: string): Promise<boolean> {
    for (let round = 0; round < ROUNDS; round++) {
      const at = new Date(this.#o.clock.now())
      try {
        await this.#o.links.insertOne({ _id: link, providerId, at }, DURABLE)
        return true
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
      }
      const entry = await this.#o.links.findOne({ _id: link }, READ)
      if (!entry) continue
      if (entry.providerId === providerId) {
        // Anew, so that nobody takes an old claim away before the account names it.
        const { matchedCount } = await this.#o.links.updateOne(
          { _id: link, providerId },
          { $set: { at } },
          DURABLE,
        )
        if (matchedCount > 0) return true
      } else {
        if (!(await this.#isNobodys(entry))) return false
        await this.#o.links.deleteOne(entry, DURABLE)
      }
    }
    return false
  }

  async #isNobodys({ _id: link, providerId, at }: LinkDoc): Promise<boolean> {
    if (this.#o.clock.now() - at.getTime() < CLAIM_MS) return false
    return !names(await this.#o.accounts.findFresh(providerId), link)
  }

  /** What was claimed again meanwhile stays. */
  async #free(providerId: string, links: string[], before: number): Promise<void> {
    for (const link of links)
      await this.#o.links.deleteOne({ _id: link, providerId, at: { $lt: new Date(before) } }, DURABLE)
  }
}

function names(account: KnownAccount | null | undefined, link: string): boolean {
  return account !== null && account !== undefined && linksOf(account.profile).includes(link)
}

function withLink(before: StoredProfile, link: string): StoredProfile {
  if (link === before.link) return before
  const formerLinks = linksOf(before)
    .filter((one) => one !== link)
    .slice(0, KEPT_LINKS)
  return { ...before, link, ...(formerLinks.length > 0 && { formerLinks }) }
}

function freed(before: StoredProfile, after: StoredProfile): string[] {
  const kept = linksOf(after)
  return linksOf(before).filter((link) => !kept.includes(link))
}

function withChanges(
  before: StoredProfile,
  changes: { [Name in keyof ProfileFields]?: string | null | undefined },
): StoredProfile {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  const after = Object.entries({ ...before, ...Object.fromEntries(given) })
    .filter(([, value]) => value !== null)
    // Each character in one form, however it was typed.
    .map(([name, value]) => [name, typeof value === 'string' ? value.normalize('NFC') : value])
  return Object.fromEntries(after) as StoredProfile
}
