import { test } from 'tap'
import { connectDatabase } from '../../src/database/connect.js'
import { isDatabaseAway } from '../../src/database/unavailable.js'
import { ownEngine } from '../helper/own-engine.js'

test('while the database is away a write fails within seconds as an outage; when it is back the same connection writes', async (t) => {
  const engine = await ownEngine(t)
  const connection = await connectDatabase({ uri: engine.uri })
  t.teardown(() => connection.close())
  const things = connection.collection<{ _id: number }>('things')
  await things.insertOne({ _id: 1 })

  await engine.kill()
  for (let attempt = 0; attempt < 3; attempt++) {
    const begun = performance.now()
    const fault = await things.insertOne({ _id: 2 }, { timeoutMS: 5_000 }).catch((error: unknown) => error)
    t.ok(isDatabaseAway(fault), 'an outage')
    t.ok(performance.now() - begun < 6_000, 'and no hang')
    const many = await things.insertMany([{ _id: 2 }], { timeoutMS: 1_000 }).catch((error: unknown) => error)
    t.match(many, { name: 'MongoBulkWriteError' }, 'control: in its wrapping')
    t.ok(isDatabaseAway(many), 'in bulk as well')
  }

  await engine.start()
  const begun = performance.now()
  await things.insertOne({ _id: 3 })
  t.ok(performance.now() - begun < 3_000, 'seen soon')
  t.equal(await things.countDocuments(), 2)
})

test('a refused duplicate and a fault of ours are no outage', async (t) => {
  const engine = await ownEngine(t)
  const connection = await connectDatabase({ uri: engine.uri })
  t.teardown(() => connection.close())
  const things = connection.collection<{ _id: number }>('things')
  await things.insertOne({ _id: 1 })
  t.notOk(isDatabaseAway(await things.insertOne({ _id: 1 }).catch((error: unknown) => error)))
  t.notOk(isDatabaseAway(await connection.db?.command({ noSuchCommand: 1 }).catch((error: unknown) => error)))
  t.notOk(isDatabaseAway(new TypeError('undefined is not a function')))
  t.notOk(isDatabaseAway('EPIPE'))
})

test('a bare socket error, a primary that steps down and an unconfirmed write are outages, by code alone', async (t) => {
  const named = (name: string, more: object = {}) => Object.assign(new Error('any text'), { name, ...more })
  for (const code of ['EPIPE', 'ECONNRESET']) t.ok(isDatabaseAway(Object.assign(new Error(''), { code })))
  for (const code of [189, 10_107, 11_600, 64]) t.ok(isDatabaseAway(named('MongoServerError', { code })))
  t.ok(isDatabaseAway(named('MongoWriteConcernError')))
  t.ok(
    isDatabaseAway(named('MongoBulkWriteError', { code: 0, result: { getWriteConcernError: () => ({}) } })),
  )
  t.ok(isDatabaseAway(new Error('outer', { cause: named('MongoNetworkError') })))
  t.notOk(
    isDatabaseAway(
      named('MongoBulkWriteError', { code: 11_000, result: { getWriteConcernError: () => undefined } }),
    ),
  )
  t.notOk(isDatabaseAway(named('MongoServerError', { code: 2 })))
  t.notOk(isDatabaseAway(Object.assign(new Error(''), { code: 'ENOENT' })))
})
