/**
 * Sign in, renew and sign out for pages: as /v1/token does, but the refresh token stays in a cookie that no script can
 * read. A browser sends a cookie with requests of any page, so only pages of this server are answered; and since each
 * route needs JSON or DELETE, a browser sends a preflight for other pages.
 */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { languageOf } from '../http/accept-language.js'
import { BEARER_CHALLENGE } from '../http/bearer.js'
import { Refusal } from '../http/problems.js'
import { type Account, NewAccount, PageSession, SignIn, type Tokens } from '../schemas/accounts.js'
import { Problem } from '../schemas/common.js'

const FOR_PAGES = 'For the pages of this server: `Origin` must be its own. Others use `/v1/token`.'

export const sessionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.addHook('preParsing', (request, _reply, payload, done) => {
    if (app.origins.isOwn(request.raw)) done(null, payload)
    else done(new Refusal('forbidden', 'This is for the pages of this server; elsewhere use /v1/token.'))
  })

  app.post(
    '/v1/session',
    {
      config: { access: 'open', limit: 'sign-in', audit: 'session.sign-in' },
      schema: {
        operationId: 'createPageSession',
        summary: 'Sign in from a page',
        description: FOR_PAGES,
        tags: ['accounts'],
        body: SignIn,
        response: { 200: PageSession, 400: Problem, 401: Problem, 403: Problem, 429: Problem, 503: Problem },
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
      return begin(reply, account)
    },
  )

  app.post(
    '/v1/session/accounts',
    {
      config: { access: 'open', limit: 'register', audit: 'account.register' },
      schema: {
        operationId: 'registerFromPage',
        summary: 'Register from a page',
        description: FOR_PAGES,
        tags: ['accounts'],
        body: NewAccount,
        response: { 201: PageSession, 400: Problem, 403: Problem, 409: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const registered = await app.accounts.register({ language: languageOf(request), ...request.body })
      if (!registered.ok) throw new Refusal(registered.code)
      await app.profiles.welcome(registered.account)
      const session = await begin(reply, registered.account)
      return reply.code(201).header('location', '/v1/me').send(session)
    },
  )

  app.post(
    '/v1/session/refresh',
    {
      // No sign-in limit: each page renews when it loads, and 256 random bits cannot be guessed.
      config: { access: 'open', audit: 'session.refresh' },
      schema: {
        operationId: 'refreshPageSession',
        summary: 'Renew the session of a page',
        description: `${FOR_PAGES} The body is an empty object.`,
        tags: ['accounts'],
        body: Type.Object({}, { additionalProperties: false }),
        response: { 200: PageSession, 400: Problem, 401: Problem, 403: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const kept = app.sessionCookie.read(request)
      const onReused = (account: string) => {
        request.audited = { account, reused: true }
      }
      const tokens = kept === undefined ? null : await app.tokens.refresh(kept, onReused)
      const caller = tokens && app.tokens.verify(tokens.accessToken)
      const account = caller && caller !== 'expired' ? await app.accounts.find(caller.id) : null
      // The cookie stays where it is: by now it may be that of a newer sign-in in another tab.
      if (!tokens || !account)
        throw new Refusal('unauthenticated', 'The session has ended.', {}, BEARER_CHALLENGE)
      return answer(reply, account, tokens)
    },
  )

  app.delete(
    '/v1/session',
    {
      config: { access: 'open', audit: 'session.revoke' },
      schema: {
        operationId: 'endPageSession',
        summary: 'Sign out a page',
        description: `${FOR_PAGES} With \`everywhere\`, all sessions of the account. Safe to repeat.`,
        tags: ['accounts'],
        querystring: Type.Object(
          { everywhere: Type.Optional(Type.Boolean()) },
          { additionalProperties: false },
        ),
        response: { 204: Type.Null(), 400: Problem, 403: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const kept = app.sessionCookie.read(request)
      const { everywhere = false } = request.query
      const revoked = kept === undefined ? null : await app.tokens.revoke(kept, everywhere)
      request.audited = revoked && { account: revoked.accountId, everywhere }
      app.sessionCookie.drop(reply)
      return reply.code(204).send(null)
    },
  )

  async function begin(reply: FastifyReply, account: Account): Promise<PageSession> {
    const before = app.sessionCookie.read(reply.request)
    const session = answer(reply, account, await app.tokens.signIn(account))
    // Once its cookie is replaced, nobody could use or end the earlier session.
    if (before !== undefined) await app.tokens.revoke(before)
    return session
  }

  function answer(
    reply: FastifyReply,
    { id, role, name, timeZone, language }: Account,
    { refreshToken, ...tokens }: Tokens,
  ): PageSession {
    app.sessionCookie.keep(reply, refreshToken)
    // The first answer that a page gets where somebody is signed in; the browser's clock may be wrong.
    reply.header('x-server-time', new Date(app.clock.now()).toISOString())
    return { account: { id, role, name, timeZone, language }, ...tokens }
  }
}
