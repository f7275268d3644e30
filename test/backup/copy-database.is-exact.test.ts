/** Random changes of every form, made while a database is copied, end in the same bytes in the copy. */
import { setTimeout as pause } from 'node:timers/promises'
import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import type { Change } from '../../src/backup/change.js'
import { compareDatabases } from '../../src/backup/compare-databases.js'
import { type CopySink, copyDatabase } from '../../src/backup/copy-database.js'
import { beginLoad, ChangeLoader, DocumentLoader } from '../../src/backup/load-database.js'
import { endLoading } from '../../src/database/schema-version.js'
import { testDatabase } from '../helper/database.js'

const DOCUMENTS = 1_500
const { Double, Int32, Long } = mongoose.mongo

interface Thing {
  _id: string
  [field: string]: unknown
}

async function opened(t: Test) {
  const { uri } = await testDatabase(t)
  const connection = await mongoose.createConnection(uri).asPromise()
  t.teardown(() => connection.close())
  return connection.getClient().db(connection.name)
}

const any = (most: number) => Math.floor(Math.random() * most)

function thing(at: number): Thing {
  const numbers = { int: new Int32(any(9)), long: Long.fromNumber(any(9)), double: new Double(any(9)) }
  return {
    _id: `thing ${at}`,
    ...numbers,
    at: new Date(),
    log: { r1: { n: 1 } },
    list: [1, { a: 2 }, 3],
    rev: 1,
  }
}

/** Until told to end. Says how many changes there were. */
async function storm(things: mongoose.mongo.Collection<Thing>, isOver: () => boolean): Promise<number> {
  let changes = 0
  // Few documents, so that each changes often while it is copied.
  const id = () => `thing ${any(40) * 37}`
  const turn = { log: { $arrayToObject: { $slice: [{ $objectToArray: '$log' }, -3] } } }
  const forms: (() => Promise<unknown>)[] = [
    () =>
      things.updateOne(
        { _id: id() },
        { $set: { int: new Int32(any(99)), [`log.r${any(30)}`]: { n: any(9) } } },
      ),
    () => things.updateOne({ _id: id() }, [{ $set: turn }]),
    () => things.updateOne({ _id: id() }, { $set: { log: { r1: { n: any(9) } } } }),
    () => things.updateOne({ _id: id() }, { $unset: { double: 1, 'log.r1': 1 } } as object),
    () => things.updateOne({ _id: id() }, { $set: { double: new Double(any(9)) } }),
    () => things.updateOne({ _id: id() }, { $push: { list: { a: any(9) } } } as object),
    () => things.updateOne({ _id: id() }, [{ $set: { list: { $slice: [{ $ifNull: ['$list', []] }, 1] } } }]),
    () => things.updateOne({ _id: id() }, { $set: { 'list.0': any(9) } }),
    () => things.updateOne({ _id: id() }, { $set: { list: any(2) === 0 ? null : [any(9), { a: 1 }] } }),
    () => things.updateMany({ int: any(99) }, { $inc: { rev: 1 } } as object),
    () => things.deleteOne({ _id: id() }),
    () => things.replaceOne({ _id: id() }, thing(0), { upsert: true }),
    () => things.insertOne({ ...thing(0), _id: `new ${any(1_000_000)}` }),
  ]
  while (!isOver()) {
    // Some are refused (a push to what is no list), which changes nothing.
    await forms[any(forms.length)]?.().catch(() => {})
    changes++
  }
  return changes
}

t.test('the copy is what the original was at the mark, byte by byte', async (t) => {
  const [from, to] = [await opened(t), await opened(t)]
  const things = from.collection<Thing>('things')
  await from.collection<Thing>('z').insertOne({ _id: 'the last collection' })
  await things.insertMany(Array.from({ length: DOCUMENTS }, (_, at) => thing(at)))
  await beginLoad(to, 'the copy')
  const documents = new DocumentLoader(to)
  const changes = new ChangeLoader(to)
  const heard: Change[] = []
  let current = ''
  let isOver = false
  const storms = Array.from({ length: 4 }, () => storm(things, () => isOver))
  const sink: CopySink = {
    async collection(name) {
      current = name
      // The original stands still between the last document and the mark, to be compared with.
      if (name !== 'z') return
      isOver = true
      await Promise.all(storms)
    },
    async documents(raw) {
      for (const one of raw) await documents.add(current, one)
      await pause(100)
    },
    change: (change) => void heard.push(change),
  }
  const copied = await copyDatabase({ db: from, sink })
  await documents.flush()
  const sums = async () =>
    (await compareDatabases(from, to)).filter(({ isSame }) => !isSame).map(({ collection }) => collection)
  t.ok(heard.length > 50, `control: ${heard.length} changes were made meanwhile`)
  t.equal(copied.changes, heard.length)
  t.same(await sums(), ['things'], 'control: the documents alone are not it')
  for (const change of heard) await changes.add(change)
  await changes.flush()
  await endLoading(to)
  t.same(await sums(), [])
  t.equal(await to.collection('things').countDocuments(), await things.countDocuments())
  t.equal(
    await to.collection<Thing>('settings').findOne({ _id: 'backup' }),
    null,
    'marks stay where they are',
  )
})

t.test('a collection that is renamed meanwhile ends the copy', async (t) => {
  const from = await opened(t)
  await from.collection<Thing>('a').insertOne({ _id: 'a' })
  await from.collection<Thing>('b').insertOne({ _id: 'b' })
  const sink: CopySink = {
    async collection(name) {
      if (name === 'b') await from.collection('a').rename('c')
    },
    documents() {},
    change() {},
  }
  await t.rejects(copyDatabase({ db: from, sink }), { name: 'CopyFailed', message: /renamed meanwhile/ })
})

t.test('an interruption and a full disk end it at once', async (t) => {
  const from = await opened(t)
  await from.collection<Thing>('a').insertOne({ _id: 'a' })
  const stopping = new AbortController()
  const stops: CopySink = { collection: () => stopping.abort(), documents() {}, change() {} }
  await t.rejects(copyDatabase({ db: from, sink: stops, signal: stopping.signal }), {
    message: /interrupted/,
  })
  const fails: CopySink = {
    collection() {
      throw new Error('the disk is full')
    },
    documents() {},
    change() {},
  }
  await t.rejects(copyDatabase({ db: from, sink: fails }), { message: 'the disk is full' })
})
