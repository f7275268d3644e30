/**
 * The database connection of one server: opened before anything needs it, closed last. Before that, over a connection
 * of its own, what the rules rest on is made and checked, so that the server never listens without it.
 */

import fp from 'fastify-plugin'
import type { Connection } from 'mongoose'
import { connectDatabase } from '../src/database/connect.js'
import { callsOf, type DatabaseCalls } from '../src/database/database-calls.js'
import { PREPARING_MS, prepareDatabase } from '../src/upgrade/prepare-database.js'

declare module 'fastify' {
  interface FastifyInstance {
    mongo: Connection
    /** What the calls to the database are doing. */
    databaseCalls: DatabaseCalls
  }
}

export interface MongoPluginOptions {
  uri: string
  waitMs?: number
}

export default fp<MongoPluginOptions>(
  async (app, { uri, waitMs }) => {
    const options = {
      uri,
      ...(waitMs === undefined ? {} : { waitMs }),
      say: (line: string) => app.log.warn(line),
    }
    const preparing = await connectDatabase({ ...options, silentMs: PREPARING_MS })
    try {
      await prepareDatabase(preparing, options)
    } finally {
      await preparing.close()
    }
    const connection = await connectDatabase(options)
    app.addHook('onClose', () => connection.close())
    app.decorate('mongo', connection)
    app.decorate('databaseCalls', callsOf(connection))
  },
  { name: 'mongo', fastify: '5.x' },
)
