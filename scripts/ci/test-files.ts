/**
 * Runs compiled test files, each in a process of its own and several at a time, and reads their TAP. Plain `node`
 * instead of `tap run`, because tap's loader hooks cost each file, and each program it starts, up to two seconds.
 */
import { spawn } from 'node:child_process'
import { type FinalResults, Parser } from 'tap-parser'

/** After this long tap ends a file and prints what it was waiting for. */
const TIMEOUT_S = 400
const KILL_AFTER_MS = (TIMEOUT_S + 10) * 1000

export interface FileResult {
  file: string
  passed: number
  failed: number
  /** How the process of a file that failed ended. */
  exit?: string
  /** All of stdout and stderr. */
  output: string
  ms: number
}

interface RunOptions {
  /** Names of sources. */
  files: string[]
  /** The compiled program of a source. */
  programOf(file: string): string
  jobs: number
  env: NodeJS.ProcessEnv
  /** When it is aborted no further file begins, and those that run are ended. */
  signal: AbortSignal
  onEnd(result: FileResult): void
}

export async function runTestFiles({ files, programOf, jobs, env, signal, onEnd }: RunOptions) {
  const waiting = [...files]
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined && !signal.aborted; file = waiting.shift())
      onEnd(await runFile(file, programOf(file), env, signal))
  }
  await Promise.all(Array.from({ length: jobs }, work))
}

async function runFile(
  file: string,
  program: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<FileResult> {
  const began = performance.now()
  const child = spawn(process.execPath, ['--enable-source-maps', program], {
    env: { ...env, TAP: '1', TAP_TIMEOUT: String(TIMEOUT_S) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = () => child.kill('SIGTERM')
  signal.addEventListener('abort', end)
  const deadline = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)

  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const parser = new Parser()
  const results = new Promise<FinalResults>((resolve) => parser.once('complete', resolve))
  child.stdout.pipe(parser)
  const exit = await new Promise<string>((resolve) => {
    child.once('close', (code, killedBy) => resolve(String(code ?? killedBy)))
    child.once('error', (error) => resolve(error.message))
  })
  clearTimeout(deadline)
  signal.removeEventListener('abort', end)
  return { file, ...judge(await results, exit), output, ms: Math.round(performance.now() - began) }
}

/** Counts what stands at the top level of a file: the tests, not their assertions. */
export function judge(
  { ok, pass, fail }: Pick<FinalResults, 'ok' | 'pass' | 'fail'>,
  exit: string,
): Pick<FileResult, 'passed' | 'failed' | 'exit'> {
  if (fail > 0) return { passed: pass, failed: fail, exit }
  if (exit === '0' && ok && pass > 0) return { passed: pass, failed: 0 }
  // Not in one of its tests: the file does not load, runs too long, or has none.
  return { passed: pass, failed: 1, exit }
}
