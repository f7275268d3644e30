/** Tells "the database is away or did not answer in time" from "the code is wrong". By class and code, never by text. */

import { codeOf } from './error-codes.js'

/** The driver can let the socket's own error through, without a class of its own, when the database dies. */
const SOCKET_CODES = new Set<unknown>([
  'EPIPE',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** By name and not by `instanceof`: a second copy of the driver in node_modules throws classes of its own. */
const AWAY_CLASSES = new Set([
  'CallRanOut',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
  'MongoWriteConcernError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  'MongoServerClosedError',
  'MongoExpiredSessionError',
  'MongoStalePrimaryError',
])

const SERVER_CLASSES = new Set(['MongoServerError', 'MongoBulkWriteError', 'MongoClientBulkWriteError'])

/** A server that steps down, shuts down, recovers or is broken, or a write that was not replicated in time. */
const AWAY_CODES = new Set<unknown>([
  1, // InternalError: what SecantusDB says to everything after it could not write, until it is started again
  6, // HostUnreachable
  7, // HostNotFound
  18, // AuthenticationFailed: a broken SecantusDB says it of every password; the start tells a wrong one apart
  43, // CursorNotFound: the engine was started again
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  175, // QueryPlanKilled
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  237, // CursorKilled
  262, // ExceededTimeLimit
  9001, // SocketException
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11601, // Interrupted
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
])

/** True for a write too whose outcome is not known: answered 503, and the same Idempotency-Key finds out. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (AWAY_CLASSES.has(error.name)) return true
  if (SOCKET_CODES.has(codeOf(error))) return true
  if (SERVER_CLASSES.has(error.name)) {
    // A bulk that could not be sent wraps the error that says why.
    const wrapped = 'errorResponse' in error ? error.errorResponse : undefined
    return AWAY_CODES.has(codeOf(error)) || notDurable(error) || isDatabaseAway(wrapped)
  }
  return isDatabaseAway(error.cause)
}

/** A bulk that was applied but not acknowledged by enough servers carries that inside its result. */
function notDurable(error: Error): boolean {
  if ('writeConcernErrors' in error && Array.isArray(error.writeConcernErrors)) {
    return error.writeConcernErrors.length > 0
  }
  if (!('result' in error) || typeof error.result !== 'object' || error.result === null) return false
  const { result } = error
  if ('writeConcernError' in result && result.writeConcernError !== undefined) return true
  return 'getWriteConcernError' in result && typeof result.getWriteConcernError === 'function'
    ? result.getWriteConcernError() !== undefined
    : false
}
