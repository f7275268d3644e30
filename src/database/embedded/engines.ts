/**
 * Which program the embedded database is. The chain, in this order: a mongod of the machine's own, SecantusDB
 * (a build named by SECANTUSD_BINARY, else its wheel), a mongod that is downloaded. A data folder that exists
 * shortens the chain to the engine that made it.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { CannotStart } from '../startup-error.js'
import { downloadedMongod } from './downloaded-mongod.js'
import { type EngineName, type EngineRecord, type EngineSource, sameEngine } from './engine-record.js'
import { type Environment, engineEnvironment } from './environments.js'
import { type Fetched, secantusFromWheel } from './secantus-wheel.js'

export interface Engine {
  name: EngineName
  version: string
  source: EngineSource
  binary: string
}

export interface EngineChoice {
  dataDir: string
  cacheDir: string
  mongodBinary?: string | undefined
  secantusdBinary?: string | undefined
  /** The environment that programs are looked up and run in. */
  env: Environment
  say(line: string): void
}

const VERSION_WITHIN_MS = 20_000

export async function chooseEngine(choice: EngineChoice, recorded: EngineRecord | null): Promise<Engine> {
  const engine = recorded === null ? await firstEngine(choice) : await engineOfFolder(choice, recorded)
  if (recorded !== null && !sameEngine(recorded, engine)) throw otherEngine(choice, recorded, engine)
  return engine
}

async function firstEngine(choice: EngineChoice): Promise<Engine> {
  const own = ownMongod(choice)
  if (own !== null) return own
  if (choice.secantusdBinary !== undefined) return namedSecantus(choice.secantusdBinary, choice.env)
  const wheel = await secantusFromWheel(choice.cacheDir, choice.env, choice.say)
  if ('binary' in wheel) return versioned('SecantusDB', 'wheel', wheel.binary, choice.env)
  choice.say(`no SecantusDB: ${wheel.missing}`)
  const download = await downloadedMongod(choice.cacheDir, choice.say)
  if ('binary' in download) return versioned('mongod', 'download', download.binary, choice.env)
  throw new CannotStart(
    `No database found: there is no mongod on PATH; ${wheel.missing}; ${download.missing}. Set MONGODB_URI, MONGOD_BINARY or SECANTUSD_BINARY.`,
  )
}

async function engineOfFolder(choice: EngineChoice, recorded: EngineRecord): Promise<Engine> {
  if (recorded.name === 'SecantusDB') {
    if (choice.mongodBinary !== undefined) {
      throw otherEngine(choice, recorded, { name: 'mongod', version: `at ${choice.mongodBinary}` })
    }
    if (choice.secantusdBinary !== undefined) return namedSecantus(choice.secantusdBinary, choice.env)
    if (recorded.source === 'wheel') {
      const wheel = await secantusFromWheel(choice.cacheDir, choice.env, choice.say)
      return fetched('SecantusDB', 'wheel', wheel, choice, recorded)
    }
    throw gone(choice, recorded, 'set SECANTUSD_BINARY to it')
  }
  const own = ownMongod(choice)
  if (own !== null && (recorded.source !== 'download' || choice.mongodBinary !== undefined)) return own
  if (recorded.source !== 'download')
    throw gone(choice, recorded, 'put it on PATH or set MONGOD_BINARY to it')
  const download = await downloadedMongod(choice.cacheDir, choice.say)
  return fetched('mongod', 'download', download, choice, recorded)
}

function ownMongod({ mongodBinary, env }: EngineChoice): Engine | null {
  if (mongodBinary !== undefined) {
    const binary = program(mongodBinary, env.PATH)
    if (binary === null)
      throw new CannotStart(`MONGOD_BINARY="${mongodBinary}" is not a program that can be run.`)
    return versioned('mongod', 'own binary', binary, env)
  }
  const binary = program('mongod', env.PATH)
  return binary === null ? null : versioned('mongod', 'own binary', binary, env)
}

function namedSecantus(named: string, env: Environment): Engine {
  const binary = program(named, undefined)
  if (binary === null) throw new CannotStart(`SECANTUSD_BINARY="${named}" is not a program that can be run.`)
  return versioned('SecantusDB', 'own binary', binary, env)
}

function fetched(
  name: EngineName,
  source: EngineSource,
  got: Fetched,
  choice: EngineChoice,
  recorded: EngineRecord,
): Engine {
  if ('binary' in got) return versioned(name, source, got.binary, choice.env)
  throw new CannotStart(
    `${madeBy(choice, recorded)}, which cannot be had again at the moment: ${got.missing}.`,
  )
}

function versioned(name: EngineName, source: EngineSource, binary: string, env: Environment): Engine {
  const { stdout } = spawnSync(binary, ['--version'], {
    encoding: 'utf8',
    timeout: VERSION_WITHIN_MS,
    env: engineEnvironment(env),
  })
  const pattern = name === 'mongod' ? /db version v(\S+)/ : /^secantusd-rs (\S+)/
  const version = pattern.exec(stdout ?? '')?.[1]
  if (version === undefined) {
    throw new CannotStart(
      `${binary} does not say its version as ${name} does; it is broken or another program.`,
    )
  }
  return { name, version, source, binary }
}

/** A path as it is, a bare name by looking it up on PATH. */
function program(named: string, path: string | undefined): string | null {
  const folders = (path ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
  const places = /[\\/]/.test(named) ? [resolve(named)] : folders.map((folder) => join(folder, named))
  return places.find(canRun) ?? null
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return existsSync(file)
  } catch {
    return false
  }
}

function madeBy({ dataDir }: EngineChoice, { name, version }: EngineRecord) {
  return `The data in ${dataDir} was made by ${name} ${version}`
}

function gone(choice: EngineChoice, recorded: EngineRecord, advice: string) {
  return new CannotStart(
    `${madeBy(choice, recorded)}, which is not found any more: ${advice}, or choose another DATA_DIR for a new and empty calendar.`,
  )
}

function otherEngine(choice: EngineChoice, recorded: EngineRecord, now: { name: string; version: string }) {
  return new CannotStart(
    `${madeBy(choice, recorded)}, and now there is ${now.name} ${now.version}: bring the first back, or choose another DATA_DIR for a new and empty calendar, or, for an upgrade and after a backup, write the new version into ${join(choice.dataDir, 'engine.json')}.`,
  )
}
