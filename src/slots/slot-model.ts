/**
 * How slots lie in the database. Reads and writes use the bare collection; the model is here for the
 * schema, which a test compares with the types, and for the indexes, which the rules of the store rely on.
 */

import { type Connection, type IndexDirection, type Model, type mongo, Schema } from 'mongoose'
import { collectionOf } from '../database/database-calls.js'
import { dropIndex } from '../database/indexes.js'
import { outcomes, releaseReasons } from '../domain/reservation.js'
import type { SlotDoc } from './slot-document.js'

const person = { _id: false, id: String, name: String }

const PLAIN = { _id: false, id: false } as const
const chain = new Schema({ before: Number, visit: Number, after: Number, index: Number }, PLAIN)
const service = new Schema(
  {
    id: String,
    rev: Number,
    name: String,
    durationMinutes: Number,
    bufferBeforeMinutes: Number,
    bufferAfterMinutes: Number,
    cancelCutoffSeconds: Number,
    moveCutoffSeconds: Number,
  },
  PLAIN,
)
const agreed = new Schema({ timeZone: String, start: String }, PLAIN)
const origin = new Schema({ slotId: String, serviceId: String }, PLAIN)
/** Of live ones and of past ones. */
const booked = {
  chain,
  service,
  agreed,
  contact: String,
  moves: Number,
  origin,
  byProvider: Boolean,
  wait: String,
}

const liveReservation = new Schema(
  {
    ...booked,
    part: Number,
    extended: Boolean,
    outcome: { type: String, enum: [...outcomes] },
    id: { type: String, required: true },
    client: person,
    status: { type: String, enum: ['held', 'confirmed'], required: true },
    holdNo: Number,
    heldAt: { type: Date, required: true },
    expiresAt: Date,
    keptUntil: Date,
    confirmedAt: Date,
    renamedAt: Date,
  },
  { _id: false, id: false },
)

const pastReservation = new Schema(
  {
    ...booked,
    note: String,
    id: { type: String, required: true },
    client: person,
    status: { type: String, enum: [...releaseReasons], required: true },
    heldAt: { type: Date, required: true },
    expiresAt: Date,
    keptUntil: Date,
    confirmedAt: Date,
    endedAt: { type: Date, required: true },
    by: { type: String, enum: ['client', 'provider'] },
    rev: { type: Number, required: true },
  },
  { _id: false, id: false },
)

export const slotSchema = new Schema<SlotDoc>(
  {
    _id: { type: String, required: true },
    providerId: { type: String, required: true },
    start: { type: Date, required: true },
    end: { type: Date, required: true },
    state: { type: String, enum: ['open', 'held', 'confirmed', 'withdrawn'], required: true },
    reservation: { type: liveReservation, default: null },
    everHeld: Boolean,
    by: { type: String, enum: ['hand', 'rule'] },
    ruleRev: Number,
    past: [pastReservation],
    log: Schema.Types.Mixed,
    rev: { type: Number, required: true },
  },
  {
    collection: 'slots',
    versionKey: false,
    minimize: false,
    autoIndex: false,
    autoCreate: false,
    strict: 'throw',
  },
)

/** Partial indexes keep rules. `$exists` rather than `$in` on the state: it works on every version of the database. */
const live = { 'reservation.id': { $exists: true } }
export const slotIndexes: { key: Record<string, IndexDirection>; options: mongo.CreateIndexesOptions }[] = [
  { key: { providerId: 1, start: 1 }, options: { name: 'calendar' } },
  // A provider's reservations are found without a look at the slots that nobody ever held.
  { key: { providerId: 1, everHeld: 1, start: 1 }, options: { name: 'held before' } },
  { key: { state: 1, start: 1, _id: 1 }, options: { name: 'bookable' } },
  { key: { state: 1, 'reservation.expiresAt': 1 }, options: { name: 'sweep' } },
  // A reservation is in one slot, or in each slot of one appointment once.
  {
    key: { 'reservation.id': 1, 'reservation.part': 1 },
    options: { name: 'live reservation by part', unique: true, sparse: true },
  },
  // To its end the order of lists; not the keys of the rule below, because not every database takes two of the same.
  { key: { 'reservation.client.id': 1, start: 1, _id: 1 }, options: { name: 'live of a client' } },
  // A client cannot be in two places at a time.
  {
    key: { 'reservation.client.id': 1, start: 1 },
    options: { name: 'one place', unique: true, partialFilterExpression: live },
  },
  // A client has MAX_ACTIVE_HOLDS places for holds, numbered from 1; a confirmed reservation has none.
  {
    key: { 'reservation.client.id': 1, 'reservation.holdNo': 1 },
    options: {
      name: 'holds',
      unique: true,
      partialFilterExpression: { 'reservation.holdNo': { $exists: true } },
    },
  },
  { key: { 'past.id': 1 }, options: { name: 'past reservation' } },
  // To its end the order of the list that it serves.
  { key: { 'past.client.id': 1, start: 1, _id: 1 }, options: { name: 'past of a client by start' } },
]
/** Of earlier versions; they are dropped first, because two of them have the keys of new ones. */
const formerIndexes = ['past of a client', 'reservation', 'ever held', 'live reservation']

/** The live reservations of a client. */
export function liveOf(clientId: string) {
  return { 'reservation.client.id': clientId }
}

for (const { key, options } of slotIndexes) slotSchema.index(key, options)

/** Makes what is missing and checks what the rules need; the server does not listen before this is done. */
export async function prepareSlots(connection: Connection): Promise<mongo.Collection<SlotDoc>> {
  const model: Model<SlotDoc> = connection.models.Slot ?? connection.model<SlotDoc>('Slot', slotSchema)
  const slots = slotsOf(connection)
  await model.createCollection()
  for (const name of formerIndexes) await dropIndex(slots, name)
  await model.createIndexes()
  const missing = await missingSlotIndexes(slots)
  if (missing.length > 0) throw new Error(`The slots collection lacks the indexes: ${missing.join(', ')}`)
  return slots
}

export function slotsOf(connection: Connection): mongo.Collection<SlotDoc> {
  return collectionOf<SlotDoc>(connection, 'slots')
}

export async function missingSlotIndexes(slots: mongo.Collection<SlotDoc>): Promise<string[]> {
  const present = await slots.listIndexes().toArray()
  return slotIndexes
    .filter(
      ({ options }) =>
        !present.some(
          (index) => index.name === options.name && Boolean(index.unique) === Boolean(options.unique),
        ),
    )
    .map(({ options }) => String(options.name))
}
