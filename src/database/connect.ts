/**
 * Opens the one connection of a server and says in one line why it cannot. The connection heals by itself when the
 * database goes away later: the driver keeps watching, and nothing here has to.
 */
import { setTimeout as pause } from 'node:timers/promises'
import mongoose, { type Connection } from 'mongoose'
import { inTime } from './database-calls.js'
import { codeOf } from './error-codes.js'
import { CannotStart } from './startup-error.js'

export const DEFAULT_DATABASE = 'slotcast'

export interface ConnectOptions {
  uri: string
  /** How long a database that does not answer is waited for at the start. */
  waitMs?: number
  /** How long a connection may be silent before it is given up. */
  silentMs?: number
  say?: (line: string) => void
}

const WAIT_MS = 10_000
const SAY_AFTER_MS = 3_000
/** A write that finds no server fails this fast, so that its caller hears 503 instead of waiting. */
const SELECTION_MS = 3_000
/**
 * So long without a byte ends a connection that waits for an answer, and what it waited for is tried once more on
 * another one. The change stream says something each second.
 */
const SILENT_MS = 3_000
const RETRY_PAUSE_MS = 250

const AUTHENTICATION_FAILED = 18
const ATLAS_ERROR = 8000
const UNAUTHORIZED = 13
const COMMAND_NOT_FOUND = 59
/** The first that knows `hello`; the driver itself needs 4.4. README and docs/operations.md name it too. */
export const OLDEST_MONGODB = '4.4.2'

export async function connectDatabase({
  uri,
  waitMs = WAIT_MS,
  silentMs = SILENT_MS,
  say = () => {},
}: ConnectOptions): Promise<Connection> {
  const begun = performance.now()
  const server = serversOf(uri)
  for (let said = false; ; ) {
    // A new connection for each attempt: one whose first attempt failed may stay silent for ever.
    const connection = mongoose.createConnection()
    try {
      await connection.openUri(uri, optionsFor(uri, silentMs))
      await inTime(checkReplicaSet(connection, server))
      await inTime(checkRights(connection))
      return connection
    } catch (error) {
      await connection.close().catch(() => {})
      if (error instanceof CannotStart) throw error
      const why = explained(error, server)
      if (why !== null) throw new CannotStart(why)
      const waited = performance.now() - begun
      if (waited > waitMs) {
        const seconds = Math.round(waited / 1000)
        throw new CannotStart(
          `No database answers at ${server} (waited ${seconds} s); is it running, and does MONGODB_URI name it?`,
        )
      }
      if (!said && waited > SAY_AFTER_MS) {
        say(`waiting for the database at ${server}`)
        said = true
      }
      await pause(RETRY_PAUSE_MS)
    }
  }
}

function optionsFor(uri: string, silentMs: number) {
  return {
    ...(namesDatabase(uri) ? {} : { dbName: DEFAULT_DATABASE }),
    appName: 'slotcast',
    serverSelectionTimeoutMS: SELECTION_MS,
    connectTimeoutMS: SELECTION_MS,
    socketTimeoutMS: silentMs,
    // How soon a database that is back is noticed.
    heartbeatFrequencyMS: 1_000,
    // More in flight only queue inside the database.
    maxPoolSize: 64,
    minPoolSize: 2,
    waitQueueTimeoutMS: SELECTION_MS,
    // Rules are decided on what is true now, whatever the URI says about reading from secondaries.
    readPreference: 'primary' as const,
    retryWrites: true,
    // Indexes are made and checked in one known place before the server listens.
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
  }
}

async function checkReplicaSet(connection: Connection, server: string) {
  const hello = await connection.getClient().db('admin').command({ hello: 1 })
  if (hello.setName !== undefined || hello.msg === 'isdbgrid') return
  throw new CannotStart(
    `The database at ${server} is a standalone server, which has no change streams; start mongod with --replSet rs0 and run rs.initiate() once, and it is a replica set of one.`,
  )
}

/** A connection without a name and password succeeds on a server that wants them; its first command is refused. */
async function checkRights(connection: Connection) {
  await connection.collection('settings').findOne({}, { projection: { _id: 1 } })
}

/** One line for what waiting does not mend, null for what it may. */
function explained(error: unknown, server: string): string | null {
  if (!(error instanceof Error)) return null
  const code = codeOf(error)
  if (code === AUTHENTICATION_FAILED || code === ATLAS_ERROR) {
    return `The database at ${server} refuses the name or the password in MONGODB_URI.`
  }
  if (code === UNAUTHORIZED)
    return `The database at ${server} wants a name and a password in MONGODB_URI, or gives this one no rights.`
  // Of what is asked at the start, `hello` alone can be unknown.
  if (code === COMMAND_NOT_FOUND || isTooOld(error)) {
    return `The MongoDB at ${server} is too old for this server, which needs MongoDB ${OLDEST_MONGODB} or later; upgrade it, or choose another MONGODB_URI.`
  }
  if (
    error.name === 'MongoParseError' ||
    error.name === 'MongoInvalidArgumentError' ||
    error.name === 'MongoAPIError'
  ) {
    return `MONGODB_URI is not a valid connection string: ${withoutCredentials(error.message)}`
  }
  return null
}

/** Where the driver cannot talk to a server it finds none, and keeps why with each server that it looked at. */
function isTooOld(error: Error): boolean {
  if (error.name === 'MongoCompatibilityError') return true
  const { reason } = error as { reason?: { servers?: Map<string, { error: Error | null }> } }
  return [...(reason?.servers?.values() ?? [])].some((one) => one.error?.name === 'MongoCompatibilityError')
}

/** The hosts alone: a URI carries a password. */
export function serversOf(uri: string): string {
  const authority = uri.replace(/^[a-z+]+:\/\//, '').split(/[/?]/)[0] ?? ''
  return authority.slice(authority.lastIndexOf('@') + 1)
}

function namesDatabase(uri: string): boolean {
  return /^[a-z+]+:\/\/[^/]+\/[^?]+/.test(uri)
}

function withoutCredentials(message: string): string {
  return message.replaceAll(/\/\/[^@/\s]*@/g, '//').slice(0, 200)
}
