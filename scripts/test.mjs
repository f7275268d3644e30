/**
 * `npm test`: prepares the clone, compiles the tests, starts one database for the whole run (or takes MONGODB_URI) and
 * runs the test files. Arguments are folders or files: `npm test -- test/slots`.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepare, ROOT, stop } from './prepare.mjs'

/** Twice the cores: most files wait for sockets, timers and processes most of the time. */
const JOBS = Math.min(8, Math.max(3, availableParallelism() * 2))
/** Run one at a time after all others: they measure latencies, which other files would disturb. */
const ALONE = [
  'test/live/transport/connection-limits.slow-and-idle-connections-cost-others-nothing.test.ts',
  'test/sweeper/sweep-holds.releases-overdue-holds-once.test.ts',
]
/** The tests that need a Chromium; without one they are left out, and the output says so. */
const IN_A_BROWSER = 'test/system/browser/'
/** The longest files; they begin first, so that none of them runs alone at the end. */
const BEGIN_FIRST = ['test/system/', 'test/auth/', 'test/server.']

/** Runs the test files under these paths, or all. The output of a file that fails is printed after all have ended. */
export async function runTests(paths = []) {
  prepare({ tests: true })
  // What needs packages or a build is loaded after there are any.
  const { runTestFiles } = await import('../dist/scripts/ci/test-files.js')
  const { chromiumPath } = await import('../dist/scripts/ci/browser.js')

  let files = testFiles(paths)
  // Here, once: two test files that install at the same time would meet apt's lock.
  if (files.some((file) => file.startsWith(IN_A_BROWSER)) && chromiumPath() === null) {
    say(`LEFT OUT: ${IN_A_BROWSER}, because there is no Chromium`)
    files = files.filter((file) => !file.startsWith(IN_A_BROWSER))
  }
  const database = await runDatabase()
  const aborting = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => aborting.abort())

  const count = { passed: 0, failed: 0 }
  const failures = []
  const run = {
    programOf: (file) => join(ROOT, 'dist', file.replace(/\.ts$/, '.js')),
    env: { ...process.env, MONGODB_URI: database.uri },
    signal: aborting.signal,
    onEnd(result) {
      const { file, passed, failed, ms, exit } = result
      count.passed += passed
      count.failed += failed
      if (failed > 0) failures.push(result)
      const end = exit === undefined ? '' : ` exit=${exit}`
      say(
        `${failed > 0 ? 'not ok' : 'ok'} - ${file} # ${passed} passed, ${failed} failed, time=${ms}ms${end}`,
      )
    },
  }
  const isAlone = (file) => ALONE.includes(file)
  await runTestFiles({ ...run, files: files.filter((file) => !isAlone(file)), jobs: JOBS })
  await runTestFiles({ ...run, files: files.filter(isAlone), jobs: 1 })
  await database.stop()
  for (const { file, output } of failures) say(`\n# ${file}\n${output}`)
  if (files.length === 0 || aborting.signal.aborted) count.failed++
  return count
}

function testFiles(paths) {
  const all = readdirSync(join(ROOT, 'test'), { recursive: true })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
  const wanted = paths.map((path) => path.replace(/^\.\//, ''))
  const chosen = paths.length === 0 ? all : all.filter((file) => wanted.some((path) => file.startsWith(path)))
  const rank = (file) => BEGIN_FIRST.findIndex((path) => file.startsWith(path)) + 1 || BEGIN_FIRST.length + 1
  return chosen.sort((a, b) => rank(a) - rank(b))
}

/** One database for all files; each takes a name of its own on it. */
async function runDatabase() {
  const { MONGODB_URI, MONGOD_BINARY, SECANTUSD_BINARY } = process.env
  if (MONGODB_URI) return { uri: MONGODB_URI, stop: async () => {} }
  const { startEmbeddedMongo } = await import('../dist/src/database/embedded/embedded-mongo.js')
  const folder = mkdtempSync(join(tmpdir(), 'slotcast-test-run-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const started = await startEmbeddedMongo({
      dataDir: folder,
      cacheDir: join(ROOT, '.cache'),
      mongodBinary: MONGOD_BINARY || undefined,
      secantusdBinary: SECANTUSD_BINARY || undefined,
      env: process.env,
      say,
    })
    say(`testing against ${started.engine.name} ${started.engine.version}`)
    return { uri: started.uri, stop: () => started.stop().then(remove) }
  } catch (error) {
    remove()
    return stop(error.message)
  }
}

function say(line) {
  process.stdout.write(`${line}\n`)
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { passed, failed } = await runTests(process.argv.slice(2).filter((arg) => !arg.startsWith('-')))
  say(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}
