/** Calendar feeds of the caller's account, and what calendars fetch under their secret addresses. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { type GrantRecord, MOST_GRANTS } from '../auth/grant-store.js'
import { FETCHES_PER_HOUR } from '../feeds/calendar-feeds.js'
import { hasEtag } from '../http/preconditions.js'
import { Refusal } from '../http/problems.js'
import { Id, Problem } from '../schemas/common.js'
import { CreatedFeed, type Feed, FeedList, NewFeed } from '../schemas/grants.js'
import { usedView } from './keys.js'
import { signedIn } from './reservations.js'

export const feedRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/v1/feeds',
    {
      config: { access: 'any', audit: 'feed.create' },
      schema: {
        operationId: 'createFeed',
        summary: 'Make a calendar feed',
        description: `Its address is in this answer and nowhere else: only a hash of the secret in it is kept, and whoever has it reads the bookings. An account has at most ${MOST_GRANTS.feed}.`,
        tags: ['feeds'],
        body: NewFeed,
        response: { 201: CreatedFeed, 400: Problem, 401: Problem, 403: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      const made = await app.grants.create({ kind: 'feed', owner: caller })
      if (!made) throw new Refusal('too_many_feeds')
      // One that was made while the account was deleted has nobody else who ends it.
      if (!(await app.accounts.findFresh(caller.id))) {
        await app.grants.endAll(caller.id)
        throw new Refusal('unauthenticated')
      }
      request.audited = { feed: made.grant._id }
      reply.code(201).header('cache-control', 'no-store')
      return { ...feedView(made.grant), url: `${app.publicUrl()}/v1/feeds/${made.text}.ics` }
    },
  )

  app.get(
    '/v1/feeds',
    {
      config: { access: 'any' },
      schema: {
        operationId: 'listFeeds',
        summary: 'The calendar feeds of the own account',
        description: 'The newest first; all of them, there are no further pages.',
        tags: ['feeds'],
        response: { 200: FeedList, 401: Problem, 403: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const feeds = await app.grants.listOf(signedIn(request.caller).id, 'feed')
      reply.header('cache-control', 'no-store')
      return { items: feeds.map(feedView), nextCursor: null }
    },
  )

  app.delete(
    '/v1/feeds/:id',
    {
      config: { access: 'any', audit: 'feed.end' },
      schema: {
        operationId: 'endFeed',
        summary: 'Revoke a calendar feed',
        description:
          'Safe to repeat for thirty days; then it is unknown. It takes a second or two, until no server gives the calendar out any more.',
        tags: ['feeds'],
        params: Type.Object({ id: Id }),
        response: { 204: Type.Null(), 400: Problem, 401: Problem, 403: Problem, 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (!(await app.grants.end(signedIn(request.caller).id, 'feed', id))) throw new Refusal('not_found')
      request.audited = { feed: id }
      await app.tokens.knownEverywhere()
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/v1/feeds/:secret.ics',
    {
      // Counted by feed, because calendar services fetch those of many people from one address.
      config: { access: 'open', produces: 'text/calendar', unlimited: true },
      schema: {
        operationId: 'getFeed',
        summary: 'The bookings of an account as a calendar to subscribe to',
        description: `Of the last 30 days and the next twelve months; what is cancelled is in it as such. At most ${FETCHES_PER_HOUR} times an hour.`,
        tags: ['feeds'],
        params: Type.Object({ secret: Type.String({ maxLength: 200 }) }),
        response: { 200: Type.String(), 304: Type.Null(), 404: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      reply.headers({
        'cache-control': 'private, no-cache',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex, nofollow',
      })
      const { text, etag } = await app.fetchFeed(request.params.secret, request.ip)
      reply.header('etag', etag).type('text/calendar; charset=utf-8')
      if (hasEtag(request.headers['if-none-match'], etag)) return reply.code(304).send(null)
      return reply.header('content-disposition', 'inline; filename="slotcast.ics"').send(text)
    },
  )
}

export function feedView({ _id, ...rest }: GrantRecord): Feed {
  return { id: _id, ...usedView(rest) }
}
