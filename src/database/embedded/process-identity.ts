/**
 * Which process a pid meant when it was written down. Pids are given out again, so a pid alone never proves
 * anything: the moment the process started has to match too.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface ProcessMark {
  pid: number
  /** The system's own words for when it started; only ever compared. */
  started: string
}

/** The mark of a running process, or null when there is none (a zombie counts as gone). */
export function markOf(pid: number): ProcessMark | null {
  const started = process.platform === 'linux' ? startedByProc(pid) : startedByPs(pid)
  return started === null ? null : { pid, started }
}

export function isRunning(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.started === mark.started
}

export function commandLineOf(pid: number): string | null {
  if (process.platform !== 'linux') return ps(pid, 'command=')
  const line = readProc(`/proc/${pid}/cmdline`)
  return line === null ? null : line.replaceAll('\0', ' ').trim()
}

export function isProcessMark(value: unknown): value is ProcessMark {
  if (typeof value !== 'object' || value === null) return false
  return (
    'pid' in value &&
    Number.isSafeInteger(value.pid) &&
    'started' in value &&
    typeof value.started === 'string'
  )
}

function startedByProc(pid: number): string | null {
  const stat = readProc(`/proc/${pid}/stat`)
  // The second field is the program's name in brackets and may hold spaces and brackets itself.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const state = fields?.[0]
  const ticks = fields?.[19]
  if (state === undefined || ticks === undefined || state === 'Z' || state === 'X') return null
  // Ticks count from boot, so a boot is part of the moment.
  const boot = readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
  return `${boot} ${ticks}`
}

function startedByPs(pid: number): string | null {
  const state = ps(pid, 'state=')
  return state === null || state.startsWith('Z') ? null : ps(pid, 'lstart=')
}

function ps(pid: number, column: string): string | null {
  const { status, stdout } = spawnSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' })
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : null
}

function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
