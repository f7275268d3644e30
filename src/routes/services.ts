/** The services of a provider: read by everybody, kept by the provider itself. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Service as ServiceOf } from '../domain/service.js'
import type { Caller } from '../http/caller.js'
import { etagOf, IfMatch, revOf } from '../http/preconditions.js'
import { Refusal } from '../http/problems.js'
import { Id, Problem } from '../schemas/common.js'
import { NewService, Service, ServiceChanges, ServiceList } from '../schemas/services.js'
import type { ServiceFields } from '../services/service-store.js'
import { signedIn } from './reservations.js'

const Params = Type.Object({ id: Id })
const ServiceParams = Type.Object({ id: Id, serviceId: Id })
const defaults = {
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  startsEveryMinutes: 15,
  cancelCutoffSeconds: 0,
  moveCutoffSeconds: 0,
  active: true,
} as const satisfies Partial<ServiceFields>

export const serviceRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/providers/:id/services',
    {
      config: { access: 'browse' },
      schema: {
        operationId: 'listServices',
        summary: 'What a provider offers',
        description: 'Inactive services are shown to the provider itself alone.',
        tags: ['services'],
        params: Params,
        response: { 200: ServiceList, 404: Problem, 503: Problem },
      },
    },
    async ({ params, caller }) => {
      await providerExists(params.id)
      const services = await app.services.list(params.id)
      return { items: services.filter((service) => isShown(service, caller)), nextCursor: null }
    },
  )

  app.post(
    '/v1/providers/:id/services',
    {
      config: { access: 'provider', audit: 'service.create' },
      schema: {
        operationId: 'createService',
        summary: 'Offer a service',
        description: 'A provider has at most 50, inactive ones included.',
        tags: ['services'],
        params: Params,
        body: NewService,
        response: { 201: Service, 400: Problem, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const id = ownId(request.caller, request.params.id)
      const made = await app.services.create(id, { ...defaults, ...request.body })
      if (!made.ok) throw new Refusal(made.code)
      const { service } = made
      request.audited = { service: service.id }
      return reply
        .code(201)
        .header('location', `/v1/providers/${id}/services/${service.id}`)
        .header('etag', etagOf(service.rev))
        .send(service)
    },
  )

  app.get(
    '/v1/providers/:id/services/:serviceId',
    {
      config: { access: 'browse' },
      schema: {
        operationId: 'getService',
        summary: 'A service',
        tags: ['services'],
        params: ServiceParams,
        response: { 200: Service, 404: Problem, 503: Problem },
      },
    },
    async ({ params, caller }, reply) => {
      await providerExists(params.id)
      // Who changes it gets the version that the change needs.
      const service = isOwn(caller, params.id)
        ? await app.services.findFresh(params.id, params.serviceId)
        : await app.services.find(params.id, params.serviceId)
      if (!service) throw new Refusal('not_found')
      reply.header('etag', etagOf(service.rev))
      return service
    },
  )

  app.patch(
    '/v1/providers/:id/services/:serviceId',
    {
      config: { access: 'provider', audit: 'service.change' },
      schema: {
        operationId: 'updateService',
        summary: 'Change a service',
        description:
          'Reservations keep the name, length and cut-offs under which they were made. Every server knows the change within half a second.',
        tags: ['services'],
        params: ServiceParams,
        headers: IfMatch,
        body: ServiceChanges,
        response: { 200: Service, 400: Problem, 404: Problem, 412: Problem, 428: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { serviceId } = request.params
      const id = ownId(request.caller, request.params.id)
      const rev = revOf(request.headers['if-match'])
      const changed = await app.services.change(id, serviceId, rev, request.body)
      if (!changed.ok) throw new Refusal(changed.code)
      request.audited = { service: serviceId }
      reply.header('etag', etagOf(changed.service.rev))
      return changed.service
    },
  )

  app.delete(
    '/v1/providers/:id/services/:serviceId',
    {
      config: { access: 'provider', audit: 'service.delete' },
      schema: {
        operationId: 'deleteService',
        summary: 'Delete a service; bookings stay',
        description: 'Safe to repeat.',
        tags: ['services'],
        params: ServiceParams,
        response: { 204: Type.Null(), 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { serviceId } = request.params
      const isGone = await app.services.remove(ownId(request.caller, request.params.id), serviceId)
      // A parameter is whatever was sent; what was found is an id of ours.
      if (isGone) request.audited = { service: serviceId }
      return reply.code(204).send(null)
    },
  )

  async function providerExists(id: string): Promise<void> {
    if (!(await app.accounts.getProvider(id))) throw new Refusal('not_found')
  }
}

/** The caller's own id; for any other caller the provider does not exist. */
function ownId(caller: Caller | null, providerId: string): string {
  if (signedIn(caller).id !== providerId) throw new Refusal('not_found')
  return providerId
}

function isOwn(caller: Caller | null, providerId: string): boolean {
  return caller?.id === providerId
}

function isShown({ active, providerId }: ServiceOf, caller: Caller | null): boolean {
  return active || isOwn(caller, providerId)
}
