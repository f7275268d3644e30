/**
 * Runs checks in a database with a random name on the server of a URI, and drops that database whatever happens.
 *
 * A write of a check that comes after the drop makes the database anew. So the check that is under way is waited for, and
 * what it had open is closed by force.
 */
import { randomBytes } from 'node:crypto'
import type { Connection } from 'mongoose'
import { connectDatabase } from '../../../src/database/connect.js'
import { inTime } from '../../../src/database/database-calls.js'
import { CannotStart } from '../../../src/database/startup-error.js'
import { withDatabase } from '../../../src/database/uri.js'
import { type Check, type Row, rowOf } from './check.js'

export interface Examination {
  uri: string
  checks: Check[]
  signal: AbortSignal
  onRow: (row: Row) => void
  say: (line: string) => void
}

const DROPS = 3
const ANSWERS_WITHIN_MS = 3_000
/** As long as a check takes on a sound engine. */
const FINISH_WITHIN_MS = 5_000
const CONNECTION = {
  name: 'connection',
  otherwise: 'The server does not start.',
}

/** Each row as soon as it is known. Rejects where the database of the doctor cannot be dropped. */
export async function examine({ uri, checks, signal, onRow, say }: Examination): Promise<void> {
  const name = `slotcast_doctor_${randomBytes(6).toString('hex')}`
  const own = withDatabase(uri, name)
  const open: Connection[] = []
  let over = false
  const connectAgain = async () => {
    const connection = await connectDatabase({ uri: own, say })
    open.push(connection)
    // Of a check that was given up meanwhile.
    if (over) await connection.close(true)
    return connection
  }
  const aborted = new Promise<null>((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { once: true })
  })
  const fault = await whyNotConnected(uri, name, connectAgain, say)
  const [connection] = open
  onRow({
    ...CONNECTION,
    ...(fault === null
      ? { verdict: 'ok', seen: 'as a server connects' }
      : { verdict: 'FAILED', seen: fault }),
  })
  if (connection === undefined) return
  try {
    for (const check of checks) {
      if (signal.aborted) return
      const running = rowOf(check, { connection, connectAgain })
      const row = await Promise.race([running, aborted])
      if (row === null) {
        await inTime(running, FINISH_WITHIN_MS).catch(() => {})
        return
      }
      onRow(row)
      // Each check that is left would wait for an answer in vain.
      if (row.verdict === 'FAILED' && !(await answers(connection))) return
    }
  } finally {
    over = true
    await Promise.allSettled(open.map((one) => one.close(true)))
    await drop(own, name)
  }
}

async function whyNotConnected(
  uri: string,
  name: string,
  connect: () => Promise<Connection>,
  say: (line: string) => void,
): Promise<string | null> {
  let mayServe = false
  try {
    await (await connectDatabase({ uri, say })).close()
    mayServe = true
    await connect()
    return null
  } catch (error) {
    if (!(error instanceof CannotStart)) throw error
    if (!mayServe) return error.message
    return `This user may not read and write ${name}, the database of the doctor: run it with one that may make and drop databases.`
  }
}

async function answers(connection: Connection): Promise<boolean> {
  try {
    await inTime(connection.getClient().db('admin').command({ hello: 1 }), ANSWERS_WITHIN_MS)
    return true
  } catch {
    return false
  }
}

async function drop(uri: string, name: string): Promise<void> {
  try {
    const connection = await connectDatabase({ uri })
    try {
      const db = connection.getClient().db(name)
      // What was still on its way to the server may have come after the first one.
      for (let drops = 0; drops < DROPS; drops++) {
        await db.dropDatabase()
        if ((await db.listCollections().toArray()).length === 0) return
      }
    } finally {
      await connection.close(true)
    }
  } catch (error) {
    throw new CannotStart(`The database ${name} could not be dropped; drop it by hand.`, { cause: error })
  }
}
