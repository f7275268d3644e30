/**
 * How many mails one address gets in an hour, counted by all instances together, so that nobody can have this server write
 * to somebody again and again. Each group of mails is counted by itself: whoever can cause those of one uses up none of
 * another. What is counted by is a blind index of the address; it is removed with the first mail of a later hour.
 */
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'

export interface MailCountDoc {
  /** `<hour> <blind index> <group>`; those of hours that are over come first. */
  _id: string
  /** Ids of the places that are taken. */
  places: string[]
}

export interface AddressLimitOptions {
  counts: mongo.Collection<MailCountDoc>
  clock: Clock
  /** Equal for addresses that mean the same mailbox. */
  indexOf: (address: string) => string
  newId: () => string
}

/** Mails that the same people can cause. */
export type MailGroup =
  /** Asked for by anybody, without an account, for whatever address. */
  | 'guests'
  /** Of what is booked, and the daily mail. */
  | 'appointments'
  /** By the waiting list. */
  | 'offers'
  /** Asked for: links that prove an address or set a password. */
  | 'links'
  /** That the address of an account was changed: its owner has to learn it, whatever else was asked for. */
  | 'notices'

/** A place among the mails of an hour. */
export interface Place {
  /** Of the row. */
  row: string
  id: string
}

const HOUR_MS = 3_600_000
const most: Record<MailGroup, number> = { guests: 3, appointments: 10, offers: 5, links: 5, notices: 5 }

export class AddressLimit {
  readonly #o: AddressLimitOptions
  /** The hour in which the counts of those before it were last removed here. */
  #cleanedIn = ''

  constructor(options: AddressLimitOptions) {
    this.#o = options
  }

  /** Takes a place, or says when there is one again. */
  async take(
    address: string,
    group: MailGroup,
  ): Promise<{ ok: true; place: Place } | { ok: false; notBefore: number }> {
    const now = this.#o.clock.now()
    const hour = hourOf(now)
    await this.#clean(hour)
    const place = { row: `${hour} ${this.#o.indexOf(address)} ${group}`, id: this.#o.newId() }
    if (await this.#add(place, most[group])) return { ok: true, place }
    return { ok: false, notBefore: (Math.floor(now / HOUR_MS) + 1) * HOUR_MS }
  }

  /** Of a mail that was not sent after all. */
  async giveBack({ row, id }: Place): Promise<void> {
    await this.#o.counts.updateOne({ _id: row }, { $pull: { places: id } }, DURABLE)
  }

  /**
   * Of several that want the last place one gets it. By the id of the row alone, with the rule in the update, and read
   * after it: any other filter looks through all rows on the embedded engine.
   */
  async #add({ row, id }: Place, most: number): Promise<boolean> {
    const { counts } = this.#o
    const isFree = { $lt: [{ $size: '$places' }, most] }
    const places = { $cond: [isFree, { $concatArrays: ['$places', [id]] }, '$places'] }
    for (;;) {
      const { matchedCount } = await counts.updateOne({ _id: row }, [{ $set: { places } }], DURABLE)
      if (matchedCount > 0) return (await counts.findOne({ _id: row }, READ))?.places.includes(id) ?? false
      try {
        await counts.insertOne({ _id: row, places: [id] }, DURABLE)
        return true
      } catch (error) {
        // Somebody else was the first of this hour.
        if (!isDuplicateKey(error)) throw error
      }
    }
  }

  async #clean(hour: string): Promise<void> {
    if (this.#cleanedIn === hour) return
    this.#cleanedIn = hour
    await this.#o.counts.deleteMany({ _id: { $lt: hour } }, DURABLE)
  }
}

/** Sorts by time. */
function hourOf(now: number): string {
  return new Date(now).toISOString().slice(0, 'YYYY-MM-DDTHH'.length)
}
