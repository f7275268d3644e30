/** One reservation as a calendar file, for those who may see it: the same right as `GET /v1/reservations/{id}`. */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { eventOf } from '../feeds/appointment-words.js'
import { Refusal } from '../http/problems.js'
import { Id, Problem } from '../schemas/common.js'
import { calendarFile } from '../slots/appointment-event.js'
import { reservationView } from '../slots/slot-view.js'
import { signedIn } from './reservations.js'

const Params = Type.Object({ id: Id })

/** Enough to set out; calendars add a reminder of their own for the day before. */
const REMIND_SECONDS = 3_600
const HOST = /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$/i

export const calendarRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/reservations/:id/calendar.ics',
    {
      config: { access: 'any', produces: 'text/calendar' },
      schema: {
        operationId: 'getReservationCalendar',
        summary: 'One reservation as an iCalendar file',
        tags: ['reservations'],
        params: Params,
        response: { 200: Type.String(), 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      const found = await app.slots.findReservation(request.params.id)
      const owner = caller.role === 'client' ? found?.reservation.client.id : found?.slot.providerId
      if (!found || owner !== caller.id) throw new Refusal('not_found')
      const provider = await app.accounts.find(found.slot.providerId)
      const now = app.clock.now()
      const names = caller.role === 'provider' ? app.accounts.names.open : undefined
      const reservation = reservationView(found.slot, found.reservation, now, names)
      const isProvider = caller.role === 'provider'
      const event = eventOf(found, reservation, {
        other: isProvider ? reservation.client?.name || 'a client' : provider?.name || 'a provider',
        location: provider?.profile?.address ?? provider?.profile?.place,
        page: pageOf(request, isProvider ? '/provider' : '/my'),
      })
      // There is no METHOD, because RFC 5546 then asks for an ORGANIZER with an e-mail address, which is shown to nobody.
      const file = calendarFile([{ ...event, remind: REMIND_SECONDS }], { publicUrl: app.publicUrl() })
      return reply
        .type('text/calendar; charset=utf-8')
        .header('content-disposition', 'attachment; filename="appointment.ics"')
        .header('cache-control', 'no-store')
        .send(file)
    },
  )
}

/** The one that the caller used, as a trusted proxy says it. */
function pageOf({ protocol, host }: FastifyRequest, path: string): string | undefined {
  return HOST.test(host) ? `${protocol}://${host}${path}` : undefined
}
