/**
 * Links in mails: whoever has one may do the one thing that it is for, once, until it ends.
 *
 * A token is 256 bits, and at rest there is only its SHA-256. One that is made with a seed is an HMAC of it, so that a mail
 * that is sent again carries the same links.
 * Invariants: looking changes nothing. Of several uses at once, on any instances, one goes on, by one update of one
 * document. A use that was refused or died on the way leaves the link to be used again.
 */
import { createHash, createHmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'
import type { LinkPurpose } from '../domain/link-purposes.js'
import { provided } from '../slots/slot-updates.js'
import type { LinkDoc } from './link-model.js'

export interface NewLink {
  purpose: LinkPurpose
  reservationId?: string
  accountId?: string
  waitId?: string
  /** Which state of its subject it is for. */
  about?: string
  /** Milliseconds. Of a reservation its start, of a password an hour from now. */
  expiresAt: number
  /** The same seed and purpose make the same link: the id of the job that sends it. */
  seed?: string
}

export interface Link extends Omit<LinkDoc, 'use'> {
  outcome?: string
  /** Somebody is using it. */
  isBusy: boolean
}

export type LinkUsed<Result> =
  | { how: 'acted'; result: Result }
  /** It had been used before. */
  | { how: 'used'; outcome: string }
  /** Another request is using it. */
  | { how: 'busy' }
  | { how: 'unknown' }

/** What an action says of itself: with an outcome the link is used, without it may be used again. */
export interface LinkAction {
  outcome: string | null
}

export interface LinkStoreOptions {
  links: mongo.Collection<LinkDoc>
  clock: Clock
  /** JWT_SECRET: what seeds are hashed with is derived from it. */
  secret: string
  publicUrl: () => string
}

const TOKEN_BYTES = 32
export const LINK_TOKEN = /^[\w-]{43}$/
/** Longer than an action takes. */
const USING_MS = 30_000
const NEVER = new Date(0)

export class LinkStore {
  readonly #links: mongo.Collection<LinkDoc>
  readonly #clock: Clock
  readonly #key: Buffer
  readonly #publicUrl: () => string

  constructor({ links, clock, secret, publicUrl }: LinkStoreOptions) {
    this.#links = links
    this.#clock = clock
    this.#key = Buffer.from(hkdfSync('sha256', secret, 'slotcast', 'links', 32))
    this.#publicUrl = publicUrl
  }

  /** The whole address. Durable when it resolves. */
  async make({ seed, expiresAt, ...link }: NewLink): Promise<string> {
    const token = seed === undefined ? randomBytes(TOKEN_BYTES) : this.#seeded(seed, link.purpose)
    const text = token.toString('base64url')
    const madeAt = new Date(this.#clock.now())
    try {
      await this.#links.insertOne(
        { _id: hashOf(text), ...link, madeAt, expiresAt: new Date(expiresAt) },
        DURABLE,
      )
    } catch (error) {
      // The mail is sent again; the link stays as it is, used perhaps.
      if (!isDuplicateKey(error)) throw error
    }
    return `${this.#publicUrl()}/l/${text}`
  }

  /** Null for what is no link, or one that has ended; nothing tells the two apart. */
  async find(token: string): Promise<Link | null> {
    if (!LINK_TOKEN.test(token)) return null
    return this.findAgain({ _id: hashOf(token) })
  }

  /** The link as it is by now. */
  async findAgain({ _id }: Pick<Link, '_id'>): Promise<Link | null> {
    const found = await this.#links.findOne({ _id }, READ)
    const now = this.#clock.now()
    return found && found.expiresAt.getTime() > now ? linkOf(found, now) : null
  }

  /** Acts once. Where the action throws, it may have happened; then the link can be used again, when its time is over. */
  async use<Result extends LinkAction>(
    link: Link,
    act: (link: Link) => Promise<Result>,
  ): Promise<LinkUsed<Result>> {
    const by = randomUUID()
    const now = this.#clock.now()
    const mayBeUsed = {
      $and: [
        { $gt: ['$expiresAt', new Date(now)] },
        { $eq: [{ $ifNull: ['$use.outcome', ''] }, ''] },
        { $lte: [{ $ifNull: ['$use.until', NEVER] }, new Date(now)] },
      ],
    }
    const use = { by, until: new Date(now + USING_MS) }
    // Two calls: findOneAndUpdate looks through all links on the embedded engine.
    await this.#links.updateOne({ _id: link._id }, provided(mayBeUsed, { use }), DURABLE)
    const after = await this.#links.findOne({ _id: link._id }, READ)
    if (!after || after.expiresAt.getTime() <= now) return { how: 'unknown' }
    if (after.use?.outcome !== undefined) return { how: 'used', outcome: after.use.outcome }
    if (after.use?.by !== by) return { how: 'busy' }
    const result = await act(linkOf(after, now))
    const { outcome } = result
    const ended = outcome === null ? { by: '', until: NEVER } : { by, until: NEVER, outcome }
    const isOurs = { $eq: ['$use.by', by] }
    await this.#links.updateOne({ _id: link._id }, provided(isOurs, { use: ended }), DURABLE)
    return { how: 'acted', result }
  }

  /** The links of an account that is gone. */
  async removeAllOf(accountId: string): Promise<void> {
    await this.#links.deleteMany({ accountId }, DURABLE)
  }

  #seeded(seed: string, purpose: LinkPurpose): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([purpose, seed]))
      .digest()
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

function linkOf({ use, ...link }: LinkDoc, now: number): Link {
  const isBusy = (use?.until ?? NEVER).getTime() > now
  return { ...link, isBusy, ...(use?.outcome !== undefined && { outcome: use.outcome }) }
}
