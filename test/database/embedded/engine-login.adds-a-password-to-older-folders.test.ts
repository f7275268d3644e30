import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { type Test, test } from 'tap'
import { connectDatabase } from '../../../src/database/connect.js'
import { freePort } from '../../../src/database/embedded/free-port.js'
import { temporaryFolder } from '../../helper/database.js'
import { secantusBinary, standInMongod, startEmbedded } from '../../helper/engines.js'

/** As that version left it: no password, modes as the system makes them, and whoever came could make a user. */
async function folderOfBefore(t: Test, engine: { name: string; version: string; source: string }) {
  const dataDir = temporaryFolder(t)
  const storage = join(dataDir, 'db')
  mkdirSync(storage)
  chmodSync(storage, 0o755)
  const port = await freePort()
  const args = [
    '--port',
    String(port),
    '--storage-path',
    storage,
    '--sync-on-commit',
    '--log-file-max',
    '64MB',
  ]
  const child = spawn(await secantusBinary(t), args, { stdio: 'ignore' })
  const connection = await connectDatabase({ uri: `mongodb://127.0.0.1:${port}/`, waitMs: 20_000 })
  await connection.collection<{ _id: string }>('things').insertOne({ _id: 'kept' })
  const { MongoClient } = mongoose.mongo
  const admin = await MongoClient.connect(`mongodb://127.0.0.1:${port}/`)
  await admin.db('slotcast').command({ createUser: 'stranger', pwd: 'x', roles: ['root'] })
  await admin.close()
  await connection.close()
  child.kill('SIGTERM')
  await once(child, 'exit')
  writeFileSync(join(dataDir, 'engine.json'), JSON.stringify(engine))
  const secrets = { JWT_SECRET: 'j'.repeat(43), FIELD_KEY: 'f'.repeat(43) }
  writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify(secrets), { mode: 0o600 })
  chmodSync(dataDir, 0o755)
  return { dataDir, secrets }
}

async function keptBy(uri: string) {
  const connection = await connectDatabase({ uri })
  const users: string[] = []
  for (const name of ['admin', 'slotcast']) {
    const told = await connection.getClient().db(name).command({ usersInfo: 1 })
    users.push(...told.users.map(({ user }: { user: string }) => user))
  }
  const kept = await connection.collection('things').findOne({})
  await connection.close()
  return { kept: kept?._id, users }
}

test('its data is there, its user is ours and the only one, and the next start changes nothing', async (t) => {
  const version = (await startEmbedded(t)).engine.version
  const { dataDir, secrets } = await folderOfBefore(t, { name: 'SecantusDB', version, source: 'wheel' })
  const first = await startEmbedded(t, { dataDir })
  t.same(await keptBy(first.uri), { kept: 'kept', users: ['slotcast'] })
  t.same(first.secrets, secrets)
  for (const name of ['', 'db', 'engine.json']) t.equal(lstatSync(join(dataDir, name)).mode & 0o077, 0, name)
  const password = readFileSync(join(dataDir, 'database.key'), 'utf8')
  await first.stop()

  const second = await startEmbedded(t, { dataDir })
  t.same(await keptBy(second.uri), { kept: 'kept', users: ['slotcast'] })
  t.equal(readFileSync(join(dataDir, 'database.key'), 'utf8'), password)
})

test('the same with a mongod', async (t) => {
  const { dataDir } = await folderOfBefore(t, { name: 'mongod', version: '8.0.4', source: 'own binary' })
  const { binary } = await standInMongod(t)
  const { uri } = await startEmbedded(t, { dataDir, mongodBinary: binary })
  t.same(await keptBy(uri), { kept: 'kept', users: ['slotcast'] })
})

test('a folder whose password is lost gets another one', async (t) => {
  const dataDir = temporaryFolder(t)
  const first = await startEmbedded(t, { dataDir })
  const connection = await connectDatabase({ uri: first.uri })
  await connection.collection<{ _id: string }>('things').insertOne({ _id: 'kept' })
  await connection.close()
  await first.stop()
  rmSync(join(dataDir, 'database.key'))
  const second = await startEmbedded(t, { dataDir })
  t.same(await keptBy(second.uri), { kept: 'kept', users: ['slotcast'] })
  t.not(second.uri.split('@')[0], first.uri.split('@')[0])
})
