/** Days off in one request: closed, and each booking on them moved, cancelled or left. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { dayIn } from '../availability/days.js'
import { addDays } from '../domain/days.js'
import { SLOT_MINUTES, SLOT_MS } from '../domain/grid.js'
import { appointmentOf } from '../domain/reservation.js'
import { ZoneOffsets } from '../domain/zone-offsets.js'
import type { Caller } from '../http/caller.js'
import { catalogue, invalid, Refusal } from '../http/problems.js'
import { type Owner, TimeOff as TimeOffOf } from '../schedules/time-off.js'
import { Id, Problem } from '../schemas/common.js'
import { NewTimeOff, TimeOff, TimeOffPreview } from '../schemas/time-off.js'
import type { FoundReservation } from '../slots/slot-outcomes.js'
import { viewFor } from './reservations.js'
import { FOLLOW_MS, ownCalendar, previewQuery, scheduleOf } from './schedule.js'

const MOST_DAYS = 366

export const timeOffRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { schedules, materialiser, slots, lists, clock } = app
  const offsets = new ZoneOffsets()
  const timeOff = new TimeOffOf({
    schedules,
    materialiser,
    slots,
    lists,
    clock,
    slotsOf: async (providerId) => (await app.board.topic(providerId)).slots,
    rhythmOf: async (providerId, serviceId) =>
      (await app.services.find(providerId, serviceId))?.startsEveryMinutes ?? SLOT_MINUTES,
    offsetsOf: (timeZone) => offsets.of(timeZone),
  })

  app.post(
    '/v1/providers/:id/time-off',
    {
      handlerTimeout: FOLLOW_MS,
      config: { access: 'provider', audit: 'schedule.time-off' },
      schema: {
        operationId: 'takeTimeOff',
        summary: 'Take days off, and move, cancel or keep what is booked on them',
        description:
          'The days are closed first, so nobody can book there any more; then the bookings in `moves` are moved, and the others cancelled or kept. Holds are given back unless they are in `moves`. What fails stays booked and is named. The same request again goes on where an interrupted one ended. With `preview=true` nothing is changed, and each booking comes with times on other days at which it fits.',
        tags: ['schedule'],
        params: Type.Object({ id: Id }),
        querystring: previewQuery,
        body: NewTimeOff,
        response: {
          200: Type.Union([TimeOff, TimeOffPreview]),
          400: Problem,
          404: Problem,
          422: Problem,
          503: Problem,
        },
      },
    },
    async (request) => {
      const caller = ownCalendar(request.caller, request.params.id)
      const { from, to, reason, note, bookings = 'keep', moves = [] } = request.body
      const owner = await ownerOf(caller)
      checkDays(request.body, dayIn(owner.timeZone, clock.now()))
      if (request.query.preview) {
        const exception = { from, to, closed: true as const, ...(reason !== undefined && { reason }) }
        if (schedules.addable(await scheduleOf(app, owner.id), [exception]) === null) {
          throw new Refusal('too_many_exceptions')
        }
        return app.previews.take(owner.id, () => preview(owner, caller, { from, to }))
      }
      const outcome = await timeOff.take(owner, {
        from,
        to,
        ...(reason !== undefined && { reason }),
        ...(note !== undefined && { note }),
        bookings,
        moves,
      })
      if (!outcome.ok) throw new Refusal(outcome.code)
      const { exception, withdrawn, moved, cancelled, released, kept, failed } = outcome
      const counts = { moved: moved.length, cancelled: cancelled.length, released: released.length }
      request.audited = { exception: exception.id, from, to, withdrawn, ...counts, failed: failed.length }
      return {
        exception,
        withdrawn,
        moved: await views(moved, caller),
        cancelled,
        released,
        kept: await views(kept, caller),
        failed: failed.map(({ reservationId, code }) => {
          return { reservationId, code, title: catalogue[code].title }
        }),
      }
    },
  )

  async function preview(owner: Owner, caller: Caller, days: Pick<NewTimeOff, 'from' | 'to'>) {
    const { withdraws, holds, affected } = await timeOff.preview(owner, days)
    const seen = affected.map(async ({ found, offers }) => {
      const length = appointmentOf(found.slot, found.reservation).shape.visit * SLOT_MS
      return {
        reservation: await viewFor(app, found, caller),
        offers: offers.map(({ id, start }) => ({
          slotId: id,
          start: new Date(start).toISOString(),
          end: new Date(start + length).toISOString(),
        })),
      }
    })
    return { ...days, withdraws, holds, affected: await Promise.all(seen) }
  }

  function views(found: readonly FoundReservation[], caller: Caller) {
    return Promise.all(found.map((one) => viewFor(app, one, caller)))
  }

  async function ownerOf({ id }: Caller): Promise<Owner> {
    const account = await app.accounts.findFresh(id)
    if (!account) throw new Refusal('not_found')
    return { id, timeZone: account.timeZone }
  }
}

function checkDays({ from, to, moves = [] }: NewTimeOff, today: string): void {
  if (to < from) throw invalid('to', 'must not be before from')
  if (to < today) throw invalid('to', 'is over')
  if (to >= addDays(from, MOST_DAYS)) throw invalid('to', `must be less than ${MOST_DAYS} days after from`)
  const ids = new Set(moves.map(({ reservationId }) => reservationId))
  if (ids.size < moves.length) throw invalid('moves', 'must name each reservation once')
}
