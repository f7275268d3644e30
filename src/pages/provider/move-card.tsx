/** An appointment on its way: where it would go, whether it fits, and the ways to put it down or leave it. */
import { Icon } from '../shared/icons.jsx'
import { focusSoon } from './appointment.jsx'
import type { Fit } from './fit.js'
import type { Desk } from './state.js'

export const fitWords: Record<Fit, string> = {
  fits: 'It fits.',
  taken: 'Somebody is there, or too near.',
  'not offered': 'This time is not offered.',
  over: 'This time is over.',
  'its own': 'It is here now.',
}

export function MoveCard({ desk }: { desk: Desk }) {
  const { move } = desk
  const { name, own } = move.subject.value ?? { name: '', own: { start: 0 } }
  const fit = move.fit.value
  return (
    <section
      class="card chosen"
      aria-label="Move"
      onKeyDown={(event) => {
        if (event.key === 'Escape') keepPlace(desk)
      }}
    >
      <div class="chosen-head">
        <h2 tabIndex={-1}>Move {name}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label="Keep the old time"
          onClick={() => keepPlace(desk)}
        >
          <Icon name="close" />
        </button>
      </div>
      <p class="quiet small">
        Now <span class="num">{move.inWords(own.start)}</span>. Press another time
        <span class="move-keys">, or use the arrow keys; Enter moves, Escape keeps</span>.
      </p>
      <p role="status" class="move-words" data-fit={fit}>
        <strong class="num">{move.inWords(move.to.value)}</strong> {fitWords[fit]}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="button main"
          aria-disabled={fit !== 'fits' || move.busy.value}
          onClick={() => void putDown(desk)}
        >
          {move.busy.value ? 'Asking …' : 'Move here'}
        </button>
        <button type="button" class="button" onClick={() => keepPlace(desk)}>
          Keep the old time
        </button>
      </div>
    </section>
  )
}

export async function putDown(desk: Desk): Promise<void> {
  const isMoving = desk.move.fit.value === 'fits'
  await desk.move.place()
  if (isMoving) focusSoon('.chosen h2')
}

export function keepPlace(desk: Desk): void {
  desk.move.keep()
  focusSoon('.chosen h2')
}
