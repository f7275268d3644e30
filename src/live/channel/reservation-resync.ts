/**
 * After something may have been missed, the clients who are connected learn how their reservations stand. One query for
 * all of them; what an event says meanwhile is newer and wins.
 */

import { isDatabaseAway } from '../../database/unavailable.js'
import {
  type Ending,
  expiryOf,
  type LiveReservation,
  type PastReservation,
  type ReleaseReason,
  standsForIt,
  statusAt,
} from '../../domain/reservation.js'
import type { ReservationEvent } from '../../schemas/events.js'

export type ReservationsOf = (
  clientIds: string[],
  startAfter: number,
) => Promise<{ _id: string; reservation: LiveReservation | null; past: PastReservation[] }[]>

export interface CatchUpParts {
  reservationsOf: ReservationsOf
  /** The clients who are connected. */
  clients: () => string[]
  tell: (clientId: string, event: ReservationEvent) => void
  now: () => number
  /** Whether the stream is heard just now. */
  isLive: () => boolean
  fault: (error: unknown) => void
}

export interface CatchUp {
  start(): void
  /** An event of this slot went out. */
  saw(slotId: string): void
  close(): void
}

const DAY_MS = 86_400_000
const WATCH_MS = 1_000
const RETRY_MS = 1_000
/** What ended this long before the stream was last heard is told as well. */
const MARGIN_MS = 10_000
const CLIENTS_PER_QUERY = 500

export function createCatchUp({ reservationsOf, clients, tell, now, isLive, fault }: CatchUpParts): CatchUp {
  let lastLive = now()
  let saw: Set<string> | null = null
  let retry: NodeJS.Timeout | undefined
  let closed = false
  const watching = setInterval(() => {
    if (isLive() && !saw) lastLive = now()
  }, WATCH_MS)

  async function run(seen: Set<string>): Promise<void> {
    const since = lastLive - MARGIN_MS
    const moment = now()
    const ids = [...new Set(clients())]
    const connected = new Set(ids)
    for (let first = 0; first < ids.length; first += CLIENTS_PER_QUERY) {
      const slots = await reservationsOf(ids.slice(first, first + CLIENTS_PER_QUERY), moment - DAY_MS)
      if (closed) return
      for (const { _id: slotId, reservation, past } of slots) {
        if (seen.has(slotId)) continue
        const ended = past.filter(({ endedAt }) => endedAt.getTime() >= since)
        for (const one of [...ended, ...(reservation ? [reservation] : [])]) {
          if (standsForIt(one) && connected.has(one.client.id))
            tell(one.client.id, eventOf(slotId, one, moment))
        }
      }
    }
  }

  function start(): void {
    clearTimeout(retry)
    // Another loss while a query is under way: what is being read may be from before it.
    const seen = new Set<string>()
    saw = seen
    run(seen).then(
      () => {
        if (saw === seen) saw = null
      },
      (error) => {
        if (closed || saw !== seen) return
        if (!isDatabaseAway(error)) fault(error)
        retry = setTimeout(start, RETRY_MS)
      },
    )
  }

  return {
    start,
    saw: (slotId) => saw?.add(slotId),
    close() {
      closed = true
      clearInterval(watching)
      clearTimeout(retry)
    },
  }
}

function eventOf(
  slotId: string,
  reservation: LiveReservation | PastReservation,
  now: number,
): ReservationEvent {
  const status = statusAt(reservation, now)
  const { id } = reservation
  const expiresAt = expiryOf(reservation)
  return {
    id,
    slotId,
    status,
    ...(status === 'held' && expiresAt && { expiresAt: expiresAt.toISOString() }),
    ...((status === 'expired' || status === 'released' || status === 'cancelled') && {
      reason: reasonOf(reservation, status),
    }),
  }
}

function reasonOf(reservation: LiveReservation | PastReservation, status: Ending): ReleaseReason {
  return reservation.status === 'replaced' ? 'replaced' : status
}
