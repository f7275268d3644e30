/** The read side of one server: the feed and the board, opened before the server listens and closed with it. */
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Config } from '../src/config.js'
import { type SlotBoard, slotBoard } from '../src/live/slot-board.js'
import { type FeedTimings, type SlotFeed, slotFeed } from '../src/live/slot-feed.js'
import { loadTopic } from '../src/live/slot-reads.js'

declare module 'fastify' {
  interface FastifyInstance {
    board: SlotBoard
    feed: SlotFeed
  }
}

export interface LiveTimings {
  feed?: Partial<FeedTimings>
}

export interface LiveOptions {
  config: Config
  timings?: LiveTimings | undefined
}

export default fp(
  async (app: FastifyInstance, { config, timings = {} }: LiveOptions) => {
    const slots = app.slots.collection
    const now = () => app.clock.now()
    const random = () => Math.random()

    const board = slotBoard({
      load: (providerId, endAfter) => loadTopic(slots, providerId, endAfter),
      now,
      random,
      maxSlots: config.BOARD_MAX_SLOTS,
      pictureAgeMs: () => feed.ageMs(),
      expect: (slotId, rev) => feed.expect(slotId, rev),
      log: app.log,
    })
    const feed = slotFeed({
      watch: (options) => slots.watch([], options),
      listener: board.fromFeed,
      now,
      elapsed: () => performance.now(),
      random,
      log: app.log,
      ...(timings.feed && { timings: timings.feed }),
    })
    app.decorate('board', board)
    app.decorate('feed', feed)
    app.addHook('onClose', async () => {
      board.close()
      await feed.close()
    })
    await feed.start()
  },
  { name: 'live', dependencies: ['mongo', 'clock', 'slots'] },
)
