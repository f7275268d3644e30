/** An audit log in a folder of the test's own, and the same folder as an intruder sees it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type AuditEntry, auditKey } from '../../src/audit/audit-line.js'
import { type AuditLog, type AuditLogOptions, createAuditLog } from '../../src/audit/audit-log.js'
import { type AuditReport, verifyAudit } from '../../src/audit/verify-audit.js'
import { temporaryFolder } from './database.js'
import { NOON } from './moved-clock.js'

export const KEY = auditKey('the key of the fields of the tests..')

export interface AuditWorld {
  folder: string
  /** Of the first instance. */
  chain: string
  open(changes?: Partial<AuditLogOptions>): AuditLog
  verify(): Promise<AuditReport>
  /** Names of the files, in the order of the chain. */
  files(): string[]
  lines(file?: string): string[]
  rewrite(file: string, change: (lines: string[]) => string[]): void
}

export function auditWorld(t: Test): AuditWorld {
  const folder = temporaryFolder(t)
  const chain = join(folder, 'here-1')
  const world: AuditWorld = {
    folder,
    chain,
    open(changes = {}) {
      const log = createAuditLog({
        folder,
        name: 'here',
        keys: [KEY],
        now: () => NOON,
        onFault: (error) => t.fail(String(error)),
        ...changes,
      })
      t.teardown(() => log.close())
      return log
    },
    async verify() {
      const [report, ...more] = await verifyAudit(folder, [KEY])
      if (!report || more.length > 0) throw new Error(`${more.length + 1} chains`)
      return report
    },
    files: () =>
      readdirSync(chain)
        .filter((name) => name.endsWith('.jsonl'))
        .sort(),
    lines: (file) =>
      (file === undefined ? world.files() : [file]).flatMap((name) =>
        readFileSync(join(chain, name), 'utf8').split('\n').slice(0, -1),
      ),
    rewrite(file, change) {
      writeFileSync(
        join(chain, file),
        change(world.lines(file))
          .map((line) => `${line}\n`)
          .join(''),
      )
    },
  }
  return world
}

export function entry(number: number, at = NOON): AuditEntry {
  return {
    at: new Date(at).toISOString(),
    action: 'reservation.hold',
    status: 201,
    about: { number: String(number) },
  }
}

/** So many entries, sealed. */
export async function written(log: AuditLog, count: number, at?: number): Promise<void> {
  for (let number = 1; number <= count; number++) log.write(entry(number, at))
  await log.flush()
}

/** What servers wrote there, save the starts of servers. */
export function entriesIn(folder: string): AuditEntry[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as AuditEntry)
    .filter(({ action }) => action !== 'process.start')
}
