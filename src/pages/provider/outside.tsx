/** Appointments outside of the weekly hours: they stay until somebody moves or cancels them, here. */
import { useSignal } from '@preact/signals'
import type { Reservation } from '../../schemas/reservations.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { dayOf } from '../shared/time.js'
import { focusSoon } from './appointment.jsx'
import type { Desk } from './state.js'

/** In the line of the numbers, so that nothing moves when one comes or goes. */
export function Outside({ desk }: { desk: Desk }) {
  const isOpen = useSignal(false)
  const found = desk.hours.outside.value
  if (found.length === 0) return null
  const count = `${found.length} ${found.length === 1 ? 'booking lies' : 'bookings lie'}`
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
        <span>{count} outside your hours</span>
        <Icon name="down" />
      </summary>
      <ul class="card">
        {found.map((one) => (
          <li key={one.id} data-outside={one.id}>
            <span>
              <strong>{one.client?.name || 'A client'}</strong>{' '}
              <span class="num">
                {words.value.day(dayOf(Date.parse(one.start), desk.zone), 'short')},{' '}
                {words.value.time(Date.parse(one.start), desk.zone)}
              </span>
            </span>
            <span class="buttons">
              <button type="button" class="button" onClick={() => go(one, false)}>
                Move …
              </button>
              <button type="button" class="button danger" onClick={() => go(one, true)}>
                Cancel …
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
    const isMoving = !isEnding && desk.move.begin(one.id, one.client?.name || 'a client')
    focusSoon(isEnding ? '.chosen textarea' : isMoving ? '.move-ghost' : '.chosen h2')
  }
}
