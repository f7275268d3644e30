/** Clients of calendars by their names. An existing database is read through once for them, while the server serves. */
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import {
  type CalendarClient,
  CalendarClients,
  calendarClientsOf,
  isGuest,
} from '../src/accounts/calendar-clients.js'
import { doneOnce } from '../src/database/done-once.js'
import { isDatabaseAway } from '../src/database/unavailable.js'
import { createFieldCipher } from '../src/encryption/field-cipher.js'
import { reservationClients } from '../src/slots/reservation-clients.js'
import { historyOf } from '../src/slots/slot-history.js'
import { slotsOf } from '../src/slots/slot-model.js'

declare module 'fastify' {
  interface FastifyInstance {
    directory: CalendarClients
  }
}

export interface DirectoryOptions {
  /** FIELD_KEY, and those before it that entries may still be made with. */
  fieldKeys: [current: string, ...older: string[]]
}

const RETRY_MS = 1_000

export default fp(
  async (app: FastifyInstance, { fieldKeys }: DirectoryOptions) => {
    const { accounts } = app
    const directory = new CalendarClients({
      clients: calendarClientsOf(app.mongo),
      cipher: createFieldCipher(fieldKeys),
      namesNow: (ids) => accounts.namesNow(ids),
      async guestName(id) {
        const guest = { id, role: 'client' } as const
        const [found] = await app.lists.reservations(guest, {}, null, null, 1, app.clock.now())
        return found ? accounts.names.open(found.reservation.client.name, found.reservation.id) : null
      },
      warn: (about, message) => app.log.warn(about, message),
    })

    /** For an account the directory asks for the name itself. */
    async function* everybody(): AsyncGenerator<CalendarClient> {
      for await (const { providerId, reservation } of reservationClients(
        slotsOf(app.mongo),
        historyOf(app.mongo),
      )) {
        const { id, name } = reservation.client
        yield { providerId, id, name: isGuest(id) ? accounts.names.open(name, reservation.id) : '' }
      }
    }

    const stopping = new AbortController()
    async function fillOnce(): Promise<void> {
      const name = 'clients of calendars are found by the beginnings of their names'
      for (;;) {
        try {
          await doneOnce(app.mongo, name, async () => {
            if (!(await directory.fill(everybody()))) throw new Stopped()
          })
          return
        } catch (error) {
          if (error instanceof Stopped || stopping.signal.aborted) return
          if (!isDatabaseAway(error)) {
            const message =
              'clients with earlier reservations could not all be noted; the next start tries again'
            app.log.warn({ err: error }, message)
            return
          }
          // Others say that the database is away.
          await setTimeout(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {})
        }
      }
    }

    let filling: Promise<void> | undefined
    app.addHook('onReady', async () => {
      filling = fillOnce()
    })
    app.addHook('onClose', async () => {
      stopping.abort()
      await directory.close()
      await filling
    })
    app.decorate('directory', directory)
  },
  { name: 'directory', dependencies: ['mongo', 'clock', 'accounts', 'slots'] },
)

/** The server closes; the next start goes through it again. */
class Stopped extends Error {}
