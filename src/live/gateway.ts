/**
 * The gateway: what viewers may ask, and what goes out to whom.
 *
 * Owns: the viewers, their watches and private views, the rooms, the heartbeat. One heart for both transports, which
 * only carry: they call `connect`, `watch`, `unwatch`, `authenticate`, `disconnect`, and write what they are handed.
 * Never: reads slots (the board does), writes anything, knows a socket library.
 *
 * A viewer is connected, then gone. A watch is asked for, then joined, then ended.
 *
 * Invariants, and why:
 * - A picture and the joining are one synchronous step after a flush: no event falls between them, none comes twice.
 * - A viewer's rooms follow from its state (`roomsFor`), so each socket is reached by one room for any event.
 * - Public rooms never carry a person. Nobody is in a private room after the token has ended: what is overdue is ended
 *   before each flush, and once a second for viewers to whom nothing is sent.
 */
import type { Caller } from '../accounts/caller.js'
import { isDatabaseAway } from '../database/outage.js'
import type { Rules } from '../schemas/common.js'
import {
  Auth,
  type AuthAck,
  type Failure,
  Unwatch,
  type UnwatchAck,
  Watch as WatchFrame,
} from '../schemas/events.js'
import type { OpenName } from '../slots/slot-view.js'
import { checker } from '../validation.js'
import { createCatchUp, type ReservationsOf } from './catch-up.js'
import { createHeartbeat } from './heartbeat.js'
import { failure, message, moment, type Refused, withFields } from './messages.js'
import { createOutbox } from './outbox.js'
import { createPictures, isTooLong, type Window, windowOf } from './pictures.js'
import { createPrivateViews } from './private-views.js'
import { createRooms, isOwn, type Peer, roomOf, sendTo, type Viewer, type Watch } from './rooms.js'
import type { BoardEvent, SlotBoard } from './slot-board.js'

export interface GatewayTimings {
  /** A topic in which nothing happens for so long gets a heartbeat. */
  heartbeatMs: number
}

export interface GatewayParts {
  board: SlotBoard
  rules: Rules
  openName: OpenName
  verify: (token: string) => Caller | 'expired' | null
  providerExists: (providerId: string) => Promise<boolean>
  reservationsOf: ReservationsOf
  publicView: boolean
  maxWatches: number
  now: () => number
  /** Monotonic milliseconds. */
  elapsed: () => number
  /** Hears of each event once, when it has been handed to all who hear it. */
  published?: (event: BoardEvent) => void
  log: { warn(facts: object, message: string): void; error(facts: object, message: string): void }
  timings?: Partial<GatewayTimings>
}

/** A watch that came about, as the JSON of its acknowledgement's fields, or why it did not. */
export type Watched = { picture: string } | { all: string } | Failure

export interface Gateway {
  connect(peer: Peer, caller: Caller | null): Viewer
  disconnect(viewer: Viewer): void
  /** Answers in the very step in which the viewer joins. */
  watch(viewer: Viewer, payload: unknown, answer: (watched: Watched) => void): void
  unwatch(viewer: Viewer, payload: unknown): UnwatchAck
  authenticate(viewer: Viewer, payload: unknown): AuthAck
  /** Whether a watch would come about for this caller; used before a handshake is accepted. */
  refuses(caller: Caller | null, payload: unknown): Promise<Refused | null>
  /** Ends the private views of an account or of a session. */
  endPrivate(accountOrSession: string): void
  readonly viewers: number
  /** Watches of all viewers together. */
  readonly watches: number
  /** Pictures given so far. */
  readonly pictures: number
  close(): void
}

const TICK_MS = 1_000
const checkWatch = checker(WatchFrame)
const checkUnwatch = checker(Unwatch)
const checkAuth = checker(Auth)

export function createGateway(parts: GatewayParts): Gateway {
  const { board, now, verify, publicView } = parts
  const heartbeatMs = parts.timings?.heartbeatMs ?? 15_000
  const viewers = new Set<Viewer>()
  /** The joined viewers of each topic. */
  const audiences = new Map<string, Set<Viewer>>()
  const privateViews = createPrivateViews()
  const rooms = createRooms()
  const heartbeat = createHeartbeat({ board, rooms, now, elapsed: parts.elapsed, quietMs: heartbeatMs })
  const pictures = createPictures(parts)
  const outbox = createOutbox({
    rooms,
    openName: parts.openName,
    beforeFlush: endOverdue,
    sendPictures,
    sent: heartbeat.sent,
    published: parts.published ?? (() => {}),
    fault,
  })
  const catchUp = createCatchUp({
    reservationsOf: parts.reservationsOf,
    clients: () => [...viewers].flatMap(({ caller }) => (caller?.role === 'client' ? [caller.id] : [])),
    tell: (clientId, event) =>
      rooms.broadcast(roomOf.client(clientId), null, [message('reservation', event)]),
    now,
    isLive: () => board.pictureAgeMs() === 0,
    fault,
  })
  board.listen({
    event(event) {
      outbox.event(event)
      catchUp.saw(event.slotId)
    },
    picture: outbox.picture,
    lost() {
      // Nobody can say what was missed: the hole in `seq` shows at once.
      rooms.broadcast(roomOf.all, null, [heartbeat.ofAll()])
      catchUp.start()
    },
  })
  const ticking = setInterval(
    () => {
      endOverdue()
      heartbeat.beat()
    },
    Math.min(TICK_MS, heartbeatMs / 3),
  )

  function fault(error: unknown): void {
    parts.log.error({ err: error }, 'live: something is broken')
  }

  // ---- watching

  function readWatch(
    caller: Caller | null,
    payload: unknown,
  ): Refused | 'all' | (Window & { providerId: string }) {
    const checked = checkWatch(payload)
    if (!checked.ok) return invalid(checked.errors)
    if (!publicView && !caller) return failure('unauthenticated')
    if ('all' in checked.value) return 'all'
    const { providerId, from, to } = checked.value
    const window = windowOf(from, to, now())
    if (!window) return failure('invalid_request', 'from: is after to')
    if (isTooLong(window)) return failure('window_too_long')
    return { providerId, ...window }
  }

  /** Loads the topic; says why that is not possible. */
  async function notWatchable(providerId: string): Promise<Refused | null> {
    try {
      const known = (board.read(providerId)?.slots.length ?? 0) > 0
      if (!known && !(await parts.providerExists(providerId))) return failure('not_found')
      await board.topic(providerId)
      return null
    } catch (error) {
      if (isDatabaseAway(error)) return failure('unavailable')
      fault(error)
      return failure('internal')
    }
  }

  async function watchProvider(
    viewer: Viewer,
    asked: Window & { providerId: string },
    answer: (watched: Watched) => void,
  ) {
    const { providerId } = asked
    const watch = viewer.watches.get(providerId) ?? begin(viewer, providerId)
    if (!watch) return answer(failure('rate_limited', 'This socket watches as many providers as it may'))
    watch.asked++
    const refused = await notWatchable(providerId)
    const done = (watched: Watched) => {
      watch.asked--
      if (!watch.joined && watch.asked === 0) end(viewer, watch)
      if (!viewer.gone) answer(watched)
    }
    if (refused) return done(refused)
    const join = () => {
      if (viewer.gone) return
      if (!publicView && !viewer.caller) return done(failure('unauthenticated'))
      const picture = pictures.of(providerId, asked, isOwn(viewer, providerId))
      if (picture === null) {
        // The topic is being loaded again; its picture is worth waiting for.
        board.topic(providerId).then(
          () => outbox.afterFlush(join),
          () => done(failure('unavailable')),
        )
        return
      }
      if (viewer.watches.get(providerId) === watch) {
        watch.from = asked.from
        watch.to = asked.to
        watch.joined = true
        audienceOf(providerId).add(viewer)
        rooms.settle(viewer)
      }
      done({ picture })
    }
    outbox.afterFlush(join)
  }

  function begin(viewer: Viewer, providerId: string): Watch | null {
    if (viewer.watches.size >= parts.maxWatches) return null
    const watch: Watch = { providerId, from: 0, to: 0, joined: false, asked: 0 }
    viewer.watches.set(providerId, watch)
    board.retain(providerId)
    return watch
  }

  function end(viewer: Viewer, watch: Watch): void {
    const { providerId } = watch
    if (viewer.watches.get(providerId) !== watch) return
    viewer.watches.delete(providerId)
    board.release(providerId)
    const audience = audiences.get(providerId)
    audience?.delete(viewer)
    if (audience?.size !== 0) return
    audiences.delete(providerId)
    heartbeat.forget(providerId)
    pictures.forget(providerId)
  }

  function audienceOf(providerId: string): Set<Viewer> {
    const known = audiences.get(providerId)
    if (known) return known
    const audience = new Set<Viewer>()
    audiences.set(providerId, audience)
    heartbeat.sent(providerId)
    return audience
  }

  function endAllWatches(viewer: Viewer): void {
    for (const watch of [...viewer.watches.values()]) end(viewer, watch)
    viewer.all = false
  }

  function sendPictures(providerId: string, everybody: boolean): boolean {
    const audience = audiences.get(providerId)
    if (!audience) return true
    for (const viewer of audience) {
      if (viewer.all && !everybody) continue
      if (!sendPicture(viewer, providerId)) return false
    }
    heartbeat.sent(providerId)
    return true
  }

  function sendPicture(viewer: Viewer, providerId: string): boolean {
    const watch = viewer.watches.get(providerId)
    if (!watch?.joined) return true
    const json = pictures.of(providerId, watch, isOwn(viewer, providerId))
    if (json !== null) sendTo(viewer, { name: 'slots', json })
    return json !== null
  }

  // ---- private views

  function become(viewer: Viewer, caller: Caller | null): void {
    const before = viewer.caller
    viewer.caller = caller
    privateViews.move(viewer, before?.expiresAt, caller?.expiresAt)
    rooms.settle(viewer)
    // Who sees names in its calendar from now on gets the picture with them.
    if (caller?.role === 'provider' && caller.id !== before?.id) sendPicture(viewer, caller.id)
  }

  function endPrivateOf(viewer: Viewer): void {
    if (!publicView) endAllWatches(viewer)
    become(viewer, null)
    sendTo(viewer, message('auth-expired', {}))
  }

  function endOverdue(): void {
    for (const viewer of privateViews.overdue(now())) endPrivateOf(viewer)
  }

  return {
    connect(peer, caller) {
      const viewer: Viewer = {
        peer,
        caller: null,
        all: false,
        watches: new Map(),
        rooms: new Set(),
        gone: false,
      }
      viewers.add(viewer)
      become(viewer, caller)
      return viewer
    },

    disconnect(viewer) {
      if (viewer.gone) return
      viewer.gone = true
      viewers.delete(viewer)
      endAllWatches(viewer)
      become(viewer, null)
    },

    watch(viewer, payload, answer) {
      const asked = readWatch(viewer.caller, payload)
      if (asked !== 'all') {
        if ('ok' in asked) answer(asked)
        else watchProvider(viewer, asked, answer).catch(fault)
        return
      }
      outbox.afterFlush(() => {
        if (viewer.gone) return
        if (!rooms.has(roomOf.all)) heartbeat.sent(roomOf.all)
        viewer.all = true
        rooms.settle(viewer)
        answer({ all: JSON.stringify({ ...moment(now(), board.pictureAgeMs()), seq: board.seq }) })
      })
    },

    unwatch(viewer, payload) {
      const checked = checkUnwatch(payload)
      if (!checked.ok) return invalid(checked.errors)
      if ('all' in checked.value) viewer.all = false
      else {
        const watch = viewer.watches.get(checked.value.providerId)
        if (watch) end(viewer, watch)
      }
      rooms.settle(viewer)
      return { ok: true }
    },

    authenticate(viewer, payload) {
      const checked = checkAuth(payload)
      if (!checked.ok) return invalid(checked.errors)
      const caller = verify(checked.value.token)
      if (caller === null || caller === 'expired') return failure('unauthenticated')
      become(viewer, caller)
      return { ok: true, expiresAt: new Date(caller.expiresAt).toISOString() }
    },

    async refuses(caller, payload) {
      const asked = readWatch(caller, payload)
      if (asked === 'all') return null
      return 'ok' in asked ? asked : notWatchable(asked.providerId)
    },

    endPrivate(id) {
      for (const viewer of viewers) {
        if (viewer.caller?.id === id || viewer.caller?.session === id) endPrivateOf(viewer)
      }
    },

    get viewers() {
      return viewers.size
    },

    get watches() {
      let count = 0
      for (const viewer of viewers) count += viewer.watches.size + (viewer.all ? 1 : 0)
      return count
    },

    get pictures() {
      return pictures.given
    },

    close() {
      clearInterval(ticking)
      catchUp.close()
      outbox.close()
    },
  }
}

/** An acknowledgement as JSON text, from a watch that came about or did not. */
export function watchAnswer(watched: Watched): string {
  if ('ok' in watched) return JSON.stringify(watched)
  return withFields({ ok: true }, 'all' in watched ? watched.all : watched.picture)
}

function invalid(errors: { field: string; message: string }[]): Refused {
  return failure(
    'invalid_request',
    errors
      .map(({ field, message }) => `${field}: ${message}`)
      .join('; ')
      .slice(0, 500),
  )
}
