/** Where nothing is free: the reader joins the waiting list for the day, or for the days that are shown. */
import { useSignal } from '@preact/signals'
import type { Refused } from '../shared/api.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { account, role } from '../shared/session.js'
import { askToSignIn } from '../shared/sign-in.jsx'
import { text } from './text.js'
import { join, leave, waits } from './waits.js'

interface Span {
  /** Milliseconds. */
  from: number
  to: number
}

interface Where {
  providerId: string
  serviceId: string | undefined
  day: Span
  weeks: Span & { inWords: string }
  /** Whether a time of the day could be offered: not where nothing is left of it that may still be booked. */
  isOffered: boolean
}

export function TellMe({ providerId, serviceId, day, weeks, isOffered }: Where) {
  const busy = useSignal(false)
  const problem = useSignal<Refused | null>(null)
  const here = waits.value.find(
    (one) => one.providerId === providerId && one.serviceId === serviceId && meets(one, day),
  )

  async function act(work: () => Promise<Refused | null>) {
    if (busy.value) return
    busy.value = true
    problem.value = await work()
    busy.value = false
  }

  function wait({ from, to }: Span) {
    const wish = {
      providerId,
      ...(serviceId !== undefined && { serviceId }),
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    }
    const joining = () =>
      act(async () => {
        const answer = await join(wish)
        return answer.ok ? null : answer.problem
      })
    if (account.value !== null) void joining()
    else
      askToSignIn({ title: text.value.ask, why: () => <p>{text.value.why}</p>, done: () => void joining() })
  }

  if (role.value === 'provider' || (here === undefined && !isOffered)) return null
  return (
    <section class="tell-me" aria-labelledby="tell-me">
      <h3 id="tell-me">
        <Icon name="clock" /> {text.value.ask}
      </h3>
      {problem.value !== null && <Refusal problem={problem.value} />}
      {here === undefined ? (
        <>
          <p class="quiet small">{text.value.why}</p>
          <div class="buttons">
            <button type="button" class="button" aria-disabled={busy.value} onClick={() => wait(day)}>
              {text.value.thisDay}
            </button>
            <button type="button" class="button" aria-disabled={busy.value} onClick={() => wait(weeks)}>
              {text.value.theseWeeks({ days: weeks.inWords })}
            </button>
          </div>
        </>
      ) : (
        <>
          <p role="status">
            {here.state === 'offered' ? text.value.offerCame : text.value.joined}{' '}
            {here.state === 'waiting' && here.position !== undefined && place(here.position)}
          </p>
          <div class="buttons">
            <a class="button" href="/my">
              {text.value.seeMine}
            </a>
            <button
              type="button"
              class="button plain"
              aria-disabled={busy.value}
              onClick={() => void act(() => leave(here.id))}
            >
              {text.value.leave}
            </button>
          </div>
        </>
      )}
    </section>
  )
}

export function place(position: number): string {
  return text.value.place({ position: words.value.figures(`${position}`) })
}

function meets({ from, to }: { from: string; to: string }, span: Span): boolean {
  return Date.parse(from) < span.to && Date.parse(to) > span.from
}
