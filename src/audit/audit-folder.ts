/**
 * How the log lies on the disk: a folder for each instance, in it files whose names begin with the number of their first
 * line, so that their order is that of the chain, and `head.json`, which says where the chain stood last.
 */
import { mkdirSync } from 'node:fs'
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Claim, claimDataFolder } from '../database/embedded/folder-lock.js'
import { CannotStart } from '../database/startup-error.js'
import {
  type AuditKey,
  BEGINNING,
  type ChainEnd,
  headText,
  isSignedBy,
  readHead,
  readLine,
} from './audit-line.js'

export interface AuditFile {
  name: string
  path: string
  /** Number of its first line. */
  first: number
  day: string
  size: number
}

const NAME = /^(\d{12})-(\d{4}-\d\d-\d\d)(\.\d+)?\.jsonl$/
const HEAD = 'head.json'
const MAX_INSTANCES = 1_000

/** A name that is not taken: what is there already is never written to by mistake. */
export function freeName(first: number, day: string, files: readonly AuditFile[]): string {
  const name = `${String(first).padStart(12, '0')}-${day}`
  const taken = files.filter((file) => file.name.startsWith(name)).length
  return taken === 0 ? `${name}.jsonl` : `${name}.${taken}.jsonl`
}

/** In the order of the chain. */
export async function auditFiles(folder: string): Promise<AuditFile[]> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const [, first = '', day = ''] = NAME.exec(name) ?? []
      const path = join(folder, name)
      return { name, path, first: Number(first), day, size: (await stat(path)).size }
    }),
  )
}

/** Whole lines, and what stands behind the last of them: a line whose writing was cut off. */
export async function linesOf(path: string): Promise<{ lines: string[]; torn: string }> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  const torn = lines.pop() ?? ''
  return { lines, torn }
}

/** Where the last whole line stands, and whether something unfinished follows it. */
export async function lastLineOf(path: string): Promise<{ hash: string | null; torn: boolean }> {
  const { lines, torn } = await linesOf(path)
  return { hash: readLine(lines.at(-1) ?? '')?.hash ?? null, torn: torn !== '' }
}

/**
 * Where the chain goes on: at its head, or at the last of the signed lines that follow it, which were written in the
 * second before the process was killed. Fewer lines than the head knows of leave it where the head is, and what is
 * missing stays missing.
 */
export async function endAfter(
  head: ChainEnd,
  files: readonly AuditFile[],
  keys: readonly AuditKey[],
): Promise<ChainEnd> {
  let end = head
  // A second's lines never fill more than one file.
  for (const { path } of files.slice(-2)) {
    for (const text of (await linesOf(path)).lines) {
      const line = readLine(text)
      if (line?.n !== end.n + 1 || line.prev !== end.hash) continue
      if (keys.some((key) => key.kid === line.kid && isSignedBy(line, key))) end = line
    }
  }
  return { n: end.n, hash: end.hash }
}

/** Empty when there is none. */
export async function headIn(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, HEAD), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

export async function writeHead(folder: string, text: string): Promise<void> {
  const whole = join(folder, `${HEAD}.new`)
  await writeFile(whole, `${text}\n`, { mode: 0o600 })
  await rename(whole, join(folder, HEAD))
}

/**
 * The first folder of this name that no running process writes to and whose chain is ours to go on with: a restart
 * continues its own.
 */
export async function claimInstance(
  folder: string,
  name: string,
  keys: readonly AuditKey[],
): Promise<{ folder: string; claim: Claim; head: ChainEnd }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (let number = 1; number <= MAX_INSTANCES; number++) {
    const own = join(folder, `${name}-${number}`)
    const claim = claimOf(own)
    if (!claim) continue
    try {
      const head = await headToContinue(own, keys)
      if (head) return { folder: own, claim, head }
    } catch (error) {
      claim.release()
      throw error
    }
    claim.release()
  }
  throw new Error(`More than ${MAX_INSTANCES} chains lie in ${folder}`)
}

function claimOf(folder: string): Claim | null {
  try {
    return claimDataFolder(folder)
  } catch (error) {
    if (error instanceof CannotStart) return null
    throw error
  }
}

/** Null for a chain whose head is gone or signed by a key we do not have: what is appended there would vouch for it. */
async function headToContinue(folder: string, keys: readonly AuditKey[]): Promise<ChainEnd | null> {
  const text = await headIn(folder)
  if (text !== '') return readHead(text, keys)
  const [current] = keys
  if (!current || (await auditFiles(folder)).length > 0) return null
  await writeHead(folder, headText(BEGINNING, current))
  return BEGINNING
}
