/**
 * Checks the audit log under DATA_DIR with the keys of the settings, or those kept there. Names what is missing, altered
 * or inserted, and ends with code 1 then. It prints where each chain stands, as `chain@number:hash`: kept elsewhere and
 * given as an argument later, that shows whether the folder was put back to an older state.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { auditKey, type ChainEnd } from '../../src/audit/audit-line.js'
import { verifyAudit } from '../../src/audit/verify-audit.js'
import { BadSettings, type Config, readConfig } from '../../src/config.js'
import { keptSecrets } from '../../src/database/embedded/secrets.js'
import { CannotStart } from '../../src/database/startup-error.js'

const SEEN = /^([\w.-]+)@(\d+):([\w-]{43})$/

try {
  process.exitCode = (await verify(readConfig(process.env), process.argv.slice(2))) ? 0 : 1
} catch (error) {
  if (!(error instanceof BadSettings || error instanceof CannotStart)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

async function verify(config: Config, args: string[]): Promise<boolean> {
  const folder = join(config.DATA_DIR, 'audit')
  if (!existsSync(folder)) throw new CannotStart(`There is no audit log in ${folder}; is DATA_DIR right?`)
  const { FIELD_KEY, FIELD_KEY_PREVIOUS } =
    config.FIELD_KEY === undefined ? keptSecrets(config.DATA_DIR, { isNew: false }) : config
  const keys = [FIELD_KEY, FIELD_KEY_PREVIOUS].filter((key) => key !== undefined).map(auditKey)
  const reports = await verifyAudit(folder, keys, new Map(args.map(seenOf)))
  for (const { chain, lines, end, faults, notes } of reports) {
    const verdict = faults.length === 0 ? 'whole' : `${faults.length} faults`
    process.stdout.write(`${chain}: ${lines} lines, ${verdict}; stands at ${chain}@${end.n}:${end.hash}\n`)
    for (const line of [...faults, ...notes.map((note) => `(${note})`)]) process.stdout.write(`  ${line}\n`)
  }
  return reports.length > 0 && reports.every(({ faults }) => faults.length === 0)
}

function seenOf(text: string): [string, ChainEnd] {
  const [, chain, n, hash] = SEEN.exec(text) ?? []
  if (chain === undefined || hash === undefined)
    throw new CannotStart(`"${text}" is not like chain@number:hash`)
  return [chain, { n: Number(n), hash }]
}
