/**
 * The only file that reads and writes services, and the memory of them, by provider.
 *
 * Each write first has all instances forget the provider (`touch`), as a change of its account does, and forgets it here
 * before and after: a list read meanwhile may be from before the write and is not remembered.
 */
import { LRUCache } from 'lru-cache'
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { BatchedReads } from '../database/batched-reads.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'
import { forgettingWrite } from '../database/forgetting-write.js'
import { isDatabaseAway } from '../database/unavailable.js'
import type { Service } from '../domain/service.js'
import type { ServiceDoc } from './service-model.js'

export const MOST_SERVICES = 50
/** How often a place is looked for; each time another request took the one that was free. */
const ROUNDS = 2 * MOST_SERVICES
/** Services and providers. What changes is forgotten sooner than after this time, see `AccountStore.changedSince`. */
const REMEMBERED = { size: 100_000, ttlMs: 30_000 }

export type ServiceFields = Omit<Service, 'id' | 'providerId' | 'rev'>
/** Null removes an optional field. */
export type ServiceChanges = {
  [Name in keyof ServiceFields]?:
    | ServiceFields[Name]
    | (undefined extends ServiceFields[Name] ? null : never)
    | undefined
}

export type CreateOutcome =
  | { ok: true; service: Service }
  | { ok: false; code: 'not_found' | 'too_many_services' | 'unavailable' }
export type ChangeOutcome =
  | { ok: true; service: Service }
  | { ok: false; code: 'not_found' | 'precondition_failed' }

export interface ServiceStoreOptions {
  services: mongo.Collection<ServiceDoc>
  clock: Clock
  newId: () => string
  /** A number from 0 on, below 1. */
  random: () => number
  /** Has every instance forget what it remembers of a provider; false where there is no such account. */
  touch: (providerId: string) => Promise<boolean>
}

/** In the order in which they were made. */
interface KnownServices {
  services: readonly Service[]
  version: number
}

export class ServiceStore {
  readonly #o: ServiceStoreOptions
  /** By provider. What was forgotten stays as long as there is room, for when nobody can be asked. */
  readonly #remembered: LRUCache<string, KnownServices>
  /** Lists that are being read, by provider; what is forgotten meanwhile is not remembered when it has been read. */
  readonly #reads = new Map<string, Promise<readonly Service[]>>()
  readonly #fresh: BatchedReads<ServiceDoc>
  /** Of the list that was last found to differ from the one before. */
  #lastVersion = 0
  /** The last read found no database: what was last seen is answered, while one read at a time asks again. */
  #isAway = false

  constructor(options: ServiceStoreOptions) {
    this.#o = options
    this.#fresh = new BatchedReads((ids) => options.services.find({ _id: { $in: ids } }, READ).toArray())
    this.#remembered = new LRUCache({
      maxSize: REMEMBERED.size,
      sizeCalculation: ({ services }) => 1 + services.length,
      ttl: REMEMBERED.ttlMs,
      ttlResolution: 0,
      noDeleteOnStaleGet: true,
      perf: { now: () => options.clock.now() },
    })
  }

  /** All services of a provider, as they were a moment ago; inactive ones too. */
  async list(providerId: string): Promise<readonly Service[]> {
    const known = this.#known(providerId)
    if (this.#isAway) this.#read(providerId).catch(() => {})
    if (known) return known.services
    try {
      return await this.#read(providerId)
    } catch (error) {
      const last = this.#last(providerId)
      if (!last || !isDatabaseAway(error)) throw error
      this.#isAway = true
      return last.services
    }
  }

  /** As the database has them. */
  listFresh(providerId: string): Promise<readonly Service[]> {
    this.forget([providerId])
    return this.#read(providerId)
  }

  /** From memory; an id that is unknown there may be of a service that another instance has just made. */
  async find(providerId: string, id: string): Promise<Service | null> {
    const isRemembered = this.#known(providerId) !== undefined
    const find = (services: readonly Service[]) => services.find((service) => service.id === id) ?? null
    const found = find(await this.list(providerId))
    return found || !isRemembered || this.#isAway ? found : find(await this.#read(providerId))
  }

  /** As the database has it. */
  async findFresh(providerId: string, id: string): Promise<Service | null> {
    const [found] = await this.#fresh.get([id])
    return found?.providerId === providerId ? serviceOf(found) : null
  }

  /**
   * Another number whenever what is remembered of that provider has changed; undefined where nothing is, or not any more.
   * What is forgotten and read again as it was has the number that it had.
   */
  versionOf(providerId: string): number | undefined {
    return this.#known(providerId)?.version
  }

  /** What is remembered of these providers may not be true any more. */
  forget(providerIds: Iterable<string>): void {
    const start = this.#o.clock.now() - REMEMBERED.ttlMs - 1
    for (const providerId of providerIds) {
      this.#reads.delete(providerId)
      const known = this.#last(providerId)
      if (known) this.#remembered.set(providerId, known, { start })
    }
  }

  async create(providerId: string, fields: ServiceFields): Promise<CreateOutcome> {
    return this.#writing(providerId, async () => {
      if (!(await this.#o.touch(providerId))) return { ok: false, code: 'not_found' }
      const createdAt = new Date(this.#o.clock.now())
      const service = { _id: this.#o.newId(), providerId, ...withoutNothing(fields), rev: 1, createdAt }
      const refused = await this.#insert(service)
      if (refused) return refused
      // An account that was deleted before this has nobody else who removes it; one deleted later has.
      if (await this.#o.touch(providerId)) return { ok: true, service: serviceOf(service) }
      await this.removeAllOf(providerId)
      return { ok: false, code: 'not_found' }
    })
  }

  /** Changes a service that is still of this `rev`. */
  async change(providerId: string, id: string, rev: number, changes: ServiceChanges): Promise<ChangeOutcome> {
    return this.#writing(providerId, async () => {
      const before = await this.findFresh(providerId, id)
      if (!before) return { ok: false, code: 'not_found' }
      if (before.rev !== rev) return { ok: false, code: 'precondition_failed' }
      if (!(await this.#o.touch(providerId))) return { ok: false, code: 'not_found' }
      const { matchedCount } = await this.#o.services.updateOne(
        { _id: id, rev },
        updateOf(changes, rev + 1),
        DURABLE,
      )
      if (matchedCount === 0)
        return {
          ok: false,
          code: (await this.findFresh(providerId, id)) ? 'precondition_failed' : 'not_found',
        }
      // Of that rev it is what was read.
      const service = withoutNothing({ ...before, ...changes, rev: rev + 1 }) as unknown as Service
      return { ok: true, service }
    })
  }

  /** True when there was one. */
  async remove(providerId: string, id: string): Promise<boolean> {
    return this.#writing(providerId, async () => {
      if (!(await this.findFresh(providerId, id))) return false
      await this.#o.touch(providerId)
      return (await this.#o.services.deleteOne({ _id: id }, DURABLE)).deletedCount > 0
    })
  }

  /** Of an account that has ended. */
  async removeAllOf(providerId: string): Promise<void> {
    await this.#writing(providerId, () => this.#o.services.deleteMany({ providerId }, DURABLE))
  }

  /** Takes a free place; which of them is left to chance, so that requests at the same time seldom want the same. */
  async #insert(
    service: Omit<ServiceDoc, 'place'>,
  ): Promise<{ ok: false; code: 'too_many_services' | 'unavailable' } | null> {
    for (let round = 0; round < ROUNDS; round++) {
      const taken = await this.#documents(service.providerId)
      const free = freePlaces(taken)
      const place = free[Math.floor(this.#o.random() * free.length)]
      if (place === undefined) return { ok: false, code: 'too_many_services' }
      try {
        await this.#o.services.insertOne({ ...service, place }, DURABLE)
        return null
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
      }
    }
    return { ok: false, code: 'unavailable' }
  }

  #writing<T>(providerId: string, write: () => Promise<T>): Promise<T> {
    return forgettingWrite(() => this.forget([providerId]), write)
  }

  #documents(providerId: string): Promise<ServiceDoc[]> {
    return this.#o.services.find({ providerId }, READ).toArray()
  }

  /** One read at a time for each provider, and one that began before a write is not joined after it. */
  #read(providerId: string): Promise<readonly Service[]> {
    const underWay = this.#reads.get(providerId)
    if (underWay) return underWay
    const read = this.#documents(providerId).then((documents) => {
      this.#isAway = false
      const services = documents.sort(byAge).map(serviceOf)
      if (this.#reads.get(providerId) === read) this.#remember(providerId, services)
      return services
    })
    this.#reads.set(providerId, read)
    const done = () => {
      if (this.#reads.get(providerId) === read) this.#reads.delete(providerId)
    }
    read.then(done, done)
    return read
  }

  #remember(providerId: string, services: readonly Service[]): void {
    const before = this.#last(providerId)
    const isSame = before !== undefined && areSame(before.services, services)
    this.#remembered.set(providerId, isSame ? before : { services, version: ++this.#lastVersion })
  }

  #known(providerId: string): KnownServices | undefined {
    return this.#remembered.get(providerId) ?? (this.#isAway ? this.#last(providerId) : undefined)
  }

  #last(providerId: string): KnownServices | undefined {
    return this.#remembered.get(providerId, { allowStale: true })
  }
}

function freePlaces(taken: readonly ServiceDoc[]): number[] {
  const places = new Set(taken.map(({ place }) => place))
  return Array.from({ length: MOST_SERVICES }, (_, index) => index + 1).filter((place) => !places.has(place))
}

function byAge(a: ServiceDoc, b: ServiceDoc): number {
  return a.createdAt.getTime() - b.createdAt.getTime() || (a._id < b._id ? -1 : 1)
}

function areSame(before: readonly Service[], after: readonly Service[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ id, rev }, index) => id === after[index]?.id && rev === after[index]?.rev)
  )
}

function serviceOf({
  _id,
  place: _,
  createdAt: __,
  ...fields
}: Omit<ServiceDoc, 'place'> & { place?: number }): Service {
  return { id: _id, ...fields }
}

function updateOf(changes: ServiceChanges, rev: number): mongo.UpdateFilter<ServiceDoc> {
  const removed = Object.entries(changes).flatMap(([name, value]) => (value === null ? [[name, '']] : []))
  return {
    $set: { ...withoutNothing(changes), rev },
    ...(removed.length > 0 && { $unset: Object.fromEntries(removed) }),
  }
}

/** Without the fields that are null or undefined. */
function withoutNothing<T extends object>(
  fields: T,
): { [Name in keyof T]: Exclude<T[Name], null | undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(given) as { [Name in keyof T]: Exclude<T[Name], null | undefined> }
}
