import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import { connectDatabase } from '../../src/database/connect.js'
import {
  beginLoading,
  endLoading,
  SCHEMA_VERSION,
  schemaVersionOf,
  takeSchema,
} from '../../src/database/schema-version.js'
import { withDatabase } from '../../src/database/uri.js'
import { prepareDatabase } from '../../src/upgrade/prepare-database.js'
import { temporaryFolder, testDatabase } from '../helper/database.js'
import { startEmbedded } from '../helper/engines.js'
import { runServer } from '../helper/processes.js'
import { startOne } from '../helper/servers.js'

async function opened(t: Test, uri?: string) {
  const connection = await connectDatabase({ uri: uri ?? (await testDatabase(t)).uri, silentMs: 60_000 })
  t.teardown(() => connection.close())
  return { connection, db: connection.getClient().db(connection.name) }
}

/** All that is there: documents, indexes, names of collections. */
async function everything(db: mongoose.mongo.Db): Promise<string> {
  const names = (await db.listCollections().toArray()).map(({ name }) => name).sort()
  const all: unknown[] = []
  for (const name of names) {
    const documents = await db.collection(name).find({}).toArray()
    all.push([name, documents, await db.collection(name).listIndexes().toArray()])
  }
  return mongoose.mongo.BSON.EJSON.stringify(all)
}

const setVersion = (db: mongoose.mongo.Db, version: number) =>
  db
    .collection<{ _id: string; version: number }>('settings')
    .updateOne({ _id: 'schema' }, { $set: { version } }, { upsert: true })

t.test('a new database and one without a number get the number of this version', async (t) => {
  const { connection, db } = await opened(t)
  t.equal(await schemaVersionOf(db), 0)
  await Promise.all([takeSchema(connection), takeSchema(connection)])
  t.equal(await schemaVersionOf(db), SCHEMA_VERSION)
  await t.resolves(takeSchema(connection), 'and the next start finds it')
})

t.test('a server refuses a newer database in one line and touches nothing in it', async (t) => {
  const { uri } = await testDatabase(t)
  const server = await startOne(t, { uri })
  await server.app.close()
  const { db } = await opened(t, uri)
  await setVersion(db, SCHEMA_VERSION + 1)
  // What an older server would make again.
  await db.collection('slots').dropIndex('calendar')
  const before = await everything(db)
  await t.rejects(startOne(t, { uri }), {
    name: 'CannotStart',
    message: `This database has version ${SCHEMA_VERSION + 1} of the schema, and this server knows versions up to ${SCHEMA_VERSION}: use the version of the server that made it, or a later one.`,
  })
  t.equal(await everything(db), before)
  await setVersion(db, SCHEMA_VERSION)
  await startOne(t, { uri })
  t.not(await everything(db), before, 'control: it would have been touched')
})

t.test('a newer data folder is refused with one line on stderr and code 1', async (t) => {
  const dataDir = join(temporaryFolder(t), 'data')
  mkdirSync(dataDir, { mode: 0o700 })
  const embedded = await startEmbedded(t, { dataDir })
  const { db, connection } = await opened(t, withDatabase(embedded.uri, 'slotcast'))
  await setVersion(db, SCHEMA_VERSION + 1)
  const before = await everything(db)
  await connection.close()
  await embedded.stop()
  const server = runServer(t, { dataDir, env: { PORT: '0' } })
  t.equal((await server.ended).code, 1)
  t.match(server.output(), /^This database has version \d+ of the schema, and this server knows .*$/m)
  t.notMatch(server.output(), /^ {4}at /m, 'without a stack')
  const again = await startEmbedded(t, { dataDir })
  t.equal(await everything((await opened(t, withDatabase(again.uri, 'slotcast'))).db), before)
})

t.test('a database that was loaded half is not served', async (t) => {
  const { connection, db } = await opened(t)
  await beginLoading(db)
  const prepare = () => prepareDatabase(connection, { say: () => {} })
  await t.rejects(prepare(), { name: 'CannotStart', message: /was not loaded to its end/ })
  t.same(await schemaVersionOf(db), 0)
  await endLoading(db)
  await t.resolves(prepare(), 'control: when it is whole it is')
})
