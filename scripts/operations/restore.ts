/**
 * `npm run restore -- <file> [--check]`: loads a backup into an empty database (MONGODB_URI), or into a data folder (DATA_DIR)
 * that has none yet, and makes its indexes. The whole file is read and found genuine before anything is written.
 * `--check` does no more than that, and prints what is in it.
 */
import { resolve } from 'node:path'
import { backupKey } from '../../src/backup/backup-key.js'
import { BackupReader } from '../../src/backup/backup-reader.js'
import { CopyFailed } from '../../src/backup/copy-failed.js'
import { FieldKeys } from '../../src/backup/field-keys.js'
import {
  beginLoad,
  ChangeLoader,
  DocumentLoader,
  endWhatMayHaveEnded,
  forgetPlace,
} from '../../src/backup/load-database.js'
import { endLoading } from '../../src/database/schema-version.js'
import { prepareDatabase } from '../../src/upgrade/prepare-database.js'
import {
  fieldKeysAt,
  leavingNothing,
  mustHaveNoStorage,
  type OpenDatabase,
  placeIn,
  withDatabaseAt,
} from './database-at.js'
import { runOperation, say } from './one-line.js'
import { tellCounts } from './tell-counts.js'

await runOperation(async (signal) => {
  const args = process.argv.slice(2)
  const files = args.filter((arg) => !arg.startsWith('-'))
  const [file] = files
  if (file === undefined || files.length > 1 || args.some((arg) => arg.startsWith('-') && arg !== '--check'))
    throw new CopyFailed('Say which backup is to be read: npm run restore -- <file> [--check]')
  const [onlyCheck, place] = [args.includes('--check'), placeIn(process.env)]
  const reader = new BackupReader(resolve(file), backupKey(process.env))
  if (!onlyCheck) mustHaveNoStorage(place)
  const header = await reader.header()
  const keys = new FieldKeys()
  const copied = await reader.verify((collection, raw) => keys.see(collection, raw))
  say(`made of ${header.engine}, database ${header.database}, version ${header.schema} of the schema`)
  tellCounts(copied)
  say(`shows the database as it was at ${copied.at.toISOString()}`)
  if (keys.kids.length > 0)
    say(`its personal data is sealed with the FIELD_KEY of id ${keys.kids.join(' and ')}`)
  if (onlyCheck) {
    say('the file is whole')
    return true
  }
  checkKeys(keys, place)
  await leavingNothing(place, () =>
    withDatabaseAt(place, { env: process.env, shared: false }, (open) => load(open, reader, signal)),
  )
  return true
})

function checkKeys(keys: FieldKeys, place: string): void {
  const known = fieldKeysAt(place, process.env)
  if (known === null) say('FIELD_KEY is not set: whether the servers have the right one was not looked at')
  else keys.check(known, `put the secrets.json that was kept into ${resolve(place)} first, or set FIELD_KEY`)
}

async function load(open: OpenDatabase, reader: BackupReader, signal: AbortSignal): Promise<void> {
  const { db, connection, name } = open
  await beginLoad(db, name)
  try {
    say(`loading into ${name}`)
    await loadRecords(open, reader, signal)
    await forgetPlace(db)
    await endWhatMayHaveEnded(db)
    await endLoading(db)
    await prepareDatabase(connection, { say })
  } catch (error) {
    await open.undo()
    throw error
  }
  say('all is loaded, its indexes are made; nobody is signed in. A server can be started on it.')
}

/** Twice through the file: a change may stand before the document that it is about. */
async function loadRecords({ db }: OpenDatabase, reader: BackupReader, signal: AbortSignal): Promise<void> {
  const documents = new DocumentLoader(db)
  let collection = ''
  for await (const record of reader.records()) {
    if (signal.aborted) throw new CopyFailed('It was interrupted; nothing is left of it.')
    if (record.kind === 'collection') collection = record.name
    if (record.kind === 'document') await documents.add(collection, record.raw)
  }
  await documents.flush()
  const changes = new ChangeLoader(db)
  for await (const record of reader.records()) {
    if (signal.aborted) throw new CopyFailed('It was interrupted; nothing is left of it.')
    if (record.kind === 'change') await changes.add(record.change)
  }
  await changes.flush()
}
