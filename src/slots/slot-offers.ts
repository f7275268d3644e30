/**
 * Offers to those who wait: what comes free is held for the first whom it suits, in the same statement that ends what
 * was there.
 *
 * Owns: the hold that an offer is, and the writing of it. Never: knows who waits, or in which order; that is asked of
 * `Waiters`. An offer that fails is no reason for what comes free to stay taken: then the caller ends it as if nobody
 * waited.
 * Invariants: a client has one offer at a time (the index of holds, with the number OFFER_NO); an offer names its wait,
 * so that whatever stops between the hold and the note of it, the hold says what it is.
 */
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { ONE_SLOT, shapeOf } from '../domain/chain.js'
import { readSlotId } from '../domain/grid.js'
import {
  type AgreedTime,
  appointmentOf,
  GRACE_MS,
  type Hold,
  OFFER_NO,
  standsForIt,
  statusAt,
} from '../domain/reservation.js'
import { type BookedService, bookedAs } from '../domain/service.js'
import { type Freeing, mayBePassedOn, passingOn } from './offer-updates.js'
import type { SlotDoc } from './slot-document.js'
import type { FoundReservation } from './slot-outcomes.js'
import {
  type Appointment,
  atHead,
  claiming,
  expiringTogether,
  isTarget,
  keeping,
  type Moment,
  mayBeClaimed,
  mayBeKept,
  overdueAt,
  provided,
  slotIdsOf,
  withdrawnSlot,
} from './slot-updates.js'
import type { KnownPlace, Place, SlotWriter, Written } from './slot-writer.js'
import { DuplicateKey } from './write-batches.js'

/** What comes free in one statement. */
export interface Freed {
  providerId: string
  slotIds: string[]
  /** Whose it was: they do not get back at once what they have just let go of. */
  clientId: string
  /** The wait that it was an offer to. */
  waitId: string | undefined
}

/** Somebody who waits, and an appointment that suits. */
export interface PlannedOffer {
  waitId: string
  client: { id: string; name: string }
  providerId: string
  headStart: number
  service?: BookedService
  expiresAt: number
}

export interface Waiters {
  /** From memory, for it is asked with each ending: whether anybody may wait for times of this provider. */
  isAwaited(providerId: string): boolean
  /** Whom to offer something of it to, the first first. */
  plans(freed: Freed): AsyncIterable<PlannedOffer>
  /** The hold is there. Waited for, but not for long; never fails. */
  offered(offer: PlannedOffer, found: FoundReservation): Promise<void>
}

export interface SlotOffersOptions {
  slots: mongo.Collection<SlotDoc>
  writer: SlotWriter
  clock: Clock
  newId: () => string
  sealName: (name: string, reservationId: string) => string
  wallTimeOf?: (providerId: string, start: number) => Promise<AgreedTime | null>
  placed: (reservationId: string, place: KnownPlace) => void
  /** Hears why something could not be offered. */
  onFault: (error: unknown) => void
  /** Monotonic milliseconds. */
  elapsed: () => number
}

const NOBODY: Waiters = {
  isAwaited: () => false,
  async *plans() {},
  offered: async () => {},
}
/** Whoever cancels waits for the offer to be made, but not for long. */
const LONGEST_MS = 2_000
/** Others may have changed what lies beside it. */
const MOST_REFUSALS = 3

export class SlotOffers {
  readonly #o: SlotOffersOptions
  #waiters = NOBODY

  constructor(options: SlotOffersOptions) {
    this.#o = options
  }

  /** Who waits is known from now on. */
  ask(waiters: Waiters): void {
    this.#waiters = waiters
  }

  isAwaited(providerId: string): boolean {
    return this.#waiters.isAwaited(providerId)
  }

  /** Until when a hold that ends then keeps others away; nothing where nobody waits. */
  keptUntil(providerId: string, expiresAt: number): { keptUntil?: Date } {
    return this.isAwaited(providerId) ? { keptUntil: new Date(expiresAt + GRACE_MS) } : {}
  }

  /**
   * Ends what is to end and holds it for somebody in the same statement. Null where nobody was found, or it did not work
   * out: then nothing is known to have happened, and it is ended plainly.
   */
  async passOn(freed: Freed, place: Place, freeing: (moment: Moment) => Freeing): Promise<Written | null> {
    const until = this.#o.elapsed() + LONGEST_MS
    let refusals = 0
    try {
      for await (const plan of this.#waiters.plans(freed)) {
        if (this.#o.elapsed() >= until || refusals === MOST_REFUSALS) return null
        const written = await this.#tryToPassOn(plan, place, freeing)
        if (written === 'busy') continue
        if (written) return written
        refusals++
      }
    } catch (error) {
      this.#o.onFault(error)
    }
    return null
  }

  async #tryToPassOn(
    plan: PlannedOffer,
    place: Place,
    freeing: (moment: Moment) => Freeing,
  ): Promise<Written | 'busy' | null> {
    const agreed = await this.#agreedOf(plan)
    const { now } = this.#o.writer.moment()
    const offer = this.#appointmentOf(plan, now, agreed)
    const offered = slotIdsOf(offer)
    await this.#addMissing(offered, now)
    const slotIds = [...new Set([...place.slotIds, ...offered])]
    const moment = this.#o.writer.moment(slotIds.length)
    const what = freeing(moment)
    const also = what.ids.filter((id) => !slotIds.includes(id))
    try {
      const written = await this.#o.writer.write(
        { slotIds, head: place.head },
        moment,
        mayBePassedOn(what, offer, moment),
        passingOn(what, offer, moment),
        also,
      )
      if (!written.slot || !written.entry) return null
      await this.#made(plan, offer, written.slots ?? [written.slot])
      return written
    } catch (error) {
      // Its client has something else at that time by now, or another offer.
      if (error instanceof DuplicateKey) return 'busy'
      throw error
    }
  }

  /** Holds what is open for somebody who waits; false where it is not to be had. */
  async offerOpen(plan: PlannedOffer): Promise<boolean> {
    const agreed = await this.#agreedOf(plan)
    const { now } = this.#o.writer.moment()
    const offer = this.#appointmentOf(plan, now, agreed)
    const slotIds = slotIdsOf(offer)
    await this.#addMissing(slotIds, now)
    const moment = this.#o.writer.moment(slotIds.length)
    const head = headOf(offer)
    try {
      const written = await this.#o.writer.write(
        { slotIds, head },
        moment,
        mayBeClaimed(offer, moment, null),
        claiming(offer, moment),
      )
      if (!written.slot || !written.entry) return false
      await this.#made(plan, offer, written.slots ?? [written.slot])
      return true
    } catch (error) {
      if (error instanceof DuplicateKey) return false
      throw error
    }
  }

  /**
   * Passes overdue holds on, of those of these slots where somebody waits; says how many slots it released. What it
   * leaves is released by the caller.
   */
  async passOnOverdue(slotIds: string[]): Promise<number> {
    const awaited = slotIds.filter((id) => this.isAwaited(readSlotId(id)?.providerId ?? ''))
    if (awaited.length === 0) return 0
    let released = 0
    try {
      const now = this.#o.clock.now()
      const seen = new Set<string>()
      for (const slot of await this.#o.writer.readAll(awaited)) {
        const { reservation } = slot
        if (reservation?.status !== 'held' || statusAt(reservation, now) !== 'expired') continue
        if (seen.has(reservation.id)) continue
        seen.add(reservation.id)
        released += await this.#passOnExpired(slot, reservation)
      }
    } catch (error) {
      this.#o.onFault(error)
    }
    return released
  }

  /** All of its slots that have it still; a withdrawn one lets go of its buffer by time alone. */
  async #passOnExpired(slot: SlotDoc, { id, moves = 0, wait, ...hold }: Hold): Promise<number> {
    const all = await this.#o.writer.readAll(appointmentOf(slot, hold).slotIds)
    const having = all.flatMap(({ _id, state, reservation }) =>
      state === 'held' && reservation.id === id ? [{ _id, reservation }] : [],
    )
    const slotIds = having.map(({ _id }) => _id)
    const [head] = slotIds
    if (head === undefined) return 0
    const { client } = having.find(({ reservation }) => standsForIt(reservation))?.reservation ?? hold
    const freed = { providerId: slot.providerId, slotIds, clientId: client.id, waitId: wait }
    const written = await this.passOn(freed, { slotIds, head }, (moment) => ({
      ids: slotIds,
      rule: { $and: [isTarget({ id, moves }), overdueAt(moment)] },
      changes: expiringTogether(moment),
      ending: { when: true, reason: 'expired' },
    }))
    return written ? slotIds.length : 0
  }

  /** The holds of a calendar keep others away after their end from now on. To be called when somebody begins to wait. */
  async keep(providerId: string): Promise<void> {
    const held = await this.#o.slots
      .find(
        { providerId, state: 'held', 'reservation.keptUntil': { $exists: false } },
        { ...READ, projection: { _id: 1 } },
      )
      .toArray()
    if (held.length === 0) return
    const moment = this.#o.writer.moment()
    const ids = held.map(({ _id }) => _id)
    await this.#o.slots.updateMany(
      { _id: { $in: ids } },
      provided(mayBeKept(moment), keeping(moment)),
      DURABLE,
    )
  }

  async #made(plan: PlannedOffer, offer: Appointment, slots: SlotDoc[]): Promise<void> {
    const { id } = offer.reservation
    const head = headOf(offer)
    this.#o.placed(id, { slotIds: slotIdsOf(offer), head, moves: 0 })
    const slot = slots.find(({ _id }) => _id === head)
    if (!slot) return
    let limit: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      limit = setTimeout(resolve, LONGEST_MS)
    })
    await Promise.race([this.#waiters.offered(plan, { slot, reservation: atHead(offer) }), late])
    clearTimeout(limit)
  }

  async #agreedOf({ providerId, headStart }: PlannedOffer): Promise<AgreedTime | null> {
    return (await this.#o.wallTimeOf?.(providerId, headStart)) ?? null
  }

  async #addMissing(slotIds: string[], now: Date): Promise<void> {
    if (slotIds.length === 1) return
    const present = new Set((await this.#o.writer.readAll(slotIds)).map(({ _id }) => _id))
    const missing = slotIds.filter((id) => !present.has(id)).flatMap((id) => readSlotId(id) ?? [])
    await this.#o.writer.insert(missing.map(({ providerId, start }) => withdrawnSlot(providerId, start, now)))
  }

  #appointmentOf(plan: PlannedOffer, now: Date, agreed: AgreedTime | null): Appointment {
    const { client, service, headStart, providerId, expiresAt, waitId } = plan
    const id = this.#o.newId()
    const shape = service ? shapeOf(service) : ONE_SLOT
    const reservation: Hold = {
      id,
      client: { id: client.id, name: this.#o.sealName(client.name, id) },
      heldAt: now,
      ...(service && { service: bookedAs(service) }),
      ...(agreed && { agreed }),
      wait: waitId,
      status: 'held',
      holdNo: OFFER_NO,
      expiresAt: new Date(expiresAt),
      keptUntil: new Date(expiresAt + GRACE_MS),
    }
    return { providerId, reservation, headStart, shape }
  }
}

/** The slot that an appointment begins with. */
function headOf(appointment: Appointment): string {
  return slotIdsOf(appointment)[appointment.shape.before] ?? ''
}
