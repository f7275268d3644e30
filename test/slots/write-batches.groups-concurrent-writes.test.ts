import type { EventEmitter } from 'node:events'
import t, { type Test } from 'tap'
import { connectDatabase } from '../../src/database/connect.js'
import { type Engine, MONGODB, SECANTUSDB } from '../../src/database/engine.js'
import { JointWrites } from '../../src/slots/joint-writes.js'
import type { SlotDoc } from '../../src/slots/slot-document.js'
import { prepareSlots } from '../../src/slots/slot-model.js'
import { openSlot, provided } from '../../src/slots/slot-updates.js'
import { DuplicateKey, WriteBatches, type WriteResult } from '../../src/slots/write-batches.js'
import { testDatabase } from '../helper/database.js'
import { commandOf, databaseProxy } from '../helper/database-proxy.js'

const START = Date.UTC(2027, 5, 1, 9)
const PROVIDER = 'a'.repeat(32)

interface Command {
  commandName: string
  command: { updates?: unknown[] }
}

/** Slots, and a way to write them whose commands are counted. */
async function scene(t: Test, engine: Engine = SECANTUSDB) {
  const { uri } = await testDatabase(t)
  const proxy = await databaseProxy(t, uri)
  const connection = await connectDatabase({ uri: `${proxy.uri}&monitorCommands=true` })
  t.teardown(() => connection.close())
  const slots = await prepareSlots(connection)
  const now = new Date()
  const all = Array.from({ length: 40 }, (_, index) => openSlot(PROVIDER, START + index * 900_000, now))
  await slots.insertMany(all)
  const ids = all.map(({ _id }) => _id)
  let moment = 0
  let elapsed = 0
  const startSession = () => connection.getClient().startSession()
  const joint = new JointWrites({ slots, startSession, elapsed: () => elapsed, random: () => 0 })
  const batches = new WriteBatches({ slots, engine, joint, mark: () => ++moment, elapsed: () => elapsed })
  let writes = 0
  const commands: Command[] = []
  ;(connection.getClient() as unknown as EventEmitter).on('commandStarted', (event: Command) => {
    if (['update', 'find', 'findAndModify'].includes(event.commandName)) commands.push(event)
  })
  return {
    proxy,
    slots,
    ids,
    commands,
    batches,
    pass(ms: number) {
      elapsed += ms
    },
    /** Names a holder where nobody holds the slot; what it did is in the log under the write's id. */
    take(slotId: string, holder: string) {
      const id = `write-${writes++}`
      const entry = { rev: 2, from: 1, kind: 'opened', at: now, state: 'open', write: id }
      const changes = { reservation: { id: holder, client: { id: holder } }, rev: 2, log: { r2: entry } }
      return batches.write({ slotId, id, update: provided({ $eq: ['$rev', 1] }, changes) })
    },
  }
}

const tookPlace = ({ entry }: WriteResult) => entry !== null

t.test('a write that comes alone goes at once, and those that come meanwhile go together', async (t) => {
  const { ids, take, commands, proxy } = await scene(t)
  const first = proxy.stallAt(commandOf('update', 'slots'), 'requests')
  const alone = take(ids[0] ?? '', 'ada')
  await first
  t.equal(commands.length, 1, 'sent, with nobody to wait for')
  const others = ids.slice(1).map((id, index) => take(id, `client-${index}`))
  t.equal(commands.length, 1, 'the others wait')
  proxy.resume()
  t.ok(tookPlace(await alone))
  t.ok((await Promise.all(others)).every(tookPlace))
  const updates = commands.filter(({ commandName }) => commandName === 'update')
  t.same(
    updates.map(({ command }) => command.updates?.length),
    [1, 39],
    'one for the first, one for all the others',
  )
  t.equal(commands.length, 4, 'and one read after each')
})

t.test('of two writes of one slot the second goes in the next group', async (t) => {
  const { ids, take, commands, proxy } = await scene(t)
  const first = proxy.stallAt(commandOf('update', 'slots'), 'requests')
  const begun = take(ids[0] ?? '', 'ada')
  await first
  const rivals = [take(ids[1] ?? '', 'ada2'), take(ids[1] ?? '', 'grace'), take(ids[2] ?? '', 'hedy')]
  proxy.resume()
  await begun
  t.same((await Promise.all(rivals)).map(tookPlace), [true, false, true], 'the first that came')
  const sizes = commands.flatMap(({ command }) => command.updates?.length ?? [])
  t.same(sizes, [1, 2, 1])
})

t.test('one that a unique index refuses does no harm to the others of its group', async (t) => {
  const { ids, take, slots, proxy } = await scene(t)
  t.ok(tookPlace(await take(ids[0] ?? '', 'ada')))
  const first = proxy.stallAt(commandOf('update', 'slots'), 'requests')
  const begun = take(ids[1] ?? '', 'grace')
  await first
  const group = ids.slice(2, 12).map((id, index) => take(id, index === 4 ? 'ada' : `client-${index}`))
  proxy.resume()
  await begun
  const results = await Promise.allSettled(group)
  t.same(
    results.map(({ status }) => status),
    results.map((_, index) => (index === 4 ? 'rejected' : 'fulfilled')),
  )
  const refused = results[4]
  t.ok(refused?.status === 'rejected' && refused.reason instanceof DuplicateKey)
  t.equal(await slots.countDocuments({ rev: 2 }), 11, 'the others took place')
})

t.test('when a group gets no answer each of its writes is unknown, and is found by its own id', async (t) => {
  const { ids, take, slots, proxy } = await scene(t)
  const first = proxy.stallAt(commandOf('update', 'slots'), 'requests')
  const begun = take(ids[0] ?? '', 'ada')
  await first
  const group = ids.slice(1, 4).map((id, index) => take(id, `client-${index}`))
  const settled = Promise.allSettled(group)
  const answer = proxy.stallAt(commandOf('update', 'slots'), 'answers')
  proxy.resume()
  await begun
  await answer
  proxy.cut()
  t.ok(
    (await settled).every(({ status }) => status === 'rejected'),
    'none is answered as done or refused',
  )
  proxy.restore()
  proxy.resume()
  const stored = await slots.find({ _id: { $in: ids.slice(1, 4) } }).toArray()
  t.ok(
    stored.every(({ log }: SlotDoc) => Object.values(log)[0]?.write?.startsWith('write-')),
    'the log says which write it was',
  )
})

t.test('a group on a connection that fell silent holds nobody else up', async (t) => {
  const { ids, take, proxy, pass } = await scene(t)
  const first = proxy.stallAt(commandOf('update', 'slots'), 'requests')
  const stuck = take(ids[0] ?? '', 'ada')
  await first
  const waiting = take(ids[1] ?? '', 'grace')
  pass(300)
  t.ok(tookPlace(await take(ids[2] ?? '', 'hedy')), 'who comes then does not wait')
  t.ok(tookPlace(await waiting), 'and takes along who waited')
  proxy.resume()
  t.ok(tookPlace(await stuck))
})

t.test('who has waited for longer than a call may take is not sent any more', async (t) => {
  const { ids, take, proxy, pass, slots } = await scene(t)
  const first = proxy.stallAt(commandOf('update', 'slots'), 'requests')
  const stuck = take(ids[0] ?? '', 'ada')
  await first
  const late = t.rejects(take(ids[1] ?? '', 'grace'), { name: 'CallRanOut' })
  pass(10_000)
  t.ok(tookPlace(await take(ids[2] ?? '', 'hedy')))
  await late
  proxy.resume()
  await stuck
  t.equal((await slots.findOne({ _id: ids[1] ?? '' }))?.rev, 1, 'nothing was done')
})

t.test('on an engine that groups its journal each write is one round trip of its own', async (t) => {
  const { ids, take, commands } = await scene(t, MONGODB)
  const writes = await Promise.all(ids.slice(0, 5).map((id, index) => take(id, `client-${index}`)))
  t.ok(writes.every(tookPlace))
  t.same(new Set(commands.map(({ commandName }) => commandName)), new Set(['findAndModify']))
  const again = await take(ids[0] ?? '', 'somebody else')
  t.equal(again.entry, null, 'the rule did not hold')
  t.equal(again.slot?.reservation?.id, 'client-0', 'and the slot says why')
  await t.rejects(take(ids[9] ?? '', 'client-1'), DuplicateKey)
})
