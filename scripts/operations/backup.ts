/**
 * `npm run backup -- <file>`: writes the database as it is at one moment, encrypted, while servers go on using it.
 * MONGODB_URI or DATA_DIR say which one, as for a server; BACKUP_KEY or BACKUP_KEY_FILE is the key. It needs no other secret.
 * docs/operations.md says what a backup holds, and what has to be kept beside it.
 */
import { resolve } from 'node:path'
import { backupKey } from '../../src/backup/backup-key.js'
import { BackupWriter } from '../../src/backup/backup-writer.js'
import { copyDatabase } from '../../src/backup/copy-database.js'
import { CopyFailed } from '../../src/backup/copy-failed.js'
import { isHalfLoaded, schemaVersionOf, whyTooNew } from '../../src/database/schema-version.js'
import {
  engineName,
  isUri,
  mustHaveStorage,
  type OpenDatabase,
  placeIn,
  withDatabaseAt,
} from './database-at.js'
import { runOperation, say } from './one-line.js'
import { tellCounts } from './tell-counts.js'

await runOperation(async (signal) => {
  const [file, ...more] = process.argv.slice(2)
  if (file === undefined || file.startsWith('-') || more.length > 0)
    throw new CopyFailed('Say which file is to be written: npm run backup -- <file>')
  const secret = backupKey(process.env)
  const place = placeIn(process.env)
  mustHaveStorage(place)
  await withDatabaseAt(place, { env: process.env, shared: true }, (open) =>
    backUp(open, { file: resolve(file), secret, signal }),
  )
  if (!isUri(place))
    say(`Its keys are not in it: keep ${resolve(place)}/secrets.json as well, apart from the backup.`)
  else say('FIELD_KEY and JWT_SECRET are not in it: keep them as well, apart from the backup.')
  return true
})

interface Wanted {
  file: string
  secret: string
  signal: AbortSignal
}

async function backUp({ db, name }: OpenDatabase, { file, secret, signal }: Wanted): Promise<void> {
  const schema = await schemaVersionOf(db)
  const why = whyTooNew('This database', schema)
  if (why !== null) throw new CopyFailed(why)
  if (await isHalfLoaded(db))
    throw new CopyFailed('This database was not loaded to its end: there is nothing to keep.')
  const about = {
    schema,
    engine: await engineName(db),
    database: db.databaseName,
    at: new Date().toISOString(),
  }
  const writer = await BackupWriter.create({ file, about, secret })
  say(`copying ${name}`)
  try {
    const copied = await copyDatabase({ db, sink: writer, signal })
    await writer.finish(copied)
    tellCounts(copied)
    say(`${file} has the database as it was at ${copied.at.toISOString()}`)
  } catch (error) {
    await writer.abandon()
    throw error
  }
}
