/**
 * What a database must have before it is served: its version, its collections and the indexes that the rules rest on, and
 * the moves from earlier versions that these need. Everything here is right however often it is done.
 */
import type { Connection } from 'mongoose'
import { prepareAccounts } from '../accounts/account-model.js'
import { prepareCalendarClients } from '../accounts/calendar-clients.js'
import { prepareGuests } from '../accounts/guest-store.js'
import { prepareProfiles } from '../accounts/profile-store.js'
import { prepareGrants } from '../auth/grant-model.js'
import { prepareSessions } from '../auth/session-model.js'
import { type SayWhileWaitingOptions, sayWhileWaiting } from '../database/say-while-waiting.js'
import { takeSchema } from '../database/schema-version.js'
import { checkSlotLength } from '../database/slot-length.js'
import { SLOT_MINUTES } from '../domain/grid.js'
import { prepareJobs } from '../jobs/job-model.js'
import { prepareLinks } from '../links/link-model.js'
import { prepareSchedules } from '../schedules/schedule-model.js'
import { prepareServices } from '../services/service-model.js'
import { prepareHistory } from '../slots/slot-history.js'
import { prepareSlots } from '../slots/slot-model.js'
import { prepareWaits } from '../waits/wait-model.js'
import { prepareEndpoints } from '../webhooks/endpoint-model.js'

/** How long one call may take: building an index over a large collection does not answer until it is done. */
export const PREPARING_MS = 110_000

const steps: [string, (connection: Connection) => Promise<unknown>][] = [
  // First, for it refuses what must not be touched.
  ['checking the version of the schema', takeSchema],
  ['checking the length of slots', (connection) => checkSlotLength(connection, SLOT_MINUTES)],
  ['preparing accounts and their indexes', prepareAccounts],
  ['preparing links of providers and their indexes', prepareProfiles],
  ['preparing services and their indexes', prepareServices],
  ['preparing schedules', prepareSchedules],
  ['preparing jobs and their indexes', prepareJobs],
  ['preparing sessions and their indexes', prepareSessions],
  ['preparing guests and their indexes', prepareGuests],
  ['preparing links and their indexes', prepareLinks],
  ['preparing API keys and feeds and their indexes', prepareGrants],
  ['preparing slots and their indexes', prepareSlots],
  ['preparing past reservations and their indexes', prepareHistory],
  ['preparing waiting lists and their indexes', prepareWaits],
  ['preparing clients of calendars and their indexes', prepareCalendarClients],
  ['preparing webhooks and their indexes', prepareEndpoints],
]

/** The connection is one whose calls may take PREPARING_MS. */
export async function prepareDatabase(
  connection: Connection,
  options: SayWhileWaitingOptions,
): Promise<void> {
  for (const [what, work] of steps) await sayWhileWaiting(what, () => work(connection), options)
}
