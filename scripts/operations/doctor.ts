/**
 * Checks everything that the server assumes of a database: of MONGODB_URI, or else of the embedded engine. Works in a
 * database of its own, which it drops. Ends with code 0 where the server can rely on the database, else with 1.
 *
 * Without MONGODB_URI it opens the data folder as `npm start` does. Where there is none yet, or a server has it, the same
 * engine is started in a temporary folder instead.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BadSettings, readConfig } from '../../src/config.js'
import { serversOf } from '../../src/database/connect.js'
import { startEmbeddedMongo } from '../../src/database/embedded/embedded-mongo.js'
import { readEngineRecord, writeEngineRecord } from '../../src/database/embedded/engine-record.js'
import { claimDataFolder } from '../../src/database/embedded/folder-lock.js'
import { CannotStart } from '../../src/database/startup-error.js'
import type { Row } from './doctor/check.js'
import { checks } from './doctor/checks.js'
import { examine } from './doctor/examine.js'
import { linesOf, verdictOn, widthOf, withoutSecrets } from './doctor/report.js'

interface Database {
  uri: string
  name: string
  close(): Promise<void>
}

const say = (line: string) => void process.stdout.write(`${line}\n`)
const aborting = new AbortController()
// The second one ends it at once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => aborting.abort())

try {
  process.exitCode = (await examined(await databaseOf(process.env))) ? 0 : 1
} catch (error) {
  if (!(error instanceof BadSettings || error instanceof CannotStart)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

async function examined({ uri, name, close }: Database): Promise<boolean> {
  const write = (text: string) => say(withoutSecrets(text, uri))
  const rows: Row[] = []
  const width = widthOf(checks)
  try {
    write(`Checking ${name}, in a database of its own\n`)
    const onRow = (row: Row) => {
      rows.push(row)
      write(linesOf(row, width))
    }
    await examine({ uri, checks, signal: aborting.signal, onRow, say: write })
    const { relies, line } = verdictOn(rows, checks.length + 1)
    write(`\n${line}`)
    return relies
  } finally {
    await close()
  }
}

async function databaseOf(env: Record<string, string | undefined>): Promise<Database> {
  const uri = env.MONGODB_URI?.trim() ?? ''
  if (uri !== '' && !/^mongodb(\+srv)?:\/\//.test(uri))
    throw new CannotStart('MONGODB_URI must begin with mongodb:// or mongodb+srv://')
  if (uri !== '') return { uri, name: `the database at ${serversOf(uri)}`, close: async () => {} }
  const { DATA_DIR, MONGOD_BINARY, SECANTUSD_BINARY } = readConfig({
    DATA_DIR: env.DATA_DIR,
    MONGOD_BINARY: env.MONGOD_BINARY,
    SECANTUSD_BINARY: env.SECANTUSD_BINARY,
  })
  const why = whyElsewhere(DATA_DIR)
  const dataDir = why === null ? DATA_DIR : temporaryFolder(DATA_DIR)
  const remove = () => {
    if (why !== null) rmSync(dataDir, { recursive: true, force: true })
  }
  if (why !== null) say(`${why}; checking the engine in a temporary folder`)
  try {
    const embedded = await startEmbeddedMongo({
      dataDir,
      cacheDir: '.cache',
      mongodBinary: MONGOD_BINARY,
      secantusdBinary: SECANTUSD_BINARY,
      env,
      say,
    })
    const { name, version } = embedded.engine
    return {
      uri: embedded.uri,
      name: `${name} ${version}, embedded, in ${why === null ? DATA_DIR : 'a temporary folder'}`,
      close: () => embedded.stop().then(remove),
    }
  } catch (error) {
    remove()
    throw error
  }
}

/** Null where the data folder is there and free. */
function whyElsewhere(dataDir: string): string | null {
  if (!existsSync(join(dataDir, 'db'))) return `There is no embedded database in ${dataDir} yet`
  try {
    claimDataFolder(dataDir).release()
    return null
  } catch (error) {
    if (!(error instanceof CannotStart)) throw error
    return `A server has ${dataDir}`
  }
}

/** For the engine that made the data. */
function temporaryFolder(dataDir: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'slotcast-doctor-'))
  const recorded = readEngineRecord(dataDir)
  if (recorded !== null) writeEngineRecord(folder, recorded)
  return folder
}
