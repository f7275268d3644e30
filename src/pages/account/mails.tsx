/** Which mails the account gets. */
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { Me } from '../../schemas/accounts.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { Refusal } from '../shared/refusal.jsx'
import { change } from './state.js'
import { text } from './text.js'

const calendarMails = ['each', 'digest', 'none'] as const

export function Mails({ me }: { me: Me }) {
  const id = useId()
  const problem = useSignal<Refused | null>(null)
  const t = text.value.mails
  const { reminders, changes, calendar } = me.notifications

  async function choose(notifications: Me['notifications']) {
    problem.value = await change({ notifications })
    if (problem.value === null) say(t.saved)
  }

  return (
    <section class="card form" aria-labelledby={id}>
      <h2 id={id}>{t.title}</h2>
      {problem.value !== null && <Refusal problem={problem.value} />}
      {calendar === undefined ? (
        <>
          <label class="check">
            <input
              type="checkbox"
              checked={reminders}
              onChange={(event) => void choose({ reminders: event.currentTarget.checked })}
            />
            {t.reminders}
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={changes}
              onChange={(event) => void choose({ changes: event.currentTarget.checked })}
            />
            {t.changes}
          </label>
        </>
      ) : (
        <div class="field">
          <label for={`${id}c`}>{t.calendar}</label>
          <select
            class="input"
            id={`${id}c`}
            value={calendar}
            onChange={(event) => {
              const chosen = calendarMails.find((one) => one === event.currentTarget.value)
              if (chosen) void choose({ calendar: chosen })
            }}
          >
            {calendarMails.map((one) => (
              <option key={one} value={one}>
                {t[one]}
              </option>
            ))}
          </select>
        </div>
      )}
    </section>
  )
}
