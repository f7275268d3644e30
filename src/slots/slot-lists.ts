/** Lists that the board cannot answer: over all providers, a provider's own calendar, and reservations. Reads only. */
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { READ_ACKNOWLEDGED } from '../database/call-options.js'
import type { ReservationStatus, SlotState } from '../schemas/common.js'
import type { FoundReservation } from './slot-answers.js'
import { byClient } from './slot-model.js'
import { factsOf, isBookable, reservationStatus, type SlotDoc, stateAt } from './slot-state.js'
import { liveOf } from './slot-store.js'
import { type CompactSlot, compactOf } from './slot-view.js'

export interface Span {
  from: number
  to: number
}

/** Either end may be left open. */
export type SpanFilter = { [End in keyof Span]?: Span[End] | undefined }

const READ = { ...READ_ACKNOWLEDGED, projection: { log: 0 } } as const
const ORDER = { start: 1, _id: 1 } as const

export class SlotLists {
  readonly #slots: mongo.Collection<SlotDoc>
  readonly #clock: Clock
  readonly #noticeMs: number

  constructor(options: { slots: mongo.Collection<SlotDoc>; clock: Clock; noticeMs: number }) {
    this.#slots = options.slots
    this.#clock = options.clock
    this.#noticeMs = options.noticeMs
  }

  /** Slots of all providers by start; without states, bookable ones. One more than `limit` where there are more. */
  async ofAll(
    span: Span,
    states: ReadonlySet<SlotState> | null,
    after: readonly [number, string] | null,
    limit: number,
  ): Promise<CompactSlot[]> {
    const now = this.#clock.now()
    const from = states ? span.from : Math.max(span.from, now + this.#noticeMs)
    // An overdue hold reads as open, so who asks for open slots needs the held ones too; they are told apart here.
    const stored =
      states && !states.has('open') ? [...states] : [...new Set(['open', 'held', ...(states ?? [])])]
    const found: CompactSlot[] = []
    const cursor = this.#slots.find(
      { state: { $in: stored as SlotState[] }, ...startIn({ ...span, from }, after) },
      { ...READ, projection: { log: 0, past: 0 }, sort: ORDER, batchSize: limit + 1 },
    )
    for await (const slot of cursor) {
      if (after && slot.start.getTime() === after[0] && slot._id <= after[1]) continue
      const facts = factsOf(slot)
      if (states ? states.has(stateAt(facts, now)) : isBookable(facts, now, this.#noticeMs))
        found.push(compactOf(slot))
      if (found.length > limit) break
    }
    return found
  }

  /** The provider's own calendar: every state, by start. */
  async calendar(
    providerId: string,
    span: Span,
    after: readonly [number, string] | null,
    limit: number,
  ): Promise<CompactSlot[]> {
    const slots = await this.#slots
      .find(
        { providerId, ...startIn(span, after) },
        { ...READ, projection: { log: 0, past: 0 }, sort: ORDER, limit: limit + 2 },
      )
      .toArray()
    // One provider has one slot at a start, so the start alone says where the page begins.
    return slots.filter((slot) => !after || slot.start.getTime() > after[0]).map(compactOf)
  }

  /** Reservations of a client, or on a provider's calendar, by the start of their slot. */
  async reservations(
    caller: { id: string; role: 'client' | 'provider' },
    span: SpanFilter,
    statuses: ReadonlySet<ReservationStatus> | null,
    after: readonly [number, string, number, string] | null,
    limit: number,
  ): Promise<FoundReservation[]> {
    const now = this.#clock.now()
    const found: FoundReservation[] = []
    for await (const slot of this.#slotsOf(caller, startIn(span, after))) {
      const here = [...slot.past, ...(slot.reservation ? [slot.reservation] : [])]
        .filter((one) => caller.role === 'provider' || one.client.id === caller.id)
        .filter((one) => !statuses || statuses.has(reservationStatus(one, now)))
        .map((reservation): FoundReservation => ({ slot, reservation }))
        .sort(byKey)
      found.push(...here.filter((one) => !after || compareKeys(reservationKey(one), after) > 0))
      if (found.length > limit) break
    }
    return found.slice(0, limit + 1)
  }

  async *#slotsOf(
    caller: { id: string; role: 'client' | 'provider' },
    start: object,
  ): AsyncGenerator<SlotDoc> {
    if (caller.role === 'provider') {
      yield* this.#slots.find({ providerId: caller.id, ...start }, { ...READ, sort: ORDER })
      return
    }
    // Two index scans merged, because one query over both would use neither index on every version.
    const live = this.#slots.find(
      { ...liveOf(caller.id), ...start },
      { ...READ, sort: ORDER, hint: byClient },
    )
    const past = this.#slots.find({ 'past.client.id': caller.id, ...start }, { ...READ, sort: ORDER })
    yield* mergeSorted(live[Symbol.asyncIterator](), past[Symbol.asyncIterator]())
  }
}

export function reservationKey({
  slot,
  reservation,
}: FoundReservation): readonly [number, string, number, string] {
  return [slot.start.getTime(), slot._id, reservation.heldAt.getTime(), reservation.id]
}

function byKey(a: FoundReservation, b: FoundReservation): number {
  return compareKeys(reservationKey(a), reservationKey(b))
}

function compareKeys(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index]
    if (other === undefined || part === other) continue
    return part < other ? -1 : 1
  }
  return 0
}

function startIn({ from, to }: SpanFilter, after: readonly [number, ...unknown[]] | null) {
  const begin = Math.max(from ?? 0, after?.[0] ?? 0)
  return { start: { $gte: new Date(begin), ...(to !== undefined && { $lt: new Date(to) }) } }
}

/** Both by start and id; a slot in both comes once. */
async function* mergeSorted(a: AsyncIterator<SlotDoc>, b: AsyncIterator<SlotDoc>): AsyncGenerator<SlotDoc> {
  let [left, right] = await Promise.all([a.next(), b.next()])
  try {
    while (!left.done || !right.done) {
      const order = left.done ? 1 : right.done ? -1 : compareKeys(slotKey(left.value), slotKey(right.value))
      const next: SlotDoc = order <= 0 ? left.value : right.value
      if (order <= 0) left = await a.next()
      if (order >= 0) right = await b.next()
      yield next
    }
  } finally {
    await Promise.all([a.return?.(), b.return?.()])
  }
}

function slotKey(slot: SlotDoc): readonly [number, string] {
  return [slot.start.getTime(), slot._id]
}
