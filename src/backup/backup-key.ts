/** The key of backups. It is no setting of the server, which never needs it: a server that is taken over opens none. */
import { readFileSync } from 'node:fs'
import { MIN_KEY_LENGTH } from './backup-header.js'
import { CopyFailed } from './copy-failed.js'

export function backupKey(env: Record<string, string | undefined>): string {
  const { BACKUP_KEY, BACKUP_KEY_FILE } = env
  const key = (BACKUP_KEY || (BACKUP_KEY_FILE ? textOf(BACKUP_KEY_FILE) : '')).trim()
  if (key === '')
    throw new CopyFailed(
      `BACKUP_KEY (or BACKUP_KEY_FILE, a file that holds it) must be set: ${MIN_KEY_LENGTH} characters or more, kept apart from the backups.`,
    )
  if (key.length < MIN_KEY_LENGTH)
    throw new CopyFailed(`BACKUP_KEY must have ${MIN_KEY_LENGTH} characters or more.`)
  return key
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new CopyFailed(`BACKUP_KEY_FILE="${file}" cannot be read (${code}).`)
  }
}
