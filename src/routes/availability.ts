/** A provider publishes, reads and withdraws its working time. */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { clearCalendar } from '../accounts/delete-account.js'
import { slotsOfBlocks } from '../availability/blocks.js'
import { startsInHours } from '../availability/working-days.js'
import type { Caller } from '../http/caller.js'
import { decodeCursor, pageOf } from '../http/paging.js'
import { invalid, Refusal, refusedFields } from '../http/problems.js'
import { CalendarSlotList, Publish, Published, Withdrawn } from '../schemas/availability.js'
import { Id, InstantIn, Problem, pageQuery, spanQuery } from '../schemas/common.js'
import { type CompactSlot, compactOf } from '../slots/compact-slot.js'
import type { CalendarSlot } from '../slots/slot-queries.js'
import { ownSlot } from '../slots/slot-view.js'
import { signedIn } from './reservations.js'
import { readSpan } from './spans.js'

const Params = Type.Object({ id: Id })
/** Thousands of slots in batches, each with its own deadline. */
const MANY_SLOTS_MS = 30_000
const firstKey: readonly [number, string] = [0, '']

export const availabilityRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const shown = (slot: CompactSlot) => ownSlot(slot, app.clock.now(), app.accounts.names.open)

  app.post(
    '/v1/providers/:id/availability',
    {
      handlerTimeout: MANY_SLOTS_MS,
      config: { access: 'provider', audit: 'calendar.publish' },
      schema: {
        operationId: 'publishAvailability',
        summary: 'Publish working time: several blocks, all or nothing',
        description: 'At most 3,000 slots in a request, none that ends after 2100-01-01T00:00Z.',
        tags: ['availability'],
        params: Params,
        body: Publish,
        response: { 200: Published, 400: Problem, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request) => {
      const { id, timeZone } = await own(request.caller, request.params.id, true)
      const read = slotsOfBlocks(request.body.blocks, timeZone, app.clock.now())
      if (!read.ok) throw refusedFields(read.code, read.errors)
      if (!(await app.lists.hasRoom(id, read.slots))) {
        const detail = `A calendar may have ${app.lists.maxSlots} slots that are not over; withdrawn ones count.`
        throw new Refusal('too_many_slots', detail)
      }
      const { opened, ids } = await open(id, read.slots, timeZone).finally(async () => {
        // The account is read before and after the write, also after a failed one: if it was deleted before the second
        // read, the slots are cleared here; if later, its deletion clears them.
        if (await app.accounts.findFresh(id)) return
        await clearCalendar(app, { id, role: 'provider' })
        throw new Refusal('not_found')
      })
      request.audited = { opened, ...firstAndLast(ids) }
      return { opened, existing: ids.length - opened, slots: ids }
    },
  )

  app.get(
    '/v1/providers/:id/availability',
    {
      config: { access: 'provider' },
      schema: {
        operationId: 'listAvailability',
        summary: 'The own calendar, every state, with who holds and who booked',
        tags: ['availability'],
        params: Params,
        querystring: Type.Object({ ...spanQuery, ...pageQuery }, { additionalProperties: false }),
        response: { 200: CalendarSlotList, 400: Problem, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request) => {
      const { id, timeZone } = await own(request.caller, request.params.id)
      const { query } = request
      const limit = query.limit ?? 50
      const span = readSpan(query, { now: app.clock.now(), fallbackZone: timeZone })
      const found = await app.lists.calendar(id, span, decodeCursor(query.cursor, firstKey), limit)
      const { items, nextCursor } = pageOf(found, limit, (slot) => [slot.start, slot.id])
      return { items: items.map(withOrigin), nextCursor }
    },
  )

  app.delete(
    '/v1/providers/:id/availability',
    {
      handlerTimeout: MANY_SLOTS_MS,
      config: { access: 'provider', audit: 'calendar.withdraw' },
      schema: {
        operationId: 'withdrawAvailability',
        summary: 'Withdraw what is open in a span; held and booked slots stay and are named',
        tags: ['availability'],
        params: Params,
        querystring: Type.Object({ start: InstantIn, end: InstantIn }, { additionalProperties: false }),
        response: { 200: Withdrawn, 400: Problem, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request) => {
      const { id } = await own(request.caller, request.params.id)
      const { start, end } = request.query
      if (Date.parse(end) <= Date.parse(start)) {
        throw invalid('end', 'must be after start')
      }
      const { from, to } = readSpan({ from: start, to: end }, { now: app.clock.now() })
      const origin = await app.schedules.handOrigin(id)
      const { withdrawn, kept } = await app.slots.withdraw(id, from, to, origin)
      request.audited = { withdrawn, kept: kept.length, from: start, to: end }
      return { withdrawn, kept: kept.map(compactOf).map(shown) }
    },
  )

  const withOrigin = (slot: CalendarSlot) => {
    const { by, ruleRev } = slot
    return { ...shown(slot), by, ...(ruleRev !== undefined && { ruleRev }) }
  }

  /** What the weekly hours offer as well follows them from then on; the rest is the provider's own decision. */
  async function open(providerId: string, starts: number[], timeZone: string) {
    const schedule = await app.schedules.findFresh(providerId)
    if (!schedule) return app.slots.open(providerId, starts)
    const { ruleRev } = schedule
    const inHours = startsInHours(schedule, starts, timeZone)
    const ruled = starts.filter((start) => inHours.has(start))
    const others = starts.filter((start) => !inHours.has(start))
    const byHand = await app.slots.open(providerId, others, { by: 'hand', ruleRev })
    const again = await app.slots.open(providerId, ruled, { by: 'rule', ruleRev }, 'by hand')
    return { opened: byHand.opened + again.opened, ids: [...byHand.ids, ...again.ids].sort() }
  }

  /** The account of the caller whose calendar this is; for any other caller the calendar does not exist. */
  async function own(caller: Caller | null, providerId: string, isFresh = false) {
    const { accounts } = app
    const isOwn = signedIn(caller).id === providerId
    const account = !isOwn
      ? null
      : await (isFresh ? accounts.findFresh(providerId) : accounts.find(providerId))
    if (!account) throw new Refusal('not_found')
    return account
  }
}

/** First and last of them, for the audit log. */
function firstAndLast(ids: string[]): { first?: string; last?: string } {
  const [first] = ids
  const last = ids.at(-1)
  return { ...(first !== undefined && { first }), ...(last !== undefined && { last }) }
}
