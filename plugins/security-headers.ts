/**
 * Security headers of every answer, and the check of origins. The pages and /docs set a wider content security policy
 * themselves.
 *
 * Not by plugins: @fastify/helmet cannot decide about HSTS by request, @fastify/cors needs a route for every path, which
 * would turn our 404 into 405, and neither refuses other origins.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Config } from '../src/config.js'
import { createOrigins, type Origins } from '../src/http/origins.js'
import { Refusal } from '../src/http/problems.js'

declare module 'fastify' {
  interface FastifyInstance {
    origins: Origins
  }
  interface FastifyContextConfig {
    /** A page of any origin may send it: the address itself is the authority. */
    fromAnywhere?: boolean
  }
}

/** Headers of every answer. */
export const edgeHeaders = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'x-permitted-cross-domain-policies': 'none',
  // Whether a page may read an answer depends on its origin.
  vary: 'origin',
}

/** Without subdomains: they may belong to something that has no TLS yet. */
const HSTS = 'max-age=31536000'

/** No credentials: a page elsewhere brings its own bearer token, never a cookie of ours. */
const preflight = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id',
  'access-control-max-age': '600',
}
const exposed = [
  'etag',
  'idempotency-replayed',
  'location',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'www-authenticate',
  'x-request-id',
  'x-server-time',
].join(', ')

export default fp(
  async (
    app: FastifyInstance,
    { config }: { config: Pick<Config, 'ALLOWED_ORIGINS' | 'TRUST_PROXY' | 'PUBLIC_VIEW'> },
  ) => {
    const origins = createOrigins(config)
    app.decorate('origins', origins)

    app.addHook('onRequest', (request, reply, done) => {
      reply.headers(edgeHeaders)
      if (request.protocol === 'https') reply.header('strict-transport-security', HSTS)
      const { origin } = request.headers
      // On every answer, refusals too: a page must be able to read that it is over a limit.
      if (origins.isListed(origin)) {
        reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', exposed)
      }
      done()
    })

    // After onRequest, so that limits count who is refused here.
    app.addHook('preParsing', (request, reply, payload, done) => {
      const { fromAnywhere = false } = request.routeOptions.config
      if (!fromAnywhere && !origins.allows(request.raw)) {
        return done(
          new Refusal('forbidden', 'Pages of this origin may not call here; ALLOWED_ORIGINS names who may.'),
        )
      }
      if (!isPreflight(request)) return done(null, payload)
      reply.code(204).headers(preflight).send()
    })

    app.addHook('onSend', (request, reply, payload, done) => {
      if (request.url.startsWith('/v1/') && !reply.hasHeader('cache-control')) {
        reply.header('cache-control', isPublic(request, config.PUBLIC_VIEW) ? 'no-cache' : 'no-store')
      }
      done(null, payload)
    })
  },
  { name: 'edge', fastify: '5.x' },
)

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
}

/** Answers that are the same for everybody; all others belong to a caller. */
function isPublic({ method, routeOptions }: FastifyRequest, publicView: boolean): boolean {
  const { access } = routeOptions.config
  return method === 'GET' && (access === 'open' || (access === 'browse' && publicView))
}
