/**
 * Every transition of slots. Nothing else changes their state.
 *
 * Each is one conditional update of one document, with the rule in the update; write-batches sends the single ones. No
 * change rests on what was read before it. What was done is read in the slot's log after it, and where nothing was,
 * the slot says why.
 * Never: emits an event (the change stream does), decides by a before image, or trusts the board, which may be behind.
 * Invariants: a slot has at most one live reservation; a client has at most one at a time and MAX_ACTIVE_HOLDS holds
 * (by unique indexes, so under any race); an acknowledged write is on the majority's disks. A write that times out
 * is unknown, not refused: it surfaces as an exception, and the same Idempotency-Key finds out what became of it.
 */
import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ, READ_ACKNOWLEDGED } from '../database/call-options.js'
import type { Engine } from '../database/engine.js'
import { isDuplicateKey } from '../database/error-codes.js'
import { readSlotId, SLOT_MS, slotIdOf } from '../domain/grid.js'
import { expiryOf, type Hold, type HoldAgainRule } from '../domain/reservation.js'
import { slotStates, stateAt } from '../domain/slot.js'
import { FULL_PAST, HistoryMover } from './history-mover.js'
import { HoldNumbers } from './hold-numbers.js'
import { PersonalData, type Reseal } from './personal-data.js'
import { SlotAttempts } from './single-flight.js'
import { factsOf, type SlotDoc } from './slot-document.js'
import type { SlotHistory } from './slot-history.js'
import { liveOf } from './slot-model.js'
import {
  type ConfirmOutcome,
  confirmAnswer,
  confirmedBy,
  type EndOutcome,
  endAnswer,
  type FoundReservation,
  type HoldOutcome,
  holdAnswer,
  mayEnd,
  notFound,
  replay,
  reservationIn,
  type SlotCaller,
} from './slot-outcomes.js'
import {
  always,
  type Changes,
  confirming,
  type Expression,
  ending,
  expiring,
  holding,
  type Moment,
  mayBeConfirmed,
  mayBeEnded,
  mayBeHeld,
  mayBeWithdrawn,
  openSlot,
  overdueAt,
  type Pipeline,
  provided,
  reopening,
  withdrawing,
} from './slot-updates.js'
import { DuplicateKey, type SlotRead, WriteBatches, type WriteResult } from './write-batches.js'

export interface SlotRules {
  noticeMs: number
  holdMs: number
  maxActiveHolds: number
  /** Of one slot by one client. */
  holdAgain: HoldAgainRule
}

export interface SlotStoreOptions {
  slots: mongo.Collection<SlotDoc>
  history: SlotHistory
  engine: Engine
  clock: Clock
  rules: SlotRules
  /** Make reservation ids of Idempotency-Keys: the first the new ones, each of them those that are looked for. */
  idempotencySecrets: Buffer[]
  newId: () => string
  /** Monotonic milliseconds. */
  elapsed?: () => number
  sealName: (name: string, reservationId: string) => string
  /** Hears each slot as an acknowledged write of this process left it, before the caller does. */
  onAcknowledged: (slots: SlotDoc[]) => void
  /** Hears why ended reservations could not move on to the history; the next change of their slot tries again. */
  onHistoryFault?: (error: unknown) => void
}

const BATCH = 500
/** Two clocks that follow the same database differ by less. */
const CLOCK_SKEW_MS = 1_000
/** As much as tells which slots have to be brought up to date. */
const OF_UPGRADE = { everHeld: 1, 'past.id': 1, 'reservation.id': 1 } as const
/** Withdrawing looks again until nothing is open, unless somebody goes on opening slots as fast. */
const WITHDRAW_ROUNDS = 20
/** How often a caller goes round when others keep changing the slot under it; each round is a lost race. */
const ROUNDS = 5
/** Reservations of which this process knows the slot without asking. */
const MOST_PLACES = 50_000

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

export class SlotStore {
  readonly #o: SlotStoreOptions
  readonly #slots: mongo.Collection<SlotDoc>
  readonly #attempts = new SlotAttempts<Left>()
  readonly #batches: WriteBatches
  readonly #numbers: HoldNumbers
  readonly #mover: HistoryMover
  readonly #personalData: PersonalData
  /** In which slot a reservation is, by its id. May be wrong or missing: then it is looked for. */
  readonly #places = new LRUCache<string, string>({ max: MOST_PLACES })
  /** Makes the ids of this process's writes unlike those of any other's. */
  readonly #writer: string
  #writes = 0

  constructor(options: SlotStoreOptions) {
    const { slots, history, engine, onHistoryFault } = options
    this.#o = options
    this.#slots = slots
    this.#writer = options.newId().slice(0, 12)
    this.#batches = new WriteBatches({
      slots,
      engine,
      mark: () => this.#attempts.mark(),
      elapsed: options.elapsed ?? (() => performance.now()),
    })
    this.#numbers = new HoldNumbers(options.rules.maxActiveHolds)
    this.#mover = new HistoryMover({ slots, history, ...(onHistoryFault && { onFault: onHistoryFault }) })
    this.#personalData = new PersonalData(options)
  }

  /** For checks that only read. */
  get collection(): mongo.Collection<SlotDoc> {
    return this.#slots
  }

  /** Holds a slot for a client; with a key, the same request again is answered with the same reservation. */
  async hold(client: Client, slotId: string, key?: string): Promise<HoldOutcome> {
    if (readSlotId(slotId) === null) return notFound
    const keyedIds = key === undefined ? [] : this.#keyedIds(client.id, key)
    // The unique index knows live reservations only; one that has ended is found here, wherever it was.
    const known = await this.#findFirst(keyedIds)
    if (known) return replay(known, slotId)
    const reservationId = keyedIds[0] ?? this.#o.newId()
    const askedAt = this.#attempts.mark()
    let wasTaken = false
    for (let round = 0; round < ROUNDS; round++) {
      const waitedFor = this.#attempts.inFlight(slotId)
      if (waitedFor) {
        const left = await waitedFor
        const answer = left?.slot && this.#answer(left.slot, client.id, keyedIds)
        if (answer && left.readAt > askedAt) return answer
        wasTaken = Boolean(answer)
        round-- // Waiting is not losing; every attempt waited for has ended.
        continue
      }
      // What was found taken before this caller asked is taken still, most likely: a look costs less than an attempt.
      const outcome = await this.#attempts.lead(slotId, () =>
        wasTaken
          ? this.#look(client.id, slotId, keyedIds)
          : this.#attempt(client, slotId, reservationId, keyedIds),
      )
      if (outcome) return outcome
      if (wasTaken) round--
      wasTaken = false
    }
    return { ok: false, code: 'unavailable' }
  }

  /** What a caller hears of a slot that is taken; null where it could be had. */
  async #look(clientId: string, slotId: string, keyedIds: string[]): Promise<HoldAttempt> {
    const left = await this.#batches.read(slotId)
    return { outcome: left.slot ? this.#answer(left.slot, clientId, keyedIds) : notFound, left }
  }

  /** One update; another one where a unique index refused it for what turned out not to stand in the way. */
  async #attempt(
    client: Client,
    slotId: string,
    reservationId: string,
    keyedIds: string[],
  ): Promise<HoldAttempt> {
    for (let round = 0; round < ROUNDS; round++) {
      const moment = this.#moment()
      const hold = this.#newHold(client, slotId, reservationId, moment)
      try {
        const written = await this.#write(
          slotId,
          moment,
          mayBeHeld(hold, moment, this.#o.rules),
          holding(hold, moment),
        )
        const { slot, entry } = written
        if (slot && entry) {
          this.#places.set(hold.id, slotId)
          const held = { slot: { ...slot, rev: entry.rev }, reservation: hold }
          return { outcome: { ok: true, how: 'held', ...held }, left: written }
        }
        this.#numbers.free(client.id, slotId)
        return { outcome: slot ? this.#answer(slot, client.id, keyedIds) : notFound, left: written }
      } catch (error) {
        // What is unknown may have happened: the number stays taken until the hold would end.
        if (!(error instanceof DuplicateKey)) throw error
        this.#numbers.free(client.id, slotId)
      }
      const twin = await this.#findFirst(keyedIds)
      const outcome = twin ? replay(twin, slotId) : await this.#whyRefused(client.id, slotId)
      if (outcome) return { outcome, left: null }
    }
    return { outcome: null, left: null }
  }

  #newHold(client: Client, slotId: string, id: string, { now }: Moment): Hold {
    const expiresAt = new Date(now.getTime() + this.#o.rules.holdMs)
    return {
      id,
      client: { id: client.id, name: this.#o.sealName(client.name, id) },
      status: 'held',
      holdNo: this.#numbers.take(client.id, slotId, now.getTime(), expiresAt.getTime()),
      heldAt: now,
      expiresAt,
    }
  }

  #answer(slot: SlotDoc, clientId: string, keyedIds: string[]): HoldOutcome | null {
    return holdAnswer(slot, {
      clientId,
      keyedIds,
      now: this.#o.clock.now(),
      noticeMs: this.#o.rules.noticeMs,
      holdAgain: this.#o.rules.holdAgain,
    })
  }

  /** Which of the client's own reservations a unique index refused a hold for; null where it may be tried again. */
  async #whyRefused(clientId: string, slotId: string): Promise<HoldOutcome | null> {
    const start = readSlotId(slotId)?.start
    for (let looks = 1; ; looks++) {
      const own = await this.#slots
        .find(liveOf(clientId), { ...READ, projection: { log: 0, past: 0 } })
        .toArray()
      this.#numbers.learn(clientId, own)
      const elsewhere = own.some((slot) => slot.start.getTime() === start && slot._id !== slotId)
      const isFull = own.filter((slot) => slot.state === 'held').length >= this.#o.rules.maxActiveHolds
      if (!elsewhere && !isFull) return null
      // Its own overdue holds may be what stands in the way.
      const now = this.#o.clock.now()
      const overdue = own.filter((slot) => stateAt(factsOf(slot), now) === 'open')
      if (looks > 1 || overdue.length === 0)
        return { ok: false, code: elsewhere ? 'client_busy' : 'hold_limit' }
      await this.expire(overdue.map(({ _id }) => _id))
    }
  }

  async confirm(clientId: string, reservationId: string): Promise<ConfirmOutcome> {
    for (let round = 0; round <= ROUNDS; round++) {
      const place = await this.#placeOf(reservationId)
      if (!place) return notFound
      let { found } = place
      if (!found) {
        const moment = this.#moment()
        const rule = mayBeConfirmed(clientId, reservationId, moment)
        const { slot, entry } = await this.#write(place.slotId, moment, rule, confirming(moment))
        found = slot && reservationIn(slot, reservationId)
        if (found && entry) {
          this.#numbers.free(clientId, place.slotId)
          return { ok: true, ...confirmedBy(entry, found) }
        }
      }
      if (!found) this.#places.delete(reservationId)
      else if (found.reservation.client.id !== clientId) return notFound
      else {
        const answer = confirmAnswer(found, this.#o.clock.now())
        if (answer) return answer
        if (round === ROUNDS && this.#isAlmostOver(found)) return { ok: false, code: 'hold_expired' }
      }
    }
    return { ok: false, code: 'unavailable' }
  }

  /** A hold that our clock still allows to be confirmed and the database's does not. */
  #isAlmostOver({ reservation }: FoundReservation): boolean {
    const expiresAt = expiryOf(reservation)
    return expiresAt !== undefined && expiresAt.getTime() <= this.#o.clock.now() + CLOCK_SKEW_MS
  }

  /** Gives back a hold or cancels a booking; what has ended already stays as it is. */
  async end(caller: SlotCaller, reservationId: string, withdraw: boolean): Promise<EndOutcome> {
    for (let round = 0; round <= ROUNDS; round++) {
      const place = await this.#placeOf(reservationId)
      if (!place) return notFound
      let { found } = place
      if (!found) {
        const moment = this.#moment()
        const rule = mayBeEnded(caller, reservationId, moment)
        const changes = ending(moment, caller.role, withdraw)
        const { slot, entry } = await this.#write(place.slotId, moment, rule, changes)
        found = slot && reservationIn(slot, reservationId)
        if (found) this.#numbers.free(found.reservation.client.id, place.slotId)
        if (entry) return { ok: true }
      }
      if (!found) this.#places.delete(reservationId)
      else if (!mayEnd(caller, found)) return notFound
      else {
        const answer = endAnswer(found, this.#o.clock.now())
        if (answer) return answer
      }
    }
    return { ok: false, code: 'unavailable' }
  }

  /**
   * Where a reservation is that may be changed. From memory, or looked for; one that has ended is found as it is, because
   * there is nothing to change and its slot may not know it any more.
   */
  async #placeOf(reservationId: string): Promise<{ slotId: string; found: FoundReservation | null } | null> {
    const known = this.#places.get(reservationId)
    if (known !== undefined) return { slotId: known, found: null }
    const found = await this.findReservation(reservationId)
    return found && { slotId: found.slot._id, found: 'endedAt' in found.reservation ? found : null }
  }

  /**
   * Opens the slots of these starts; those that are live already are "existing". New ones are inserted and withdrawn
   * ones updated in bulk, unordered, under the unique `_id`: a crash half way is healed by sending it again, and of
   * two requests at once each slot is opened by one. (An upsert for each slot says the same in 40 times the time.)
   */
  async open(providerId: string, starts: number[]): Promise<{ opened: number; ids: string[] }> {
    const ids = starts.map((start) => slotIdOf(providerId, start))
    let opened = 0
    for (let at = 0; at < ids.length; at += BATCH) {
      opened += await this.#openBatch(providerId, starts.slice(at, at + BATCH), ids.slice(at, at + BATCH))
    }
    return { opened, ids }
  }

  async #openBatch(providerId: string, starts: number[], ids: string[]): Promise<number> {
    const known = await this.#slots
      .find({ _id: { $in: ids } }, { ...READ, projection: { state: 1 } })
      .toArray()
    const states = new Map(known.map((slot) => [slot._id, slot.state]))
    const moment = this.#moment()
    const fresh = starts.filter((start) => !states.has(slotIdOf(providerId, start)))
    const inserted =
      fresh.length === 0
        ? 0
        : await this.#insert(fresh.map((start) => openSlot(providerId, start, moment.now)))
    const withdrawn = ids.filter((id) => states.get(id) === 'withdrawn')
    const reopened = await this.#writeMany(withdrawn, { state: 'withdrawn' }, always(reopening(moment)))
    if (inserted + reopened > 0) await this.#acknowledge(ids)
    return inserted + reopened
  }

  async #insert(slots: SlotDoc[]): Promise<number> {
    try {
      return (await this.#slots.insertMany(slots, { ...DURABLE, ordered: false })).insertedCount
    } catch (error) {
      const { result } = error as { result?: { insertedCount?: number } }
      if (!isDuplicateKey(error) || typeof result?.insertedCount !== 'number') throw error
      return result.insertedCount
    }
  }

  /** Withdraws what is open in the span. Says how many, and which slots stay because somebody holds or has booked them. */
  async withdraw(
    providerId: string,
    from: number,
    to: number,
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
        const moment = this.#moment()
        const rule = mayBeWithdrawn(moment)
        const changed = await this.#writeMany(ids, {}, provided(rule, withdrawing(moment)))
        withdrawn += changed
        if (changed > 0) await this.#acknowledge(ids)
      }
    }
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
   * the update. One statement for all of them: 500 slots took SecantusDB 25 ms.
   */
  async expire(ids: string[]): Promise<number> {
    const moment = this.#moment()
    return this.#writeMany(ids, {}, provided(overdueAt(moment), expiring(moment)))
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
    // By start, as the index is; in batches, each of which has its deadline.
    const old = { state: { $in: [...slotStates] }, start: { $lt: new Date(endedBefore - SLOT_MS) } }
    for (let purged = 0; ; ) {
      const batch = await this.#slots.find(old, { ...READ, limit: BATCH, projection: { _id: 1 } }).toArray()
      if (batch.length === 0) return purged
      const ids = batch.map(({ _id }) => _id)
      purged += (await this.#slots.deleteMany({ _id: { $in: ids } }, DURABLE)).deletedCount
    }
  }

  forgetClient(clientId: string): Promise<void> {
    return this.#personalData.forgetClient(clientId)
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

  /** A reservation by its id, live or past, in its slot or in the history. */
  async findReservation(id: string): Promise<FoundReservation | null> {
    // Live first: one that ends between the two reads is then found among the past.
    const slot =
      (await this.#slots.findOne({ 'reservation.id': id }, READ_ACKNOWLEDGED)) ??
      (await this.#slots.findOne({ 'past.id': id }, READ_ACKNOWLEDGED))
    // It is copied to the history before it leaves its slot, so looking there last misses none.
    if (!slot) return this.#o.history.find(id)
    this.#places.set(id, slot._id)
    return reservationIn(slot, id)
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
    for await (const { _id, everHeld, past, reservation } of all) {
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

  async #write(slotId: string, moment: Moment, rule: Expression, changes: Changes): Promise<WriteResult> {
    const written = await this.#batches.write({ slotId, id: moment.write, update: provided(rule, changes) })
    const { slot, entry } = written
    if (slot && entry) {
      this.#o.onAcknowledged([slot])
      this.#mover.trim(slot)
    }
    return written
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

  #moment(): Moment {
    return {
      now: this.#now(),
      inDatabase: this.#o.clock.followsDatabase ?? false,
      write: `${this.#writer}${(this.#writes++).toString(36)}`,
    }
  }
}

function overdue(now: Date) {
  return { state: 'held' as const, 'reservation.expiresAt': { $lte: now } }
}
