/** The secrets of the embedded default: made once, kept beside the data they belong to, readable by its owner alone. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CannotStart } from '../startup-error.js'
import { makeFile, replaceFile } from './whole-file.js'

export interface Secrets {
  JWT_SECRET: string
  FIELD_KEY: string
  /** While texts at rest may still be sealed with it. */
  FIELD_KEY_PREVIOUS?: string
}

/** Call it with the data folder claimed. Only a folder without data gets new secrets: others would lock its data away. */
export function keptSecrets(dataDir: string, { isNew }: { isNew: boolean }): Secrets {
  const file = join(dataDir, 'secrets.json')
  if (!existsSync(file)) {
    if (!isNew) {
      throw new CannotStart(
        `${file} is missing, and without its FIELD_KEY the personal data in this folder cannot be opened: restore it from a backup, or choose another DATA_DIR.`,
      )
    }
    const made: Secrets = { JWT_SECRET: newSecret(), FIELD_KEY: newSecret() }
    makeFile(file, `${JSON.stringify(made, null, 2)}\n`)
  }
  const kept = parsed(readFileSync(file, 'utf8'))
  if (kept === null) {
    throw new CannotStart(
      `${file} is not readable; restore it from a backup: without its FIELD_KEY the personal data in this folder cannot be opened.`,
    )
  }
  return kept
}

/** A new FIELD_KEY, the old one beside it. A rotation that had begun goes on with the keys it has. */
export function beginKeyRotation(dataDir: string): Secrets & { FIELD_KEY_PREVIOUS: string } {
  const { FIELD_KEY_PREVIOUS, ...kept } = keptSecrets(dataDir, { isNew: false })
  if (FIELD_KEY_PREVIOUS !== undefined) return { ...kept, FIELD_KEY_PREVIOUS }
  const begun = { ...kept, FIELD_KEY: newSecret(), FIELD_KEY_PREVIOUS: kept.FIELD_KEY }
  replace(dataDir, begun)
  return begun
}

/** Call it when nothing is left that the old key sealed: it is gone afterwards. */
export function endKeyRotation(dataDir: string): void {
  const { FIELD_KEY_PREVIOUS: _gone, ...kept } = keptSecrets(dataDir, { isNew: false })
  replace(dataDir, kept)
}

/** On the disk before texts are sealed with the new key, which is right after. */
function replace(dataDir: string, secrets: Secrets): void {
  replaceFile(join(dataDir, 'secrets.json'), `${JSON.stringify(secrets, null, 2)}\n`)
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function parsed(text: string): Secrets | null {
  try {
    const read = JSON.parse(text) as Partial<Record<keyof Secrets, unknown>>
    const { JWT_SECRET, FIELD_KEY, FIELD_KEY_PREVIOUS } = read
    if (typeof JWT_SECRET !== 'string' || typeof FIELD_KEY !== 'string') return null
    return typeof FIELD_KEY_PREVIOUS === 'string'
      ? { JWT_SECRET, FIELD_KEY, FIELD_KEY_PREVIOUS }
      : { JWT_SECRET, FIELD_KEY }
  } catch {
    return null
  }
}
