/** What was sent, or waits to be: of the own calendar for a provider, to oneself for a client. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { decodeCursor, pageOf } from '../http/paging.js'
import { dueAtOf, type JobDoc } from '../jobs/job-model.js'
import { Problem } from '../schemas/common.js'
import { type Delivery, DeliveryList, DeliveryQuery } from '../schemas/deliveries.js'
import { signedIn } from './reservations.js'

const PAGE = 50

export const deliveryRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/deliveries',
    {
      config: { access: 'any' },
      schema: {
        operationId: 'listDeliveries',
        summary: 'Mails and webhooks: what waits, was sent, failed',
        description:
          'About the own calendar for a provider, to oneself for a client; the newest first. Kept for 30 days after their end.',
        tags: ['deliveries'],
        querystring: DeliveryQuery,
        response: { 200: DeliveryList, 400: Problem, 401: Problem, 503: Problem },
      },
    },
    async ({ caller, query }, reply) => {
      const { id, role } = signedIn(caller)
      const { channel, state, limit = PAGE, cursor } = query
      const found = await app.jobs.store.list({
        of: role === 'provider' ? { providerId: id } : { recipient: id },
        channel,
        states: state && [state],
        after: decodeCursor(cursor, [0, ''] as [number, string]),
        limit: limit + 1,
      })
      reply.header('cache-control', 'no-store')
      const page = pageOf(found, limit, ({ createdAt, _id }) => [createdAt.getTime(), _id])
      return { items: page.items.map(view), nextCursor: page.nextCursor }
    },
  )
}

function view({
  _id,
  channel,
  kind,
  state,
  createdAt,
  attempts,
  due,
  endedAt,
  lastError,
  facts,
}: JobDoc): Delivery {
  const { reservationId } = facts
  return {
    id: _id,
    channel,
    kind,
    state,
    createdAt: createdAt.toISOString(),
    attempts,
    ...(due !== undefined && { dueAt: new Date(dueAtOf(due)).toISOString() }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    ...(lastError !== undefined && { reason: lastError }),
    ...(typeof reservationId === 'string' && { reservationId }),
  }
}
