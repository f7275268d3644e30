/** A provider books for somebody on the telephone or at the door, who need not have an account. */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { clearCalendar } from '../accounts/delete-account.js'
import { readSlotId } from '../domain/grid.js'
import { Refusal } from '../http/problems.js'
import { Id, Problem } from '../schemas/common.js'
import { NewBooking, Reservation } from '../schemas/reservations.js'
import { termsOf } from './appointment-terms.js'
import { contactFrom, idempotencyKey, refusalOf, signedIn, viewFor } from './reservations.js'

/** A booking that sets the notice aside must still lie ahead. */
const AHEAD_MS = 1

export const bookingRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/v1/providers/:id/reservations',
    {
      config: { access: 'provider', audit: 'reservation.book' },
      schema: {
        operationId: 'bookForSomebody',
        summary: 'Book for somebody, who need not have an account',
        description:
          'Held or confirmed at once, under the same rules as for clients, except those in `override`. An `Idempotency-Key` counts as for holds.',
        tags: ['reservations'],
        params: Type.Object({ id: Id }),
        headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String()) }),
        body: NewBooking,
        response: { 201: Reservation, 400: Problem, 404: Problem, 409: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      const { slotId, person, status, override } = request.body
      const isOwn = caller.id === request.params.id && readSlotId(slotId)?.providerId === caller.id
      if (!isOwn) throw new Refusal('not_found')
      const { name, ...given } = person
      const contact = contactFrom(given)
      const terms = {
        ...(await termsOf(app, request.body)),
        ...(override?.includes('notice') && { noticeMs: AHEAD_MS }),
        ...(contact && { contact }),
        byProvider: { status },
      }
      const key = idempotencyKey(request)
      const outcome = await app.slots.hold({ id: caller.id, name }, slotId, key, terms)
      // As for clients who hold: the account may have been deleted meanwhile, and its deletion have missed this.
      if (!app.tokens.isCurrent(caller) && !(await app.accounts.findFresh(caller.id))) {
        await clearCalendar(app, caller)
        throw new Refusal('unauthenticated', 'The account has ended.')
      }
      if (!outcome.ok) throw refusalOf(outcome)
      if (outcome.how === 'replayed') reply.header('idempotency-replayed', 'true')
      const view = await viewFor(app, outcome, caller)
      // By the name in the reservation: who was erased meanwhile is not found again because a request is repeated.
      if (view.client) app.directory.note(caller.id, view.client)
      reply.header('location', `/v1/reservations/${view.id}`)
      return reply.code(201).send(view)
    },
  )
}
