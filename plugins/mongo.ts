/** The database connection of one server: opened before anything needs it, closed last. */
import fp from 'fastify-plugin'
import type { Connection } from 'mongoose'
import { connectDatabase } from '../src/database/connect.js'
import { checkSlotLength } from '../src/database/slot-length.js'
import { SLOT_MINUTES } from '../src/slots/slot-view.js'

declare module 'fastify' {
  interface FastifyInstance {
    mongo: Connection
  }
}

export interface MongoPluginOptions {
  uri: string
  waitMs?: number
}

export default fp<MongoPluginOptions>(
  async (app, { uri, waitMs }) => {
    const connection = await connectDatabase({
      uri,
      ...(waitMs === undefined ? {} : { waitMs }),
      say: (line) => app.log.warn(line),
    })
    app.addHook('onClose', () => connection.close())
    await checkSlotLength(connection, SLOT_MINUTES)
    app.decorate('mongo', connection)
  },
  { name: 'mongo', fastify: '5.x' },
)
