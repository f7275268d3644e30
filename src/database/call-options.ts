/** What reads and writes ask of the database, said on each of them: a client's or a URI's own defaults can be weaker. */

/** The server's own limit, below the caller's deadline: what nobody waits for any more is not worked on either. */
const SERVER_MS = 4_000

/** On the disks of the majority, or not acknowledged. */
export const DURABLE = { writeConcern: { w: 'majority', j: true, wtimeoutMS: SERVER_MS } } as const

/** From the primary, as it is there now. */
export const READ = { readPreference: 'primary', maxTimeMS: SERVER_MS } as const

/** What is answered or shown as acknowledged: it cannot be rolled back any more. */
export const READ_ACKNOWLEDGED = { ...READ, readConcern: { level: 'majority' } } as const
