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
  type ScheduleEvent,
  Unwatch,
  type UnwatchAck,
  type WaitEvent,
  Watch as WatchFrame,
} from '../../schemas/events.js'
import type { OpenName } from '../../slots/slot-view.js'
import type { BoardEvent, SlotBoard } from '../calendar/slot-board.js'
import { createHeartbeat, type Heartbeat } from './heartbeat.js'
import { type Identity, identify, type TokenReader } from './identify.js'
import { failure, message, moment, type Refused, withFields } from './messages.js'
import { createOutbox, type Outbox } from './outbox.js'
import type { PictureBudget, PictureBudgets } from './picture-budget.js'
import {
  createPictures,
  isTooLong,
  type Picture,
  type Pictures,
  type Starts,
  type Window,
  windowOf,
} from './picture-cache.js'
import { createPrivateViews } from './private-views.js'
import { type CatchUp, createCatchUp, type ReservationsOf } from './reservation-resync.js'
import { createRooms, isOwn, type Peer, roomOf, sendTo, type Viewer, type Watch } from './rooms.js'
import { type Offer, type Offers, ServiceWatches } from './service-watches.js'

export interface GatewayTimings {
  /** A topic in which nothing happens for so long gets a heartbeat. */
  heartbeatMs: number
}

export interface ProviderRules {
  /** As last known, for what must not wait. */
  of(providerId: string): Rules
  /** Whether they are known without a read. */
  isKnown(providerId: string): boolean
  /** Reads them, so that `of` has them. */
  read(providerId: string): Promise<unknown>
}

export interface GatewayOptions {
  board: SlotBoard
  rules: ProviderRules
  openName: OpenName
  tokens: TokenReader
  providerExists: (providerId: string) => Promise<boolean>
  offers: Offers
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

/** What a viewer may watch of one provider; all slots, or the starts of one service. */
interface Asked extends Window {
  providerId: string
  serviceId: string | null
}

/** A watch that came about, as the JSON of its acknowledgement's fields, or why it did not. */
export type WatchResult = { picture: string } | { all: string } | Failure

const TICK_MS = 1_000
const TOO_MUCH = 'Too many pictures were asked for; try again in some seconds'
const checkWatch = checker(WatchFrame)
const checkUnwatch = checker(Unwatch)
const checkAuth = checker(Auth)

export class Gateway {
  readonly #o: GatewayOptions
  readonly #board: SlotBoard
  readonly #viewers = new Set<Viewer>()
  /** The joined viewers of each topic. */
  readonly #audiences = new Map<string, Set<Viewer>>()
  /** Of each topic, the viewers whose `owed` is set, the longest waiting first. */
  readonly #owed = new Map<string, Set<Viewer>>()
  /** Calendars the database is being asked for. */
  readonly #lookups = new Map<string, Promise<Refused | null>>()
  /** Calendars whose rules are being read. */
  readonly #ruleReads = new Map<string, Promise<void>>()
  /** The rules that the joined viewers of each topic were told last, as JSON. */
  readonly #toldRules = new Map<string, string>()
  readonly #privateViews = createPrivateViews()
  readonly #rooms = createRooms()
  readonly #heartbeat: Heartbeat
  readonly #pictures: Pictures
  readonly #services: ServiceWatches
  readonly #outbox: Outbox
  readonly #catchUp: CatchUp
  readonly #ticking: NodeJS.Timeout

  constructor(options: GatewayOptions) {
    const { board, rules, now, elapsed, openName, reservationsOf } = options
    const heartbeatMs = options.timings?.heartbeatMs ?? 15_000
    const fault = (error: unknown) => this.#fault(error)
    this.#o = options
    this.#board = board
    this.#heartbeat = createHeartbeat({ board, rooms: this.#rooms, now, elapsed, quietMs: heartbeatMs })
    this.#pictures = createPictures({ board, now, openName, rulesOf: (providerId) => rules.of(providerId) })
    this.#services = new ServiceWatches({
      offers: options.offers,
      now,
      wake: () => this.#outbox.wake(),
      onFault: (error) => {
        if (!isDatabaseAway(error)) fault(error)
      },
    })
    this.#outbox = createOutbox({
      rooms: this.#rooms,
      openName,
      beforeFlush: () => this.#endOverdue(),
      owePictures: (providerId, everybody) => this.#owePictures(providerId, everybody),
      changed: (providerId) => this.#services.changed(providerId),
      payPicture: () => this.#payPicture() || this.#payStarts(),
      elapsed,
      sent: this.#heartbeat.sent,
      published: options.published ?? (() => {}),
      fault,
    })
    this.#catchUp = createCatchUp({
      reservationsOf,
      clients: () =>
        [...this.#viewers].flatMap(({ caller }) => (caller?.role === 'client' ? [caller.id] : [])),
      tell: (clientId, event) =>
        this.#rooms.broadcast(roomOf.client(clientId), [], [message('reservation', event)]),
      now,
      isLive: () => board.pictureAgeMs() === 0,
      fault,
    })
    board.listen({
      event: (event) => {
        this.#outbox.event(event)
        this.#catchUp.saw(event.slotId)
      },
      picture: this.#outbox.picture,
      lost: () => {
        // Nobody can say what was missed: the hole in `seq` shows at once.
        this.#rooms.broadcast(roomOf.all, [], [this.#heartbeat.ofAll()])
        this.#catchUp.start()
      },
    })
    this.#ticking = setInterval(
      () => {
        this.#endOverdue()
        this.#services.tick()
        this.#heartbeat.beat()
      },
      Math.min(TICK_MS, heartbeatMs / 3),
    )
  }

  /** `address`: whose limits it counts for. */
  connect(peer: Peer, caller: Caller | null, address: string): Viewer {
    const viewer: Viewer = {
      peer,
      address,
      budget: this.#o.budgets.of(address),
      caller: null,
      all: false,
      watches: new Map(),
      rooms: new Set(),
      gone: false,
    }
    this.#viewers.add(viewer)
    this.#become(viewer, caller)
    return viewer
  }

  disconnect(viewer: Viewer): void {
    if (viewer.gone) return
    viewer.gone = true
    this.#viewers.delete(viewer)
    this.#endAllWatches(viewer)
    this.#become(viewer, null)
  }

  /** Answers in the very step in which the viewer joins. */
  watch(viewer: Viewer, payload: unknown, answer: (result: WatchResult) => void): void {
    const asked = this.#readWatch(viewer.caller, payload)
    if (asked !== 'all') {
      if ('ok' in asked) answer(asked)
      else this.#watchProvider(viewer, asked, answer).catch((error) => this.#fault(error))
      return
    }
    this.#outbox.afterFlush(() => {
      if (viewer.gone) return
      // Else the events that its pictures would have in them were a hole.
      for (const { owed, providerId } of viewer.watches.values())
        if (owed) this.#sendPicture(viewer, providerId)
      if (!this.#rooms.has(roomOf.all)) this.#heartbeat.sent(roomOf.all)
      viewer.all = true
      this.#rooms.settle(viewer)
      answer({
        all: JSON.stringify({ ...moment(this.#o.now(), this.#board.pictureAgeMs()), seq: this.#board.seq }),
      })
    })
  }

  unwatch(viewer: Viewer, payload: unknown): UnwatchAck {
    const checked = checkUnwatch(payload)
    if (!checked.ok) return invalid(checked.errors)
    if ('all' in checked.value) viewer.all = false
    else {
      const watch = viewer.watches.get(checked.value.providerId)
      if (watch) this.#end(viewer, watch)
    }
    this.#rooms.settle(viewer)
    return { ok: true }
  }

  /** Answers at once, but for an API key that was not shown here lately. */
  authenticate(viewer: Viewer, payload: unknown, answer: (ack: AuthAck) => void): void {
    const checked = checkAuth(payload)
    if (!checked.ok) {
      answer(invalid(checked.errors))
      return
    }
    const take = (identity: Identity) => {
      if (!viewer.gone) answer(this.#takeUp(viewer, identity))
    }
    const identity = identify(this.#o.tokens, checked.value.token, viewer.address)
    if (identity instanceof Promise) identity.then(take).catch((error) => this.#fault(error))
    else take(identity)
  }

  #takeUp(viewer: Viewer, identity: Identity): AuthAck {
    if ('ok' in identity) return identity
    if (identity.expired) return failure('unauthenticated')
    const { caller } = identity
    // By turns with another identity, each `auth` would bring a picture.
    const isOther = caller.id !== viewer.caller?.id
    if (isOther && this.#ownWatch(viewer, caller) && viewer.budget.isSpent())
      return failure('rate_limited', TOO_MUCH)
    this.#become(viewer, caller)
    const { expiresAt } = caller
    return { ok: true, ...(Number.isFinite(expiresAt) && { expiresAt: new Date(expiresAt).toISOString() }) }
  }

  /** Whether a provider has sockets of its own that watch its calendar, or all. */
  hasOwn(providerId: string): boolean {
    return this.#rooms.has(roomOf.own(providerId)) || this.#rooms.has(roomOf.allOwn(providerId))
  }

  /** Tells the own sockets of a provider about its hours. */
  tellSchedule(event: ScheduleEvent): void {
    this.#endOverdue()
    const { providerId } = event
    const told = [message('schedule', event)]
    this.#rooms.broadcast(roomOf.own(providerId), [], told)
    this.#rooms.broadcast(roomOf.allOwn(providerId), [roomOf.own(providerId)], told)
  }

  /** Whether a client is connected here. */
  hasClient(clientId: string): boolean {
    return this.#rooms.has(roomOf.client(clientId))
  }

  /** Tells the own sockets of a client about what it waits for. */
  tellWait(clientId: string, event: WaitEvent): void {
    this.#endOverdue()
    this.#rooms.broadcast(roomOf.client(clientId), [], [message('wait', event)])
  }

  /** Whether a watch would come about for this caller; used before a handshake is accepted. */
  async refuses(caller: Caller | null, payload: unknown, address: string): Promise<Refused | null> {
    const asked = this.#readWatch(caller, payload)
    if (asked === 'all') return null
    if ('ok' in asked) return asked
    const budget = this.#o.budgets.of(address)
    const refused = await this.#notWatchable(asked.providerId, budget)
    if (refused || asked.serviceId === null) return refused
    const offer = await this.#findOffer(asked.providerId, asked.serviceId, budget)
    return 'ok' in offer ? offer : null
  }

  /** Ends the private views of an account or of a session. */
  endPrivate(accountOrSession: string): void {
    for (const viewer of this.#viewers) {
      if (viewer.caller?.id === accountOrSession || viewer.caller?.session === accountOrSession)
        this.#endPrivateOf(viewer)
    }
  }

  /** The rules of these providers may have changed: who watches one gets a new picture if they have. */
  rulesForgotten(providerIds: Iterable<string>): void {
    for (const providerId of providerIds) {
      if (this.#audiences.has(providerId)) void this.#readRules(providerId)
    }
  }

  get viewers(): number {
    return this.#viewers.size
  }

  /** Watches of all viewers together. */
  get watches(): number {
    let count = 0
    for (const viewer of this.#viewers) count += viewer.watches.size + (viewer.all ? 1 : 0)
    return count
  }

  /** Pictures given so far. */
  get pictures(): number {
    return this.#pictures.given
  }

  /** Characters of pictures encoded so far. */
  get encoded(): number {
    return this.#pictures.encoded
  }

  /** Slots looked at so far, to find where services fit. */
  get searched(): number {
    return this.#pictures.searched
  }

  close(): void {
    clearInterval(this.#ticking)
    this.#catchUp.close()
    this.#outbox.close()
  }

  #fault(error: unknown): void {
    this.#o.log.error({ err: error }, 'live: unhandled error while publishing')
  }

  // ---- watching

  #readWatch(caller: Caller | null, payload: unknown): Refused | 'all' | Asked {
    const checked = checkWatch(payload)
    if (!checked.ok) return invalid(checked.errors)
    if (!this.#o.publicView && !caller) return failure('unauthenticated')
    if ('all' in checked.value) return 'all'
    const { providerId, serviceId = null, from, to } = checked.value
    const window = windowOf(from, to, this.#o.now())
    if (!window) return failure('invalid_request', 'from: is after to')
    if (isTooLong(window)) return failure('window_too_long')
    return { providerId, serviceId, ...window }
  }

  /** Loads the topic; says why that is not possible. */
  async #notWatchable(providerId: string, budget: PictureBudget): Promise<Refused | null> {
    if (budget.isSpent()) return failure('rate_limited', TOO_MUCH)
    if ((this.#board.read(providerId)?.slots.length ?? 0) > 0) return null
    // Those who ask in the same moment, as after a restart, share one look, which the first of them pays.
    const underWay = this.#lookups.get(providerId)
    if (underWay) return underWay
    budget.chargeLookup()
    const lookup = this.#lookUp(providerId).finally(() => this.#lookups.delete(providerId))
    this.#lookups.set(providerId, lookup)
    return lookup
  }

  async #lookUp(providerId: string): Promise<Refused | null> {
    try {
      if (!(await this.#o.providerExists(providerId))) return failure('not_found')
      await this.#board.topic(providerId)
      return null
    } catch (error) {
      if (isDatabaseAway(error)) return failure('unavailable')
      this.#fault(error)
      return failure('internal')
    }
  }

  async #findOffer(providerId: string, serviceId: string, budget: PictureBudget): Promise<Refused | Offer> {
    try {
      const offer = await this.#o.offers.find(providerId, serviceId)
      if (offer) return offer.service.active ? offer : failure('service_inactive')
      // Asking for services that are not there must not be for nothing.
      budget.chargeLookup()
      return failure('not_found')
    } catch (error) {
      if (isDatabaseAway(error)) return failure('unavailable')
      this.#fault(error)
      return failure('internal')
    }
  }

  async #watchProvider(viewer: Viewer, asked: Asked, answer: (result: WatchResult) => void) {
    const { providerId, serviceId } = asked
    const watch = viewer.watches.get(providerId) ?? this.#begin(viewer, providerId)
    if (!watch) return answer(failure('rate_limited', 'This socket watches as many providers as it may'))
    watch.asked++
    const refused = await this.#notWatchable(providerId, viewer.budget)
    if (!refused && !this.#o.rules.isKnown(providerId)) await this.#readRules(providerId)
    const found =
      refused || serviceId === null ? null : await this.#findOffer(providerId, serviceId, viewer.budget)
    const done = (result: WatchResult) => {
      watch.asked--
      if (!watch.joined && watch.asked === 0) this.#end(viewer, watch)
      if (!viewer.gone) answer(result)
    }
    if (refused) return done(refused)
    if (found && 'ok' in found) return done(found)
    const join = () => {
      if (viewer.gone) return
      if (!this.#o.publicView && !viewer.caller) return done(failure('unauthenticated'))
      // Others of this socket or address may have been served since it asked.
      if (viewer.budget.isSpent()) return done(failure('rate_limited', TOO_MUCH))
      const offer = found && this.#services.shared(found)
      const picture = this.#pictures.of(providerId, asked, isOwn(viewer, providerId), offer)
      if (picture === null) {
        // The topic is being loaded again; its picture is worth waiting for.
        this.#board.topic(providerId).then(
          () => this.#outbox.afterFlush(join),
          () => done(failure('unavailable')),
        )
        return
      }
      viewer.budget.charge(picture)
      if (viewer.watches.get(providerId) === watch) {
        watch.from = asked.from
        watch.to = asked.to
        watch.joined = true
        this.#watchService(viewer, watch, offer, picture)
        this.#audienceOf(providerId).add(viewer)
        this.#tellRules(providerId)
        this.#settleDebt(viewer, watch)
      }
      done({ picture: picture.json })
    }
    this.#outbox.afterFlush(join)
  }

  #begin(viewer: Viewer, providerId: string): Watch | null {
    if (viewer.watches.size >= this.#o.maxWatches) return null
    const watch: Watch = { providerId, from: 0, to: 0, joined: false, owed: false, asked: 0, service: null }
    viewer.watches.set(providerId, watch)
    this.#board.retain(providerId)
    return watch
  }

  /** In place of the service that it watched before. */
  #watchService(viewer: Viewer, watch: Watch, offer: Offer | null, { starts }: Picture): void {
    this.#services.leave(viewer, watch)
    watch.service = offer && starts && { id: offer.service.id, ...shownOf(starts) }
    if (offer) this.#services.join(viewer, offer)
  }

  #end(viewer: Viewer, watch: Watch): void {
    const { providerId } = watch
    if (viewer.watches.get(providerId) !== watch) return
    viewer.watches.delete(providerId)
    this.#services.leave(viewer, watch)
    this.#owed.get(providerId)?.delete(viewer)
    this.#board.release(providerId)
    const audience = this.#audiences.get(providerId)
    audience?.delete(viewer)
    if (audience?.size !== 0) return
    this.#audiences.delete(providerId)
    this.#toldRules.delete(providerId)
    this.#heartbeat.forget(providerId)
  }

  #audienceOf(providerId: string): Set<Viewer> {
    const known = this.#audiences.get(providerId)
    if (known) return known
    const audience = new Set<Viewer>()
    this.#audiences.set(providerId, audience)
    this.#heartbeat.sent(providerId)
    return audience
  }

  #endAllWatches(viewer: Viewer): void {
    for (const watch of [...viewer.watches.values()]) this.#end(viewer, watch)
    viewer.all = false
  }

  // ---- pictures of the server's own making

  #owePictures(providerId: string, everybody: boolean): boolean {
    const audience = this.#audiences.get(providerId)
    if (!audience) return true
    if (!this.#board.read(providerId)) return false
    const waiting = this.#owed.get(providerId) ?? new Set()
    this.#owed.set(providerId, waiting)
    for (const viewer of audience) {
      const watch = viewer.watches.get(providerId)
      if (!watch || (viewer.all && !everybody)) continue
      waiting.add(viewer)
      watch.owed = true
      this.#rooms.settle(viewer)
    }
    this.#heartbeat.sent(providerId)
    return true
  }

  #payPicture(): boolean {
    for (const [providerId, waiting] of this.#owed) {
      for (const viewer of waiting) {
        if (!this.#sendPicture(viewer, providerId)) this.#putOff(providerId)
        return true
      }
      this.#owed.delete(providerId)
    }
    return false
  }

  /** The topic is being loaded again: nobody hears an event of it until then, and everybody gets a picture after. */
  #putOff(providerId: string): void {
    for (const viewer of this.#owed.get(providerId) ?? []) {
      const watch = viewer.watches.get(providerId)
      if (watch) this.#settleDebt(viewer, watch)
    }
    this.#owed.delete(providerId)
    this.#outbox.picture(providerId)
  }

  #settleDebt(viewer: Viewer, watch: Watch): void {
    watch.owed = false
    this.#owed.get(watch.providerId)?.delete(viewer)
    this.#rooms.settle(viewer)
  }

  #sendPicture(viewer: Viewer, providerId: string): Picture | null {
    const watch = viewer.watches.get(providerId)
    const picture = watch
      ? this.#pictures.of(providerId, watch, isOwn(viewer, providerId), this.#services.offerOf(watch))
      : null
    if (!watch || !picture) return null
    if (watch.service && picture.starts) Object.assign(watch.service, shownOf(picture.starts))
    sendTo(viewer, { name: 'slots', json: picture.json })
    this.#tellRules(providerId)
    this.#settleDebt(viewer, watch)
    return picture
  }

  /**
   * Sends one viewer who watches by service the starts that fit now, where they are not those it has. It stays in its
   * room meanwhile: each event that is known went out before, so what it hears next follows on the picture.
   */
  #payStarts(): boolean {
    const due = this.#services.takeDue()
    if (!due) return false
    const { viewer, providerId } = due
    const watch = viewer.watches.get(providerId)
    const offer = watch ? this.#services.offerOf(watch) : null
    // To who is owed a picture anyway the starts come with it.
    if (!watch?.service || !watch.joined || watch.owed || !offer) return true
    const starts = this.#pictures.starts(providerId, watch, offer)
    if (starts?.digest === watch.service.digest) watch.service.validUntil = starts.validUntil
    // Else the topic is being loaded again, and everybody gets a picture after.
    else if (starts) this.#sendPicture(viewer, providerId)
    return true
  }

  /** One read at a time. Where it fails, the rules stay as they were last known. */
  #readRules(providerId: string): Promise<void> {
    const underWay = this.#ruleReads.get(providerId)
    if (underWay) return underWay
    const read = this.#o.rules
      .read(providerId)
      .then(() => {
        if (this.#audiences.has(providerId)) this.#tellRules(providerId)
      })
      .catch((error) => {
        if (!isDatabaseAway(error)) this.#fault(error)
      })
      .finally(() => this.#ruleReads.delete(providerId))
    this.#ruleReads.set(providerId, read)
    return read
  }

  /** Where the topic's viewers were told other rules, all of them get a picture. */
  #tellRules(providerId: string): void {
    const told = this.#toldRules.get(providerId)
    const rules = JSON.stringify(this.#o.rules.of(providerId))
    if (told === rules) return
    this.#toldRules.set(providerId, rules)
    if (told !== undefined) this.#outbox.picture(providerId)
  }

  // ---- private views

  #become(viewer: Viewer, caller: Caller | null): void {
    const before = viewer.caller
    viewer.caller = caller
    this.#privateViews.move(viewer, before?.expiresAt, caller?.expiresAt)
    // Who sees names in its calendar from now on gets the picture with them.
    const own = caller && caller.id !== before?.id ? this.#ownWatch(viewer, caller) : undefined
    if (own) {
      own.owed = true
      this.#outbox.afterFlush(() => this.#payOwn(viewer, own))
    }
    this.#rooms.settle(viewer)
  }

  /** The watch of the calendar that is this caller's own. */
  #ownWatch(viewer: Viewer, caller: Caller): Watch | undefined {
    const watch = caller.role === 'provider' ? viewer.watches.get(caller.id) : undefined
    return watch?.joined ? watch : undefined
  }

  #payOwn(viewer: Viewer, watch: Watch): void {
    // It may have asked for a picture itself meanwhile, or be in the round of a new one.
    if (!watch.owed || viewer.watches.get(watch.providerId) !== watch) return
    const picture = this.#sendPicture(viewer, watch.providerId)
    if (picture) {
      viewer.budget.charge(picture)
      return
    }
    this.#settleDebt(viewer, watch)
    this.#outbox.picture(watch.providerId)
  }

  #endPrivateOf(viewer: Viewer): void {
    if (!this.#o.publicView) this.#endAllWatches(viewer)
    this.#become(viewer, null)
    sendTo(viewer, message('auth-expired', {}))
  }

  #endOverdue(): void {
    for (const viewer of this.#privateViews.overdue(this.#o.now())) this.#endPrivateOf(viewer)
  }
}

function shownOf({ digest, validUntil }: Starts): Starts {
  return { digest, validUntil }
}

/** An acknowledgement as JSON text, from a watch that came about or did not. */
export function watchAnswer(result: WatchResult): string {
  if ('ok' in result) return JSON.stringify(result)
  return withFields({ ok: true }, 'all' in result ? result.all : result.picture)
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
