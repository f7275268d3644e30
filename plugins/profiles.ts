/** The public faces of providers. Those of an earlier version get their links while the server serves. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { linksIn, ProfileStore, portraitsIn } from '../src/accounts/profile-store.js'
import { OnceBesideServing } from '../src/database/once-beside-serving.js'

declare module 'fastify' {
  interface FastifyInstance {
    profiles: ProfileStore
  }
}

export default fp(
  async (app: FastifyInstance) => {
    const profiles = new ProfileStore({
      links: linksIn(app.mongo),
      portraits: portraitsIn(app.mongo),
      accounts: app.accounts,
      clock: app.clock,
      randomEnding: () => randomBytes(3).toString('hex'),
      warn: (about, message) => app.log.warn(about, message),
    })
    const linking = new OnceBesideServing({
      connection: app.mongo,
      name: 'providers have readable links',
      work: (signal) => profiles.ensureLinks(signal),
      onFault: (error) =>
        app.log.warn({ err: error }, 'not all providers got a readable link; the next start tries again'),
    })
    app.addHook('onReady', async () => linking.start())
    app.addHook('onClose', () => linking.stop())
    app.decorate('profiles', profiles)
  },
  { name: 'profiles', dependencies: ['mongo', 'clock', 'accounts'], fastify: '5.x' },
)
