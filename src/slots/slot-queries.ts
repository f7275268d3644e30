/** Lists that the board cannot answer: over all providers, a provider's own calendar, and reservations. Reads only. */

import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { READ_ACKNOWLEDGED } from '../database/call-options.js'
import { SLOT_MS, slotIdOf } from '../domain/grid.js'
import { type ReservationStatus, standsForIt, statusAt } from '../domain/reservation.js'
import { type BookingWindow, isBookable, type SlotState, stateAt } from '../domain/slot.js'
import { type CompactSlot, compactOf } from './compact-slot.js'
import { mergeSorted } from './merge-sorted.js'
import { factsOf, type SlotDoc, type SlotOrigin, type SlotOutline } from './slot-document.js'
import { beginOf, orderOf, type SlotHistory } from './slot-history.js'
import { liveOf } from './slot-model.js'
import type { FoundReservation } from './slot-outcomes.js'
import { TimeWindows, type Window } from './time-windows.js'

export interface Span {
  from: number
  to: number
}

/** When the slots of each provider can be booked, by its policies. */
export interface BookingWindows {
  /** From memory, as far as it is there. */
  of(providerId: string): Promise<BookingWindow>
  /** Of all providers. */
  shortestNoticeMs(): Promise<number>
}

/** Either end may be left open. */
export type SpanFilter = { [End in keyof Span]?: Span[End] | undefined }

export interface ListOwner {
  id: string
  role: 'client' | 'provider'
}

/** The place of a reservation in its list: start and id of the slot, when it was held, its id. */
export type ReservationKey = readonly [number, string, number, string]

/** A slot as its provider sees it, with who decided last whether it is offered. */
export interface CalendarSlot extends CompactSlot, SlotOrigin {}

function calendarSlot(slot: SlotOutline): CalendarSlot {
  const { by = 'hand', ruleRev } = slot
  return { ...compactOf(slot), by, ...(ruleRev !== undefined && { ruleRev }) }
}

/** As much of a slot as decides what becomes of it when the hours of its provider change. */
export type ScheduledSlot = Pick<SlotDoc, '_id' | 'start' | 'state' | 'by' | 'ruleRev' | 'reservation'>

interface Entry {
  key: string
  found: FoundReservation
}

const READ = { ...READ_ACKNOWLEDGED, projection: { log: 0 } } as const
const PRIMARY = { readPreference: READ.readPreference, maxTimeMS: READ.maxTimeMS } as const
const ORDER = { start: 1, _id: 1 } as const
/** One provider has one slot at a start, and one client one live reservation: there the start alone is the order. */
const BY_START = { start: 1 } as const
const ENDED: readonly ReservationStatus[] = ['released', 'expired', 'cancelled']
/** Up to so many clients of a calendar are read one by one; with more it takes less to read the calendar. */
const FEW_CLIENTS = 20

export class SlotLists {
  /** Of one calendar. */
  readonly maxSlots: number
  readonly #slots: mongo.Collection<SlotDoc>
  readonly #history: SlotHistory
  readonly #clock: Clock
  readonly #windows: BookingWindows

  constructor(options: {
    slots: mongo.Collection<SlotDoc>
    history: SlotHistory
    clock: Clock
    windows: BookingWindows
    maxSlots: number
  }) {
    this.maxSlots = options.maxSlots
    this.#slots = options.slots
    this.#history = options.history
    this.#clock = options.clock
    this.#windows = options.windows
  }

  /** Slots of all providers by start; without states, bookable ones. One more than `limit` where there are more. */
  async ofAll(
    span: Span,
    states: ReadonlySet<SlotState> | null,
    after: readonly [number, string] | null,
    limit: number,
  ): Promise<CompactSlot[]> {
    const now = this.#clock.now()
    const from = states ? span.from : Math.max(span.from, now + (await this.#windows.shortestNoticeMs()))
    // An overdue hold reads as open, so who asks for open slots needs the held ones too; they are told apart here.
    const stored =
      states && !states.has('open') ? [...states] : [...new Set(['open', 'held', ...(states ?? [])])]
    const found: CompactSlot[] = []
    const cursor = this.#slots.find(
      {
        state: { $in: stored as SlotState[] },
        ...startIn({ from: new Date(Math.max(from, after?.[0] ?? 0)), to: new Date(span.to) }),
      },
      { ...READ, projection: { log: 0, past: 0 }, sort: ORDER, batchSize: limit + 1 },
    )
    for await (const slot of cursor) {
      if (after && slot.start.getTime() === after[0] && slot._id <= after[1]) continue
      const facts = factsOf(slot)
      const isShown = states
        ? states.has(stateAt(facts, now))
        : isBookable(facts, now, await this.#windows.of(slot.providerId))
      if (isShown) found.push(compactOf(slot))
      if (found.length > limit) break
    }
    return found
  }

  /** The provider's own calendar: every state, by start. `since`: before it there is hardly anything, see TimeWindows. */
  async calendar(
    providerId: string,
    span: Span,
    after: readonly [number, string] | null,
    limit: number,
    since?: number,
  ): Promise<CalendarSlot[]> {
    const found: CalendarSlot[] = []
    const windows = windowsOf(span, after, limit, since)
    for (let window = windows.next(); window && found.length <= limit; window = windows.next()) {
      const slots = await this.#slots
        .find(
          { providerId, ...startIn(window) },
          { ...READ, projection: { log: 0, past: 0 }, sort: BY_START, limit: limit + 2 },
        )
        .toArray()
      found.push(...slots.filter((slot) => !after || slot.start.getTime() > after[0]).map(calendarSlot))
      windows.had(slots.length)
    }
    return found.slice(0, limit + 1)
  }

  /** What a schedule has to know of the slots of a calendar, in no order. */
  forSchedule(providerId: string, { from, to }: Span): Promise<ScheduledSlot[]> {
    const projection = { start: 1, state: 1, by: 1, ruleRev: 1, reservation: 1 } as const
    return this.#slots
      .find<ScheduledSlot>(
        { providerId, start: { $gte: new Date(from), $lt: new Date(to) } },
        { ...READ, projection, batchSize: 10_000 },
      )
      .toArray()
  }

  /**
   * Whether a calendar with these slots added has at most `maxSlots` that are not over. Withdrawn ones count, because they
   * are kept as well. Two requests at once may both find room: then it has more by what one request may make.
   */
  async hasRoom(providerId: string, starts: number[]): Promise<boolean> {
    const most = this.maxSlots
    const ahead = { providerId, start: { $gt: new Date(this.#clock.now() - SLOT_MS) } }
    const present = await this.#slots.countDocuments(ahead, { ...PRIMARY, limit: most + 1 })
    if (present + starts.length <= most) return true
    const ids = starts.map((start) => slotIdOf(providerId, start))
    const known = await this.#slots.countDocuments({ _id: { $in: ids } }, PRIMARY)
    return known === starts.length || present + starts.length - known <= most
  }

  /** Reservations of a client, or on a provider's calendar, by the start of their slot; with `clients`, theirs alone. */
  async reservations(
    owner: ListOwner,
    span: SpanFilter,
    statuses: ReadonlySet<ReservationStatus> | null,
    after: ReservationKey | null,
    limit: number,
    since?: number,
    clients?: ReadonlySet<string>,
  ): Promise<FoundReservation[]> {
    if (clients?.size === 0) return []
    const now = this.#clock.now()
    const found: FoundReservation[] = []
    const place = after === null ? '' : orderOf(new Date(after[0]), after[1], new Date(after[2]), after[3])
    const isFew = clients !== undefined && clients.size <= FEW_CLIENTS
    const readers: ListOwner[] = isFew ? [...clients].map((id) => ({ id, role: 'client' })) : [owner]
    const isWanted = ({ slot, reservation }: FoundReservation) =>
      (!statuses || statuses.has(statusAt(reservation, now))) &&
      (!clients || (clients.has(reservation.client.id) && slot.providerId === owner.id))
    // All that one client has is not much, so it is read as one window.
    const windows = windowsOf(span, after, limit, isFew ? Number.POSITIVE_INFINITY : since)
    for (let window = windows.next(); window && found.length <= limit; window = windows.next()) {
      const before = found.length
      const { from, to } = window
      const lists = readers.flatMap((one) => this.#entries(one, { from, to }, place, statuses, limit))
      for await (const { key, found: one } of mergeSorted(lists)) {
        if (key <= place || !isWanted(one)) continue
        found.push(one)
        if (found.length > limit) break
      }
      // What fits, not what was read: where little does, each window would bring little and there would be thousands.
      windows.had(found.length - before)
    }
    return found
  }

  /** Each sorted, and those of slots before the history: a reservation moves from there to here. */
  #entries(
    owner: ListOwner,
    window: Window,
    place: string,
    statuses: ReadonlySet<ReservationStatus> | null,
    limit: number,
  ): AsyncGenerator<Entry>[] {
    const start = startIn(window)
    const batch = { ...READ, batchSize: limit + 2 }
    const inSlots =
      owner.role === 'provider'
        ? [
            this.#slots.find(
              { providerId: owner.id, everHeld: true, ...start, ...stateOf(statuses) },
              { ...batch, sort: BY_START },
            ),
          ]
        : // One query over both would use neither index on every version.
          [
            this.#slots.find({ ...liveOf(owner.id), ...start }, { ...batch, sort: BY_START }),
            this.#slots.find({ 'past.client.id': owner.id, ...start }, { ...batch, sort: ORDER }),
          ]
    const lists = inSlots.map((cursor) => entriesOf(cursor, owner))
    if (statuses && !ENDED.some((status) => statuses.has(status))) return lists
    const span = { after: later(place, beginOf(window.from)), before: beginOf(window.to) }
    const ended = this.#history.between(owner, span, statuses, limit + 2)
    return [...lists, keyed(ended)]
  }
}

export function reservationKey({ slot, reservation }: FoundReservation): ReservationKey {
  return [slot.start.getTime(), slot._id, reservation.heldAt.getTime(), reservation.id]
}

/** The reservations of slots that come sorted by start and id, as far as they are the owner's. */
async function* entriesOf(slots: AsyncIterable<SlotDoc>, owner: ListOwner): AsyncGenerator<Entry> {
  for await (const slot of slots) {
    const here = [...slot.past, ...(slot.reservation ? [slot.reservation] : [])]
      .filter((one) => standsForIt(one) && (owner.role === 'provider' || one.client.id === owner.id))
      .map((reservation) => entryOf({ slot, reservation }))
    yield* here.sort((a, b) => (a.key < b.key ? -1 : 1))
  }
}

async function* keyed(list: AsyncIterable<FoundReservation>): AsyncGenerator<Entry> {
  for await (const found of list) yield entryOf(found)
}

function entryOf(found: FoundReservation): Entry {
  const { slot, reservation } = found
  return { key: orderOf(slot.start, slot._id, reservation.heldAt, reservation.id), found }
}

function windowsOf(
  { from = 0, to }: SpanFilter,
  after: readonly [number, ...unknown[]] | null,
  page: number,
  likely: number | undefined,
): TimeWindows {
  const begin = Math.max(from, after?.[0] ?? 0)
  return new TimeWindows({ from: begin, to }, { likely, page, least: (page + 2) * SLOT_MS })
}

/** A reservation that is held or confirmed is its slot's state. */
function stateOf(statuses: ReadonlySet<ReservationStatus> | null) {
  const isLive = statuses !== null && [...statuses].every((one) => one === 'held' || one === 'confirmed')
  return isLive ? { state: { $in: [...statuses] as SlotState[] } } : {}
}

function startIn({ from, to }: Window) {
  return { start: { $gte: from, $lt: to } }
}

function later(a: string, b: string): string {
  return a > b ? a : b
}
