/** Hold, confirm, give back and read reservations. */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { clearClient } from '../accounts/delete-account.js'
import type { ReservationStatus } from '../domain/reservation.js'
import type { Caller } from '../http/caller.js'
import { decodeCursor, pageOf } from '../http/paging.js'
import { invalid, Refusal } from '../http/problems.js'
import { Id, Problem, pageQuery, spanQuery } from '../schemas/common.js'
import { NewReservation, Reservation, ReservationList } from '../schemas/reservations.js'
import type { FoundReservation, Refused } from '../slots/slot-outcomes.js'
import { reservationKey } from '../slots/slot-queries.js'
import { reservationView } from '../slots/slot-view.js'
import { readSpan } from './spans.js'

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/
const statuses = 'held|confirmed|released|expired|cancelled'
const firstKey: readonly [number, string, number, string] = [0, '', 0, '']
const Params = Type.Object({ id: Id })

export const reservationRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const view = ({ slot, reservation }: FoundReservation, caller: Pick<Caller, 'role'>) =>
    reservationView(
      slot,
      reservation,
      app.clock.now(),
      caller.role === 'provider' ? app.accounts.names.open : undefined,
    )

  app.post(
    '/v1/reservations',
    {
      config: { access: 'client', audit: 'reservation.hold' },
      schema: {
        operationId: 'holdSlot',
        summary: 'Hold a slot',
        description:
          'With an `Idempotency-Key`, the same request again is answered with the same reservation, as it is by then, and `Idempotency-Replayed: true`.',
        tags: ['reservations'],
        headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String()) }),
        body: NewReservation,
        response: {
          200: Reservation,
          201: Reservation,
          400: Problem,
          404: Problem,
          409: Problem,
          422: Problem,
          503: Problem,
        },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      const key = request.headers['idempotency-key']
      if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
        throw invalid('idempotency-key', 'must be 1 to 255 visible ASCII characters')
      }
      const account = await app.accounts.find(caller.id)
      if (!account) throw new Refusal('unauthenticated')
      const outcome = await app.slots.hold({ id: caller.id, name: account.name }, request.body.slotId, key)
      // The account may have been deleted while the hold was written, and its deletion may have missed the hold.
      if (!app.tokens.isCurrent(caller) && !(await app.accounts.findFresh(caller.id))) {
        await clearClient(app, caller)
        throw new Refusal('unauthenticated', 'The account has ended.')
      }
      if (!outcome.ok) throw refusalOf(outcome)
      app.directory.note(outcome.slot.providerId, { id: caller.id, name: account.name })
      if (outcome.how === 'replayed') reply.header('idempotency-replayed', 'true')
      reply.header('location', `/v1/reservations/${outcome.reservation.id}`)
      return reply.code(outcome.how === 'again' ? 200 : 201).send(view(outcome, caller))
    },
  )

  app.post(
    '/v1/reservations/:id/confirm',
    {
      config: { access: 'client', audit: 'reservation.confirm' },
      schema: {
        operationId: 'confirmReservation',
        summary: 'Confirm a hold',
        tags: ['reservations'],
        params: Params,
        response: { 200: Reservation, 404: Problem, 410: Problem, 503: Problem },
      },
    },
    async (request) => {
      const caller = signedIn(request.caller)
      const outcome = await app.slots.confirm(caller, request.params.id)
      if (!outcome.ok) throw refusalOf(outcome)
      return view(outcome, caller)
    },
  )

  app.delete(
    '/v1/reservations/:id',
    {
      config: { access: 'any', audit: 'reservation.end' },
      schema: {
        operationId: 'endReservation',
        summary: 'Give back a hold or cancel a booking',
        tags: ['reservations'],
        params: Params,
        querystring: Type.Object(
          {
            withdraw: Type.Optional(
              Type.Boolean({ description: 'By the provider: take the slot off in the same update' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 204: Type.Null(), 403: Problem, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      const withdraw = request.query.withdraw ?? false
      if (withdraw && caller.role !== 'provider')
        throw new Refusal('forbidden', 'Only the provider can take a slot off')
      request.audited = { withdraw }
      const outcome = await app.slots.end(caller, request.params.id, { withdraw })
      if (!outcome.ok) throw refusalOf(outcome)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/v1/reservations/:id',
    {
      config: { access: 'any' },
      schema: {
        operationId: 'getReservation',
        summary: 'One reservation',
        tags: ['reservations'],
        params: Params,
        response: { 200: Reservation, 404: Problem, 503: Problem },
      },
    },
    async (request) => {
      const caller = signedIn(request.caller)
      const found = await app.slots.findReservation(request.params.id)
      const owner = caller.role === 'client' ? found?.reservation.client.id : found?.slot.providerId
      if (!found || owner !== caller.id) throw new Refusal('not_found')
      return view(found, caller)
    },
  )

  app.get(
    '/v1/reservations',
    {
      config: { access: 'any' },
      schema: {
        operationId: 'listReservations',
        summary: 'Own reservations, or those on the own calendar, by start',
        tags: ['reservations'],
        querystring: Type.Object(
          {
            status: Type.Optional(
              Type.String({
                pattern: `^(${statuses})(,(${statuses}))*$`,
                maxLength: 80,
                description: 'Comma separated',
                examples: ['held,confirmed'],
              }),
            ),
            client: Type.Optional(
              Type.String({
                maxLength: 100,
                description:
                  "By the provider: beginnings of words of a client's name, all of which it has, in any order; case, accents and punctuation do not matter",
                examples: ['mull an'],
              }),
            ),
            ...spanQuery,
            ...pageQuery,
          },
          { additionalProperties: false },
        ),
        response: { 200: ReservationList, 400: Problem, 403: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request) => {
      const caller = signedIn(request.caller)
      const { query } = request
      const limit = query.limit ?? 50
      if (query.client !== undefined && caller.role !== 'provider')
        throw new Refusal('forbidden', 'Only a provider can look for clients')
      const span = await reservationSpan(query, caller)
      // An account has no reservations from before it was created.
      const since =
        span.from === undefined ? (await app.accounts.own(caller.id))?.createdAt.getTime() : undefined
      const found = await app.lists.reservations(
        caller,
        span,
        query.status === undefined ? null : new Set(query.status.split(',') as ReservationStatus[]), // Checked by the schema.
        decodeCursor(query.cursor, firstKey),
        limit,
        since,
        query.client ? await app.directory.find(caller.id, query.client) : undefined,
      )
      const page = pageOf(found, limit, reservationKey)
      return { items: page.items.map((one) => view(one, caller)), nextCursor: page.nextCursor }
    },
  )

  /** Unlike other lists, this one has no default span: an end that is not given stays open. */
  async function reservationSpan(query: { day?: string; from?: string; to?: string }, caller: Caller) {
    const { day, from, to } = query
    if (day === undefined && (from === undefined || to === undefined)) {
      return {
        from: from === undefined ? undefined : Date.parse(from),
        to: to === undefined ? undefined : Date.parse(to),
      }
    }
    const zone = day === undefined ? undefined : (await app.accounts.find(caller.id))?.timeZone
    return readSpan(query, { now: app.clock.now(), fallbackZone: zone })
  }
}

/** Narrows the type; the `access` of the route has already refused anonymous callers. */
export function signedIn(caller: Caller | null): Caller {
  if (!caller) throw new Refusal('unauthenticated')
  return caller
}

export function refusalOf({ code, extras, retryAfter }: Refused): Refusal {
  return new Refusal(
    code,
    undefined,
    extras,
    retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` },
  )
}
