/** The database's clock for one server, kept right as long as the server lives. */
import fp from 'fastify-plugin'
import type { mongo } from 'mongoose'
import { type Clock, DatabaseClock } from '../src/clock.js'
import { isDatabaseAway } from '../src/database/outage.js'

declare module 'fastify' {
  interface FastifyInstance {
    clock: Clock
  }
}

export interface ClockPluginOptions {
  /** In place of the database's clock. */
  clock?: Clock | undefined
}

const TICK_MS = 1_000
const ASK_WITHIN_MS = 2_000
const PRIMARY_TYPES = new Set(['RSPrimary', 'Mongos'])

export default fp<ClockPluginOptions>(
  async (app, options) => {
    if (options.clock !== undefined) {
      app.decorate('clock', options.clock)
      return
    }
    const client = app.mongo.getClient()
    const admin = client.db('admin')
    const clock = new DatabaseClock({
      databaseTime: async () => {
        const { localTime } = await admin.command({ hello: 1 }, { timeoutMS: ASK_WITHIN_MS })
        return (localTime as Date).getTime()
      },
      monotonic: () => performance.now(),
      hostTime: () => Date.now(),
    })
    // While the database is away the last offset holds; a later tick measures again.
    const keep = (measured: Promise<void>) =>
      void measured.catch((error: unknown) => {
        if (!isDatabaseAway(error)) app.log.warn({ err: error }, 'the time of the database could not be read')
      })
    const onServer = ({ previousDescription, newDescription }: mongo.ServerDescriptionChangedEvent) => {
      const isNew = PRIMARY_TYPES.has(newDescription.type) && !PRIMARY_TYPES.has(previousDescription.type)
      if (isNew) keep(clock.measureAnew())
    }
    await clock.measure()
    const timer = setInterval(() => keep(clock.tick()), TICK_MS)
    client.on('serverDescriptionChanged', onServer)
    app.addHook('onClose', async () => {
      clearInterval(timer)
      client.off('serverDescriptionChanged', onServer)
    })
    app.decorate('clock', clock)
  },
  { name: 'clock', dependencies: ['mongo'], fastify: '5.x' },
)
