/**
 * Which engine made the data of a folder. Written by the first start and binding for all later ones: another engine
 * would find no files of its own and show an empty calendar, which looks like lost bookings.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CannotStart } from '../startup-error.js'
import { replaceFile } from './whole-file.js'

export type EngineName = 'mongod' | 'SecantusDB'
export type EngineSource = 'own binary' | 'wheel' | 'download'

export interface EngineRecord {
  name: EngineName
  version: string
  source: EngineSource
}

export function readEngineRecord(dataDir: string): EngineRecord | null {
  const file = join(dataDir, 'engine.json')
  if (!existsSync(file)) return null
  const record = parsed(readFileSync(file, 'utf8'))
  if (record === null) {
    throw new CannotStart(
      `${file} is not readable, so it is not known which database made the data beside it; restore that file from a backup, or choose another DATA_DIR.`,
    )
  }
  return record
}

export function writeEngineRecord(dataDir: string, { name, version, source }: EngineRecord) {
  replaceFile(join(dataDir, 'engine.json'), `${JSON.stringify({ name, version, source }, null, 2)}\n`)
}

/** mongod's data files stay the same within a release series; of SecantusDB, which is young, nothing is assumed. */
export function sameEngine(a: EngineRecord, b: { name: EngineName; version: string }): boolean {
  if (a.name !== b.name) return false
  return a.name === 'mongod' ? series(a.version) === series(b.version) : a.version === b.version
}

function series(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}

function parsed(text: string): EngineRecord | null {
  try {
    const value = JSON.parse(text) as Partial<EngineRecord> | null
    const { name, version, source } = value ?? {}
    if (name !== 'mongod' && name !== 'SecantusDB') return null
    if (source !== 'own binary' && source !== 'wheel' && source !== 'download') return null
    return typeof version === 'string' && version !== '' ? { name, version, source } : null
  } catch {
    return null
  }
}
