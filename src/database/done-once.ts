/** Work that an existing database needs once, such as filling a field that an earlier version did not write. */
import type { Connection } from 'mongoose'

interface DoneWork {
  _id: string
}

/**
 * Does it unless it is noted as done, and notes it after. Several servers may start at once, and one may die half way:
 * the work must be right however often it is done.
 */
export async function doneOnce(
  connection: Connection,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  const done = connection.collection<DoneWork>('done')
  if (await done.findOne({ _id: name }, { readPreference: 'primary' })) return
  await work()
  await done.updateOne(
    { _id: name },
    { $setOnInsert: { _id: name } },
    { upsert: true, writeConcern: { w: 'majority', journal: true } },
  )
}
