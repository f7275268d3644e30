/** Commands for operators, as processes of their own: `npm run backup` and its like. */
import { resolve } from 'node:path'
import type { Test } from 'tap'
import { run } from './processes.js'

export const BACKUP_KEY = 'a key of the backups of these tests'

export interface CommandOptions {
  dataDir: string
  env?: Record<string, string>
}

/** Begins it. */
export function begin(t: Test, name: string, args: string[], { dataDir, env = {} }: CommandOptions) {
  const program = [resolve('scripts/run.mjs'), `operations/${name}`, ...args]
  return run(t, process.execPath, program, { dataDir, env: { BACKUP_KEY, ...env } })
}

/** Runs it to its end. */
export async function command(t: Test, name: string, args: string[], options: CommandOptions) {
  const program = begin(t, name, args, options)
  const { code } = await program.ended
  return { code, output: program.output() }
}

/** The last line of what it said: why it was refused. */
export function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? ''
}
