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
 *   A picture of the server's own making is the same: who is owed one is in no room until it is handed over.
 * - A viewer's rooms follow from its state (`roomsFor`), so each socket is reached by one room for any event.
 * - Public rooms never carry a person. Nobody is in a private room after the token has ended: what is overdue is ended
 *   before each flush, and once a second for viewers to whom nothing is sent.
 */

import { isDatabaseAway } from '../../database/unavailable.js'
import type { Caller } from '../../http/caller.js'
import { checker } from '../../http/validation.js'
import type { Rules } from '../../schemas/common.js'
import {
  Auth,
  type AuthAck,
  type Failure,
  Unwatch,
  type UnwatchAck,
  Watch as WatchFrame,
} from '../../schemas/events.js'
import type { OpenName } from '../../slots/slot-view.js'
import type { BoardEvent, SlotBoard } from '../calendar/slot-board.js'
import { createHeartbeat } from './heartbeat.js'
import { failure, message, moment, type Refused, withFields } from './messages.js'
import { createOutbox } from './outbox.js'
import type { PictureBudget, PictureBudgets } from './picture-budget.js'
import { createPictures, isTooLong, type Picture, type Window, windowOf } from './picture-cache.js'
import { createPrivateViews } from './private-views.js'
import { createCatchUp, type ReservationsOf } from './reservation-resync.js'
import { createRooms, isOwn, type Peer, roomOf, sendTo, type Viewer, type Watch } from './rooms.js'

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
  budgets: PictureBudgets
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
  /** `address`: whose limits it counts for. */
  connect(peer: Peer, caller: Caller | null, address: string): Viewer
  disconnect(viewer: Viewer): void
  /** Answers in the very step in which the viewer joins. */
  watch(viewer: Viewer, payload: unknown, answer: (watched: Watched) => void): void
  unwatch(viewer: Viewer, payload: unknown): UnwatchAck
  authenticate(viewer: Viewer, payload: unknown): AuthAck
  /** Whether a watch would come about for this caller; used before a handshake is accepted. */
  refuses(caller: Caller | null, payload: unknown, address: string): Promise<Refused | null>
  /** Ends the private views of an account or of a session. */
  endPrivate(accountOrSession: string): void
  readonly viewers: number
  /** Watches of all viewers together. */
  readonly watches: number
  /** Pictures given so far. */
  readonly pictures: number
  /** Characters of pictures encoded so far. */
  readonly encoded: number
  close(): void
}

const TICK_MS = 1_000
const TOO_MUCH = 'Too many pictures were asked for; try again in some seconds'
const checkWatch = checker(WatchFrame)
const checkUnwatch = checker(Unwatch)
const checkAuth = checker(Auth)

export function createGateway(parts: GatewayParts): Gateway {
  const { board, now, verify, publicView } = parts
  const heartbeatMs = parts.timings?.heartbeatMs ?? 15_000
  const viewers = new Set<Viewer>()
  /** The joined viewers of each topic. */
  const audiences = new Map<string, Set<Viewer>>()
  /** Of each topic, the viewers whose `owed` is set, the longest waiting first. */
  const owed = new Map<string, Set<Viewer>>()
  /** Calendars the database is being asked for. */
  const lookups = new Map<string, Promise<Refused | null>>()
  const privateViews = createPrivateViews()
  const rooms = createRooms()
  const heartbeat = createHeartbeat({ board, rooms, now, elapsed: parts.elapsed, quietMs: heartbeatMs })
  const pictures = createPictures(parts)
  const outbox = createOutbox({
    rooms,
    openName: parts.openName,
    beforeFlush: endOverdue,
    owePictures,
    payPicture,
    elapsed: parts.elapsed,
    sent: heartbeat.sent,
    published: parts.published ?? (() => {}),
    fault,
  })
  const catchUp = createCatchUp({
    reservationsOf: parts.reservationsOf,
    clients: () => [...viewers].flatMap(({ caller }) => (caller?.role === 'client' ? [caller.id] : [])),
    tell: (clientId, event) => rooms.broadcast(roomOf.client(clientId), [], [message('reservation', event)]),
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
      rooms.broadcast(roomOf.all, [], [heartbeat.ofAll()])
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
  async function notWatchable(providerId: string, budget: PictureBudget): Promise<Refused | null> {
    if (budget.isSpent()) return failure('rate_limited', TOO_MUCH)
    if ((board.read(providerId)?.slots.length ?? 0) > 0) return null
    // Those who ask in the same moment, as after a restart, share one look, which the first of them pays.
    const underWay = lookups.get(providerId)
    if (underWay) return underWay
    budget.chargeLookup()
    const lookup = lookUp(providerId).finally(() => lookups.delete(providerId))
    lookups.set(providerId, lookup)
    return lookup
  }

  async function lookUp(providerId: string): Promise<Refused | null> {
    try {
      if (!(await parts.providerExists(providerId))) return failure('not_found')
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
    const refused = await notWatchable(providerId, viewer.budget)
    const done = (watched: Watched) => {
      watch.asked--
      if (!watch.joined && watch.asked === 0) end(viewer, watch)
      if (!viewer.gone) answer(watched)
    }
    if (refused) return done(refused)
    const join = () => {
      if (viewer.gone) return
      if (!publicView && !viewer.caller) return done(failure('unauthenticated'))
      // Others of this socket or address may have been served since it asked.
      if (viewer.budget.isSpent()) return done(failure('rate_limited', TOO_MUCH))
      const picture = pictures.of(providerId, asked, isOwn(viewer, providerId))
      if (picture === null) {
        // The topic is being loaded again; its picture is worth waiting for.
        board.topic(providerId).then(
          () => outbox.afterFlush(join),
          () => done(failure('unavailable')),
        )
        return
      }
      viewer.budget.charge(picture)
      if (viewer.watches.get(providerId) === watch) {
        watch.from = asked.from
        watch.to = asked.to
        watch.joined = true
        audienceOf(providerId).add(viewer)
        settleDebt(viewer, watch)
      }
      done({ picture: picture.json })
    }
    outbox.afterFlush(join)
  }

  function begin(viewer: Viewer, providerId: string): Watch | null {
    if (viewer.watches.size >= parts.maxWatches) return null
    const watch: Watch = { providerId, from: 0, to: 0, joined: false, owed: false, asked: 0 }
    viewer.watches.set(providerId, watch)
    board.retain(providerId)
    return watch
  }

  function end(viewer: Viewer, watch: Watch): void {
    const { providerId } = watch
    if (viewer.watches.get(providerId) !== watch) return
    viewer.watches.delete(providerId)
    owed.get(providerId)?.delete(viewer)
    board.release(providerId)
    const audience = audiences.get(providerId)
    audience?.delete(viewer)
    if (audience?.size !== 0) return
    audiences.delete(providerId)
    heartbeat.forget(providerId)
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

  // ---- pictures of the server's own making

  function owePictures(providerId: string, everybody: boolean): boolean {
    const audience = audiences.get(providerId)
    if (!audience) return true
    if (!board.read(providerId)) return false
    const waiting = owed.get(providerId) ?? new Set()
    owed.set(providerId, waiting)
    for (const viewer of audience) {
      const watch = viewer.watches.get(providerId)
      if (!watch || (viewer.all && !everybody)) continue
      waiting.add(viewer)
      watch.owed = true
      rooms.settle(viewer)
    }
    heartbeat.sent(providerId)
    return true
  }

  function payPicture(): boolean {
    for (const [providerId, waiting] of owed) {
      for (const viewer of waiting) {
        if (!sendPicture(viewer, providerId)) putOff(providerId)
        return true
      }
      owed.delete(providerId)
    }
    return false
  }

  /** The topic is being loaded again: nobody hears an event of it until then, and everybody gets a picture after. */
  function putOff(providerId: string): void {
    for (const viewer of owed.get(providerId) ?? []) {
      const watch = viewer.watches.get(providerId)
      if (watch) settleDebt(viewer, watch)
    }
    owed.delete(providerId)
    outbox.picture(providerId)
  }

  function settleDebt(viewer: Viewer, watch: Watch): void {
    watch.owed = false
    owed.get(watch.providerId)?.delete(viewer)
    rooms.settle(viewer)
  }

  function sendPicture(viewer: Viewer, providerId: string): Picture | null {
    const watch = viewer.watches.get(providerId)
    const picture = watch ? pictures.of(providerId, watch, isOwn(viewer, providerId)) : null
    if (!watch || !picture) return null
    sendTo(viewer, { name: 'slots', json: picture.json })
    settleDebt(viewer, watch)
    return picture
  }

  // ---- private views

  function become(viewer: Viewer, caller: Caller | null): void {
    const before = viewer.caller
    viewer.caller = caller
    privateViews.move(viewer, before?.expiresAt, caller?.expiresAt)
    // Who sees names in its calendar from now on gets the picture with them.
    const own = caller && caller.id !== before?.id ? ownWatch(viewer, caller) : undefined
    if (own) {
      own.owed = true
      outbox.afterFlush(() => payOwn(viewer, own))
    }
    rooms.settle(viewer)
  }

  /** The watch of the calendar that is this caller's own. */
  function ownWatch(viewer: Viewer, caller: Caller): Watch | undefined {
    const watch = caller.role === 'provider' ? viewer.watches.get(caller.id) : undefined
    return watch?.joined ? watch : undefined
  }

  function payOwn(viewer: Viewer, watch: Watch): void {
    // It may have asked for a picture itself meanwhile, or be in the round of a new one.
    if (!watch.owed || viewer.watches.get(watch.providerId) !== watch) return
    const picture = sendPicture(viewer, watch.providerId)
    if (picture) {
      viewer.budget.charge(picture)
      return
    }
    settleDebt(viewer, watch)
    outbox.picture(watch.providerId)
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
    connect(peer, caller, address) {
      const viewer: Viewer = {
        peer,
        budget: parts.budgets.of(address),
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
        // Else the events that its pictures would have in them were a hole.
        for (const { owed, providerId } of viewer.watches.values()) if (owed) sendPicture(viewer, providerId)
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
      // By turns with another identity, each `auth` would bring a picture.
      const isOther = caller.id !== viewer.caller?.id
      if (isOther && ownWatch(viewer, caller) && viewer.budget.isSpent())
        return failure('rate_limited', TOO_MUCH)
      become(viewer, caller)
      return { ok: true, expiresAt: new Date(caller.expiresAt).toISOString() }
    },

    async refuses(caller, payload, address) {
      const asked = readWatch(caller, payload)
      if (asked === 'all') return null
      return 'ok' in asked ? asked : notWatchable(asked.providerId, parts.budgets.of(address))
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

    get encoded() {
      return pictures.encoded
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
