/** What a daily mail will tell a provider: ids of what has changed on the calendar, until it is sent. */
import type { mongo } from 'mongoose'
import { DURABLE, READ } from '../database/call-options.js'
import type { ChangeKind } from './mail-jobs.js'

export interface DigestChange {
  reservationId: string
  kind: ChangeKind
  at: number
}

export interface DigestDoc {
  /** `<providerId> <day>`, the day on which it is sent. */
  _id: string
  changes: DigestChange[]
}

export class Digests {
  readonly #digests: mongo.Collection<DigestDoc>

  constructor({ digests }: { digests: mongo.Collection<DigestDoc> }) {
    this.#digests = digests
  }

  /** Once, however often it is asked for. */
  async add(providerId: string, day: string, change: DigestChange): Promise<void> {
    const added = { $addToSet: { changes: change } }
    await this.#digests.updateOne({ _id: idOf(providerId, day) }, added, { ...DURABLE, upsert: true })
  }

  /** In the order in which they happened. */
  async read(providerId: string, day: string): Promise<DigestChange[]> {
    const found = await this.#digests.findOne({ _id: idOf(providerId, day) }, READ)
    return (found?.changes ?? []).toSorted((a, b) => a.at - b.at)
  }

  async remove(providerId: string, day: string): Promise<void> {
    await this.#digests.deleteOne({ _id: idOf(providerId, day) }, DURABLE)
  }

  /** Of a provider who is no more. */
  async removeAllOf(providerId: string): Promise<void> {
    await this.#digests.deleteMany({ _id: { $gte: idOf(providerId, ''), $lt: `${providerId}!` } }, DURABLE)
  }
}

function idOf(providerId: string, day: string): string {
  return `${providerId} ${day}`
}
