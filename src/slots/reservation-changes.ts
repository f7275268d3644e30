/**
 * What may become of a reservation beside being confirmed and ended: it moves to another time, its hold is extended, its
 * provider notes whether the client came, and, where one booking a day is allowed, a newer one takes its place.
 */
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ, READ_ACKNOWLEDGED } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'
import { ONE_SLOT, shapeOf } from '../domain/chain.js'
import { readSlotId } from '../domain/grid.js'
import {
  type AgreedTime,
  appointmentOf,
  expiryOf,
  type HoldAgainRule,
  type LiveReservation,
  OFFER_NO,
  type Outcome,
  type Reservation,
  standsForIt,
  statusAt,
} from '../domain/reservation.js'
import { type BookedService, bookedAs } from '../domain/service.js'
import type { HoldNumbers } from './hold-numbers.js'
import type { Freeing } from './offer-updates.js'
import type { SlotDoc } from './slot-document.js'
import { liveOf } from './slot-model.js'
import type { SlotOffers } from './slot-offers.js'
import {
  aheadAnswer,
  type ConfirmOutcome,
  confirmAnswer,
  confirmedBy,
  cutoffAnswer,
  type FoundReservation,
  mayDecide,
  mayEnd,
  membersAnswer,
  notFound,
  type Refused,
  type SlotCaller,
  timeAnswer,
} from './slot-outcomes.js'
import {
  type Appointment,
  atHead,
  confirming,
  type DayToken,
  extending,
  type Moment,
  mayBeConfirmed,
  mayBeExtended,
  mayBeMoved,
  moving,
  provided,
  replacing,
  slotIdsOf,
  type Target,
  withdrawnSlot,
} from './slot-updates.js'
import type { KnownPlace, Place, SlotWriter, Written } from './slot-writer.js'
import { DuplicateKey } from './write-batches.js'

export interface NewTime {
  slotId: string
  /** The slot that it must begin with until then; without, it moves from wherever it is. */
  from?: string
  /** Without, it stays what it was booked as. */
  service?: BookedService
  /** Of the new start; a provider may move to what begins sooner. */
  noticeMs: number
  /** How far ahead it may start; without, as far as slots are published. */
  maxAheadMs?: number
}

/** `insideCutoff`: by the provider, when its client could not have done it any more. */
export type ChangeOutcome =
  | ({ ok: true; isNew: boolean; insideCutoff?: boolean } & FoundReservation)
  | Refused

export interface ReservationChangesOptions {
  slots: mongo.Collection<SlotDoc>
  writer: SlotWriter
  clock: Clock
  numbers: HoldNumbers
  offers: SlotOffers
  rules: {
    holdMs: number
    maxHoldMs: number
    maxActiveHolds: number
    onePerDay?: boolean
    holdAgain: HoldAgainRule
  }
  find: (reservationId: string) => Promise<FoundReservation | null>
  /** Where a reservation is from now on. */
  moved: (reservationId: string, place: KnownPlace) => void
  /** The day of a start on the calendar of its provider. */
  dayOf: (providerId: string, start: number) => Promise<string>
  wallTimeOf?: (providerId: string, start: number) => Promise<AgreedTime | null>
}

/** How often a caller goes round when others keep changing the slots under it; each round is a lost race. */
const ROUNDS = 5
/** Numbers of holds beyond those that clients have: one is on its way from a slot to an earlier one with it. */
const PASSING_NUMBERS = 1_000

/** What ids of the documents begin with that say which booking is the one of a day; those of slots never do. */
const TOKENS = 'day '
const PURGED_AT_ONCE = 500
const NOTED_AT_ONCE = 500
const DAY_MS = 86_400_000

interface TokenDoc {
  _id: string
  token: { version: number; reservation: string | null }
}

export class ReservationChanges {
  readonly #o: ReservationChangesOptions

  constructor(options: ReservationChangesOptions) {
    this.#o = options
  }

  /** Frees the old slots and takes the new ones, or leaves everything as it is. The same again changes nothing. */
  async move(caller: SlotCaller, reservationId: string, to: NewTime): Promise<ChangeOutcome> {
    let passing = false
    for (let round = 0; round <= ROUNDS; round++) {
      const found = await this.#o.find(reservationId)
      const now = this.#o.clock.now()
      const target = readSlotId(to.slotId)
      if (!found || !mayEnd(caller, found) || target?.providerId !== found.slot.providerId) return notFound
      const { reservation } = found
      const over = endedAnswer(found, now)
      if (over || 'endedAt' in reservation) return over ?? notFound
      const agreed = (await this.#o.wallTimeOf?.(target.providerId, target.start)) ?? null
      const next = this.#nextOf(found, reservation, { headStart: target.start, agreed }, to)
      if (isSame(found, next)) return { ok: true, isNew: false, ...found }
      if (to.from !== undefined && to.from !== found.slot._id) return notFound
      const refused = this.#mayNot(caller, found, next, to, now)
      if (refused) return refused
      const from = appointmentOf(found.slot, reservation)
      const ids = slotIdsOf(next)
      const all = [...new Set([...from.slotIds, ...ids])]
      const inTheWay = await this.#whatIsInTheWay(caller, next, from.slotIds, now)
      if (inTheWay) return inTheWay
      if (next.reservation.status === 'held') {
        next.reservation.holdNo = await this.#holdNoFor(found, next, passing)
      }
      const move = { from: { slotIds: from.slotIds, head: found.slot._id, reservation }, to: next }
      const holdAgain = caller.role === 'client' ? this.#o.rules.holdAgain : null
      let taken: DayToken | null = null
      if (this.#o.rules.onePerDay && reservation.status === 'confirmed') {
        const { token, other } = await this.#dayOf(reservation, next.providerId, target.start, now)
        // A move ends nothing else; who wants this booking instead of that one cancels that one.
        if (other) return { ok: false, code: 'client_busy' }
        taken = token
      }
      const also = taken ? [taken.id] : []
      const freeing = (at: Moment): Freeing => {
        const rule = mayBeMoved(move, at, holdAgain)
        const changes = moving(move, at, caller.role)
        const whole = taken
          ? replacing(taken, null, { id: reservationId, rule, changes }, at)
          : { rule, changes }
        const ending = { when: true, reason: 'moved', by: caller.role }
        return { ids: [...all, ...also], ...whole, ending }
      }
      const place = { slotIds: all, head: to.slotId }
      try {
        const moment = this.#o.writer.moment(all.length)
        const { rule, changes } = freeing(moment)
        const { slot, entry } =
          (await this.#passOn(found, ids, place, freeing)) ??
          (await this.#o.writer.write(place, moment, rule, changes, also))
        if (!slot || !entry) continue
        this.#o.moved(reservationId, { slotIds: ids, head: to.slotId, moves: next.reservation.moves ?? 0 })
        this.#o.numbers.move(reservation.client.id, found.slot._id, to.slotId)
        await this.#settleNumber(next, to.slotId)
        const insideCutoff = cutoffAnswer(found, 'moveCutoffSeconds', now) !== null
        return {
          ok: true,
          isNew: true,
          ...(insideCutoff && { insideCutoff }),
          slot: { ...slot, rev: entry.rev },
          reservation: atHead(next),
        }
      } catch (error) {
        if (!(error instanceof DuplicateKey)) throw error
        if (await this.#isElsewhere(reservation, ids)) return { ok: false, code: 'client_busy' }
        // What is left is its own number, where the new slot was written before the old one let go of it.
        passing = true
      }
    }
    return { ok: false, code: 'unavailable' }
  }

  /** What it leaves, to the first of those who wait whom that suits; null where it is to be moved plainly. */
  async #passOn(
    { slot, reservation }: FoundReservation,
    to: string[],
    place: Place,
    freeing: (moment: Moment) => Freeing,
  ): Promise<Written | null> {
    const { providerId } = slot
    if (!this.#o.offers.isAwaited(providerId)) return null
    const slotIds = appointmentOf(slot, reservation).slotIds.filter((id) => !to.includes(id))
    if (slotIds.length === 0) return null
    const freed = { providerId, slotIds, clientId: reservation.client.id, waitId: reservation.wait }
    return this.#o.offers.passOn(freed, place, freeing)
  }

  #nextOf(
    found: FoundReservation,
    reservation: LiveReservation,
    { headStart, agreed }: { headStart: number; agreed: AgreedTime | null },
    to: NewTime,
  ): Appointment {
    const { chain: _chain, part: _part, agreed: _former, ...kept } = reservation
    const service = to.service ? bookedAs(to.service) : reservation.service
    const origin = reservation.origin ?? {
      slotId: found.slot._id,
      ...(reservation.service && { serviceId: reservation.service.id }),
    }
    const moves = (reservation.moves ?? 0) + 1
    return {
      providerId: found.slot.providerId,
      headStart,
      shape: service ? shapeOf(service) : ONE_SLOT,
      reservation: { ...kept, moves, origin, ...(service && { service }), ...(agreed && { agreed }) },
    }
  }

  #mayNot(
    caller: SlotCaller,
    found: FoundReservation,
    { headStart }: Appointment,
    { noticeMs, maxAheadMs }: NewTime,
    now: number,
  ): Refused | null {
    if (found.slot.start.getTime() <= now) return { ok: false, code: 'in_the_past' }
    if (caller.role === 'provider') return timeAnswer(headStart, { now, noticeMs: 1 })
    return (
      cutoffAnswer(found, 'moveCutoffSeconds', now) ??
      timeAnswer(headStart, { now, noticeMs }) ??
      aheadAnswer(headStart, { now, maxAheadMs })
    )
  }

  /** Also makes sure that there are slots where only a buffer will lie. */
  async #whatIsInTheWay(
    caller: SlotCaller,
    appointment: Appointment,
    own: string[],
    now: number,
  ): Promise<Refused | null> {
    const { providerId, reservation } = appointment
    const ids = slotIdsOf(appointment)
    const present = new Map((await this.#o.writer.readAll(ids)).map((slot) => [slot._id, slot]))
    const holdAgain = caller.role === 'client' ? this.#o.rules.holdAgain : null
    const isOwn = (slot: SlotDoc) => own.includes(slot._id) && slot.reservation?.id === reservation.id
    const asked = { clientId: reservation.client.id, now, holdAgain }
    const answer = membersAnswer(present, appointment, asked, isOwn)
    if (answer) return answer
    const missing = ids.filter((id) => !present.has(id)).map((id) => readSlotId(id)?.start ?? 0)
    await this.#o.writer.insert(missing.map((start) => withdrawnSlot(providerId, start, new Date(now))))
    return null
  }

  /**
   * The number among its client's holds. A statement may write the new slot before the old one has let go of the number,
   * and then it takes another one that is free, or one that nobody has, until the move is through.
   */
  async #holdNoFor({ reservation }: FoundReservation, next: Appointment, passing: boolean): Promise<number> {
    const own = 'holdNo' in reservation ? (reservation.holdNo ?? 1) : 1
    if (!passing) return own
    if (own === OFFER_NO) return PASSING_NUMBERS
    const { client } = next.reservation
    const live = await this.#liveOf(client.id)
    this.#o.numbers.learn(client.id, live)
    const used = new Set(
      live.flatMap(({ reservation: one }) => (one && 'holdNo' in one ? (one.holdNo ?? 0) : [])),
    )
    const numbers = Array.from({ length: this.#o.rules.maxActiveHolds }, (_, index) => index + 1)
    return numbers.find((one) => !used.has(one)) ?? PASSING_NUMBERS + own
  }

  /** Back to a number that counts. Until then its client could hold one more, and no longer. */
  async #settleNumber({ reservation }: Appointment, head: string): Promise<void> {
    const { id, client } = reservation
    const holdNo = 'holdNo' in reservation ? (reservation.holdNo ?? 0) : 0
    if (holdNo < PASSING_NUMBERS) return
    const isPassing = {
      $and: [{ $eq: ['$reservation.id', { $literal: id }] }, { $eq: ['$reservation.holdNo', holdNo] }],
    }
    const counted = { $mergeObjects: ['$reservation', { holdNo: holdNo - PASSING_NUMBERS }] }
    try {
      await this.#o.slots.updateOne({ _id: head }, provided(isPassing, { reservation: counted }), DURABLE)
    } catch (error) {
      // Another hold of its client was faster; this one keeps the number that nobody else has.
      if (!isDuplicateKey(error)) throw error
    }
    this.#o.numbers.learn(client.id, await this.#liveOf(client.id))
  }

  async #isElsewhere({ id, client }: LiveReservation, slotIds: string[]): Promise<boolean> {
    const starts = new Set(slotIds.map((slotId) => readSlotId(slotId)?.start))
    return (await this.#liveOf(client.id)).some(
      (slot) => slot.reservation?.id !== id && starts.has(slot.start.getTime()),
    )
  }

  #liveOf(clientId: string): Promise<SlotDoc[]> {
    return this.#o.slots.find(liveOf(clientId), { ...READ, projection: { log: 0, past: 0 } }).toArray()
  }

  /** Once, and never beyond what a hold may last from its beginning. */
  async extend(caller: SlotCaller, reservationId: string): Promise<ChangeOutcome> {
    for (let round = 0; round <= ROUNDS; round++) {
      const found = await this.#o.find(reservationId)
      if (!found || !mayDecide(caller, found)) return notFound
      const { slot, reservation } = found
      const now = this.#o.clock.now()
      const over = endedAnswer(found, now)
      if (over) return over
      const { holdMs, maxHoldMs } = this.#o.rules
      const most = reservation.heldAt.getTime() + maxHoldMs
      const ends = expiryOf(reservation)
      const next = Math.min(now + holdMs, most)
      // An offer keeps others waiting: it is as long as it is.
      const isExtended =
        ('extended' in reservation && reservation.extended === true) || reservation.wait !== undefined
      if (!ends || isExtended || next <= ends.getTime()) {
        const last = isExtended && ends ? ends : new Date(Math.max(most, ends?.getTime() ?? most))
        return { ok: false, code: 'extension_limit', extras: { maxExpiresAt: last.toISOString() } }
      }
      const { slotIds } = appointmentOf(slot, reservation)
      const moment = this.#o.writer.moment(slotIds.length)
      const expiresAt = new Date(next)
      const written = await this.#o.writer.write(
        { slotIds, head: slot._id },
        moment,
        mayBeExtended(caller, targetOf(reservation), moment),
        extending(expiresAt, moment),
      )
      if (!written.slot || !written.entry) continue
      this.#o.numbers.extend(reservation.client.id, slot._id, next)
      return {
        ok: true,
        isNew: true,
        slot: { ...slot, rev: written.entry.rev },
        reservation: { ...(reservation as LiveReservation & { status: 'held' }), expiresAt, extended: true },
      }
    }
    return { ok: false, code: 'unavailable' }
  }

  /** Whether the client came, from the start on. It may be corrected. */
  async setOutcome(providerId: string, reservationId: string, outcome: Outcome): Promise<ChangeOutcome> {
    const found = await this.#o.find(reservationId)
    if (found?.slot.providerId !== providerId) return notFound
    const now = this.#o.clock.now()
    const over = endedAnswer(found, now)
    if (over) return over
    if (found.reservation.status !== 'confirmed' || found.slot.start.getTime() > now) {
      return { ok: false, code: 'not_begun' }
    }
    const isIt = {
      $and: [
        { $eq: ['$reservation.id', { $literal: reservationId }] },
        { $eq: ['$reservation.status', 'confirmed'] },
      ],
    }
    const noted = { $mergeObjects: ['$reservation', { outcome }] }
    await this.#o.slots.updateOne({ _id: found.slot._id }, provided(isIt, { reservation: noted }), DURABLE)
    const after = await this.#o.find(reservationId)
    return after ? { ok: true, isNew: true, ...after } : notFound
  }

  /**
   * Confirms it, and cancels the client's other booking with this provider on that day in the same statement. Which one
   * is the day's stands in a document of its own, of which every change counts: of two at once one is refused and looks
   * again.
   */
  async confirmForTheDay(caller: SlotCaller, reservationId: string): Promise<ConfirmOutcome> {
    for (let round = 0; round <= ROUNDS; round++) {
      const found = await this.#o.find(reservationId)
      if (!found || !mayDecide(caller, found)) return notFound
      const now = this.#o.clock.now()
      const answer = confirmAnswer(found, now)
      if (answer) return answer
      const { slot, reservation } = found
      const { token, other: first } = await this.#dayOf(
        reservation,
        slot.providerId,
        slot.start.getTime(),
        now,
      )
      const own = appointmentOf(slot, reservation).slotIds
      const moment = this.#o.writer.moment(own.length + (first?.slotIds.length ?? 0))
      const { rule, changes } = replacing(
        token,
        first,
        {
          id: reservationId,
          rule: mayBeConfirmed(caller, targetOf(reservation), moment),
          changes: confirming(moment),
        },
        moment,
      )
      const place = { slotIds: [...(first?.slotIds ?? []), ...own], head: slot._id }
      const written = await this.#o.writer.write(place, moment, rule, changes, [token.id])
      if (!written.slot || !written.entry) continue
      this.#o.numbers.free(reservation.client.id, slot._id)
      return { ok: true, ...confirmedBy(written.entry, { slot: written.slot, reservation }) }
    }
    return { ok: false, code: 'unavailable' }
  }

  /**
   * The document of the day that a booking is to be on, and the client's other booking that it names: one that is still
   * on that day and has not begun. What was moved away or has ended since is none; that document changes again with
   * every booking that comes to the day, so what is found here holds when the statement finds it unchanged.
   */
  async #dayOf(
    { id, client }: Reservation,
    providerId: string,
    start: number,
    now: number,
  ): Promise<{ token: DayToken; other: (Target & { slotIds: string[] }) | null }> {
    const day = await this.#o.dayOf(providerId, start)
    const token = await this.#tokenOf(`${tokensOf(client.id)}${providerId} ${day}`)
    const named = token.reservation === null || token.reservation === id ? null : token.reservation
    const other = named === null ? null : await this.#o.find(named)
    if (other?.reservation.status !== 'confirmed' || other.slot.start.getTime() <= now) {
      return { token, other: null }
    }
    const isThatDay = (await this.#o.dayOf(providerId, other.slot.start.getTime())) === day
    const { slotIds } = appointmentOf(other.slot, other.reservation)
    return { token, other: isThatDay ? { ...targetOf(other.reservation), slotIds } : null }
  }

  async #tokenOf(id: string): Promise<DayToken & { reservation: string | null }> {
    const tokens = this.#o.slots as unknown as mongo.Collection<TokenDoc>
    for (;;) {
      const known = await tokens.findOne({ _id: id }, READ_ACKNOWLEDGED)
      if (known) return { id, ...known.token }
      try {
        await tokens.insertOne({ _id: id, token: { version: 0, reservation: null } }, DURABLE)
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
      }
    }
  }

  /**
   * To be called before the zone of a provider changes: reservations ahead that were made by earlier versions do not say
   * what its clock shows. Safe to interrupt and to repeat; those made meanwhile say it themselves.
   */
  async noteAgreedTimes(providerId: string): Promise<void> {
    for (let after = new Date(this.#o.clock.now()); ; ) {
      const silent = {
        providerId,
        start: { $gt: after },
        'reservation.id': { $exists: true },
        'reservation.agreed': { $exists: false },
      }
      const slots = await this.#o.slots
        .find(silent, { ...READ, sort: { start: 1 }, limit: NOTED_AT_ONCE, projection: { log: 0, past: 0 } })
        .toArray()
      const updates = await Promise.all(slots.map((slot) => this.#noteAgreed(slot)))
      const wanted = updates.flatMap((update) => (update ? [{ updateOne: update }] : []))
      if (wanted.length > 0) await this.#o.slots.bulkWrite(wanted, { ...DURABLE, ordered: false })
      const last = slots.at(-1)
      if (!last) return
      after = last.start
    }
  }

  async #noteAgreed({ _id, providerId, start, reservation }: SlotDoc) {
    const agreed = await this.#o.wallTimeOf?.(providerId, start.getTime())
    if (!reservation || !standsForIt(reservation) || !agreed) return null
    const isSilentStill = { 'reservation.id': reservation.id, 'reservation.agreed': { $exists: false } }
    return { filter: { _id, ...isSilentStill }, update: { $set: { 'reservation.agreed': agreed } } }
  }

  /** Takes out what says which booking is the one of a day that is long over, in whatever zone; in batches, as slots are. */
  async purgeTokens(endedBefore: number): Promise<void> {
    const day = new Date(endedBefore - 2 * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length)
    for (let after = TOKENS; ; ) {
      const batch = { _id: { $gt: after, $lt: rangeEnd(TOKENS) } }
      const tokens = await this.#o.slots
        .find(batch, { ...READ, sort: { _id: 1 }, limit: PURGED_AT_ONCE, projection: { _id: 1 } })
        .toArray()
      const last = tokens.at(-1)
      if (!last) return
      after = last._id
      const old = tokens.map(({ _id }) => _id).filter((id) => id.slice(id.lastIndexOf(' ') + 1) < day)
      if (old.length > 0) await this.#o.slots.deleteMany({ _id: { $in: old } }, DURABLE)
    }
  }
}

/** Where the documents that say which booking is the one of a day begin, of one client. */
export function tokensOf(clientId: string): string {
  return `${TOKENS}${clientId} `
}

/** The first id after all those that begin with this, which ends with a blank: `!` follows it. */
export function rangeEnd(begin: string): string {
  return `${begin.slice(0, -1)}!`
}

function targetOf({ id, moves = 0 }: Reservation): Target {
  return { id, moves }
}

function endedAnswer({ reservation }: FoundReservation, now: number): Refused | null {
  switch (statusAt(reservation, now)) {
    case 'expired':
      return { ok: false, code: 'hold_expired' }
    case 'released':
    case 'cancelled':
      return { ok: false, code: 'hold_released' }
    default:
      return null
  }
}

function isSame({ slot, reservation }: FoundReservation, next: Appointment): boolean {
  const { shape, headStart } = appointmentOf(slot, reservation)
  return (
    headStart === next.headStart &&
    shape.before === next.shape.before &&
    shape.visit === next.shape.visit &&
    shape.after === next.shape.after &&
    reservation.service?.id === next.reservation.service?.id
  )
}
