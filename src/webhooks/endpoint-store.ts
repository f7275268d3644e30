/**
 * The only file that reads and writes endpoints, and the memory of which events they want, by provider.
 *
 * Each write first has all instances forget the provider (`touch`), as a change of its account does, and forgets it here
 * before and after.
 */
import { LRUCache } from 'lru-cache'
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { BatchedReads } from '../database/batched-reads.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'
import { forgettingWrite } from '../database/forgetting-write.js'
import type { WebhookType } from '../domain/webhook.js'
import type { FieldCipher } from '../encryption/field-cipher.js'
import {
  type Endpoint,
  type EndpointDoc,
  type EndpointState,
  endpointOf,
  placeOf,
  sealedAnew,
  secretsAt,
} from './endpoint-model.js'
import { newSecret } from './signature.js'

export const MOST_ENDPOINTS = 20
/** How often a place is looked for; each time another request took the one that was free. */
const ROUNDS = 2 * MOST_ENDPOINTS
/** Endpoints and providers. What changes is forgotten sooner than after this time, see `AccountStore.changedSince`. */
const REMEMBERED = { size: 100_000, ttlMs: 30_000 }
export const FORMER_SECRET_MS = 24 * 3_600_000
/** One that is replaced again and again must not make a header without end. */
const MOST_SECRETS = 3

export interface EndpointFields {
  url: string
  events: WebhookType[]
  description?: string | undefined
}

/** Null removes the description. */
export interface EndpointChanges {
  url?: string | undefined
  events?: WebhookType[] | undefined
  description?: string | null | undefined
  active?: boolean | undefined
}

/** What one of them wants to hear. */
export interface Subscription {
  id: string
  events: ReadonlySet<string>
  createdAt: number
}

/** As a delivery needs it. */
export interface DeliveryEndpoint extends Endpoint {
  secrets: string[]
}

export type CreateOutcome =
  | { ok: true; endpoint: Endpoint; secret: string }
  | { ok: false; code: 'not_found' | 'too_many_webhooks' | 'unavailable' }

export interface EndpointStoreOptions {
  endpoints: mongo.Collection<EndpointDoc>
  cipher: FieldCipher
  clock: Clock
  newId: () => string
  /** A number from 0 on, below 1. */
  random: () => number
  /** Has every instance forget what it remembers of a provider; false where there is no such account. */
  touch: (providerId: string) => Promise<boolean>
  /** Of one that is no more. */
  forgetDeliveries: (endpointId: string) => Promise<void>
}

export class EndpointStore {
  readonly #o: EndpointStoreOptions
  /** By provider. What is forgotten while it is read is not remembered when it has been read. */
  readonly #subscriptions: LRUCache<string, readonly Subscription[]>
  readonly #fresh: BatchedReads<EndpointDoc>

  constructor(options: EndpointStoreOptions) {
    this.#o = options
    this.#fresh = new BatchedReads((ids) => options.endpoints.find({ _id: { $in: ids } }, READ).toArray())
    this.#subscriptions = new LRUCache({
      maxSize: REMEMBERED.size,
      sizeCalculation: (all) => 1 + all.length,
      ttl: REMEMBERED.ttlMs,
      ttlResolution: 0,
      perf: { now: () => options.clock.now() },
      ignoreFetchAbort: true,
      fetchMethod: async (providerId) => (await this.#documents(providerId)).map(subscriptionOf),
    })
  }

  /** What `subscriptions` would answer without asking the database, if it would. */
  remembered(providerId: string): readonly Subscription[] | undefined {
    return this.#subscriptions.get(providerId)
  }

  /** What the endpoints of a provider want to hear, as it was a moment ago. */
  async subscriptions(providerId: string): Promise<readonly Subscription[]> {
    return (await this.#subscriptions.fetch(providerId)) ?? []
  }

  /** In the order in which they were made. */
  async list(providerId: string): Promise<Endpoint[]> {
    const documents = await this.#documents(providerId)
    return documents.sort(byAge).map((doc) => endpointOf(doc, this.#o.cipher))
  }

  async find(providerId: string, id: string): Promise<Endpoint | null> {
    const found = await this.#read(id)
    return found?.providerId === providerId ? endpointOf(found, this.#o.cipher) : null
  }

  async findForDelivery(id: string): Promise<DeliveryEndpoint | null> {
    const found = await this.#read(id)
    if (!found) return null
    const { cipher, clock } = this.#o
    return { ...endpointOf(found, cipher), secrets: secretsAt(found, cipher, clock.now()) }
  }

  /** What is remembered of these providers may not be true any more. */
  forget(providerIds: Iterable<string>): void {
    for (const providerId of providerIds) this.#subscriptions.delete(providerId)
  }

  async create(providerId: string, { url, events, description }: EndpointFields): Promise<CreateOutcome> {
    return this.#writing(providerId, async () => {
      const { touch, newId, cipher, clock } = this.#o
      if (!(await touch(providerId))) return { ok: false, code: 'not_found' }
      const id = newId()
      const now = new Date(clock.now())
      const secret = newSecret()
      const doc = {
        _id: id,
        providerId,
        createdAt: now,
        url: cipher.seal(url, placeOf('url', id)),
        events,
        ...(description !== undefined && { description }),
        state: 'active' as const,
        stateAt: now,
        secrets: [{ text: cipher.seal(secret, placeOf('secret', id)) }],
        rev: 1,
      }
      const place = await this.#insert(doc)
      if (typeof place === 'string') return { ok: false, code: place }
      // An account that was deleted before this has nobody else who removes it; one deleted later has.
      if (await touch(providerId))
        return { ok: true, endpoint: endpointOf({ ...doc, place }, cipher), secret }
      await this.removeAllOf(providerId)
      return { ok: false, code: 'not_found' }
    })
  }

  /** Null where there is none. The last of several at once counts, field by field. */
  async change(providerId: string, id: string, changes: EndpointChanges): Promise<Endpoint | null> {
    const { url, events, description, active } = changes
    return this.#update(providerId, id, ({ state, stateAt }) => {
      const next = stateAfter(state, active, url !== undefined)
      return {
        fields: {
          ...(url !== undefined && { url: this.#o.cipher.seal(url, placeOf('url', id)) }),
          ...(events !== undefined && { events }),
          ...(typeof description === 'string' && { description }),
          state: next,
          stateAt: next === state ? stateAt : new Date(this.#o.clock.now()),
        },
        ...(description === null && { without: ['description'] }),
      }
    })
  }

  /** A new secret; the one before it signs as well for a day. */
  async rotate(providerId: string, id: string): Promise<{ endpoint: Endpoint; secret: string } | null> {
    const secret = newSecret()
    const endpoint = await this.#update(providerId, id, ({ secrets }) => {
      const now = this.#o.clock.now()
      const until = new Date(now + FORMER_SECRET_MS)
      const former = secrets
        .filter((one) => one.until === undefined || one.until.getTime() > now)
        .map((one) => ({ until, ...one }))
      const text = this.#o.cipher.seal(secret, placeOf('secret', id))
      return { fields: { secrets: [{ text }, ...former].slice(0, MOST_SECRETS) } }
    })
    return endpoint && { endpoint, secret }
  }

  /** The other side is gone, as it said to somebody who knew it as of this rev. */
  async disable({ id, providerId, rev }: Pick<Endpoint, 'id' | 'providerId' | 'rev'>): Promise<void> {
    await this.#writing(providerId, async () => {
      await this.#o.touch(providerId)
      await this.#replace({ _id: id, rev }, { state: 'disabled', stateAt: new Date(this.#o.clock.now()) })
    })
  }

  /** True when there was one. */
  async remove(providerId: string, id: string): Promise<boolean> {
    return this.#writing(providerId, async () => {
      if ((await this.#read(id))?.providerId !== providerId) return false
      await this.#o.touch(providerId)
      const { deletedCount } = await this.#o.endpoints.deleteOne({ _id: id }, DURABLE)
      await this.#o.forgetDeliveries(id)
      return deletedCount > 0
    })
  }

  /** Of an account that has ended. */
  async removeAllOf(providerId: string): Promise<void> {
    await this.#writing(providerId, async () => {
      const documents = await this.#documents(providerId)
      await this.#o.endpoints.deleteMany({ providerId }, DURABLE)
      for (const { _id } of documents) await this.#o.forgetDeliveries(_id)
    })
  }

  /** Seals a batch with the current key, in the order of ids after `after`. Says where to go on, null at the end. */
  async reseal(after: string, limit: number): Promise<{ next: string | null; unreadable: string[] }> {
    const { endpoints, cipher } = this.#o
    const found = await endpoints
      .find({ _id: { $gt: after } }, { ...READ, sort: { _id: 1 }, limit })
      .toArray()
    const unreadable: string[] = []
    for (const doc of found) {
      const texts = [doc.url, ...doc.secrets.map(({ text }) => text)]
      if (!texts.some((text) => cipher.isOutdated(text))) continue
      const fields = sealedAnew(doc, cipher)
      if (!fields) unreadable.push(doc._id)
      // One that was changed meanwhile is read again.
      else if (!(await this.#replace(doc, fields))) return { next: after, unreadable: [] }
    }
    return { next: found.at(-1)?._id ?? null, unreadable }
  }

  /** Changes it as it is, however often others get in the way. */
  async #update(
    providerId: string,
    id: string,
    changesOf: (doc: EndpointDoc) => { fields: Partial<EndpointDoc>; without?: 'description'[] },
  ): Promise<Endpoint | null> {
    return this.#writing(providerId, async () => {
      for (;;) {
        const before = await this.#read(id)
        if (before?.providerId !== providerId) return null
        if (!(await this.#o.touch(providerId))) return null
        const { fields, without = [] } = changesOf(before)
        if (!(await this.#replace(before, fields, without))) continue
        const after = { ...before, ...fields, rev: before.rev + 1 }
        for (const field of without) delete after[field]
        return endpointOf(after, this.#o.cipher)
      }
    })
  }

  /** True where it was still as it was read. */
  async #replace(
    { _id, rev }: Pick<EndpointDoc, '_id' | 'rev'>,
    fields: Partial<EndpointDoc>,
    without: 'description'[] = [],
  ): Promise<boolean> {
    const update: mongo.UpdateFilter<EndpointDoc> = {
      $set: { ...fields, rev: rev + 1 },
      ...(without.length > 0 && { $unset: Object.fromEntries(without.map((field) => [field, ''])) }),
    }
    return (await this.#o.endpoints.updateOne({ _id, rev }, update, DURABLE)).matchedCount > 0
  }

  /** Takes a free place; which of them is left to chance, so that requests at the same time seldom want the same. */
  async #insert(doc: Omit<EndpointDoc, 'place'>): Promise<number | 'too_many_webhooks' | 'unavailable'> {
    for (let round = 0; round < ROUNDS; round++) {
      const taken = new Set((await this.#documents(doc.providerId)).map(({ place }) => place))
      const free = PLACES.filter((place) => !taken.has(place))
      const place = free[Math.floor(this.#o.random() * free.length)]
      if (place === undefined) return 'too_many_webhooks'
      try {
        await this.#o.endpoints.insertOne({ ...doc, place }, DURABLE)
        return place
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
      }
    }
    return 'unavailable'
  }

  #writing<T>(providerId: string, write: () => Promise<T>): Promise<T> {
    return forgettingWrite(() => this.forget([providerId]), write)
  }

  async #read(id: string): Promise<EndpointDoc | undefined> {
    return (await this.#fresh.get([id]))[0]
  }

  #documents(providerId: string): Promise<EndpointDoc[]> {
    return this.#o.endpoints.find({ providerId }, READ).toArray()
  }
}

const PLACES = Array.from({ length: MOST_ENDPOINTS }, (_, index) => index + 1)

/** A new address is tried anew, where the old one was gone. */
function stateAfter(state: EndpointState, active: boolean | undefined, isMoved: boolean): EndpointState {
  if (active !== undefined) return active ? 'active' : 'paused'
  return isMoved && state === 'disabled' ? 'active' : state
}

function subscriptionOf({ _id, events, createdAt }: EndpointDoc): Subscription {
  return { id: _id, events: new Set(events), createdAt: createdAt.getTime() }
}

function byAge(a: EndpointDoc, b: EndpointDoc): number {
  return a.createdAt.getTime() - b.createdAt.getTime() || (a._id < b._id ? -1 : 1)
}
