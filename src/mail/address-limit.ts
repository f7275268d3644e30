/**
 * How many mails one address gets in an hour, counted by all instances together, so that nobody can have this server write
 * to somebody again and again. What is counted by is a blind index of the address; it is gone an hour later.
 */
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'

export interface MailCountDoc {
  /** `<hour> <blind index>`; those of hours that are over come first. */
  _id: string
  count: number
}

export interface AddressLimitOptions {
  counts: mongo.Collection<MailCountDoc>
  clock: Clock
  /** Equal for addresses that mean the same mailbox. */
  indexOf: (address: string) => string
  most?: number
}

/** A place among the mails of an hour. */
export interface Place {
  id: string
}

const HOUR_MS = 3_600_000
const MOST = 10

export class AddressLimit {
  readonly #o: AddressLimitOptions
  readonly #most: number
  /** The hour in which the counts of those before it were last removed here. */
  #cleanedIn = ''

  constructor(options: AddressLimitOptions) {
    this.#o = options
    this.#most = options.most ?? MOST
  }

  /** Takes a place, or says when there is one again. */
  async take(address: string): Promise<{ ok: true; place: Place } | { ok: false; notBefore: number }> {
    const now = this.#o.clock.now()
    const hour = hourOf(now)
    await this.#clean(hour)
    const id = `${hour} ${this.#o.indexOf(address)}`
    const after = await this.#add(id, 1)
    if (after <= this.#most) return { ok: true, place: { id } }
    await this.#add(id, -1)
    return { ok: false, notBefore: (Math.floor(now / HOUR_MS) + 1) * HOUR_MS }
  }

  /** Of a mail that was not sent after all. */
  async giveBack({ id }: Place): Promise<void> {
    await this.#add(id, -1)
  }

  /** By its id alone, and read after it: the other way looks through all counts on the embedded engine. */
  async #add(id: string, by: 1 | -1): Promise<number> {
    const { counts } = this.#o
    for (;;) {
      try {
        await counts.updateOne({ _id: id }, { $inc: { count: by } }, { ...DURABLE, upsert: true })
        return (await counts.findOne({ _id: id }, READ))?.count ?? 0
      } catch (error) {
        // Two made the first count of an hour at once.
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
