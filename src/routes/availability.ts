/** A provider publishes, looks at and withdraws its working time. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Caller } from '../accounts/caller.js'
import { slotsOfBlocks } from '../availability/blocks.js'
import { invalid, Refusal, refusedFields } from '../errors.js'
import { decodeCursor, pageOf } from '../paging.js'
import { Publish, Published, Withdrawn } from '../schemas/availability.js'
import { Id, InstantIn, listOf, OwnSlot, Problem, pageQuery, spanQuery } from '../schemas/common.js'
import { type CompactSlot, compactOf, ownSlot } from '../slots/slot-view.js'
import { signedIn } from './reservations.js'
import { readSpan } from './spans.js'

const Params = Type.Object({ id: Id })
const firstKey: readonly [number, string] = [0, '']

export const availabilityRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const shown = (slot: CompactSlot) => ownSlot(slot, app.clock.now(), app.accounts.names.open)

  app.post(
    '/v1/providers/:id/availability',
    {
      config: { access: 'provider', audit: 'calendar.publish' },
      schema: {
        summary: 'Publish working time: several blocks, all or nothing',
        description: 'At most 3,000 slots in a request, none that ends after 2100-01-01T00:00Z.',
        tags: ['availability'],
        params: Params,
        body: Publish,
        response: { 200: Published, 400: Problem, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request) => {
      const { timeZone } = await own(request.caller, request.params.id)
      const read = slotsOfBlocks(request.body.blocks, timeZone, app.clock.now())
      if (!read.ok) throw refusedFields(read.code, read.errors)
      const { opened, ids } = await app.slots.open(request.params.id, read.slots)
      request.audited = { opened, ...spanOf(ids) }
      return { opened, existing: ids.length - opened, slots: ids }
    },
  )

  app.get(
    '/v1/providers/:id/availability',
    {
      config: { access: 'provider' },
      schema: {
        summary: 'The own calendar, every state, with who holds and who booked',
        tags: ['availability'],
        params: Params,
        querystring: Type.Object({ ...spanQuery, ...pageQuery }, { additionalProperties: false }),
        response: { 200: listOf(OwnSlot), 400: Problem, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request) => {
      const { id, timeZone } = await own(request.caller, request.params.id)
      const { query } = request
      const limit = query.limit ?? 50
      const span = readSpan(query, { now: app.clock.now(), fallbackZone: timeZone })
      const found = await app.lists.calendar(id, span, decodeCursor(query.cursor, firstKey), limit)
      const { items, nextCursor } = pageOf(found, limit, (slot) => [slot.start, slot.id])
      return { items: items.map(shown), nextCursor }
    },
  )

  app.delete(
    '/v1/providers/:id/availability',
    {
      config: { access: 'provider', audit: 'calendar.withdraw' },
      schema: {
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
      const { withdrawn, kept } = await app.slots.withdraw(id, from, to)
      request.audited = { withdrawn, kept: kept.length, from: start, to: end }
      return { withdrawn, kept: kept.map(compactOf).map(shown) }
    },
  )

  /** A calendar is its provider's; anybody else hears that it does not exist. */
  async function own(caller: Caller | null, providerId: string) {
    const account = signedIn(caller).id === providerId ? await app.accounts.find(providerId) : null
    if (!account) throw new Refusal('not_found')
    return account
  }
}

/** First and last of them, for the audit log. */
function spanOf(ids: string[]): { first?: string; last?: string } {
  const [first] = ids
  const last = ids.at(-1)
  return { ...(first !== undefined && { first }), ...(last !== undefined && { last }) }
}
