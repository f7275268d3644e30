/** Whether a client came, to be noted by the provider from the start on; one press, and another to put it right. */
import { useSignal } from '@preact/signals'
import type { Reservation } from '../../schemas/reservations.js'
import { say } from './announce.jsx'
import type { Refused } from './api.js'
import type { CalendarReservations } from './calendar-reservations.js'
import { minute } from './now.js'
import { Refusal } from './refusal.jsx'

const choices = [
  { outcome: 'arrived', title: 'Arrived' },
  { outcome: 'no_show', title: 'No-show' },
] as const

export const outcomeWords: Record<NonNullable<Reservation['outcome']>, string> = {
  arrived: 'Arrived',
  no_show: 'No-show',
}

export function OutcomeSwitch(props: { reservation: Reservation; reservations: CalendarReservations }) {
  const { reservation, reservations } = props
  const problem = useSignal<Refused | null>(null)
  if (reservation.status !== 'confirmed' || Date.parse(reservation.start) > minute.value) return null
  const name = reservation.client?.name || 'the client'
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: two buttons that belong together, not fields of a form */}
      <div class="switch" role="group" aria-label={`Did ${name} come?`}>
        {choices.map(({ outcome, title }) => (
          <button
            key={outcome}
            type="button"
            aria-pressed={reservation.outcome === outcome}
            onClick={async () => {
              problem.value = await reservations.noteOutcome(reservation.id, outcome)
              if (problem.value === null) say(`${name}: ${title}.`)
            }}
          >
            {title}
          </button>
        ))}
      </div>
      {problem.value !== null && <Refusal problem={problem.value} />}
    </>
  )
}
