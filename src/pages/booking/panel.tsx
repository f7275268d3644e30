/** Beside the times: what the reader holds and has booked here, and what needs a word. A sheet at the foot of a phone. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Reservation } from '../../schemas/reservations.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { Countdown, Meter, warning } from '../shared/countdown.jsx'
import { sentenceFor } from '../shared/error-messages.js'
import { Icon } from '../shared/icons.jsx'
import { words, zone } from '../shared/locale.js'
import { clock, tick } from '../shared/now.js'
import { Refusal, useIsBack } from '../shared/refusal.jsx'
import { downloadCalendar, type Ending } from '../shared/reservations.js'
import { cityOf, dayOf, inWords, sameWall } from '../shared/time.js'
import { addressOf } from './address.js'
import { takeAndShow } from './day.jsx'
import {
  book,
  bookings,
  calendar,
  dismissEnding,
  giveBack,
  holds,
  justBooked,
  type Notice,
  notice,
  provider,
} from './state.js'

export function Panel() {
  const fresh = bookings.value.filter((one) => justBooked.value.has(one.id))
  const older = bookings.value.filter((one) => !justBooked.value.has(one.id))
  const urgent = notice.value !== null || holds.value.length > 0 || fresh.length > 0
  const idle = !urgent && older.length === 0
  return (
    <aside class="panel" aria-label="Your times" data-urgent={urgent}>
      {notice.value?.kind === 'refused' && <RefusedCard shown={notice.value} />}
      {notice.value?.kind === 'ended' &&
        notice.value.endings.map((ending, index) => (
          <EndedCard key={ending.reservation.id} ending={ending} first={index === 0} />
        ))}
      {holds.value.map((hold, index) => (
        <HoldCard key={hold.id} hold={hold} first={index === 0 && notice.value === null} />
      ))}
      {fresh.map((booking) => (
        <BookedCard key={booking.id} booking={booking} />
      ))}
      {older.length > 0 && <Earlier bookings={older} />}
      {idle && <HowItWorks />}
    </aside>
  )
}

function HowItWorks() {
  const { holdSeconds, noticeSeconds } = calendar.rules.value
  return (
    <div class="card how">
      <h2>How it works</h2>
      <ol>
        <li>
          <strong>Press a free time.</strong> It is yours for {inWords(holdSeconds * 1000)}; nobody else can
          take it.
        </li>
        <li>
          <strong>Confirm it</strong> while the hold lasts. Or give it back, and others see it free at once.
        </li>
        {noticeSeconds > 0 && (
          <li class="quiet">Times can be booked up to {inWords(noticeSeconds * 1000)} before they start.</li>
        )}
      </ol>
    </div>
  )
}

function When({ start, end }: { start: string; end: string }) {
  const there = provider.value?.timeZone ?? zone.value
  const from = Date.parse(start)
  const to = Date.parse(end)
  const span = (inZone: string) => `${words.value.time(from, inZone)} – ${words.value.time(to, inZone)}`
  return (
    <p class="when">
      <strong>{words.value.dayOfInstant(from, zone.value)}</strong>
      <span class="num">
        {span(zone.value)} <span class="quiet">{cityOf(zone.value)}</span>
      </span>
      {!sameWall(from, zone.value, there) && (
        <span class="quiet num">
          {dayOf(from, zone.value) === dayOf(from, there)
            ? ''
            : `${words.value.day(dayOf(from, there), 'short')}, `}
          {span(there)} {cityOf(there)}
        </span>
      )}
    </p>
  )
}

function HoldCard({ hold, first }: { hold: Reservation; first: boolean }) {
  const problem = useSignal<Refused | null>(null)
  const busy = useSignal<'book' | 'back' | null>(null)
  const until = Date.parse(hold.expiresAt ?? hold.start)
  const warn = warning(until - tick.value)
  useEffect(() => {
    if (warn !== undefined)
      say(
        `${inWords(until - clock.now())} left to confirm ${words.value.time(Date.parse(hold.start), zone.value)}.`,
      )
  }, [warn, until, hold.start])

  async function act(kind: 'book' | 'back') {
    if (busy.value !== null) return
    busy.value = kind
    problem.value = null
    const refused = await (kind === 'book' ? book(hold) : giveBack(hold))
    busy.value = null
    problem.value = refused
    requestAnimationFrame(() => {
      if (!document.activeElement || document.activeElement === document.body) {
        const next =
          document.querySelector<HTMLElement>('.panel [data-first] h3') ?? document.getElementById('content')
        next?.focus()
      }
    })
  }

  return (
    <section class="card hold" data-reservation={hold.id} data-status="held" data-first={first || undefined}>
      <div class="hold-head">
        <h3 tabIndex={-1}>You hold this time</h3>
        <Countdown until={until} />
      </div>
      <Meter until={until} length={calendar.rules.value.holdSeconds * 1000} />
      <When start={hold.start} end={hold.end} />
      {warn !== undefined && (
        <p class="small warn-words">
          {warn === '1'
            ? 'Less than a minute left: confirm now or it is free for others.'
            : 'Less than five minutes left.'}
        </p>
      )}
      {problem.value !== null && <Refusal problem={problem.value} />}
      <div class="buttons">
        <button
          type="button"
          class="button main"
          aria-disabled={busy.value !== null}
          onClick={() => void act('book')}
        >
          {busy.value === 'book' ? 'Asking …' : 'Confirm booking'}
        </button>
        <button
          type="button"
          class="button"
          aria-disabled={busy.value !== null}
          onClick={() => void act('back')}
        >
          {busy.value === 'back' ? 'Asking …' : 'Give it back'}
        </button>
      </div>
    </section>
  )
}

function Earlier({ bookings }: { bookings: Reservation[] }) {
  return (
    <section class="card earlier">
      <h3>
        {bookings.length === 1 ? 'Your booking' : 'Your bookings'} with {provider.value?.name ?? '…'}
      </h3>
      <ul>
        {bookings.slice(0, SHOWN_EARLIER).map((one) => (
          <li key={one.id} class="num" data-reservation={one.id} data-status="confirmed">
            {words.value.day(dayOf(Date.parse(one.start), zone.value), 'short')},{' '}
            {words.value.time(Date.parse(one.start), zone.value)}
          </li>
        ))}
      </ul>
      <p>
        <a href="/my">Change or cancel in My bookings</a>
      </p>
    </section>
  )
}

const SHOWN_EARLIER = 5

function BookedCard({ booking }: { booking: Reservation }) {
  const problem = useSignal<Refused | null>(null)
  const sure = useSignal(false)
  const busy = useSignal(false)
  const file = useSignal(true)
  async function cancel() {
    if (busy.value) return
    busy.value = true
    problem.value = await giveBack(booking)
    busy.value = false
    sure.value = false
  }
  return (
    <section class="card booked" data-reservation={booking.id} data-status="confirmed" data-fresh data-first>
      <div class="hold-head">
        <h3 tabIndex={-1}>
          <Icon name="check" /> Booked
        </h3>
        <button
          type="button"
          class="icon-button"
          aria-label="Close"
          onClick={() => {
            const rest = new Set(justBooked.value)
            rest.delete(booking.id)
            justBooked.value = rest
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      <p>
        {calendar.rules.value.slotMinutes} minutes with <strong>{provider.value?.name ?? '…'}</strong>
      </p>
      <When start={booking.start} end={booking.end} />
      {problem.value !== null && <Refusal problem={problem.value} />}
      {!file.value && <p class="fault">The calendar file could not be fetched. Try again.</p>}
      {sure.value ? (
        <div class="buttons">
          <button
            type="button"
            class="button danger"
            aria-disabled={busy.value}
            onClick={() => void cancel()}
          >
            {busy.value ? 'Asking …' : 'Yes, cancel it'}
          </button>
          <button
            type="button"
            class="button"
            onClick={() => {
              sure.value = false
            }}
          >
            Keep it
          </button>
        </div>
      ) : (
        <div class="buttons">
          <button
            type="button"
            class="button"
            onClick={async () => {
              file.value = await downloadCalendar(booking.id)
            }}
          >
            <Icon name="calendar" /> Add to calendar
          </button>
          <ShareLink day={dayOf(Date.parse(booking.start), zone.value)} />
          <button
            type="button"
            class="button plain"
            onClick={() => {
              sure.value = true
            }}
          >
            Cancel booking
          </button>
        </div>
      )}
    </section>
  )
}

function ShareLink({ day }: { day: string }) {
  const shown = useSignal<'copied' | 'by hand' | null>(null)
  const address = `${location.origin}${addressOf(day, zone.value)}`
  async function copy() {
    try {
      await navigator.clipboard.writeText(address)
      shown.value = 'copied'
      say('Link copied.')
    } catch {
      shown.value = 'by hand'
    }
  }
  if (shown.value === 'by hand') {
    return (
      <input
        class="input"
        readOnly
        aria-label="Link to this day"
        value={address}
        onFocus={(event) => event.currentTarget.select()}
      />
    )
  }
  return (
    <button type="button" class="button" onClick={() => void copy()}>
      <Icon name={shown.value === 'copied' ? 'check' : 'link'} />{' '}
      {shown.value === 'copied' ? 'Link copied' : 'Share link'}
    </button>
  )
}

function RefusedCard({ shown }: { shown: Extract<Notice, { kind: 'refused' }> }) {
  return (
    <NoticeCard
      kind="refused"
      code={shown.problem.code}
      start={shown.slot.start}
      first
      onClose={() => {
        notice.value = null
      }}
    >
      <RefusedTime shown={shown} />
    </NoticeCard>
  )
}

function EndedCard({ ending, first }: { ending: Ending; first: boolean }) {
  return (
    <NoticeCard
      kind="ended"
      code={ending.reason}
      start={ending.reservation.start}
      first={first}
      onClose={() => dismissEnding(ending)}
    >
      <EndedTime ending={ending} />
    </NoticeCard>
  )
}

function NoticeCard(props: {
  kind: Notice['kind']
  code: string
  start: string
  first: boolean
  onClose: () => void
  children: ComponentChildren
}) {
  const { kind, code, start, first, onClose, children } = props
  const time = `${words.value.day(dayOf(Date.parse(start), zone.value), 'short')}, ${words.value.time(Date.parse(start), zone.value)}`
  return (
    <section class="card notice" data-first={first || undefined} data-notice={kind} data-code={code}>
      <div class="hold-head">
        <h3 tabIndex={-1}>{time}</h3>
        <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {children}
    </section>
  )
}

const reachedAgain = { text: 'The server is reached again.', next: 'Try once more.' }

/** On this page nothing else is forbidden. */
const forProviders = {
  text: 'You are signed in as a provider.',
  next: 'Booking needs a client account: sign out, then press the time again.',
}

function RefusedTime({ shown }: { shown: Extract<Notice, { kind: 'refused' }> }) {
  const { problem, near } = shown
  const isBack = useIsBack(problem)
  const { text, next } = isBack
    ? reachedAgain
    : problem.code === 'forbidden'
      ? forProviders
      : sentenceFor(problem.code)
  const until = problem.slot?.expiresAt
  return (
    <>
      <p role="status">
        <strong>{text}</strong>{' '}
        {problem.code === 'slot_held' && until !== undefined
          ? `It may come free by ${words.value.time(Date.parse(until), zone.value)}.`
          : ''}{' '}
        {near === null || near.length > 0 ? next : ''}
      </p>
      {near !== null && near.length > 0 && (
        <div class="near">
          {near.map((slot) => (
            <Retry key={slot.id} slot={slot}>
              {words.value.day(dayOf(Date.parse(slot.start), zone.value), 'short')},{' '}
              {words.value.time(Date.parse(slot.start), zone.value)}
            </Retry>
          ))}
        </div>
      )}
      {near !== null && near.length === 0 && <p class="quiet">No other time is free at the moment.</p>}
      {['offline', 'unavailable', 'rate_limited', 'internal'].includes(problem.code) && (
        <div class="buttons">
          <Retry slot={shown.slot}>Try again</Retry>
        </div>
      )}
      {(problem.code === 'client_busy' || problem.code === 'hold_limit') && (
        <div class="buttons">
          <a class="button" href="/my">
            My bookings
          </a>
        </div>
      )}
    </>
  )
}

function EndedTime({ ending }: { ending: Ending }) {
  const { reservation, reason } = ending
  const { slots, from, to } = calendar.seen.value
  const start = Date.parse(reservation.start)
  const slot = slots.get(reservation.slotId)
  // Lists leave out what is withdrawn; beyond their span nothing is known.
  const withdrawn = slot === undefined ? start >= from && start < to : slot.state === 'withdrawn'
  const text = {
    expired: `Your hold has run out${withdrawn ? '' : ', so the time is free for everybody again'}.`,
    released: 'This hold was ended by the provider or in another window.',
    cancelled: 'This booking was cancelled by the provider or in another window.',
  }[reason]
  return (
    <>
      <p>
        {text}
        {withdrawn && ' The time is no longer offered.'}
      </p>
      {!withdrawn && (
        <div class="buttons">
          <Retry slot={{ id: reservation.slotId, start: reservation.start }}>Hold it again</Retry>
        </div>
      )}
    </>
  )
}

function Retry({ slot, children }: { slot: { id: string; start: string }; children: ComponentChildren }) {
  return (
    <button type="button" class="button" data-near={slot.id} onClick={() => void takeAndShow(slot)}>
      {children}
    </button>
  )
}
