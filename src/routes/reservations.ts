/** Hold, confirm, give back and read reservations. */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { clearClient } from '../accounts/delete-account.js'
import { guestId, type ReservationStatus } from '../domain/reservation.js'
import { ZoneOffsets } from '../domain/zone-offsets.js'
import type { Caller } from '../http/caller.js'
import { decodeCursor, pageOf } from '../http/paging.js'
import { invalid, Refusal } from '../http/problems.js'
import { Id, Problem, pageQuery, spanQuery } from '../schemas/common.js'
import { EndNote, NewReservation, Reservation, ReservationList } from '../schemas/reservations.js'
import type { Contact } from '../slots/contact.js'
import type { FoundReservation, Refused, SlotCaller } from '../slots/slot-outcomes.js'
import { reservationKey } from '../slots/slot-queries.js'
import { noteIn, reservationView, wallTimeWasIn } from '../slots/slot-view.js'
import { termsOf } from './appointment-terms.js'
import { readSpan } from './spans.js'

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/
const statuses = 'held|confirmed|released|expired|cancelled'
const firstKey: readonly [number, string, number, string] = [0, '', 0, '']
const Params = Type.Object({ id: Id })

export const reservationRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const view = (found: FoundReservation, caller: Pick<Caller, 'role'>) => viewFor(app, found, caller)

  app.post(
    '/v1/reservations',
    {
      config: { access: 'client', audit: 'reservation.hold' },
      schema: {
        operationId: 'holdSlot',
        summary: 'Hold a slot, or all slots of an appointment',
        description:
          'With a `serviceId` the appointment begins with the slot and takes as many as the service needs, all or none. With an `Idempotency-Key`, the same request again is answered with the same reservation, as it is by then, and `Idempotency-Replayed: true`.',
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
      const key = idempotencyKey(request)
      const account = await app.accounts.find(caller.id)
      if (!account) throw new Refusal('unauthenticated')
      const { slotId, phone, note } = request.body
      const contact = contactFrom({ phone, note })
      const terms = { ...(await termsOf(app, request.body)), ...(contact && { contact }) }
      const outcome = await app.slots.hold({ id: caller.id, name: account.name }, slotId, key, terms)
      // The account may have been deleted while the hold was written, and its deletion may have missed the hold.
      if (!app.tokens.isCurrent(caller) && !(await app.accounts.findFresh(caller.id))) {
        await clearClient(app, caller)
        throw new Refusal('unauthenticated', 'The account has ended.')
      }
      if (!outcome.ok) throw refusalOf(outcome)
      app.directory.note(outcome.slot.providerId, { id: caller.id, name: account.name })
      if (outcome.how === 'replayed') reply.header('idempotency-replayed', 'true')
      reply.header('location', `/v1/reservations/${outcome.reservation.id}`)
      return reply.code(outcome.how === 'again' ? 200 : 201).send(await view(outcome, caller))
    },
  )

  app.post(
    '/v1/reservations/:id/confirm',
    {
      config: { access: 'any', audit: 'reservation.confirm' },
      schema: {
        operationId: 'confirmReservation',
        summary: 'Confirm a hold',
        description: 'By its client; what a provider holds for somebody, by the provider.',
        tags: ['reservations'],
        params: Params,
        response: { 200: Reservation, 403: Problem, 409: Problem, 404: Problem, 410: Problem, 503: Problem },
      },
    },
    async (request) => {
      const caller = signedIn(request.caller)
      const outcome = await app.slots.confirm(caller, request.params.id)
      const isForeign = caller.role === 'provider' && !outcome.ok && outcome.code === 'not_found'
      if (isForeign) throw new Refusal('forbidden', 'Only its client can confirm this')
      if (!outcome.ok) throw refusalOf(outcome)
      return view(outcome, caller)
    },
  )

  app.delete(
    '/v1/reservations/:id',
    {
      config: { access: 'any', guests: true, audit: 'reservation.end' },
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
        body: EndNote,
        response: { 204: Type.Null(), 403: Problem, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedInOrGuest(request)
      const withdraw = request.query.withdraw ?? false
      if (withdraw && caller.role !== 'provider')
        throw new Refusal('forbidden', 'Only the provider can take a slot off')
      request.audited = { withdraw }
      const note = request.body?.note
      const origin = withdraw && (await app.schedules.handOrigin(caller.id))
      const outcome = await app.slots.end(caller, request.params.id, { withdraw: origin, note })
      if (!outcome.ok) throw refusalOf(outcome)
      if (outcome.insideCutoff) request.audited.insideCutoff = true
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/v1/reservations/:id',
    {
      config: { access: 'any', guests: true },
      schema: {
        operationId: 'getReservation',
        summary: 'One reservation',
        tags: ['reservations'],
        params: Params,
        response: { 200: Reservation, 404: Problem, 503: Problem },
      },
    },
    async (request) => {
      const caller = signedInOrGuest(request)
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
      const items = await Promise.all(page.items.map((one) => view(one, caller)))
      return { items, nextCursor: page.nextCursor }
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

/** As the caller may see it. */
export async function viewFor(
  app: Pick<FastifyInstance, 'clock' | 'accounts'>,
  found: FoundReservation,
  caller: Pick<Caller, 'role'>,
): Promise<Reservation> {
  const { slot, reservation } = found
  const { open } = app.accounts.names
  const names = caller.role === 'provider' ? open : undefined
  return {
    ...reservationView(slot, reservation, app.clock.now(), names),
    ...(await wallTimeWasOf(app, found)),
    ...noteIn(reservation, open),
  }
}

const offsets = new ZoneOffsets()

/** The time that was agreed, where its provider's clock shows another one by now. */
export async function wallTimeWasOf(
  { clock, accounts }: Pick<FastifyInstance, 'clock' | 'accounts'>,
  { slot, reservation }: FoundReservation,
) {
  const zone = reservation.agreed ? await accounts.zoneOf(slot.providerId) : null
  return zone === null ? {} : wallTimeWasIn(slot, reservation, clock.now(), offsets.of(zone))
}

export function idempotencyKey({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    throw invalid('idempotency-key', 'must be 1 to 255 visible ASCII characters')
  }
  return key
}

/** What was given of it, or nothing. */
export function contactFrom(given: { [Field in keyof Contact]?: string | undefined }): Contact | undefined {
  const fields = Object.entries(given).filter(([, value]) => value !== undefined)
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}

/** Narrows the type; the `access` of the route has already refused anonymous callers. */
export function signedIn(caller: Caller | null): Caller {
  if (!caller) throw new Refusal('unauthenticated')
  return caller
}

/** A guest is the client of its one reservation. */
function signedInOrGuest({ caller, guest }: FastifyRequest): SlotCaller {
  return caller === null && guest !== null ? { id: guestId(guest), role: 'client' } : signedIn(caller)
}

export function refusalOf({ code, extras, retryAfter }: Refused): Refusal {
  return new Refusal(
    code,
    undefined,
    extras,
    retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` },
  )
}
