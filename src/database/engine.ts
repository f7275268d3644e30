/**
 * What is written differently for the embedded engine and for MongoDB, in one place, with the measurement that says so.
 *
 * SecantusDB 0.5.3, measured on two cores with 8,000 to 160,000 slots, engine time of each call:
 * - An update is fast by `_id` alone (0.3 ms bare, 0.6-0.8 ms for a hold). Any further filter, and `findOneAndUpdate` even
 *   by `_id`, looks through the collection (3.1 ms at 8,000 slots). So the rule stands in the update (`provided`), and
 *   the slot is read after it.
 * - An unordered bulk of 32 holds takes 0.5 ms for each. A transaction of 32 takes 0.23 ms, but the documents of a client
 *   that is killed before it commits stay locked until somebody calls `killAllSessions` (no lifetime limit, 100 s and
 *   more seen), and while one is open, unrelated writes fell to 44 a second. So writes are grouped without one.
 * - One statement that updates several documents is one storage transaction for each 1,000 of them. 8 of 14 times that the
 *   engine was killed in the middle of 3,000 documents, 1,000 or 2,000 of them were changed; of 4 to 500 documents all or
 *   none (84 kills), and none where the pipeline fails for one of them or a unique index refuses one, also beside other
 *   statements of an unordered bulk. Of 60 writers at once on overlapping fours none got half, no reader saw half (567
 *   reads of all), and the change stream had each four in a row. Alone, four documents take 0.57 ms and one 0.54 to
 *   0.66; in bulks of 16 statements, four take 0.43. So the slots of an appointment change in one statement.
 *   A find by an index whose key such a statement changes may see the document neither at its old place nor at its new
 *   one (seen in 2 of about 40 runs of 60 moves): one look that finds nothing proves nothing while it may be moving.
 * - `hint` makes it walk the whole index (143 ms at 160,000 slots where the same query without it took 0.5 ms), and a
 *   partial index is not used without a hint. So what is looked up has a plain or a sparse index, and nothing is hinted.
 *   Partial ones only keep rules; that check costs the same however many entries there are.
 * - It reckons with dates only as numbers: `$toLong` first.
 */
import type { Connection } from 'mongoose'

export interface Engine {
  /**
   * Writes that arrive while others are under way go together in one bulk with one read after it, and one of several
   * slots is one statement of the bulk. MongoDB needs a transaction for several slots, groups its
   * journal by itself and answers an update with the document after it, so there each goes at once, in one round trip.
   */
  groupsWrites: boolean
}

export const MONGODB: Engine = { groupsWrites: false }
export const SECANTUSDB: Engine = { groupsWrites: true }

export async function engineOf(connection: Connection): Promise<Engine> {
  const info = await connection.getClient().db('admin').command({ buildInfo: 1 })
  return info.secantusVersion === undefined ? MONGODB : SECANTUSDB
}
