/**
 * At which slots of the picture an appointment can begin. The server finds them by the same function; what it may know
 * besides are buffers of others on times that are not offered, and then it refuses the hold.
 */
import { selectStarts, startsOnRhythm } from '../../domain/bookable.js'
import { type ChainShape, chainStarts, isFreeFor, roleOf } from '../../domain/chain.js'
import { type BookingWindow, isBookable, isTooFarAhead, type SlotFacts, stateAt } from '../../domain/slot.js'
import type { OwnSlot } from '../../schemas/common.js'
import type { Reservation } from '../../schemas/reservations.js'
import { type Face, face, factsOf } from '../shared/slot-face.js'
import { offsetAt } from '../shared/time.js'

/** What is to be booked, or moved. */
export interface Appointment {
  shape: ChainShape
  startsEveryMinutes: number
  window: BookingWindow
  /** The provider's, on whose clock it begins. */
  zone: string
  /** Of what is moved: its slots are free for itself. */
  ownSlots: ReadonlySet<string>
}

interface Listed extends SlotFacts {
  id: string
}

export class Starts {
  readonly #appointment: Appointment
  readonly #now: number
  readonly #byStart = new Map<number, Listed>()
  readonly #fits: ReadonlySet<string>

  constructor(slots: Iterable<OwnSlot>, appointment: Appointment, now: number) {
    this.#appointment = appointment
    this.#now = now
    const listed: Listed[] = []
    for (const slot of slots) {
      const facts = factsOf(slot)
      const isOwn = appointment.ownSlots.has(slot.id)
      listed.push({ id: slot.id, ...(isOwn ? { start: facts.start, state: 'open' as const } : facts) })
    }
    listed.sort((a, b) => a.start - b.start)
    for (const one of listed) this.#byStart.set(one.start, one)
    const all = { from: 0, to: Number.POSITIVE_INFINITY, after: null, limit: listed.length }
    const terms = {
      ...appointment,
      offsetMinutesAt: (instant: number) => offsetOf(instant, appointment.zone),
    }
    this.#fits = new Set(selectStarts(listed, all, terms, now, appointment.window).found.map(({ id }) => id))
  }

  /** Whether the provider's clock lets it begin then. */
  isOffered({ start }: Pick<OwnSlot, 'start'>): boolean {
    const { startsEveryMinutes, zone } = this.#appointment
    const offsetMinutesAt = (instant: number) => offsetOf(instant, zone)
    return startsOnRhythm(Date.parse(start), { startsEveryMinutes, offsetMinutesAt })
  }

  /** What the appointment that begins with this slot is: free, or what stands in its way. */
  faceOf(slot: OwnSlot, ownAt: (slotId: string) => Reservation | undefined): Face {
    if (this.#fits.has(slot.id)) return face('open', { pressable: true })
    const { shape, window } = this.#appointment
    const head = Date.parse(slot.start)
    let state: 'open' | 'held' | 'confirmed' = 'open'
    let freeAt = 0
    for (const [index, start] of chainStarts(head, shape).entries()) {
      const role = roleOf({ ...shape, index })
      const member = this.#byStart.get(start)
      if (isFreeFor(role, member, this.#now)) continue
      if (member === undefined || stateAt(member, this.#now) === 'withdrawn') return face('withdrawn', {})
      if (ownAt(member.id)) return face('held', { overlapsOwn: true })
      if (member.state === 'confirmed') state = 'confirmed'
      else if (state === 'open') state = 'held'
      freeAt = Math.max(freeAt, member.expiresAt ?? 0)
    }
    if (state === 'held') return face('held', { freeAt })
    const own = this.#byStart.get(head)
    if (state === 'confirmed' || own === undefined) return face('confirmed', {})
    const tooFar = isTooFarAhead(head, this.#now, window)
    return face('open', { tooFar, tooSoon: !tooFar && !isBookable(own, this.#now, window) })
  }
}

const MINUTE_MS = 60_000
const offsets = new Map<string, number>()

/** Clocks change on the quarter hour, so one answer is good for it; Intl is asked once for each. */
function offsetOf(instant: number, zone: string): number {
  const key = `${instant} ${zone}`
  let minutes = offsets.get(key)
  if (minutes === undefined) {
    minutes = offsetAt(instant, zone) / MINUTE_MS
    offsets.set(key, minutes)
  }
  return minutes
}
