/** The policies of a provider: read by everybody, changed by the provider itself. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { StoredPolicies } from '../accounts/account-model.js'
import { inForce } from '../accounts/policies-of.js'
import { etagOf, IfMatch, revOf } from '../http/preconditions.js'
import { Refusal } from '../http/problems.js'
import { Id, Problem } from '../schemas/common.js'
import { PolicyChanges, ProviderPolicies } from '../schemas/policies.js'
import { signedIn } from './reservations.js'

const Params = Type.Object({ id: Id })

export const policyRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const view = (set: StoredPolicies | undefined): ProviderPolicies => ({
    ...inForce(set, app.defaultPolicies),
    rev: set?.rev ?? 0,
  })

  app.get(
    '/v1/providers/:id/policies',
    {
      config: { access: 'browse' },
      schema: {
        operationId: 'getPolicies',
        summary: 'What a provider asks of bookings',
        tags: ['providers'],
        params: Params,
        response: { 200: ProviderPolicies, 404: Problem, 503: Problem },
      },
    },
    async ({ params }, reply) => {
      const provider = await app.accounts.find(params.id)
      if (provider?.role !== 'provider') throw new Refusal('not_found')
      const policies = view(provider.policies)
      reply.header('etag', etagOf(policies.rev))
      return policies
    },
  )

  app.patch(
    '/v1/providers/:id/policies',
    {
      config: { access: 'provider', audit: 'policies.change' },
      schema: {
        operationId: 'updatePolicies',
        summary: 'Change the own policies',
        description:
          'Every server knows them within half a second; viewers of the calendar get a new picture.',
        tags: ['providers'],
        params: Params,
        headers: IfMatch,
        body: PolicyChanges,
        response: {
          200: ProviderPolicies,
          400: Problem,
          404: Problem,
          412: Problem,
          428: Problem,
          503: Problem,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (signedIn(request.caller).id !== id) throw new Refusal('not_found')
      const rev = revOf(request.headers['if-match'])
      const changed = await app.accounts.changePolicies(id, rev, request.body)
      if (!changed.ok) throw new Refusal(changed.code)
      reply.header('etag', etagOf(changed.policies.rev))
      return view(changed.policies)
    },
  )
}
