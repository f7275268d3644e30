/** Find providers. Their names and zones are public, and so is what they say of themselves. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Refusal } from '../http/problems.js'
import { Provider, ProviderList } from '../schemas/accounts.js'
import { Id, Problem, pageQuery } from '../schemas/common.js'

const DEFAULT_LIMIT = 50

export const providerRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/providers',
    {
      config: { access: 'browse' },
      schema: {
        operationId: 'listProviders',
        summary: 'Find providers by name',
        tags: ['providers'],
        querystring: Type.Object(
          {
            name: Type.Optional(
              Type.String({
                maxLength: 100,
                description:
                  'Words of the name or parts of them, in any order; case, accents and punctuation do not matter',
              }),
            ),
            ...pageQuery,
          },
          { additionalProperties: false },
        ),
        response: { 200: ProviderList, 400: Problem, 401: Problem, 503: Problem },
      },
    },
    async ({ query: { name, limit = DEFAULT_LIMIT, cursor } }) =>
      app.accounts.findProviders({ name: name === '' ? undefined : name, limit, cursor }),
  )

  app.get(
    '/v1/providers/:id',
    {
      config: { access: 'browse' },
      schema: {
        operationId: 'getProvider',
        summary: 'A provider, by id or link',
        description: 'Its links, former ones too, lead to it like its id; the answer has the id.',
        tags: ['providers'],
        params: Type.Object({ id: Id }),
        response: { 200: Provider, 401: Problem, 404: Problem, 503: Problem },
      },
    },
    async ({ params }) => {
      const id = await app.profiles.providerId(params.id)
      const provider = id === null ? null : await app.accounts.getProvider(id)
      if (!provider) throw new Refusal('not_found')
      return provider
    },
  )
}
