/**
 * Grants as requests and sockets need them: told from memory, ended on every instance within the lease of ended sessions.
 *
 * Owns: what is remembered of grants that were shown lately, and of texts that are none; who hears that one has ended.
 * Never: decides that one is still good. A grant that is known here may have ended elsewhere; `ended-sessions` knows, under
 * the id of the grant, and is asked for every caller.
 */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.js'
import type { Caller } from '../http/caller.js'
import { Refusal } from '../http/problems.js'
import type { Scope } from '../http/scopes.js'
import { createPace, type Pace } from '../limits/sliding-window.js'
import type { Role } from '../schemas/common.js'
import type { GrantDoc } from './grant-model.js'
import { type GrantRecord, type GrantStore, type NewGrant, USE_MS } from './grant-store.js'
import { type GrantKind, hashOf, isGrantText } from './grant-text.js'
import type { EndedSession } from './sessions.js'

/** Shorter than an end is remembered for (the life of an access token), so that none is missed. */
const REMEMBERED = { size: 10_000, ttlMs: 60_000 }
/** Nobody can have a text before it is made, so one that is unknown stays so. */
const MAX_UNKNOWN = 10_000
const MINUTE_MS = 60_000
/** A read of the database reaches back by as much as an end may be written late. */
const OVERLAP_MS = 30_000

export interface Grant {
  id: string
  accountId: string
  role: Role
  scopes: readonly Scope[]
  /** Infinite without one. */
  expiresAt: number
}

interface Remembered {
  grant: Grant
  caller: Caller
  usedAt: number
}

export interface GrantsOptions {
  store: GrantStore
  clock: Clock
  /** Monotonic milliseconds. */
  elapsed: () => number
  /** Texts that have to be looked up, of one address in a minute: guesses, and grants that were not shown lately. */
  lookupsPerMinute: number
}

export class Grants {
  readonly #o: GrantsOptions
  /** By their text, which is not kept anywhere else. */
  readonly #known: LRUCache<string, Remembered>
  readonly #unknown = new LRUCache<string, true>({ max: MAX_UNKNOWN })
  /** Texts that the database is being asked for. */
  readonly #reads = new Map<string, Promise<void>>()
  readonly #lookups: Pace
  readonly #listeners = new Set<(ended: EndedSession) => void>()
  /** Uses that are being written. */
  readonly #writes = new Set<Promise<void>>()
  /** By the database's clock: up to when the ends of grants have been read here. */
  #readUntil = Number.POSITIVE_INFINITY

  constructor(options: GrantsOptions) {
    this.#o = options
    this.#lookups = createPace({
      limit: options.lookupsPerMinute,
      windowMs: MINUTE_MS,
      now: options.elapsed,
    })
    this.#known = new LRUCache({
      max: REMEMBERED.size,
      ttl: REMEMBERED.ttlMs,
      ttlResolution: 0,
      noDeleteOnStaleGet: true,
      perf: { now: () => options.clock.now() },
    })
  }

  /** Whether memory says what a text is; else `learn` has to come first. */
  isKnown(kind: GrantKind, text: string): boolean {
    return !isGrantText(kind, text) || this.#known.has(text) || this.#unknown.has(text)
  }

  /** Asks the database what a text is. Refused where an address asks too often; nothing is logged of it. */
  learn(kind: GrantKind, text: string, address: string): Promise<void> {
    if (this.isKnown(kind, text)) return Promise.resolve()
    const underWay = this.#reads.get(text)
    if (underWay) return underWay
    const taken = this.#lookups.take(address)
    if (!taken.ok) {
      const headers = { 'retry-after': String(taken.retrySeconds) }
      return Promise.reject(new Refusal('rate_limited', undefined, {}, headers))
    }
    const read = this.#read(kind, text).finally(() => this.#reads.delete(text))
    this.#reads.set(text, read)
    return read
  }

  /** Whom a key stands for, as far as memory says. */
  callerOf(text: string): Caller | null {
    return this.#shown('key', text)?.caller ?? null
  }

  /** The feed of a secret, as far as memory says. */
  feedOf(secret: string): Grant | null {
    return this.#shown('feed', secret)?.grant ?? null
  }

  create(grant: NewGrant): Promise<{ grant: GrantRecord; text: string } | null> {
    return this.#o.store.create(grant)
  }

  listOf(accountId: string, kind: GrantKind): Promise<GrantRecord[]> {
    return this.#o.store.listOf(accountId, kind)
  }

  /** False where the account has none of that id. */
  async end(accountId: string, kind: GrantKind, id: string): Promise<boolean> {
    const ended = await this.#o.store.end(accountId, kind, id)
    if (ended) this.#tell([ended])
    return ended !== null
  }

  /** Ends all of a kind; without one, all that an account that goes has handed out. */
  async endAll(accountId: string, kind?: GrantKind): Promise<number> {
    const ended = await this.#o.store.endAll(accountId, kind)
    this.#tell(ended)
    return ended.length
  }

  /**
   * Those that ended since then. After a time without the database it reaches back further than it is asked to: a key
   * has no end of its own by which its sockets would lose their private view.
   */
  async endedSince(since: number, withinMs: number): Promise<EndedSession[]> {
    const now = this.#o.clock.now()
    const found = await this.#o.store.endedSince(Math.min(since, this.#readUntil - OVERLAP_MS), withinMs)
    this.#readUntil = now
    return found
  }

  /** Hears of those that ended here. */
  onEnded(listener: (ended: EndedSession) => void): void {
    this.#listeners.add(listener)
  }

  async close(): Promise<void> {
    await Promise.all(this.#writes)
  }

  #shown(kind: GrantKind, text: string): Remembered | null {
    // Its time may have run out since `isKnown` was asked, in this very millisecond.
    const remembered = isGrantText(kind, text) ? this.#known.get(text, { allowStale: true }) : undefined
    if (!remembered || remembered.grant.expiresAt <= this.#o.clock.now()) return null
    this.#noteUse(remembered)
    return remembered
  }

  async #read(kind: GrantKind, text: string): Promise<void> {
    const found = await this.#o.store.findByHash(hashOf(text))
    if (found?.kind !== kind) this.#unknown.set(text, true)
    else this.#known.set(text, remembered(found))
  }

  #noteUse(one: Remembered): void {
    const now = this.#o.clock.now()
    if (now - one.usedAt < USE_MS) return
    one.usedAt = now
    // Not waited for: a use that is not noted costs nobody anything.
    const write = this.#o.store
      .used(one.grant.id, now)
      .catch(() => {})
      .finally(() => this.#writes.delete(write))
    this.#writes.add(write)
  }

  #tell(ended: EndedSession[]): void {
    for (const one of ended) for (const tell of this.#listeners) tell(one)
  }
}

function remembered({ _id: id, accountId, role, scopes = [], expiresAt, lastUsedAt }: GrantDoc): Remembered {
  const ends = expiresAt?.getTime() ?? Number.POSITIVE_INFINITY
  return {
    grant: { id, accountId, role, scopes, expiresAt: ends },
    caller: { id: accountId, role, session: id, expiresAt: ends, key: { id, scopes } },
    usedAt: lastUsedAt?.getTime() ?? Number.NEGATIVE_INFINITY,
  }
}
