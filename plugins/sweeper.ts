/** Runs the sweeper while the server lives, and once a day removes slots that ended long ago. */
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import cron from 'node-cron'
import type { Config } from '../src/config.js'
import { HoldSweeper } from '../src/sweeper/sweep-holds.js'

declare module 'fastify' {
  interface FastifyInstance {
    sweeper: HoldSweeper
  }
}

const DAY_MS = 86_400_000
const PURGE_CRON = '0 17 3 * * *'

export default fp(
  async (app: FastifyInstance, { config, start }: { config: Config; start: boolean }) => {
    const sweeper = new HoldSweeper({
      store: app.slots,
      clock: app.clock,
      elapsed: () => performance.now(),
      schedule: config.SWEEP_CRON,
      random: Math.random,
      onSwept: (released) => {
        app.metrics.swept.add({}, released)
        app.log.debug({ released }, 'released overdue holds')
      },
      onLate: (lateMs) => app.metrics.sweepLateness.observe(lateMs / 1000),
      onFault: (error) => app.log.warn({ err: error }, 'a sweep failed; the next tick tries again'),
    })
    app.decorate('sweeper', sweeper)
    if (!start) return
    const purge = cron.createTask(
      PURGE_CRON,
      async () => {
        try {
          const purged = await app.slots.purge(app.clock.now() - config.KEEP_DAYS * DAY_MS)
          if (purged > 0) app.log.info({ purged }, 'removed slots that ended long ago')
        } catch (error) {
          app.log.warn({ err: error }, 'removing old slots failed; tomorrow tries again')
        }
      },
      { name: 'purge-slots', noOverlap: true, suppressMissedWarning: true },
    )
    app.addHook('onReady', async () => {
      sweeper.start()
      await purge.start()
    })
    // Before the feed and the database close.
    app.addHook('preClose', async () => {
      await purge.destroy()
      await sweeper.stop()
    })
  },
  { name: 'sweeper', dependencies: ['slots', 'metrics'] },
)
