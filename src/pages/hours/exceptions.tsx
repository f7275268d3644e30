/** The days to come that differ from the weekly hours. */
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { ScheduleException } from '../../schemas/schedule.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { words } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { common } from '../shared/text.js'
import type { ExceptionDays } from './exceptions-state.js'
import { daysInWords } from './in-words.jsx'
import { wallTime } from './span-fields.jsx'
import { text } from './text.js'

export function Exceptions({ days }: { days: ExceptionDays }) {
  const title = useRef<HTMLHeadingElement>(null)
  const busy = useSignal<string | null>(null)
  const problem = useSignal<Refused | null>(null)
  const items = days.items.value

  async function remove(exception: ScheduleException) {
    if (busy.value !== null) return
    busy.value = exception.id
    problem.value = await days.remove(exception.id)
    busy.value = null
    if (problem.value !== null) return
    say(text.value.exceptions.deleted({ days: daysInWords(exception) }))
    title.current?.focus()
  }

  return (
    <section class="card form" aria-labelledby="exceptions-title">
      <h2 id="exceptions-title" ref={title} tabIndex={-1}>
        {text.value.exceptions.title}
      </h2>
      {days.problem.value !== null && (
        <Refusal problem={days.problem.value}>
          <div class="buttons">
            <button type="button" class="button" onClick={() => void days.load()}>
              {common.value.tryAgain}
            </button>
          </div>
        </Refusal>
      )}
      {problem.value !== null && <Refusal problem={problem.value} />}
      {items?.length === 0 && <p class="quiet">{text.value.exceptions.none}</p>}
      {items !== null && items.length > 0 && (
        <>
          <ul class="hours-list">
            {items.map((exception) => (
              <li key={exception.id} data-exception={exception.id}>
                <div>
                  <p>
                    <strong>{daysInWords(exception)}</strong>: {hoursOf(exception)}
                  </p>
                  {exception.reason !== undefined && (
                    <p class="quiet small">
                      <bdi>{exception.reason}</bdi>
                    </p>
                  )}
                </div>
                <button
                  type="button"
                  class="button plain"
                  aria-label={text.value.exceptions.deleteOf({ days: daysInWords(exception) })}
                  aria-disabled={busy.value !== null}
                  onClick={() => void remove(exception)}
                >
                  {busy.value === exception.id
                    ? text.value.exceptions.deleting
                    : text.value.exceptions.delete}
                </button>
              </li>
            ))}
          </ul>
          <p class="quiet small">{text.value.exceptions.hint}</p>
        </>
      )}
    </section>
  )
}

function hoursOf({ closed, blocks = [] }: ScheduleException): string {
  return closed === true
    ? text.value.exceptions.closed
    : words.value.list(blocks.map(({ from, to }) => `${wallTime(from)}–${wallTime(to)}`))
}
