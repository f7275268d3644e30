import { test } from 'tap'
import { connectDatabase } from '../../../src/database/connect.js'
import { commandLineOf } from '../../../src/database/embedded/process-identity.js'
import { isDatabaseAway } from '../../../src/database/unavailable.js'
import { secantusBinary, startEmbedded } from '../../helper/engines.js'

const WRITERS = 8
const KILLS = 3
const BETWEEN_KILLS = 60

test('the embedded database is killed under writers three times: each acknowledged write is there', async (t) => {
  const embedded = await startEmbedded(t)
  const connection = await connectDatabase({ uri: embedded.uri })
  t.teardown(() => connection.close())
  const things = connection.collection<{ _id: number }>('things')
  const acknowledged: number[] = []
  const otherFaults: unknown[] = []
  let next = 0
  let away = 0
  let over = false

  const write = async () => {
    while (!over) {
      const _id = next++
      try {
        await things.insertOne({ _id }, { writeConcern: { w: 'majority', journal: true }, timeoutMS: 5_000 })
        acknowledged.push(_id)
      } catch (error) {
        if (isDatabaseAway(error)) away++
        else if (!isRetryOfOwn(error)) otherFaults.push(error)
      }
    }
  }
  const writers = Array.from({ length: WRITERS }, write)
  const more = async (count: number) => {
    const wanted = acknowledged.length + count
    while (acknowledged.length < wanted) await things.findOne({ _id: -1 }).catch(() => {})
  }
  for (let kill = 0; kill < KILLS; kill++) {
    await more(BETWEEN_KILLS)
    process.kill(embedded.pid(), 'SIGKILL')
  }
  await more(BETWEEN_KILLS)
  over = true
  await Promise.all(writers)

  const stored = new Set((await things.find().toArray()).map(({ _id }) => _id))
  const lost = acknowledged.filter((_id) => !stored.has(_id))
  t.comment(`${acknowledged.length} acknowledged, ${away} refused or unknown, ${stored.size} stored`)
  t.same(lost, [], 'nothing that was acknowledged is lost')
  t.same(otherFaults, [], 'every fault was told as an outage')
  t.ok(away > 0, 'the control: the kills were felt')
  t.equal(embedded.said.filter((line) => line === 'the database is back').length, KILLS)
})

test('the engine is started so that it writes through, also when it is a build named by SECANTUSD_BINARY', async (t) => {
  const embedded = await startEmbedded(t, { secantusdBinary: await secantusBinary(t) })
  t.match(commandLineOf(embedded.pid()), /--sync-on-commit/)
})

/** The driver repeats a write whose answer was cut off; the first one had arrived. */
function isRetryOfOwn(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 11_000
}
