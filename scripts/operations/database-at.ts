/** The database that a command is about: at a connection string, or in a data folder, whose engine runs or is started. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Connection, mongo } from 'mongoose'
import { CopyFailed } from '../../src/backup/copy-failed.js'
import { takeAway } from '../../src/backup/load-database.js'
import { connectDatabase, DEFAULT_DATABASE, serversOf } from '../../src/database/connect.js'
import { startEmbeddedMongo } from '../../src/database/embedded/embedded-mongo.js'
import { runningEngineUri } from '../../src/database/embedded/running-engine.js'
import { keptSecrets } from '../../src/database/embedded/secrets.js'
import { withDatabase } from '../../src/database/uri.js'
import { PREPARING_MS } from '../../src/upgrade/prepare-database.js'
import { say } from './one-line.js'

/** A connection string or a folder. */
export type Place = string

export interface OpenDatabase {
  connection: Connection
  db: mongo.Db
  /** For lines: without a password. */
  name: string
  /** Takes away what was loaded into it. A folder goes as a whole (`leavingNothing`), also where its engine is broken. */
  undo(): Promise<void>
}

type Env = Record<string, string | undefined>

export function isUri(place: Place): boolean {
  return /^mongodb(\+srv)?:\/\//.test(place)
}

/** Of the settings of a server. */
export function placeIn({ MONGODB_URI, DATA_DIR }: Env): Place {
  return MONGODB_URI?.trim() || DATA_DIR?.trim() || '.data'
}

/** `shared`: where a server runs in the folder, its engine is used. Otherwise the folder must be nobody's. */
export async function withDatabaseAt<T>(
  place: Place,
  { env, shared }: { env: Env; shared: boolean },
  work: (open: OpenDatabase) => Promise<T>,
): Promise<T> {
  if (isUri(place)) return connected(place, place, serversOf(place), work)
  const folder = resolve(place)
  const running = shared ? runningEngineUri(folder) : null
  if (running !== null) return connected(place, withDatabase(running, DEFAULT_DATABASE), folder, work)
  const embedded = await startEmbeddedMongo({
    dataDir: folder,
    cacheDir: '.cache',
    mongodBinary: env.MONGOD_BINARY || undefined,
    secantusdBinary: env.SECANTUSD_BINARY || undefined,
    env,
    say,
  })
  try {
    return await connected(place, withDatabase(embedded.uri, DEFAULT_DATABASE), folder, work)
  } finally {
    await embedded.stop()
  }
}

async function connected<T>(
  place: Place,
  uri: string,
  where: string,
  work: (open: OpenDatabase) => Promise<T>,
): Promise<T> {
  const connection = await connectDatabase({ uri, silentMs: PREPARING_MS, say })
  try {
    const db = connection.getClient().db(connection.name)
    const name = `${where}, database ${connection.name}`
    const undo = async () => {
      if (!isUri(place)) return
      await takeAway(db).catch(() => say(`what was loaded could not be taken away again: drop ${name}`))
    }
    return await work({ connection, db, name, undo })
  } finally {
    await connection.close()
  }
}

export function hasStorage(folder: string): boolean {
  const storage = join(resolve(folder), 'db')
  return existsSync(storage) && readdirSync(storage).length > 0
}

/** A folder that is read from. */
export function mustHaveStorage(place: Place): void {
  if (!isUri(place) && !hasStorage(place))
    throw new CopyFailed(`There is no database in ${resolve(place)}; is it the right folder?`)
}

/** A folder that is loaded into. */
export function mustHaveNoStorage(place: Place): void {
  if (!isUri(place) && hasStorage(place))
    throw new CopyFailed(
      `There is a database in ${resolve(place)} already; choose another folder, or move its db and engine.json away.`,
    )
}

/** The keys that servers will have there, as far as it is known here; null where it is not. */
export function fieldKeysAt(place: Place, env: Env): string[] | null {
  const { FIELD_KEY, FIELD_KEY_PREVIOUS } = env
  if (FIELD_KEY)
    return [FIELD_KEY, FIELD_KEY_PREVIOUS].filter((key) => key !== undefined && key !== '') as string[]
  if (isUri(place)) return null
  if (!existsSync(join(resolve(place), 'secrets.json'))) return []
  const kept = keptSecrets(resolve(place), { isNew: false })
  return [kept.FIELD_KEY, ...(kept.FIELD_KEY_PREVIOUS === undefined ? [] : [kept.FIELD_KEY_PREVIOUS])]
}

/** Does it; where that fails, what it has made in the folder is gone again. */
export async function leavingNothing<T>(place: Place, work: () => Promise<T>): Promise<T> {
  if (isUri(place)) return work()
  const folder = resolve(place)
  const before = existsSync(folder) ? new Set(readdirSync(folder)) : null
  try {
    return await work()
  } catch (error) {
    if (before === null) rmSync(folder, { recursive: true, force: true })
    else
      for (const name of existsSync(folder) ? readdirSync(folder) : [])
        if (!before.has(name)) rmSync(join(folder, name), { recursive: true, force: true })
    throw error
  }
}

/** Of the engine that is connected to, for people. */
export async function engineName(db: mongo.Db): Promise<string> {
  const info = await db.client.db('admin').command({ buildInfo: 1 })
  return info.secantusVersion === undefined ? `MongoDB ${info.version}` : `SecantusDB ${info.secantusVersion}`
}

export function secretsFile(folder: string): string | null {
  const file = join(resolve(folder), 'secrets.json')
  return existsSync(file) && readFileSync(file).length > 0 ? file : null
}
