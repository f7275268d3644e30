/**
 * Moves the oldest ended reservations of slots that have too many to the history: each is copied there before it is
 * taken out here, so a crash between the two leaves it in both places, never in none.
 *
 * Nobody waits for it: it does not concern who changed the slot. One move at a time for a slot.
 */
import type { mongo } from 'mongoose'
import { DURABLE, READ } from '../database/call-options.js'
import { type PastReservation, standsForIt } from '../domain/reservation.js'
import type { Personal } from './personal-data.js'
import type { SlotDoc } from './slot-document.js'
import type { SlotHistory } from './slot-history.js'

/** So many stay in their slot: MAX_HOLDS_PER_SLOT counts them, at most 20, and some of others between them. */
const KEPT_PAST = 32
/** From so many on the oldest move: several at a time, for each move is a change of the slot. */
export const FULL_PAST = 41
/** A slot of an earlier version may have thousands. */
const MOVED_AT_ONCE = 100
/** How often it tries again when others keep changing what it moves. */
const ROUNDS = 5

export interface HistoryMoverOptions {
  slots: mongo.Collection<SlotDoc>
  history: SlotHistory
  /** Hears why a move failed; the next change of the slot tries again. */
  onFault?: (error: unknown) => void
}

export class HistoryMover {
  readonly #o: HistoryMoverOptions
  /** The moves under way, by slot. */
  readonly #moving = new Map<string, Promise<void>>()

  constructor(options: HistoryMoverOptions) {
    this.#o = options
  }

  /** To be called with each slot that was changed. */
  trim(slot: SlotDoc): void {
    if (slot.past.length < FULL_PAST || this.#moving.has(slot._id)) return
    const moving = this.#move(slot)
      .catch((error: unknown) => this.#o.onFault?.(error))
      .finally(() => this.#moving.delete(slot._id))
    this.#moving.set(slot._id, moving)
  }

  /** Brings these slots down to what they may remember, one after another, while the server serves. */
  async trimAll(ids: string[]): Promise<void> {
    for (const id of ids) {
      const slot = await this.#o.slots.findOne({ _id: id }, READ)
      if (slot) this.trim(slot)
      await this.#moving.get(id)
    }
  }

  /** Resolves when no move is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#moving.values())
  }

  async #move(from: SlotDoc): Promise<void> {
    const { slots, history } = this.#o
    for (
      let slot: SlotDoc | null = from, inVain = 0;
      slot && slot.past.length > KEPT_PAST && inVain < ROUNDS;
    ) {
      const oldest = oldestOf(slot.past)
      // Of an appointment the slot that it begins with tells; where it was moved away from, nothing is left to tell.
      const copies = await history.add(slot, oldest.filter(standsForIt))
      if (copies.length > 0) {
        // Made before, perhaps of a person who was forgotten since: the slot, read after them, is right.
        slot = await slots.findOne({ _id: slot._id }, READ)
        const changes = copies.flatMap(({ _id, ...from }) => {
          const now = slot?.past.find((one) => one.id === _id && standsForIt(one))
          return now && personalOf(now) !== personalOf(from) ? [{ id: _id, from, to: textsOf(now) }] : []
        })
        await history.correct(changes)
      }
      const copied = new Set(oldest.map(({ id }) => id))
      const left = slot?.past.filter(({ id }) => copied.has(id)) ?? []
      // As they were read, to the letter: one whose person has changed meanwhile stays, and goes with the next round.
      // No new rev, for nothing happened to the slot; the change stream says nothing of it.
      const { modifiedCount } = await slots.updateOne(
        { _id: from._id },
        { $pullAll: { past: left } },
        DURABLE,
      )
      inVain = modifiedCount > 0 ? 0 : inVain + 1
      slot = await slots.findOne({ _id: from._id }, READ)
    }
  }
}

/** Those that left room for the newest, as many as may move at once. By their end: earlier versions had another order. */
function oldestOf(past: PastReservation[]): PastReservation[] {
  const surplus = Math.min(past.length - KEPT_PAST, MOVED_AT_ONCE)
  return past.toSorted((a, b) => a.endedAt.getTime() - b.endedAt.getTime()).slice(0, surplus)
}

function textsOf({ client, contact = '', note = '' }: Personal) {
  return { client, contact, note }
}

/** To compare what two copies say of a person. */
function personalOf(personal: Personal): string {
  const { client, contact, note } = textsOf(personal)
  return JSON.stringify([client.id, client.name, contact, note])
}
