/**
 * Every transition of slots. Nothing else changes their state.
 *
 * Each is one conditional statement, with the rule in the update: of one slot (write-batches), or of all slots of an
 * appointment together (joint-writes). No change rests on what was read before it. What was done is read in the slot's
 * log after it, and where nothing was, the slots say why.
 * Never: emits an event (the change stream does), decides by a before image, or trusts the board, which may be behind.
 * Invariants: a slot has at most one live reservation; a reservation has all its slots or none; a client has at most one
 * at a time and MAX_ACTIVE_HOLDS holds (by unique indexes, so under any race); an acknowledged write is on the majority's
 * disks. A write that times out is unknown, not refused: it surfaces as an exception, and the same Idempotency-Key finds
 * out what became of it.
 */
import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ, READ_ACKNOWLEDGED } from '../database/call-options.js'
import type { Engine } from '../database/engine.js'
import { lengthOf, ONE_SLOT, shapeOf } from '../domain/chain.js'
import { readSlotId, SLOT_MS, slotIdOf } from '../domain/grid.js'
import {
  type AgreedTime,
  appointmentOf,
  expiryOf,
  guestId,
  type HoldAgainRule,
  type LiveReservation,
  type Outcome,
  standsForIt,
  statusAt,
} from '../domain/reservation.js'
import { type BookedService, bookedAs } from '../domain/service.js'
import { slotStates, stateAt } from '../domain/slot.js'
import { type Contact, contactOf, noteOf } from './contact.js'
import { FULL_PAST, HistoryMover } from './history-mover.js'
import { HoldNumbers } from './hold-numbers.js'
import type { Freeing } from './offer-updates.js'
import { PersonalData, type Reseal } from './personal-data.js'
import {
  type ChangeOutcome,
  type NewTime,
  ReservationChanges,
  rangeEnd,
  tokensOf,
} from './reservation-changes.js'
import { SlotAttempts } from './single-flight.js'
import { factsOf, type LogEntry, type SlotDoc, type SlotOrigin } from './slot-document.js'
import type { SlotHistory } from './slot-history.js'
import { liveOf } from './slot-model.js'
import { type PlannedOffer, SlotOffers, type Waiters } from './slot-offers.js'
import {
  aheadAnswer,
  appointmentAnswer,
  type ConfirmOutcome,
  confirmAnswer,
  confirmedBy,
  cutoffAnswer,
  type EndOutcome,
  endAnswer,
  type FoundReservation,
  type HoldOutcome,
  holdAnswer,
  mayDecide,
  mayEnd,
  notFound,
  type Requested,
  replay,
  reservationIn,
  type SlotCaller,
} from './slot-outcomes.js'
import {
  type Appointment,
  always,
  atHead,
  claiming,
  confirming,
  endedBy,
  ending,
  expiring,
  type Moment,
  mayBeClaimed,
  mayBeConfirmed,
  mayBeEnded,
  mayBeHeld,
  mayBeReopenedByRule,
  mayBeWithdrawn,
  mayBeWithdrawnByRule,
  openSlot,
  overdueAt,
  type Pipeline,
  provided,
  reopening,
  slotIdsOf,
  withdrawing,
  withdrawnSlot,
} from './slot-updates.js'
import { type KnownPlace, type Place, SlotWriter, type Written } from './slot-writer.js'
import { DuplicateKey, type SlotRead } from './write-batches.js'

export interface SlotRules {
  noticeMs: number
  holdMs: number
  /** From its beginning, with the one extension that its client may ask for. */
  maxHoldMs: number
  maxActiveHolds: number
  /** A second booking of a client with a provider on a day takes the place of the first. */
  onePerDay?: boolean
  /** Of one slot by one client. */
  holdAgain: HoldAgainRule
}

export interface SlotStoreOptions {
  slots: mongo.Collection<SlotDoc>
  history: SlotHistory
  engine: Engine
  /** For transactions, where the engine needs them. */
  startSession: () => mongo.ClientSession
  clock: Clock
  rules: SlotRules
  /** Make reservation ids of Idempotency-Keys: the first the new ones, each of them those that are looked for. */
  idempotencySecrets: Buffer[]
  newId: () => string
  /** Monotonic milliseconds. */
  elapsed?: () => number
  /** 0 to 1. */
  random: () => number
  /** Seals a text for rest; the second is what it is bound to. */
  sealName: (name: string, reservationId: string) => string
  /** The day of a start on the calendar of its provider. */
  dayOf: (providerId: string, start: number) => Promise<string>
  /** What the clock of its provider shows at a start; null where there is no provider any more. */
  wallTimeOf?: (providerId: string, start: number) => Promise<AgreedTime | null>
  /** How many bookings ahead a client may have with a provider; 0 has no limit. */
  mostUpcoming?: (providerId: string) => Promise<number>
  /** Hears the slots that an acknowledged write of this process has changed, before the caller does. */
  onAcknowledged: (slots: SlotDoc[]) => void
  /** Hears why ended reservations could not move on to the history; the next change of their slot tries again. */
  onHistoryFault?: (error: unknown) => void
  /** Hears why what came free could not be offered to those who wait. */
  onOfferFault?: (error: unknown) => void
  /** Reservations and clients of which it keeps in memory what it has seen; room for them is taken at once. */
  mostRemembered?: number
}

/** What an appointment is booked as, where it is more than a slot held by its client. */
export interface ClaimTerms {
  service?: BookedService
  /** Instead of the general rules. */
  noticeMs?: number
  /** How far ahead it may start; without, as far as slots are published. */
  maxAheadMs?: number
  contact?: Contact
  /** The provider books for somebody, who need not have an account. */
  byProvider?: { status: 'held' | 'confirmed' }
  /** Somebody without an account books; the id of the reservation makes the client's. */
  guest?: { reservationId: string; holdMs: number }
}

const BATCH = 500
const BY_HAND: SlotOrigin = { by: 'hand' }
/** Two clocks that follow the same database differ by less. */
const CLOCK_SKEW_MS = 1_000
/** As much as tells which slots have to be brought up to date. */
const OF_UPGRADE = { everHeld: 1, 'past.id': 1, 'reservation.id': 1 } as const
/** Withdrawing looks again until nothing is open, unless somebody goes on opening slots as fast. */
const WITHDRAW_ROUNDS = 20
/** How often a caller goes round when others keep changing the slot under it; each round is a lost race. */
const ROUNDS = 5
/** Reservations of which this process knows the slots without asking. */
const MOST_PLACES = 50_000

/** Where, and as what, somebody found a reservation that is to be ended as such, and not as what it may be by now. */
export interface StillThere {
  head: string
  status: LiveReservation['status']
}

export interface OverdueHold {
  /** Of the slot. */
  id: string
  lateMs: number
}

interface Client {
  id: string
  name: string
}

/** What an attempt to hold leaves to those who waited for it; null where it read nothing. */
type Left = SlotRead | null

interface HoldAttempt {
  /** What to answer, null to try again. */
  outcome: HoldOutcome | null
  left: Left
}

/** One request for a slot, or for an appointment that begins with it. */
interface Asked {
  client: Client
  slotId: string
  providerId: string
  start: number
  /** The reservation's, if it comes about. */
  id: string
  /** The ids that the request would have had under each of the secrets. */
  keyedIds: string[]
  terms: ClaimTerms
  agreed: AgreedTime | null
}

export class SlotStore {
  readonly #o: SlotStoreOptions
  readonly #slots: mongo.Collection<SlotDoc>
  readonly #attempts = new SlotAttempts<Left>()
  readonly #writer: SlotWriter
  readonly #numbers: HoldNumbers
  readonly #mover: HistoryMover
  readonly #personalData: PersonalData
  /** Where a reservation is, by its id. May be wrong or missing: then it is looked for. */
  readonly #places: LRUCache<string, KnownPlace>
  readonly #changes: ReservationChanges
  readonly #offers: SlotOffers
  /** Confirms under way, by client and provider: where bookings are limited, one counts after the other. */
  readonly #confirming = new Map<string, Promise<unknown>>()

  constructor(options: SlotStoreOptions) {
    const { slots, history, onHistoryFault } = options
    this.#o = options
    this.#slots = slots
    this.#writer = new SlotWriter({
      ...options,
      mark: () => this.#attempts.mark(),
      elapsed: options.elapsed ?? (() => performance.now()),
      random: options.random,
      onWritten: (written) => {
        options.onAcknowledged(written)
        for (const slot of written) this.#mover.trim(slot)
      },
    })
    this.#places = new LRUCache({ max: options.mostRemembered ?? MOST_PLACES })
    this.#numbers = new HoldNumbers(options.rules.maxActiveHolds, options.mostRemembered)
    this.#mover = new HistoryMover({ slots, history, ...(onHistoryFault && { onFault: onHistoryFault }) })
    this.#personalData = new PersonalData(options)
    this.#offers = new SlotOffers({
      ...options,
      writer: this.#writer,
      elapsed: options.elapsed ?? (() => performance.now()),
      placed: (id, place) => this.#places.set(id, place),
      onFault: (error) => options.onOfferFault?.(error),
    })
    this.#changes = new ReservationChanges({
      ...options,
      offers: this.#offers,
      writer: this.#writer,
      numbers: this.#numbers,
      find: (id) => this.findReservation(id),
      moved: (id, place) => this.#places.set(id, place),
    })
  }

  /** What comes free from now on is offered to those who wait. */
  offerTo(waiters: Waiters): void {
    this.#offers.ask(waiters)
  }

  /** Holds what is open for somebody who waits; false where it is not to be had. */
  offerOpen(plan: PlannedOffer): Promise<boolean> {
    return this.#offers.offerOpen(plan)
  }

  /** To be called when somebody begins to wait: holds that are there keep others away after their end as well. */
  keepHolds(providerId: string): Promise<void> {
    return this.#offers.keep(providerId)
  }

  /** For checks that only read. */
  get collection(): mongo.Collection<SlotDoc> {
    return this.#slots
  }

  /**
   * Holds a slot for a client, or all the slots of an appointment; with a key, the same request again is answered with
   * the same reservation. A provider may book for somebody, confirmed at once.
   */
  async hold(client: Client, slotId: string, key?: string, terms: ClaimTerms = {}): Promise<HoldOutcome> {
    const place = readSlotId(slotId)
    if (place === null) return notFound
    const { byProvider, guest } = terms
    const keyed = key === undefined ? [] : this.#keyedIds(client.id, key)
    const keyedIds = guest ? [guest.reservationId] : keyed
    const id = keyedIds[0] ?? this.#o.newId()
    const agreed = (await this.#o.wallTimeOf?.(place.providerId, place.start)) ?? null
    const asked: Asked = { client, slotId, ...place, keyedIds, id, terms, agreed }
    if (byProvider || guest) asked.client = { id: guestId(asked.id), name: client.name }
    // The unique index knows live reservations only; one that has ended is found here, wherever it was.
    const known = await this.#findFirst(keyedIds)
    if (known) return replay(known, slotId, terms.service?.id)
    const shape = terms.service ? shapeOf(terms.service) : ONE_SLOT
    return lengthOf(shape) === 1 ? this.#holdSlot(asked) : this.#holdChain(asked)
  }

  async #holdSlot(asked: Asked): Promise<HoldOutcome> {
    const { slotId } = asked
    const askedAt = this.#attempts.mark()
    let wasTaken = false
    for (let round = 0; round < ROUNDS; round++) {
      const waitedFor = this.#attempts.inFlight(slotId)
      if (waitedFor) {
        const left = await waitedFor
        const answer = left?.slot && this.#answer(left.slot, asked)
        if (answer && left.readAt > askedAt) return answer
        wasTaken = Boolean(answer)
        round-- // Waiting is not losing; every attempt waited for has ended.
        continue
      }
      // What was found taken before this caller asked is taken still, most likely: a look costs less than an attempt.
      const outcome = await this.#attempts.lead(slotId, () =>
        wasTaken ? this.#look(asked) : this.#attempt(asked),
      )
      if (outcome) return outcome
      if (wasTaken) round--
      wasTaken = false
    }
    return { ok: false, code: 'unavailable' }
  }

  /** What a caller hears of a slot that is taken; null where it could be had. */
  async #look(asked: Asked): Promise<HoldAttempt> {
    const left = await this.#writer.read(asked.slotId)
    return { outcome: left.slot ? this.#answer(left.slot, asked) : notFound, left }
  }

  /** One update; another one where a unique index refused it for what turned out not to stand in the way. */
  async #attempt(asked: Asked): Promise<HoldAttempt> {
    const { slotId, keyedIds, client } = asked
    for (let round = 0; round < ROUNDS; round++) {
      const moment = this.#writer.moment()
      const appointment = this.#newAppointment(asked, moment)
      const tooFar = aheadAnswer(asked.start, { now: moment.now.getTime(), ...asked.terms })
      if (tooFar) return { outcome: tooFar, left: null }
      try {
        const rule = mayBeHeld(appointment.reservation, moment, this.#claimRule(asked))
        const place = { slotIds: [slotId], head: slotId }
        const written = await this.#writer.write(place, moment, rule, claiming(appointment, moment))
        const { slot, entry } = written
        if (slot && entry) return { outcome: this.#held(appointment, place, slot, entry), left: written }
        this.#numbers.free(client.id, slotId)
        return { outcome: slot ? this.#answer(slot, asked) : notFound, left: written }
      } catch (error) {
        // What is unknown may have happened: the number stays taken until the hold would end.
        if (!(error instanceof DuplicateKey)) throw error
        this.#numbers.free(client.id, slotId)
      }
      const twin = await this.#findFirst(keyedIds)
      const outcome = twin
        ? replay(twin, slotId, asked.terms.service?.id)
        : await this.#whyRefused(client.id, [slotId])
      if (outcome) return { outcome, left: null }
    }
    return { outcome: null, left: null }
  }

  /** All slots of an appointment in one statement. What stands in the way is read before it, and again where it was refused. */
  async #holdChain(asked: Asked): Promise<HoldOutcome> {
    const { keyedIds, slotId, client } = asked
    for (let round = 0; round < ROUNDS; round++) {
      const { now } = this.#writer.moment()
      const tooFar = aheadAnswer(asked.start, { now: now.getTime(), ...asked.terms })
      if (tooFar) return tooFar
      const ids = slotIdsOf(this.#newAppointment(asked, { now }, false))
      const present = new Map((await this.#writer.readAll(ids)).map((slot) => [slot._id, slot]))
      const requested = this.#requested(asked)
      const answer = appointmentAnswer(present, requested)
      if (answer) return answer
      // Slots are never deleted before they are long over, so those of the buffers are there from now on.
      const missing = ids.filter((id) => !present.has(id)).map((id) => readSlotId(id)?.start ?? 0)
      await this.#writer.insert(missing.map((start) => withdrawnSlot(asked.providerId, start, now)))
      const moment = this.#writer.moment(ids.length)
      const appointment = this.#newAppointment(asked, moment)
      const place = { slotIds: ids, head: slotId }
      try {
        const rule = mayBeClaimed(appointment, moment, this.#claimRule(asked).holdAgain)
        const { slot, entry } = await this.#writer.write(place, moment, rule, claiming(appointment, moment))
        if (slot && entry) return this.#held(appointment, place, slot, entry)
        this.#numbers.free(client.id, slotId)
      } catch (error) {
        if (!(error instanceof DuplicateKey)) throw error
        this.#numbers.free(client.id, slotId)
        const twin = await this.#findFirst(keyedIds)
        const outcome = twin
          ? replay(twin, slotId, asked.terms.service?.id)
          : await this.#whyRefused(client.id, ids)
        if (outcome) return outcome
      }
    }
    return { ok: false, code: 'unavailable' }
  }

  #held(appointment: Appointment, place: Place, slot: SlotDoc, entry: LogEntry): HoldOutcome {
    this.#places.set(appointment.reservation.id, { ...place, moves: 0 })
    return {
      ok: true,
      how: 'held',
      slot: { ...slot, rev: entry.rev },
      reservation: atHead(appointment),
    }
  }

  #claimRule({ terms }: Asked) {
    const { noticeMs, holdAgain } = this.#o.rules
    return {
      noticeMs: terms.noticeMs ?? noticeMs,
      holdAgain: terms.byProvider ? null : holdAgain,
    }
  }

  /** `isTried`: it takes one of its client's places for holds. */
  #newAppointment(asked: Asked, { now }: Pick<Moment, 'now'>, isTried = true): Appointment {
    const { id, client, slotId, providerId, start, terms, agreed } = asked
    const { service, contact, byProvider, guest } = terms
    const begun = {
      id,
      client: { id: client.id, name: isTried ? this.#o.sealName(client.name, id) : '' },
      heldAt: now,
      ...(service && { service: bookedAs(service) }),
      ...(agreed && { agreed }),
      ...(contact && isTried && { contact: this.#o.sealName(JSON.stringify(contact), contactOf(id)) }),
      ...(byProvider && { byProvider: true as const }),
    }
    const expiresAt = new Date(now.getTime() + (guest?.holdMs ?? this.#o.rules.holdMs))
    const reservation: LiveReservation =
      byProvider?.status === 'confirmed'
        ? { ...begun, status: 'confirmed', confirmedAt: now }
        : {
            ...begun,
            status: 'held',
            ...(isTried && {
              holdNo: this.#numbers.take(client.id, slotId, now.getTime(), expiresAt.getTime()),
            }),
            expiresAt,
            ...this.#offers.keptUntil(providerId, expiresAt.getTime()),
          }
    return {
      providerId,
      reservation,
      headStart: start,
      shape: service ? shapeOf(service) : ONE_SLOT,
    }
  }

  #requested(asked: Asked): Requested {
    const { client, keyedIds, terms, start, providerId } = asked
    const { service } = terms
    return {
      clientId: client.id,
      keyedIds,
      now: this.#o.clock.now(),
      providerId,
      headStart: start,
      shape: service ? shapeOf(service) : ONE_SLOT,
      serviceId: service?.id,
      ...this.#claimRule(asked),
    }
  }

  #answer(slot: SlotDoc, asked: Asked): HoldOutcome | null {
    return holdAnswer(slot, this.#requested(asked))
  }

  /** Which of the client's own reservations a unique index refused a hold for; null where it may be tried again. */
  async #whyRefused(clientId: string, slotIds: string[]): Promise<HoldOutcome | null> {
    const starts = new Set(slotIds.map((id) => readSlotId(id)?.start))
    for (let looks = 1; ; looks++) {
      const own = await this.#slots
        .find(liveOf(clientId), { ...READ, projection: { log: 0, past: 0 } })
        .toArray()
      this.#numbers.learn(clientId, own)
      const elsewhere = own.some((slot) => starts.has(slot.start.getTime()) && !slotIds.includes(slot._id))
      const holds = own.filter(
        ({ reservation }) =>
          reservation?.status === 'held' && reservation.wait === undefined && standsForIt(reservation),
      )
      const isFull = holds.length >= this.#o.rules.maxActiveHolds
      if (!elsewhere && !isFull) return null
      // Its own overdue holds may be what stands in the way.
      const now = this.#o.clock.now()
      const overdue = own.filter(({ reservation }) => reservation && statusAt(reservation, now) === 'expired')
      if (looks > 1 || overdue.length === 0)
        return { ok: false, code: elsewhere ? 'client_busy' : 'hold_limit' }
      await this.expire(overdue.map(({ _id }) => _id))
    }
  }

  /** By its client; what a provider holds for somebody, by the provider. */
  async confirm(caller: SlotCaller, reservationId: string): Promise<ConfirmOutcome> {
    const { mostUpcoming } = this.#o
    const where = mostUpcoming && caller.role === 'client' ? await this.#placeOf(reservationId) : null
    const providerId = readSlotId(where?.place.head ?? '')?.providerId
    const most = providerId === undefined ? 0 : ((await mostUpcoming?.(providerId)) ?? 0)
    if (providerId === undefined || most === 0) return this.#confirm(caller, reservationId)
    const key = `${caller.id} ${providerId}`
    const before = this.#confirming.get(key) ?? Promise.resolve()
    const confirmed = before.then(async () => {
      const isFull = await this.#hasBooked(caller.id, providerId, most, reservationId)
      return isFull
        ? { ok: false as const, code: 'booking_limit' as const }
        : this.#confirm(caller, reservationId)
    })
    const done = confirmed.catch(() => undefined)
    this.#confirming.set(key, done)
    try {
      return await confirmed
    } finally {
      if (this.#confirming.get(key) === done) this.#confirming.delete(key)
    }
  }

  /** Whether a client has so many bookings ahead with a provider, besides this one. */
  async #hasBooked(
    clientId: string,
    providerId: string,
    most: number,
    reservationId: string,
  ): Promise<boolean> {
    const ahead = { ...liveOf(clientId), start: { $gt: this.#now() } }
    const own = await this.#slots
      .find(ahead, { ...READ_ACKNOWLEDGED, projection: { log: 0, past: 0 } })
      .toArray()
    const booked = own.filter(
      ({ state, reservation, providerId: id }) =>
        state === 'confirmed' && id === providerId && reservation !== null && standsForIt(reservation),
    )
    return booked.length >= most && !booked.some(({ reservation }) => reservation?.id === reservationId)
  }

  async #confirm(caller: SlotCaller, reservationId: string): Promise<ConfirmOutcome> {
    if (this.#o.rules.onePerDay) return this.#changes.confirmForTheDay(caller, reservationId)
    for (let round = 0; round <= ROUNDS; round++) {
      const where = await this.#placeOf(reservationId)
      if (!where) return notFound
      let { found } = where
      if (!found) {
        const { place } = where
        const moment = this.#writer.moment(place.slotIds.length)
        const rule = mayBeConfirmed(caller, { id: reservationId, moves: place.moves }, moment)
        const { slot, entry } = await this.#writer.write(place, moment, rule, confirming(moment))
        found = slot && reservationIn(slot, reservationId)
        if (found && entry) {
          this.#numbers.free(found.reservation.client.id, place.head)
          return { ok: true, ...confirmedBy(entry, found) }
        }
        found = await this.#nowAt(place, found, reservationId)
      }
      if (!found) this.#places.delete(reservationId)
      else if (!mayDecide(caller, found)) return notFound
      else {
        const answer = confirmAnswer(found, this.#o.clock.now())
        if (answer) return answer
        if (round === ROUNDS && this.#isAlmostOver(found)) return { ok: false, code: 'hold_expired' }
      }
    }
    return { ok: false, code: 'unavailable' }
  }

  /** What a refused change finds. The slots of an appointment lose it one by one when it is over; the head may be the last. */
  async #nowAt(place: Place, found: FoundReservation | null, id: string): Promise<FoundReservation | null> {
    if (place.slotIds.length > 1) return this.findReservation(id)
    // Others may have moved it, and the slot at hand still be part of it.
    if (found) this.#places.set(id, placeOf(found))
    return found
  }

  move(caller: SlotCaller, reservationId: string, to: NewTime): Promise<ChangeOutcome> {
    return this.#changes.move(caller, reservationId, to)
  }

  extend(caller: SlotCaller, reservationId: string): Promise<ChangeOutcome> {
    return this.#changes.extend(caller, reservationId)
  }

  setOutcome(providerId: string, reservationId: string, outcome: Outcome): Promise<ChangeOutcome> {
    return this.#changes.setOutcome(providerId, reservationId, outcome)
  }

  /** A hold that our clock still allows to be confirmed and the database's does not. */
  #isAlmostOver({ reservation }: FoundReservation): boolean {
    const expiresAt = expiryOf(reservation)
    return expiresAt !== undefined && expiresAt.getTime() <= this.#o.clock.now() + CLOCK_SKEW_MS
  }

  /**
   * Gives back a hold or cancels a booking; what has ended already stays as it is. `despiteCutoff`: its client may cancel
   * it however near it is, because its account ends.
   */
  async end(
    caller: SlotCaller,
    reservationId: string,
    {
      withdraw = false,
      note,
      despiteCutoff = false,
      still,
      offer = true,
    }: {
      withdraw?: boolean | SlotOrigin
      note?: string | undefined
      despiteCutoff?: boolean
      still?: StillThere
      /** False: not even to those who wait. */
      offer?: boolean
    } = {},
  ): Promise<EndOutcome> {
    for (let round = 0; round <= ROUNDS; round++) {
      const where = await this.#placeOf(reservationId)
      if (!where) return notFound
      let { found } = where
      if (!found) {
        const { place } = where
        const { slotIds, head } = place
        if (still && still.head !== head) {
          // What is known of its place may be old.
          found = await this.findReservation(reservationId)
          if (found?.slot._id !== still.head) return notFound
          continue
        }
        const moment = this.#writer.moment(slotIds.length)
        const headStart = slotIds.length === 1 ? null : (readSlotId(head)?.start ?? null)
        const target = { id: reservationId, moves: place.moves, ...(still && { status: still.status }) }
        const sealed = note === undefined ? undefined : this.#o.sealName(note, noteOf(reservationId))
        const ruleAt = (at: Moment) => mayBeEnded(caller, target, headStart, at, despiteCutoff)
        const freeing = (at: Moment): Freeing => ({
          ids: slotIds,
          rule: ruleAt(at),
          changes: ending(at, caller.role, { withdraw: null, note: sealed }),
          ending: endedBy(at, caller.role, sealed),
        })
        const passed = offer && !withdraw ? await this.#passOn(caller, reservationId, place, freeing) : null
        const origin = withdraw === true ? BY_HAND : withdraw || null
        const changes = ending(moment, caller.role, { withdraw: origin, note: sealed })
        const { slot, entry } = passed ?? (await this.#writer.write(place, moment, ruleAt(moment), changes))
        found = slot && reservationIn(slot, reservationId)
        if (found) this.#numbers.free(found.reservation.client.id, head)
        if (found && entry) {
          const isLate = cutoffAnswer(found, 'cancelCutoffSeconds', moment.now.getTime()) !== null
          return { ok: true, ...(isLate && { insideCutoff: true }) }
        }
        // One that is over has lost some of its slots, perhaps; the others are let go of each by itself.
        if (slotIds.length > 1) await this.expire(slotIds)
        found = await this.#nowAt(place, found, reservationId)
      }
      if (!found) this.#places.delete(reservationId)
      else if (!mayEnd(caller, found)) return notFound
      else {
        const answer = endAnswer(found, caller, this.#o.clock.now(), despiteCutoff)
        if (answer) return answer
        if (still && found.reservation.status !== still.status) return notFound
      }
    }
    return { ok: false, code: 'unavailable' }
  }

  /** What comes free to the first of those who wait whom it suits; null where it is to be ended plainly. */
  async #passOn(
    caller: SlotCaller,
    reservationId: string,
    place: Place,
    freeing: (moment: Moment) => Freeing,
  ): Promise<Written | null> {
    const providerId = readSlotId(place.head)?.providerId ?? ''
    if (!this.#offers.isAwaited(providerId)) return null
    const found = await this.findReservation(reservationId)
    if (!found || 'endedAt' in found.reservation || !mayEnd(caller, found)) return null
    const { client, wait } = found.reservation
    const freed = { providerId, slotIds: place.slotIds, clientId: client.id, waitId: wait }
    return this.#offers.passOn(freed, place, freeing)
  }

  /**
   * Where a reservation is that may be changed. From memory, or looked for; one that has ended is found as it is, because
   * there is nothing to change and its slot may not know it any more.
   */
  async #placeOf(
    reservationId: string,
  ): Promise<{ place: KnownPlace; found: FoundReservation | null } | null> {
    const known = this.#places.get(reservationId)
    if (known !== undefined) return { place: known, found: null }
    const found = await this.findReservation(reservationId)
    if (!found) return null
    return { place: placeOf(found), found: 'endedAt' in found.reservation ? found : null }
  }

  /**
   * Opens the slots of these starts; those that are live already are "existing". New ones are inserted and withdrawn
   * ones updated in bulk, unordered, under the unique `_id`: a crash half way is healed by sending it again, and of
   * two requests at once each slot is opened by one. (An upsert for each slot says the same in 40 times the time.)
   */
  async open(
    providerId: string,
    starts: number[],
    origin: SlotOrigin = BY_HAND,
    /** Who asks: what a hand has withdrawn, no rule opens by itself. */
    asked: 'by hand' | 'by rule' = origin.by === 'hand' ? 'by hand' : 'by rule',
  ): Promise<{ opened: number; ids: string[] }> {
    const ids = starts.map((start) => slotIdOf(providerId, start))
    let opened = 0
    for (let at = 0; at < ids.length; at += BATCH) {
      const batch = { starts: starts.slice(at, at + BATCH), ids: ids.slice(at, at + BATCH) }
      opened += await this.#openBatch(providerId, batch, origin, asked)
    }
    return { opened, ids }
  }

  async #openBatch(
    providerId: string,
    { starts, ids }: { starts: number[]; ids: string[] },
    origin: SlotOrigin,
    asked: 'by hand' | 'by rule',
  ): Promise<number> {
    const known = await this.#slots
      .find({ _id: { $in: ids } }, { ...READ, projection: { state: 1 } })
      .toArray()
    const states = new Map(known.map((slot) => [slot._id, slot.state]))
    const moment = this.#writer.moment()
    const fresh = starts.filter((start) => !states.has(slotIdOf(providerId, start)))
    const inserted = await this.#writer.insert(
      fresh.map((start) => openSlot(providerId, start, moment.now, origin)),
    )
    const withdrawn = ids.filter((id) => states.get(id) === 'withdrawn')
    // Somebody else was faster, perhaps an appointment whose buffer lies there: that slot is withdrawn.
    if (inserted < fresh.length) withdrawn.push(...fresh.map((start) => slotIdOf(providerId, start)))
    const changes = reopening(origin, moment)
    const rule = mayBeReopenedByRule(origin.ruleRev ?? 0, moment)
    const update = asked === 'by hand' ? always(changes) : provided(rule, changes)
    const reopened = await this.#writeMany(withdrawn, { state: 'withdrawn' }, update)
    if (inserted + reopened > 0) await this.#acknowledge(ids)
    return inserted + reopened
  }

  /** Withdraws what is open in the span. Says how many, and which slots stay because somebody holds or has booked them. */
  async withdraw(
    providerId: string,
    from: number,
    to: number,
    origin: SlotOrigin = BY_HAND,
  ): Promise<{ withdrawn: number; kept: SlotDoc[] }> {
    const span = { providerId, start: { $gte: new Date(from), $lt: new Date(to) } }
    let withdrawn = 0
    for (let round = 0; ; round++) {
      const live = await this.#slots
        .find(
          { ...span, state: { $ne: 'withdrawn' } },
          { ...READ, sort: { start: 1 }, projection: { log: 0, past: 0 } },
        )
        .toArray()
      const now = this.#o.clock.now()
      const open = live.filter((slot) => stateAt(factsOf(slot), now) === 'open').map((slot) => slot._id)
      // Read again until none is open: one given back meanwhile must not stay offered, nor be left unnamed.
      if (open.length === 0 || round === WITHDRAW_ROUNDS) return { withdrawn, kept: live }
      for (let at = 0; at < open.length; at += BATCH) {
        const ids = open.slice(at, at + BATCH)
        withdrawn += await this.#withdraw(ids, origin)
      }
    }
  }

  /** Withdraws those of these slots that are open and that a rule has opened. Says how many. */
  async withdrawRuled(ids: string[], ruleRev: number): Promise<number> {
    let withdrawn = 0
    for (let at = 0; at < ids.length; at += BATCH) {
      withdrawn += await this.#withdraw(ids.slice(at, at + BATCH), { by: 'rule', ruleRev })
    }
    return withdrawn
  }

  async #withdraw(ids: string[], origin: SlotOrigin): Promise<number> {
    const moment = this.#writer.moment()
    const { by, ruleRev = 0 } = origin
    const rule = by === 'hand' ? mayBeWithdrawn(moment) : mayBeWithdrawnByRule(ruleRev, moment)
    const changed = await this.#writeMany(ids, {}, provided(rule, withdrawing(origin, moment)))
    if (changed > 0) await this.#acknowledge(ids)
    return changed
  }

  /** Releases overdue holds, `limit` at the most; says how many. */
  async expireOverdue(limit: number): Promise<number> {
    return this.expire((await this.overdue(limit)).map(({ id }) => id))
  }

  /** The holds that are overdue for longest, first those. */
  async overdue(limit: number, which: mongo.Filter<SlotDoc> = {}): Promise<OverdueHold[]> {
    const now = this.#now()
    const due = await this.#slots
      .find(
        { ...which, ...overdue(now) },
        {
          ...READ,
          limit,
          sort: { 'reservation.expiresAt': 1 },
          projection: { 'reservation.expiresAt': 1 },
        },
      )
      .toArray()
    return due.map(({ _id, reservation }) => ({
      id: _id,
      lateMs: now.getTime() - (expiryOf(reservation)?.getTime() ?? now.getTime()),
    }))
  }

  /**
   * Releases those of these slots' holds that are overdue; says how many. Safe on every instance at once: the rule is in
   * the update. One statement for all of them: 500 slots took SecantusDB 25 ms; but each by itself where somebody waits.
   */
  async expire(ids: string[]): Promise<number> {
    const passedOn = await this.#offers.passOnOverdue(ids)
    const moment = this.#writer.moment()
    return passedOn + (await this.#writeMany(ids, {}, provided(overdueAt(moment), expiring(moment))))
  }

  /** When the next hold ends, of those that end after `after`, and by `until`. */
  async nextExpiry(after: number, until: number): Promise<number | null> {
    const soon = { $gt: new Date(after), $lte: new Date(until) }
    const [next] = await this.#slots
      .find({ state: 'held', 'reservation.expiresAt': soon }, { ...READ, limit: 1 })
      .sort({ 'reservation.expiresAt': 1 })
      .project<Pick<SlotDoc, 'reservation'>>({ reservation: 1 })
      .toArray()
    return (next && expiryOf(next.reservation)?.getTime()) ?? null
  }

  /** Removes slots that ended before a moment, and their history; the only deletion there is. */
  async purge(endedBefore: number): Promise<number> {
    await this.#o.history.purge(new Date(endedBefore))
    await this.#changes.purgeTokens(endedBefore)
    // By start, as the index is; in batches, each of which has its deadline.
    const old = { state: { $in: [...slotStates] }, start: { $lt: new Date(endedBefore - SLOT_MS) } }
    for (let purged = 0; ; ) {
      const batch = await this.#slots.find(old, { ...READ, limit: BATCH, projection: { _id: 1 } }).toArray()
      if (batch.length === 0) return purged
      const ids = batch.map(({ _id }) => _id)
      purged += (await this.#slots.deleteMany({ _id: { $in: ids } }, DURABLE)).deletedCount
    }
  }

  async forgetClient(clientId: string): Promise<void> {
    // What is overdue and not swept yet is neither past nor can its client end it.
    const own = await this.#slots
      .find(liveOf(clientId), { ...READ, projection: { log: 0, past: 0 } })
      .toArray()
    await this.expire(own.map(({ _id }) => _id))
    await this.#personalData.forgetClient(clientId)
    // Whatever the setting is by now.
    const begin = tokensOf(clientId)
    await this.#slots.deleteMany({ _id: { $gte: begin, $lt: rangeEnd(begin) } }, DURABLE)
  }

  /** Takes the person out of a reservation that was made for somebody without an account; it goes on without a name. */
  async forgetGuest(providerId: string, reservationId: string): Promise<boolean> {
    const found = await this.findReservation(reservationId)
    if (found?.slot.providerId !== providerId) return false
    if (found.reservation.client.id !== guestId(reservationId)) return false
    await this.#personalData.forgetPerson(reservationId)
    return true
  }

  /** Takes the guest out of a hold that was never confirmed. */
  async forgetUnconfirmed(reservationId: string): Promise<void> {
    const found = await this.findReservation(reservationId)
    if (!found || found.reservation.client.id !== guestId(reservationId)) return
    if ('confirmedAt' in found.reservation && found.reservation.confirmedAt) return
    await this.#personalData.forgetPerson(reservationId)
  }

  /** Makes a guest's booking that of an account; false where the account is somewhere else at that time. */
  adoptGuest(reservationId: string, client: Client): Promise<boolean> {
    return this.#personalData.adoptGuest(reservationId, client)
  }

  noteAgreedTimes(providerId: string): Promise<void> {
    return this.#changes.noteAgreedTimes(providerId)
  }

  renameClient(client: Client): Promise<void> {
    return this.#personalData.renameClient(client)
  }

  resealNames(reseal: Reseal, after: string, limit?: number): Promise<string | null> {
    return this.#personalData.resealNames(reseal, after, limit)
  }

  resealPastNames(reseal: Reseal, after: string, limit?: number): Promise<string | null> {
    return this.#personalData.resealPastNames(reseal, after, limit)
  }

  /** A reservation by its id, live or past, in its slots or in the history. */
  async findReservation(id: string): Promise<FoundReservation | null> {
    for (let look = 0; ; look++) {
      // Live first: one that ends between the two reads is then found among the past.
      const live = await this.#slots.find({ 'reservation.id': id }, READ_ACKNOWLEDGED).toArray()
      const past = live.some(({ reservation }) => reservation && standsForIt(reservation))
        ? []
        : await this.#slots.find({ 'past.id': id }, READ_ACKNOWLEDGED).toArray()
      for (const slot of [...live, ...past]) {
        const found = reservationIn(slot, id)
        if (!found) continue
        this.#places.set(id, placeOf(found))
        return found
      }
      // It was moved away from all of these: between the two reads, most likely.
      if (past.length > 0 && look < ROUNDS) continue
      // It is copied to the history before it leaves its slot, so looking there last misses none.
      return this.#o.history.find(id)
    }
  }

  /** What slots of earlier versions lack: `everHeld`. To be done once, and repeatable; says which remember too much. */
  async upgrade(): Promise<string[]> {
    const full: string[] = []
    let held: string[] = []
    const write = async () => {
      if (held.length === 0) return
      await this.#slots.updateMany({ _id: { $in: held } }, { $set: { everHeld: true } }, DURABLE)
      held = []
    }
    // One cursor over all of them: a sort would have some engines collect them anew for each batch.
    const all = this.#slots.find({}, { readPreference: 'primary', projection: OF_UPGRADE, batchSize: BATCH })
    for await (const { _id, everHeld, past = [], reservation } of all) {
      if (past.length >= FULL_PAST) full.push(_id)
      if (!everHeld && (past.length > 0 || reservation)) held.push(_id)
      if (held.length === BATCH) await write()
    }
    await write()
    return full
  }

  /** Brings slots of earlier versions down to what they may remember, while the server serves. */
  moveHistoryOf(ids: string[]): Promise<void> {
    return this.#mover.trimAll(ids)
  }

  /** Resolves when no reservation is on its way to the history. */
  settled(): Promise<void> {
    return this.#mover.settled()
  }

  /** The same change of many slots is one statement already; says how many it changed. */
  async #writeMany(ids: string[], rule: mongo.Filter<SlotDoc>, update: Pipeline): Promise<number> {
    if (ids.length === 0) return 0
    return (await this.#slots.updateMany({ _id: { $in: ids }, ...rule }, update, DURABLE)).modifiedCount
  }

  async #acknowledge(ids: string[]): Promise<void> {
    this.#o.onAcknowledged(await this.#slots.find({ _id: { $in: ids } }, READ).toArray())
  }

  /**
   * The current secret's id first, which a new reservation gets. Writing with the secret before would let an instance
   * that does not have the new one find it, but every key of that time would be lost when the old one is taken out.
   */
  #keyedIds(clientId: string, key: string): string[] {
    return this.#o.idempotencySecrets.map((secret) =>
      createHmac('sha256', secret).update(`${clientId}\n${key}`).digest('hex').slice(0, 32),
    )
  }

  async #findFirst(ids: string[]): Promise<FoundReservation | null> {
    for (const id of ids) {
      const found = await this.findReservation(id)
      if (found) return found
    }
    return null
  }

  #now(): Date {
    return new Date(this.#o.clock.now())
  }
}

function placeOf({ slot, reservation }: FoundReservation): KnownPlace {
  const { slotIds } = appointmentOf(slot, reservation)
  return { slotIds, head: slot._id, moves: reservation.moves ?? 0 }
}

function overdue(now: Date) {
  return { state: 'held' as const, 'reservation.expiresAt': { $lte: now } }
}
