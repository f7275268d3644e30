/** Whether a client came, to be noted by the provider from the start on; one press, and another to put it right. */
import { useSignal } from '@preact/signals'
import type { Reservation } from '../../schemas/reservations.js'
import { say } from './announce.jsx'
import type { Refused } from './api.js'
import type { CalendarReservations } from './calendar-reservations.js'
import { minute } from './now.js'
import { Refusal } from './refusal.jsx'
import { common } from './text.js'

type Outcome = NonNullable<Reservation['outcome']>
const outcomes: readonly Outcome[] = ['arrived', 'no_show']

export function outcomeWord(outcome: Outcome): string {
  return outcome === 'arrived' ? common.value.arrived : common.value.noShow
}

export function OutcomeSwitch(props: { reservation: Reservation; reservations: CalendarReservations }) {
  const { reservation, reservations } = props
  const problem = useSignal<Refused | null>(null)
  if (reservation.status !== 'confirmed' || Date.parse(reservation.start) > minute.value) return null
  const name = reservation.client?.name || common.value.theClient
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: two buttons that belong together, not fields of a form */}
      <div class="switch" role="group" aria-label={common.value.didCome({ name })}>
        {outcomes.map((outcome) => (
          <button
            key={outcome}
            type="button"
            aria-pressed={reservation.outcome === outcome}
            onClick={async () => {
              problem.value = await reservations.noteOutcome(reservation.id, outcome)
              if (problem.value === null) say(`${name}: ${outcomeWord(outcome)}.`)
            }}
          >
            {outcomeWord(outcome)}
          </button>
        ))}
      </div>
      {problem.value !== null && <Refusal problem={problem.value} />}
    </>
  )
}
