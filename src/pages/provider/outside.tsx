/** Appointments outside of the weekly hours: they stay until somebody moves or cancels them, here. */
import { useSignal } from '@preact/signals'
import type { Reservation } from '../../schemas/reservations.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { dayOf } from '../shared/time.js'
import { focusSoon } from './appointment.jsx'
import type { Desk } from './state.js'
import { text } from './text.js'

/** In the line of the numbers, so that nothing moves when one comes or goes. */
export function Outside({ desk }: { desk: Desk }) {
  const isOpen = useSignal(false)
  const found = desk.hours.outside.value
  if (found.length === 0) return null
  return (
    <details
      class="outside"
      open={isOpen.value}
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open
      }}
    >
      <summary>
        <Icon name="alert" />
        <span>{text.value.outside.title({ count: found.length })}</span>
        <Icon name="down" />
      </summary>
      <ul class="card">
        {found.map((one) => (
          <li key={one.id} data-outside={one.id}>
            <span>
              <strong dir="auto">{one.client?.name || text.value.unnamed}</strong>{' '}
              <span class="num">{words.value.moment(Date.parse(one.start), desk.zone, 'short')}</span>
            </span>
            <span class="buttons">
              <button type="button" class="button" onClick={() => go(one, false)}>
                {text.value.outside.move}
              </button>
              <button type="button" class="button danger" onClick={() => go(one, true)}>
                {text.value.outside.cancel}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </details>
  )

  function go(one: Reservation, isEnding: boolean) {
    isOpen.value = false
    desk.day.value = dayOf(Date.parse(one.start), desk.zone)
    desk.reservations.put(one)
    desk.selected.value = { slotId: one.slotId, reservationId: one.id, isEnding }
    const isMoving = !isEnding && desk.move.begin(one.id, one.client?.name || text.value.aClient)
    focusSoon(isEnding ? '.chosen textarea, .chosen .danger' : isMoving ? '.move-ghost' : '.chosen h2')
  }
}
