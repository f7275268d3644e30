/** Booking without an account: two fields, and then the card that waits for the link in the mail. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { Countdown, Meter } from '../shared/countdown.jsx'
import { faultOf } from '../shared/faults.js'
import { EmailField, NameField } from '../shared/field.jsx'
import { Icon } from '../shared/icons.jsx'
import { tick } from '../shared/now.js'
import { Refusal } from '../shared/refusal.jsx'
import { filled } from '../shared/text/filled.jsx'
import { common } from '../shared/text.js'
import { When } from './cards.jsx'
import { giveBackAsGuest, holdAsGuest, type KeptHold, lookAgain, putGuestAway } from './guest-state.js'
import { provider, whileAsking } from './state.js'
import { text } from './text.js'

const HOLD_MS = 10 * 60_000

export function GuestForm(props: {
  slot: { id: string }
  serviceId: string | undefined
  onDone: () => void
}) {
  const { slot, serviceId, onDone } = props
  const problem = useSignal<Refused | null>(null)
  const asking = useSignal(false)
  const t = text.value.guest
  const fault = (field: string) => faultOf(problem.value, field)

  async function submit(event: SubmitEvent) {
    event.preventDefault()
    if (asking.value) return
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const filledIn = (name: string) => String(form.get(name) ?? '').trim()
    asking.value = true
    const person = { name: filledIn('name'), email: filledIn('email') }
    problem.value = await whileAsking(slot, () => holdAsGuest(slot, serviceId, person))
    asking.value = false
    if (problem.value !== null) return
    say(t.said)
    onDone()
  }

  return (
    <form class="form" onSubmit={submit} data-guest>
      {problem.value?.code === 'hold_limit' ? (
        <p class="note warn" role="alert" data-code="hold_limit">
          <Icon name="alert" />
          <span>{t.limit}</span>
        </p>
      ) : (
        problem.value !== null && <Refusal problem={problem.value} />
      )}
      <NameField label={t.name} fault={fault('name')} />
      <EmailField label={t.email} fault={fault('email')} />
      <p class="small quiet">{t.why}</p>
      <button type="submit" class="button main wide" aria-disabled={asking.value}>
        {asking.value ? common.value.asking : t.button}
      </button>
    </form>
  )
}

export function GuestCard({ hold, first }: { hold: KeptHold; first: boolean }) {
  const problem = useSignal<Refused | null>(null)
  const busy = useSignal(false)
  const t = text.value.guest
  const until = Date.parse(hold.expiresAt ?? hold.start)
  const isOver = hold.status === 'held' && until <= tick.value
  useEffect(() => {
    if (isOver) void lookAgain()
  }, [isOver])
  const status = isOver ? 'expired' : hold.status
  useEffect(() => {
    if (status === 'confirmed') say(t.booked)
  }, [status, t])

  async function back() {
    if (busy.value) return
    busy.value = true
    problem.value = await giveBackAsGuest()
    busy.value = false
  }

  return (
    <section
      class={status === 'confirmed' ? 'card booked' : 'card hold'}
      data-reservation={hold.id}
      data-status={status}
      data-first={first || undefined}
    >
      <div class="hold-head">
        <h3 tabIndex={-1}>
          {status === 'confirmed' && <Icon name="check" />} {titleOf(hold, status)}
        </h3>
        {status === 'held' ? (
          <Countdown until={until} />
        ) : (
          <button type="button" class="icon-button" aria-label={common.value.close} onClick={putGuestAway}>
            <Icon name="close" />
          </button>
        )}
      </div>
      {status === 'held' && <Meter until={until} length={HOLD_MS} />}
      <When start={hold.start} end={hold.end} />
      {status === 'held' && (
        <p>
          {t.look} {filled(t.sentTo, { email: <bdi>{hold.email}</bdi> })}
        </p>
      )}
      {hold.note !== undefined && <p>{filled(text.value.notice.quoted, { note: hold.note })}</p>}
      {status === 'confirmed' && <p>{t.booked}</p>}
      {problem.value !== null && <Refusal problem={problem.value} />}
      {status === 'held' && (
        <div class="buttons">
          <button type="button" class="button" aria-disabled={busy.value} onClick={() => void back()}>
            {busy.value ? common.value.asking : t.giveBack}
          </button>
        </div>
      )}
    </section>
  )
}

function titleOf({ cancelledBy, givenBack }: KeptHold, status: string): string {
  const { guest, notice } = text.value
  if (status === 'held') return guest.lookTitle
  if (status === 'confirmed') return guest.done
  if (status === 'expired') return guest.ranOut
  if (status !== 'cancelled') return givenBack ? guest.givenBack : notice.released
  const name = provider.value?.name ?? common.value.theProvider
  return cancelledBy === 'provider' ? notice.cancelledBy({ name }) : guest.cancelled
}
