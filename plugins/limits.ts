/**
 * Rate limits for each caller: for the account, or for the address where nobody is signed in. Requests are counted before
 * a route runs, so refused and unknown ones count too.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Config } from '../src/config.js'
import { Refusal } from '../src/http/problems.js'
import { addressKey } from '../src/limits/address-key.js'
import { createPace, type Pace, type Taken } from '../src/limits/sliding-window.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** The limit of requests, for connections that do not come through a route. */
    pace: Pace
  }
  interface FastifyContextConfig {
    /** For probes, which are not limited. */
    unlimited?: boolean
    /** Sign-in, registration and refresh: counted by address, much stricter. */
    limit?: 'sign-in' | 'register'
  }
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** New accounts of one address in an hour, as a multiple of AUTH_LIMIT_PER_MINUTE: enough for a reception desk. */
const REGISTRATION_MINUTES = 3

export default fp(
  async (
    app: FastifyInstance,
    { config }: { config: Pick<Config, 'RATE_LIMIT_PER_MINUTE' | 'AUTH_LIMIT_PER_MINUTE' | 'TRUST_PROXY'> },
  ) => {
    const now = () => performance.now()
    const callers = createPace({ limit: config.RATE_LIMIT_PER_MINUTE, windowMs: MINUTE_MS, now })
    const signIns = createPace({ limit: config.AUTH_LIMIT_PER_MINUTE, windowMs: MINUTE_MS, now })
    const registrations = createPace({
      limit: config.AUTH_LIMIT_PER_MINUTE * REGISTRATION_MINUTES,
      windowMs: HOUR_MS,
      now,
    })
    app.decorate('pace', callers)
    let warned = config.TRUST_PROXY !== 'false'

    app.addHook('onRequest', (request, reply, done) => {
      if (!warned && request.headers['x-forwarded-for'] !== undefined) {
        warned = true
        app.log.warn(
          'X-Forwarded-For was seen, but TRUST_PROXY is not set: behind a proxy all callers share one address and its limits',
        )
      }
      const { unlimited, limit } = request.routeOptions.config
      if (unlimited) return done()
      const address = addressKey(request.ip)
      const refusal =
        limit === undefined
          ? count(reply, callers, request.caller?.id ?? address)
          : (count(reply, signIns, address) ??
            (limit === 'register' ? count(reply, registrations, address) : null))
      return refusal ? done(refusal) : done()
    })
  },
  { name: 'limits', dependencies: ['auth'], fastify: '5.x' },
)

function count(reply: FastifyReply, pace: Pace, key: FastifyRequest['ip']): Refusal | null {
  const taken = pace.take(key)
  reply.headers(headersOf(pace, taken))
  if (taken.ok) return null
  return new Refusal('rate_limited', undefined, {}, { 'retry-after': String(taken.retrySeconds) })
}

function headersOf({ limit }: Pace, { remaining, resetSeconds }: Taken): Record<string, number> {
  return { 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': resetSeconds }
}
