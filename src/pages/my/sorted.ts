import type { Reservation } from '../../schemas/reservations.js'
import { isLive } from '../shared/slot-face.js'

const SHOWN_PAST = 50

/** Held ones by what ends first, bookings by start, the rest by start with the newest on top. */
export function sorted(all: Iterable<Reservation>, now: number) {
  const held: Reservation[] = []
  const coming: Reservation[] = []
  const past: Reservation[] = []
  for (const one of all) {
    const over = Date.parse(one.end) <= now
    if (!over && one.status === 'held' && isLive(one, now)) held.push(one)
    else if (!over && one.status === 'confirmed') coming.push(one)
    else past.push(one)
  }
  const by = (key: (one: Reservation) => string) => (a: Reservation, b: Reservation) =>
    key(a) < key(b) ? -1 : 1
  held.sort(by((one) => one.expiresAt ?? ''))
  coming.sort(by((one) => one.start))
  past.sort(by((one) => one.start)).reverse()
  return { held, coming, past: past.slice(0, SHOWN_PAST) }
}
