/** What was sent, or waits to be: of the own calendar for a provider, to oneself for a client. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { decodeCursor, pageOf } from '../http/paging.js'
import { dueAtOf, type JobDoc } from '../jobs/job-model.js'
import type { JobQuery, JobStore } from '../jobs/job-store.js'
import { Problem } from '../schemas/common.js'
import { type Delivery, DeliveryList, DeliveryQuery, type DeliveryState } from '../schemas/deliveries.js'
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
      const of = role === 'provider' ? { providerId: id } : { recipient: id }
      reply.header('cache-control', 'no-store')
      return deliveriesOf(app.jobs.store, of, query, view)
    },
  )
}

interface Asked {
  channel?: string
  state?: DeliveryState
  limit?: number
  cursor?: string
}

/** A page of the jobs of somebody, each as `view` tells it. */
export async function deliveriesOf<View>(
  jobs: JobStore,
  of: JobQuery['of'],
  { channel, state, limit = PAGE, cursor }: Asked,
  view: (job: JobDoc) => View,
): Promise<{ items: View[]; nextCursor: string | null }> {
  const found = await jobs.list({
    of,
    channel,
    states: state && [state === 'delivered' ? 'done' : state],
    after: decodeCursor(cursor, [0, ''] as [number, string]),
    limit: limit + 1,
  })
  const { items, nextCursor } = pageOf(found, limit, ({ createdAt, _id }) => [createdAt.getTime(), _id])
  return { items: items.map(view), nextCursor }
}

export function deliveryPart({ state, attempts, lastError, due, lease, endedAt }: JobDoc) {
  return {
    state: state === 'done' ? ('delivered' as const) : state,
    attempts,
    ...(lastError !== undefined && state !== 'done' && { error: lastError }),
    // Of one under way it would be the end of the lease.
    ...(due !== undefined && !lease && { nextAttemptAt: new Date(dueAtOf(due)).toISOString() }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  }
}

function view(job: JobDoc): Delivery {
  const { _id: id, channel, kind, createdAt, facts } = job
  const { reservationId } = facts
  return {
    id,
    channel,
    kind,
    createdAt: createdAt.toISOString(),
    ...(typeof reservationId === 'string' && { reservationId }),
    ...deliveryPart(job),
  }
}
