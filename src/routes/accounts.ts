/** Registration. It reveals whether an address is taken, so the limits of sign-in apply; see docs/security.md. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { languageOf } from '../http/accept-language.js'
import { Refusal } from '../http/problems.js'
import { NewAccount, Registered } from '../schemas/accounts.js'
import { Problem } from '../schemas/common.js'

export const accountRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/v1/accounts',
    {
      config: { access: 'open', limit: 'register', audit: 'account.register' },
      schema: {
        operationId: 'registerAccount',
        summary: 'Register',
        tags: ['accounts'],
        body: NewAccount,
        response: { 201: Registered, 400: Problem, 409: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      await app.accountAddresses.release(request.body.email)
      const registered = await app.accounts.register({ language: languageOf(request), ...request.body })
      if (!registered.ok) throw new Refusal(registered.code)
      const { account } = registered
      await app.profiles.welcome(account)
      return reply
        .code(201)
        .header('location', '/v1/me')
        .header('cache-control', 'no-store')
        .send({ account, ...(await app.tokens.signIn(account)) })
    },
  )
}
