/** What may become of a reservation beside being confirmed and ended. */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { guestId } from '../domain/reservation.js'
import { Refusal } from '../http/problems.js'
import { Id, Problem } from '../schemas/common.js'
import { NewTime, Reservation, ReservationChanges } from '../schemas/reservations.js'
import { moveTermsOf } from './appointment-terms.js'
import { refusalOf, signedIn, viewFor } from './reservations.js'

const Params = Type.Object({ id: Id })

export const reservationChangeRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/v1/reservations/:id/move',
    {
      config: { access: 'any', audit: 'reservation.move' },
      schema: {
        operationId: 'moveReservation',
        summary: 'Move a hold or a booking to another time',
        description:
          'The old slots come free and the new ones are taken together, or nothing changes. It keeps its id, its status and its end. A provider may move to what begins too soon for a client, and after the cut-off.',
        tags: ['reservations'],
        params: Params,
        body: NewTime,
        response: { 200: Reservation, 404: Problem, 409: Problem, 410: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request) => {
      const caller = signedIn(request.caller)
      const terms = await moveTermsOf(app, caller, request.params.id, request.body)
      const to = { slotId: request.body.slotId, ...terms }
      const outcome = await app.slots.move(caller, request.params.id, to)
      if (!outcome.ok) throw refusalOf(outcome)
      if (caller.role === 'provider' && outcome.insideCutoff) request.audited = { insideCutoff: true }
      return viewFor(app, outcome, caller)
    },
  )

  app.post(
    '/v1/reservations/:id/extend',
    {
      config: { access: 'any', audit: 'reservation.extend' },
      schema: {
        operationId: 'extendReservation',
        summary: 'Have a hold last longer, once',
        description:
          'By its client; what a provider holds for somebody, by the provider. It ends HOLD_SECONDS from now, but not later than MAX_HOLD_SECONDS after it began.',
        tags: ['reservations'],
        params: Params,
        response: { 200: Reservation, 404: Problem, 410: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request) => {
      const caller = signedIn(request.caller)
      const outcome = await app.slots.extend(caller, request.params.id)
      if (!outcome.ok) throw refusalOf(outcome)
      return viewFor(app, outcome, caller)
    },
  )

  app.patch(
    '/v1/reservations/:id',
    {
      config: { access: 'provider', audit: 'reservation.outcome' },
      schema: {
        operationId: 'changeReservation',
        summary: 'Note whether the client came',
        tags: ['reservations'],
        params: Params,
        body: ReservationChanges,
        response: { 200: Reservation, 404: Problem, 410: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request) => {
      const caller = signedIn(request.caller)
      const outcome = await app.slots.setOutcome(caller.id, request.params.id, request.body.outcome)
      if (!outcome.ok) throw refusalOf(outcome)
      return viewFor(app, outcome, caller)
    },
  )

  app.delete(
    '/v1/reservations/:id/person',
    {
      config: { access: 'provider', audit: 'reservation.forget' },
      schema: {
        operationId: 'forgetPerson',
        summary: 'Erase whom a reservation was made for, where that is nobody with an account',
        description: 'The reservation goes on without name, telephone, address and notes.',
        tags: ['reservations'],
        params: Params,
        response: { 204: Type.Null(), 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      const { id } = request.params
      if (!(await app.slots.forgetGuest(caller.id, id))) throw new Refusal('not_found')
      await app.directory.forget(guestId(id))
      await app.guests.remove(id)
      return reply.code(204).send(null)
    },
  )
}
