/** Reads every chain of an audit folder and names what is missing, altered, inserted or out of order. Changes nothing. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type AuditFile, auditFiles, headIn, linesOf } from './audit-folder.js'
import {
  type AuditKey,
  BEGINNING,
  type ChainEnd,
  isSignedBy,
  type ReadLine,
  readHead,
  readLine,
} from './audit-line.js'

export interface AuditReport {
  /** Name of the chain's folder. */
  chain: string
  lines: number
  /** Where it stands; kept elsewhere, it shows later that the whole folder was not put back to an older state. */
  end: ChainEnd
  faults: string[]
  /** What an honest crash leaves behind. */
  notes: string[]
}

/** `seen`: where chains stood earlier, as it was kept elsewhere. */
export async function verifyAudit(
  folder: string,
  keys: readonly AuditKey[],
  seen: ReadonlyMap<string, ChainEnd> = new Map(),
): Promise<AuditReport[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const chains = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const reports: AuditReport[] = []
  for (const chain of [...new Set([...chains, ...seen.keys()])].sort()) {
    const report = chains.includes(chain)
      ? await verifyChain(join(folder, chain), chain, keys, seen.get(chain))
      : { chain, lines: 0, end: BEGINNING, faults: ['the whole chain is missing'], notes: [] }
    reports.push(report)
  }
  return reports
}

async function verifyChain(
  folder: string,
  chain: string,
  keys: readonly AuditKey[],
  seen: ChainEnd | undefined,
): Promise<AuditReport> {
  // Before the lines: a server that writes meanwhile only adds to what the head says.
  const head = readHead(await headIn(folder), keys)
  const files = await auditFiles(folder)
  const check = new ChainCheck(keys, seen)
  for (const file of files) await readFile(file, check)
  check.end(head)
  return { chain, lines: check.lines, end: check.at, faults: check.faults, notes: check.notes }
}

async function readFile(file: AuditFile, check: ChainCheck): Promise<void> {
  const { lines, torn } = await linesOf(file.path)
  for (const [index, text] of lines.entries()) check.take(text, `${file.name}:${index + 1}`)
  if (torn !== '') check.notes.push(`${file.name} ends with an unfinished line: its writing was cut off`)
}

class ChainCheck {
  readonly faults: string[] = []
  readonly notes: string[] = []
  lines = 0
  at: ChainEnd = BEGINNING
  readonly #keys: Map<string, AuditKey>
  /** Places of lines that cannot be trusted, since the last good one. */
  #bad: string[] = []
  /** Number of the first line that must have been dropped on purpose, or is missing. */
  #firstSeen: number | null = null
  #droppedThrough = 0
  /** Lines signed with keys that are not at hand, until a later line vouches for them. */
  #unvouched: { from: number; kid: string } | null = null

  readonly #seen: ChainEnd | undefined

  constructor(keys: readonly AuditKey[], seen: ChainEnd | undefined) {
    this.#seen = seen
    this.#keys = new Map(keys.map((key) => [key.kid, key]))
  }

  take(text: string, place: string): void {
    this.lines++
    const line = readLine(text)
    const key = line && this.#keys.get(line.kid)
    if (!line || (key && !isSignedBy(line, key))) {
      this.#bad.push(place)
      return
    }
    if (this.#firstSeen === null) {
      const first = Math.max(1, line.n - this.#bad.length)
      this.#firstSeen = first
      if (first > 1) this.at = { n: first - 1, hash: line.prev }
    }
    if (line.n <= this.at.n) {
      this.faults.push(`${place}: line ${line.n} comes again or out of its order; it was inserted here`)
      return
    }
    this.#link(line, place)
    this.at = { n: line.n, hash: line.hash }
    if (line.n === this.#seen?.n && line.hash !== this.#seen.hash) {
      this.faults.push(
        `${place}: line ${line.n} is not the one that was seen earlier; the log was put back or rewritten`,
      )
    }
    if (key) this.#unvouched = null
    else this.#unvouched ??= { from: line.n, kid: line.kid }
    if (key && line.entry.action === 'audit.dropped') {
      this.#droppedThrough = Math.max(this.#droppedThrough, Number(line.entry.about?.through))
    }
  }

  /** Compares a good line with what came before it. */
  #link(line: ReadLine, place: string): void {
    const between = line.n - this.at.n - 1
    const bad = this.#bad
    this.#bad = []
    if (between === 0) {
      for (const one of bad) this.faults.push(`${one}: this line was inserted; the chain goes past it`)
      if (line.prev !== this.at.hash) {
        this.faults.push(`${place}: line ${this.at.n}, before this one, is not the one that was written`)
      }
      return
    }
    for (const [index, one] of bad.slice(0, between).entries()) {
      const n = this.at.n + index + 1
      this.faults.push(`${one}: line ${n} was altered, or another put in its place`)
    }
    for (const one of bad.slice(between)) this.faults.push(`${one}: this line was inserted`)
    const missing = between - bad.length
    if (missing > 0) {
      const from = line.n - missing
      this.faults.push(`${place}: ${range(from, line.n - 1)} removed before this one`)
    }
  }

  end(head: ChainEnd | null): void {
    for (const one of this.#bad) this.faults.push(`${one}: this line was altered or inserted`)
    const afterBad = this.at.n + this.#bad.length
    if (this.#firstSeen !== null && this.#firstSeen > 1 && this.#droppedThrough < this.#firstSeen - 1) {
      const from = this.#droppedThrough + 1
      this.faults.unshift(`${range(from, this.#firstSeen - 1)} removed at the beginning; no line says why`)
    }
    if (this.#unvouched) {
      const { from, kid } = this.#unvouched
      const lines = from === this.at.n ? `line ${from} is` : `lines ${from} to ${this.at.n} are`
      this.faults.push(
        `${lines} signed with key ${kid}, which is not at hand, and no later line vouches for them`,
      )
    }
    if (this.#seen && this.#seen.n > this.at.n) {
      this.faults.push(
        `line ${this.#seen.n} was seen earlier and is gone; the log was put back to an older state`,
      )
    }
    if (head === null) {
      this.faults.push('head.json is missing or not signed by a key at hand: lines may be missing at the end')
    } else if (head.n > afterBad) {
      this.faults.push(`${range(afterBad + 1, head.n)} removed at the end`)
    } else if (head.n === this.at.n && head.hash !== this.at.hash) {
      this.faults.push(`line ${head.n}, the last, is not the one that was written`)
    }
  }
}

function range(from: number, to: number): string {
  return from === to ? `line ${from} was` : `lines ${from} to ${to} were`
}
