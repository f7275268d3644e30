/**
 * Which of its MAX_ACTIVE_HOLDS places a client's next hold may take. A unique index decides; this only makes the first
 * try the right one, so that a client's tenth hold costs one update like its first.
 *
 * It is what this process knows from its own writes. Holds that other instances took, or that ended elsewhere, are
 * learned when the index refuses a number: then the client's live holds are read.
 */
import { LRUCache } from 'lru-cache'
import type { SlotDoc } from './slot-document.js'

interface Taken {
  no: number
  /** When the hold is over; from then on the number may be free. */
  until: number
}

const MOST_CLIENTS = 20_000

export class HoldNumbers {
  /** By client and slot. A number is added before the update that takes it, so that two holds at once take two. */
  readonly #taken: LRUCache<string, Map<string, Taken>>
  readonly #most: number

  constructor(most: number, mostClients = MOST_CLIENTS) {
    this.#most = most
    this.#taken = new LRUCache({ max: mostClients })
  }

  /**
   * The lowest number that is not known as taken. Where all are, the one of a hold that is over, which a sweep may have
   * released, and 1 where none is.
   */
  take(clientId: string, slotId: string, now: number, until: number): number {
    const taken = this.#taken.get(clientId) ?? new Map<string, Taken>()
    taken.delete(slotId)
    const used = new Map([...taken.values()].map((one) => [one.no, one.until]))
    const numbers = Array.from({ length: this.#most }, (_, index) => index + 1)
    const no =
      numbers.find((one) => !used.has(one)) ?? numbers.find((one) => (used.get(one) ?? 0) <= now) ?? 1
    for (const [id, one] of taken) if (one.no === no) taken.delete(id)
    taken.set(slotId, { no, until })
    this.#taken.set(clientId, taken)
    return no
  }

  /** The hold of this slot has ended, is confirmed, or was never made. */
  free(clientId: string, slotId: string): void {
    this.#taken.get(clientId)?.delete(slotId)
  }

  /** The hold of one slot is now on another. */
  move(clientId: string, from: string, to: string): void {
    const taken = this.#taken.get(clientId)
    const one = taken?.get(from)
    if (!taken || !one) return
    taken.delete(from)
    taken.set(to, one)
  }

  /** The hold of this slot lasts longer. */
  extend(clientId: string, slotId: string, until: number): void {
    const taken = this.#taken.get(clientId)?.get(slotId)
    if (taken) taken.until = until
  }

  /** These are all the client has. */
  learn(clientId: string, live: Pick<SlotDoc, '_id' | 'reservation'>[]): void {
    const taken = live.flatMap(({ _id, reservation }) =>
      reservation?.status === 'held' && reservation.holdNo !== undefined
        ? [[_id, { no: reservation.holdNo, until: reservation.expiresAt.getTime() }] as const]
        : [],
    )
    this.#taken.set(clientId, new Map(taken))
  }
}
