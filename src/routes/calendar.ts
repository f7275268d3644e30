/** One reservation as a calendar file, for those who may see it: the same right as `GET /v1/reservations/{id}`. */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator'
import { Type } from 'typebox'
import type { ReservationStatus } from '../domain/reservation.js'
import { Refusal } from '../http/problems.js'
import { Id, Problem } from '../schemas/common.js'
import { reservationView } from '../slots/slot-view.js'
import { signedIn } from './reservations.js'

const Params = Type.Object({ id: Id })

const statuses: Record<ReservationStatus, ICalEventStatus> = {
  held: ICalEventStatus.TENTATIVE,
  confirmed: ICalEventStatus.CONFIRMED,
  released: ICalEventStatus.CANCELLED,
  expired: ICalEventStatus.CANCELLED,
  cancelled: ICalEventStatus.CANCELLED,
}

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
      const { id, start, end, status, rev, heldAt, confirmedAt, endedAt, client } = reservationView(
        found.slot,
        found.reservation,
        app.clock.now(),
        caller.role === 'provider' ? app.accounts.names.open : undefined,
      )
      const calendar = ical({
        prodId: { company: 'Slotcast', product: 'Slotcast', language: 'EN' },
        method: ICalCalendarMethod.PUBLISH,
      })
      calendar.createEvent({
        // The same id each time, and a sequence that grows: a calendar that has it already changes it in place.
        id: `${id}@slotcast`,
        sequence: rev,
        stamp: new Date(endedAt ?? confirmedAt ?? heldAt),
        start: new Date(start),
        end: new Date(end),
        status: statuses[status],
        summary: `Appointment with ${client?.name ?? provider?.name ?? 'a provider'}`,
      })
      return reply
        .type('text/calendar; charset=utf-8')
        .header('content-disposition', 'attachment; filename="appointment.ics"')
        .header('cache-control', 'no-store')
        .send(calendar.toString())
    },
  )
}
