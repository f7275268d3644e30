/**
 * Starts the server (settings, database, application, port) and, on a signal, stops it in reverse order. The only file of
 * `src` that reads the environment, listens to signals or ends the process.
 */
import { join, resolve } from 'node:path'
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { BoundedOutput } from './bounded-output.js'
import { BadSettings, type Config, readConfig } from './config.js'
import { DEFAULT_DATABASE, serversOf } from './database/connect.js'
import { type EmbeddedMongo, startEmbeddedMongo } from './database/embedded/embedded-mongo.js'
import { CannotStart } from './database/startup-error.js'
import { withDatabase } from './database/uri.js'
import { loggerOptions } from './logging.js'
import { smtpServerOf } from './mail/smtp-transport.js'
import { outdatedZones } from './time-zone-data.js'

/** Requests under way, sockets and the database's own end together; DRAIN_SECONDS come before it. */
const CLOSE_WITHIN_MS = 9_500
/** `npm start` passes a Ctrl-C on that the terminal has sent here already: an echo, not a second wish. */
const ECHO_MS = 1_000
const CACHE_DIR = '.cache'
const FILE_FAULTS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOSPC'])

interface Running {
  app?: FastifyInstance
  embedded?: EmbeddedMongo
  /** Of a server that listens; before that nobody can be on the way to it. */
  drainMs?: number
  draining?: NodeJS.Timeout
}

const stdout = new BoundedOutput(process.stdout)
const stderr = new BoundedOutput(process.stderr)
const running: Running = {}
const say = (line: string) => {
  if (running.app === undefined) stdout.write(`${line}\n`)
  else running.app.log.warn(line)
}

const grace = closeWithGrace(
  { delay: CLOSE_WITHIN_MS, skip: ['SIGINT', 'SIGTERM'], logger: false },
  async ({ err }) => {
    clearTimeout(running.draining)
    if (err !== undefined) report(err)
    await close()
  },
)
let asked: number | null = null
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal)

try {
  await start(readConfig(process.env))
} catch (error) {
  report(error)
  await close()
  process.exit(1)
}

async function start(config: Config) {
  // Most of the program is read while the database opens.
  const [database, { build }] = await Promise.all([databaseFor(config), import('./app.js')])
  const app = await build({
    config: { ...config, ...database.secrets },
    mongoUri: database.uri,
    logger: { ...loggerOptions(config.LOG_LEVEL), stream: stdout },
    droppedLogLines: () => stdout.dropped,
    audit: join(config.DATA_DIR, 'audit'),
    mail: join(config.DATA_DIR, 'mail'),
  })
  running.app = app
  const address = await listen(app, config)
  running.drainMs = config.DRAIN_SECONDS * 1_000
  stdout.write(`${[...outdatedZones(), block(app, address, config)].join('\n')}\n`)
}

async function databaseFor(config: Config) {
  const { MONGODB_URI, JWT_SECRET, FIELD_KEY } = config
  if (MONGODB_URI !== undefined && JWT_SECRET !== undefined && FIELD_KEY !== undefined) {
    return { uri: MONGODB_URI, secrets: { JWT_SECRET, FIELD_KEY } }
  }
  const embedded = await startEmbeddedMongo({
    dataDir: config.DATA_DIR,
    cacheDir: CACHE_DIR,
    mongodBinary: config.MONGOD_BINARY,
    secantusdBinary: config.SECANTUSD_BINARY,
    env: process.env,
    say,
  })
  running.embedded = embedded
  const kept = embedded.secrets
  // A key and the one before it belong together: those of the settings, or those of the folder.
  const fieldKeys =
    FIELD_KEY !== undefined
      ? { FIELD_KEY }
      : {
          FIELD_KEY: kept.FIELD_KEY,
          ...(kept.FIELD_KEY_PREVIOUS !== undefined && { FIELD_KEY_PREVIOUS: kept.FIELD_KEY_PREVIOUS }),
        }
  const secrets = { JWT_SECRET: JWT_SECRET ?? kept.JWT_SECRET, ...fieldKeys }
  return { uri: withDatabase(embedded.uri, DEFAULT_DATABASE), secrets }
}

async function listen(app: FastifyInstance, { PORT, HOST }: Config): Promise<string> {
  // The block below says it in words; Fastify would say it a second time, once for each address.
  const { level } = app.log
  app.log.level = 'silent'
  try {
    return await app.listen({ port: PORT, host: HOST })
  } catch (error) {
    throw new CannotStart(whyNotListening(error, PORT, HOST), { cause: error })
  } finally {
    app.log.level = level
  }
}

function whyNotListening(error: unknown, port: number, host: string): string {
  const code = codeOf(error)
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is in use; stop what listens there, or set PORT to another one.`
  if (code === 'EACCES') return `Port ${port} may not be opened by this user; set PORT to one above 1023.`
  return `Cannot listen on HOST="${host}", port ${port} (${code}); is that an address of this machine?`
}

function block(app: FastifyInstance, address: string, config: Config): string {
  const { embedded } = running
  const database =
    embedded === undefined
      ? `MongoDB at ${serversOf(config.MONGODB_URI ?? '')}, database ${app.mongo.name}`
      : `${embedded.engine.name} ${embedded.engine.version}, embedded; data in ${resolve(config.DATA_DIR)}`
  return `
  Slotcast    ${address}
  database    ${database}
  mail        ${whereMailGoes(address, config)}
  docs        ${address}/docs
  try next    npm run demo, or open ${address} in two windows
`
}

function whereMailGoes(address: string, { SMTP_URL, DATA_DIR, TRUST_PROXY }: Config): string {
  if (SMTP_URL !== undefined) return `to ${smtpServerOf(SMTP_URL)}`
  const folder = resolve(DATA_DIR, 'mail')
  return TRUST_PROXY === 'false'
    ? `${address}/dev/mail (no SMTP_URL; files in ${folder})`
    : `no SMTP_URL; files in ${folder}`
}

async function close() {
  await running.app?.close()
  await running.embedded?.stop()
  await Promise.all([stdout.flush(), stderr.flush()])
}

function onSignal() {
  const now = performance.now()
  if (asked === null) {
    asked = now
    drain()
  } else if (now - asked > ECHO_MS) process.exit(1)
}

/** Proxies see it in /readyz and send new callers elsewhere; until they have, everybody is served as ever. */
function drain() {
  if (running.app !== undefined) running.app.draining = true
  running.draining = setTimeout(grace.close, running.drainMs ?? 0)
}

function report(error: unknown) {
  if (error instanceof BadSettings) return complain(error.faults)
  if (error instanceof CannotStart) return complain([error.message])
  if (running.app !== undefined) return running.app.log.fatal({ err: error }, 'the server ends')
  const code = codeOf(error)
  if (code !== undefined && FILE_FAULTS.has(code)) {
    return complain([`DATA_DIR cannot be used: ${error instanceof Error ? error.message : code}`])
  }
  complain([error instanceof Error ? (error.stack ?? error.message) : String(error)])
}

function complain(lines: string[]) {
  for (const line of lines) stderr.write(`${line}\n`)
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
