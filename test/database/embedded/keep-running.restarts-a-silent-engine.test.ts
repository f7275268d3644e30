import { type Test, test } from 'tap'
import { connectDatabase } from '../../../src/database/connect.js'
import { markOf } from '../../../src/database/embedded/process-identity.js'
import { startEmbedded } from '../../helper/engines.js'

const WITHIN_MS = 60_000

async function frozen(t: Test, silentSeconds: number) {
  const embedded = await startEmbedded(t, { silentSeconds })
  const connection = await connectDatabase({ uri: embedded.uri })
  t.teardown(() => connection.close())
  const things = connection.collection<{ _id: number }>('things')
  const write = (_id: number) => things.insertOne({ _id }, { writeConcern: { w: 'majority', journal: true } })
  await write(1)
  const pid = embedded.pid()
  // A slow first start has said so.
  embedded.said.length = 0
  process.kill(pid, 'SIGSTOP')
  t.teardown(() => {
    if (markOf(pid) !== null) process.kill(pid, 'SIGCONT')
  })
  return { embedded, things, write, pid, said: () => embedded.said.join('\n') }
}

test('an engine that is silent for long is started again, and has kept everything', async (t) => {
  const { embedded, things, write, pid, said } = await frozen(t, 2)
  for (const until = performance.now() + WITHIN_MS; performance.now() < until; ) {
    // Each look waits until the database answers or the driver gives it up.
    const done = await write(2).catch(() => null)
    if (done !== null || embedded.said.includes('the database is back')) break
  }
  t.match(said(), /the database has not answered for 2 s; \d+ bytes are free in .*; starting it again/)
  t.equal(markOf(pid), null)
  t.not(embedded.pid(), pid)
  t.match(await things.findOne({ _id: 1 }), { _id: 1 })
})

test('one that goes on in time is left alone', async (t) => {
  const { embedded, write, pid, said } = await frozen(t, 30)
  // Long enough for a look at it to be under way.
  const other = await connectDatabase({ uri: embedded.uri, waitMs: 4_000 }).catch((error: Error) => error)
  t.match(other, { name: 'CannotStart', message: /No database answers/ }, 'control: it was silent')
  process.kill(pid, 'SIGCONT')
  t.ok((await write(2)).acknowledged)
  t.equal(embedded.pid(), pid)
  t.equal(said(), '')
})
