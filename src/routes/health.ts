/** Is the process alive, and should it get traffic? Liveness never asks the database; readiness does. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { inTime } from '../database/database-calls.js'
import { Liveness, Readiness } from '../schemas/operations.js'
import { missingSlotIndexes } from '../slots/slot-model.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** The server is about to end: /readyz answers 503, everything else is served until it closes. */
    draining: boolean
  }
}

const PING_MS = 1_000
const KEEP_MS = 1_000
const INDEXES_KEEP_MS = 30_000
const MAX_LAG_MS = 5_000
/** A call that waits for longer makes the server not ready. A busy engine stays below it. */
const MAX_CALL_MS = 2_000
/** For this long after a call without an answer the server is not ready. */
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

/** Keeps a positive answer for `keepMs`, so that frequent probes cost little. An exception counts as false and is not kept. */
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
