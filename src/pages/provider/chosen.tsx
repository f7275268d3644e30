/** The slot that was pressed on the week: who, how long yet, and what can be done. */
import { useSignal } from '@preact/signals'
import { ANY_TIME } from '../../domain/slot.js'
import type { Refused } from '../shared/api.js'
import { Countdown } from '../shared/countdown.jsx'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { minute } from '../shared/now.js'
import { Refusal } from '../shared/refusal.jsx'
import { faceOf } from '../shared/slot-face.js'
import { dayOf } from '../shared/time.js'
import type { Desk } from './state.js'

export function Chosen({ desk }: { desk: Desk }) {
  const problem = useSignal<Refused | null>(null)
  const busy = useSignal(false)
  const sure = useSignal<string | null>(null)
  const id = desk.selected.value
  const slot = id === null ? undefined : desk.calendar.seen.value.slots.get(id)
  if (slot === undefined) return null
  const { state } = faceOf(slot, undefined, desk.calendar.moment.value, ANY_TIME)
  const start = Date.parse(slot.start)
  const over = start <= minute.value
  const live = state === 'held' || state === 'confirmed' ? slot.reservation : undefined

  function close() {
    desk.selected.value = null
    sure.value = null
    problem.value = null
    document.querySelector<HTMLElement>(`[data-slot-id="${id}"]`)?.focus()
  }

  async function act(work: () => Promise<Refused | null>) {
    if (busy.value) return
    busy.value = true
    problem.value = await work()
    busy.value = false
    sure.value = null
  }

  const span = { start, end: Date.parse(slot.end) }
  const endWord = state === 'held' ? 'End this hold' : 'Cancel this booking'
  return (
    <section
      class="card chosen"
      aria-label="Chosen time"
      onKeyDown={(event) => {
        if (event.key === 'Escape') close()
      }}
    >
      <div class="chosen-head">
        <h2 tabIndex={-1}>
          {words.value.day(dayOf(start, desk.zone), 'short')},{' '}
          <span class="num">{words.value.time(start, desk.zone)}</span>
        </h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <p>
        {state === 'open' && 'Open: anybody may hold it.'}
        {state === 'withdrawn' && 'Withdrawn: not offered.'}
        {state === 'held' && (
          <>
            Held by <strong>{live?.client.name ?? 'a client'}</strong>
            {slot.expiresAt !== undefined && (
              <>
                , <Countdown until={Date.parse(slot.expiresAt)} /> left to confirm
              </>
            )}
            .
          </>
        )}
        {state === 'confirmed' && (
          <>
            Booked by <strong>{live?.client.name ?? 'a client'}</strong>.
          </>
        )}
      </p>
      {problem.value !== null && <Refusal problem={problem.value} />}
      {!over && (
        <div class="buttons">
          {state === 'open' && (
            <button
              type="button"
              class="button"
              aria-disabled={busy.value}
              onClick={() => void act(async () => (await desk.withdraw([span])).problem)}
            >
              Withdraw this time
            </button>
          )}
          {state === 'withdrawn' && (
            <button
              type="button"
              class="button"
              aria-disabled={busy.value}
              onClick={() =>
                void act(async () => {
                  const answer = await desk.publish([{ start: slot.start, end: slot.end }])
                  return answer.ok ? null : answer.problem
                })
              }
            >
              Offer it again
            </button>
          )}
          {live !== undefined && sure.value !== live.id && (
            <button
              type="button"
              class="button danger"
              onClick={() => {
                sure.value = live.id
              }}
            >
              {endWord} …
            </button>
          )}
          {live !== undefined && sure.value === live.id && (
            <>
              <button
                type="button"
                class="button danger"
                aria-disabled={busy.value}
                onClick={() => void act(() => desk.end(live.id, false))}
              >
                {endWord}
              </button>
              <button
                type="button"
                class="button danger"
                aria-disabled={busy.value}
                onClick={() => void act(() => desk.end(live.id, true))}
              >
                … and withdraw the time
              </button>
              <button
                type="button"
                class="button"
                onClick={() => {
                  sure.value = null
                }}
              >
                Keep it
              </button>
            </>
          )}
        </div>
      )}
    </section>
  )
}
