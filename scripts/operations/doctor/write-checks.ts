/** The rules that keep two clients from one time: unique indexes, rules inside updates, statements that are whole. */
import type { mongo } from 'mongoose'
import { readHello } from '../../../plugins/clock.js'
import { DURABLE, READ_ACKNOWLEDGED } from '../../../src/database/call-options.js'
import { collectionOf } from '../../../src/database/database-calls.js'
import { engineOf } from '../../../src/database/engine.js'
import { codeOf, DUPLICATE_KEY, isDuplicateKey } from '../../../src/database/error-codes.js'
import type { Hold } from '../../../src/domain/reservation.js'
import type { SlotDoc } from '../../../src/slots/slot-document.js'
import { prepareSlots } from '../../../src/slots/slot-model.js'
import type { Moment, Pipeline } from '../../../src/slots/slot-updates.js'
import { entryOf } from '../../../src/slots/write-batches.js'
import { type Check, found, wordsOf } from './check.js'
import { holdAt, holding, inFours, momentIn, newId, openSlots, type Slots } from './example-slots.js'
import { type Sender, type Told, writeTogether } from './write-together.js'

const RACERS = 32
const HOLDERS = 50
/** Updates ask the database for its time and compare it with what `hello` said; as much as their rules allow for. */
const NEAR_MS = 1_000
const RIVALS = 8

export const writeChecks: Check[] = [
  {
    name: 'partial unique index',
    otherwise: 'A client could have two bookings at one time, or more holds than are allowed.',
    async run({ connection }) {
      const slots = await prepareSlots(connection)
      const moment = await momentIn(connection)
      const client = { id: newId(), name: 'somebody' }
      // Those of no client are all alike in these indexes, which must not see them.
      const atOneTime = await openSlots(slots, RACERS, moment, 'at one time')
      const places = await race(slots, atOneTime, (slot, index) =>
        holding(slot, holdAt(moment, { client, holdNo: index + 1 }), moment),
      )
      const other = { id: newId(), name: 'somebody' }
      const inARow = await openSlots(slots, RACERS, moment)
      const holds = await race(slots, inARow, (slot) =>
        holding(slot, holdAt(moment, { client: other, holdNo: 1 }), moment),
      )
      return found(`of ${RACERS} at once one won, twice; free slots are not in it`, [
        places && `bookings of one client at one time: ${places}`,
        holds && `holds of one client under one number: ${holds}`,
      ])
    },
  },
  {
    name: 'sparse unique index',
    otherwise: 'One reservation could be in two places, and one link or place in a queue be given twice.',
    async run({ connection }) {
      const slots = await prepareSlots(connection)
      const moment = await momentIn(connection)
      const id = newId()
      const free = await openSlots(slots, RACERS, moment)
      const fault = await race(slots, free, (slot) => holding(slot, holdAt(moment, { id }), moment))
      return found(`of ${RACERS} at once one won; slots without the field are not in it`, [fault])
    },
  },
  {
    name: 'rule inside the update',
    otherwise: 'Two clients could hold the same slot.',
    async run({ connection }) {
      const slots = await prepareSlots(connection)
      const moment = await momentIn(connection)
      const [first, second] = await openSlots(slots, 2, moment)
      if (!first || !second) throw new Error('no slots')
      const writes = Array.from({ length: HOLDERS }, () => ({ ...moment, write: newId() }))
      await Promise.all(
        writes.map((one) => slots.updateOne({ _id: first._id }, holding(first, holdAt(one), one), DURABLE)),
      )
      const slot = await slots.findOne({ _id: first._id }, READ_ACKNOWLEDGED)
      // Where one call says it all: the winner alone finds itself in the document after its update.
      const answers = await Promise.all(
        writes.map(async (one) => {
          const after = await slots.findOneAndUpdate({ _id: second._id }, holding(second, holdAt(one), one), {
            ...DURABLE,
            returnDocument: 'after',
          })
          return after !== null && entryOf(after, one.write) !== null
        }),
      )
      const winners = answers.filter(Boolean).length
      return found(`of ${HOLDERS} holds at once one took place, with updateOne and with findOneAndUpdate`, [
        slot?.rev !== 2 && `${(slot?.rev ?? 1) - 1} of ${HOLDERS} holds took place`,
        winners !== 1 && `${winners} of ${HOLDERS} were told that the hold is theirs`,
      ])
    },
  },
  {
    name: 'time inside the update',
    otherwise: 'A hold could be confirmed after its end, or end too early.',
    async run({ connection }) {
      const admin = connection.getClient().db('admin')
      const moments = collectionOf<{ _id: string; at?: Date; ms?: unknown }>(connection, 'moments')
      const before = readHello(await admin.command({ hello: 1 })).time
      await moments.updateOne({ _id: 'now' }, { $set: { ms: 0 } }, { ...DURABLE, upsert: true })
      const now = [{ $replaceWith: { $mergeObjects: ['$$ROOT', { at: '$$NOW', ms: { $toLong: '$$NOW' } }] } }]
      await moments.updateOne({ _id: 'now' }, now, DURABLE)
      const after = readHello(await admin.command({ hello: 1 })).time
      const { at, ms } = (await moments.findOne({ _id: 'now' }, READ_ACKNOWLEDGED)) ?? {}
      if (!(at instanceof Date)) return found('', ['$$NOW is not a time'])
      const off = Math.max(0, before - at.getTime(), at.getTime() - after)
      return found('$$NOW is the time that hello says', [
        off > NEAR_MS && `$$NOW is ${off} ms away from the time that hello says`,
        Number(ms) !== at.getTime() && `$toLong makes ${ms} of the time ${at.getTime()}`,
      ])
    },
  },
  {
    name: 'answers of a bulk',
    otherwise: 'A client could be told that it has a hold which was refused, or the other way round.',
    async run({ connection }) {
      const slots = await prepareSlots(connection)
      const moment = await momentIn(connection)
      const [taken, ...free] = await openSlots(slots, 17, moment)
      if (!taken) throw new Error('no slots')
      const client = { id: newId(), name: 'somebody' }
      await slots.updateOne(
        { _id: taken._id },
        holding(taken, holdAt(moment, { client, holdNo: 1 }), moment),
        DURABLE,
      )
      const refused = [3, 7, 11]
      const statements = free.map((slot, index) => {
        const hold = refused.includes(index) ? holdAt(moment, { client, holdNo: 1 }) : holdAt(moment)
        return { updateOne: { filter: { _id: slot._id }, update: holding(slot, hold, moment) } }
      })
      const told = await slots.bulkWrite(statements, { ...DURABLE, ordered: false }).then(
        () => [],
        (error: unknown) => writeErrorsOf(error),
      )
      const after = await slots
        .find({ _id: { $in: free.map(({ _id }) => _id) } }, READ_ACKNOWLEDGED)
        .toArray()
      const held = new Set(after.filter(({ state }) => state === 'held').map(({ _id }) => _id))
      const wrong = free.filter(({ _id }, index) => held.has(_id) === refused.includes(index)).length
      const said = told.map(({ index }) => index).sort((a, b) => a - b)
      return found(`3 of ${free.length} were refused, and it says which; the others took place`, [
        said.join() !== refused.join() && `it says that [${said}] were refused, and [${refused}] were`,
        told.some(({ code }) => code !== DUPLICATE_KEY) && `it says code ${told.map(({ code }) => code)}`,
        wrong > 0 && `${wrong} of ${free.length} slots are not as the bulk says`,
      ])
    },
  },
  {
    name: 'several slots at once',
    otherwise: 'A client could get half an appointment.',
    async run({ connection }) {
      const slots = await prepareSlots(connection)
      const moment = await momentIn(connection)
      const sender = { connection, slots, engine: await engineOf(connection) }
      const [ruled, indexed, whole, raced] = inFours(await openSlots(slots, 16, moment))
      if (!ruled?.[2] || !indexed?.[2] || !whole || !raced) throw new Error('no slots')
      const client = { id: newId(), name: 'somebody' }

      // Somebody has the third of them.
      await slots.updateOne({ _id: ruled[2]._id }, holding(ruled[2], holdAt(moment), moment), DURABLE)
      const byRule = await outcomeOf(sender, ruled, holdAt(moment), moment)
      // The client is elsewhere at the time of the third of them.
      const elsewhere = { ...indexed[2], _id: `${newId()}.elsewhere`, providerId: newId() }
      await slots.insertOne(elsewhere, DURABLE)
      await slots.updateOne(
        { _id: elsewhere._id },
        holding(elsewhere, holdAt(moment, { client }), moment),
        DURABLE,
      )
      const hold = holdAt(moment, { client, holdNo: 2 })
      const byIndex = await outcomeOf(sender, indexed, hold, moment)
      const done = await outcomeOf(sender, whole, holdAt(moment), moment)
      const results = await Promise.all(
        Array.from({ length: RIVALS }, () => outcomeOf(sender, raced, holdAt(moment), moment)),
      )
      const won = results.filter(({ changed }) => changed === raced.length).length
      const some = results.filter(({ changed }) => changed > 0).length
      const way = sender.engine.groupsWrites ? 'one statement' : 'one transaction'
      return found(`${way} changes all four slots or none; of ${RIVALS} rivals one got all`, [
        byRule.changed > 0 && `one slot was taken, and ${byRule.changed} of the others changed`,
        byRule.told !== 'refused' && `one slot was taken, and the answer was: ${byRule.told}`,
        byIndex.changed > 0 &&
          `a unique index refused one slot, and ${byIndex.changed} of the others changed`,
        byIndex.told !== 'duplicate' &&
          `a unique index refused one slot, and the answer was: ${byIndex.told}`,
        (done.changed < whole.length || done.told !== 'done') &&
          `four free slots: ${done.changed} changed, and the answer was: ${done.told}`,
        (won !== 1 || some !== 1) && `${some} of ${RIVALS} rivals got slots, and ${won} of them all four`,
      ])
    },
  },
]

type RaceUpdate = (slot: SlotDoc, index: number) => Pipeline

/** What is wrong where of those that write at once one alone may succeed. */
async function race(slots: Slots, racers: SlotDoc[], update: RaceUpdate): Promise<string | false> {
  const ends = await Promise.allSettled(
    racers.map((slot, index) => slots.updateOne({ _id: slot._id }, update(slot, index), DURABLE)),
  )
  const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
  const strange = errors.find((error) => !isDuplicateKey(error))
  if (strange !== undefined) return `refused with ${wordsOf(strange)}`
  const ids = racers.map(({ _id }) => _id)
  const held = await slots.countDocuments({ _id: { $in: ids }, state: 'held' })
  if (held !== 1) return `${held} of ${racers.length} at once took place`
  return (
    errors.length !== racers.length - 1 && `1 took place, and ${racers.length - errors.length} were told so`
  )
}

/** How many of the slots bear the write, whatever the answer says. */
async function outcomeOf(
  sender: Sender,
  all: SlotDoc[],
  reservation: Hold,
  moment: Moment,
): Promise<{ told: Told; changed: number }> {
  const own = { ...moment, write: newId() }
  const told = await writeTogether(sender, all, reservation, own)
  const ids = all.map(({ _id }) => _id)
  const after = await sender.slots.find({ _id: { $in: ids } }, READ_ACKNOWLEDGED).toArray()
  return { told, changed: after.filter((slot) => entryOf(slot, own.write) !== null).length }
}

/** Which statements of a bulk failed, and with which code. */
function writeErrorsOf(error: unknown): { index: number; code: unknown }[] {
  const errors = (error as Partial<mongo.MongoBulkWriteError>).writeErrors
  if (!Array.isArray(errors)) throw error
  return errors.map((one) => ({ index: one.index, code: codeOf(one) }))
}
