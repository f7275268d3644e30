import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import { writeBson } from '../../src/backup/bson.js'
import {
  beginLoad,
  ChangeLoader,
  DocumentLoader,
  endWhatMayHaveEnded,
  forgetPlace,
  takeAway,
} from '../../src/backup/load-database.js'
import { endLoading } from '../../src/database/schema-version.js'
import { linkPurposes } from '../../src/domain/link-purposes.js'
import { testDatabase } from '../helper/database.js'

interface Any {
  _id: string
  [field: string]: unknown
}

async function opened(t: Test) {
  const connection = await mongoose.createConnection((await testDatabase(t)).uri).asPromise()
  t.teardown(() => connection.close())
  const db = connection.getClient().db(connection.name)
  const idsIn = async (name: string) =>
    (await db.collection<Any>(name).find({}).toArray()).map(({ _id }) => _id).sort()
  return { db, idsIn }
}

t.test(
  'sessions, links of access and the place in a history end with a restore, and bookings stay',
  async (t) => {
    const { db, idsIn } = await opened(t)
    await beginLoad(db, 'the database')
    const documents = new DocumentLoader(db)
    const add = (name: string, doc: Any) => documents.add(name, writeBson(doc))
    await add('sessions', { _id: 'a session' })
    await add('refreshTokens', { _id: 'of an earlier version' })
    for (const purpose of linkPurposes) await add('links', { _id: purpose, purpose })
    await add('jobProgress', { _id: 'changes', place: { _data: 'x' }, at: new Date(0), channels: ['mail'] })
    await add('slots', { _id: 'a slot' })
    await documents.flush()
    await forgetPlace(db)
    await endWhatMayHaveEnded(db)
    await endLoading(db)
    t.same(await idsIn('sessions'), [])
    t.same(await idsIn('refreshTokens'), [])
    const ended = ['address-change', 'address-check', 'password-reset']
    t.same(await idsIn('links'), linkPurposes.filter((purpose) => !ended.includes(purpose)).toSorted())
    t.same(await idsIn('slots'), ['a slot'])
    t.same(await db.collection('jobProgress').findOne({}), {
      _id: 'changes',
      at: new Date(0),
      channels: ['mail'],
    })
  },
)

t.test('changes before, after and without their document end where they should', async (t) => {
  const { db } = await opened(t)
  const things = db.collection<Any>('things')
  await things.insertMany([{ _id: 'kept', list: null, rev: 3 }, { _id: 'gone' }])
  const changes = new ChangeLoader(db)
  const at = (id: string) => ({ collection: 'things', id })
  const update = { kind: 'update', set: {}, unset: [], truncate: [] } as const
  // The document is newer than the first two: its list was taken out by the third.
  await changes.add({ ...at('kept'), ...update, set: { 'list.4': 1 } })
  await changes.add({ ...at('kept'), ...update, truncate: [{ field: 'list', size: 1 }], unset: ['list.0.a'] })
  await changes.add({ ...at('kept'), ...update, set: { list: null, rev: 3 } })
  await changes.add({ ...at('gone'), kind: 'delete' })
  await changes.add({ ...at('never read'), ...update, set: { rev: 1 } })
  await changes.add({ ...at('came'), kind: 'put', doc: { _id: 'came', list: [1, 2, 3] } })
  await changes.add({ ...at('came'), ...update, truncate: [{ field: 'list', size: 1 }], set: { 'a.b': 1 } })
  await changes.flush()
  t.same(await things.find({}).sort({ _id: 1 }).toArray(), [
    { _id: 'came', list: [1], a: { b: 1 } },
    { _id: 'kept', list: null, rev: 3 },
  ])
})

t.test('only an empty database is loaded, and one that was left half says so', async (t) => {
  const { db } = await opened(t)
  await db.collection<Any>('things').insertOne({ _id: 'a thing' })
  await t.rejects(beginLoad(db, 'X'), { name: 'CopyFailed', message: /^X is not empty \(things\)/ })
  await db.collection('things').deleteMany({})
  await beginLoad(db, 'X')
  await t.rejects(beginLoad(db, 'X'), { name: 'CopyFailed', message: /^X was loaded half and then left/ })
  await takeAway(db)
  await t.resolves(beginLoad(db, 'X'))
})
