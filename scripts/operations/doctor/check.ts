/** What a check is, and one that is done. A check that throws, or does not end, has failed. */
import type { Connection } from 'mongoose'
import { inTime } from '../../../src/database/database-calls.js'
import { codeOf } from '../../../src/database/error-codes.js'

/** An engine as a server is connected to it, with a database of the doctor's own. */
export interface Subject {
  connection: Connection
  /** Another one to the same database; whoever made the subject closes it. */
  connectAgain(): Promise<Connection>
}

export type Verdict = 'ok' | 'slow' | 'FAILED'

export interface Finding {
  verdict: Verdict
  seen: string
}

export interface Check {
  name: string
  /** What it would mean for the server if this were not so: one sentence. */
  otherwise: string
  run(subject: Subject): Promise<Finding>
}

export interface Row extends Finding, Pick<Check, 'name' | 'otherwise'> {}

/** A sound engine on a slow disk needs a second or two for the longest. */
const CHECK_MS = 20_000

export async function rowOf({ name, otherwise, run }: Check, subject: Subject): Promise<Row> {
  try {
    return { name, otherwise, ...(await inTime(run(subject), CHECK_MS)) }
  } catch (error) {
    return { name, otherwise, verdict: 'FAILED', seen: wordsOf(error) }
  }
}

/** What was seen; the first thing that is not as it must be, where there is one. */
export function found(seen: string, faults: (string | false)[] = []): Finding {
  const fault = faults.find((one) => one !== false)
  return fault === undefined ? { verdict: 'ok', seen } : { verdict: 'FAILED', seen: fault }
}

const LONGEST_MESSAGE = 160

export function wordsOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const code = codeOf(error)
  const line = message.replaceAll(/\s+/g, ' ').slice(0, LONGEST_MESSAGE)
  return code === undefined ? line : `error ${code}: ${line}`
}
