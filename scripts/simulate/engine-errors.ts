/** What an engine and its driver say when something does not work. */
import { mongo } from 'mongoose'
import { DUPLICATE_KEY } from '../../src/database/error-codes.js'
import { type Doc, isRefused } from './expressions.js'

type Fields = Record<string, unknown>

const HISTORY_LOST = 286
const OUT_OF_SPACE = 14_031

export function networkError(): Error {
  return new mongo.MongoNetworkError('the connection was lost')
}

export function historyLost(): Error {
  return new mongo.MongoServerError({
    message: 'resume of change stream was not possible',
    code: HISTORY_LOST,
  })
}

export function outOfSpace(): Error {
  return new mongo.MongoServerError({ message: 'no space left', code: OUT_OF_SPACE })
}

export function duplicate(key: string): Error {
  return new mongo.MongoServerError({ message: `duplicate key ${key}`, code: DUPLICATE_KEY })
}

export function writeError(index: number, error: unknown, op?: Doc): Fields {
  const { code } = error as { code?: unknown }
  if (code !== DUPLICATE_KEY && !isRefused(error)) throw error
  return { index, code, err: { op } }
}

export function bulkError(writeErrors: Fields[], result: Fields): Error {
  return Object.assign(new Error('some of it was refused'), {
    name: 'MongoBulkWriteError',
    code: writeErrors[0]?.code,
    writeErrors,
    result: { ...result, getWriteConcernError: () => undefined },
  })
}
