/** Metrics for Prometheus. They need no token, so they carry no personal data; the proxy of the compose file does not forward them. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'

const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8'

export const metricsRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/metrics',
    {
      config: { access: 'open', unlimited: true, produces: TEXT_FORMAT },
      schema: {
        operationId: 'getMetrics',
        summary: 'What is counted, in the text format of Prometheus',
        tags: ['operations'],
        response: { 200: Type.String() },
      },
    },
    async (_request, reply) =>
      reply.header('cache-control', 'no-store').type(TEXT_FORMAT).send(app.metrics.text()),
  )
}
