/** Where the account is signed in. */
import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import type { OwnSession } from '../../schemas/accounts.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { words, zone } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { endOtherSessions, endSession, signOutEverywhere } from './state.js'

export function Sessions({ sessions }: { sessions: readonly OwnSession[] }) {
  const problem = useSignal<Refused | null>(null)
  const isBusy = useSignal(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const id = useId()

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
        Where you are signed in
      </h2>
      {problem.value !== null && <Refusal problem={problem.value} />}
      <ul class="sessions">
        {sessions.map((session) => (
          <li key={session.id} data-current={session.current}>
            <div>
              <p>
                <strong>Since {when(session.startedAt)}</strong>
                {session.current && <span class="this-one small">This one</span>}
              </p>
              <p class="small quiet">
                Last used {when(session.renewedAt)}; ends if it is not used until {when(session.expiresAt)}
              </p>
            </div>
            <button
              type="button"
              class="button"
              aria-label={`Sign out ${session.current ? 'here' : `the session of ${when(session.startedAt)}`}`}
              onClick={() => void act(() => endSession(session), 'Signed out there.')}
            >
              Sign out
            </button>
          </li>
        ))}
      </ul>
      <div class="buttons">
        {sessions.length > 1 && (
          <button
            type="button"
            class="button"
            onClick={() => void act(endOtherSessions, 'Signed out everywhere else.')}
          >
            Sign out everywhere else
          </button>
        )}
        <button
          type="button"
          class="button danger"
          onClick={() => void act(signOutEverywhere, 'Signed out everywhere.')}
        >
          Sign out everywhere
        </button>
      </div>
    </section>
  )
}

function when(instant: string): string {
  const at = Date.parse(instant)
  return `${words.value.dayOfInstant(at, zone.value)}, ${words.value.time(at, zone.value)}`
}
