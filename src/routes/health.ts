/** Is the process alive, and should it get traffic? Liveness never asks the database; readiness does. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { inTime } from '../database/database-calls.js'
import { Liveness, Readiness } from '../schemas/operations.js'
import { missingSlotIndexes } from '../slots/slot-model.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** The server is to end and wants no new callers; it serves as ever until it closes. */
    draining: boolean
  }
}

const PING_MS = 1_000
const KEEP_MS = 1_000
const INDEXES_KEEP_MS = 30_000
const MAX_LAG_MS = 5_000
/** An engine that is busy answers later than this at times, one that is well does not. */
const MAX_CALL_MS = 2_000
/** So long after the last call without an answer it is thought well again. */
const RAN_OUT_KEPT_MS = 5_000
const MAX_POLL_AGE_MS = 3_000

export const healthRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.addHook('preClose', async () => {
    app.draining = true
  })
  const database = kept(KEEP_MS, async () => {
    const { db } = app.mongo
    if (db === undefined) return false
    await inTime(db.command({ ping: 1 }), PING_MS)
    return true
  })
  const indexes = kept(
    INDEXES_KEEP_MS,
    async () => (await inTime(missingSlotIndexes(app.slots.collection), PING_MS)).length === 0,
  )

  app.get(
    '/livez',
    {
      config: { access: 'open', unlimited: true },
      schema: {
        operationId: 'getLiveness',
        summary: 'The process is alive',
        tags: ['operations'],
        response: { 200: Liveness },
      },
    },
    async () => ({ status: 'alive' as const }),
  )

  app.get(
    '/readyz',
    {
      config: { access: 'open', unlimited: true },
      schema: {
        operationId: 'getReadiness',
        summary: 'The server can do its work',
        tags: ['operations'],
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const checks = {
        database: await database(),
        calls: app.databaseCalls.oldestMs < MAX_CALL_MS && app.databaseCalls.sinceRanOutMs > RAN_OUT_KEPT_MS,
        indexes: await indexes(),
        stream: app.board.pictureAgeMs() < MAX_LAG_MS,
        clock: app.clockHealth().trusted,
        sessions: app.tokens.pollAgeMs() < MAX_POLL_AGE_MS,
        sweep: app.sweeper.isWell,
        serving: !app.draining,
      }
      const ready = Object.values(checks).every(Boolean)
      if (!ready) reply.header('retry-after', 2)
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', checks })
    },
  )
}

/** Asks at most once in a while, however often it is asked; an exception is a no. Only a yes to the indexes is worth keeping long. */
function kept(keepMs: number, ask: () => Promise<boolean>): () => Promise<boolean> {
  let answer: Promise<boolean> | undefined
  let until = 0
  return () => {
    if (answer === undefined || performance.now() >= until) {
      until = performance.now() + keepMs
      answer = ask().catch(() => {
        until = 0
        return false
      })
    }
    return answer
  }
}
