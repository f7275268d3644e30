/** Where the caller's account is signed in, and an end to it. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { LivingSession } from '../auth/sessions.js'
import { Refusal } from '../http/problems.js'
import { type OwnSession, OwnSessionList } from '../schemas/accounts.js'
import { Id, Problem } from '../schemas/common.js'
import { signedIn } from './reservations.js'

const SOON = 'Every server knows it within a second and a half.'

export const ownSessionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/me/sessions',
    {
      config: { access: 'any' },
      schema: {
        operationId: 'listMySessions',
        summary: 'Where the own account is signed in',
        description: 'The newest sign-in first; all of them, there are no further pages.',
        tags: ['accounts'],
        response: { 200: OwnSessionList, 401: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      const living = await app.tokens.livingSessionsOf(caller.id)
      reply.header('cache-control', 'no-store')
      return { items: living.map((one) => view(one, caller.session)), nextCursor: null }
    },
  )

  app.delete(
    '/v1/me/sessions/:id',
    {
      config: { access: 'any', audit: 'session.end' },
      schema: {
        operationId: 'endMySession',
        summary: 'Sign out in one place',
        description: `Safe to repeat; one that ended more than ten minutes ago is unknown. ${SOON}`,
        tags: ['accounts'],
        params: Type.Object({ id: Id }),
        response: { 204: Type.Null(), 400: Problem, 401: Problem, 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const isOwn = await app.tokens.endOne(signedIn(request.caller).id, request.params.id)
      if (!isOwn) throw new Refusal('not_found')
      request.audited = { everywhere: false }
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/v1/me/sessions',
    {
      config: { access: 'any', audit: 'session.end' },
      schema: {
        operationId: 'endMySessions',
        summary: 'Sign out everywhere',
        description: `With \`keep=current\`, everywhere else. Safe to repeat. ${SOON}`,
        tags: ['accounts'],
        querystring: Type.Object(
          { keep: Type.Optional(Type.Enum(['current'])) },
          { additionalProperties: false },
        ),
        response: { 204: Type.Null(), 400: Problem, 401: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      const isKept = request.query.keep === 'current'
      await app.tokens.endAll(caller.id, isKept ? caller.session : undefined)
      request.audited = { everywhere: !isKept }
      return reply.code(204).send(null)
    },
  )
}

function view({ _id, startedAt, rotatedAt, expiresAt }: LivingSession, current: string): OwnSession {
  return {
    id: _id,
    startedAt: startedAt.toISOString(),
    renewedAt: rotatedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    current: _id === current,
  }
}
