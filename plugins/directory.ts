/** Clients of calendars by their names. An existing database is read through once for them, while the server serves. */
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import {
  type CalendarClient,
  CalendarClients,
  calendarClientsOf,
  isGuest,
} from '../src/accounts/calendar-clients.js'
import { OnceBesideServing } from '../src/database/once-beside-serving.js'
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

    const filling = new OnceBesideServing({
      connection: app.mongo,
      name: 'clients of calendars are found by the beginnings of their names',
      work: () => directory.fill(everybody()),
      onFault(error) {
        const message = 'clients with earlier reservations could not all be noted; the next start tries again'
        app.log.warn({ err: error }, message)
      },
    })
    app.addHook('onReady', async () => filling.start())
    app.addHook('onClose', async () => {
      const stopped = filling.stop()
      await directory.close()
      await stopped
    })
    app.decorate('directory', directory)
  },
  { name: 'directory', dependencies: ['mongo', 'clock', 'accounts', 'slots'] },
)
