/**
 * Whom to offer what: of those who wait for times of a calendar, in line, the first whom something suits. Reads only;
 * what it finds is claimed by a statement that asks the slots again.
 *
 * Who is busy at that time, has another offer, has as many bookings ahead as they may, or is asked too late, is passed
 * over and goes on waiting.
 */
import type { Clock } from '../clock.js'
import { selectSlots, selectStarts, startTermsOf } from '../domain/bookable.js'
import { type ChainShape, chainStarts, ONE_SLOT, shapeOf } from '../domain/chain.js'
import { readSlotId, SLOT_MS, slotIdOf } from '../domain/grid.js'
import { offerWindow, type Policies } from '../domain/policies.js'
import { standsForIt, statusAt } from '../domain/reservation.js'
import type { Service } from '../domain/service.js'
import { suits } from '../domain/wait.js'
import { type OffsetAt, ZoneOffsets } from '../domain/zone-offsets.js'
import type { CompactSlot } from '../slots/compact-slot.js'
import type { SlotDoc } from '../slots/slot-document.js'
import type { Freed, PlannedOffer } from '../slots/slot-offers.js'
import { offerEnd } from './offer-end.js'
import type { WaitDoc } from './wait-model.js'
import { isWaiting, type WaitStore } from './wait-store.js'

interface KnownAccount {
  role: 'client' | 'provider'
  name: string
  timeZone: string
}

export interface OfferPlannerOptions {
  waits: Pick<WaitStore, 'ofProvider'>
  clock: Clock
  /** The slots of a calendar from memory, by start. */
  slotsOf: (providerId: string) => Promise<readonly CompactSlot[]>
  /** The live reservations of clients. */
  liveOf: (clientIds: string[]) => Promise<Pick<SlotDoc, 'start' | 'providerId' | 'reservation'>[]>
  findService: (providerId: string, serviceId: string) => Promise<Service | null>
  policiesOf: (providerId: string) => Promise<Policies>
  findAccount: (id: string) => Promise<KnownAccount | null>
  /** Whether a provider means to work then; what lies outside its hours and comes free is offered to nobody. */
  isWithinHours: (providerId: string, start: number) => Promise<boolean>
}

/** What is looked for on a calendar. */
interface Search {
  providerId: string
  slots: readonly CompactSlot[]
  /** Whether an appointment at these starts is one to be offered. */
  isAsked: (starts: readonly number[]) => boolean
  isPassedOver: (wait: WaitDoc) => boolean
}

/** The calendar as all who wait have it before them. */
interface Scene extends Search {
  now: number
  policies: Policies
  offsetAt: OffsetAt
}

/** Where an appointment fits, of a service or of a slot without one. */
interface Fits {
  service: Service | null
  shape: ChainShape
  starts: readonly number[]
}

interface Suited extends Fits {
  wait: WaitDoc
}

/** Longer than any appointment. */
const AROUND_MS = 48 * 3_600_000
/** Whose reservations are read together: most often the first of them is whom it is offered to. */
const AT_ONCE = 20
const MINUTE_MS = 60_000

export class OfferPlanner {
  readonly #o: OfferPlannerOptions
  readonly #offsets = new ZoneOffsets()

  constructor(options: OfferPlannerOptions) {
    this.#o = options
  }

  /** For what is about to come free, as if it were. */
  async *freed({ providerId, slotIds, clientId, waitId }: Freed): AsyncGenerator<PlannedOffer> {
    const free = new Set(slotIds.flatMap((id) => readSlotId(id)?.start ?? []))
    const [first, last] = [Math.min(...free), Math.max(...free)]
    const slots = (await this.#o.slotsOf(providerId))
      .filter(({ start }) => start >= first - AROUND_MS && start <= last + AROUND_MS)
      .map((slot) => (free.has(slot.start) ? freedSlot(slot) : slot))
    yield* this.#search({
      providerId,
      slots,
      isAsked: (starts) => starts.some((start) => free.has(start)),
      isPassedOver: (wait) => wait._id === waitId || wait.clientId === clientId,
    })
  }

  /** For what is open in a span. What is said to be taken is not looked at again. */
  async *open(
    providerId: string,
    { from, to }: { from: number; to: number },
    taken: ReadonlySet<number>,
  ): AsyncGenerator<PlannedOffer> {
    const slots = (await this.#o.slotsOf(providerId)).filter(
      ({ start }) => start >= from - AROUND_MS && start < to + AROUND_MS,
    )
    yield* this.#search({
      providerId,
      slots,
      isAsked: (starts) =>
        starts.some((start) => start >= from && start < to) && !starts.some((start) => taken.has(start)),
      isPassedOver: () => false,
    })
  }

  async *#search(search: Search): AsyncGenerator<PlannedOffer> {
    const { providerId } = search
    const provider = await this.#o.findAccount(providerId)
    if (!provider) return
    const scene: Scene = {
      ...search,
      now: this.#o.clock.now(),
      policies: await this.#o.policiesOf(providerId),
      offsetAt: this.#offsets.of(provider.timeZone),
    }
    const suited = await this.#suited(scene)
    for (let at = 0; at < suited.length; at += AT_ONCE) {
      const some = suited.slice(at, at + AT_ONCE)
      const live = await this.#o.liveOf(some.map(({ wait }) => wait.clientId))
      for (const one of some) {
        const own = live.filter(({ reservation }) => reservation?.client.id === one.wait.clientId)
        const plan = await this.#planFor(one, own, scene)
        if (plan) yield plan
      }
    }
  }

  async #suited(scene: Scene): Promise<Suited[]> {
    const { providerId, now, offsetAt, isPassedOver } = scene
    const waits = await this.#o.waits.ofProvider(providerId)
    const fits = new Map<string | undefined, Fits | null>()
    const found: Suited[] = []
    for (const wait of waits) {
      if (!isWaiting(wait, now) || isPassedOver(wait)) continue
      const { serviceId } = wait
      if (!fits.has(serviceId)) fits.set(serviceId, await this.#fits(scene, serviceId))
      const all = fits.get(serviceId)
      if (!all) continue
      const wish = { ...wait, from: wait.from.getTime(), to: wait.to.getTime() }
      const starts = all.starts.filter(
        (start) => suits(wish, start, offsetAt) && !wait.declined?.includes(slotIdOf(providerId, start)),
      )
      if (starts.length > 0) found.push({ ...all, wait, starts })
    }
    return found
  }

  /** Null where the service is not offered. */
  async #fits(
    { providerId, slots, now, policies, offsetAt, isAsked }: Scene,
    serviceId: string | undefined,
  ): Promise<Fits | null> {
    const service = serviceId === undefined ? null : await this.#o.findService(providerId, serviceId)
    if (serviceId !== undefined && !service?.active) return null
    const window = offerWindow(service, policies)
    const page = { from: 0, to: Number.POSITIVE_INFINITY, after: null, limit: slots.length }
    const { found } = service
      ? selectStarts(slots, page, startTermsOf(service, offsetAt), now, window)
      : selectSlots(slots, { ...page, states: null }, now, window)
    const shape = service ? shapeOf(service) : ONE_SLOT
    const starts = found.map(({ start }) => start).filter((start) => isAsked(chainStarts(start, shape)))
    return { service, shape, starts }
  }

  async #planFor(
    { wait, service, shape, starts }: Suited,
    live: readonly Pick<SlotDoc, 'start' | 'providerId' | 'reservation'>[],
    { providerId, now, policies, isAsked }: Scene,
  ): Promise<PlannedOffer | null> {
    const own = live.flatMap(({ reservation, ...slot }) =>
      reservation && statusAt(reservation, now) !== 'expired' ? [{ ...slot, reservation }] : [],
    )
    if (own.some(({ reservation }) => reservation.status === 'held' && reservation.wait !== undefined))
      return null
    const { maxUpcomingBookings: most } = policies
    const booked = own.filter(
      (slot) =>
        slot.providerId === providerId &&
        slot.start.getTime() > now &&
        slot.reservation.status === 'confirmed' &&
        standsForIt(slot.reservation),
    )
    if (most > 0 && booked.length >= most) return null
    const account = await this.#o.findAccount(wait.clientId)
    if (account?.role !== 'client') return null
    const busy = new Set(own.map(({ start }) => start.getTime()))
    for (const start of starts) {
      const visit = Array.from({ length: shape.visit }, (_, index) => start + index * SLOT_MS)
      // Asked again: it may have been given to somebody since.
      if (visit.some((one) => busy.has(one)) || !isAsked(chainStarts(start, shape))) continue
      const lengthMs = policies.offerMinutes * MINUTE_MS
      const expiresAt = offerEnd({ now, start, lengthMs, timeZone: account.timeZone })
      if (expiresAt === null || !(await this.#o.isWithinHours(providerId, start))) continue
      return {
        waitId: wait._id,
        client: { id: wait.clientId, name: account.name },
        providerId,
        headStart: start,
        ...(service && { service }),
        expiresAt,
      }
    }
    return null
  }
}

/** As it will be; a buffer that lay on what is not offered leaves it so. */
function freedSlot(slot: CompactSlot): CompactSlot {
  const { buffered: _buffered, expiresAt: _expiresAt, ...rest } = slot
  return { ...rest, state: slot.state === 'withdrawn' ? 'withdrawn' : 'open', reservation: null }
}
