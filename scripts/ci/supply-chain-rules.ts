/** What is wrong with a lock file, and what an answer of `npm audit` means. */

/** Packages that may run a script of their own when they are installed, and why. */
const INSTALL_SCRIPTS: Record<string, string> = {
  argon2: 'takes its prebuilt binary, or builds it where there is none for the platform',
}
const WORTH_FAILING = ['moderate', 'high', 'critical']

interface LockedPackage {
  resolved?: string
  integrity?: string
  hasInstallScript?: boolean
  optional?: boolean
  dev?: boolean
  link?: boolean
}

interface AuditAnswer {
  message?: string
  error?: { summary?: string }
  metadata?: { vulnerabilities?: Record<string, number> }
  vulnerabilities?: Record<string, { name: string; severity: string }>
}

export interface AuditVerdict {
  /** False: the registry gave no answer, for the reason `why`. */
  checked: boolean
  why: string
  holes: string[]
}

/** Empty when nothing is wrong. */
export function lockFaults(lock: { packages: Record<string, LockedPackage> }): string[] {
  const faults: string[] = []
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
export function auditVerdict(text: string): AuditVerdict {
  let answer: AuditAnswer
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
  const uncounted = holes.length === 0 && WORTH_FAILING.some((severity) => (counts[severity] ?? 0) > 0)
  return { checked: true, why: '', holes: uncounted ? ['the counts name holes that are not listed'] : holes }
}
