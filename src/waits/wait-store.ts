/**
 * The only file that writes waits.
 *
 * A state is changed by one conditional update, so an ended wait never goes on, whoever is late. What is offered is the
 * slots' truth: here it is noted (`follow`), as often as anybody likes and in any order.
 */
import { createHash } from 'node:crypto'
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'
import { isOver, MOST_OWN_WAITS, MOST_WAITS } from '../domain/wait.js'
import { inLine } from './line.js'
import type { WaitDoc } from './wait-model.js'

export interface NewWait
  extends Pick<WaitDoc, 'clientId' | 'providerId' | 'serviceId' | 'weekdays' | 'between'> {
  from: number
  to: number
}

export type JoinOutcome =
  | { ok: true; isNew: boolean; wait: WaitDoc }
  | { ok: false; code: 'wait_limit' | 'waiting_list_full' | 'unavailable' }

/** What has become of the hold that a wait was offered. */
export type OfferFate =
  | { is: 'held'; slotId: string; expiresAt: Date }
  | { is: 'booked'; slotId: string }
  | { is: 'lapsed' }
  /** By who waits: it goes on, at the end of the line, and that slot is not offered to it again. */
  | { is: 'declined'; slotId: string }
  /** By the provider: it goes on where it was. */
  | { is: 'taken back' }

export interface WaitStoreOptions {
  waits: mongo.Collection<WaitDoc>
  clock: Clock
  newId: () => string
  /** 0 to 1. */
  random: () => number
  onFault: (error: unknown) => void
}

type ChangeListener = (wait: WaitDoc) => void | Promise<void>
type Ending = Extract<WaitDoc['state'], 'booked' | 'lapsed' | 'left'>

const LIVE = { $in: ['waiting', 'offered'] as WaitDoc['state'][] }
/** How often a free place is looked for; each time another request took the one that was free. */
const ROUNDS = 100
/** What was made half is dropped after this, what has ended after that. */
const HALF_MADE_MS = 3_600_000
const KEEP_ENDED_MS = 30 * 86_400_000
const MOST_DECLINED = 50

export class WaitStore {
  readonly #waits: mongo.Collection<WaitDoc>
  readonly #o: WaitStoreOptions
  readonly #listeners = new Set<ChangeListener>()

  constructor(options: WaitStoreOptions) {
    this.#o = options
    this.#waits = options.waits
  }

  /**
   * Hears each change of state on the instance that made it, and once more (`tellAgain`) where that may have ended before
   * it was through: what leaves the server because of one begins here. `<id>:<rev>` names the change.
   */
  onChange(listener: ChangeListener): void {
    this.#listeners.add(listener)
  }

  /** What a server that was killed, or a database that was away, left untold. */
  async tellAgain(): Promise<void> {
    for (const wait of await this.#find({ untold: true }))
      if (wait.state !== undefined) await this.#tell(wait)
  }

  /** The same once more is answered with the one that there is. */
  async join(wish: NewWait): Promise<JoinOutcome> {
    const now = new Date(this.#o.clock.now())
    const _id = this.#o.newId()
    const twin = `${wish.clientId} ${digestOf(wish)}`
    let refused: JoinOutcome = { ok: false, code: 'unavailable' }
    for (let round = 0; round < ROUNDS; round++) {
      const own = await this.#stillLive(await this.#find({ clientId: wish.clientId, state: LIVE }))
      const known = own.find((one) => one.twin === twin)
      if (known) {
        await this.#unmake(_id, round)
        return { ok: true, isNew: false, wait: known }
      }
      const list = await this.#stillLive(await this.ofProvider(wish.providerId))
      const ownNo = this.#freeNo(own, 'ownPlace', MOST_OWN_WAITS)
      const listNo = this.#freeNo(list, 'listPlace', MOST_WAITS)
      if (ownNo === null || listNo === null) {
        refused = { ok: false, code: ownNo === null ? 'wait_limit' : 'waiting_list_full' }
        break
      }
      const wait = await this.#make(_id, wish, now, {
        twin,
        ownPlace: `${wish.clientId} ${ownNo}`,
        listPlace: `${wish.providerId} ${listNo}`,
      })
      if (!wait) continue
      this.#changed(wait)
      return { ok: true, isNew: true, wait }
    }
    await this.#unmake(_id, 1)
    return refused
  }

  /** Null where somebody else has one of the places. The places are set by an update: see `AccountStore.register`. */
  async #make(
    _id: string,
    { from, to, ...wish }: NewWait,
    now: Date,
    places: Pick<WaitDoc, 'twin' | 'ownPlace' | 'listPlace'>,
  ): Promise<WaitDoc | null> {
    const asked = {
      ...given(wish),
      from: new Date(from),
      to: new Date(to),
      rev: 1,
      joinedAt: now,
      since: now,
    }
    const forgetAt = new Date(now.getTime() + HALF_MADE_MS)
    const state = 'waiting' as const
    try {
      await this.#waits.bulkWrite(
        [
          {
            updateOne: { filter: { _id }, update: { $setOnInsert: { ...asked, forgetAt } }, upsert: true },
          },
          {
            updateOne: {
              filter: { _id },
              update: { $set: { state, ...places, untold: true }, $unset: { forgetAt: '' } },
            },
          },
        ],
        { ...DURABLE, ordered: true },
      )
      return { _id, ...asked, state, ...places }
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      return null
    }
  }

  async #unmake(_id: string, rounds: number): Promise<void> {
    if (rounds > 0) await this.#waits.deleteOne({ _id }, DURABLE)
  }

  #freeNo(taken: readonly WaitDoc[], place: 'ownPlace' | 'listPlace', most: number): number | null {
    const numbers = new Set(taken.map((one) => Number(one[place]?.split(' ')[1])))
    const free = Array.from({ length: most }, (_, index) => index + 1).filter((no) => !numbers.has(no))
    // Left to chance, so that requests at the same time seldom want the same.
    return free[Math.floor(this.#o.random() * free.length)] ?? null
  }

  async find(id: string): Promise<WaitDoc | null> {
    const found = await this.#waits.findOne({ _id: id }, READ)
    // What is being made is not there yet.
    return found?.state === undefined ? null : found
  }

  /** The live ones of a client, the newest first. */
  async ofClient(clientId: string): Promise<WaitDoc[]> {
    return (await this.#find({ clientId, state: LIVE })).sort(inLine).reverse()
  }

  /** All that is kept of a client. */
  async allOf(clientId: string): Promise<WaitDoc[]> {
    return this.#find({ clientId, state: { $exists: true } })
  }

  /** The live ones of a calendar, in line. */
  async ofProvider(providerId: string): Promise<WaitDoc[]> {
    return (await this.#find({ providerId, state: LIVE })).sort(inLine)
  }

  /** The live ones of several calendars, in no order. */
  ofProviders(providerIds: readonly string[]): Promise<WaitDoc[]> {
    return this.#find({ providerId: { $in: [...providerIds] }, state: LIVE })
  }

  /** Of all calendars where somebody waits. */
  async providers(): Promise<Set<string>> {
    const live = await this.#waits
      .find({ state: LIVE }, READ)
      .project<Pick<WaitDoc, 'providerId'>>({ providerId: 1 })
      .toArray()
    return new Set(live.map(({ providerId }) => providerId))
  }

  /** Its client does not wait any more. False where it was offered something by now, or is over. */
  async leave(id: string): Promise<boolean> {
    return (await this.#end(id, { state: 'waiting' }, 'left')) !== null
  }

  /** Its time is over. */
  async lapse(id: string): Promise<boolean> {
    return (await this.#end(id, { state: 'waiting' }, 'lapsed')) !== null
  }

  /** Brings a wait in line with the hold that it was offered. What is known already, or came too late, changes nothing. */
  async follow(id: string, reservationId: string, fate: OfferFate): Promise<void> {
    const offered = { state: 'offered', 'offer.reservationId': reservationId } as const
    switch (fate.is) {
      case 'held': {
        const { slotId, expiresAt } = fate
        const offer = { reservationId, slotId, expiresAt }
        const isNews = {
          $or: [{ state: 'waiting' as const }, { ...offered, 'offer.slotId': { $ne: slotId } }],
        }
        await this.#change(id, isNews, { $set: { state: 'offered', offer } })
        return
      }
      case 'booked':
        await this.#end(id, { $or: [{ state: 'waiting' }, offered] }, 'booked', {
          offer: { reservationId, slotId: fate.slotId, expiresAt: new Date(this.#o.clock.now()) },
        })
        return
      case 'lapsed':
        await this.#end(id, { $or: [{ state: 'waiting' }, offered] }, 'lapsed')
        return
      case 'declined': {
        const since = new Date(this.#o.clock.now())
        await this.#change(id, offered, {
          $set: { state: 'waiting', since },
          $unset: { offer: '' },
          $push: { declined: { $each: [fate.slotId], $slice: -MOST_DECLINED } },
        })
        return
      }
      case 'taken back':
        await this.#change(id, offered, { $set: { state: 'waiting' }, $unset: { offer: '' } })
    }
  }

  /** Of an account that has ended. Says which there were. */
  async removeAllOf(accountId: string): Promise<WaitDoc[]> {
    const own = [
      ...(await this.#find({ clientId: accountId })),
      ...(await this.#find({ providerId: accountId })),
    ]
    for (const wait of own) if (wait.state === 'waiting') await this.leave(wait._id)
    if (own.length > 0) await this.#waits.deleteMany({ _id: { $in: own.map(({ _id }) => _id) } }, DURABLE)
    return own
  }

  /** Those whose time is not over; the others end now, for they would take places. */
  async #stillLive(waits: readonly WaitDoc[]): Promise<WaitDoc[]> {
    const now = this.#o.clock.now()
    const isOld = ({ state, to }: WaitDoc) => state === 'waiting' && to.getTime() <= now
    for (const { _id } of waits.filter(isOld)) await this.lapse(_id)
    return waits.filter((wait) => !isOld(wait))
  }

  #end(
    id: string,
    from: mongo.Filter<WaitDoc>,
    state: Ending,
    set: Partial<WaitDoc> = {},
  ): Promise<WaitDoc | null> {
    const now = this.#o.clock.now()
    return this.#change(id, from, {
      $set: { ...set, state, endedAt: new Date(now), forgetAt: new Date(now + KEEP_ENDED_MS) },
      $unset: { listPlace: '', ownPlace: '', twin: '' },
    })
  }

  /** The wait as this left it; null where it changed nothing. */
  async #change(
    id: string,
    from: mongo.Filter<WaitDoc>,
    update: mongo.UpdateFilter<WaitDoc>,
  ): Promise<WaitDoc | null> {
    const { modifiedCount } = await this.#waits.updateOne(
      { _id: id, ...from },
      { ...update, $set: { ...update.$set, untold: true }, $inc: { rev: 1 } },
      DURABLE,
    )
    if (modifiedCount === 0) return null
    const wait = await this.#waits.findOne({ _id: id }, READ)
    if (wait) this.#changed(wait)
    return wait
  }

  /** Nobody waits for it. */
  #changed(wait: WaitDoc): void {
    this.#tell(wait).catch(this.#o.onFault)
  }

  async #tell(wait: WaitDoc): Promise<void> {
    await Promise.all([...this.#listeners].map((tell) => tell(wait)))
    await this.#waits.updateOne({ _id: wait._id, rev: wait.rev }, { $unset: { untold: '' } }, DURABLE)
  }

  #find(filter: mongo.Filter<WaitDoc>): Promise<WaitDoc[]> {
    return this.#waits.find(filter, READ).toArray()
  }
}

/** Whether it waits for the time being, and is not offered anything. */
export function isWaiting({ state, to }: WaitDoc, now: number): boolean {
  return !isOver(state) && state === 'waiting' && to.getTime() > now
}

function digestOf({ providerId, serviceId, from, to, weekdays, between }: NewWait): string {
  const asked = [providerId, serviceId, from, to, weekdays?.toSorted(), between?.from, between?.to]
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 22)
}

function given<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}
