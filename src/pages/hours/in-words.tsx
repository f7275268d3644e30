/** What a change of hours does, in words: opens, withdraws, and which appointments lie outside of the hours. */

import type { Reservation } from '../../schemas/reservations.js'
import type { Preview } from '../../schemas/schedule.js'
import { words } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { dayOf } from '../shared/time.js'
import type { Previewer } from './previewer.js'
import { wallTime } from './span-fields.jsx'
import { text } from './text.js'

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
          problem.value === null && <p class="quiet small">{isAsking.value ? text.value.looking : idle}</p>
        ) : (
          <p data-preview={isAsking.value ? 'former' : 'current'}>
            {effectOf(shown)}
            {shown.outside.length > 0 && ` ${text.value.preview.outside({ bookings: shown.outside.length })}`}
          </p>
        )}
      </div>
      {shown !== null && (
        <>
          <Appointments reservations={shown.outside} zone={zone} />
          {shown.outside.length > 0 && <p class="quiet small">{text.value.preview.stay}</p>}
          <Notes notes={shown.notes} />
        </>
      )}
    </div>
  )
}

function effectOf({ opens, withdraws, through }: Preview): string {
  const day = words.value.day(through, 'short')
  const { preview } = text.value
  if (opens === 0 && withdraws === 0) return preview.none({ day })
  if (opens === 0) return preview.withdraws({ times: withdraws, day })
  return withdraws === 0 ? preview.opens({ times: opens, day }) : preview.both({ opens, withdraws, day })
}

export function Notes({ notes }: { notes: Preview['notes'] }) {
  if (notes.length === 0) return null
  return (
    <ul class="small quiet">
      {notes.map(({ day, from, to, minutes }) => (
        <li key={`${day}${from}`}>
          {text.value.preview.clocksChange({
            day: words.value.day(day, 'short'),
            from: wallTime(from),
            to: wallTime(to),
            length: words.value.duration(minutes * 60_000),
          })}
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
      <strong dir="auto">{reservation.client?.name ?? text.value.aClient}</strong>
      {reservation.serviceName !== undefined && (
        <>
          {words.value.comma}
          <bdi>{reservation.serviceName}</bdi>
        </>
      )}
      {reservation.status === 'held' && ` ${text.value.heldOnly}`}
    </>
  )
}

/** "Fri 4 Dec, 10:00". */
export function momentOf(instant: string, zone: string): string {
  return words.value.moment(Date.parse(instant), zone, 'short')
}

/** "Fri 4 Dec", or from one day to another. */
export function daysInWords({ from, to }: { from: string; to: string }): string {
  const first = words.value.day(from, 'short')
  return from === to ? first : `${first} – ${words.value.day(to, 'short')}`
}
