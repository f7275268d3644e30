/**
 * The read side of one server: feed, board and gateway, with Socket.IO and the raw WebSocket on the one HTTP server.
 * The stream is open before the server listens. Closing ends the transports first, so that nobody is left hanging and
 * clients come back by themselves.
 */
import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import websocket from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { inForce, rulesUnder } from '../src/accounts/policies-of.js'
import { type Config, originsOf } from '../src/config.js'
import { bearerToken } from '../src/http/bearer.js'
import { Refusal } from '../src/http/problems.js'
import { SlotBoard } from '../src/live/calendar/slot-board.js'
import { type FeedTimings, SlotFeed } from '../src/live/calendar/slot-feed.js'
import { loadTopic, slotsOfClients } from '../src/live/calendar/slot-reads.js'
import { Gateway, type GatewayTimings } from '../src/live/channel/gateway.js'
import { identify } from '../src/live/channel/identify.js'
import { createPictureBudgets, type PictureBudgets } from '../src/live/channel/picture-budget.js'
import { createAdmission } from '../src/live/transport/connection-limits.js'
import { createFrameLimit } from '../src/live/transport/frame-limit.js'
import { type Arrival, MAX_FRAME, rawSockets } from '../src/live/transport/raw-socket.js'
import { createBacklogs } from '../src/live/transport/slow-consumer.js'
import {
  IN_TURNS,
  isSession,
  SOCKET_IO_PATH,
  socketIo,
  TOO_MANY,
  waitFor,
} from '../src/live/transport/socket-io.js'

declare module 'fastify' {
  interface FastifyInstance {
    board: SlotBoard
    feed: SlotFeed
    live: LiveCounts
  }
}

export interface LiveTimings {
  feed?: Partial<FeedTimings>
  gateway?: Partial<GatewayTimings>
  pingIntervalMs?: number
}

export interface LiveOptions {
  config: Config
  timings?: LiveTimings | undefined
}

export interface LiveCounts {
  readonly gateway: Gateway
  readonly budgets: PictureBudgets
  readonly socketIo: number
  readonly raw: number
  /** Viewers cut off because they did not read. */
  readonly cut: number
}

const RAW_PATH = '/v1/live'
const PING_MS = 25_000

export default fp(
  async (app: FastifyInstance, { config, timings = {} }: LiveOptions) => {
    const slots = app.slots.collection
    const now = () => app.clock.now()
    const elapsed = () => performance.now()
    const random = () => Math.random()
    const pingIntervalMs = timings.pingIntervalMs ?? PING_MS

    const feed = new SlotFeed({
      watch: (options) => slots.watch([], options),
      now,
      elapsed,
      random,
      log: app.log,
      ...(timings.feed && { timings: timings.feed }),
    })
    const board = new SlotBoard({
      load: (providerId, endAfter) => loadTopic(slots, providerId, endAfter),
      now,
      random,
      maxSlots: config.BOARD_MAX_SLOTS,
      pictureAgeMs: () => feed.ageMs(),
      expect: (slotId, rev) => feed.expect(slotId, rev),
      log: app.log,
    })
    app.decorate('board', board)
    app.decorate('feed', feed)
    app.addHook('onClose', async () => {
      board.close()
      await feed.close()
    })
    feed.subscribe(board.fromFeed)
    // When everybody has subscribed, so that nobody misses what the first stream begins with.
    app.addHook('onReady', () => feed.start())

    const budgets = createPictureBudgets(config, elapsed)
    const gateway = new Gateway({
      board,
      rules: {
        of: (providerId) =>
          rulesUnder(inForce(app.accounts.lastKnown(providerId)?.policies, app.defaultPolicies), app.rules),
        isKnown: (providerId) => app.accounts.remembered(providerId) !== undefined,
        read: (providerId) => app.accounts.find(providerId),
      },
      openName: app.accounts.names.open,
      tokens: app.tokens,
      providerExists: async (providerId) => (await app.accounts.getProvider(providerId)) !== null,
      offers: {
        async find(providerId, serviceId) {
          // Before the reading: what changes meanwhile is found by the next look.
          const version = app.services.versionOf(providerId)
          const [provider, service] = await Promise.all([
            app.accounts.find(providerId),
            app.services.find(providerId, serviceId),
          ])
          return provider && service && { service, zone: provider.timeZone, version }
        },
        isCurrent: ({ service: { providerId }, zone, version }) =>
          version !== undefined &&
          app.services.versionOf(providerId) === version &&
          app.accounts.remembered(providerId)?.timeZone === zone,
      },
      reservationsOf: (clientIds, startAfter) => slotsOfClients(slots, clientIds, startAfter),
      publicView: config.PUBLIC_VIEW,
      maxWatches: config.MAX_WATCHES,
      budgets,
      now,
      elapsed,
      published: ({ entry }) => {
        app.metrics.changes.add({
          kind: entry.kind,
          reason: entry.kind === 'released' ? entry.reason : 'none',
        })
        app.metrics.publishing.observe(Math.max(0, now() - entry.at.getTime()) / 1000)
      },
      log: app.log,
      ...(timings.gateway && { timings: timings.gateway }),
    })
    const admission = createAdmission(config, app.pace)
    const frameLimit = createFrameLimit(config, elapsed)
    const backlogs = createBacklogs(config.MAX_UNSENT_BYTES)
    let cut = 0
    const onCut = () => {
      cut++
    }

    // Both listen for upgrades of one server, and each would end the other's: the path decides, here alone.
    const gate = new EventEmitter()
    app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const path = request.url ?? ''
      if (path.startsWith(SOCKET_IO_PATH)) {
        // engine.io would refuse these as well, but as a bad request.
        if (!admission.originAllowed(request)) socket.end(bare('403 Forbidden'))
        else if (!isSession(path)) {
          const wait = waitFor(admission, request)
          if (wait) socket.end(bare('429 Too Many Requests', `Retry-After: ${wait}\r\n`))
        }
      } else if (path === RAW_PATH || path.startsWith(`${RAW_PATH}?`))
        // Called, not emitted: one file of the server emits, and that is how viewers are told.
        for (const upgrade of gate.listeners('upgrade')) upgrade(request, socket, head)
      else socket.end(bare('404 Not Found'))
    })
    const raw = rawSockets({ gateway, backlogs, frameLimit, onCut, pingIntervalMs })
    const io = socketIo({
      server: app.server,
      gateway,
      admission,
      backlogs,
      frameLimit,
      tokens: app.tokens,
      origins: originsOf(config.ALLOWED_ORIGINS),
      onCut,
      pingIntervalMs,
    })
    app.accounts.onForget((ids) => gateway.rulesForgotten(ids))
    const stopHearing = app.tokens.onEnded(({ session }) => gateway.endPrivate(session))

    await app.register(websocket, {
      options: {
        // ws takes an emitter of upgrades for a server; that is all it asks of it.
        server: gate as typeof app.server,
        maxPayload: MAX_FRAME,
        perMessageDeflate: false,
        ...IN_TURNS,
      },
      errorHandler: (error) => app.log.debug({ err: error }, 'a raw socket failed'),
      preClose: async () => {
        stopHearing()
        await Promise.all([raw.close(), io.close()])
        gateway.close()
        backlogs.close()
      },
    })
    app.decorate('live', {
      gateway,
      budgets,
      get socketIo() {
        return io.sockets
      },
      get raw() {
        return raw.sockets
      },
      get cut() {
        return cut
      },
    })

    // One refused before the route is known (by the request pace, say) has no `ws` yet, and nobody would end it.
    app.addHook('onResponse', (request, _reply, done) => {
      if (request.headers.upgrade !== undefined && !request.ws) request.raw.socket.destroySoon()
      done()
    })

    const arrivals = new WeakMap<FastifyRequest, Arrival>()
    app.route({
      method: 'GET',
      url: RAW_PATH,
      config: { access: 'open' },
      schema: { hide: true },
      onRequest: async (request) => {
        if (!request.ws) return
        if (!admission.originAllowed(request.raw))
          throw new Refusal('forbidden', 'This origin may not connect')
        if (!admission.hasRoom(request.raw)) throw new Refusal('rate_limited', TOO_MANY)
        arrivals.set(request, await arrivalOf(request))
      },
      handler: async () => {
        throw new Refusal('not_found', 'This is a WebSocket')
      },
      wsHandler: (socket, request) => {
        const leave = admission.enter(request.raw)
        socket.once('close', leave)
        const arrival = arrivals.get(request) ?? { caller: null, expired: false, watch: null }
        raw.attend(socket, arrival, admission.addressOf(request.raw))
      },
    })

    async function arrivalOf(request: FastifyRequest): Promise<Arrival> {
      const token = bearerToken(request.headers.authorization)
      const address = admission.addressOf(request.raw)
      const identity =
        token === undefined ? { caller: null, expired: false } : await identify(app.tokens, token, address)
      if ('ok' in identity) throw new Refusal(identity.code, identity.title)
      const { caller, expired } = identity
      const query = request.query as Record<string, unknown>
      const watch = query.providerId === undefined ? null : query
      const refused = watch && (await gateway.refuses(caller, watch, address))
      if (refused) throw new Refusal(refused.code, refused.title)
      return { caller, expired, watch }
    }
  },
  {
    name: 'live',
    dependencies: ['metrics', 'mongo', 'clock', 'accounts', 'services', 'auth', 'slots', 'limits'],
  },
)

function bare(status: string, headers = ''): string {
  return `HTTP/1.1 ${status}\r\n${headers}Connection: close\r\nContent-Length: 0\r\n\r\n`
}
