/** How waits lie in the database. What is counted is counted by unique indexes, so it holds under any race. */
import { type Connection, type IndexDirection, type Model, type mongo, Schema } from 'mongoose'
import { collectionOf } from '../database/database-calls.js'
import { type WaitState, waitStates } from '../domain/wait.js'

export interface WaitDoc {
  _id: string
  clientId: string
  providerId: string
  serviceId?: string
  from: Date
  to: Date
  weekdays?: number[]
  between?: { from: string; to: string }
  /** None while it is being made. */
  state: WaitState
  /** Counts its changes of state. */
  rev: number
  joinedAt: Date
  /** Its place in line: when it joined, or declined last. */
  since: Date
  /** Slots that were offered to it and declined, the newest last. */
  declined?: string[]
  /** The hold that it was offered, of which its state speaks. */
  offer?: { reservationId: string; slotId: string; expiresAt: Date }
  endedAt?: Date
  /** Of a live one, with a number: no two of a calendar have the same, nor two of a client. */
  listPlace?: string
  ownPlace?: string
  /** Of a live one: whose it is and for what, so that the same request makes it once. */
  twin?: string
  /** The change that made this rev may not have been told to those outside (`onChange`). */
  untold?: true
  /** From then on the database drops it. */
  forgetAt?: Date
}

const PLAIN = { _id: false, id: false } as const

export const waitSchema = new Schema<WaitDoc>(
  {
    _id: { type: String, required: true },
    clientId: { type: String, required: true },
    providerId: { type: String, required: true },
    serviceId: String,
    from: { type: Date, required: true },
    to: { type: Date, required: true },
    weekdays: { type: [Number], default: undefined },
    between: new Schema({ from: String, to: String }, PLAIN),
    state: { type: String, enum: [...waitStates] },
    rev: Number,
    joinedAt: Date,
    since: Date,
    declined: { type: [String], default: undefined },
    offer: new Schema({ reservationId: String, slotId: String, expiresAt: Date }, PLAIN),
    endedAt: Date,
    listPlace: String,
    ownPlace: String,
    twin: String,
    untold: Boolean,
    forgetAt: Date,
  },
  { collection: 'waits', versionKey: false, autoIndex: false, autoCreate: false, strict: 'throw' },
)

export const waitIndexes: { key: Record<string, IndexDirection>; options: mongo.CreateIndexesOptions }[] = [
  { key: { listPlace: 1 }, options: { name: 'places of a list', unique: true, sparse: true } },
  { key: { ownPlace: 1 }, options: { name: 'places of a client', unique: true, sparse: true } },
  { key: { twin: 1 }, options: { name: 'once', unique: true, sparse: true } },
  { key: { providerId: 1, state: 1 }, options: { name: 'of a calendar' } },
  { key: { clientId: 1, state: 1 }, options: { name: 'of a client' } },
  { key: { state: 1 }, options: { name: 'live' } },
  { key: { untold: 1 }, options: { name: 'untold', sparse: true } },
  { key: { forgetAt: 1 }, options: { name: 'forget', expireAfterSeconds: 0 } },
]

for (const { key, options } of waitIndexes) waitSchema.index(key, options)

/** Makes what is missing; the server does not listen before this is done. */
export async function prepareWaits(connection: Connection): Promise<mongo.Collection<WaitDoc>> {
  const model: Model<WaitDoc> = connection.models.Wait ?? connection.model<WaitDoc>('Wait', waitSchema)
  await model.createCollection()
  await model.createIndexes()
  return waitsOf(connection)
}

export function waitsOf(connection: Connection): mongo.Collection<WaitDoc> {
  return collectionOf<WaitDoc>(connection, 'waits')
}
