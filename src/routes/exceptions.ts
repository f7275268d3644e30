/** Days on which a provider does not work as in other weeks: closed, or with other hours. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { dayIn } from '../availability/days.js'
import { holidaysIn, MAX_ICS_BYTES } from '../availability/holidays.js'
import { addDays } from '../domain/days.js'
import type { Caller } from '../http/caller.js'
import { Refusal, refusedFields } from '../http/problems.js'
import { outsideIn, type ScheduleDoc } from '../schedules/schedule-model.js'
import type { NewException as NewExceptionOf } from '../schedules/schedule-store.js'
import { Id, Problem } from '../schemas/common.js'
import {
  ExceptionList,
  Imported,
  ImportPreview,
  NewException,
  Preview,
  SetException,
} from '../schemas/schedule.js'
import {
  checkSpans,
  FOLLOW_MS,
  fits,
  outsideViews,
  ownCalendar,
  previewed,
  previewQuery,
  scheduleOf,
} from './schedule.js'

const Params = Type.Object({ id: Id })
const CalendarFile = Type.Object(
  { ics: Type.String({ description: 'The text of the file' }) },
  { additionalProperties: false },
)
type CalendarFile = Static<typeof CalendarFile>
/** Of JSON, which writes each line break as two characters. */
const MAX_FILE = 2 * MAX_ICS_BYTES
/** Files of public holidays reach years ahead. */
const DAYS_AHEAD = 3 * 366

export const exceptionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  // Of these routes alone; the others read JSON.
  app.addContentTypeParser('text/calendar', { parseAs: 'string' }, (_request, body, done) => done(null, body))

  app.get(
    '/v1/providers/:id/exceptions',
    {
      config: { access: 'provider' },
      schema: {
        operationId: 'listExceptions',
        summary: 'The days on which the own hours differ, by their first day',
        tags: ['schedule'],
        params: Params,
        response: { 200: ExceptionList, 404: Problem, 503: Problem },
      },
    },
    async ({ params, caller }) => {
      const owner = ownCalendar(caller, params.id)
      const { exceptions } = await scheduleOf(app, owner.id)
      return { items: exceptions.toSorted((a, b) => (a.from < b.from ? -1 : 1)), nextCursor: null }
    },
  )

  app.post(
    '/v1/providers/:id/exceptions',
    {
      handlerTimeout: FOLLOW_MS,
      config: { access: 'provider', audit: 'schedule.except' },
      schema: {
        operationId: 'addException',
        summary: 'Close days, or give them other hours',
        description:
          'A closed day stays closed whatever else is said of it; other hours of one day are joined. What a hand has published on these days stays, as does what is held or booked: see time off. At most 200; those that have been over for a week are removed when others are added.',
        tags: ['schedule'],
        params: Params,
        querystring: previewQuery,
        body: NewException,
        response: {
          200: Type.Union([SetException, Preview]),
          201: SetException,
          400: Problem,
          404: Problem,
          422: Problem,
          503: Problem,
        },
      },
    },
    async (request, reply) => {
      const owner = ownCalendar(request.caller, request.params.id)
      const exception = exceptionFrom(request.body)
      if (request.query.preview) {
        return app.previews.take(owner.id, async () => {
          const before = await scheduleOf(app, owner.id)
          return previewed(app, owner, hoursWith(before, [exception]), before)
        })
      }
      const outcome = await app.previews.take(owner.id, async () => {
        const before = await scheduleOf(app, owner.id)
        await fits(app, owner.id, hoursWith(before, [exception]), before)
        return app.schedules.addExceptions(owner.id, [exception])
      })
      if (!outcome.ok) throw new Refusal(outcome.code)
      const [added] = outcome.added
      const [existing] = outcome.existing
      const done = await follow(owner)
      const one = added ?? existing
      if (!one) throw new Refusal('unavailable')
      request.audited = { exception: one.id, from: one.from, to: one.to }
      return reply.code(added ? 201 : 200).send({ ...one, ...done })
    },
  )

  app.post(
    '/v1/providers/:id/exceptions/import',
    {
      handlerTimeout: FOLLOW_MS,
      bodyLimit: MAX_FILE,
      config: { access: 'provider', audit: 'schedule.import' },
      schema: {
        operationId: 'importExceptions',
        summary: 'Close the days of all-day events, such as public holidays',
        description:
          'An iCalendar file of at most 256 KB. Events that are over are left out, those at a time of day are named in `skipped`.',
        tags: ['schedule'],
        params: Params,
        querystring: previewQuery,
        body: {
          content: {
            'text/calendar': { schema: Type.String() },
            'application/json': { schema: CalendarFile },
          },
        },
        response: {
          200: Type.Union([Imported, ImportPreview]),
          400: Problem,
          404: Problem,
          413: Problem,
          415: Problem,
          422: Problem,
          503: Problem,
        },
      },
    },
    async (request) => {
      const owner = ownCalendar(request.caller, request.params.id)
      // One of the two that the schema lets in.
      const body = request.body as string | CalendarFile
      const { exceptions, skipped } = await closedDaysIn(owner, typeof body === 'string' ? body : body.ics)
      if (request.query.preview) {
        return app.previews.take(owner.id, async () => {
          const before = await scheduleOf(app, owner.id)
          const hours = hoursWith(before, exceptions)
          const { added, existing } = hours
          return { added, existing, skipped, ...(await previewed(app, owner, hours, before)) }
        })
      }
      const outcome = await app.schedules.addExceptions(owner.id, exceptions)
      if (!outcome.ok) throw new Refusal(outcome.code)
      request.audited = { added: outcome.added.length }
      const done = await follow(owner)
      return { added: outcome.added, existing: outcome.existing.length, skipped, ...done }
    },
  )

  app.delete(
    '/v1/providers/:id/exceptions/:exceptionId',
    {
      handlerTimeout: FOLLOW_MS,
      config: { access: 'provider', audit: 'schedule.unexcept' },
      schema: {
        operationId: 'deleteException',
        summary: 'Have these days be as in other weeks again',
        description: 'Safe to repeat. What was cancelled meanwhile stays cancelled.',
        tags: ['schedule'],
        params: Type.Object({ id: Id, exceptionId: Id }),
        response: { 204: Type.Null(), 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const owner = ownCalendar(request.caller, request.params.id)
      const { exceptionId } = request.params
      const isGone = await app.schedules.removeException(owner.id, exceptionId)
      // A parameter is whatever was sent; what was found is an id of ours.
      if (isGone) request.audited = { exception: exceptionId }
      await app.materialiser.run(owner.id)
      return reply.code(204).send(null)
    },
  )

  async function closedDaysIn(owner: Caller, ics: string) {
    const { timeZone } = (await app.accounts.find(owner.id)) ?? { timeZone: 'UTC' }
    const today = dayIn(timeZone, app.clock.now())
    const { days, skipped, fault } = holidaysIn(ics, { today, through: addDays(today, DAYS_AHEAD) })
    if (fault === 'too_large') throw new Refusal('too_large')
    if (fault) throw refusedFields('invalid_request', [{ field: 'ics', message: 'is not an iCalendar file' }])
    const exceptions = days.map(({ from, to, summary }): NewExceptionOf => {
      return { from, to, closed: true, reason: summary }
    })
    return { exceptions, skipped }
  }

  /** The hours as they would be, or the refusal that adding these would meet. */
  function hoursWith(before: ScheduleDoc, exceptions: readonly NewExceptionOf[]) {
    const addable = app.schedules.addable(before, exceptions)
    if (addable === null) throw new Refusal('too_many_exceptions')
    const { all, added, existing } = addable
    return { ...before, exceptions: all, added, existing: existing.length }
  }

  async function follow(owner: Caller) {
    const { opened, withdrawn } = await app.materialiser.run(owner.id)
    const { left } = await scheduleOf(app, owner.id)
    return { opened, withdrawn, outside: await outsideViews(app, owner, outsideIn(left)) }
  }
}

function exceptionFrom({ from, to, closed, blocks, reason }: NewException): NewExceptionOf {
  const refused = (field: string, message: string) => refusedFields('invalid_request', [{ field, message }])
  if (to < from) throw refused('to', 'must not be before from')
  if ((closed === undefined) === (blocks === undefined)) {
    throw refused('closed', 'is needed, or blocks; not both')
  }
  if (blocks) checkSpans(blocks, 'blocks')
  return {
    from,
    to,
    ...(closed && { closed }),
    ...(blocks && { blocks }),
    ...(reason !== undefined && { reason }),
  }
}
