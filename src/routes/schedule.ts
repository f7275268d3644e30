/** The weekly hours of a provider: read and set by the provider itself; open slots follow before a change is answered. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { SLOT_MINUTES } from '../domain/grid.js'
import { type HoursSpan, minutesOf } from '../domain/schedule.js'
import type { Caller } from '../http/caller.js'
import { etagOf, IfMatch, revOf } from '../http/preconditions.js'
import { Refusal, refusedFields } from '../http/problems.js'
import type { HoursPreview, PreviewedHours } from '../schedules/materialiser.js'
import { DEFAULT_HORIZON_DAYS, noHours, outsideIn, type ScheduleDoc } from '../schedules/schedule-model.js'
import { Id, Problem } from '../schemas/common.js'
import { NewSchedule, Preview, Schedule, SetSchedule } from '../schemas/schedule.js'
import type { FoundReservation } from '../slots/slot-outcomes.js'
import { signedIn, viewFor } from './reservations.js'

/** A long horizon has many slots. */
export const FOLLOW_MS = 120_000
const Params = Type.Object({ id: Id })
/** Reservations looked for in the database. */
const AT_ONCE = 20
export const previewQuery = Type.Object(
  {
    preview: Type.Optional(Type.Boolean({ description: 'Says what it would change, and changes nothing' })),
  },
  { additionalProperties: false },
)
export const scheduleRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/providers/:id/schedule',
    {
      config: { access: 'provider' },
      schema: {
        operationId: 'getSchedule',
        summary: 'The own weekly hours, and what is booked outside of them',
        tags: ['schedule'],
        params: Params,
        response: { 200: Schedule, 404: Problem, 503: Problem },
      },
    },
    async ({ params, caller }, reply) => {
      const owner = ownCalendar(caller, params.id)
      const { rev, view } = await read(owner)
      reply.header('etag', etagOf(rev))
      return view
    },
  )

  app.put(
    '/v1/providers/:id/schedule',
    {
      handlerTimeout: FOLLOW_MS,
      config: { access: 'provider', audit: 'schedule.change' },
      schema: {
        operationId: 'setSchedule',
        summary: 'Set the own weekly hours',
        description:
          'From today on the open slots follow them, day by day, as far as the horizon. What is held or booked stays, and is named in `outside`. Times that a provider has published or withdrawn by hand stay as they are. With `preview=true` nothing is changed, and no If-Match is needed.',
        tags: ['schedule'],
        params: Params,
        headers: IfMatch,
        querystring: previewQuery,
        body: NewSchedule,
        response: {
          200: Type.Union([SetSchedule, Preview]),
          400: Problem,
          404: Problem,
          412: Problem,
          422: Problem,
          428: Problem,
          503: Problem,
        },
      },
    },
    async (request, reply) => {
      const owner = ownCalendar(request.caller, request.params.id)
      const { weekly, horizonDays = DEFAULT_HORIZON_DAYS, validFrom, validTo } = request.body
      checkSpans(weekly, 'weekly')
      if (validFrom !== undefined && validTo !== undefined && validTo < validFrom) {
        throw refusedFields('invalid_request', [
          { field: 'validTo', message: 'must not be before validFrom' },
        ])
      }
      const fields = {
        weekly,
        horizonDays,
        ...(validFrom !== undefined && { validFrom }),
        ...(validTo !== undefined && { validTo }),
      }
      const hoursUnder = ({ exceptions }: ScheduleDoc) => ({ ...fields, exceptions })
      if (request.query.preview) {
        return app.previews.take(owner.id, async () => {
          const before = await scheduleOf(app, owner.id)
          return previewed(app, owner, hoursUnder(before), before)
        })
      }
      const rev = revOf(request.headers['if-match'])
      const hours = await app.previews.take(owner.id, async () => {
        const before = await scheduleOf(app, owner.id)
        if (rev !== before.rev) throw new Refusal('precondition_failed')
        const hours = hoursUnder(before)
        await fits(app, owner.id, hours, before)
        const set = await app.schedules.set(owner.id, rev, hours)
        if (!set.ok) throw new Refusal(set.code)
        return hours
      })
      const { opened, withdrawn } = await app.materialiser.run(owner.id)
      const { rev: now, view } = await read(owner)
      request.audited = { rev: now, opened, withdrawn }
      reply.header('etag', etagOf(now))
      const notes = app.materialiser.notes(hours, view.timeZone)
      return { ...view, opened, withdrawn, notes }
    },
  )

  async function read(owner: Caller): Promise<{ rev: number; view: Schedule }> {
    const schedule = await scheduleOf(app, owner.id)
    const timeZone = (await app.accounts.findFresh(owner.id))?.timeZone
    if (timeZone === undefined) throw new Refusal('not_found')
    const { weekly, horizonDays, validFrom, validTo, rev, made } = {
      made: undefined,
      ...schedule,
    } as ScheduleDoc
    const outside = await outsideViews(app, owner, outsideIn(schedule.left))
    return {
      rev,
      view: {
        weekly,
        horizonDays,
        ...(validFrom !== undefined && { validFrom }),
        ...(validTo !== undefined && { validTo }),
        timeZone,
        rev,
        // Not of hours before these.
        ...(made?.ruleRev === schedule.ruleRev && { madeThrough: made.through }),
        outside,
      },
    }
  }
}

export async function scheduleOf(app: FastifyInstance, providerId: string): Promise<ScheduleDoc> {
  return (await app.schedules.findFresh(providerId)) ?? noHours(providerId)
}

/** The caller, whose calendar this is; for any other caller it does not exist. */
export function ownCalendar(caller: Caller | null, providerId: string): Caller {
  const owner = signedIn(caller)
  if (owner.id !== providerId) throw new Refusal('not_found')
  return owner
}

/** On the grid, and each end after its begin. */
export function checkSpans(spans: readonly HoursSpan[], name: string): void {
  const errors = spans.flatMap(({ from, to }, index) => [
    ...(minutesOf(from) % SLOT_MINUTES !== 0 ? [fault(`${name}.${index}.from`, GRID)] : []),
    ...(minutesOf(to) % SLOT_MINUTES !== 0 ? [fault(`${name}.${index}.to`, GRID)] : []),
    ...(minutesOf(to) <= minutesOf(from) ? [fault(`${name}.${index}.to`, 'must be after from')] : []),
  ])
  if (errors.length > 0) throw refusedFields('invalid_request', errors)
}

const GRID = `must be a multiple of ${SLOT_MINUTES} minutes`

function fault(field: string, message: string) {
  return { field, message }
}

export async function previewed(
  app: FastifyInstance,
  owner: Caller,
  hours: PreviewedHours,
  before: ScheduleDoc,
): Promise<Preview> {
  const { opens, withdraws, outside, notes, through } = await app.materialiser.preview(
    owner.id,
    hours,
    before,
  )
  return { opens, withdraws, outside: await outsideViews(app, owner, outside), notes, through }
}

/** Refuses hours for which the calendar has no room. */
export async function fits(
  app: FastifyInstance,
  providerId: string,
  hours: PreviewedHours,
  before: ScheduleDoc,
): Promise<HoursPreview> {
  const preview = await app.materialiser.preview(providerId, hours, before)
  if (preview.fits) return preview
  const detail = `A calendar may have ${app.lists.maxSlots} slots that are not over; withdrawn ones count.`
  throw new Refusal('too_many_slots', detail)
}

/** Those of them that still are, by start. */
export async function outsideViews(app: FastifyInstance, owner: Caller, ids: readonly string[]) {
  const now = app.clock.now()
  const found: (FoundReservation | null)[] = []
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE).map((id) => app.slots.findReservation(id))
    found.push(...(await Promise.all(some)))
  }
  const own = found.flatMap((one) => (one && one.slot.providerId === owner.id ? [one] : []))
  return (await Promise.all(own.map((one) => viewFor(app, one, owner))))
    .filter(({ status, end }) => (status === 'held' || status === 'confirmed') && Date.parse(end) > now)
    .sort((a, b) => (a.start < b.start ? -1 : 1))
}
