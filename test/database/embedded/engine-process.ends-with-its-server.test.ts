import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { endLeftover } from '../../../src/database/embedded/engine-process.js'
import { markOf, type ProcessMark } from '../../../src/database/embedded/process-identity.js'
import { temporaryFolder } from '../../helper/database.js'
import { startEmbedded } from '../../helper/engines.js'
import { commandLines, runServer, untilNoneWith } from '../../helper/processes.js'

const recorded = (dataDir: string): ProcessMark =>
  JSON.parse(readFileSync(join(dataDir, 'engine-process.json'), 'utf8'))

async function killedServer(t: Test, { withWatcher }: { withWatcher: boolean }) {
  const server = runServer(t)
  await server.url()
  const engine = recorded(server.dataDir)
  t.ok(markOf(engine.pid), 'the database runs')
  if (withWatcher) process.kill(watcherOf(engine.pid), 'SIGKILL')
  server.kill('SIGKILL')
  await server.ended
  return { dataDir: server.dataDir, engine }
}

function watcherOf(pid: number): number {
  const watcher = commandLines().find(({ line }) => line.endsWith(`slotcast-watcher ${pid}`))
  if (watcher === undefined) throw new Error('no watcher')
  return watcher.pid
}

test('a server that is killed takes its database along', async (t) => {
  const { dataDir, engine } = await killedServer(t, { withWatcher: false })
  await untilNoneWith(dataDir)
  t.equal(markOf(engine.pid), null)
})

test('where the watcher was killed too, the next start finds the database by its record and ends it', async (t) => {
  const { dataDir, engine } = await killedServer(t, { withWatcher: true })
  t.match(engine, markOf(engine.pid), 'the control: without its watcher it lives on')
  const next = await startEmbedded(t, { dataDir })
  t.equal(markOf(engine.pid), null)
  t.match(next.said.join('\n'), /ended a database that an earlier server had left behind/)
  t.not(next.pid(), engine.pid)
})

test('a process that only has the recorded pid is left alone', async (t) => {
  const dataDir = temporaryFolder(t)
  const stranger = spawn('sleep', ['60'])
  t.teardown(() => stranger.kill())
  await once(stranger, 'spawn')
  const pid = stranger.pid ?? 0
  const record = join(dataDir, 'engine-process.json')

  writeFileSync(record, JSON.stringify(markOf(pid)))
  t.equal(await endLeftover(dataDir, join(dataDir, 'db')), false, 'right start time, but not our storage')
  writeFileSync(record, JSON.stringify({ pid, started: 'at another time' }))
  t.equal(await endLeftover(dataDir, 'sleep'), false, 'the command line fits, the start time does not')
  t.ok(markOf(pid), 'it still runs')

  writeFileSync(record, JSON.stringify(markOf(pid)))
  t.equal(await endLeftover(dataDir, 'sleep'), true, 'the control: where both fit, it is ended')
  t.equal(markOf(pid), null)
})
