/** What a change of hours does, in words: opens, withdraws, and which appointments lie outside of the hours. */

import type { Reservation } from '../../schemas/reservations.js'
import type { Preview } from '../../schemas/schedule.js'
import { words } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { dayOf } from '../shared/time.js'
import type { Previewer } from './previewer.js'

export function count(number: number, one: string, more = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : more}`
}

interface PreviewProps<Shown extends Preview> {
  previewer: Previewer<Shown>
  zone: string
  /** Where nothing is asked. */
  idle: string
}

export function PreviewWords<Shown extends Preview>({ previewer, zone, idle }: PreviewProps<Shown>) {
  const { preview, problem, isAsking } = previewer
  const shown = preview.value
  return (
    <div class="hours-preview" aria-busy={isAsking.value}>
      {problem.value !== null && <Refusal problem={problem.value} />}
      <div role="status">
        {shown === null ? (
          problem.value === null && <p class="quiet small">{isAsking.value ? 'Looking …' : idle}</p>
        ) : (
          <p data-preview={isAsking.value ? 'former' : 'current'}>
            {effectOf(shown)}
            {shown.outside.length > 0 &&
              ` ${count(shown.outside.length, 'booking')} ${shown.outside.length === 1 ? 'lies' : 'lie'} outside:`}
          </p>
        )}
      </div>
      {shown !== null && (
        <>
          <Appointments reservations={shown.outside} zone={zone} />
          {shown.outside.length > 0 && <p class="quiet small">They stay until you move or cancel them.</p>}
          <Notes notes={shown.notes} />
        </>
      )}
    </div>
  )
}

function effectOf({ opens, withdraws, through }: Preview): string {
  const until = `until ${words.value.day(through, 'short')}`
  if (opens === 0 && withdraws === 0) return `Changes no open time ${until}.`
  const parts = [
    ...(opens > 0 ? [`opens ${count(opens, 'time')}`] : []),
    ...(withdraws > 0 ? [`withdraws ${count(withdraws, 'time')}`] : []),
  ].join(', ')
  return `${parts.charAt(0).toUpperCase()}${parts.slice(1)} ${until}.`
}

export function Notes({ notes }: { notes: Preview['notes'] }) {
  if (notes.length === 0) return null
  return (
    <ul class="small quiet">
      {notes.map(({ day, text }) => (
        <li key={`${day}${text}`}>
          {words.value.day(day, 'short')}: {text}
        </li>
      ))}
    </ul>
  )
}

export function Appointments({ reservations, zone }: { reservations: readonly Reservation[]; zone: string }) {
  if (reservations.length === 0) return null
  return (
    <ul class="hours-bookings">
      {reservations.map((reservation) => (
        <li key={reservation.id}>
          <AppointmentLine reservation={reservation} zone={zone} />
        </li>
      ))}
    </ul>
  )
}

export function AppointmentLine({ reservation, zone }: { reservation: Reservation; zone: string }) {
  const day = dayOf(Date.parse(reservation.start), zone)
  return (
    <>
      <a href={`/provider?day=${day}`} class="num">
        {momentOf(reservation.start, zone)}
      </a>{' '}
      <strong>{reservation.client?.name ?? 'A client'}</strong>
      {reservation.serviceName !== undefined && `, ${reservation.serviceName}`}
      {reservation.status === 'held' && ' (held, not booked yet)'}
    </>
  )
}

/** "Fri 4 Dec, 10:00". */
export function momentOf(instant: string, zone: string): string {
  const at = Date.parse(instant)
  return `${words.value.day(dayOf(at, zone), 'short')}, ${words.value.time(at, zone)}`
}

/** "Fri 4 Dec", or from one day to another. */
export function daysInWords({ from, to }: { from: string; to: string }): string {
  const first = words.value.day(from, 'short')
  return from === to ? first : `${first} – ${words.value.day(to, 'short')}`
}
