/** An appointment on its way: where it would go, whether it fits, and the ways to put it down or leave it. */
import { Icon } from '../shared/icons.jsx'
import { filled } from '../shared/text/filled.jsx'
import { common } from '../shared/text.js'
import { focusSoon } from './appointment.jsx'
import type { Desk } from './state.js'
import { text } from './text.js'

export function MoveCard({ desk }: { desk: Desk }) {
  const { move } = desk
  const { name, own } = move.subject.value ?? { name: '', own: { start: 0 } }
  const fit = move.fit.value
  const texts = text.value.move
  return (
    <section
      class="card chosen"
      aria-label={texts.title}
      onKeyDown={(event) => {
        if (event.key === 'Escape') keepPlace(desk)
      }}
    >
      <div class="chosen-head">
        <h2 tabIndex={-1}>{texts.titleOf({ name })}</h2>
        <button type="button" class="icon-button" aria-label={texts.keep} onClick={() => keepPlace(desk)}>
          <Icon name="close" />
        </button>
      </div>
      <p class="quiet small">
        {filled(texts.now, {
          when: <bdi class="num">{move.inWords(own.start)}</bdi>,
          keys: <span class="move-keys">{texts.keys}</span>,
        })}
      </p>
      <p role="status" class="move-words" data-fit={fit}>
        <strong class="num">{move.inWords(move.to.value)}</strong> {texts.fit[fit]}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="button main"
          aria-disabled={fit !== 'fits' || move.busy.value}
          onClick={() => void putDown(desk)}
        >
          {move.busy.value ? common.value.asking : texts.button}
        </button>
        <button type="button" class="button" onClick={() => keepPlace(desk)}>
          {texts.keep}
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
