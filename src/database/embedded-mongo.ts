/**
 * Owns the embedded default: finds an engine, starts it in the data folder, waits until it serves, starts it again
 * on the same port when it dies, ends it.
 * Never: the rest of the code sees a URI and a name, and does not know how either came about.
 *
 * Invariants: one server in a data folder; the engine that made the data is the one that opens it; a write that was
 * acknowledged with `j: true` is on the disk (SecantusDB needs --sync-on-commit for that: without it a SIGKILL
 * lost acknowledged writes).
 */
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import mongoose from 'mongoose'
import { becomePrimary, SET_NAME } from './become-primary.js'
import { CannotStart } from './cannot-start.js'
import { claimDataFolder } from './data-folder.js'
import { type EngineProcess, endLeftover, runEngine } from './engine-process.js'
import { readEngineRecord, writeEngineRecord } from './engine-record.js'
import { chooseEngine, type Engine, type EngineChoice } from './engines.js'
import { freePort } from './free-port.js'

export interface EmbeddedMongoOptions extends EngineChoice {
  readyWithinMs?: number
}

export interface EmbeddedMongo {
  /** Without a database name. */
  uri: string
  engine: { name: string; version: string }
  /** This start made the data folder. */
  isNew: boolean
  /** Of the database process as it is now; another one after it died and was started again. */
  pid(): number
  stop(): Promise<void>
}

const READY_WITHIN_MS = 60_000
const SAY_AFTER_MS = 2_000
const PORT_TRIES = 3
const RESTART_PAUSES_MS = [100, 500, 1_000, 2_000, 5_000]

export async function startEmbeddedMongo(options: EmbeddedMongoOptions): Promise<EmbeddedMongo> {
  const dataDir = resolve(options.dataDir)
  const claim = claimDataFolder(dataDir)
  try {
    const storage = join(dataDir, 'db')
    if (await endLeftover(dataDir, storage))
      options.say('ended a database that an earlier server had left behind')
    const recorded = readEngineRecord(dataDir)
    const engine = await chooseEngine({ ...options, dataDir }, recorded)
    mkdirSync(storage, { recursive: true, mode: 0o700 })
    if (recorded === null) writeEngineRecord(dataDir, engine)
    const waiting = {
      dataDir,
      storage,
      readyWithinMs: options.readyWithinMs ?? READY_WITHIN_MS,
      say: options.say,
    }
    const first = await startOnFreePort(engine, waiting)
    const keeper = keepRunning(engine, first, waiting)
    return {
      uri: uriOf(first.port),
      engine: { name: engine.name, version: engine.version },
      isNew: recorded === null,
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

interface Waiting {
  dataDir: string
  storage: string
  readyWithinMs: number
  say(line: string): void
}

interface Running {
  port: number
  engineProcess: EngineProcess
}

async function startOnFreePort(engine: Engine, waiting: Waiting): Promise<Running> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(await freePort(), engine, waiting)
    } catch (error) {
      // Between finding a free port and its use another program may have taken it: that ends the engine at once.
      const portTaken = error instanceof EngineEnded && /in use/i.test(error.lastWords)
      if (!portTaken || attempt === PORT_TRIES) throw error
    }
  }
}

async function startOn(port: number, engine: Engine, waiting: Waiting): Promise<Running> {
  const args = engine.name === 'mongod' ? mongodArgs(port, waiting) : secantusArgs(port, waiting)
  const engineProcess = await runEngine(engine.binary, args, waiting.dataDir)
  try {
    await untilReady(port, engine, engineProcess, waiting)
    return { port, engineProcess }
  } catch (error) {
    await engineProcess.stop()
    throw error
  }
}

function keepRunning(engine: Engine, first: Running, waiting: Waiting) {
  let current = first
  let restarting: Promise<void> = Promise.resolve()
  const stopping = new AbortController()

  const watchOver = () => {
    void current.engineProcess.ended.then(() => {
      if (stopping.signal.aborted) return
      waiting.say(`the database ended by itself (${current.engineProcess.lastWords()}); starting it again`)
      restarting = restart()
    })
  }
  const restart = async () => {
    for (let attempt = 0; !stopping.signal.aborted; attempt++) {
      const wait = RESTART_PAUSES_MS[Math.min(attempt, RESTART_PAUSES_MS.length - 1)]
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      try {
        // The same port, so that connections that are waiting find it again by themselves.
        current = await startOn(first.port, engine, waiting)
        waiting.say('the database is back')
        return watchOver()
      } catch (error) {
        waiting.say(`the database does not start: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  watchOver()
  return {
    pid: () => current.engineProcess.pid,
    stop: async () => {
      stopping.abort()
      await restarting
      await current.engineProcess.stop()
    },
  }
}

function secantusArgs(port: number, { storage }: Waiting): string[] {
  const where = ['--host', '127.0.0.1', '--port', String(port), '--storage-path', storage]
  // The default log file is 2 GB: allocated in every data folder and slow to read back after a kill.
  const sizes = ['--log-file-max', '64MB', '--cache-size', '256M']
  return [...where, '--sync-on-commit', ...sizes, '--log-level', 'WARNING']
}

function mongodArgs(port: number, { storage }: Waiting): string[] {
  const where = ['--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', storage]
  return [...where, '--replSet', SET_NAME, '--wiredTigerCacheSizeGB', '0.25', '--quiet']
}

function uriOf(port: number) {
  return `mongodb://127.0.0.1:${port}/`
}

class EngineEnded extends CannotStart {
  constructor(
    engine: Engine,
    readonly lastWords: string,
    log: string,
  ) {
    super(
      `The embedded database (${engine.name} ${engine.version}) ended at once: ${lastWords} (more in ${log})`,
    )
  }
}

async function untilReady(port: number, engine: Engine, engineProcess: EngineProcess, waiting: Waiting) {
  const begun = performance.now()
  const log = join(waiting.dataDir, 'engine.log')
  const name = `${engine.name} ${engine.version}`
  let sayNext = SAY_AFTER_MS
  while (!(await isPrimary(port))) {
    const waited = performance.now() - begun
    if (engineProcess.hasEnded()) throw new EngineEnded(engine, engineProcess.lastWords(), log)
    if (waited > waiting.readyWithinMs) {
      throw new CannotStart(
        `${name} did not open ${waiting.storage} within ${waiting.readyWithinMs / 1000} s; see ${log}`,
      )
    }
    if (waited > sayNext) {
      waiting.say(`waiting for ${name} to open ${waiting.storage} (${Math.round(waited / 1000)} s)`)
      sayNext += 5_000
    }
    await pause(20)
  }
}

/** One attempt with a client of its own: one whose first connection failed may stay silent for ever. */
async function isPrimary(port: number): Promise<boolean> {
  if (!(await answers(port))) return false
  const client = new mongoose.mongo.MongoClient(uriOf(port), {
    directConnection: true,
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 10_000,
  })
  try {
    await client.connect()
    return await becomePrimary((command) => client.db('admin').command(command), `127.0.0.1:${port}`)
  } catch {
    return false
  } finally {
    await client.close()
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}
