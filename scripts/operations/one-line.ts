/** How commands for operators end: code 0, or code 1 and one line that says why. */
import { CopyFailed } from '../../src/backup/copy-failed.js'
import { BadSettings } from '../../src/config.js'
import { CannotStart } from '../../src/database/startup-error.js'

/** Of files, and of a connection that was lost in the middle. */
const FILE_FAULTS = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'ENOENT',
  'EISDIR',
  'ENOSPC',
  'EDQUOT',
  'EIO',
])

export const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** `work` says whether all is well. A Ctrl-C aborts the signal; a second one ends the process at once. */
export async function runOperation(work: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      if (interrupted.signal.aborted) process.exit(1)
      interrupted.abort()
    })
  try {
    process.exitCode = (await work(interrupted.signal)) ? 0 : 1
  } catch (error) {
    const line = lineOf(error)
    if (line === null) throw error
    process.stderr.write(`${line}\n`)
    process.exitCode = 1
  }
}

function lineOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if (error instanceof CopyFailed || error instanceof CannotStart || error instanceof BadSettings)
    return error.message
  if ('code' in error && FILE_FAULTS.has(String(error.code))) return error.message
  if (error.name.startsWith('Mongo')) return `The database has failed: ${error.message}`
  return null
}
