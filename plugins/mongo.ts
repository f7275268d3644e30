/**
 * The database connection of one server: opened before anything needs it, closed last. Before that, over a connection
 * of its own, what the rules rest on is made and checked, so that the server never listens without it.
 */

import fp from 'fastify-plugin'
import type { Connection } from 'mongoose'
import { prepareAccounts } from '../src/accounts/account-model.js'
import { prepareCalendarClients } from '../src/accounts/calendar-clients.js'
import { prepareGuests } from '../src/accounts/guest-store.js'
import { prepareProfiles } from '../src/accounts/profile-store.js'
import { prepareGrants } from '../src/auth/grant-model.js'
import { prepareSessions } from '../src/auth/session-model.js'
import { connectDatabase } from '../src/database/connect.js'
import { callsOf, type DatabaseCalls } from '../src/database/database-calls.js'
import { sayWhileWaiting } from '../src/database/say-while-waiting.js'
import { checkSlotLength } from '../src/database/slot-length.js'
import { SLOT_MINUTES } from '../src/domain/grid.js'
import { prepareJobs } from '../src/jobs/job-model.js'
import { prepareLinks } from '../src/links/link-model.js'
import { prepareSchedules } from '../src/schedules/schedule-model.js'
import { prepareServices } from '../src/services/service-model.js'
import { prepareHistory } from '../src/slots/slot-history.js'
import { prepareSlots } from '../src/slots/slot-model.js'
import { prepareWaits } from '../src/waits/wait-model.js'
import { prepareEndpoints } from '../src/webhooks/endpoint-model.js'

declare module 'fastify' {
  interface FastifyInstance {
    mongo: Connection
    /** What the calls to the database are doing. */
    databaseCalls: DatabaseCalls
  }
}

export interface MongoPluginOptions {
  uri: string
  waitMs?: number
}

/** How long one call may take: building an index over a large collection does not answer until it is done. */
const PREPARING_MS = 110_000

export default fp<MongoPluginOptions>(
  async (app, { uri, waitMs }) => {
    const options = {
      uri,
      ...(waitMs === undefined ? {} : { waitMs }),
      say: (line: string) => app.log.warn(line),
    }
    const preparing = await connectDatabase({ ...options, silentMs: PREPARING_MS })
    try {
      const steps: [string, () => Promise<unknown>][] = [
        ['checking the length of slots', () => checkSlotLength(preparing, SLOT_MINUTES)],
        ['preparing accounts and their indexes', () => prepareAccounts(preparing)],
        ['preparing links of providers and their indexes', () => prepareProfiles(preparing)],
        ['preparing services and their indexes', () => prepareServices(preparing)],
        ['preparing schedules', () => prepareSchedules(preparing)],
        ['preparing jobs and their indexes', () => prepareJobs(preparing)],
        ['preparing sessions and their indexes', () => prepareSessions(preparing)],
        ['preparing guests and their indexes', () => prepareGuests(preparing)],
        ['preparing links and their indexes', () => prepareLinks(preparing)],
        ['preparing API keys and feeds and their indexes', () => prepareGrants(preparing)],
        ['preparing slots and their indexes', () => prepareSlots(preparing)],
        ['preparing past reservations and their indexes', () => prepareHistory(preparing)],
        ['preparing waiting lists and their indexes', () => prepareWaits(preparing)],
        ['preparing clients of calendars and their indexes', () => prepareCalendarClients(preparing)],
        ['preparing webhooks and their indexes', () => prepareEndpoints(preparing)],
      ]
      for (const [what, work] of steps) await sayWhileWaiting(what, work, options)
    } finally {
      await preparing.close()
    }
    const connection = await connectDatabase(options)
    app.addHook('onClose', () => connection.close())
    app.decorate('mongo', connection)
    app.decorate('databaseCalls', callsOf(connection))
  },
  { name: 'mongo', fastify: '5.x' },
)
