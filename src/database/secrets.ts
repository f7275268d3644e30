/** The secrets of the embedded default: made once, kept beside the data they belong to, readable by its owner alone. */
import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CannotStart } from './cannot-start.js'

export interface Secrets {
  JWT_SECRET: string
  FIELD_KEY: string
}

/** Call it with the data folder claimed. Only a new folder gets new secrets: others would lock its data away. */
export function keptSecrets(dataDir: string, { isNew }: { isNew: boolean }): Secrets {
  const file = join(dataDir, 'secrets.json')
  if (!existsSync(file)) {
    if (!isNew) {
      throw new CannotStart(
        `${file} is missing, and without its FIELD_KEY the personal data in this folder cannot be opened: restore it from a backup, or choose another DATA_DIR.`,
      )
    }
    const made: Secrets = { JWT_SECRET: newSecret(), FIELD_KEY: newSecret() }
    const whole = `${file}.new`
    rmSync(whole, { force: true })
    writeFileSync(whole, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 })
    // A link and not a rename: what is there already is never replaced, because FIELD_KEY opens the data.
    linkSync(whole, file)
    rmSync(whole)
  }
  const kept = parsed(readFileSync(file, 'utf8'))
  if (kept === null) {
    throw new CannotStart(
      `${file} is not readable; restore it from a backup: without its FIELD_KEY the personal data in this folder cannot be opened.`,
    )
  }
  return kept
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function parsed(text: string): Secrets | null {
  try {
    const { JWT_SECRET, FIELD_KEY } = JSON.parse(text) as Partial<Record<keyof Secrets, unknown>>
    return typeof JWT_SECRET === 'string' && typeof FIELD_KEY === 'string' ? { JWT_SECRET, FIELD_KEY } : null
  } catch {
    return null
  }
}
