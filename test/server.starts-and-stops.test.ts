import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { WebSocket } from 'ws'
import { outdatedZones } from '../src/time-zone-data.js'
import { temporaryFolder, testDatabase } from './helper/database.js'
import { busyMs, run, runServer, untilNoneWith } from './helper/processes.js'

const SECOND_START_WITHIN_MS = 3_000
const END_WITHIN_MS = 10_000

function msOfLoading(): number {
  const begun = performance.now()
  execFileSync(process.execPath, ['-e', "import('./dist/src/app.js').then(() => process.exit(0))"])
  return performance.now() - begun
}

test('npm start says one short block; Ctrl-C ends it with 0 and leaves no process and no claim', async (t) => {
  const npm = run(t, 'npm', ['start', '--silent'], { ownGroup: true })
  const [, url] = await npm.says(/Slotcast +(http:\S+)/)
  await npm.says(/try next/)
  t.equal((await fetch(`${url}/livez`)).status, 200)
  t.match(npm.output(), /^ {2}database {4}SecantusDB \S+, embedded; data in \//m)
  t.match(npm.output(), /^ {2}docs {8}http:/m)
  t.notMatch(npm.output(), /warn|deprecat|^ +at |"level"/im, 'a good day is a quiet day')
  const outdated = npm.output().match(/^Time zone data .* is out of date for .*$/gm) ?? []
  t.same(outdated, outdatedZones(), 'time zone data is warned of where it is old, and not where it is not')

  const begun = performance.now()
  npm.kill('SIGINT')
  t.same(await npm.ended, { code: 0, signal: null })
  t.ok(performance.now() - begun < END_WITHIN_MS)
  await untilNoneWith(npm.dataDir)
  t.notOk(existsSync(join(npm.dataDir, 'server.lock')))
  await t.rejects(fetch(`${url}/livez`), 'nobody listens any more')
})

test('a SIGTERM that reaches npm alone ends the server too', async (t) => {
  const npm = run(t, 'npm', ['start', '--silent'])
  await npm.says(/try next/)
  npm.kill('SIGTERM')
  t.same(await npm.ended, { code: 0, signal: null })
  await untilNoneWith(npm.dataDir)
})

test('an open live connection does not keep the server', async (t) => {
  const server = runServer(t)
  const url = await server.url()
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`)
  await new Promise((resolve) => socket.once('open', resolve))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  const begun = performance.now()
  server.kill('SIGTERM')
  t.same(await server.ended, { code: 0, signal: null })
  await closed
  t.ok(performance.now() - begun < END_WITHIN_MS)
})

test('a second start installs, builds and fetches nothing, and is ready soon', async (t) => {
  const dataDir = temporaryFolder(t)
  const first = runServer(t, { dataDir })
  await first.url()
  first.kill('SIGTERM')
  await first.ended

  const begun = performance.now()
  const second = runServer(t, { dataDir })
  await second.url()
  const elapsed = performance.now() - begun
  // Other tests share the processor; what this start took of it is what it takes on a machine of its own.
  const took = Math.min(elapsed, busyMs(second.pid) ?? elapsed)
  // A machine that is slow just now is slow in loading the same code, too, which is most of a start.
  const loading = msOfLoading()
  t.ok(
    took < Math.max(SECOND_START_WITHIN_MS, loading * 3),
    `${Math.round(took)} ms busy, ${Math.round(elapsed)} ms in all; loading takes ${Math.round(loading)} ms`,
  )
  t.notMatch(second.output(), /install|build|fetch/)
  t.match(first.output(), /Slotcast/, 'the control: the output is read')
})

test('with MONGODB_URI no database is started, and its password is shown nowhere', async (t) => {
  const { uri } = await testDatabase(t)
  const env = { MONGODB_URI: uri, JWT_SECRET: 'j'.repeat(32), FIELD_KEY: 'f'.repeat(32) }
  const server = runServer(t, { env })
  await server.url()
  await server.says(/database {4}MongoDB at 127\.0\.0\.1:\d+, database slotcast_test_/)
  t.notOk(existsSync(join(server.dataDir, 'engine.json')))
  server.kill('SIGINT')
  t.same(await server.ended, { code: 0, signal: null })
})
