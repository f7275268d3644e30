/**
 * Owns the embedded default: finds an engine, starts it in the data folder with a password of its own, keeps it running,
 * ends it.
 * Never: the rest of the code sees a URI and a name, and does not know how either came about.
 *
 * Invariants: one server in a data folder; the engine that made the data is the one that opens it; who does not have the
 * password in the data folder reads and writes nothing; a write that was acknowledged with `j: true` is on the disk
 * (SecantusDB needs --sync-on-commit for that: without it a SIGKILL lost acknowledged writes).
 *
 * A first start makes the secrets and, aside in `db.new`, a storage that knows its user, and renames that to `db` last.
 * Killed anywhere before, nothing is there yet that the next start could not make anew.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { keptLogin, uriFor } from './engine-login.js'
import { endLeftover } from './engine-process.js'
import { readEngineRecord, writeEngineRecord } from './engine-record.js'
import { LoginRefused, type Place, type Running, startOnFreePort, teachLogin } from './engine-start.js'
import { chooseEngine, type Engine, type EngineChoice } from './engines.js'
import { claimDataFolder } from './folder-lock.js'
import { keepRunning } from './keep-running.js'
import { ownerOnly } from './owner-only.js'
import { keptSecrets, type Secrets } from './secrets.js'
import { syncFolder } from './whole-file.js'

export interface EmbeddedMongoOptions extends EngineChoice {
  readyWithinMs?: number
  /** How long an engine may answer nothing before it is started again. */
  silentSeconds?: number
}

export interface EmbeddedMongo {
  /** Carries the password, names no database (`withDatabase` does). */
  uri: string
  engine: { name: string; version: string }
  secrets: Secrets
  /** Of the database process as it is now; another one after it died and was started again. */
  pid(): number
  stop(): Promise<void>
}

const READY_WITHIN_MS = 60_000
/** A process that was stopped may be continued, and a slow disk gets there. */
const SILENT_SECONDS = 15

export async function startEmbeddedMongo(options: EmbeddedMongoOptions): Promise<EmbeddedMongo> {
  const dataDir = resolve(options.dataDir)
  const claim = claimDataFolder(dataDir)
  try {
    const storage = join(dataDir, 'db')
    if (await endLeftover(dataDir, storage))
      options.say('ended a database that an earlier server had left behind')
    clearLeftovers(dataDir)
    ownerOnly(dataDir, options.say)
    const recorded = readEngineRecord(dataDir)
    const engine = await chooseEngine({ ...options, dataDir }, recorded)
    const isNew = !hasEntries(storage)
    const secrets = keptSecrets(dataDir, { isNew })
    const login = keptLogin(dataDir)
    const { env, say, readyWithinMs = READY_WITHIN_MS, silentSeconds = SILENT_SECONDS } = options
    const place = { dataDir, storage, login, readyWithinMs, silentSeconds, env, say }
    if (isNew) await makeStorage(engine, place)
    else if (recorded === null) writeEngineRecord(dataDir, engine)
    const first = await startWithLogin(engine, place)
    const keeper = keepRunning(engine, first, place)
    return {
      uri: uriFor(first.port, login),
      engine: { name: engine.name, version: engine.version },
      secrets,
      pid: keeper.pid,
      stop: async () => {
        await keeper.stop()
        claim.release()
      },
    }
  } catch (error) {
    claim.release()
    throw error
  }
}

/** What a start that was killed had begun to write: halves of files, and keys that open nothing any more. */
function clearLeftovers(dataDir: string): void {
  for (const name of ['first-user', 'secrets.json.new', 'database.key.new', 'engine.json.new'])
    rmSync(join(dataDir, name), { recursive: true, force: true })
}

async function makeStorage(engine: Engine, place: Place): Promise<void> {
  const aside = `${place.storage}.new`
  rmSync(aside, { recursive: true, force: true })
  mkdirSync(aside, { mode: 0o700 })
  await teachLogin(engine, { ...place, storage: aside })
  writeEngineRecord(place.dataDir, engine)
  renameSync(aside, place.storage)
  syncFolder(place.dataDir)
}

/** A storage of the version before knows no user yet; one whose `database.key` is gone knows another password. */
async function startWithLogin(engine: Engine, place: Place): Promise<Running> {
  try {
    return await startOnFreePort(engine, place)
  } catch (error) {
    if (!(error instanceof LoginRefused)) throw error
    await teachLogin(engine, place)
    return await startOnFreePort(engine, place)
  }
}

function hasEntries(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0
}
