/**
 * Ended reservations that left their slot, a document each: a slot keeps the newest ones only, because every change of a
 * slot costs as much as the slot is long.
 *
 * A reservation is copied here before it is taken out of its slot (history-mover does both), so a crash between the two
 * leaves it in both places, never in none. While it is in both, the slot is right: who reads both looks at the slot
 * first, and what an older copy says of the person is brought up to date before the slot lets go of it.
 */

import type { Connection, mongo } from 'mongoose'
import { DURABLE, READ, READ_ACKNOWLEDGED } from '../database/call-options.js'
import { collectionOf } from '../database/database-calls.js'
import { guestId, type PastReservation, type Person, type ReservationStatus } from '../domain/reservation.js'
import type { ChangePersonal, Personal } from './personal-data.js'
import type { SlotDoc } from './slot-document.js'
import type { FoundReservation } from './slot-outcomes.js'
import { type Expression, literal, provided } from './slot-updates.js'

export interface EndedReservation extends Omit<PastReservation, 'id'> {
  _id: string
  slotId: string
  providerId: string
  start: Date
  end: Date
  /** Its place in every list, see `orderOf`. */
  order: string
  /** Of those that were never confirmed: from then on the database drops it. */
  forgetAt?: Date
}

export type History = mongo.Collection<EndedReservation>

/** Long enough for an Idempotency-Key to be repeated; until now such a reservation was dropped at once. */
const KEEP_UNCONFIRMED_MS = 2 * 86_400_000

const BATCH = 500
const PERSONAL = { client: 1, contact: 1, note: 1 } as const
const DUPLICATE_KEY = 11_000

const indexes: mongo.IndexDescription[] = [
  { key: { providerId: 1, order: 1 }, name: 'of a provider' },
  { key: { 'client.id': 1, order: 1 }, name: 'of a client' },
  { key: { end: 1 }, name: 'purge' },
  { key: { forgetAt: 1 }, name: 'forget', expireAfterSeconds: 0 },
]

export async function prepareHistory(connection: Connection): Promise<History> {
  const history = historyOf(connection)
  await connection.collection<EndedReservation>('pastReservations').createIndexes(indexes)
  return history
}

export function historyOf(connection: Connection): History {
  return collectionOf<EndedReservation>(connection, 'pastReservations')
}

/**
 * The place of a reservation in a list: by the start of its slot, the slot, the moment it was held, its id. One text, so
 * that one index field is the whole order and a page begins exactly where the one before ended.
 */
export function orderOf(start: Date, slotId: string, heldAt: Date, id: string): string {
  return `${beginOf(start)} ${slotId} ${heldAt.toISOString()} ${id}`
}

/** Before every reservation of slots that start then, and after all of earlier ones. */
export function beginOf(start: Date): string {
  return start.toISOString()
}

export class SlotHistory {
  readonly #history: History

  constructor(history: History) {
    this.#history = history
  }

  /** Takes copies. Where some had been taken before, by another instance or one that died, says how they all lie here. */
  async add(slot: SlotDoc, ended: PastReservation[]): Promise<(Personal & { _id: string })[]> {
    const documents = ended.map((one) => documentOf(slot, one))
    if (documents.length === 0) return []
    try {
      await this.#history.insertMany(documents, { ...DURABLE, ordered: false })
      return []
    } catch (error) {
      if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error
      const ids = documents.map(({ _id }) => _id)
      return this.#history.find({ _id: { $in: ids } }, { ...READ, projection: PERSONAL }).toArray()
    }
  }

  /** Brings persons up to date, each unless somebody else has done so since `from` was read. */
  async correct(changes: { id: string; from: Personal; to: Partial<Personal> }[]): Promise<void> {
    if (changes.length === 0) return
    const updates = changes.map(({ id, from, to }) => {
      const { client, contact = '', note = '' } = from
      const isAsRead = {
        $and: [
          isText('$client.id', client.id),
          isText('$client.name', client.name),
          isText({ $ifNull: ['$contact', ''] }, contact),
          isText({ $ifNull: ['$note', ''] }, note),
        ],
      }
      const fields = Object.entries(to).map(([field, value]) => [field, literal(value)])
      return {
        updateOne: { filter: { _id: id }, update: provided(isAsRead, Object.fromEntries(fields)) },
      }
    })
    await this.#history.bulkWrite(updates, { ...DURABLE, ordered: false })
  }

  async find(id: string): Promise<FoundReservation | null> {
    const found = await this.#history.findOne({ _id: id }, READ_ACKNOWLEDGED)
    return found && foundIn(found)
  }

  /** What ended on a provider's calendar, or of a client, in the order of lists, between two places in it. */
  async *between(
    owner: { id: string; role: 'client' | 'provider' },
    { after, before }: { after: string; before: string },
    statuses: ReadonlySet<ReservationStatus> | null,
    batchSize: number,
  ): AsyncGenerator<FoundReservation> {
    const whose = owner.role === 'client' ? { 'client.id': owner.id } : { providerId: owner.id }
    const cursor = this.#history.find(
      {
        ...whose,
        order: { $gt: after, $lt: before },
        ...(statuses && { status: { $in: [...statuses] as EndedReservation['status'][] } }),
      },
      { ...READ, sort: { order: 1 }, batchSize },
    )
    for await (const one of cursor) yield foundIn(one)
  }

  async purge(endedBefore: Date): Promise<void> {
    for (;;) {
      const batch = await this.#history
        .find({ end: { $lt: endedBefore } }, { ...READ, limit: BATCH, projection: { _id: 1 } })
        .toArray()
      if (batch.length === 0) return
      await this.#history.deleteMany({ _id: { $in: batch.map(({ _id }) => _id) } }, DURABLE)
    }
  }

  async forgetClient(clientId: string): Promise<void> {
    for (;;) {
      const found = await this.#history
        .find({ 'client.id': clientId }, { ...READ, limit: BATCH, projection: { _id: 1 } })
        .toArray()
      if (found.length === 0) return
      const ids = found.map(({ _id }) => _id)
      await this.#history.updateMany(
        { _id: { $in: ids } },
        { $set: { client: { id: '', name: '' } }, $unset: { contact: '', note: '' } },
        DURABLE,
      )
    }
  }

  async forgetPerson(reservationId: string): Promise<void> {
    const forgotten = { $set: { 'client.name': '' }, $unset: { contact: '', note: '' } } as const
    await this.#history.updateOne({ _id: reservationId }, forgotten, DURABLE)
  }

  async adoptGuest(reservationId: string, client: Person): Promise<void> {
    const isGuests = { _id: reservationId, 'client.id': guestId(reservationId) }
    await this.#history.updateOne(isGuests, { $set: { client } }, DURABLE)
  }

  /** Changes the persons of a batch, in the order of ids after `after`. Says where to go on, null at the end. */
  async changePersons(change: ChangePersonal, after: string, limit: number): Promise<string | null> {
    const found = await this.#history
      .find({ _id: { $gt: after } }, { ...READ, sort: { _id: 1 }, limit, projection: PERSONAL })
      .toArray()
    await this.correct(
      found.flatMap(({ _id, ...from }) => {
        const to = change(from, _id) ?? {}
        return Object.keys(to).length > 0 ? [{ id: _id, from, to }] : []
      }),
    )
    return found.at(-1)?._id ?? null
  }
}

function isText(field: Expression, text: string) {
  return { $eq: [field, literal(text)] }
}

function documentOf(slot: SlotDoc, { id, ...ended }: PastReservation): EndedReservation {
  return {
    _id: id,
    slotId: slot._id,
    providerId: slot.providerId,
    start: slot.start,
    end: slot.end,
    order: orderOf(slot.start, slot._id, ended.heldAt, id),
    ...ended,
    ...(!ended.confirmedAt && { forgetAt: new Date(ended.endedAt.getTime() + KEEP_UNCONFIRMED_MS) }),
  }
}

function foundIn({ _id, slotId, providerId, start, end, order, forgetAt, ...ended }: EndedReservation) {
  return { slot: { _id: slotId, providerId, start, end, rev: ended.rev }, reservation: { id: _id, ...ended } }
}
