/**
 * The cookie in which a page keeps its refresh token: out of reach of scripts, sent to /v1/session alone and by pages
 * of this server alone.
 */
import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { IDLE_MS } from '../src/auth/sessions.js'

declare module 'fastify' {
  interface FastifyInstance {
    sessionCookie: SessionCookie
  }
}

export interface SessionCookie {
  read(request: FastifyRequest): string | undefined
  keep(reply: FastifyReply, refreshToken: string): void
  drop(reply: FastifyReply): void
}

const PATH = '/v1/session'

export default fp(
  async (app: FastifyInstance) => {
    // Read where it is wanted; no other route has a use for cookies.
    await app.register(cookie, { hook: false })
    app.decorate('sessionCookie', {
      read: (request) =>
        request.headers.cookie === undefined
          ? undefined
          : app.parseCookie(request.headers.cookie)[nameFor(request)],
      keep(reply, refreshToken) {
        reply.setCookie(nameFor(reply.request), refreshToken, {
          ...attributes(reply.request),
          maxAge: IDLE_MS / 1000,
        })
      },
      drop(reply) {
        reply.clearCookie(nameFor(reply.request), attributes(reply.request))
      },
    } satisfies SessionCookie)
  },
  { name: 'session-cookie', dependencies: ['auth'], fastify: '5.x' },
)

function attributes({ protocol }: FastifyRequest) {
  return { path: PATH, httpOnly: true, sameSite: 'strict', secure: protocol === 'https' } as const
}

/**
 * Cookies know no ports: two servers on one machine would sign each other out, so the port is in the name. The prefix
 * keeps what came without TLS from writing over what came with it.
 */
function nameFor({ protocol, port }: FastifyRequest): string {
  return `${protocol === 'https' ? '__Secure-' : ''}slotcast${port === null ? '' : `-${port}`}`
}
