import { readFileSync } from 'node:fs'
import mongoose from 'mongoose'
import { type Test, test } from 'tap'
import { connectDatabase, OLDEST_MONGODB } from '../../src/database/connect.js'
import { CannotStart } from '../../src/database/startup-error.js'
import { fakeMongod } from '../helper/fake-mongod.js'
import { ROOT } from '../helper/paths.js'

const NO_SUCH_COMMAND = { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: 'no such command' }

/** A primary of a set that can talk from wire version 0 to this one. */
function primary(server: string, maxWireVersion: number) {
  return {
    ok: 1,
    ismaster: true,
    setName: 'rs0',
    hosts: [server],
    primary: server,
    me: server,
    minWireVersion: 0,
    maxWireVersion,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
  }
}

async function databaseOf(
  t: Test,
  { maxWireVersion, knowsHello }: { maxWireVersion: number; knowsHello: boolean },
) {
  let server = ''
  server = await fakeMongod(t, (command) => {
    if ('hello' in command) return knowsHello ? primary(server, maxWireVersion) : NO_SUCH_COMMAND
    if ('ismaster' in command || 'isMaster' in command) return primary(server, maxWireVersion)
    if ('find' in command)
      return { ok: 1, cursor: { id: mongoose.mongo.Long.ZERO, ns: 'slotcast.settings', firstBatch: [] } }
    return { ok: 1 }
  })
  return server
}

async function faultOf(server: string): Promise<string> {
  try {
    const uri = `mongodb://${server}/slotcast?directConnection=true`
    await (await connectDatabase({ uri, waitMs: 8_000 })).close()
    return 'no fault'
  } catch (error) {
    if (error instanceof CannotStart) return error.message
    throw error
  }
}

const told = (server: string) =>
  `The MongoDB at ${server} is too old for this server, which needs MongoDB 4.4.2 or later; upgrade it, or choose another MONGODB_URI.`

test('one that does not know hello', async (t) => {
  const server = await databaseOf(t, { maxWireVersion: 9, knowsHello: false })
  t.equal(await faultOf(server), told(server))
})

test('one that is too old for the driver, which then never connects', async (t) => {
  const server = await databaseOf(t, { maxWireVersion: 6, knowsHello: false })
  t.equal(await faultOf(server), told(server))
})

test('control: the same database, new enough, is no fault', async (t) => {
  const server = await databaseOf(t, { maxWireVersion: 21, knowsHello: true })
  t.equal(await faultOf(server), 'no fault')
})

test('who installs it reads which one is needed', async (t) => {
  for (const page of ['README.md', 'docs/operations.md'])
    t.match(readFileSync(new URL(page, ROOT), 'utf8'), `${OLDEST_MONGODB} or later`, page)
})
