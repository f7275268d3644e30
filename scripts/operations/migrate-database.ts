/**
 * `npm run migrate-database -- --from <uri or folder> --to <uri or folder> [--verify]`: copies a database to another place, in
 * either direction between the embedded one and a replica set, and compares both. `--verify` only compares.
 *
 * Servers must be stopped. A folder whose server runs is refused; of a connection string nobody can say who uses it, so
 * the change stream is listened to while the copy is made, and a write that is heard ends it.
 */
import { resolve } from 'node:path'
import { compareDatabases } from '../../src/backup/compare-databases.js'
import { copyDatabase, documentsOf } from '../../src/backup/copy-database.js'
import { CopyFailed } from '../../src/backup/copy-failed.js'
import { FieldKeys } from '../../src/backup/field-keys.js'
import { beginLoad, forgetPlace } from '../../src/backup/load-database.js'
import { MovingSink } from '../../src/backup/moving-sink.js'
import {
  endLoading,
  isHalfLoaded,
  SCHEMA_VERSION,
  schemaVersionOf,
  whyTooNew,
} from '../../src/database/schema-version.js'
import { prepareDatabase } from '../../src/upgrade/prepare-database.js'
import {
  fieldKeysAt,
  isUri,
  leavingNothing,
  mustHaveNoStorage,
  mustHaveStorage,
  type OpenDatabase,
  secretsFile,
  withDatabaseAt,
} from './database-at.js'
import { runOperation, say } from './one-line.js'

await runOperation(async (signal) => {
  const { from, to, verify } = readArguments(process.argv.slice(2))
  const exclusively = { env: process.env, shared: false }
  mustHaveStorage(from)
  if (verify) {
    mustHaveStorage(to)
    return withDatabaseAt(from, exclusively, (source) =>
      withDatabaseAt(to, exclusively, (target) => compared(source, target)),
    )
  }
  mustHaveNoStorage(to)
  return withDatabaseAt(from, exclusively, async (source) => {
    await checkSource(source, to)
    const isSame = await leavingNothing(to, () =>
      withDatabaseAt(to, exclusively, (target) => move(source, target, signal)),
    )
    if (isSame) sayNext(from, to)
    return isSame
  })
})

interface Arguments {
  from: string
  to: string
  verify: boolean
}

function readArguments(args: string[]): Arguments {
  const after = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
  const [from, to] = [after('--from'), after('--to')]
  const verify = args.includes('--verify')
  const isComplete = from && to && ![from, to].some((one) => one.startsWith('-'))
  if (!isComplete || args.length !== (verify ? 5 : 4))
    throw new CopyFailed(
      'Say from where to where: npm run migrate-database -- --from <uri or folder> --to <uri or folder> [--verify]',
    )
  return { from, to, verify }
}

async function checkSource({ db, name }: OpenDatabase, to: string): Promise<void> {
  const schema = await schemaVersionOf(db)
  const why = whyTooNew(name, schema)
  if (why !== null) throw new CopyFailed(why)
  if (await isHalfLoaded(db)) throw new CopyFailed(`${name} was not loaded to its end.`)
  if (schema < SCHEMA_VERSION)
    throw new CopyFailed(
      `${name} has version ${schema} of the schema and this version has ${SCHEMA_VERSION}: start a server of this version on it once, stop it, and start this again.`,
    )
  const known = fieldKeysAt(to, process.env)
  if (known === null) return
  const keys = new FieldKeys()
  for await (const batch of documentsOf(db, 'accounts')) for (const raw of batch) keys.see('accounts', raw)
  keys.check(known, `put the secrets.json of the database there into ${resolve(to)} first, or set FIELD_KEY`)
}

async function move(source: OpenDatabase, target: OpenDatabase, signal: AbortSignal): Promise<boolean> {
  await beginLoad(target.db, target.name)
  try {
    say(`copying ${source.name} to ${target.name}`)
    const sink = new MovingSink(target.db)
    await copyDatabase({ db: source.db, sink, signal })
    await sink.finish()
    await forgetPlace(target.db)
    await endLoading(target.db)
    await prepareDatabase(target.connection, { say })
    const isSame = await compared(source, target)
    if (!isSame)
      throw new CopyFailed('The copy is not the same as what it was made of; it is taken away again.')
    return true
  } catch (error) {
    await target.undo()
    throw error
  }
}

async function compared(from: OpenDatabase, to: OpenDatabase): Promise<boolean> {
  const all = await compareDatabases(from.db, to.db)
  for (const { collection, isSame, ...sums } of all) {
    const of = ({ count, sum }: { count: number; sum: string }) =>
      `${count} documents, sum ${sum.slice(0, 16)}`
    if (isSame) say(`same      ${collection}: ${of(sums.to)}`)
    else say(`DIFFERENT ${collection}: ${of(sums.from)} there, ${of(sums.to)} here`)
  }
  return all.every(({ isSame }) => isSame)
}

function sayNext(from: string, to: string): void {
  const file = isUri(from) ? null : secretsFile(from)
  say(`All is there. What was copied is left as it is: do not start a server on it again.`)
  if (isUri(to)) {
    const keys = file === null ? 'as they were' : `those in ${file}`
    say(`Start servers with this MONGODB_URI, and with FIELD_KEY and JWT_SECRET: ${keys}.`)
  } else say(`Start the server with DATA_DIR=${resolve(to)} and without MONGODB_URI.`)
}
