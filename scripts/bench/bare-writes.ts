/**
 * The best that bare loops of the driver do on the same engine for the effect of a hold, a confirm or a give-back: the
 * same slots in a collection of their own with the same indexes and write concern, changed by `$set` without any rule.
 */
import mongoose, { type mongo } from 'mongoose'
import { slotIndexes } from '../../src/slots/slot-model.js'
import { inTurns } from './kit.js'

const DURABLE = { writeConcern: { w: 'majority', j: true } } as const
const HOLD_MS = 1_800_000
const GROUP = 32

interface BareSlot {
  _id: string
}

export interface BareWrites {
  /** `updateOne` by `_id`, so many in flight. */
  singly(kind: 'hold' | 'confirm', from: number, count: number, width: number): Promise<void>
  /** One transaction for 32 of them, one after another. */
  inTransactions(kind: 'hold' | 'confirm', from: number, count: number): Promise<void>
  close(): Promise<void>
}

export async function bareWrites(uri: string, ids: string[], name: string): Promise<BareWrites> {
  const connection = await mongoose.createConnection(uri, { maxPoolSize: 64 }).asPromise()
  const client = connection.getClient()
  const slots = client.db(connection.name).collection<BareSlot>(name)
  for (const { key, options } of slotIndexes) await slots.createIndex(key as Record<string, 1>, options)
  const start = Date.now() + 200_000_000
  for (let at = 0; at < ids.length; at += 1_000) {
    await slots.insertMany(
      ids.slice(at, at + 1_000).map((_id, index) => ({
        _id,
        providerId: _id.slice(0, 32),
        start: new Date(start + (at + index) * 900_000),
        end: new Date(start + (at + index + 1) * 900_000),
        state: 'open',
        reservation: null,
        everHeld: false,
        past: [],
        log: {},
        rev: 1,
      })),
    )
  }
  const changeOf = { hold: held, confirm: confirmed }
  const idAt = (index: number) => ids[index] ?? ''
  return {
    async singly(kind, from, count, width) {
      await inTurns(count, width, async (index) => {
        const at = from + index
        await slots.updateOne({ _id: idAt(at) }, changeOf[kind](at), DURABLE)
      })
    },
    async inTransactions(kind, from, count) {
      for (let at = from; at < from + count; at += GROUP) {
        const group = Array.from({ length: Math.min(GROUP, from + count - at) }, (_, index) => at + index)
        await client.withSession(async (session) => {
          session.startTransaction(DURABLE)
          await slots.bulkWrite(
            group.map((one) => ({ updateOne: { filter: { _id: idAt(one) }, update: changeOf[kind](one) } })),
            { ordered: false, session },
          )
          await session.commitTransaction()
        })
      }
    },
    close: () => connection.close(),
  }
}

function held(index: number): mongo.UpdateFilter<BareSlot> {
  const now = new Date()
  const client = { id: `client-${index}`, name: 'Somebody' }
  const expiresAt = new Date(now.getTime() + HOLD_MS)
  const reservation = { id: `id-${index}`, client, status: 'held', holdNo: 1, heldAt: now, expiresAt }
  return {
    $set: {
      state: 'held',
      everHeld: true,
      reservation,
      'log.r2': { rev: 2, from: 1, kind: 'held', at: now, state: 'held', reservation },
    },
    $inc: { rev: 1 },
  }
}

function confirmed(index: number): mongo.UpdateFilter<BareSlot> {
  const now = new Date()
  const client = { id: `client-${index}`, name: 'Somebody' }
  const reservation = { id: `id-${index}`, client, status: 'confirmed', heldAt: now, confirmedAt: now }
  return {
    $set: {
      state: 'confirmed',
      reservation,
      'log.r3': { rev: 3, from: 2, kind: 'confirmed', at: now, state: 'confirmed', reservation },
    },
    $inc: { rev: 1 },
  }
}
