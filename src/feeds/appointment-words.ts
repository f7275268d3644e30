/** An appointment as its client or its provider reads it in a calendar, in files and in feeds. */
import type { ReservationStatus } from '../domain/reservation.js'
import type { Reservation } from '../schemas/reservations.js'
import { type AppointmentEvent, changedAtOf, hasEnded } from '../slots/appointment-event.js'
import type { FoundReservation } from '../slots/slot-outcomes.js'

export interface Reader {
  /** With whom, as the reader may know it. */
  other: string
  /** Where it takes place, if the provider has said so. */
  location: string | undefined
  /** Where the reader can cancel it. */
  page: string | undefined
}

export function eventOf(
  found: FoundReservation,
  reservation: Reservation,
  { other, location, page }: Reader,
): AppointmentEvent {
  const { id, seq, start, end, status, durationMinutes, serviceName } = reservation
  const what = serviceName === undefined ? '' : `${serviceName}, `
  return {
    id,
    seq,
    changedAt: changedAtOf(found, status),
    start: new Date(start),
    end: new Date(end),
    status,
    summary: `Appointment with ${other}`,
    description: [`${what}${durationMinutes} minutes with ${other}.`, ...whatNext(status, page)].join('\n'),
    location,
    page,
  }
}

function whatNext(status: ReservationStatus, page: string | undefined): string[] {
  if (hasEnded(status)) return ['This appointment no longer takes place.']
  if (status === 'held') return [`It is not confirmed yet${page === undefined ? '.' : `: ${page}`}`]
  return page === undefined ? [] : [`To cancel: ${page}`]
}
