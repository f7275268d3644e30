import './provider.css'
import { effect, signal, untracked, useSignal } from '@preact/signals'
import { render } from 'preact'
import { say } from '../shared/announce.jsx'
import { Frame, LinkSign } from '../shared/frame.jsx'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { account, signOut } from '../shared/session.js'
import { SignInForm } from '../shared/sign-in.jsx'
import { cityOf } from '../shared/time.js'
import { badge, chime, sound } from './alerts.js'
import { Chosen } from './chosen.jsx'
import { PlanForm } from './plan-form.jsx'
import { type Desk, openDesk } from './state.js'
import { Stream } from './stream.jsx'
import { Week } from './week.jsx'

/** A desk belongs to one account for the life of the page; another account is another page. */
const desk = signal<Desk | null>(null)
effect(() => {
  const who = account.value
  untracked(() => {
    if (who === null || who.role !== 'provider') desk.value = null
    else if (desk.value === null) desk.value = openDesk(who)
    else if (desk.value.account.id !== who.id) location.reload()
  })
})

function ProviderPage() {
  const who = account.value
  if (who === null) {
    return (
      <Frame page="provider">
        <div class="door card">
          <h1>Your calendar, live</h1>
          <p class="quiet">
            Publish when you work. Clients hold and book, and you see it in the same moment, with their names.
          </p>
          <SignInForm forRole="provider" known={false} onDone={beginAtTop} />
        </div>
      </Frame>
    )
  }
  if (desk.value === null) {
    return (
      <Frame page="provider">
        <div class="card empty">
          <h1>This is for providers</h1>
          <p class="quiet">You are signed in as a client. Sign out to use a provider account.</p>
          <div class="buttons">
            <a class="button main" href="/my">
              My bookings
            </a>
            <button type="button" class="button" onClick={() => void signOut()}>
              Sign out
            </button>
          </div>
        </div>
      </Frame>
    )
  }
  return (
    <Frame page="provider">
      <DeskView desk={desk.value} />
    </Frame>
  )
}

/** The form was longer than what takes its place, and its button stood at its foot. */
function beginAtTop(): void {
  requestAnimationFrame(() => {
    scrollTo(0, 0)
    document.getElementById('content')?.focus({ preventScroll: true })
  })
}

function DeskView({ desk }: { desk: Desk }) {
  const { calendar, numbers, day, today } = desk
  const problem = calendar.problem.value
  const { open, held, confirmed } = numbers.value
  return (
    <>
      <div class="desk-head">
        <div>
          <h1>{desk.account.name}</h1>
          <p class="quiet small">Times in {cityOf(desk.zone)}</p>
        </div>
        <div class="desk-tools">
          <LinkSign />
          <CopyLink id={desk.account.id} />
        </div>
      </div>
      {problem !== null && <Refusal problem={problem} />}
      <dl class="numbers" aria-label={`Numbers of ${words.value.day(day.value)}`}>
        <div class="numbers-day">
          <dt class="unseen">Day</dt>
          <dd>{day.value === today.value ? 'Today' : words.value.day(day.value, 'short')}</dd>
        </div>
        <div>
          <dt>free</dt>
          <dd class="num" data-number="open">
            {open}
          </dd>
        </div>
        <div>
          <dt>held</dt>
          <dd class="num" data-number="held">
            {held}
          </dd>
        </div>
        <div>
          <dt>booked</dt>
          <dd class="num" data-number="confirmed">
            {confirmed}
          </dd>
        </div>
      </dl>
      <div class="desk">
        <Week desk={desk} />
        <div class="desk-side">
          <Chosen desk={desk} />
          <PlanForm desk={desk} />
          <Stream zone={desk.zone} />
          <Alerts />
        </div>
      </div>
    </>
  )
}

function CopyLink({ id }: { id: string }) {
  const shown = useSignal<'copied' | 'by hand' | null>(null)
  const address = `${location.origin}/book/${encodeURIComponent(id)}`
  if (shown.value === 'by hand') {
    return (
      <input
        class="input"
        readOnly
        aria-label="Booking link"
        value={address}
        onFocus={(event) => event.currentTarget.select()}
      />
    )
  }
  return (
    <button
      type="button"
      class="button"
      onClick={async () => {
        try {
          await navigator.clipboard.writeText(address)
          shown.value = 'copied'
          say('Booking link copied.')
        } catch {
          shown.value = 'by hand'
        }
      }}
    >
      <Icon name={shown.value === 'copied' ? 'check' : 'link'} />
      {shown.value === 'copied' ? 'Link copied' : 'Copy booking link'}
    </button>
  )
}

function Alerts() {
  return (
    <fieldset class="alerts small">
      <legend class="label">When somebody books</legend>
      <label class="check">
        <input
          type="checkbox"
          checked={badge.value}
          onChange={(event) => {
            badge.value = event.currentTarget.checked
          }}
        />
        Count in the tab’s title
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={sound.value}
          onChange={(event) => {
            sound.value = event.currentTarget.checked
            if (sound.value) chime()
          }}
        />
        A soft sound
      </label>
    </fieldset>
  )
}

render(<ProviderPage />, document.getElementById('app') as HTMLElement)
