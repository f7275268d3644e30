/**
 * Beside the times: what the reader holds and has booked here, and what needs a word. On a phone a sheet at its foot, in
 * which one card alone stands open and the others are a line each, so that the times stay in sight.
 */
import { computed, signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { Reservation } from '../../schemas/reservations.js'
import { Countdown } from '../shared/countdown.jsx'
import { words, zone } from '../shared/locale.js'
import { sendsMail } from '../shared/server-rules.js'
import { account } from '../shared/session.js'
import { filled } from '../shared/text/filled.jsx'
import { providerId } from './address.js'
import { BookedCard, HoldCard, MoveCard } from './cards.jsx'
import { GuestCard } from './guest.jsx'
import { guestHold } from './guest-state.js'
import { EndedCard, RefusedCard } from './notices.jsx'
import { bookings, calendar, front, holds, justDone, moving, notice, provider, target } from './state.js'
import { goToCard } from './take.jsx'
import { text } from './text.js'

interface Entry {
  key: string
  /** What it says where it is folded to a line. */
  line: ComponentChildren
  draw(isFirst: boolean): ComponentChildren
}

const phone = matchMedia('(max-width: 719px)')
const isPhone = signal(phone.matches)
phone.addEventListener('change', () => {
  isPhone.value = phone.matches
})

const shortOf = (start: string) => words.value.moment(Date.parse(start), zone.value)

const entries = computed<Entry[]>(() => [
  ...noticeEntries(),
  ...moveEntry(),
  ...guestEntry(),
  ...holdEntries(),
  ...doneEntries(),
])

function noticeEntries(): Entry[] {
  const shown = notice.value
  const t = text.value.panel
  if (shown === null) return []
  if (shown.kind === 'refused') {
    const line = t.refused({ time: shortOf(shown.slot.start) })
    return [{ key: 'refused', line, draw: (isFirst) => <RefusedCard shown={shown} first={isFirst} /> }]
  }
  return shown.endings.map((ending) => ({
    key: `ended ${ending.reservation.id}`,
    line: (ending.reason === 'expired' ? t.ranOut : t.ended)({ time: shortOf(ending.reservation.start) }),
    draw: (isFirst) => <EndedCard ending={ending} first={isFirst} />,
  }))
}

function moveEntry(): Entry[] {
  const reservation = moving.value
  if (reservation === null) return []
  return [
    {
      key: 'move',
      line: text.value.panel.moving({ time: shortOf(reservation.start) }),
      draw: (isFirst) => <MoveCard reservation={reservation} to={target.value} first={isFirst} />,
    },
  ]
}

function guestEntry(): Entry[] {
  const hold = guestHold.value
  if (hold === null || hold.providerId !== providerId.value) return []
  return [
    {
      key: hold.id,
      line: shortOf(hold.start),
      draw: (isFirst) => <GuestCard hold={hold} first={isFirst} />,
    },
  ]
}

function holdEntries(): Entry[] {
  return holds.value
    .filter(({ id }) => id !== moving.value?.id)
    .map((hold) => ({
      key: hold.id,
      line: (
        <>
          {shortOf(hold.start)} <Countdown until={Date.parse(hold.expiresAt ?? hold.start)} />
        </>
      ),
      draw: (isFirst) => <HoldCard hold={hold} first={isFirst} />,
    }))
}

function doneEntries(): Entry[] {
  return bookings.value.flatMap((booking) => {
    const what = justDone.value.get(booking.id)
    if (what === undefined) return []
    const line = text.value.panel[what]({ time: shortOf(booking.start) })
    return [
      {
        key: booking.id,
        line,
        draw: (isFirst: boolean) => <BookedCard booking={booking} what={what} first={isFirst} />,
      },
    ]
  })
}

export function Panel() {
  const all = entries.value
  const older = bookings.value.filter(({ id }) => !justDone.value.has(id) && id !== moving.value?.id)
  const first = all.find(({ key }) => key === front.value) ?? all[0]
  return (
    <aside class="panel" aria-label={text.value.panel.label} data-urgent={all.length > 0}>
      {all.map((entry) =>
        isPhone.value && entry !== first ? (
          <Folded key={entry.key} entry={entry} />
        ) : (
          <Unfolded key={entry.key}>{entry.draw(entry === first)}</Unfolded>
        ),
      )}
      {older.length > 0 && <Earlier bookings={older} />}
      {all.length + older.length === 0 && <HowItWorks />}
    </aside>
  )
}

/** Named by its key, so that a card keeps what it is about while others come and go. */
function Unfolded({ children }: { children: ComponentChildren }) {
  return <>{children}</>
}

function Folded({ entry }: { entry: Entry }) {
  return (
    <h3 class="folded">
      <button
        type="button"
        aria-expanded="false"
        onClick={() => {
          front.value = entry.key
          goToCard()
        }}
      >
        {entry.line}
      </button>
    </h3>
  )
}

function HowItWorks() {
  const { holdSeconds, noticeSeconds } = calendar.rules.value
  const t = text.value.panel
  return (
    <div class="card how">
      <h2>{t.how}</h2>
      <ol>
        <li>
          {filled(account.value === null ? t.pressSignedOut : t.pressText, {
            press: <strong>{t.press}</strong>,
            span: words.value.duration(holdSeconds * 1000),
          })}
        </li>
        <li>{filled(t.confirmText, { confirm: <strong>{t.confirm}</strong> })}</li>
        {account.value === null && sendsMail.value === true && (
          <li>
            <strong>{text.value.guest.title}:</strong> {text.value.guest.why}
          </li>
        )}
        {noticeSeconds > 0 && (
          <li class="quiet">{t.notice({ span: words.value.duration(noticeSeconds * 1000) })}</li>
        )}
      </ol>
    </div>
  )
}

function Earlier({ bookings }: { bookings: Reservation[] }) {
  return (
    <section class="card earlier">
      <h3>{text.value.panel.earlier({ count: bookings.length, name: provider.value?.name ?? '…' })}</h3>
      <ul>
        {bookings.slice(0, SHOWN_EARLIER).map((one) => (
          <li key={one.id} class="num" data-reservation={one.id} data-status="confirmed">
            {shortOf(one.start)}
            {one.serviceName !== undefined && <bdi class="quiet small"> {one.serviceName}</bdi>}
          </li>
        ))}
      </ul>
      <p>
        <a href="/my">{text.value.panel.change}</a>
      </p>
    </section>
  )
}

const SHOWN_EARLIER = 5
