/** What accounts hand out to programs: API keys, and the addresses of calendar feeds. */
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { grantsOf } from '../src/auth/grant-model.js'
import { GrantStore } from '../src/auth/grant-store.js'
import { Grants } from '../src/auth/grants.js'
import type { Config } from '../src/config.js'

declare module 'fastify' {
  interface FastifyInstance {
    grants: Grants
  }
}

export default fp(
  async (app: FastifyInstance, { config }: { config: Pick<Config, 'RATE_LIMIT_PER_MINUTE'> }) => {
    const grants = new Grants({
      store: new GrantStore({ grants: grantsOf(app.mongo), clock: app.clock }),
      clock: app.clock,
      elapsed: () => performance.now(),
      lookupsPerMinute: config.RATE_LIMIT_PER_MINUTE,
    })
    app.addHook('onClose', () => grants.close())
    app.decorate('grants', grants)
  },
  { name: 'grants', dependencies: ['mongo', 'clock'], fastify: '5.x' },
)
