/** The only file that reads and writes grants. It keeps no text of one; that is given out once, by `create`. */
import { randomBytes } from 'node:crypto'
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'
import type { Caller } from '../http/caller.js'
import type { Scope } from '../http/scopes.js'
import type { GrantDoc } from './grant-model.js'
import { type GrantKind, hashOf, hintOf, newGrantText } from './grant-text.js'
import type { EndedSession } from './sessions.js'

/** Of each kind, for one account. */
export const MOST_GRANTS = { key: 20, feed: 10 } as const satisfies Record<GrantKind, number>
/** How often a place is looked for; each time another request took the one that was free. */
const ROUNDS = 30
/** So long its owner can end one again, and sees a key that has run out. */
const REMEMBERED_MS = 30 * 86_400_000
/** Of an account that is gone nobody asks; instances do, for as long as they may have missed it. */
const ORPHANED_MS = 10 * 60_000
/** How exact `lastUsedAt` is. */
export const USE_MS = 60_000

export interface NewGrant {
  kind: GrantKind
  owner: Pick<Caller, 'id' | 'role'>
  name?: string
  scopes?: Scope[]
  expiresAt?: Date | undefined
}

export type GrantRecord = Pick<
  GrantDoc,
  '_id' | 'name' | 'scopes' | 'hint' | 'createdAt' | 'expiresAt' | 'lastUsedAt'
>

export class GrantStore {
  readonly #grants: mongo.Collection<GrantDoc>
  readonly #clock: Clock

  constructor({ grants, clock }: { grants: mongo.Collection<GrantDoc>; clock: Clock }) {
    this.#grants = grants
    this.#clock = clock
  }

  /** Null where the account has as many as it may. */
  async create({
    kind,
    owner,
    name,
    scopes,
    expiresAt,
  }: NewGrant): Promise<{ grant: GrantRecord; text: string } | null> {
    const text = newGrantText(kind)
    const createdAt = new Date(this.#clock.now())
    const grant: GrantRecord = {
      _id: randomBytes(16).toString('hex'),
      ...(name !== undefined && { name }),
      ...(scopes !== undefined && { scopes }),
      hint: hintOf(text),
      createdAt,
      ...(expiresAt && { expiresAt }),
    }
    for (let round = 0; round < ROUNDS; round++) {
      const place = await this.#freePlace(kind, owner.id)
      if (place === null) return null
      const { _id, ...fields } = grant
      const removeAt = expiresAt && { removeAt: new Date(expiresAt.getTime() + REMEMBERED_MS) }
      try {
        // The place is set by an update: SecantusDB 0.6 goes on refusing what an insert wrote into a unique index, also
        // after it was taken out. A crash between the two leaves a grant without a hash, which is good for nothing.
        await this.#grants.bulkWrite(
          [
            {
              updateOne: {
                filter: { _id },
                update: {
                  $setOnInsert: { kind, accountId: owner.id, role: owner.role, ...fields, ...removeAt },
                },
                upsert: true,
              },
            },
            { updateOne: { filter: { _id }, update: { $set: { place, hash: hashOf(text) } } } },
          ],
          { ...DURABLE, ordered: true },
        )
        return { grant, text }
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
        await this.#grants.deleteOne({ _id }, DURABLE)
      }
    }
    return null
  }

  /** Those that have not ended, the newest first; one that has run out is among them for a while. */
  async listOf(accountId: string, kind: GrantKind): Promise<GrantRecord[]> {
    const found = await this.#grants
      .find({ accountId, kind, hash: { $exists: true } }, READ)
      .project<GrantRecord>({ name: 1, scopes: 1, hint: 1, createdAt: 1, expiresAt: 1, lastUsedAt: 1 })
      .toArray()
    return found.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
  }

  /** What there is of a text; nothing of one that has ended. */
  findByHash(hash: string): Promise<GrantDoc | null> {
    return this.#grants.findOne({ hash }, READ)
  }

  /** Null where the account has, and lately had, none of that id. */
  async end(accountId: string, kind: GrantKind, id: string): Promise<EndedSession | null> {
    const found = await this.#grants.findOne({ _id: id }, READ)
    if (found?.accountId !== accountId || found.kind !== kind) return null
    if (!found.endedAt) await this.#end([id], REMEMBERED_MS)
    return { session: id, accountId }
  }

  async endAll(accountId: string, kind?: GrantKind): Promise<EndedSession[]> {
    const whose = { accountId, ...(kind && { kind }), endedAt: { $exists: false } }
    const found = await this.#grants.find(whose, READ).project<{ _id: string }>({ _id: 1 }).toArray()
    await this.#end(
      found.map(({ _id }) => _id),
      kind ? REMEMBERED_MS : ORPHANED_MS,
    )
    return found.map(({ _id }) => ({ session: _id, accountId }))
  }

  /** Those that ended at that moment or later; fails where that takes longer. */
  async endedSince(since: number, withinMs: number): Promise<EndedSession[]> {
    const found = await this.#grants
      .find({ endedAt: { $gte: new Date(since) } }, { ...READ, maxTimeMS: withinMs })
      .project<Pick<GrantDoc, '_id' | 'accountId'>>({ accountId: 1 })
      .toArray()
    return found.map(({ _id, accountId }) => ({ session: _id, accountId }))
  }

  /** Written once in USE_MS, however many instances note it. */
  async used(id: string, at: number): Promise<void> {
    const isOld = { $lt: [{ $ifNull: ['$lastUsedAt', new Date(0)] }, new Date(at - USE_MS)] }
    const lastUsedAt = { $cond: [isOld, new Date(at), '$lastUsedAt'] }
    await this.#grants.updateOne({ _id: id }, [{ $set: { lastUsedAt } }], DURABLE)
  }

  async #freePlace(kind: GrantKind, accountId: string): Promise<string | null> {
    const found = await this.#grants
      .find({ accountId, kind, place: { $exists: true } }, READ)
      .project<Pick<GrantDoc, '_id' | 'place' | 'expiresAt'>>({ place: 1, expiresAt: 1 })
      .toArray()
    const now = this.#clock.now()
    const over = found.filter(({ expiresAt }) => expiresAt !== undefined && expiresAt.getTime() <= now)
    for (const { _id } of over) await this.#grants.updateOne({ _id }, { $unset: { place: '' } }, DURABLE)
    const taken = new Set(found.filter((one) => !over.includes(one)).map(({ place }) => place))
    for (let number = 1; number <= MOST_GRANTS[kind]; number++) {
      const place = `${accountId} ${kind} ${number}`
      if (!taken.has(place)) return place
    }
    return null
  }

  /** Nothing stays but that there was one: its name may be that of a person. */
  async #end(ids: string[], rememberedMs: number): Promise<void> {
    const now = this.#clock.now()
    for (const _id of ids) {
      await this.#grants.updateOne(
        { _id },
        {
          $set: { endedAt: new Date(now), removeAt: new Date(now + rememberedMs) },
          $unset: { hash: '', place: '', hint: '', name: '', scopes: '', lastUsedAt: '', expiresAt: '' },
        },
        DURABLE,
      )
    }
  }
}
