import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { auditWorld, entry, written } from '../helper/audit-folder.js'
import { temporaryFolder } from '../helper/database.js'
import { register, startOne } from '../helper/servers.js'

test('requests are answered while the log cannot be written, and /metrics says so', async (t) => {
  const audit = join(temporaryFolder(t), 'audit')
  writeFileSync(audit, 'a file where the folder should be')
  const server = await startOne(t, { audit })
  await register(server, 'client')
  await server.app.audit?.flush()
  const metrics = async () => String((await server.call('GET', '/metrics')).body)
  t.match(await metrics(), /^slotcast_audit_failing 1$/m)
  t.match(await metrics(), /^slotcast_audit_waiting 2$/m)
  t.equal((await server.call('GET', '/readyz')).status, 200, 'it goes on serving')

  rmSync(audit)
  await server.app.audit?.flush()
  t.match(await metrics(), /^slotcast_audit_failing 0$/m)
  t.match(await metrics(), /^slotcast_audit_lines_total 2$/m, 'what waited is written')
})

test('a fault is told once, and what found no room is counted in the log', async (t) => {
  const world = auditWorld(t)
  const folder = join(world.folder, 'blocked')
  writeFileSync(folder, '')
  const faults: unknown[] = []
  const log = world.open({ folder, maxWaiting: 3, onFault: (error) => faults.push(error) })
  await written(log, 5)
  await log.flush()
  t.equal(faults.length, 1)
  t.match(log.counts, { written: 0, waiting: 3, lost: 2, failing: true })
  rmSync(folder)
  await log.flush()
  t.match(log.counts, { written: 4, waiting: 0, lost: 2, failing: false })
  rmSync(folder, { recursive: true })
  writeFileSync(folder, '')
  await written(log, 1)
  t.equal(faults.length, 2, 'the next one is told again')
})

test('a killed process leaves whole lines that its successor goes on from, and a torn one that is noted', async (t) => {
  const world = auditWorld(t)
  const log = world.open()
  await written(log, 5)
  await log.close()
  const [file = ''] = world.files()
  // As if killed before the head was signed again, in the middle of a line.
  const head = '{"n":0,'
  appendFileSync(join(world.chain, file), head)
  const after = world.open()
  await written(after, 2)
  t.match(await world.verify(), { lines: 7, end: { n: 7 }, faults: [], notes: [/unfinished/] })
  t.equal(world.files().length, 2, 'nothing is ever written behind what is torn')
})

test('lines written in the second before a kill are gone on from', async (t) => {
  const world = auditWorld(t)
  const log = world.open()
  // Whole on the disk as soon as the system has them; the head is signed a second later.
  for (let number = 1; number <= 3; number++) log.write(entry(number))
  while (log.counts.waiting > 0) await new Promise(setImmediate)
  t.match(
    await world.verify(),
    { lines: 3, end: { n: 3 }, faults: [] },
    'more than the head says is no fault',
  )
  // The lock says that this process still lives; a killed one's does not count.
  rmSync(join(world.chain, 'server.lock'))
  const after = world.open()
  await written(after, 2)
  t.match(await world.verify(), { lines: 5, end: { n: 5 }, faults: [] })
})
