/**
 * What this project takes from others: known holes (`npm audit`), where packages come from, which may run a script when
 * they are installed, and a list of them all (SBOM, dist/sbom.cdx.json). Its output says which of these could be
 * checked: a registry that does not answer audits is reported and is no failure; an answer that names a hole is one.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { auditVerdict, lockFaults } from './supply-chain-rules.js'

const SBOM = 'dist/sbom.cdx.json'

const faults = lockFaults(JSON.parse(readFileSync('package-lock.json', 'utf8')))
report(faults.length === 0, 'lock file: checksums, no hosts, install scripts only of the named')
for (const fault of faults) process.stdout.write(`  ${fault}\n`)

const verdict = auditVerdict(npm(['audit', '--json']).stdout)
if (verdict.checked) report(verdict.holes.length === 0, 'npm audit: no hole of moderate or worse')
else process.stdout.write(`NOT CHECKED - npm audit: ${verdict.why}\n`)
for (const hole of verdict.holes) process.stdout.write(`  ${hole}\n`)

const sbom = npm(['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev'])
const listed = sbom.status === 0 ? JSON.parse(sbom.stdout).components.length : 0
if (listed > 0) {
  mkdirSync(dirname(SBOM), { recursive: true })
  writeFileSync(SBOM, sbom.stdout)
}
report(listed > 0, `${SBOM}: ${listed} packages of the server`)
if (listed === 0) process.stdout.write(sbom.stderr)

function npm(args: string[]) {
  return spawnSync('npm', args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
    shell: process.platform === 'win32',
  })
}

function report(good: boolean, line: string): void {
  process.stdout.write(`${good ? 'ok' : 'not ok'} - ${line}\n`)
  if (!good) process.exitCode = 1
}
