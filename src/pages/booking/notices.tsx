/** What needs the reader's eye: a time that somebody else was faster to take, a hold or booking that ended. */
import type { ComponentChildren } from 'preact'
import type { Reservation } from '../../schemas/reservations.js'
import { sentenceFor } from '../shared/error-messages.js'
import { Icon } from '../shared/icons.jsx'
import { words, zone } from '../shared/locale.js'
import { useIsBack } from '../shared/refusal.jsx'
import type { Ending } from '../shared/reservations.js'
import { dayOf } from '../shared/time.js'
import { calendar, dismissEnding, moving, type Notice, notice, provider } from './state.js'
import { chooseTarget, takeAndShow } from './take.jsx'

type RefusedNotice = Extract<Notice, { kind: 'refused' }>

export function RefusedCard({ shown, first }: { shown: RefusedNotice; first: boolean }) {
  return (
    <NoticeCard
      kind="refused"
      code={shown.problem.code}
      start={shown.slot.start}
      first={first}
      onClose={() => {
        notice.value = null
      }}
    >
      <RefusedTime shown={shown} />
    </NoticeCard>
  )
}

export function EndedCard({ ending, first }: { ending: Ending; first: boolean }) {
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
  return (
    <section class="card notice" data-first={first || undefined} data-notice={kind} data-code={code}>
      <div class="hold-head">
        <h3 tabIndex={-1}>{timeOf(start)}</h3>
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

function RefusedTime({ shown }: { shown: RefusedNotice }) {
  const { problem, near, kept } = shown
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
        {kept !== null && ` Nothing has changed: ${timeOf(kept.start)} is still yours.`}
      </p>
      {near !== null && near.length > 0 && (
        <div class="near">
          {near.map((slot) => (
            <Retry key={slot.id} slot={slot}>
              {timeOf(slot.start)}
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
    cancelled: cancelledBy(reservation),
  }[reason]
  return (
    <>
      <p>
        {text}
        {reservation.note !== undefined && ` “${reservation.note}”`}
        {withdrawn && ' The time is no longer offered.'}
      </p>
      {!withdrawn && (
        <div class="buttons">
          <Retry slot={{ id: reservation.slotId, start: reservation.start }} as={reservation.serviceId}>
            Hold it again
          </Retry>
        </div>
      )}
    </>
  )
}

function cancelledBy({ reason, cancelledBy: by }: Reservation): string {
  if (reason === 'replaced') return 'A newer booking of yours took its place.'
  if (by === 'provider') return `This booking was cancelled by ${provider.value?.name ?? 'the provider'}.`
  return `This booking was cancelled ${by === 'client' ? 'in another window' : 'by the provider or in another window'}.`
}

/** While something is being moved, other times are times to move to. */
function Retry(props: {
  slot: { id: string; start: string }
  as?: string | undefined
  children: ComponentChildren
}) {
  const { slot, as, children } = props
  const again = () => (moving.value === null ? void takeAndShow(slot, as) : chooseTarget(slot))
  return (
    <button type="button" class="button" data-near={slot.id} onClick={again}>
      {children}
    </button>
  )
}

function timeOf(start: string): string {
  const instant = Date.parse(start)
  return `${words.value.day(dayOf(instant, zone.value), 'short')}, ${words.value.time(instant, zone.value)}`
}
