/** How services lie in the database. That a provider has at most 50 is a unique index, so it holds under any race. */
import { type Connection, type IndexDirection, type Model, type mongo, Schema } from 'mongoose'
import { collectionOf } from '../database/database-calls.js'
import type { Service } from '../domain/service.js'

export interface ServiceDoc extends Omit<Service, 'id'> {
  _id: string
  /** 1 to `MOST_SERVICES`; no two of a provider have the same. */
  place: number
  createdAt: Date
}

export const serviceSchema = new Schema<ServiceDoc>(
  {
    _id: { type: String, required: true },
    providerId: { type: String, required: true },
    place: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    name: { type: String, required: true },
    description: String,
    priceText: String,
    durationMinutes: { type: Number, required: true },
    bufferBeforeMinutes: { type: Number, required: true },
    bufferAfterMinutes: { type: Number, required: true },
    startsEveryMinutes: { type: Number, enum: [15, 30, 60], required: true },
    noticeSeconds: Number,
    cancelCutoffSeconds: { type: Number, required: true },
    moveCutoffSeconds: { type: Number, required: true },
    reminderMinutes: { type: [Number], default: undefined },
    active: { type: Boolean, required: true },
    rev: { type: Number, required: true },
  },
  { collection: 'services', versionKey: false, autoIndex: false, autoCreate: false, strict: 'throw' },
)

export const serviceIndexes: { key: Record<string, IndexDirection>; options: mongo.CreateIndexesOptions }[] =
  [
    // Also how the services of a provider are found.
    { key: { providerId: 1, place: 1 }, options: { name: 'places of a provider', unique: true } },
  ]

for (const { key, options } of serviceIndexes) serviceSchema.index(key, options)

/** Makes what is missing; the server does not listen before this is done. */
export async function prepareServices(connection: Connection): Promise<mongo.Collection<ServiceDoc>> {
  const model: Model<ServiceDoc> =
    connection.models.Service ?? connection.model<ServiceDoc>('Service', serviceSchema)
  await model.createCollection()
  await model.createIndexes()
  return servicesOf(connection)
}

export function servicesOf(connection: Connection): mongo.Collection<ServiceDoc> {
  return collectionOf<ServiceDoc>(connection, 'services')
}
