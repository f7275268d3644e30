/** Programs of ours as processes of their own, so that signals, exit codes and output are the real ones. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { temporaryFolder } from './database.js'
import { pathWithoutMongod } from './engines.js'

export interface Program {
  pid: number
  /** The folder of its own that it was given as DATA_DIR. */
  dataDir: string
  /** All of stdout and stderr so far. */
  output(): string
  /** The first match in the output, as soon as it is there; throws when the program ends without it. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  kill(signal: NodeJS.Signals): void
}

export interface ProgramOptions {
  env?: Record<string, string>
  dataDir?: string
  /** As a terminal starts it: a process group that a Ctrl-C reaches whole. */
  ownGroup?: boolean
  /** Where its output goes instead, as file descriptors; `output()` and `says()` know nothing of that. */
  stdout?: number
  stderr?: number
}

export function run(t: Test, command: string, args: string[], options: ProgramOptions = {}): Program {
  const dataDir = options.dataDir ?? temporaryFolder(t)
  const child = spawn(command, args, {
    env: { ...surroundings(), DATA_DIR: dataDir, ...options.env },
    stdio: ['ignore', options.stdout ?? 'pipe', options.stderr ?? 'pipe'],
    detached: options.ownGroup ?? false,
  })
  let output = ''
  const watchers = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const watch of watchers) watch()
    })
  }
  const ended = ending(child)
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
  })
  return {
    pid: child.pid ?? 0,
    dataDir,
    output: () => output,
    ended,
    kill: (signal) => {
      if (options.ownGroup) process.kill(-(child.pid ?? 0), signal)
      else child.kill(signal)
    },
    says: (pattern) =>
      new Promise((found, failed) => {
        const watch = () => {
          const match = pattern.exec(output)
          if (match !== null) {
            watchers.delete(watch)
            found(match)
          }
        }
        watchers.add(watch)
        watch()
        void ended.then(() => {
          watch()
          failed(new Error(`ended without saying ${pattern}:\n${output}`))
        })
      }),
  }
}

/** A whole server on a free port, as `npm start` runs it. */
export function runServer(t: Test, options: ProgramOptions = {}): Program & { url(): Promise<string> } {
  const program = run(t, process.execPath, [resolve('scripts/start.mjs')], options)
  return {
    ...program,
    url: async () => (await program.says(/Slotcast +(http:\S+)/))[1] ?? '',
  }
}

/** Between two looks at the table of processes, which tells nobody when it changes. */
const LOOK_AGAIN_MS = 50

/** Settles when no process with this text in its command line is left. */
export async function untilNoneWith(text: string): Promise<void> {
  while (commandLines().some(({ line }) => line.includes(text))) await pause(LOOK_AGAIN_MS)
}

/** How long a process has been busy so far: what it takes of a machine that others use too. Null where /proc is not. */
export function busyMs(pid: number): number | null {
  if (process.platform !== 'linux') return null
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  return (Number(user) + Number(system)) * 10
}

export function commandLines(): { pid: number; line: string }[] {
  const all = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).stdout
  return all
    .split('\n')
    .map((row) => /^ *(\d+) (.*)$/.exec(row))
    .filter((match) => match !== null)
    .map(([, pid, line]) => ({ pid: Number(pid), line: line ?? '' }))
}

/** Nothing of this machine's settings reaches the program, the database of the test run neither. */
function surroundings(): Record<string, string> {
  const kept = ['HOME', 'LANG', 'TMPDIR', 'PIP_CONFIG_FILE', 'npm_config_cache']
  const env: Record<string, string> = { PATH: pathWithoutMongod(), PORT: '0', LOG_LEVEL: 'warn' }
  for (const name of kept) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return env
}

function ending(child: ChildProcess): Program['ended'] {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
    child.once('error', () => resolve({ code: null, signal: null }))
  })
}
