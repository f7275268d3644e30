/** Sign in, renew, sign out. All failures of the first two get the same answer, which does not say what was wrong. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { BEARER_CHALLENGE } from '../http/bearer.js'
import { Refusal } from '../http/problems.js'
import { RefreshRequest, RevokeRequest, SignIn, Tokens } from '../schemas/accounts.js'
import { Problem } from '../schemas/common.js'

export const tokenRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/v1/token',
    {
      config: { access: 'open', limit: 'sign-in', audit: 'session.sign-in' },
      schema: {
        operationId: 'createToken',
        summary: 'Sign in',
        tags: ['accounts'],
        body: SignIn,
        response: { 200: Tokens, 400: Problem, 401: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const account = await app.accounts.signIn(request.body, (account) => {
        request.audited = { account }
      })
      if (!account) {
        throw new Refusal(
          'unauthenticated',
          'The e-mail address or the password is wrong.',
          {},
          BEARER_CHALLENGE,
        )
      }
      reply.header('cache-control', 'no-store')
      return app.tokens.signIn(account)
    },
  )

  app.post(
    '/v1/token/refresh',
    {
      config: { access: 'open', limit: 'sign-in', audit: 'session.refresh' },
      schema: {
        operationId: 'refreshToken',
        summary: 'Renew both tokens',
        description:
          'Each refresh token is good for one use; an old one ends the session. The same one within ten seconds gets the same successor.',
        tags: ['accounts'],
        body: RefreshRequest,
        response: { 200: Tokens, 400: Problem, 401: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const tokens = await app.tokens.refresh(request.body.refreshToken, (account) => {
        request.audited = { account, reused: true }
      })
      if (!tokens)
        throw new Refusal('unauthenticated', 'The refresh token is no longer valid.', {}, BEARER_CHALLENGE)
      reply.header('cache-control', 'no-store')
      return tokens
    },
  )

  app.post(
    '/v1/token/revoke',
    {
      config: { access: 'open', audit: 'session.revoke' },
      schema: {
        operationId: 'revokeToken',
        summary: 'Sign out',
        description:
          'Ends the session of a refresh token, or with `everywhere` all sessions of its account. Safe to repeat; an unknown token is answered the same.',
        tags: ['accounts'],
        body: RevokeRequest,
        response: { 204: Type.Null(), 400: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { refreshToken, everywhere = false } = request.body
      const revoked = await app.tokens.revoke(refreshToken, everywhere)
      request.audited = revoked && { account: revoked.accountId, everywhere }
      return reply.code(204).send(null)
    },
  )
}
