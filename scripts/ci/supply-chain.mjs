/**
 * What this project takes from others: known holes (`npm audit`), where packages come from, which may run a script when
 * they are installed, and a list of them all (SBOM, dist/sbom.cdx.json). Its output says which of these could be
 * checked: a registry that answers no audits is told, and is no failure; one that answers with a hole is.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const SBOM = 'dist/sbom.cdx.json'
const WORTH_FAILING = ['moderate', 'high', 'critical']

/** Packages that may run a script of their own when they are installed, and why. */
const INSTALL_SCRIPTS = {
  argon2: 'takes its prebuilt binary, or builds it where there is none for the platform',
}

/** What is wrong with a lock file; empty when nothing is. */
export function lockFaults(lock) {
  const faults = []
  for (const [path, { resolved, hasInstallScript, integrity, link, optional, dev }] of Object.entries(
    lock.packages,
  )) {
    if (path === '') continue
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    if (resolved !== undefined) faults.push(`${name} names where it comes from: ${resolved}`)
    // npm leaves it out for the developers' tools of platforms that the lock file was not made on.
    if (integrity === undefined && !link && !(optional && dev)) faults.push(`${name} has no checksum`)
    // An optional one is installed on other platforms; the scripts of those are not named here either.
    if (hasInstallScript && !optional && INSTALL_SCRIPTS[name] === undefined)
      faults.push(`${name} runs a script when it is installed, and is not on the list`)
  }
  return faults
}

/** What an answer of `npm audit --json` means: holes, none, or that there was no answer. */
export function auditVerdict(text) {
  let answer
  try {
    answer = JSON.parse(text)
  } catch {
    return { checked: false, why: 'npm audit said nothing that can be read', holes: [] }
  }
  const counts = answer.metadata?.vulnerabilities
  if (counts === undefined) {
    const why = answer.message ?? answer.error?.summary ?? 'the registry answers no audits'
    return { checked: false, why: String(why), holes: [] }
  }
  const holes = Object.values(answer.vulnerabilities ?? {})
    .filter(({ severity }) => WORTH_FAILING.includes(severity))
    .map(({ name, severity }) => `${name}: ${severity}`)
  const uncounted = holes.length === 0 && WORTH_FAILING.some((severity) => counts[severity] > 0)
  return { checked: true, why: '', holes: uncounted ? ['the counts name holes that are not listed'] : holes }
}

function npm(args) {
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
    shell: process.platform === 'win32',
  })
  return { status, stdout: stdout ?? '', stderr: stderr ?? '' }
}

function run() {
  const say = (good, line) => {
    process.stdout.write(`${good ? 'ok' : 'not ok'} - ${line}\n`)
    if (!good) process.exitCode = 1
  }
  const faults = lockFaults(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')))
  say(faults.length === 0, 'lock file: checksums, no hosts, install scripts only of the named')
  for (const fault of faults) process.stdout.write(`  ${fault}\n`)

  const verdict = auditVerdict(npm(['audit', '--json']).stdout)
  if (verdict.checked) say(verdict.holes.length === 0, 'npm audit: no hole of moderate or worse')
  else process.stdout.write(`NOT CHECKED - npm audit: ${verdict.why}\n`)
  for (const hole of verdict.holes) process.stdout.write(`  ${hole}\n`)

  const sbom = npm(['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev'])
  const listed = sbom.status === 0 ? JSON.parse(sbom.stdout).components.length : 0
  if (listed > 0) {
    mkdirSync(join(ROOT, dirname(SBOM)), { recursive: true })
    writeFileSync(join(ROOT, SBOM), sbom.stdout)
  }
  say(listed > 0, `${SBOM}: ${listed} packages of the server`)
  if (listed === 0) process.stdout.write(sbom.stderr)
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) run()
