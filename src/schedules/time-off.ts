/**
 * Days off: closes them, moves the bookings that their provider has found another time for, and cancels the others or
 * leaves them.
 *
 * In that order, and each step is one that may be repeated: a server that is killed between two of them leaves the days
 * closed and every booking where it was or where it was to go, and the same request again goes on from there. What
 * clients do meanwhile counts: who has moved away from these days by then is left alone, and who has booked while they
 * were being closed is found by the next look.
 * A hold is not a booking. It is given back, also where bookings are kept, or it would become one on a day off.
 */
import { setImmediate } from 'node:timers/promises'
import { dayIn, endOfDay, type Span } from '../availability/days.js'
import type { Clock } from '../clock.js'
import { nearestStarts, type StartTerms } from '../domain/bookable.js'
import { chainStarts, roleOf } from '../domain/chain.js'
import { addDays, daysBetween } from '../domain/days.js'
import { readSlotId, SLOT_MINUTES, SLOT_MS, slotIdOf } from '../domain/grid.js'
import { appointmentOf, type LiveReservation, type Reservation, statusAt } from '../domain/reservation.js'
import type { ScheduleException } from '../domain/schedule.js'
import { ANY_TIME, indexOfStart, type SlotFacts, stateAt } from '../domain/slot.js'
import type { OffsetAt } from '../domain/zone-offsets.js'
import type { ChangeOutcome } from '../slots/reservation-changes.js'
import { factsOf, type SlotDoc, type SlotOrigin } from '../slots/slot-document.js'
import { type FoundReservation, notFound, type Refused } from '../slots/slot-outcomes.js'
import type { SlotLists } from '../slots/slot-queries.js'
import type { SlotStore } from '../slots/slot-store.js'
import type { Materialiser } from './materialiser.js'
import type { AddOutcome, ScheduleStore } from './schedule-store.js'

/** The first and the last day. */
export interface DaysOff {
  from: string
  to: string
}

export interface TimeOffRequest extends DaysOff {
  reason?: string
  /** For the clients of what is cancelled and given back. */
  note?: string
  bookings: 'keep' | 'cancel'
  moves: readonly { reservationId: string; slotId: string }[]
}

export interface Owner {
  id: string
  timeZone: string
}

export interface Start extends SlotFacts {
  id: string
}

export interface Affected {
  found: FoundReservation
  /** Starts on other days at which it fits, the nearest first. */
  offers: Start[]
}

export interface TimeOffPreview {
  withdraws: number
  /** Holds that would be given back. */
  holds: number
  affected: Affected[]
}

export interface TimeOffDone {
  ok: true
  exception: ScheduleException
  withdrawn: number
  moved: FoundReservation[]
  cancelled: string[]
  released: string[]
  /** Booked on these days still: what is to stay, and what failed. */
  kept: FoundReservation[]
  failed: { reservationId: string; code: Refused['code'] }[]
}

export type TimeOffOutcome = TimeOffDone | Extract<AddOutcome, { ok: false }>

export interface TimeOffOptions {
  schedules: Pick<ScheduleStore, 'addExceptions' | 'findFresh' | 'handOrigin'>
  materialiser: Pick<Materialiser, 'run'>
  slots: Pick<SlotStore, 'withdraw' | 'move' | 'end' | 'findReservation'>
  lists: Pick<SlotLists, 'forSchedule'>
  clock: Clock
  /** The slots of a provider from memory, by start. */
  slotsOf: (providerId: string) => Promise<readonly Start[]>
  /** On which minutes of the hour a service of the provider begins. */
  rhythmOf: (providerId: string, serviceId: string) => Promise<number>
  offsetsOf: (timeZone: string) => OffsetAt
}

/** An appointment that lies on the days and has not begun. */
interface There {
  id: string
  head: string
  status: LiveReservation['status']
  /** No part of it lies on another day. */
  isInside: boolean
}

const MOST_OFFERS = 3
/** Of more bookings than that, nobody looks at offers one by one. */
const MOST_OFFERED = 100
/** Offers lie at most so far from the days off. */
const OFFER_MS = 62 * 86_400_000
/** Where they are looked for first. */
const NEAR_MS = 4 * 86_400_000
/** How often the days are looked at while others book there. */
const ROUNDS = 10

export class TimeOff {
  readonly #o: TimeOffOptions

  constructor(options: TimeOffOptions) {
    this.#o = options
  }

  /** Who would be affected; changes nothing. */
  async preview(owner: Owner, days: DaysOff): Promise<TimeOffPreview> {
    const span = spanOf(days, owner.timeZone)
    const now = this.#o.clock.now()
    const slots = await this.#o.lists.forSchedule(owner.id, this.#ahead(span))
    const there = await this.#appointments(owner, span)
    const booked = there.filter(({ status }) => status === 'confirmed')
    return {
      withdraws: slots.filter((slot) => stateAt(factsOf(slot), now) === 'open').length,
      holds: there.length - booked.length,
      affected: await this.#offered(owner, span, await this.#found(booked)),
    }
  }

  async take(owner: Owner, request: TimeOffRequest): Promise<TimeOffOutcome> {
    const { from, to, reason, note, bookings, moves } = request
    const day = { from, to, closed: true as const, ...(reason !== undefined && { reason }) }
    const closed = await this.#o.schedules.addExceptions(owner.id, [day])
    if (!closed.ok) return closed
    const [exception] = [...closed.added, ...closed.existing]
    if (!exception) return { ok: false, code: 'unavailable' }

    const span = spanOf(request, owner.timeZone)
    const caller = { id: owner.id, role: 'provider' as const }
    const moved: FoundReservation[] = []
    const failed = new Map<string, Refused['code']>()
    const ended = { cancelled: new Set<string>(), released: new Set<string>() }
    let withdrawn = await this.#close(owner, request)
    for (const { reservationId, slotId } of moves) {
      const outcome = await this.#move(owner, reservationId, slotId, span)
      if (outcome.ok) moved.push(outcome)
      else failed.set(reservationId, outcome.code)
    }
    for (let round = 0; round < ROUNDS; round++) {
      const there = await this.#appointments(owner, span)
      const ends = there.filter(
        ({ id, status }) => !failed.has(id) && (status === 'held' || bookings === 'cancel'),
      )
      if (ends.length === 0 && round > 0) break
      const origin = await this.#byRule(owner.id)
      for (const { id, head, status, isInside } of ends) {
        const withdraw = isInside && origin
        const outcome = await this.#o.slots.end(caller, id, {
          withdraw,
          note,
          still: { head, status },
          offer: false,
        })
        // It is elsewhere, or something else, by now: the next look says what.
        if (!outcome.ok && outcome.code === 'not_found') continue
        if (!outcome.ok) failed.set(id, outcome.code)
        else if (status === 'held') ended.released.add(id)
        else ended.cancelled.add(id)
      }
      // What came free on a day that is closed, and what somebody gave back meanwhile.
      withdrawn += await this.#close(owner, request)
    }
    const there = await this.#appointments(owner, span)
    return {
      ok: true,
      exception,
      withdrawn,
      moved,
      cancelled: [...ended.cancelled],
      released: [...ended.released],
      kept: await this.#found(there.filter(({ status }) => status === 'confirmed')),
      failed: [...failed].map(([reservationId, code]) => ({ reservationId, code })),
    }
  }

  /** Withdraws everything that is open on these days; says how many slots. */
  async #close(owner: Owner, { from, to }: DaysOff): Promise<number> {
    const today = dayIn(owner.timeZone, this.#o.clock.now())
    // First what rules have opened, as by a rule: it comes back when the days are given free again.
    const ruled = await this.#o.materialiser.run(owner.id, daysBetween(from < today ? today : from, to))
    const origin = await this.#o.schedules.handOrigin(owner.id)
    const ahead = this.#ahead(spanOf({ from, to }, owner.timeZone))
    const byHand = await this.#o.slots.withdraw(owner.id, ahead.from, ahead.to, origin)
    return ruled.withdrawn + byHand.withdrawn
  }

  async #byRule(providerId: string): Promise<SlotOrigin> {
    const schedule = await this.#o.schedules.findFresh(providerId)
    return { by: 'rule', ruleRev: schedule?.ruleRev ?? 0 }
  }

  /** What is on these days, to another day; the same again, also by another request, changes nothing. */
  async #move(owner: Owner, id: string, slotId: string, off: Span): Promise<ChangeOutcome> {
    const found = await this.#o.slots.findReservation(id)
    if (found?.slot.providerId !== owner.id) return notFound
    const target = readSlotId(slotId)
    const isThere = overlaps(visitOf(found), off)
    if (!target || (!isThere && found.slot._id !== slotId)) return notFound
    // Slots that it has already would let it in, though they are on a day off.
    if (overlaps(visitOf(found, target.start), off)) {
      return { ok: false, code: 'slot_withdrawn', extras: { slot: { id: slotId } } }
    }
    const to = { slotId, from: found.slot._id, noticeMs: 0 }
    return this.#o.slots.move({ id: owner.id, role: 'provider' }, id, to)
  }

  /** What is held or booked on these days and has not begun; a buffer is nobody's visit. */
  async #appointments(owner: Owner, off: Span): Promise<There[]> {
    const now = this.#o.clock.now()
    const there = new Map<string, There>()
    for (const { _id, start, reservation } of await this.#o.lists.forSchedule(owner.id, off)) {
      if (!reservation || (reservation.chain && roleOf(reservation.chain) !== 'visit')) continue
      const { status } = reservation
      if (statusAt(reservation, now) !== status) continue
      const slot = { _id, providerId: owner.id, start }
      const visit = visitOf({ slot, reservation })
      if (visit.from <= now) continue
      const isInside = visit.from >= off.from && visit.to <= off.to
      there.set(reservation.id, {
        id: reservation.id,
        head: slotIdOf(owner.id, visit.from),
        status,
        isInside,
      })
    }
    return [...there.values()]
  }

  /** By their start; those that have ended since are left out. */
  async #found(there: readonly There[]): Promise<FoundReservation[]> {
    const found = await Promise.all(there.map(({ id }) => this.#o.slots.findReservation(id)))
    const now = this.#o.clock.now()
    return found
      .flatMap((one) => (one && statusAt(one.reservation, now) === 'confirmed' ? [one] : []))
      .sort((a, b) => a.slot.start.getTime() - b.slot.start.getTime())
  }

  /** No two have the same first offer, so that all first offers can be taken together. */
  async #offered(owner: Owner, off: Span, booked: readonly FoundReservation[]): Promise<Affected[]> {
    const reach = { from: this.#o.clock.now(), to: off.to + OFFER_MS }
    const slots = (await this.#o.slotsOf(owner.id)).filter(
      ({ start }) => start >= reach.from && start < reach.to && !(start >= off.from && start < off.to),
    )
    const offsetMinutesAt = this.#o.offsetsOf(owner.timeZone)
    const affected: Affected[] = []
    /** As if somebody had them already. */
    const taken = new Set<number>()
    for (const found of booked) {
      // Many bookings and a full calendar are work for longer than others should wait.
      await setImmediate()
      const { service } = found.reservation
      const { shape } = appointmentOf(found.slot, found.reservation)
      const startsEveryMinutes = service ? await this.#o.rhythmOf(owner.id, service.id) : SLOT_MINUTES
      const terms = { shape, startsEveryMinutes, offsetMinutesAt }
      const near = { id: found.slot._id, start: found.slot.start.getTime() }
      const offers =
        affected.length < MOST_OFFERED ? offersNear(slots, taken, near, terms, this.#o.clock.now()) : []
      affected.push({ found, offers })
      const [first] = offers
      if (first) for (const start of chainStarts(first.start, shape)) taken.add(start)
    }
    return affected
  }

  #ahead({ from, to }: Span): Span {
    return { from: Math.max(from, this.#o.clock.now()), to }
  }
}

function spanOf({ from, to }: DaysOff, timeZone: string): Span {
  // The clocks may skip a day, but not the end of the one before it.
  return { from: endOfDay(addDays(from, -1), timeZone), to: endOfDay(to, timeZone) }
}

function overlaps(one: Span, other: Span): boolean {
  return one.from < other.to && other.from < one.to
}

/** From the start of the visit to its end; as if it began at another time. */
function visitOf(
  { slot, reservation }: { slot: Pick<SlotDoc, 'providerId' | 'start'>; reservation: Reservation },
  start?: number,
): Span {
  const { shape, headStart } = appointmentOf(slot, reservation)
  const from = start ?? headStart
  return { from, to: from + shape.visit * SLOT_MS }
}

/** Looks as far around as it must: the nearest are mostly near, and a calendar may have many thousand slots. */
function offersNear(
  slots: readonly Start[],
  taken: ReadonlySet<number>,
  near: { id: string; start: number },
  terms: StartTerms,
  now: number,
): Start[] {
  const { before, visit, after } = terms.shape
  const margin = (before + visit + after) * SLOT_MS
  const [first, last] = [slots[0]?.start ?? 0, slots.at(-1)?.start ?? 0]
  for (let reach = NEAR_MS; ; reach *= 4) {
    const around = slots
      .slice(
        indexOfStart(slots, near.start - reach - margin),
        indexOfStart(slots, near.start + reach + margin + 1),
      )
      .map((slot) => (taken.has(slot.start) ? { ...slot, state: 'confirmed' as const } : slot))
    const offers = nearestStarts(around, near, MOST_OFFERS, terms, now, ANY_TIME).filter(
      ({ start }) => Math.abs(start - near.start) <= reach,
    )
    const isAll = near.start - reach <= first && near.start + reach >= last
    if (offers.length === MOST_OFFERS || isAll) return offers
  }
}
