/**
 * Moves the database to a new FIELD_KEY; docs/operations.md says when and how.
 *
 * With a FIELD_KEY in the settings, that one is the new key and FIELD_KEY_PREVIOUS the old one, and servers that know
 * both go on serving. For the embedded database, whose key lies under DATA_DIR, it makes the new key itself, keeps the
 * old one beside it until nothing needs it any more, and needs the server to be stopped.
 * Ends with code 0 when everything is sealed with the new key; otherwise it may simply be started again.
 */
import { join } from 'node:path'
import { type Rotated, rotateKey } from '../../src/accounts/rotate-key.js'
import { type AppOptions, build } from '../../src/app.js'
import { BadSettings, type Config, readConfig } from '../../src/config.js'
import { DEFAULT_DATABASE } from '../../src/database/connect.js'
import { startEmbeddedMongo } from '../../src/database/embedded/embedded-mongo.js'
import { beginKeyRotation, endKeyRotation } from '../../src/database/embedded/secrets.js'
import { CannotStart } from '../../src/database/startup-error.js'
import { withDatabase } from '../../src/database/uri.js'
import { createFieldCipher, kidOf } from '../../src/encryption/field-cipher.js'

const say = (line: string) => void process.stdout.write(`${line}\n`)

try {
  process.exitCode = (await start(readConfig(process.env))) ? 0 : 1
} catch (error) {
  if (!(error instanceof BadSettings || error instanceof CannotStart)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

async function start(config: Config): Promise<boolean> {
  const { MONGODB_URI, JWT_SECRET, FIELD_KEY } = config
  if (MONGODB_URI !== undefined && JWT_SECRET !== undefined && FIELD_KEY !== undefined) {
    return rotate({ ...config, JWT_SECRET, FIELD_KEY }, MONGODB_URI)
  }
  const embedded = await startEmbeddedMongo({
    dataDir: config.DATA_DIR,
    cacheDir: '.cache',
    mongodBinary: config.MONGOD_BINARY,
    secantusdBinary: config.SECANTUSD_BINARY,
    env: process.env,
    say,
  })
  try {
    const kept = embedded.secrets
    const keys = FIELD_KEY === undefined ? beginKeyRotation(config.DATA_DIR) : { FIELD_KEY }
    const secrets = { JWT_SECRET: JWT_SECRET ?? kept.JWT_SECRET, ...keys }
    const done = await rotate({ ...config, ...secrets }, withDatabase(embedded.uri, DEFAULT_DATABASE))
    if (done && FIELD_KEY === undefined) {
      endKeyRotation(config.DATA_DIR)
      say('the old key is gone from secrets.json; backups made before still need theirs')
    }
    return done
  } finally {
    await embedded.stop()
  }
}

async function rotate(config: AppOptions['config'], mongoUri: string): Promise<boolean> {
  const { FIELD_KEY, FIELD_KEY_PREVIOUS } = config
  const cipher = createFieldCipher([
    FIELD_KEY,
    ...(FIELD_KEY_PREVIOUS === undefined ? [] : [FIELD_KEY_PREVIOUS]),
  ])
  say(`sealing everything with key ${cipher.kid}`)
  const app = await build({ config, mongoUri, sweep: false, audit: join(config.DATA_DIR, 'audit') })
  const audit = (action: string, about: object) =>
    app.audit?.write({
      at: new Date(app.clock.now()).toISOString(),
      action,
      role: 'operator',
      about: {
        ...about,
        to: cipher.kid,
        ...(FIELD_KEY_PREVIOUS !== undefined && { from: kidOf(FIELD_KEY_PREVIOUS) }),
      },
    })
  try {
    audit('key.rotate', {})
    const rotated = await rotateKey({
      db: app.mongo.getClient().db(app.mongo.name),
      cipher,
      slots: app.slots,
      directory: app.directory,
      others: { webhook: app.webhooks },
      onBatch: (kind) => say(`${kind}: a batch is done`),
    })
    const { accounts, names, calendarClients, unreadable, left } = rotated
    const failed = { unreadable: unreadable.length, left: left.length }
    audit('key.rotated', { accounts, names, calendarClients, ...failed })
    tell(rotated, cipher.kid)
    return unreadable.length === 0 && left.length === 0
  } finally {
    await app.close()
  }
}

function tell({ accounts, names, calendarClients, unreadable, left }: Rotated, kid: string) {
  say(`${accounts} accounts and ${names} names in reservations were sealed with key ${kid}`)
  say(`${calendarClients} clients of calendars are found with key ${kid}`)
  for (const one of unreadable) say(`none of the keys opens a text of ${one}; is FIELD_KEY_PREVIOUS set?`)
  for (const one of left) say(`not sealed with key ${kid}: ${one}`)
  if (left.length === 0) say(`nothing is sealed with any other key`)
}
