interface LockedPackage {
  resolved?: string
  integrity?: string
  hasInstallScript?: boolean
  optional?: boolean
  dev?: boolean
  link?: boolean
}
export function lockFaults(lock: { packages: Record<string, LockedPackage> }): string[]
export function auditVerdict(text: string): { checked: boolean; why: string; holes: string[] }
