/** The texts that calendars subscribe to, kept as long as nothing that they show has changed. */
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CalendarFeeds, FETCHES_PER_HOUR, type FeedText } from '../src/feeds/calendar-feeds.js'
import { Refusal } from '../src/http/problems.js'
import { addressKey } from '../src/limits/address-key.js'
import { createPace } from '../src/limits/sliding-window.js'

declare module 'fastify' {
  interface FastifyInstance {
    calendarFeeds: CalendarFeeds
    /** What stands under a secret; refused for one that is none, and where it is asked for too often. */
    fetchFeed(secret: string, ip: string): Promise<FeedText>
  }
}

const HOUR_MS = 3_600_000

export default fp(
  async (app: FastifyInstance) => {
    const { lists, accounts, clock, feed } = app
    const feeds = new CalendarFeeds({
      lists,
      find: (id) => accounts.find(id),
      openName: accounts.names.open,
      clock,
      publicUrl: () => app.publicUrl(),
      isHearing: () => feed.ageMs() === 0,
    })
    feed.subscribe({
      entries: (slotId, entries) => feeds.changed(slotId, entries),
      unclear: (slotId) => feeds.unclear(slotId),
      gone: (slotId) => feeds.unclear(slotId),
      lost: () => feeds.forgetAll(),
    })
    accounts.onForget((ids) => feeds.forget(ids))
    app.decorate('calendarFeeds', feeds)

    const pace = createPace({ limit: FETCHES_PER_HOUR, windowMs: HOUR_MS, now: () => performance.now() })
    app.decorate('fetchFeed', async (secret, ip) => {
      await app.grants.learn('feed', secret, addressKey(ip))
      const grant = app.grants.feedOf(secret)
      const state = grant ? await app.tokens.stateOf({ session: grant.id }) : 'ended'
      if (!grant || state === 'ended') throw new Refusal('not_found')
      if (state === 'unknown')
        throw new Refusal('unavailable', 'Whether this feed goes on cannot be known at the moment.')
      const taken = pace.take(grant.id)
      if (taken.ok) return feeds.of({ id: grant.accountId, role: grant.role })
      throw new Refusal('rate_limited', undefined, {}, { 'retry-after': String(taken.retrySeconds) })
    })
  },
  { name: 'feeds', dependencies: ['clock', 'accounts', 'auth', 'slots', 'live'], fastify: '5.x' },
)
