/** The services of providers, kept in memory until their account says that something of it changed. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { servicesOf } from '../src/services/service-model.js'
import { ServiceStore } from '../src/services/service-store.js'

declare module 'fastify' {
  interface FastifyInstance {
    services: ServiceStore
  }
}

export default fp(
  async (app: FastifyInstance) => {
    const { accounts, clock } = app
    const services = new ServiceStore({
      services: servicesOf(app.mongo),
      clock,
      newId: () => randomBytes(16).toString('hex'),
      random: Math.random,
      touch: (providerId) => accounts.touch(providerId),
    })
    accounts.onForget((ids) => services.forget(ids))
    app.decorate('services', services)
  },
  { name: 'services', dependencies: ['mongo', 'clock', 'accounts'], fastify: '5.x' },
)
