import './provider.css'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { CopyLink } from '../shared/copy-link.jsx'
import { LinkSign } from '../shared/frame.jsx'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { ProviderFrame } from '../shared/provider-frame.jsx'
import { providerOf } from '../shared/providers.js'
import { Refusal } from '../shared/refusal.jsx'
import { showPage } from '../shared/show-page.jsx'
import { cityOf } from '../shared/time.js'
import { badge, chime, sound, unseen } from './alerts.js'
import { Chosen } from './chosen.jsx'
import { Outside } from './outside.jsx'
import { PlanForm } from './plan-form.jsx'
import { type Desk, openDesk } from './state.js'
import { Stream } from './stream.jsx'
import { text } from './text.js'
import { Week } from './week.jsx'

/** A page belongs to one account, and so does its desk. */
let desk: Desk | null = null

function ProviderPage() {
  return (
    <ProviderFrame page="calendar">
      {(account) => {
        desk ??= openDesk(account)
        return <DeskView desk={desk} />
      }}
    </ProviderFrame>
  )
}

function DeskView({ desk }: { desk: Desk }) {
  const { calendar, numbers, day, today } = desk
  const problem = calendar.problem.value
  const { open, held, confirmed } = numbers.value
  const texts = text.value.numbers
  return (
    <>
      <div class="desk-head">
        <div>
          <h1>
            <bdi>{desk.account.name}</bdi>
          </h1>
          <p class="quiet small">{text.value.timesIn({ place: cityOf(desk.zone) })}</p>
        </div>
        <div class="desk-tools">
          <LinkSign />
          <a class="button" href="/provider/list?day=tomorrow">
            {text.value.tomorrowsList}
          </a>
          <BookingLink id={desk.account.id} />
        </div>
      </div>
      {problem !== null && <Refusal problem={problem} />}
      {desk.isEmpty.value && <SetHours />}
      <div class="desk-line">
        <dl class="numbers" aria-label={texts.of({ day: words.value.day(day.value) })}>
          <div class="numbers-day">
            <dt class="unseen">{texts.day}</dt>
            <dd>{day.value === today.value ? texts.today : words.value.day(day.value, 'short')}</dd>
          </div>
          <div>
            <dt>{texts.free({ count: open })}</dt>
            <dd class="num" data-number="open">
              {words.value.number(open)}
            </dd>
          </div>
          <div>
            <dt>{texts.held({ count: held })}</dt>
            <dd class="num" data-number="held">
              {words.value.number(held)}
            </dd>
          </div>
          <div>
            <dt>{texts.booked({ count: confirmed })}</dt>
            <dd class="num" data-number="confirmed">
              {words.value.number(confirmed)}
            </dd>
          </div>
        </dl>
        {desk.awaited.count.value > 0 && (
          <p class="small" data-number="waiting">
            <Icon name="clock" /> {texts.waiting({ count: desk.awaited.count.value })}
          </p>
        )}
        <Outside desk={desk} />
      </div>
      <div class="desk">
        <Week desk={desk} />
        <div class="desk-side">
          <Chosen desk={desk} />
          <ByHand desk={desk} />
          <Stream zone={desk.zone} />
          <Alerts />
        </div>
      </div>
    </>
  )
}

/** A desk on which nothing was ever offered begins here. */
function SetHours() {
  return (
    <div class="card empty set-hours">
      <h2>{text.value.setHours.title}</h2>
      <p class="quiet">{text.value.setHours.text}</p>
      <a class="button main" href="/provider/hours">
        {text.value.setHours.button}
      </a>
    </div>
  )
}

/** Weekly hours have their own page; this is for what they do not say. A drag over the week opens it. */
function ByHand({ desk }: { desk: Desk }) {
  return (
    <details
      class="by-hand"
      open={desk.byHand.value}
      onToggle={(event) => {
        desk.byHand.value = event.currentTarget.open
      }}
    >
      <summary>
        {text.value.plan.byHand} <Icon name="down" />
      </summary>
      <PlanForm desk={desk} />
    </details>
  )
}

function BookingLink({ id }: { id: string }) {
  const name = useSignal(id)
  // The readable one, once it is known; both work.
  useEffect(() => {
    void providerOf(id).then((answer) => {
      if (answer.ok && answer.data.link !== undefined) name.value = answer.data.link
    })
  }, [id])
  const address = `${location.origin}/book/${encodeURIComponent(name.value)}`
  return <CopyLink address={address} title={text.value.copyBookingLink} label={text.value.bookingLink} />
}

function Alerts() {
  return (
    <fieldset class="alerts small">
      <legend class="label">{text.value.alerts.title}</legend>
      <label class="check">
        <input
          type="checkbox"
          checked={badge.value}
          onChange={(event) => {
            badge.value = event.currentTarget.checked
          }}
        />
        {text.value.alerts.badge}
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
        {text.value.alerts.sound}
      </label>
    </fieldset>
  )
}

showPage({
  page: ProviderPage,
  text,
  title: () => (unseen.value === 0 ? text.value.title : `(${unseen.value}) ${text.value.title}`),
})
