import type { Reservation } from '../../schemas/reservations.js'
import { isLive } from '../shared/slot-face.js'

const SHOWN_PAST = 50

/**
 * Held ones by what ends first, bookings by start, the rest by start with the newest on top. What the provider has
 * cancelled and lies ahead stands alone, for its client has to know.
 */
export function sorted(all: Iterable<Reservation>, now: number) {
  const held: Reservation[] = []
  const coming: Reservation[] = []
  const lost: Reservation[] = []
  const past: Reservation[] = []
  for (const one of all) {
    const over = Date.parse(one.end) <= now
    if (!over && one.status === 'held' && isLive(one, now)) held.push(one)
    else if (!over && one.status === 'confirmed') coming.push(one)
    else if (isLost(one) && Date.parse(one.start) > now) lost.push(one)
    else past.push(one)
  }
  const by = (key: (one: Reservation) => string) => (a: Reservation, b: Reservation) =>
    key(a) < key(b) ? -1 : 1
  held.sort(by((one) => one.expiresAt ?? ''))
  for (const some of [coming, lost]) some.sort(by((one) => one.start))
  past.sort(by((one) => one.start)).reverse()
  return { held, coming, lost, past: past.slice(0, SHOWN_PAST) }
}

function isLost({ status, cancelledBy }: Reservation): boolean {
  return status === 'cancelled' && cancelledBy === 'provider'
}
