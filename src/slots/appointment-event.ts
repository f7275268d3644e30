/** An appointment as an event of a calendar (RFC 5545): for a file, a feed or an invitation (RFC 5546). */
import ical, {
  ICalAlarmType,
  ICalAttendeeRole,
  ICalAttendeeStatus,
  ICalCalendarMethod,
  ICalEventStatus,
} from 'ical-generator'
import { expiryOf, type ReservationStatus } from '../domain/reservation.js'
import type { FoundReservation } from './slot-outcomes.js'

export interface AppointmentEvent {
  /** Of the reservation. */
  id: string
  /** A calendar replaces what it has under this UID by a higher one, or by a later `changedAt` under the same one. */
  seq: number
  changedAt: Date
  start: Date
  end: Date
  status: ReservationStatus
  summary: string
  description: string
  location?: string | undefined
  /** Where it can be changed. */
  page?: string | undefined
  /** Seconds before the start; of what is booked. */
  remind?: number
  /** Of an invitation. */
  organizer?: Party
  attendee?: Party
}

interface Party {
  name: string
  email: string
}

export interface CalendarHead {
  /** Where people reach this server: its host makes the UIDs. */
  publicUrl: string
  /** A tag such as `EN`. */
  language?: string
  /** Of an invitation: what its reader is asked to do with it. */
  method?: 'REQUEST' | 'CANCEL'
  /** Of a calendar that somebody subscribes to, as is how often it is to be fetched. */
  name?: string
  refreshSeconds?: number
}

const statuses: Record<ReservationStatus, ICalEventStatus> = {
  held: ICalEventStatus.TENTATIVE,
  confirmed: ICalEventStatus.CONFIRMED,
  released: ICalEventStatus.CANCELLED,
  expired: ICalEventStatus.CANCELLED,
  cancelled: ICalEventStatus.CANCELLED,
}

/** No control characters, and none that some reader takes for the end of a line. */
const CONTROL = /[\p{Cc}\u2028\u2029]/gu

export function hasEnded(status: ReservationStatus): boolean {
  return statuses[status] === ICalEventStatus.CANCELLED
}

/** The same in files, feeds and invitations, so that a calendar that gets several of them shows one event. */
export function uidOf(reservationId: string, publicUrl: string): string {
  return `${reservationId}@${new URL(publicUrl).hostname}`
}

/** When it last changed; of a hold that nobody has swept yet, when its time was over. */
export function changedAtOf({ reservation }: FoundReservation, status: ReservationStatus): Date {
  if ('endedAt' in reservation) return reservation.endedAt
  if ('confirmedAt' in reservation && reservation.confirmedAt) return reservation.confirmedAt
  return (hasEnded(status) ? expiryOf(reservation) : undefined) ?? reservation.heldAt
}

export function calendarFile(events: Iterable<AppointmentEvent>, head: CalendarHead): string {
  const { publicUrl, language = 'EN', method, name, refreshSeconds } = head
  const calendar = ical({
    prodId: { company: 'Slotcast', product: 'Slotcast', language },
    ...(method && { method: ICalCalendarMethod[method] }),
    ...(name !== undefined && { name: escaped(oneLine(name)) }),
    ...(refreshSeconds !== undefined && { ttl: refreshSeconds }),
  })
  for (const event of events) {
    const { status, start, end, seq, changedAt, location, page, remind, organizer, attendee } = event
    const summary = oneLine(event.summary)
    const made = calendar.createEvent({
      id: uidOf(event.id, publicUrl),
      sequence: seq,
      stamp: changedAt,
      start,
      end,
      status: statuses[status],
      summary,
      description: lines(event.description),
      ...(location !== undefined && { location: lines(location) }),
      ...(page !== undefined && { url: page }),
      ...(organizer && { organizer: asParty(organizer) }),
    })
    if (attendee) {
      made.createAttendee({
        ...asParty(attendee),
        role: ICalAttendeeRole.REQ,
        status: ICalAttendeeStatus.ACCEPTED,
        rsvp: false,
      })
    }
    if (status === 'confirmed' && remind !== undefined) {
      made.createAlarm({ type: ICalAlarmType.display, triggerBefore: remind, description: summary })
    }
  }
  // The library leaves out the end of the last line, which has one like all others.
  return `${calendar.toString().trimEnd()}\r\n`
}

/** A parameter has no way to say a quotation mark, and an address in it is a URI. */
function asParty({ name, email }: Party): Party {
  return { name: oneLine(name).replaceAll('"', "'").replaceAll('\\', '/'), email: addressUri(email) }
}

function addressUri(email: string): string {
  const at = email.lastIndexOf('@')
  return `${encodeURIComponent(email.slice(0, at))}@${email.slice(at + 1).replace(/[^\p{L}\p{N}.:[\]-]/gu, '')}`
}

/** The library escapes what belongs to an event, not the name of the calendar. */
function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&')
}

function oneLine(text: string): string {
  return text.replace(CONTROL, ' ')
}

function lines(text: string): string {
  return text
    .split(/\r\n|[\r\n\u0085\u2028\u2029]/)
    .map(oneLine)
    .join('\n')
}
