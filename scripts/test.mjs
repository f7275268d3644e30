/**
 * `npm test`: prepares the clone, starts one database for the whole run (or takes MONGODB_URI), runs tap, ends the
 * database. Arguments go on to tap: `npm test -- test/slots`.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepare, ROOT, stop } from './prepare.mjs'

prepare()
const { startEmbeddedMongo } = await import('../dist/src/database/embedded/embedded-mongo.js')
const { chromiumPath } = await import('../dist/scripts/ci/browser.js')
/** The tests that need a Chromium; without one they are left out, and that is said. */
const IN_A_BROWSER = 'test/system/browser'

const given = process.env.MONGODB_URI
const folder = mkdtempSync(join(tmpdir(), 'slotcast-test-run-'))
const database = given ? null : await startDatabase()
const uri = given || database.uri
let tap = null
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => tap?.kill(signal))

const code = await runTap([...process.argv.slice(2), ...withoutBrowser(process.argv.slice(2))])
await database?.stop()
rmSync(folder, { recursive: true, force: true })
process.exit(code)

function withoutBrowser(args) {
  const paths = args.filter((arg) => !arg.startsWith('-'))
  const concerned =
    paths.length === 0 ||
    paths.some((path) => path.startsWith('test/system') || IN_A_BROWSER.startsWith(path))
  // Here, once: two test files that install at the same time would meet apt's lock.
  if (!concerned || chromiumPath() !== null) return []
  process.stdout.write(`LEFT OUT: ${IN_A_BROWSER}, because there is no Chromium\n`)
  return [`--exclude=${IN_A_BROWSER}/**`]
}

async function startDatabase() {
  const { MONGOD_BINARY, SECANTUSD_BINARY } = process.env
  try {
    const started = await startEmbeddedMongo({
      dataDir: folder,
      cacheDir: join(ROOT, '.cache'),
      mongodBinary: MONGOD_BINARY || undefined,
      secantusdBinary: SECANTUSD_BINARY || undefined,
      env: process.env,
      say: (line) => process.stdout.write(`${line}\n`),
    })
    process.stdout.write(`testing against ${started.engine.name} ${started.engine.version}\n`)
    return started
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    return stop(error.message)
  }
}

function runTap(args) {
  const bin = join(ROOT, 'node_modules', 'tap', 'dist', 'esm', 'run.mjs')
  tap = spawn(process.execPath, [bin, 'run', ...args], {
    cwd: ROOT,
    env: { ...process.env, MONGODB_URI: uri },
    stdio: 'inherit',
  })
  return new Promise((resolve) => tap.once('exit', (status) => resolve(status ?? 1)))
}
