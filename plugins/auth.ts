/**
 * Identifies the caller and checks the `access` of the route, and of who comes with an API key its scope. A route without
 * `access` stops the start. A token is checked without a database read, a key that was shown lately as well; sessions and
 * keys that other instances end are polled, and when the poll is older than its lease none is trusted (see ended-sessions).
 */
import { setTimeout } from 'node:timers/promises'
import jwt from '@fastify/jwt'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { AUDIENCE, ISSUER, rotationKey, signingKey, TOKEN_SECONDS } from '../src/auth/access-tokens.js'
import { createEndedSessions } from '../src/auth/ended-sessions.js'
import { sessionsOf } from '../src/auth/session-model.js'
import { createSessions, type EndedSession } from '../src/auth/sessions.js'
import { createTokens, type SessionState, type Tokens } from '../src/auth/tokens.js'
import { isDatabaseAway } from '../src/database/unavailable.js'
import { bearerToken } from '../src/http/bearer.js'
import type { Access, Caller } from '../src/http/caller.js'
import { Refusal } from '../src/http/problems.js'
import { missingScope } from '../src/http/scopes.js'
import { addressKey } from '../src/limits/address-key.js'

declare module 'fastify' {
  interface FastifyInstance {
    tokens: Tokens
    /** Every route and who may use it, for the tests that walk them all. */
    accessTable(): { method: string; url: string; access: Access | undefined }[]
  }
  interface FastifyRequest {
    caller: Caller | null
    /** The token was good, but its time is over. */
    tokenExpired: boolean
  }
  interface FastifyContextConfig {
    access?: Access
  }
}

declare module '@fastify/jwt' {
  interface FastifyJWT {
    namespaces: string
  }
}

export interface AuthOptions {
  /** JWT_SECRET: signs. */
  secret: string
  /** Secrets before it, still accepted while tokens signed with them live. */
  olderSecrets?: string[] | undefined
  /** Whether `browse` is open to everybody. */
  publicView: boolean
}

/** Access that needs a current session; public reading goes on while the database does not answer. */
const PERSONAL = new Set<Access | undefined>(['any', 'client', 'provider'])

export default fp(
  async (app: FastifyInstance, { secret, olderSecrets = [], publicView }: AuthOptions) => {
    const keys = [...new Set([secret, ...olderSecrets])].map(signingKey)
    for (const { kid, secret } of keys) {
      await app.register(jwt, {
        namespace: kid,
        secret,
        sign: { algorithm: 'HS256', kid },
        verify: {
          algorithms: ['HS256'],
          allowedIss: ISSUER,
          allowedAud: AUDIENCE,
          requiredClaims: ['sub', 'role', 'sid', 'iss', 'aud', 'iat', 'exp', 'jti'],
          // Time is the database's here, and compared by `tokens`, which also remembers whose signature was good.
          ignoreExpiration: true,
          cache: false,
        },
      })
    }
    const [current] = keys
    if (!current) throw new Error('A secret to sign tokens with is needed')

    const sessions = createSessions({
      sessions: sessionsOf(app.mongo),
      clock: app.clock,
      keys: [rotationKey(secret), ...olderSecrets.map(rotationKey)],
    })
    const ended = createEndedSessions({
      read: readEnded,
      clock: app.clock,
      elapsed: () => performance.now(),
      tokenLifeMs: TOKEN_SECONDS * 1000,
      onFault: (error) => app.log.debug({ err: error }, 'ended sessions could not be read'),
    })
    app.grants.onEnded((one) => ended.add([one]))
    const tokens = createTokens({
      sessions,
      ended,
      grants: app.grants,
      clock: app.clock,
      find: (id) => app.accounts.find(id),
      findFresh: (id) => app.accounts.findFresh(id),
      wait: (ms) => setTimeout(ms),
      sign: (claims) => jwtOf(current.kid).sign(claims),
      readSigned(token) {
        const key = keys.find(({ header }) => token.startsWith(`${header}.`))
        if (!key) return null
        try {
          return jwtOf(key.kid).verify(token)
        } catch {
          // An invalid token leaves the caller anonymous, whatever is wrong with it.
          return null
        }
      },
    })
    app.decorate('tokens', tokens)
    app.addHook('onReady', async () => ended.start())
    app.addHook('preClose', () => ended.stop())

    /** Beside the sessions it forgets what is remembered of accounts that changed, so both are known within the lease. */
    async function readEnded(since: number, withinMs: number): Promise<EndedSession[]> {
      const [found, grants, changed] = await Promise.all([
        sessions.endedSince(since, withinMs),
        app.grants.endedSince(since, withinMs),
        app.accounts.changedSince(since, withinMs),
      ])
      app.accounts.forget([...changed, ...found.map(({ accountId }) => accountId)])
      return [...found, ...grants]
    }

    function jwtOf(kid: string) {
      const one = app.jwt[kid]
      if (!one) throw new Error('a key without its verifier')
      return one
    }

    app.decorateRequest('caller', null)
    app.decorateRequest('tokenExpired', false)
    const routes: RouteOptions[] = []
    app.addHook('onRoute', (route) => void routes.push(route))
    app.decorate('accessTable', () =>
      routes.flatMap(({ method, url, config }) =>
        [method].flat().map((one) => ({ method: one, url, access: config?.access })),
      ),
    )
    app.addHook('onReady', async () => {
      const unsaid = routes.filter(({ config }) => config?.access === undefined)
      if (unsaid.length === 0) return
      throw new Error(`These routes do not say who may use them: ${unsaid.map(({ url }) => url).join(', ')}`)
    })
    app.addHook('onRequest', (request, _reply, done) => {
      const token = bearerToken(request.headers.authorization)
      if (token === undefined) return done()
      const identify = () => {
        const verified = tokens.verify(token)
        if (verified === 'expired') request.tokenExpired = true
        else request.caller = verified
      }
      const learning = tokens.learn(token, addressKey(request.ip))
      if (learning !== null) return void learning.then(identify).then(() => done(), unlessOpen(request, done))
      identify()
      done()
    })
    // One step after onRequest, so that limits can count who is refused here, and before a body is read.
    app.addHook('preParsing', (request, _reply, payload, done) => {
      const { access, guests } = request.routeOptions.config
      const isGuest = guests === true && request.caller === null && Boolean(request.guest)
      const refusal = request.is404 || isGuest ? null : admit(request, access)
      return refusal ? done(refusal) : done(null, payload)
    })

    // Again once the body has arrived, which may take half a minute: the session may have ended since the headers came.
    app.addHook('preHandler', (request, _reply, done) => {
      const { caller } = request
      if (caller === null || !PERSONAL.has(request.routeOptions.config.access) || tokens.isCurrent(caller)) {
        done()
        return
      }
      tokens.stateOf(caller).then((state) => done(refusalFor(state)), done)
    })

    /** Where nobody has to be known, a key that cannot be looked up now is as good as none. */
    function unlessOpen({ routeOptions }: FastifyRequest, done: (error?: Error) => void) {
      return (error: Error) =>
        done(isOpen(routeOptions.config.access) && isDatabaseAway(error) ? undefined : error)
    }

    function isOpen(access: Access | undefined): boolean {
      return access === 'open' || (access === 'browse' && publicView)
    }

    function admit(request: FastifyRequest, access: Access | undefined): Refusal | null {
      const { caller, tokenExpired, headers, method, routeOptions } = request
      const missing = caller && missingScope(caller, method, routeOptions.url ?? '')
      if (isOpen(access)) {
        // Whoever may not read with its key sees what everybody sees.
        if (missing !== null) request.caller = null
        return null
      }
      if (!caller) return unauthenticated(headers.authorization !== undefined, tokenExpired)
      if ((access === 'client' || access === 'provider') && caller.role !== access) {
        return new Refusal('forbidden', `This is for ${access}s.`)
      }
      if (missing !== null) return new Refusal('forbidden', missing)
      return access === undefined ? new Refusal('forbidden') : null
    }
  },
  { name: 'auth', dependencies: ['mongo', 'clock', 'accounts', 'grants'], fastify: '5.x' },
)

function refusalFor(state: SessionState): Refusal | undefined {
  if (state === 'current') return undefined
  return state === 'ended'
    ? unauthenticated(true, false)
    : new Refusal(
        'unavailable',
        'Whether this session goes on cannot be known at the moment; nothing was done.',
      )
}

function unauthenticated(given: boolean, expired: boolean): Refusal {
  const detail = expired
    ? 'The access token has expired; renew it with the refresh token.'
    : given
      ? 'The access token is not valid.'
      : 'This needs an access token.'
  const challenge = given ? 'Bearer error="invalid_token"' : 'Bearer'
  return new Refusal('unauthenticated', detail, {}, { 'www-authenticate': challenge })
}
