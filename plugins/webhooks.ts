/** Webhooks of providers: where they go, and the channel of jobs that delivers them. */
import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Config } from '../src/config.js'
import { createFieldCipher } from '../src/encryption/field-cipher.js'
import { endpointsOf } from '../src/webhooks/endpoint-model.js'
import { EndpointStore } from '../src/webhooks/endpoint-store.js'
import { type Resolve, resolveAny, resolvePublic } from '../src/webhooks/resolve.js'
import { WebhookSender } from '../src/webhooks/sender.js'
import { attemptResults, WebhookChannel } from '../src/webhooks/webhook-channel.js'

declare module 'fastify' {
  interface FastifyInstance {
    webhooks: EndpointStore
    webhookChannel: WebhookChannel
    webhookSender: WebhookSender
  }
}

/** In place of name servers, of the time of an attempt, and of the authorities that Node trusts. */
export interface WebhookNetwork {
  resolve?: Resolve
  withinMs?: number
  ca?: string
}

export interface WebhooksOptions extends WebhookNetwork {
  config: Pick<Config, 'WEBHOOK_ALLOW_PRIVATE'>
  fieldKeys: [current: string, ...older: string[]]
}

export default fp(
  async (app: FastifyInstance, { config, fieldKeys, resolve, ...network }: WebhooksOptions) => {
    const { accounts, clock } = app
    const allowPrivate = config.WEBHOOK_ALLOW_PRIVATE
    const newId = () => randomBytes(16).toString('hex')
    const endpoints = new EndpointStore({
      endpoints: endpointsOf(app.mongo),
      cipher: createFieldCipher(fieldKeys),
      clock,
      newId,
      random: Math.random,
      touch: (providerId) => accounts.touch(providerId),
      forgetDeliveries: (endpointId) => app.jobs.store.forget({ recipient: endpointId }),
    })
    accounts.onForget((ids) => endpoints.forget(ids))
    const sender = new WebhookSender({
      allowPrivate,
      resolve: resolve ?? (allowPrivate ? resolveAny : resolvePublic),
      now: () => clock.now(),
      ...network,
    })
    const ending = new AbortController()
    app.addHook('preClose', async () => ending.abort())
    // From the start, for the alarms that go by them.
    for (const result of attemptResults) app.metrics.webhooks.add({ result }, 0)
    const channel = new WebhookChannel({
      endpoints,
      sender,
      queue: app.jobs,
      clock,
      newId,
      count: (result) => app.metrics.webhooks.add({ result }),
      wait: (ms) => setTimeout(ms),
      ending: ending.signal,
    })
    app.jobs.register(channel)
    app.decorate('webhooks', endpoints)
    app.decorate('webhookChannel', channel)
    app.decorate('webhookSender', sender)
  },
  { name: 'webhooks', dependencies: ['metrics', 'mongo', 'clock', 'accounts', 'jobs'], fastify: '5.x' },
)
