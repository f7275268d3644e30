/**
 * Owns: one running database process, its record in the data folder, and its end.
 * Never: decides which program runs, or speaks the database's protocol.
 *
 * The database must never outlive its server unnoticed, because its folder would stay locked and its port taken:
 * - a stop ends it, gently first;
 * - a watcher (`sh`, reading a pipe that only this process holds open) ends it when this process is gone, SIGKILL included;
 * - if the watcher went the same way, the next start finds the record, makes sure that the process is ours, and ends it.
 * Both run in groups of their own: a Ctrl-C reaches the server alone, which needs the database until it has drained.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Environment, engineEnvironment } from './environments.js'
import { commandLineOf, isProcessMark, isRunning, markOf, type ProcessMark } from './process-identity.js'

const GENTLE_MS = 6_000
const LOG_KEPT_BYTES = 1_048_576

/** Waits for the end of its input, then ends the process it was given. */
const WATCH = `cat >/dev/null
kill -TERM "$1" 2>/dev/null
for second in 1 2 3 4 5 6; do sleep 1; kill -0 "$1" 2>/dev/null || exit 0; done
kill -KILL "$1" 2>/dev/null`

export interface EngineProcess {
  readonly pid: number
  /** Settles when the process has ended, however that came about. */
  readonly ended: Promise<void>
  hasEnded(): boolean
  /** What it last said, for the line that explains why it did not come. */
  lastWords(): string
  /** Gently, then not. */
  stop(): Promise<void>
  /** At once; `ended` says when it is done. */
  kill(): void
}

export interface Surroundings {
  dataDir: string
  env: Environment
  /** Where it serves with the password in the data folder; none of an engine that only learns it. */
  port?: number
}

export async function runEngine(
  binary: string,
  args: string[],
  { dataDir, env, port }: Surroundings,
): Promise<EngineProcess> {
  const logFile = join(dataDir, 'engine.log')
  const logBegin = logSize(logFile) > LOG_KEPT_BYTES ? 0 : logSize(logFile)
  const log = openSync(logFile, logBegin === 0 ? 'w' : 'a', 0o600)
  const engine = spawnForOwner(binary, args, {
    stdio: ['ignore', log, log],
    detached: true,
    env: engineEnvironment(env),
  })
  closeSync(log)
  let over = false
  const ended = ending(engine).finally(() => {
    over = true
  })
  try {
    await once(engine, 'spawn')
  } catch (error) {
    await ended
    throw error
  }
  const pid = Number(engine.pid)
  try {
    writeRecord(dataDir, pid, port)
  } catch (error) {
    // On a full disk. Without a record nobody would find it, and it would keep the port and the data to itself.
    engine.kill('SIGKILL')
    await ended
    throw error
  }
  const watcher = watch(pid, env)
  const done = ended.then(() => {
    watcher.kill('SIGKILL')
    rmSync(recordPath(dataDir), { force: true })
  })
  return {
    pid,
    ended: done,
    hasEnded: () => over,
    lastWords: () => lastLine(logFile, logBegin),
    stop: async () => {
      if (!over) engine.kill('SIGTERM')
      const gentle = new AbortController()
      await Promise.race([done, pause(GENTLE_MS, undefined, { signal: gentle.signal }).catch(() => {})])
      gentle.abort()
      if (!over) engine.kill('SIGKILL')
      await done
    },
    kill: () => void engine.kill('SIGKILL'),
  }
}

/** What the engine creates is its owner's alone: a child takes over the mask that is set while it is made. */
function spawnForOwner(binary: string, args: string[], options: SpawnOptions): ChildProcess {
  const before = process.umask(0o077)
  try {
    return spawn(binary, args, options)
  } finally {
    process.umask(before)
  }
}

/** Ends a database that an earlier server left behind in this folder. Says whether there was one. */
export async function endLeftover(dataDir: string, storagePath: string): Promise<boolean> {
  const left = readRecord(dataDir)
  if (left === null) return false
  const ours = () => isRunning(left) && commandLineOf(left.pid)?.includes(storagePath) === true
  const found = ours()
  if (found) {
    signal(left.pid, 'SIGTERM')
    for (let waited = 0; waited < GENTLE_MS && ours(); waited += 20) await pause(20)
    if (ours()) signal(left.pid, 'SIGKILL')
    for (let waited = 0; waited < GENTLE_MS && ours(); waited += 20) await pause(20)
  }
  rmSync(recordPath(dataDir), { force: true })
  return found
}

function watch(pid: number, env: Environment): ChildProcess {
  const watcher = spawn('sh', ['-c', WATCH, 'slotcast-watcher', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: engineEnvironment(env),
  })
  // No `sh`: then the record alone has to do. A watcher that ends first closes its pipe: nothing to tell.
  watcher.on('error', () => {})
  watcher.stdin?.on('error', () => {})
  watcher.unref()
  return watcher
}

function ending(engine: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    engine.once('exit', () => resolve())
    engine.once('error', () => resolve())
  })
}

function recordPath(dataDir: string) {
  return join(dataDir, 'engine-process.json')
}

function writeRecord(dataDir: string, pid: number, port: number | undefined) {
  const mark = markOf(pid)
  if (mark === null) return
  writeFileSync(recordPath(dataDir), `${JSON.stringify({ ...mark, port })}\n`, { mode: 0o600 })
}

/** The port of the engine that serves this folder now, whoever has started it; null where none does. */
export function servingPort(dataDir: string, storagePath: string): number | null {
  const found = readRecord(dataDir)
  if (found?.port === undefined || !isRunning(found)) return null
  return commandLineOf(found.pid)?.includes(storagePath) === true ? found.port : null
}

function readRecord(dataDir: string): (ProcessMark & { port?: number }) | null {
  try {
    const mark: unknown = JSON.parse(readFileSync(recordPath(dataDir), 'utf8'))
    return isProcessMark(mark) ? mark : null
  } catch {
    return null
  }
}

function signal(pid: number, name: NodeJS.Signals) {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself in between.
  }
}

function logSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function lastLine(file: string, from: number): string {
  const lines = readFileSync(file).subarray(from).toString('utf8').trim().split('\n')
  return (lines.at(-1) ?? '').slice(0, 300)
}
