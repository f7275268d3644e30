/** What needs the reader's eye: a time that somebody else was faster to take, a hold or booking that ended. */
import type { ComponentChildren } from 'preact'
import type { Reservation } from '../../schemas/reservations.js'
import { sentenceFor } from '../shared/error-messages.js'
import { Icon } from '../shared/icons.jsx'
import { words, zone } from '../shared/locale.js'
import { useIsBack } from '../shared/refusal.jsx'
import type { Ending } from '../shared/reservations.js'
import { filled } from '../shared/text/filled.jsx'
import { common } from '../shared/text.js'
import { calendar, dismissEnding, moving, type Notice, notice, provider } from './state.js'
import { chooseTarget, takeAndShow } from './take.jsx'
import { text } from './text.js'

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
        <button type="button" class="icon-button" aria-label={common.value.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {children}
    </section>
  )
}

function RefusedTime({ shown }: { shown: RefusedNotice }) {
  const { problem, near, kept } = shown
  const isBack = useIsBack(problem)
  const t = text.value.notice
  // On this page nothing else is forbidden.
  const { text: said, next } = isBack
    ? t.reachedAgain
    : problem.code === 'forbidden'
      ? t.forProviders
      : sentenceFor(problem.code)
  const until = problem.slot?.expiresAt
  return (
    <>
      <p role="status">
        <strong>{said}</strong>{' '}
        {problem.code === 'slot_held' && until !== undefined
          ? t.mayComeFree({ time: words.value.time(Date.parse(until), zone.value) })
          : ''}{' '}
        {near === null || near.length > 0 ? next : ''}
        {kept !== null && <> {t.stillYours({ time: timeOf(kept.start) })}</>}
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
      {near !== null && near.length === 0 && <p class="quiet">{t.noOther}</p>}
      {['offline', 'unavailable', 'rate_limited', 'internal'].includes(problem.code) && (
        <div class="buttons">
          <Retry slot={shown.slot}>{common.value.tryAgain}</Retry>
        </div>
      )}
      {(problem.code === 'client_busy' || problem.code === 'hold_limit') && (
        <div class="buttons">
          <a class="button" href="/my">
            {common.value.myBookings}
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
  const t = text.value.notice
  const said = {
    expired: withdrawn ? t.ranOut : t.ranOutFree,
    released: t.released,
    cancelled: cancelledBy(reservation),
  }[reason]
  return (
    <>
      <p>
        {said}
        {reservation.note !== undefined && <> {filled(t.quoted, { note: reservation.note })}</>}
        {withdrawn && <> {t.withdrawn}</>}
      </p>
      {!withdrawn && (
        <div class="buttons">
          <Retry slot={{ id: reservation.slotId, start: reservation.start }} as={reservation.serviceId}>
            {t.again}
          </Retry>
        </div>
      )}
    </>
  )
}

function cancelledBy({ reason, cancelledBy: by }: Reservation): string {
  const t = text.value.notice
  if (reason === 'replaced') return t.replaced
  if (by === 'provider') return t.cancelledBy({ name: provider.value?.name ?? common.value.theProvider })
  return by === 'client' ? t.cancelledHere : t.cancelled
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
  return words.value.moment(Date.parse(start), zone.value)
}
