/**
 * Changes several slots together or none of them, in MongoDB: one statement for all of them, which fails where the rule
 * does not hold for one (`providedForAll`), in a transaction. A client that dies leaves it to the server to end
 * (`transactionLifetimeLimitSeconds`). Where a statement is all or nothing by itself, write-batches sends it.
 *
 * Slots are not deleted before they are long over, so what a caller has seen to exist, exists; a statement does not
 * notice a slot that does not.
 */
import type { mongo } from 'mongoose'
import { DURABLE } from '../database/call-options.js'
import { inTime } from '../database/database-calls.js'
import { codeOf } from '../database/error-codes.js'
import type { SlotDoc } from './slot-document.js'
import type { Pipeline } from './slot-updates.js'

export interface JointWritesOptions {
  slots: mongo.Collection<SlotDoc>
  startSession: () => mongo.ClientSession
  /** Monotonic milliseconds. */
  elapsed: () => number
  /** 0 to 1. */
  random: () => number
}

/** Of an expression that cannot be converted, which is how a pipeline says no. */
const CONVERSION_FAILURE = 241
const MOST_TRIES = 5
const LONGEST_MS = 2_000
const PAUSE_MS = { least: 5, most: 50 }

export class JointWrites {
  readonly #o: JointWritesOptions

  constructor(options: JointWritesOptions) {
    this.#o = options
  }

  /** Says whether it was done. What is neither done nor refused is unknown, and an error. */
  async write(slotIds: string[], update: Pipeline): Promise<boolean> {
    try {
      return await this.#inTransaction(slotIds, update)
    } catch (error) {
      if (isRefusal(error)) return false
      throw error
    }
  }

  /** A conflict with another transaction is no answer: it is tried again, a few times. */
  async #inTransaction(slotIds: string[], update: Pipeline): Promise<boolean> {
    const until = this.#o.elapsed() + LONGEST_MS
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(slotIds, update)
      } catch (error) {
        if (!hasLabel(error, 'TransientTransactionError')) throw error
        // Somebody else is at these slots; what became of them is read by the caller.
        if (tries === MOST_TRIES || this.#o.elapsed() >= until) return false
      }
      const { least, most } = PAUSE_MS
      await new Promise((resolve) => setTimeout(resolve, least + this.#o.random() * (most - least)))
    }
  }

  async #once(slotIds: string[], update: Pipeline): Promise<boolean> {
    const session = this.#o.startSession()
    try {
      session.startTransaction({ readConcern: { level: 'snapshot' }, readPreference: 'primary', ...DURABLE })
      const { matchedCount } = await this.#o.slots.updateMany({ _id: { $in: slotIds } }, update, { session })
      if (matchedCount < slotIds.length) return false
      await inTime(session.commitTransaction()).catch((error: unknown) => {
        if (!hasLabel(error, 'UnknownTransactionCommitResult')) throw error
        return inTime(session.commitTransaction())
      })
      return true
    } finally {
      // Ends what has not been committed.
      await inTime(session.endSession()).catch(() => {})
    }
  }
}

/** The pipeline said no. */
export function isRefusal(error: unknown): boolean {
  return codeOf(error) === CONVERSION_FAILURE
}

function hasLabel(error: unknown, label: string): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'hasErrorLabel' in error &&
    typeof error.hasErrorLabel === 'function' &&
    error.hasErrorLabel(label) === true
  )
}
