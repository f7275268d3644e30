/** The database's clock for one server, kept right as long as the server lives. */
import { uptime } from 'node:os'
import fp from 'fastify-plugin'
import { mongo } from 'mongoose'
import { type Clock, type ClockHealth, DatabaseClock } from '../src/clock.js'
import type { DatabaseTime } from '../src/clock-offset.js'
import { isDatabaseAway } from '../src/database/unavailable.js'

declare module 'fastify' {
  interface FastifyInstance {
    clock: Clock
    clockHealth: () => ClockHealth
  }
}

export interface ClockPluginOptions {
  /** In place of the database's clock. */
  clock?: Clock | undefined
}

const TICK_MS = 1_000
const PRIMARY_TYPES = new Set(['RSPrimary', 'Mongos'])
const NOT_PRIMARY = 10_107

export default fp<ClockPluginOptions>(
  async (app, options) => {
    if (options.clock !== undefined) {
      app.decorate('clock', options.clock)
      app.decorate('clockHealth', () => ({ trusted: true, aheadMs: 0, unmeasuredMs: 0 }))
      return
    }
    const client = app.mongo.getClient()
    const admin = client.db('admin')
    const clock = new DatabaseClock({
      databaseTime: async () => readHello(await admin.command({ hello: 1 })),
      monotonic: () => performance.now(),
      hostTime: () => Date.now(),
      uptime: () => uptime() * 1000,
      log: app.log,
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
    const onHeartbeat = ({ reply }: mongo.ServerHeartbeatSucceededEvent) => {
      const { isWritablePrimary, localTime } = reply as mongo.Document
      if (isWritablePrimary === true && localTime instanceof Date) keep(clock.mentioned(localTime.getTime()))
    }
    await clock.start()
    const timer = setInterval(() => keep(clock.tick()), TICK_MS)
    client.on('serverDescriptionChanged', onServer)
    client.on('serverHeartbeatSucceeded', onHeartbeat)
    app.addHook('onClose', async () => {
      clearInterval(timer)
      client.off('serverDescriptionChanged', onServer)
      client.off('serverHeartbeatSucceeded', onHeartbeat)
    })
    app.decorate('clock', clock)
    app.decorate('clockHealth', () => clock.health)
  },
  { name: 'clock', dependencies: ['mongo'], fastify: '5.x' },
)

/** A server that steps down still answers; its time counts for nothing. Routers of a sharded cluster are all one. */
export function readHello({
  isWritablePrimary,
  localTime,
  msg,
  topologyVersion,
  me,
}: mongo.Document): DatabaseTime {
  if (isWritablePrimary !== true)
    throw new mongo.MongoServerError({ message: 'the server that answers is not primary', code: NOT_PRIMARY })
  const primary = msg === 'isdbgrid' ? msg : String(topologyVersion?.processId ?? me)
  return { time: (localTime as Date).getTime(), primary }
}
