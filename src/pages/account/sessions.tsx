/** Where the account is signed in. */
import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import type { OwnSession } from '../../schemas/accounts.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { words, zone } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { common } from '../shared/text.js'
import { endOtherSessions, endSession, signOutEverywhere } from './state.js'
import { text } from './text.js'

export function Sessions({ sessions }: { sessions: readonly OwnSession[] }) {
  const problem = useSignal<Refused | null>(null)
  const isBusy = useSignal(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const id = useId()
  const t = text.value.sessions

  async function act(work: () => Promise<Refused | null>, done: string) {
    if (isBusy.value) return
    isBusy.value = true
    problem.value = await work()
    isBusy.value = false
    if (problem.value !== null) return
    say(done)
    // The button may have gone with its session.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) heading.current?.focus()
    })
  }

  return (
    <section class="card form" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {t.title}
      </h2>
      {problem.value !== null && <Refusal problem={problem.value} />}
      <ul class="sessions">
        {sessions.map((session) => (
          <li key={session.id} data-current={session.current}>
            <div>
              <p>
                <strong>{t.since({ time: when(session.startedAt) })}</strong>
                {session.current && <span class="this-one small">{t.thisOne}</span>}
              </p>
              <p class="small quiet">
                {t.used({ last: when(session.renewedAt), until: when(session.expiresAt) })}
              </p>
            </div>
            <button
              type="button"
              class="button"
              aria-label={session.current ? t.outHere : t.outOf({ time: when(session.startedAt) })}
              onClick={() => void act(() => endSession(session), t.thereSaid)}
            >
              {common.value.signOut}
            </button>
          </li>
        ))}
      </ul>
      <div class="buttons">
        {sessions.length > 1 && (
          <button type="button" class="button" onClick={() => void act(endOtherSessions, t.elsewhereSaid)}>
            {t.elsewhere}
          </button>
        )}
        <button
          type="button"
          class="button danger"
          onClick={() => void act(signOutEverywhere, t.everywhereSaid)}
        >
          {t.everywhere}
        </button>
      </div>
    </section>
  )
}

function when(instant: string): string {
  return words.value.moment(Date.parse(instant), zone.value, 'long')
}
