/** Where a provider's events are sent, kept by the provider itself; for anybody else they do not exist. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Caller } from '../http/caller.js'
import { Refusal, refusedFields } from '../http/problems.js'
import type { JobDoc } from '../jobs/job-model.js'
import { Id, Problem } from '../schemas/common.js'
import {
  NewWebhook,
  NewWebhookAnswer,
  NewWebhookSecret,
  type Webhook,
  WebhookChanges,
  type WebhookDelivery,
  WebhookDeliveryList,
  WebhookDeliveryQuery,
  WebhookList,
  WebhookReplay,
  WebhookReplayed,
  Webhook as WebhookSchema,
  WebhookTest,
} from '../schemas/webhooks.js'
import type { Endpoint } from '../webhooks/endpoint-model.js'
import { messageId } from '../webhooks/signature.js'
import { TargetRefused } from '../webhooks/target.js'
import { deliveriesOf, deliveryPart } from './deliveries.js'
import { signedIn } from './reservations.js'

const Params = Type.Object({ id: Id })
/** Who writes an address down waits for its name no longer, and has an answer within the time of all routes. */
const CHECK_MS = 3_000
/** Longer than an attempt ever takes, so that the answer says what came of it. */
const TEST_MS = 20_000

export const webhookRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/webhooks',
    {
      config: { access: 'provider' },
      schema: {
        operationId: 'listWebhooks',
        summary: 'Where the own events are sent',
        description: 'All of them, the oldest first. Secrets are not shown again.',
        tags: ['webhooks'],
        response: { 200: WebhookList, 401: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const endpoints = await app.webhooks.list(signedIn(request.caller).id)
      return { items: endpoints.map(viewOf), nextCursor: null }
    },
  )

  app.post(
    '/v1/webhooks',
    {
      config: { access: 'provider', audit: 'webhook.create' },
      schema: {
        operationId: 'createWebhook',
        summary: 'Have events sent to an address',
        description:
          'A provider has at most 20. What happens from a second after the answer on is sent there, signed with the secret that is shown this once.',
        tags: ['webhooks'],
        body: NewWebhook,
        response: { 201: NewWebhookAnswer, 400: Problem, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const url = await mayGoTo(request.body.url)
      const made = await app.webhooks.create(signedIn(request.caller).id, { ...request.body, url })
      if (!made.ok) throw new Refusal(made.code)
      const { endpoint, secret } = made
      request.audited = { webhook: endpoint.id }
      return reply
        .code(201)
        .header('location', `/v1/webhooks/${endpoint.id}`)
        .header('cache-control', 'no-store')
        .send({ ...viewOf(endpoint), secret })
    },
  )

  app.get(
    '/v1/webhooks/:id',
    {
      config: { access: 'provider' },
      schema: {
        operationId: 'getWebhook',
        summary: 'One of them',
        tags: ['webhooks'],
        params: Params,
        response: { 200: WebhookSchema, 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return viewOf(await ownOf(request))
    },
  )

  app.patch(
    '/v1/webhooks/:id',
    {
      config: { access: 'provider', audit: 'webhook.change' },
      schema: {
        operationId: 'updateWebhook',
        summary: 'Change it, pause it, or send again',
        description: 'What is on its way already is sent to the new address.',
        tags: ['webhooks'],
        params: Params,
        body: WebhookChanges,
        response: { 200: WebhookSchema, 400: Problem, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request) => {
      const { body, params } = request
      const { id } = signedIn(request.caller)
      const changes = { ...body }
      if (body.url !== undefined) {
        // For others it does not exist, whatever they would send it to.
        await ownOf(request)
        changes.url = await mayGoTo(body.url)
      }
      const changed = found(await app.webhooks.change(id, params.id, changes))
      request.audited = { webhook: changed.id }
      return viewOf(changed)
    },
  )

  app.delete(
    '/v1/webhooks/:id',
    {
      config: { access: 'provider', audit: 'webhook.delete' },
      schema: {
        operationId: 'deleteWebhook',
        summary: 'Send nothing there any more',
        description: 'What waits for it is not sent either. Safe to repeat.',
        tags: ['webhooks'],
        params: Params,
        response: { 204: Type.Null(), 503: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      // A parameter is whatever was sent; what was found is an id of ours.
      if (await app.webhooks.remove(signedIn(request.caller).id, id)) request.audited = { webhook: id }
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/v1/webhooks/:id/secret',
    {
      config: { access: 'provider', audit: 'webhook.secret' },
      schema: {
        operationId: 'renewWebhookSecret',
        summary: 'A new secret',
        description:
          'For 24 hours the one before it signs as well: the header has a signature of each, separated by a blank.',
        tags: ['webhooks'],
        params: Params,
        response: { 200: NewWebhookSecret, 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const rotated = await app.webhooks.rotate(signedIn(request.caller).id, request.params.id)
      const { endpoint, secret } = found(rotated)
      request.audited = { webhook: endpoint.id }
      reply.header('cache-control', 'no-store')
      return { secret, formerSecretUntil: instant(endpoint.formerSecretUntil ?? app.clock.now()) }
    },
  )

  app.post(
    '/v1/webhooks/:id/test',
    {
      handlerTimeout: TEST_MS,
      config: { access: 'provider', audit: 'webhook.test' },
      schema: {
        operationId: 'testWebhook',
        summary: 'Send a test at once',
        description:
          'A `webhook.test` is sent once, and the answer says what came of it: within 15 seconds. Also to one that is not active. One at a time.',
        tags: ['webhooks'],
        params: Params,
        response: { 200: WebhookTest, 404: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request) => {
      const { id } = await ownOf(request)
      const tested = await app.webhookChannel.test(id)
      if (tested === 'busy') throw new Refusal('rate_limited', undefined, {}, { 'retry-after': '15' })
      const { attempt, ...message } = found(tested)
      request.audited = { webhook: id }
      const { ok: delivered, status, error } = { status: undefined, error: undefined, ...attempt }
      return {
        id: message.id,
        delivered,
        ...(status !== undefined && { status }),
        ...(error !== undefined && { error }),
      }
    },
  )

  app.get(
    '/v1/webhooks/:id/deliveries',
    {
      config: { access: 'provider' },
      schema: {
        operationId: 'listWebhookDeliveries',
        summary: 'What was sent there in the last 30 days',
        description: 'The newest first. What is sent again counts as new. Tests are not in it.',
        tags: ['webhooks'],
        params: Params,
        querystring: WebhookDeliveryQuery,
        response: { 200: WebhookDeliveryList, 400: Problem, 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { id } = await ownOf(request)
      reply.header('cache-control', 'no-store')
      return deliveriesOf(app.jobs.store, { recipient: id }, request.query, deliveryView)
    },
  )

  app.post(
    '/v1/webhooks/:id/replay',
    {
      config: { access: 'provider', audit: 'webhook.replay' },
      schema: {
        operationId: 'replayWebhook',
        summary: 'Send again what happened since',
        description:
          'Whatever came of it, as far as the log of 30 days goes back; with the same `webhook-id` as the first time, so that the receiver can tell. What waits is not put in line twice, so it is safe to repeat. At most 10,000 at a time, the oldest first.',
        tags: ['webhooks'],
        params: Params,
        body: WebhookReplay,
        response: { 202: WebhookReplayed, 400: Problem, 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { id } = await ownOf(request)
      const replayed = await app.jobs.store.replay(id, Date.parse(request.body.from))
      request.audited = { webhook: id, replayed }
      return reply.code(202).send({ replayed })
    },
  )

  async function ownOf({ caller, params }: { caller: Caller | null; params: { id: string } }) {
    return found(await app.webhooks.find(signedIn(caller).id, params.id))
  }

  function viewOf(endpoint: Endpoint): Webhook {
    return webhookView(endpoint, app.clock.now())
  }

  /**
   * Looked at when it is written down, so that a mistake shows at once; what counts is the look at each delivery.
   * Returns it as it is sent to: reading it drops blanks and ends of lines.
   */
  async function mayGoTo(url: string): Promise<string> {
    try {
      const { target } = await app.webhookSender.check(url, AbortSignal.timeout(CHECK_MS))
      return target.href
    } catch (error) {
      const why = error instanceof TargetRefused ? error.message : 'has a name that does not resolve'
      throw refusedFields('url_refused', [{ field: 'url', message: why }])
    }
  }
}

function found<T>(one: T | null): T {
  if (one === null) throw new Refusal('not_found')
  return one
}

export function webhookView(endpoint: Endpoint, now: number): Webhook {
  const { id, url, events, description, state, stateAt, createdAt, formerSecretUntil = 0 } = endpoint
  return {
    id,
    url,
    events,
    ...(description !== undefined && { description }),
    state,
    stateSince: instant(stateAt),
    createdAt: instant(createdAt),
    ...(formerSecretUntil > now && { formerSecretUntil: instant(formerSecretUntil) }),
  }
}

function deliveryView(job: JobDoc): WebhookDelivery {
  return { id: messageId(job._id), type: job.kind, at: instant(Number(job.facts.at)), ...deliveryPart(job) }
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
