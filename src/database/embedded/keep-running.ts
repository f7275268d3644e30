/**
 * Keeps the embedded database serving: starts it again on the same port when it has ended, when it answers that it is
 * broken, or when it has been silent for long.
 *
 * An engine that could not write (a full disk) goes on running and refuses everything, also after there is room again;
 * only a start mends it. So a small durable write is tried every few seconds. Three refusals in a row are a broken
 * engine. Silence is another matter: a process that was stopped may be continued, and a slow disk gets there.
 */
import { statfsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import mongoose from 'mongoose'
import { uriFor } from './engine-login.js'
import { type Place, type Running, startOn } from './engine-start.js'
import type { Engine } from './engines.js'

export interface Keeper {
  /** Of the database process as it is now. */
  pid(): number
  stop(): Promise<void>
}

type Health = 'serves' | 'silent' | { broken: string }

const RESTART_PAUSES_MS = [100, 500, 1_000, 2_000, 5_000, 10_000]
const PROBE_EVERY_MS = 3_000
const PROBE_AGAIN_MS = 500
const REFUSALS = 3
/** A minute: an engine that breaks again sooner is waited for longer each time. */
const PROBES_UNTIL_WELL = 20
/** The engine lays out a log file of 64 MB, and its data beside it. */
const LITTLE_ROOM = 128 * 1_048_576

export function keepRunning(engine: Engine, first: Running, place: Place): Keeper {
  let current = first
  let failures = 0
  const stopping = new AbortController()
  const waited = (ms: number) => pause(ms, undefined, { signal: stopping.signal }).catch(() => {})

  const restart = async () => {
    for (; !stopping.signal.aborted; failures++) {
      await waited(RESTART_PAUSES_MS[Math.min(failures, RESTART_PAUSES_MS.length - 1)] ?? 0)
      if (stopping.signal.aborted) return
      try {
        // The same port, so that connections that are waiting find it again by themselves.
        current = await startOn(first.port, engine, place, stopping.signal)
        failures++
        return place.say('the database is back')
      } catch (error) {
        if (stopping.signal.aborted) return
        const why = error instanceof Error ? error.message : String(error)
        place.say(`the database does not start: ${why}; ${roomIn(place.storage)}`)
      }
    }
  }

  /** Until it has ended, by itself or because it was broken. */
  const watchOver = async ({ port, engineProcess }: Running) => {
    const over = new AbortController()
    const ended = engineProcess.ended.then(() => over.abort())
    const unwell = await untilUnwell(port, place, {
      signal: AbortSignal.any([over.signal, stopping.signal]),
      onWell: () => {
        failures = 0
      },
    })
    if (unwell !== null) {
      place.say(`the database ${unwell}; ${roomIn(place.storage)}; starting it again`)
      // Whatever was acknowledged is on the disk, and an engine in this state may not hear anything gentler.
      engineProcess.kill()
      await ended
    } else if (!stopping.signal.aborted) {
      const last = engineProcess.lastWords()
      place.say(`the database ended by itself (${last}); ${roomIn(place.storage)}; starting it again`)
    }
  }

  const kept = (async () => {
    while (!stopping.signal.aborted) {
      await watchOver(current)
      await restart()
    }
  })()
  return {
    pid: () => current.engineProcess.pid,
    stop: async () => {
      stopping.abort()
      await kept
      await current.engineProcess.stop()
    },
  }
}

interface Watching {
  signal: AbortSignal
  onWell(): void
}

/** What is wrong with it, or null as soon as the signal says that nobody wants to know any more. */
async function untilUnwell(port: number, place: Place, { signal, onWell }: Watching): Promise<string | null> {
  const client = new mongoose.mongo.MongoClient(uriFor(port, place.login), {
    directConnection: true,
    maxPoolSize: 1,
    serverSelectionTimeoutMS: place.silentSeconds * 1_000,
    retryWrites: false,
  })
  try {
    for (let refusals = 0, served = 0; ; ) {
      const ms = refusals === 0 ? PROBE_EVERY_MS : PROBE_AGAIN_MS
      await pause(ms, undefined, { signal }).catch(() => {})
      const health = signal.aborted ? 'serves' : await healthOf(client, place.silentSeconds, signal)
      if (signal.aborted) return null
      if (health === 'silent') return `has not answered for ${place.silentSeconds} s`
      if (health === 'serves') {
        refusals = 0
        if (++served === PROBES_UNTIL_WELL) onWell()
      } else {
        served = 0
        if (++refusals === REFUSALS) return `is broken (it refuses a write: ${health.broken})`
      }
    }
  } finally {
    await client.close().catch(() => {})
  }
}

async function healthOf(
  client: mongoose.mongo.MongoClient,
  silentSeconds: number,
  signal: AbortSignal,
): Promise<Health> {
  const write = () =>
    client
      .db('slotcast_engine')
      .collection<{ _id: string; written: number }>('probe')
      .updateOne(
        { _id: 'probe' },
        { $inc: { written: 1 } },
        { upsert: true, writeConcern: { w: 'majority', journal: true } },
      )
      .then((): Health => 'serves', healthByError)
  const second = () => pause(1_000, 'waiting' as const, { signal }).catch(() => 'waiting' as const)
  // Seconds are counted one by one: a server that was stopped itself has not waited all that time.
  for (let answer = write(), waited = 0; waited < silentSeconds && !signal.aborted; waited++) {
    const health = await Promise.race([answer, second()])
    if (health === null) {
      await second()
      answer = write()
    } else if (health !== 'waiting') return health
  }
  return 'silent'
}

/** Only an answer of the engine is a refusal. A lost connection, which is null, is tried again, or is silence. */
function healthByError(error: unknown): Health | null {
  const isAnswer = error instanceof Error && error.name === 'MongoServerError'
  if (!isAnswer) return null
  const name = 'codeName' in error && typeof error.codeName === 'string' ? error.codeName : 'no name'
  return { broken: name }
}

/** For whoever reads the log, because a full disk is the usual reason. Never a fault of its own. */
function roomIn(folder: string): string {
  try {
    const { bavail, bsize } = statfsSync(folder)
    const bytes = bavail * bsize
    return `${bytes} bytes are free in ${folder}${bytes < LITTLE_ROOM ? ', make room there' : ''}`
  } catch {
    return `${folder} cannot be looked into`
  }
}
