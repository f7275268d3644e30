/**
 * Starts an engine on a storage and waits until it serves: as the server's database, with a password, or for a moment
 * behind a private door, where it learns that password.
 */
import { connect, type NetConnectOpts } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import mongoose from 'mongoose'
import { codeOf } from '../error-codes.js'
import { CannotStart } from '../startup-error.js'
import { becomePrimary, SET_NAME } from './become-primary.js'
import {
  certificateDoor,
  type Login,
  makeOnlyUser,
  type PrivateDoor,
  socketDoor,
  uriFor,
} from './engine-login.js'
import { type EngineProcess, runEngine } from './engine-process.js'
import type { Engine } from './engines.js'
import type { Environment } from './environments.js'
import { freePort } from './free-port.js'

export interface Place {
  dataDir: string
  storage: string
  login: Login
  readyWithinMs: number
  silentSeconds: number
  /** What the engine's own environment is taken from. */
  env: Environment
  say(line: string): void
}

export interface Running {
  port: number
  engineProcess: EngineProcess
}

type Client = mongoose.mongo.MongoClient

const SAY_AFTER_MS = 2_000
const PORT_TRIES = 3
const AUTHENTICATION_FAILED = 18

/** The engine runs, and its storage does not know our user by this password. */
export class LoginRefused extends CannotStart {
  constructor({ storage, login }: Place) {
    super(`The database in ${storage} does not accept the password in ${login.file}.`)
  }
}

class LoginNotTaken extends CannotStart {
  constructor({ dataDir, storage }: Place, codeName: string | undefined) {
    super(
      `The database in ${storage} does not take a password (${codeName}); is the disk full? See ${join(dataDir, 'engine.log')}.`,
    )
  }
}

export async function startOnFreePort(engine: Engine, place: Place): Promise<Running> {
  return onFreePort((port) => startOn(port, engine, place))
}

/** Fails as soon as the signal is aborted, and ends the engine at once: it has served nobody yet. */
export async function startOn(
  port: number,
  engine: Engine,
  place: Place,
  signal?: AbortSignal,
): Promise<Running> {
  const args = engine.name === 'mongod' ? mongodArgs(port, place) : secantusArgs(port, place)
  const engineProcess = await runEngine(engine.binary, args, { ...place, port })
  const kill = () => engineProcess.kill()
  signal?.addEventListener('abort', kill, { once: true })
  if (signal?.aborted) kill()
  try {
    await untilTrue(() => isPrimary(port, place), engine, engineProcess, place)
    return { port, engineProcess }
  } catch (error) {
    await engineProcess.stop()
    throw error
  } finally {
    signal?.removeEventListener('abort', kill)
  }
}

/** The storage knows our user afterwards; the engine is ended, so that all of it is on the disk. */
export async function teachLogin(engine: Engine, place: Place): Promise<void> {
  await onFreePort(async (port) => {
    const isMongod = engine.name === 'mongod'
    const door = isMongod ? socketDoor() : certificateDoor(place.dataDir, port)
    try {
      const storage = isMongod ? mongodStorage(place) : secantusStorage(place)
      const args = isMongod ? ['--port', String(port), ...door.args, ...storage] : [...door.args, ...storage]
      const engineProcess = await runEngine(engine.binary, args, place)
      try {
        const taught = async () =>
          (await answers(door.at)) &&
          (await withClient(
            door,
            async (client) => {
              await makeOnlyUser(client, place.login)
              return true
            },
            (error) => {
              if (error instanceof mongoose.mongo.MongoServerError)
                throw new LoginNotTaken(place, error.codeName)
            },
          ))
        await untilTrue(taught, engine, engineProcess, place)
      } finally {
        await engineProcess.stop()
      }
    } finally {
      door.close()
    }
  })
}

async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort())
    } catch (error) {
      // Between finding a free port and its use another program may have taken it: that ends the engine at once.
      const portTaken = error instanceof EngineEnded && /in use/i.test(error.lastWords)
      if (!portTaken || attempt === PORT_TRIES) throw error
    }
  }
}

function secantusArgs(port: number, place: Place): string[] {
  return ['--host', '127.0.0.1', '--port', String(port), '--auth', ...secantusStorage(place)]
}

function secantusStorage({ storage }: Place): string[] {
  // The default log file is 2 GB: allocated in every data folder and slow to read back after a kill.
  const sizes = ['--log-file-max', '64MB', '--cache-size', '256M']
  return ['--storage-path', storage, '--sync-on-commit', ...sizes, '--log-level', 'WARNING']
}

function mongodArgs(port: number, place: Place): string[] {
  const where = ['--bind_ip', '127.0.0.1', '--port', String(port), '--nounixsocket']
  // In a set, a key file is how mongod is told to ask for passwords.
  // What a server left behind that died within a transaction holds others up for no longer than this.
  const transactions = ['--setParameter', 'transactionLifetimeLimitSeconds=5']
  const storage = mongodStorage(place)
  return [...where, ...storage, ...transactions, '--replSet', SET_NAME, '--keyFile', place.login.file]
}

function mongodStorage({ storage }: Place): string[] {
  return ['--dbpath', storage, '--wiredTigerCacheSizeGB', '0.25', '--quiet']
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

async function untilTrue(
  attempt: () => Promise<boolean>,
  engine: Engine,
  engineProcess: EngineProcess,
  place: Place,
) {
  const begun = performance.now()
  const log = join(place.dataDir, 'engine.log')
  const name = `${engine.name} ${engine.version}`
  let sayNext = SAY_AFTER_MS
  while (!(await attempt())) {
    const waited = performance.now() - begun
    if (engineProcess.hasEnded()) throw new EngineEnded(engine, engineProcess.lastWords(), log)
    if (waited > place.readyWithinMs) {
      throw new CannotStart(
        `${name} did not open ${place.storage} within ${place.readyWithinMs / 1000} s; see ${log}`,
      )
    }
    if (waited > sayNext) {
      place.say(`waiting for ${name} to open ${place.storage} (${Math.round(waited / 1000)} s)`)
      sayNext += 5_000
    }
    await pause(20)
  }
}

async function isPrimary(port: number, place: Place): Promise<boolean> {
  if (!(await answers({ port, host: '127.0.0.1' }))) return false
  return withClient(
    { uri: uriFor(port, place.login), options: {} },
    (client) => becomePrimary((command) => client.db('admin').command(command), `127.0.0.1:${port}`),
    (error) => {
      if (codeOf(error) === AUTHENTICATION_FAILED) throw new LoginRefused(place)
    },
  )
}

/** One attempt with a client of its own: one whose first connection failed may stay silent for ever. */
async function withClient(
  { uri, options }: Pick<PrivateDoor, 'uri' | 'options'>,
  work: (client: Client) => Promise<boolean>,
  /** Throws what trying again would not mend. */
  onFault: (error: unknown) => void,
): Promise<boolean> {
  const client = new mongoose.mongo.MongoClient(uri, {
    ...options,
    directConnection: true,
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 10_000,
  })
  try {
    await client.connect()
    return await work(client)
  } catch (error) {
    onFault(error)
    return false
  } finally {
    await client.close()
  }
}

/** Asked before a client is: one that finds nobody waits for seconds before it looks again. */
function answers(at: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(at)
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}
