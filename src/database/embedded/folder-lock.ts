/**
 * One server at a time in a data folder. The claim is a file that names its owner's process; a claim whose owner
 * is gone (SIGKILL, power cut) is cleared by the next start.
 */
import {
  linkSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { CannotStart } from '../startup-error.js'
import { isProcessMark, isRunning, markOf, type ProcessMark } from './process-identity.js'

const CLEARING_IS_STALE_AFTER_MS = 10_000

export interface Claim {
  release(): void
}

export function claimDataFolder(dataDir: string): Claim {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const claim = join(dataDir, 'server.lock')
  const mine = join(dataDir, `server.lock.${process.pid}`)
  writeFileSync(mine, JSON.stringify(markOf(process.pid)))
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      // A link either makes the claim with its whole content or fails: there is no half-written claim to misread.
      if (succeeds('EEXIST', () => linkSync(mine, claim))) return { release: () => release(claim) }
      const owner = ownerOf(claim)
      if (owner !== null && isRunning(owner)) throw inUse(dataDir, owner)
      clearDeadClaim(claim)
    }
  } finally {
    rmSync(mine, { force: true })
  }
  throw new CannotStart(
    `The data folder ${dataDir} is being taken by another server at this moment; try again.`,
  )
}

/** Only inside this guard is a claim removed, or two starts could each remove what the other has just made. */
function clearDeadClaim(claim: string) {
  const guard = `${claim}.clearing`
  if (!succeeds('EEXIST', () => mkdirSync(guard))) {
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > CLEARING_IS_STALE_AFTER_MS) succeeds('ENOENT', () => rmdirSync(guard))
    return
  }
  try {
    const owner = ownerOf(claim)
    if (owner === null || !isRunning(owner)) rmSync(claim, { force: true })
  } finally {
    succeeds('ENOENT', () => rmdirSync(guard))
  }
}

function release(claim: string) {
  if (ownerOf(claim)?.pid === process.pid) succeeds('ENOENT', () => unlinkSync(claim))
}

function ownerOf(claim: string): ProcessMark | null {
  try {
    const owner: unknown = JSON.parse(readFileSync(claim, 'utf8'))
    return isProcessMark(owner) ? owner : null
  } catch {
    return null
  }
}

function inUse(dataDir: string, owner: ProcessMark) {
  return new CannotStart(
    `The data folder ${dataDir} is in use by the server with process id ${owner.pid}; stop that one, or give this one a DATA_DIR of its own.`,
  )
}

function succeeds(exceptFor: string, step: () => void): boolean {
  try {
    step()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === exceptFor) return false
    throw error
  }
}
