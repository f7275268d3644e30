/**
 * The waiting list: who joins and leaves it, what becomes of what is offered, and who hears of it.
 *
 * Owns: when to look. An ending asks it whom to offer to (`Waiters`); what the change stream tells of an offer is noted
 * in its wait (`#bring`); what else is open is offered when it opens, when somebody joins, and now and then (`sweep`).
 * Never: writes a slot (the store does), or a wait past the wait store.
 * Invariants: the slots are the truth. A wait says `offered` where a hold that names it is live, and whoever was killed
 * between the two has the other written by the next who hears or looks; every instance may do so at once. An offer to
 * who does not wait any more is taken back, and so passed on.
 */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.js'
import { isHead } from '../domain/chain.js'
import { readSlotId, SLOT_MS } from '../domain/grid.js'
import { standsForIt, statusAt } from '../domain/reservation.js'
import { isOver } from '../domain/wait.js'
import type { WaitEvent } from '../schemas/events.js'
import type { LogEntry, SlotDoc } from '../slots/slot-document.js'
import type { Freed, PlannedOffer, Waiters } from '../slots/slot-offers.js'
import type { FoundReservation } from '../slots/slot-outcomes.js'
import type { SlotStore } from '../slots/slot-store.js'
import { subjectOf } from '../slots/slot-view.js'
import { Awaited } from './awaited.js'
import { inLine, positionIn } from './line.js'
import type { OfferPlanner } from './offer-planner.js'
import type { WaitDoc } from './wait-model.js'
import type { JoinOutcome, NewWait, OfferFate, WaitStore } from './wait-store.js'

export interface WaitingListOptions {
  waits: WaitStore
  planner: OfferPlanner
  slots: Pick<SlotStore, 'offerOpen' | 'end' | 'findReservation' | 'keepHolds'>
  /** The live reservations of clients. */
  liveOf: (clientIds: string[]) => Promise<SlotDoc[]>
  clock: Clock
  /** Has every instance look at the waits of a calendar again; false where there is no such provider. */
  touch: (providerId: string) => Promise<boolean>
  /** Resolves when every instance has. */
  knownEverywhere: () => Promise<void>
  /** The sockets of a client. */
  viewers: { has(clientId: string): boolean; tell(clientId: string, event: WaitEvent): void }
  /** Hears of what is offered, again and again, for as long as it is: whoever must be told of it durably. */
  onOffered: (wait: WaitDoc, providerId: string) => void
  onFault: (error: unknown) => void
}

interface Span {
  from: number
  to: number
}

const SWEEP_MS = 30_000
/** Slots that open together are looked at together. */
const LOOK_SOON_MS = 100
const MOST_TOLD = 20_000
/** How often somebody leaves whom something is offered meanwhile. */
const ROUNDS = 10

export class WaitingList implements Waiters {
  readonly #o: WaitingListOptions
  readonly #awaited: Awaited
  /** Where to look soon, by calendar. */
  readonly #soon = new Map<string, Span>()
  /** Looks and notes under way, by calendar and by wait: one after the other. */
  readonly #running = new Map<string, Promise<unknown>>()
  /** What the own sockets were told last of a wait, so that each hears of a change once. */
  readonly #told = new LRUCache<string, string>({ max: MOST_TOLD })
  #looking: NodeJS.Timeout | undefined
  #sweeping: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: WaitingListOptions) {
    this.#o = options
    this.#awaited = new Awaited({
      waits: options.waits,
      onRead: (_providerId, live) => this.#tellAll(live),
      onFault: options.onFault,
    })
    options.waits.onChange((wait) => {
      if (isOver(wait.state)) this.#tell(wait)
    })
  }

  // ---- what the slots ask

  isAwaited(providerId: string): boolean {
    return this.#awaited.has(providerId)
  }

  plans(freed: Freed): AsyncIterable<PlannedOffer> {
    return this.#o.planner.freed(freed)
  }

  offered({ waitId }: PlannedOffer, { reservation }: FoundReservation): Promise<void> {
    return this.#bring(waitId, reservation.id).catch(this.#o.onFault)
  }

  // ---- what the change stream tells

  entries(slotId: string, entries: LogEntry[]): void {
    for (const entry of entries) {
      const about = subjectOf(entry)
      if (about?.wait === undefined || (about.chain && !isHead(about.chain))) continue
      this.#bring(about.wait, about.id).catch(this.#o.onFault)
    }
    const place = readSlotId(slotId)
    if (place && entries.at(-1)?.state === 'open' && this.isAwaited(place.providerId))
      this.#lookSoon(place.providerId, { from: place.start, to: place.start + SLOT_MS })
  }

  /** Something of these accounts has changed, here or elsewhere. */
  forget(accountIds: Iterable<string>): void {
    this.#awaited.forget(accountIds)
  }

  // ---- what clients ask

  /** Answers when every instance knows: from then on each ending, wherever it happens, is offered. */
  async join(wish: NewWait): Promise<JoinOutcome | { ok: false; code: 'not_found' }> {
    const { waits, touch, slots } = this.#o
    const { providerId } = wish
    if (!(await touch(providerId))) return { ok: false, code: 'not_found' }
    const outcome = await waits.join(wish)
    if (!outcome.ok || !outcome.isNew) return outcome
    this.#awaited.note(providerId)
    // An account that was deleted before this has nobody else who removes it; one deleted later has.
    if (!(await touch(providerId))) {
      await waits.removeAllOf(providerId)
      return { ok: false, code: 'not_found' }
    }
    this.#awaited.forget([providerId])
    await this.#o.knownEverywhere()
    await slots.keepHolds(providerId)
    this.#lookSoon(providerId, { from: wish.from, to: wish.to })
    return outcome
  }

  /** Gives back what is offered to it as well. What is over stays as it is. */
  async leave(id: string): Promise<void> {
    const { waits, slots } = this.#o
    for (let round = 0; round < ROUNDS; round++) {
      const wait = await waits.find(id)
      if (!wait || isOver(wait.state)) return
      if (wait.state === 'waiting' && (await waits.leave(id))) {
        this.#told.delete(id)
        await this.#o.touch(wait.providerId)
        return
      }
      if (!wait.offer) continue
      const { reservationId, slotId } = wait.offer
      const still = { head: slotId, status: 'held' as const }
      await slots.end({ id: wait.clientId, role: 'client' }, reservationId, { still })
      await this.#bring(id, reservationId)
    }
  }

  /** As it is now, with its place in line where it has one. */
  async read(id: string): Promise<{ wait: WaitDoc; position?: number } | null> {
    const known = await this.#o.waits.find(id)
    if (known?.state === 'offered' && known.offer) await this.#bring(id, known.offer.reservationId)
    const wait = known?.state === 'offered' ? await this.#o.waits.find(id) : known
    return wait && this.withPosition(wait)
  }

  async withPosition(wait: WaitDoc): Promise<{ wait: WaitDoc; position?: number }> {
    if (isOver(wait.state)) return { wait }
    const position = positionIn(await this.#o.waits.ofProvider(wait.providerId), wait)
    return { wait, ...(position !== undefined && { position }) }
  }

  /** Of an account that has ended. */
  async removeAllOf(accountId: string): Promise<void> {
    const removed = await this.#o.waits.removeAllOf(accountId)
    for (const { _id } of removed) this.#told.delete(_id)
    this.#awaited.forget(new Set(removed.map(({ providerId }) => providerId)))
  }

  // ---- looking

  async start(): Promise<void> {
    await this.#awaited.start()
    const sweep = () => {
      this.sweep()
        .catch(this.#o.onFault)
        .finally(() => {
          if (this.#closed) return
          this.#sweeping = setTimeout(sweep, SWEEP_MS)
          this.#sweeping.unref()
        })
    }
    sweep()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#looking)
    clearTimeout(this.#sweeping)
    this.#awaited.close()
    await Promise.allSettled(this.#running.values())
  }

  /** Brings every wait in line with the slots, ends those whose time is over, and offers what is open. */
  async sweep(): Promise<void> {
    await this.#o.waits.tellAgain()
    for (const providerId of this.#awaited.providers) {
      if (this.#closed) return
      const list = await this.#o.waits.ofProvider(providerId)
      await this.#settle(list)
      const first = Math.min(...list.map(({ from }) => from.getTime()))
      const last = Math.max(...list.map(({ to }) => to.getTime()))
      if (list.length > 0) await this.#look(providerId, { from: first, to: last })
      else this.#awaited.forget([providerId])
    }
  }

  async #settle(list: readonly WaitDoc[]): Promise<void> {
    const now = this.#o.clock.now()
    for (const { _id, state, offer, to } of list) {
      if (state === 'offered' && offer) await this.#bring(_id, offer.reservationId)
      else if (to.getTime() <= now) await this.#o.waits.lapse(_id)
    }
    // What was held for somebody by a server that died before it could say so.
    const silent = list.filter(({ state }) => state === 'waiting')
    if (silent.length === 0) return
    for (const { reservation } of await this.#o.liveOf(silent.map(({ clientId }) => clientId))) {
      const wait = silent.find(({ _id }) => _id === reservation?.wait)
      if (wait && reservation && standsForIt(reservation)) await this.#bring(wait._id, reservation.id)
    }
  }

  #lookSoon(providerId: string, { from, to }: Span): void {
    if (this.#closed) return
    const known = this.#soon.get(providerId)
    this.#soon.set(providerId, {
      from: Math.min(from, known?.from ?? from),
      to: Math.max(to, known?.to ?? to),
    })
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined
      const spans = [...this.#soon]
      this.#soon.clear()
      for (const [id, span] of spans) this.#look(id, span).catch(this.#o.onFault)
    }, LOOK_SOON_MS)
  }

  /** Offers what is open in a span. Beside others who want it, like anybody. */
  #look(providerId: string, span: Span): Promise<void> {
    return this.#inTurn(providerId, async () => {
      const now = this.#o.clock.now()
      const from = Math.max(span.from, now)
      if (from >= span.to) return
      const taken = new Set<number>()
      for await (const plan of this.#o.planner.open(providerId, { from, to: span.to }, taken)) {
        if (this.#closed) return
        // Whether it is offered now or somebody else has it.
        taken.add(plan.headStart)
        await this.#o.slots.offerOpen(plan)
      }
    })
  }

  /** Notes in a wait what has become of the hold that names it. */
  #bring(waitId: string, reservationId: string): Promise<void> {
    return this.#inTurn(waitId, async () => {
      const { slots, waits, clock } = this.#o
      const found = await slots.findReservation(reservationId)
      const fate = fateOf(found, clock.now())
      await waits.follow(waitId, reservationId, fate)
      const wait = await waits.find(waitId)
      if (found && fate.is === 'held' && (!wait || isOver(wait.state))) {
        const still = { head: found.slot._id, status: 'held' as const }
        await slots.end({ id: found.slot.providerId, role: 'provider' }, reservationId, { still })
      }
      if (!wait) return
      if (wait.state === 'offered') this.#o.onOffered(wait, wait.providerId)
      if (this.#o.viewers.has(wait.clientId)) {
        const { position } = await this.withPosition(wait)
        this.#tell(wait, position)
      }
    })
  }

  /** One after the other for each key. */
  async #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#running.get(key)
    const mine = (before ?? Promise.resolve()).then(work, work)
    const done = mine.catch(() => {})
    this.#running.set(key, done)
    try {
      return await mine
    } finally {
      if (this.#running.get(key) === done) this.#running.delete(key)
    }
  }

  // ---- telling

  #tellAll(live: readonly WaitDoc[]): void {
    const line = live.toSorted(inLine)
    for (const wait of line) if (this.#o.viewers.has(wait.clientId)) this.#tell(wait, positionIn(line, wait))
  }

  #tell(wait: WaitDoc, position?: number): void {
    if (!this.#o.viewers.has(wait.clientId)) return
    const event = eventOf(wait, position)
    const text = JSON.stringify(event)
    if (this.#told.get(wait._id) === text) return
    this.#told.set(wait._id, text)
    this.#o.viewers.tell(wait.clientId, event)
  }
}

/** What the wait is told of its hold. */
function fateOf(found: FoundReservation | null, now: number): OfferFate {
  if (!found) return { is: 'taken back' }
  const { slot, reservation } = found
  switch (statusAt(reservation, now)) {
    case 'held':
      return reservation.status === 'held'
        ? { is: 'held', slotId: slot._id, expiresAt: reservation.expiresAt }
        : { is: 'taken back' }
    case 'confirmed':
    case 'cancelled':
      return { is: 'booked', slotId: slot._id }
    case 'expired':
      return { is: 'lapsed' }
    case 'released':
      return 'by' in reservation && reservation.by === 'provider'
        ? { is: 'taken back' }
        : { is: 'declined', slotId: slot._id }
  }
}

function eventOf({ _id: id, providerId, state, offer }: WaitDoc, position?: number): WaitEvent {
  return {
    id,
    providerId,
    state,
    ...(offer && { slotId: offer.slotId, reservationId: offer.reservationId }),
    ...(offer && state === 'offered' && { expiresAt: offer.expiresAt.toISOString() }),
    ...(position !== undefined && { position }),
  }
}
