/**
 * A backup that is made while appointments are held, confirmed, moved and ended at a high rate: what is restored from it is
 * whole, has everything that was acknowledged before its mark, and takes the unique indexes.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { BackupReader } from '../../../src/backup/backup-reader.js'
import { BackupWriter } from '../../../src/backup/backup-writer.js'
import { type CopySink, copyDatabase } from '../../../src/backup/copy-database.js'
import { beginLoad, ChangeLoader, DocumentLoader } from '../../../src/backup/load-database.js'
import { connectDatabase } from '../../../src/database/connect.js'
import { endLoading, SCHEMA_VERSION } from '../../../src/database/schema-version.js'
import { SLOT_MS } from '../../../src/domain/grid.js'
import type { SlotDoc } from '../../../src/slots/slot-document.js'
import { historyOf } from '../../../src/slots/slot-history.js'
import { prepareSlots, slotIndexes, slotsOf } from '../../../src/slots/slot-model.js'
import { openSlot } from '../../../src/slots/slot-updates.js'
import { prepareDatabase } from '../../../src/upgrade/prepare-database.js'
import { halves } from '../../helper/appointments.js'
import { temporaryFolder, testDatabase } from '../../helper/database.js'
import { NOON } from '../../helper/moved-clock.js'
import { ownEngine } from '../../helper/own-engine.js'
import { programPath } from '../../helper/paths.js'
import { PROVIDER } from '../../helper/slot-world.js'

const SLOTS = 2_000
const SECRET = 'a key of the backups of these tests'
const ABOUT = { schema: SCHEMA_VERSION, engine: 'SecantusDB', database: 'slotcast', at: '' }

async function opened(t: Test, uri: string) {
  const connection = await connectDatabase({ uri, silentMs: 60_000 })
  t.teardown(() => connection.close())
  return { connection, db: connection.getClient().db(connection.name) }
}

/** Reservations whose hold was acknowledged. */
function booking(t: Test, uri: string, ids: string[]) {
  const acknowledged: string[] = []
  const child: ChildProcess = spawn(process.execPath, [programPath('test/helper/booking-loop')], {
    env: { ...process.env, MONGODB_URI: uri, SLOTS: ids.join() },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [what, id = ''] = line.split(' ')
      if (what === 'held') acknowledged.push(id)
    })
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const closed = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGKILL')
    await closed
  }
  t.teardown(kill)
  return { acknowledged, kill }
}

/** Those of these reservations that are nowhere: neither live nor past, in a slot or out of it. */
async function missing(t: Test, uri: string, ids: string[]): Promise<string[]> {
  const { connection } = await opened(t, uri)
  const all = await slotsOf(connection).find({}).toArray()
  const past = await historyOf(connection).find({}).toArray()
  const there = new Set([
    ...all.flatMap(({ reservation, past }) => [
      ...(reservation ? [reservation.id] : []),
      ...past.map(({ id }) => id),
    ]),
    ...past.map(({ _id }) => _id),
  ])
  return ids.filter((id) => !there.has(id))
}

t.test('what is restored is whole and has all that was acknowledged', async (t) => {
  const engine = await ownEngine(t)
  const { connection, db } = await opened(t, engine.uri)
  const slots = await prepareSlots(connection)
  const first = NOON + 2 * 86_400_000
  const all = Array.from({ length: SLOTS }, (_, at) =>
    openSlot(PROVIDER, first + at * SLOT_MS, new Date(NOON)),
  )
  await slots.insertMany(all)
  const loop = booking(
    t,
    engine.uri,
    all.map(({ _id }) => _id),
  )
  while (loop.acknowledged.length < 20) await pause(20)

  const file = join(temporaryFolder(t), 'a.backup')
  const writer = await BackupWriter.create({ file, about: ABOUT, secret: SECRET })
  let before: string[] = []
  const sink: CopySink = {
    collection: (name) => writer.collection(name),
    async documents(raw) {
      await writer.documents(raw)
      // So that much happens between one part and the next, however slow the machine is.
      const enough = loop.acknowledged.length + 10
      while (loop.acknowledged.length < enough) await pause(20)
      before = [...loop.acknowledged]
    },
    change: (change) => writer.change(change),
  }
  const begun = loop.acknowledged.length
  const copied = await copyDatabase({ db, sink })
  await writer.finish(copied)
  await loop.kill()
  t.ok(before.length - begun > 20, `control: ${before.length - begun} were held while it was made`)
  t.ok(copied.changes > 100, `control: with ${copied.changes} changes`)

  const { uri } = await testDatabase(t)
  const restored = await opened(t, uri)
  await beginLoad(restored.db, 'the restored database')
  const reader = new BackupReader(file, SECRET)
  const documents = new DocumentLoader(restored.db)
  let current = ''
  for await (const record of reader.records()) {
    if (record.kind === 'collection') current = record.name
    if (record.kind === 'document') await documents.add(current, record.raw)
  }
  await documents.flush()
  const look = () => restored.db.collection<SlotDoc>('slots').find({}).toArray()
  const lost = await missing(t, uri, before)
  t.ok(
    lost.length > 0,
    `control: the documents alone miss ${lost.length}, and halve ${halves(await look()).length}`,
  )

  const changes = new ChangeLoader(restored.db)
  for await (const record of reader.records()) if (record.kind === 'change') await changes.add(record.change)
  await changes.flush()
  await endLoading(restored.db)
  t.same(halves(await look()), [], 'every appointment is in all of its slots or in none')
  t.same(await missing(t, uri, before), [], 'nothing that was acknowledged before the mark is missing')

  await prepareDatabase(restored.connection, { say: (line) => t.comment(line) })
  const unique = slotIndexes.filter(({ options }) => options.unique).map(({ options }) => options.name)
  const made = await restored.db.collection('slots').listIndexes().toArray()
  t.ok(unique.length >= 3)
  for (const name of unique) t.ok(made.find((index) => index.name === name)?.unique, `unique: ${name}`)
})
