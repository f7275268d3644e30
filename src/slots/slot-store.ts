/**
 * The only file that writes slots.
 *
 * Owns: every transition, each as one conditional update of one document, with the rule in the update (for many slots
 * at once in its filter). No change rests on what was read before it; where the rule did not hold, the read after the
 * update says why.
 * Beside transitions, what ended long ago moves on to the history, copied there before it is taken out here.
 * Never: emits an event (the change stream does), decides by a before image, or trusts the board, which may be behind.
 * Invariants: a slot has at most one live reservation; a client has at most one at a time and MAX_ACTIVE_HOLDS holds
 * (by unique indexes, so under any race); an acknowledged write is on the majority's disks. A write that times out
 * is unknown, not refused: it surfaces as an exception, and the same Idempotency-Key finds out what became of it.
 */

import { createHmac } from 'node:crypto'
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ, READ_ACKNOWLEDGED } from '../database/call-options.js'
import { readSlotId, SLOT_MS, slotIdOf } from '../domain/grid.js'
import {
  expiryOf,
  type Hold,
  type HoldAgainRule,
  type PastReservation,
  statusAt,
} from '../domain/reservation.js'
import { type SlotState, stateAt } from '../domain/slot.js'
import { type ChangePerson, personFields } from './personal-data.js'
import { SlotAttempts } from './single-flight.js'
import { factsOf, type SlotDoc } from './slot-document.js'
import type { SlotHistory } from './slot-history.js'
import { byClient, byReservation } from './slot-model.js'
import {
  type ConfirmOutcome,
  confirmedSince,
  type EndOutcome,
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
  clock: Clock
  rules: SlotRules
  /** Make reservation ids of Idempotency-Keys: the first the new ones, each of them those that are looked for. */
  idempotencySecrets: Buffer[]
  newId: () => string
  sealName: (name: string, reservationId: string) => string
  /** Hears each slot as an acknowledged write of this process left it, before the caller does. */
  onAcknowledged: (slots: SlotDoc[]) => void
  /** Hears why ended reservations could not move on to the history; the next change of their slot tries again. */
  onHistoryFault?: (error: unknown) => void
}

const BATCH = 500
const STATES: SlotState[] = ['open', 'held', 'confirmed', 'withdrawn']
const DUPLICATE_KEY = 11_000
/** Two clocks that follow the same database differ by less. */
const CLOCK_SKEW_MS = 1_000
/** So many ended reservations stay in their slot: MAX_HOLDS_PER_SLOT counts them, at most 20, and some of others between them. */
const KEPT_PAST = 32
/** From so many on the oldest move to the history: several at a time, for each move is a change of the slot. */
const FULL_PAST = 41
/** As much as tells which slots have to be brought up to date. */
const OF_UPGRADE = { everHeld: 1, 'past.id': 1, 'reservation.id': 1 } as const
/** A slot of an earlier version may have thousands. */
const MOVED_AT_ONCE = 100
/** Withdrawing looks again until nothing is open, unless somebody goes on opening slots as fast. */
const WITHDRAW_ROUNDS = 20
/** How often a caller goes round when others keep changing the slot under it; each round is a lost race. */
const ROUNDS = 5

const allRefused = 'all refused'

export interface OverdueHold {
  /** Of the slot. */
  id: string
  lateMs: number
}

interface Tried {
  changed: boolean
  slot: SlotDoc | null
  /** When the slot was read, as `SlotAttempts` counts moments. */
  readAt: number
}

/** What an attempt leaves to those who waited for it; null where it read nothing. */
type Left = Pick<Tried, 'slot' | 'readAt'> | null

export class SlotStore {
  readonly #o: SlotStoreOptions
  readonly #slots: mongo.Collection<SlotDoc>
  readonly #attempts = new SlotAttempts<Left>()
  /** The slots whose oldest reservations are on their way to the history. */
  readonly #moving = new Map<string, Promise<void>>()

  constructor(options: SlotStoreOptions) {
    this.#o = options
    this.#slots = options.slots
  }

  /** For checks that only read. */
  get collection(): mongo.Collection<SlotDoc> {
    return this.#slots
  }

  /** Holds a slot for a client; with a key, the same request again is answered with the same reservation. */
  async hold(client: { id: string; name: string }, slotId: string, key?: string): Promise<HoldOutcome> {
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
  async #look(
    clientId: string,
    slotId: string,
    keyedIds: string[],
  ): Promise<{ outcome: HoldOutcome | null; left: Left }> {
    const left = await this.#read(slotId)
    return { outcome: left.slot ? this.#answer(left.slot, clientId, keyedIds) : notFound, left }
  }

  /** One attempt against the database. Says what to answer, or null to try again, and the slot as it left it. */
  async #attempt(
    client: { id: string; name: string },
    slotId: string,
    reservationId: string,
    keyedIds: string[],
  ): Promise<{ outcome: HoldOutcome | null; left: Left }> {
    const done = (outcome: HoldOutcome | null, left: Left = null) => ({ outcome, left })
    for (let cycle = 0; cycle < 2; cycle++) {
      const tried = await this.#tryNumbers(client, slotId, reservationId)
      if (tried !== allRefused) {
        const { changed, slot } = tried
        if (!slot) return done(notFound)
        // An id that nobody else can have is ours however the update was answered.
        const held = changed || keyedIds.length === 0 ? reservationIn(slot, reservationId) : null
        return done(
          held ? { ok: true, how: 'held', ...held } : this.#answer(slot, client.id, keyedIds),
          tried,
        )
      }
      const twin = await this.#findFirst(keyedIds)
      if (twin) return done(replay(twin, slotId))
      // The client's own overdue holds may be what stood in the way; all numbers are tried once more without them.
      await this.#expire({ 'reservation.client.id': client.id }, BATCH)
    }
    return done(await this.#whyAllRefused(client.id, slotId))
  }

  /** Takes a free number from 1 up. `allRefused`: each number met a unique index. */
  async #tryNumbers(
    client: { id: string; name: string },
    slotId: string,
    reservationId: string,
  ): Promise<Tried | typeof allRefused> {
    for (let holdNo = 1; holdNo <= this.#o.rules.maxActiveHolds; holdNo++) {
      const moment = this.#moment()
      const { now } = moment
      const reservation: Hold = {
        id: reservationId,
        client: { id: client.id, name: this.#o.sealName(client.name, reservationId) },
        status: 'held',
        holdNo,
        heldAt: now,
        expiresAt: new Date(now.getTime() + this.#o.rules.holdMs),
        longFrom: new Date(now.getTime() + this.#o.rules.holdAgain.longMs),
      }
      const rule = mayBeHeld(reservation, moment, this.#o.rules)
      try {
        return await this.#transition(slotId, rule, holding(reservation, moment))
      } catch (error) {
        if (!isDuplicate(error)) throw error
      }
    }
    return allRefused
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

  async #whyAllRefused(clientId: string, slotId: string): Promise<HoldOutcome | null> {
    const own = await this.#slots
      .find(liveOf(clientId), { ...READ, hint: byClient, projection: { log: 0, past: 0 } })
      .toArray()
    const start = readSlotId(slotId)?.start
    if (own.some((slot) => slot.start.getTime() === start && slot._id !== slotId))
      return { ok: false, code: 'client_busy' }
    const holds = own.filter((slot) => slot.state === 'held')
    return holds.length >= this.#o.rules.maxActiveHolds ? { ok: false, code: 'hold_limit' } : null
  }

  async confirm(clientId: string, reservationId: string): Promise<ConfirmOutcome> {
    let found = await this.findReservation(reservationId)
    const revBefore = found?.slot.rev ?? 0
    for (let round = 0; ; round++) {
      if (found?.reservation.client.id !== clientId) return notFound
      switch (statusAt(found.reservation, this.#o.clock.now())) {
        case 'confirmed':
          return { ok: true, ...found }
        case 'expired':
          return { ok: false, code: 'hold_expired' }
        case 'released':
        case 'cancelled':
          return { ok: false, code: 'hold_released' }
      }
      if (round === ROUNDS)
        return { ok: false, code: this.#isAlmostOver(found) ? 'hold_expired' : 'unavailable' }
      const moment = this.#moment()
      const rule = mayBeConfirmed(clientId, reservationId, moment)
      const { slot } = await this.#transition(found.slot._id, rule, confirming(moment.now))
      found = slot && reservationIn(slot, reservationId)
      // It took place, even when it was given back in the same moment and reads as ended by now.
      const confirmed = slot && found && confirmedSince(revBefore, slot, found)
      if (confirmed) return { ok: true, ...confirmed }
    }
  }

  /** A hold that our clock still allows to be confirmed and the database's does not. */
  #isAlmostOver({ reservation }: FoundReservation): boolean {
    const expiresAt = expiryOf(reservation)
    return expiresAt !== undefined && expiresAt.getTime() <= this.#o.clock.now() + CLOCK_SKEW_MS
  }

  /** Gives back a hold or cancels a booking; what has ended already stays as it is. */
  async end(caller: SlotCaller, reservationId: string, withdraw: boolean): Promise<EndOutcome> {
    for (let found = await this.findReservation(reservationId), round = 0; ; round++) {
      if (!found || !mayEnd(caller, found)) return notFound
      if ('endedAt' in found.reservation) return { ok: true }
      const { slot } = found
      const moment = this.#moment()
      if (slot.start <= moment.now && statusAt(found.reservation, moment.now.getTime()) !== 'expired')
        return { ok: false, code: 'in_the_past' }
      if (round === ROUNDS) return { ok: false, code: 'unavailable' }
      const rule = mayBeEnded(caller, reservationId, moment)
      const { slot: left } = await this.#transition(slot._id, rule, ending(moment, caller.role, withdraw))
      found = left && reservationIn(left, reservationId)
    }
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
    const now = this.#now()
    const fresh = starts.filter((start) => !states.has(slotIdOf(providerId, start)))
    const inserted =
      fresh.length === 0 ? 0 : await this.#insert(fresh.map((start) => openSlot(providerId, start, now)))
    const withdrawn = ids.filter((id) => states.get(id) === 'withdrawn')
    const reopened = await this.#transitionMany(withdrawn, { state: 'withdrawn' }, always(reopening(now)))
    if (inserted + reopened > 0) await this.#acknowledge(ids)
    return inserted + reopened
  }

  async #insert(slots: SlotDoc[]): Promise<number> {
    try {
      return (await this.#slots.insertMany(slots, { ...DURABLE, ordered: false })).insertedCount
    } catch (error) {
      if (!isDuplicate(error) || typeof error.result?.insertedCount !== 'number') throw error
      return error.result.insertedCount
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
        const changed = await this.#transitionMany(ids, {}, provided(rule, withdrawing(moment)))
        withdrawn += changed
        if (changed > 0) await this.#acknowledge(ids)
      }
    }
  }

  /** Releases overdue holds, `limit` at the most; says how many. */
  expireOverdue(limit: number): Promise<number> {
    return this.#expire({}, limit)
  }

  async #expire(which: mongo.Filter<SlotDoc>, limit: number): Promise<number> {
    return this.expire((await this.overdue(limit, which)).map(({ id }) => id))
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
   * the update. It is not in the filter, see `provided`: 500 slots of 20,000 took SecantusDB 190 ms so, and 25 ms thus.
   */
  async expire(ids: string[]): Promise<number> {
    if (ids.length === 0) return 0
    const moment = this.#moment()
    const update = provided(overdueAt(moment), expiring(moment))
    return (await this.#slots.updateMany({ _id: { $in: ids } }, update, DURABLE)).modifiedCount
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
    const old = { state: { $in: STATES }, start: { $lt: new Date(endedBefore - SLOT_MS) } }
    for (let purged = 0; ; ) {
      const batch = await this.#slots.find(old, { ...READ, limit: BATCH, projection: { _id: 1 } }).toArray()
      if (batch.length === 0) return purged
      const ids = batch.map(({ _id }) => _id)
      purged += (await this.#slots.deleteMany({ _id: { $in: ids } }, DURABLE)).deletedCount
    }
  }

  /** Takes a person out of everything that is past or has begun; what lies ahead must have been ended before. */
  async forgetClient(clientId: string): Promise<void> {
    await this.#forget(clientId, { 'past.client.id': clientId })
    // An appointment that was kept stays `confirmed`, as it was at its start.
    await this.#forget(clientId, { ...liveOf(clientId), start: { $lte: this.#now() } })
    // Last: what moves there meanwhile has been changed in its slot before.
    await this.#o.history.forgetClient(clientId)
  }

  async #forget(clientId: string, where: mongo.Filter<SlotDoc>): Promise<void> {
    for (;;) {
      const slots = await this.#slots.find(where, { ...READ, limit: BATCH }).toArray()
      if (slots.length === 0) return
      const live = new Set(slots.map(({ reservation }) => reservation?.id))
      const now = this.#now()
      const ahead = new Set(slots.flatMap(({ start, reservation }) => (start > now ? [reservation?.id] : [])))
      await this.#changePersons(slots, (person, reservationId) => {
        // What lies ahead is found by its client when it is ended, and is among the past then.
        if (person.id !== clientId || ahead.has(reservationId)) return null
        // By the unique index no two live ones may be nobody's at a time.
        return { id: live.has(reservationId) ? `forgotten-${reservationId}` : '', name: '' }
      })
    }
  }

  /** Writes the new name of a client into what lies ahead of it; what is past keeps the name that it had. */
  async renameClient({ id, name }: { id: string; name: string }): Promise<void> {
    for (let after = this.#now(); ; ) {
      const ahead = { ...liveOf(id), start: { $gt: after } }
      const slots = await this.#slots
        .find(ahead, { ...READ, hint: byClient, sort: { start: 1 }, limit: BATCH })
        .toArray()
      const live = new Set(slots.map(({ reservation }) => reservation?.id))
      const rename: ChangePerson = (person, reservationId) =>
        person.id === id && live.has(reservationId)
          ? { id, name: this.#o.sealName(name, reservationId) }
          : null
      const left = await this.#changePersons(slots, rename, { 'reservation.renamedAt': this.#now() })
      // A slot that moved meanwhile is read again.
      if (left > 0) continue
      const last = slots.at(-1)
      if (!last) return
      after = last.start
    }
  }

  /**
   * Seals the names of a batch of slots anew, in the order of their ids after `after`. Safe to interrupt and to repeat:
   * `reseal` answers null for what is right already. Says where to go on, null at the end.
   */
  async resealNames(
    reseal: (sealed: string, reservationId: string) => string | null,
    after: string,
    limit: number = BATCH,
  ): Promise<string | null> {
    const batch = { _id: { $gt: after } }
    for (let last: string | undefined; ; ) {
      const slots = await this.#slots.find(batch, { ...READ, sort: { _id: 1 }, limit }).toArray()
      last = slots.at(-1)?._id
      const left = await this.#changePersons(slots, resealed(reseal))
      // A slot that moved meanwhile is read again.
      if (left === 0) return last ?? null
    }
  }

  /** The same for what left its slot, to be called when the slots are through: what moves there later is right by then. */
  resealPastNames(
    reseal: (sealed: string, reservationId: string) => string | null,
    after: string,
    limit: number = BATCH,
  ): Promise<string | null> {
    return this.#o.history.changePersons(resealed(reseal), after, limit)
  }

  /** Says how many slots had moved on and still need the change. */
  async #changePersons(
    slots: SlotDoc[],
    change: ChangePerson,
    also: Record<string, Date> = {},
  ): Promise<number> {
    const updates = slots.flatMap((slot) => {
      const fields = personFields(slot, change)
      // The history takes entries away without a new rev, and those behind them move up.
      const filter = { _id: slot._id, rev: slot.rev, ...pastPlaces(slot, Object.keys(fields)) }
      return Object.keys(fields).length === 0
        ? []
        : [{ updateOne: { filter, update: { $set: { ...fields, ...also } } } }]
    })
    if (updates.length === 0) return 0
    return (
      updates.length - (await this.#slots.bulkWrite(updates, { ...DURABLE, ordered: false })).matchedCount
    )
  }

  /** A reservation by its id, live or past, in its slot or in the history. */
  async findReservation(id: string): Promise<FoundReservation | null> {
    // Live first: one that ends between the two reads is then found among the past.
    const slot =
      (await this.#slots.findOne({ 'reservation.id': id }, { ...READ_ACKNOWLEDGED, hint: byReservation })) ??
      (await this.#slots.findOne({ 'past.id': id }, READ_ACKNOWLEDGED))
    if (slot) return reservationIn(slot, id)
    // It is copied there before it leaves its slot, so looking there last misses none.
    return this.#o.history.find(id)
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

  /** Brings these slots down to what they may remember, one after another, while the server serves. */
  async moveHistoryOf(ids: string[]): Promise<void> {
    for (const id of ids) {
      const slot = await this.#slots.findOne({ _id: id }, READ)
      if (slot) this.#trim(slot)
      await this.#moving.get(id)
    }
  }

  /** Resolves when no reservation is on its way to the history. */
  async settled(): Promise<void> {
    await Promise.all(this.#moving.values())
  }

  /**
   * Moves the oldest ended reservations of a slot that has too many to the history. Not awaited by who changed the slot,
   * whom it does not concern; one at a time for each slot, and each call to the database ends in time.
   */
  #trim(slot: SlotDoc): void {
    if (slot.past.length < FULL_PAST || this.#moving.has(slot._id)) return
    const moving = this.#moveOldest(slot)
      .catch((error: unknown) => this.#o.onHistoryFault?.(error))
      .finally(() => this.#moving.delete(slot._id))
    this.#moving.set(slot._id, moving)
  }

  async #moveOldest(from: SlotDoc): Promise<void> {
    for (
      let slot: SlotDoc | null = from, inVain = 0;
      slot && slot.past.length > KEPT_PAST && inVain < ROUNDS;
    ) {
      const oldest = oldestOf(slot.past)
      const copies = await this.#o.history.add(slot, oldest)
      if (copies.length > 0) {
        // Made before, perhaps of a person who was forgotten since: the slot, read after them, is right.
        slot = await this.#slots.findOne({ _id: slot._id }, READ)
        const changes = copies.flatMap(({ _id, client }) => {
          const now = slot?.past.find(({ id }) => id === _id)?.client
          return now && (now.id !== client.id || now.name !== client.name)
            ? [{ id: _id, from: client, to: now }]
            : []
        })
        await this.#o.history.correct(changes)
      }
      const copied = new Set(oldest.map(({ id }) => id))
      const left = slot?.past.filter(({ id }) => copied.has(id)) ?? []
      // As they were read, to the letter: one whose person has changed meanwhile stays, and goes with the next round.
      // No new rev, for nothing happened to the slot; the change stream says nothing of it.
      const { modifiedCount } = await this.#slots.updateOne(
        { _id: from._id },
        { $pullAll: { past: left } },
        DURABLE,
      )
      inVain = modifiedCount > 0 ? 0 : inVain + 1
      slot = await this.#slots.findOne({ _id: from._id }, READ)
    }
  }

  /** The slot is as it stood after the update, or later: what became of the update is said by `changed` alone. */
  async #transition(slotId: string, rule: unknown, changes: Changes): Promise<Tried> {
    // The driver retries once by itself when the primary goes; that is safe, because it repeats the same statement id.
    const { modifiedCount } = await this.#slots.updateOne({ _id: slotId }, provided(rule, changes), DURABLE)
    const left = await this.#read(slotId)
    if (left.slot && modifiedCount > 0) this.#o.onAcknowledged([left.slot])
    if (left.slot) this.#trim(left.slot)
    return { changed: modifiedCount > 0, ...left }
  }

  /**
   * What is answered from it is acknowledged, so it is read as the majority has it. That is not behind what the update
   * before it saw: an update that changed nothing is acknowledged when all it saw is on the majority, too.
   */
  async #read(slotId: string): Promise<Pick<Tried, 'slot' | 'readAt'>> {
    const readAt = this.#attempts.mark()
    return { slot: await this.#slots.findOne({ _id: slotId }, READ_ACKNOWLEDGED), readAt }
  }

  async #transitionMany(ids: string[], rule: mongo.Filter<SlotDoc>, pipeline: Pipeline): Promise<number> {
    if (ids.length === 0) return 0
    return (await this.#slots.updateMany({ _id: { $in: ids }, ...rule }, pipeline, DURABLE)).modifiedCount
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
    return { now: this.#now(), inDatabase: this.#o.clock.followsDatabase ?? false }
  }
}

/** Those that left room for the newest, as many as may move at once. By their end: earlier versions had another order. */
function oldestOf(past: PastReservation[]): PastReservation[] {
  const surplus = Math.min(past.length - KEPT_PAST, MOVED_AT_ONCE)
  return past.toSorted((a, b) => a.endedAt.getTime() - b.endedAt.getTime()).slice(0, surplus)
}

function resealed(reseal: (sealed: string, reservationId: string) => string | null): ChangePerson {
  return (person, reservationId) => {
    const name = person.name === '' ? null : reseal(person.name, reservationId)
    return name === null ? null : { id: person.id, name }
  }
}

/** Which reservation each of these paths (`past.3.client`) stands for. */
function pastPlaces({ past }: SlotDoc, paths: string[]): Record<string, string> {
  const places = paths.flatMap((path) => /^past\.(\d+)\./.exec(path)?.[1] ?? [])
  return Object.fromEntries(places.map((at) => [`past.${at}.id`, past[Number(at)]?.id ?? '']))
}

function overdue(now: Date) {
  return { state: 'held' as const, 'reservation.expiresAt': { $lte: now } }
}

/** Spelt so that the partial index over live reservations serves it. */
export function liveOf(clientId: string) {
  return { 'reservation.client.id': clientId, 'reservation.id': { $exists: true } }
}

function isDuplicate(error: unknown): error is { code: number; result?: { insertedCount?: number } } {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === DUPLICATE_KEY
}
