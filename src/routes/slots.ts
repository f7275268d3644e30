/**
 * Lists of slots. Those of one provider come from the board, without a database read, as bytes that are kept until the
 * board, the service that was asked for, or the time changes them; those of all providers come from the database.
 */

import { createHash } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { KnownAccount } from '../accounts/account-store.js'
import { inTime } from '../database/database-calls.js'
import { movesOnAt } from '../domain/bookable.js'
import { readSlotId } from '../domain/grid.js'
import type { Service } from '../domain/service.js'
import type { SlotState } from '../domain/slot.js'
import { ZoneOffsets } from '../domain/zone-offsets.js'
import { decodeCursor, pageOf } from '../http/paging.js'
import { hasEtag } from '../http/preconditions.js'
import { invalid, Refusal } from '../http/problems.js'
import { Problem, ServerRules } from '../schemas/common.js'
import { SlotList, SlotQuery } from '../schemas/slots.js'
import type { CompactSlot } from '../slots/compact-slot.js'
import { publicSlot } from '../slots/slot-view.js'
import { tzVersion } from '../time-zone-data.js'
import { type Search, searchIn } from './free-starts.js'
import { readSpan } from './spans.js'

type Query = Static<typeof SlotQuery>
type TopicView = Awaited<ReturnType<FastifyInstance['board']['topic']>>
type SlotRequest = FastifyRequest<{ Querystring: Query }>

interface Page {
  /** The body after `serverTime`, which the ETag leaves out because it changes with each answer. */
  rest: Buffer
  etag: string
  /** The whole body as it was last sent: under load many answers go out within one millisecond. */
  sent?: { at: number; serverTime: string; body: Buffer }
}

interface KeptPage extends Page {
  topic: TopicView
  version: number
  /** The provider's, which a day of the query may be read in. */
  zone: string
  /** How often the provider had changed its policies. */
  policiesRev: number
  /** The version of the provider's services, for starts of one of them. */
  services: number | null
  validUntil: number
}

/** Pages kept over all providers; the oldest goes first. */
const KEPT_PAGES = 256
const DEFAULT_LIMIT = 50
const DEFAULT_NEAR = 3
const firstKey: readonly [number, string] = [0, '']

export const slotRoutes: FastifyPluginAsyncTypebox = async (app) => {
  /** By their address as it was sent. */
  const kept = new Map<string, KeptPage>()
  const offsets = new ZoneOffsets()

  app.get(
    '/v1/slots',
    {
      config: { access: 'browse', boundsItself: true },
      preValidation: answerAgain,
      schema: {
        operationId: 'listSlots',
        summary: 'Slots that can be booked, of one provider or of all, by start',
        description:
          'With `serviceId` the starts at which that service fits whole: each item is the slot that the appointment starts with. A list of one provider says with `x-picture-age` how many seconds ago the server last heard of its database: 0 is current. Without a database such lists go on.',
        tags: ['slots'],
        querystring: SlotQuery,
        response: { 200: SlotList, 400: Problem, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { query } = request
      const providerId = query.near === undefined ? query.providerId : providerOfNear(query)
      if (query.serviceId !== undefined) checkServiceQuery(query, providerId)
      const page = providerId === undefined ? pageOfAll(request) : pageOfOne(providerId, request, reply)
      return send(request, reply, await inTime(page))
    },
  )

  app.get(
    '/v1/rules',
    {
      config: { access: 'open' },
      schema: {
        operationId: 'getRules',
        summary: 'The rules of booking here',
        tags: ['slots'],
        response: { 200: ServerRules },
      },
    },
    async () => ({ ...app.rules, tzVersion, mail: app.mail.isOn }),
  )

  /** A kept page that is still true needs neither validation nor a read. */
  function answerAgain(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    const page = kept.get(request.url)
    if (!page || !isTrue(page)) {
      done()
      return
    }
    sayPictureAge(reply, page.topic.providerId)
    // Answers to all requests of one turn of the event loop are written together, because waking a reader costs more
    // than writing to one that is awake.
    setImmediate(send, request, reply, page)
  }

  function isTrue({ topic, version, services, zone, policiesRev, validUntil }: KeptPage): boolean {
    const { providerId } = topic
    const isSame = app.board.use(providerId) === topic && topic.version === version
    if (!isSame || app.clock.now() >= validUntil) return false
    if (services !== null && app.services.versionOf(providerId) !== services) return false
    const provider = app.accounts.remembered(providerId)
    return provider?.timeZone === zone && revOfPolicies(provider) === policiesRev
  }

  /** In seconds, rounded up, so that 0 means current. */
  function sayPictureAge(reply: FastifyReply, providerId: string): void {
    reply.header('x-picture-age', Math.ceil(app.board.pictureAgeMs(providerId) / 1000))
  }

  async function pageOfOne(providerId: string, request: SlotRequest, reply: FastifyReply): Promise<Page> {
    const { query, url } = request
    const provider = await app.accounts.find(providerId)
    if (provider?.role !== 'provider') throw new Refusal('not_found')
    // Before the service is read: what changes meanwhile makes the page one that is not kept.
    const services = query.serviceId === undefined ? null : app.services.versionOf(providerId)
    const service = query.serviceId === undefined ? null : await offeredService(providerId, query.serviceId)
    const topic = await app.board.topic(providerId)
    sayPictureAge(reply, providerId)
    const now = app.clock.now()
    const { timeZone: zone } = provider
    const { defaultPolicies } = app
    const search = searchIn(topic.slots, service, provider, { now, defaultPolicies, offsets })
    if (query.near !== undefined) {
      const limit = query.limit ?? DEFAULT_NEAR
      return pageWith(search.nearest(nearOf(query.near), limit), limit, now)
    }
    const limit = query.limit ?? DEFAULT_LIMIT
    const { version } = topic
    const made = pageOfSpan(topic.slots, search.select, query, zone, limit, now)
    kept.delete(url)
    if (made.validUntil <= now || services === undefined) return made
    const page = { ...made, topic, version, zone, policiesRev: revOfPolicies(provider), services }
    if (kept.size >= KEPT_PAGES) kept.delete(kept.keys().next().value ?? '')
    kept.set(url, page)
    return page
  }

  async function offeredService(providerId: string, serviceId: string): Promise<Service> {
    const service = await app.services.find(providerId, serviceId)
    if (!service) throw new Refusal('not_found')
    if (!service.active) throw new Refusal('service_inactive')
    return service
  }

  function pageOfSpan(
    slots: readonly CompactSlot[],
    select: Search['select'],
    query: Query,
    zone: string,
    limit: number,
    now: number,
  ) {
    const span = readSpan(query, { now, fallbackZone: zone })
    const after = decodeCursor(query.cursor, firstKey)
    const { found, validUntil } = select({ ...span, after, limit }, statesOf(query.state))
    const moves = span.from === now && query.from === undefined && query.day === undefined
    const until = moves
      ? Math.min(movesOnAt(slots, span, found, query.to === undefined), span.to)
      : Number.POSITIVE_INFINITY
    return { ...pageWith(found, limit, now), validUntil: Math.min(validUntil, until) }
  }

  async function pageOfAll(request: SlotRequest): Promise<Page> {
    const { query, caller } = request
    const now = app.clock.now()
    const zone =
      query.day === undefined || !caller ? undefined : (await app.accounts.find(caller.id))?.timeZone
    const span = readSpan(query, { now, fallbackZone: zone })
    const limit = query.limit ?? DEFAULT_LIMIT
    const after = decodeCursor(query.cursor, firstKey)
    return pageWith(await app.lists.ofAll(span, statesOf(query.state), after, limit), limit, now)
  }

  function send(request: FastifyRequest, reply: FastifyReply, page: Page) {
    const now = app.clock.now()
    if (page.sent?.at !== now) {
      const serverTime = new Date(now).toISOString()
      const head = Buffer.from(`{"serverTime":"${serverTime}",`)
      page.sent = { at: now, serverTime, body: Buffer.concat([head, page.rest]) }
    }
    const { serverTime, body } = page.sent
    reply.header('x-server-time', serverTime).header('etag', page.etag).header('cache-control', 'no-cache')
    if (hasEtag(request.headers['if-none-match'], page.etag)) return reply.code(304).send()
    return reply.type('application/json; charset=utf-8').send(body)
  }
}

function revOfPolicies({ policies }: KnownAccount): number {
  return policies?.rev ?? 0
}

function pageWith(found: CompactSlot[], limit: number, now: number): Page {
  const { items, nextCursor } = pageOf(found, limit, (slot) => [slot.start, slot.id])
  const json = JSON.stringify({ items: items.map((slot) => publicSlot(slot, now)), nextCursor })
  // Bytes, because a string is encoded anew for each answer.
  const rest = Buffer.from(json.slice(1))
  return { rest, etag: `"${createHash('sha256').update(rest).digest('base64url').slice(0, 27)}"` }
}

function statesOf(state: string | undefined): ReadonlySet<SlotState> | null {
  return state === undefined ? null : new Set(state.split(',') as SlotState[]) // The schema admits nothing else.
}

function nearOf(slotId: string): { id: string; start: number } {
  const read = readSlotId(slotId)
  if (!read) throw new Refusal('not_found')
  return { id: slotId, start: read.start }
}

function providerOfNear({ near = '', providerId }: Query): string {
  const read = readSlotId(near)
  if (!read || (providerId !== undefined && providerId !== read.providerId)) throw new Refusal('not_found')
  return read.providerId
}

function checkServiceQuery({ state }: Query, providerId: string | undefined): void {
  if (providerId === undefined) throw invalid('serviceId', 'needs providerId or near')
  if (state !== undefined) throw invalid('state', 'cannot be sent together with serviceId')
}
