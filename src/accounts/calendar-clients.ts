/**
 * Which clients a provider's calendar has, found by the beginnings of the words of their names.
 *
 * Names are sealed, so the database looks at blind indexes of beginnings, bound to the provider: it sees neither a name
 * nor that two providers have clients of one name. What it does see is which clients of one provider share a beginning.
 * An entry is written beside the hold that it is about, not before it, so a hold costs no more and may be found a moment
 * later than it is answered.
 * Invariants: who writes an entry asks for the accounts after it. A client that took another name meanwhile is written
 * again, and one that is gone is taken out, so a slow write undoes neither a new name nor a deletion. (Both change the
 * account first and the entries after it.)
 */
import { LRUCache } from 'lru-cache'
import type { Connection, mongo } from 'mongoose'
import { DURABLE, READ } from '../database/call-options.js'
import { collectionOf } from '../database/database-calls.js'
import { isDuplicateKey } from '../database/error-codes.js'
import type { FieldCipher } from '../encryption/field-cipher.js'
import { wordsOfName, wordsOfQuery } from './normalize.js'

export interface CalendarClientDoc {
  /** `<providerId> <clientId>` */
  _id: string
  providerId: string
  clientId: string
  /** Of the key that the beginnings were made with. */
  kid: string
  /** Blind indexes of the beginnings of all words of the name. */
  beginnings: string[]
}

/** A client on a provider's calendar. */
export interface CalendarClient {
  providerId: string
  id: string
  name: string
}

export interface CalendarClientsOptions {
  clients: mongo.Collection<CalendarClientDoc>
  cipher: FieldCipher
  /** The names of accounts as they are now, empty where no key opens one. Those that do not exist are not among them. */
  namesNow: (ids: Iterable<string>) => Promise<Map<string, string>>
  /** The name in the reservations of a guest, empty where no key opens it; null without any reservation. */
  guestName: (id: string) => Promise<string | null>
  warn: (about: Record<string, unknown>, message: string) => void
}

/** Longer words that agree so far are not told apart. */
const LONGEST_BEGINNING = 24
/** Of a blind index: 72 bits, so that beginnings of one provider do not meet by chance. */
const INDEX_CHARACTERS = 12
const BATCH = 100
const REMOVED_AT_ONCE = 500
/** How often a name is written that goes on changing under the write. */
const ROUNDS = 5
const MOST_KNOWN = 20_000
/** What waits while entries cannot be written. */
const MOST_NOTED = 10_000
const GUEST = 'guest-'

// One field each: SecantusDB reads a multikey index for one value or an `$in`, and looks through the collection for
// `$all`, for a second field, and for a range of `_id` (10,000 entries: 0.4 ms, and 10 to 30).
const indexes: mongo.IndexDescription[] = [
  { key: { beginnings: 1 }, name: 'beginnings' },
  { key: { clientId: 1 }, name: 'of a client' },
  { key: { providerId: 1 }, name: 'of a provider' },
]

export async function prepareCalendarClients(connection: Connection): Promise<void> {
  await connection.collection<CalendarClientDoc>('calendarClients').createIndexes(indexes)
}

export function calendarClientsOf(connection: Connection): mongo.Collection<CalendarClientDoc> {
  return collectionOf<CalendarClientDoc>(connection, 'calendarClients')
}

/** A client without an account: its name is in its reservations alone. */
export function isGuest(clientId: string): boolean {
  return clientId.startsWith(GUEST)
}

export class CalendarClients {
  readonly #o: CalendarClientsOptions
  /** With which name this process saw each entry in the database, so that a pair costs it one write. */
  readonly #known = new LRUCache<string, string>({ max: MOST_KNOWN })
  /** To be written, by the id of their entry. What a write failed for stays until the next one. */
  readonly #noted = new Map<string, CalendarClient>()
  /** The write under way; there is one at a time. */
  #writing: Promise<void> | null = null
  /** The last write failed, which has been logged. */
  #isFailing = false
  #isClosed = false

  constructor(options: CalendarClientsOptions) {
    this.#o = options
  }

  /** The clients of a provider whose names have, for each word of the text, one that begins with it. */
  async find(providerId: string, text: string): Promise<ReadonlySet<string>> {
    const [first, ...others] = wordsOfQuery(text)
      .sort((a, b) => b.length - a.length)
      .map((word) => this.#indexesOf(providerId, beginningOf(word)))
    // Nothing that can be searched for was asked for, which is not "everybody".
    if (first === undefined) return new Set()
    const found = await this.#o.clients
      .find(
        { beginnings: { $in: first } },
        { ...READ, projection: { clientId: 1, ...(others.length > 0 && { beginnings: 1 }) } },
      )
      .toArray()
    const hasAll = ({ beginnings }: CalendarClientDoc) =>
      others.every((word) => word.some((index) => beginnings.includes(index)))
    return new Set(found.filter(hasAll).map(({ clientId }) => clientId))
  }

  /** A client has a reservation on this calendar. Written soon; a failure is logged once, and the next note tries again. */
  note(providerId: string, { id, name }: { id: string; name: string }): void {
    const entryId = entryIdOf(providerId, id)
    if (name !== '' && this.#known.get(entryId) !== name && this.#noted.size < MOST_NOTED)
      this.#noted.set(entryId, { providerId, id, name })
    if (this.#noted.size > 0 && !this.#isClosed) this.#writing ??= this.#writeNoted()
  }

  /** Resolves when no write is under way. */
  async settled(): Promise<void> {
    await this.#writing
  }

  /** Ends `fill`, and waits for the write under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.settled()
  }

  /** To be called when the account has its new name. */
  async renamed(clientId: string, name: string): Promise<void> {
    const entries = await this.#o.clients
      .find({ clientId }, { ...READ, projection: { providerId: 1 } })
      .toArray()
    await this.#bringAll(entries.map(({ providerId }) => ({ providerId, id: clientId, name })))
  }

  /** To be called when the account is gone. */
  async forget(clientId: string): Promise<void> {
    await this.#forget({ clientId }, (entryId) => entryId.endsWith(` ${clientId}`))
  }

  /** To be called when the account is gone. */
  async forgetProvider(providerId: string): Promise<void> {
    await this.#forget({ providerId }, (entryId) => entryId.startsWith(`${providerId} `))
  }

  /**
   * Makes the entries of these clients, of which any may come often. For clients with an account, the name is the one that
   * it has now. Safe to interrupt and to repeat; says whether it came to the end.
   */
  async fill(clients: AsyncIterable<CalendarClient>): Promise<boolean> {
    let batch = new Map<string, CalendarClient>()
    for await (const client of clients) {
      if (this.#isClosed) return false
      const entryId = entryIdOf(client.providerId, client.id)
      if (this.#known.has(entryId)) continue
      batch.set(entryId, client)
      if (batch.size < BATCH) continue
      await this.#fillBatch([...batch.values()])
      batch = new Map()
    }
    await this.#fillBatch([...batch.values()])
    return true
  }

  /**
   * Makes entries of another key anew, a batch in the order of ids after `after`. Names that cannot be opened are left as
   * they are. Safe to interrupt and to repeat; says where to go on, null at the end.
   */
  async renew(after: string, limit: number): Promise<{ next: string | null; changed: number }> {
    const found = await this.#o.clients
      .find({ _id: { $gt: after } }, { ...READ, sort: { _id: 1 }, limit, projection: { beginnings: 0 } })
      .toArray()
    const outdated = found.filter(({ kid }) => kid !== this.#o.cipher.kid)
    const names = await this.#namesOf(outdated.map(({ clientId }) => clientId))
    const gone = outdated.filter(({ clientId }) => !names.has(clientId))
    await this.#remove(gone.map(({ _id }) => _id))
    const readable = outdated.flatMap(({ providerId, clientId }) => {
      const name = names.get(clientId)
      return name ? [{ providerId, id: clientId, name }] : []
    })
    await this.#bringAll(readable)
    return { next: found.at(-1)?._id ?? null, changed: gone.length + readable.length }
  }

  async #writeNoted(): Promise<void> {
    try {
      while (this.#noted.size > 0) {
        const batch = [...this.#noted].slice(0, BATCH)
        await this.#bring(batch.map(([, client]) => client))
        // Not what was noted anew meanwhile.
        for (const [id, client] of batch) if (this.#noted.get(id) === client) this.#noted.delete(id)
        this.#isFailing = false
      }
    } catch (error) {
      if (!this.#isFailing)
        this.#o.warn(
          { err: error },
          'clients of a calendar could not be noted, so they are not found by name; the next hold tries again',
        )
      this.#isFailing = true
    } finally {
      // In the same step as the last look at what is noted, so that nothing is noted in between and left.
      this.#writing = null
    }
  }

  async #fillBatch(batch: CalendarClient[]): Promise<void> {
    const names = await this.#o.namesNow(batch.map(({ id }) => id))
    await this.#bring(
      batch.flatMap((client) => {
        const name = isGuest(client.id) ? client.name : names.get(client.id)
        return name ? [{ ...client, name }] : []
      }),
    )
  }

  async #bringAll(clients: CalendarClient[]): Promise<void> {
    for (let at = 0; at < clients.length; at += BATCH) await this.#bring(clients.slice(at, at + BATCH))
  }

  /** Brings the entries of these clients up to date. */
  async #bring(clients: CalendarClient[]): Promise<void> {
    let left = clients
    for (let round = 0; left.length > 0; round++) {
      if (round === ROUNDS) throw new Error(`the names of ${left.length} clients go on changing`)
      left = await this.#bringOnce(left)
    }
  }

  /** Says whose entries have to be looked at again, with the names that they have now. */
  async #bringOnce(clients: CalendarClient[]): Promise<CalendarClient[]> {
    const entries = clients.map((client) => this.#entryOf(client))
    const ids = entries.map(({ _id }) => _id)
    const stored = await this.#o.clients.find({ _id: { $in: ids } }, READ).toArray()
    const byId = new Map(stored.map((entry) => [entry._id, entry]))
    const missing = entries.filter(({ _id }) => !byId.has(_id))
    const outdated = entries.filter((entry) => {
      const before = byId.get(entry._id)
      return before !== undefined && !isSame(before, entry)
    })
    const isAlone = missing.length === 0 || (await this.#insert(missing))
    if (outdated.length > 0) {
      const updates = outdated.map(({ _id, kid, beginnings }) => ({
        updateOne: { filter: { _id }, update: { $set: { kid, beginnings } } },
      }))
      await this.#o.clients.bulkWrite(updates, { ...DURABLE, ordered: false })
    }
    if (missing.length + outdated.length > 0) return this.#checked(clients, isAlone)
    // Where nothing was written, nothing can have been undone.
    for (const client of clients) this.#remember(client)
    return []
  }

  /** False where another writer was faster with one of them. */
  async #insert(entries: CalendarClientDoc[]): Promise<boolean> {
    try {
      await this.#o.clients.insertMany(entries, { ...DURABLE, ordered: false })
      return true
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      return false
    }
  }

  /** After a write: takes out who is gone, and says who has another name by now; all others where it was not alone. */
  async #checked(clients: CalendarClient[], isAlone: boolean): Promise<CalendarClient[]> {
    const names = await this.#o.namesNow(clients.flatMap(({ providerId, id }) => [providerId, id]))
    const isGone = ({ providerId, id }: CalendarClient) =>
      !names.has(providerId) || !(isGuest(id) || names.has(id))
    await this.#remove(clients.filter(isGone).map(({ providerId, id }) => entryIdOf(providerId, id)))
    return clients.flatMap((client) => {
      if (isGone(client)) return []
      const name = names.get(client.id) || client.name
      if (!isAlone || name !== client.name) return [{ ...client, name }]
      this.#remember(client)
      return []
    })
  }

  #remember({ providerId, id, name }: CalendarClient): void {
    this.#known.set(entryIdOf(providerId, id), name)
  }

  async #namesOf(clientIds: string[]): Promise<Map<string, string>> {
    const names = await this.#o.namesNow(clientIds)
    for (const id of new Set(clientIds.filter(isGuest))) {
      const name = await this.#o.guestName(id)
      if (name !== null) names.set(id, name)
    }
    return names
  }

  async #forget(
    which: { clientId: string } | { providerId: string },
    isOne: (entryId: string) => boolean,
  ): Promise<void> {
    for (const id of this.#noted.keys()) if (isOne(id)) this.#noted.delete(id)
    // What is being written may be of this one, and nobody asks for guests after a write.
    await this.settled()
    for (const id of this.#known.keys()) if (isOne(id)) this.#known.delete(id)
    const found = await this.#o.clients.find(which, { ...READ, projection: { _id: 1 } }).toArray()
    await this.#remove(found.map(({ _id }) => _id))
  }

  /** By `_id`, because a deletion with any other filter looks through the collection. */
  async #remove(ids: string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += REMOVED_AT_ONCE)
      await this.#o.clients.deleteMany({ _id: { $in: ids.slice(at, at + REMOVED_AT_ONCE) } }, DURABLE)
  }

  #entryOf({ providerId, id, name }: CalendarClient): CalendarClientDoc {
    const beginnings = beginningsOf(name).flatMap((one) => this.#indexesOf(providerId, one).slice(0, 1))
    return {
      _id: entryIdOf(providerId, id),
      providerId,
      clientId: id,
      kid: this.#o.cipher.kid,
      // Sorted, so that their order tells nothing of the name.
      beginnings: beginnings.sort(),
    }
  }

  /** One for each known key, the current one first. */
  #indexesOf(providerId: string, beginning: string): string[] {
    return this.#o.cipher
      .indexes(`${providerId}\n${beginning}`, { collection: 'calendarClients', field: 'beginnings' })
      .map((index) => index.slice(0, INDEX_CHARACTERS))
  }
}

function entryIdOf(providerId: string, clientId: string): string {
  return `${providerId} ${clientId}`
}

function beginningOf(word: string): string {
  return [...word].slice(0, LONGEST_BEGINNING).join('')
}

function beginningsOf(name: string): string[] {
  const all = wordsOfName(name).flatMap((word) => {
    const characters = [...beginningOf(word)]
    return characters.map((_, last) => characters.slice(0, last + 1).join(''))
  })
  return [...new Set(all)]
}

function isSame(one: CalendarClientDoc, other: CalendarClientDoc): boolean {
  return one.kid === other.kid && one.beginnings.join() === other.beginnings.join()
}
