/** Cards of what the reader holds, has just booked or moved, or is moving. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Reservation } from '../../schemas/reservations.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { CopyLink } from '../shared/copy-link.jsx'
import { Countdown, Meter, warning } from '../shared/countdown.jsx'
import { Icon } from '../shared/icons.jsx'
import { words, zone } from '../shared/locale.js'
import { clock, tick } from '../shared/now.js'
import { Refusal } from '../shared/refusal.jsx'
import { downloadCalendar } from '../shared/reservations.js'
import { SureToCancel } from '../shared/sure-to-cancel.jsx'
import { filled } from '../shared/text/filled.jsx'
import { common } from '../shared/text.js'
import { cityOf, dayOf, sameWall } from '../shared/time.js'
import { OfferMark } from '../waiting/own-waits.jsx'
import { addressOf } from './address.js'
import {
  asking,
  book,
  calendar,
  giveBack,
  lengthen,
  moveToTarget,
  provider,
  putAway,
  stopMoving,
} from './state.js'
import { goToCard } from './take.jsx'
import { text } from './text.js'

export function When({ start, end }: { start: string; end: string }) {
  const there = provider.value?.timeZone ?? zone.value
  const from = Date.parse(start)
  const to = Date.parse(end)
  const span = (inZone: string) => <bdi>{words.value.range(from, to, inZone)}</bdi>
  return (
    <p class="when">
      <strong>{words.value.dayOfInstant(from, zone.value)}</strong>
      <span class="num">
        {span(zone.value)} <bdi class="quiet">{cityOf(zone.value)}</bdi>
      </span>
      {!sameWall(from, zone.value, there) && (
        <span class="quiet num">
          {dayOf(from, zone.value) !== dayOf(from, there) && (
            <>{words.value.day(dayOf(from, there), 'short')} </>
          )}
          {span(there)} <bdi>{cityOf(there)}</bdi>
        </span>
      )}
    </p>
  )
}

/** What is being chosen a new time for, and the time that was chosen. */
export function MoveCard(props: {
  reservation: Reservation
  to: { id: string; start: string } | null
  first: boolean
}) {
  const { reservation, to, first } = props
  const length = Date.parse(reservation.end) - Date.parse(reservation.start)
  const busy = to !== null && asking.value.has(to.id)
  const t = text.value.moving
  return (
    <section class="card moving" data-first={first || undefined} data-moving={reservation.id}>
      {to === null ? (
        <>
          <h3 tabIndex={-1}>{t.choose}</h3>
          {reservation.serviceName !== undefined && <p dir="auto">{reservation.serviceName}</p>}
          <When start={reservation.start} end={reservation.end} />
          <p class="small quiet">{t.keeps}</p>
        </>
      ) : (
        <>
          <h3 tabIndex={-1}>{t.here}</h3>
          <p class="small quiet num">
            <s>{words.value.moment(Date.parse(reservation.start), zone.value)}</s>
          </p>
          <When start={to.start} end={new Date(Date.parse(to.start) + length).toISOString()} />
        </>
      )}
      <div class="buttons">
        {to !== null && (
          <button
            type="button"
            class="button main"
            aria-disabled={busy}
            onClick={() => void moveToTarget().then(goToCard)}
          >
            {busy ? common.value.asking : t.move}
          </button>
        )}
        <button
          type="button"
          class="button"
          onClick={() => {
            stopMoving()
            document.getElementById('content')?.focus()
          }}
        >
          {t.keepOld}
        </button>
      </div>
    </section>
  )
}

export function HoldCard({ hold, first }: { hold: Reservation; first: boolean }) {
  const problem = useSignal<Refused | null>(null)
  const busy = useSignal<'book' | 'back' | 'longer' | null>(null)
  const until = Date.parse(hold.expiresAt ?? hold.start)
  const warn = warning(until - tick.value)
  useEffect(() => {
    if (warn !== undefined)
      say(
        text.value.hold.leftSaid({
          span: words.value.duration(until - clock.now()),
          time: words.value.time(Date.parse(hold.start), zone.value),
        }),
      )
  }, [warn, until, hold.start])

  async function act(kind: 'book' | 'back' | 'longer') {
    if (busy.value !== null) return
    busy.value = kind
    problem.value = null
    const refused = await { book, back: giveBack, longer: lengthen }[kind](hold)
    busy.value = null
    problem.value = refused
    requestAnimationFrame(() => {
      if (document.activeElement && document.activeElement !== document.body) return
      if (document.querySelector('.panel [data-first]') === null) document.getElementById('content')?.focus()
      else goToCard()
    })
  }

  return (
    <section class="card hold" data-reservation={hold.id} data-status="held" data-first={first || undefined}>
      <div class="hold-head">
        <h3 tabIndex={-1}>{text.value.hold.heading}</h3>
        <Countdown until={until} />
      </div>
      {hold.waitId !== undefined && <OfferMark />}
      <Meter until={until} length={calendar.rules.value.holdSeconds * 1000} />
      {hold.serviceName !== undefined && <p dir="auto">{hold.serviceName}</p>}
      <When start={hold.start} end={hold.end} />
      {warn !== undefined && (
        <p class="small warn-words">
          {warn === '1' ? text.value.hold.lastMinute : text.value.hold.lastMinutes}
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
          {busy.value === 'book' ? common.value.asking : common.value.confirmBooking}
        </button>
        <button
          type="button"
          class="button"
          aria-disabled={busy.value !== null}
          onClick={() => void act('back')}
        >
          {busy.value === 'back' ? common.value.asking : common.value.giveBack}
        </button>
        {warn !== undefined && problem.value?.code !== 'extension_limit' && (
          <button
            type="button"
            class="button plain"
            aria-disabled={busy.value !== null}
            onClick={() => void act('longer')}
          >
            {busy.value === 'longer' ? common.value.asking : common.value.moreTime}
          </button>
        )}
      </div>
    </section>
  )
}

export function BookedCard(props: { booking: Reservation; what: 'booked' | 'moved'; first: boolean }) {
  const { booking, what, first } = props
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
    <section
      class="card booked"
      data-reservation={booking.id}
      data-status="confirmed"
      data-fresh={what}
      data-first={first || undefined}
    >
      <div class="hold-head">
        <h3 tabIndex={-1}>
          <Icon name="check" /> {what === 'booked' ? common.value.booked : text.value.moving.moved}
        </h3>
        <button
          type="button"
          class="icon-button"
          aria-label={common.value.close}
          onClick={() => putAway(booking.id)}
        >
          <Icon name="close" />
        </button>
      </div>
      <p>
        <What booking={booking} />
      </p>
      <When start={booking.start} end={booking.end} />
      {problem.value !== null && <Refusal problem={problem.value} />}
      {!file.value && <p class="fault">{text.value.done.noFile}</p>}
      {sure.value ? (
        <SureToCancel
          isBusy={busy.value}
          onCancel={() => void cancel()}
          onKeep={() => {
            sure.value = false
          }}
        />
      ) : (
        <div class="buttons">
          <button
            type="button"
            class="button"
            onClick={async () => {
              file.value = await downloadCalendar(booking.id)
            }}
          >
            <Icon name="calendar" /> {common.value.addToCalendar}
          </button>
          <ShareLink booking={booking} />
          <button
            type="button"
            class="button plain"
            onClick={() => {
              sure.value = true
            }}
          >
            {common.value.cancelBooking}
          </button>
        </div>
      )}
    </section>
  )
}

function What({ booking: { serviceName, durationMinutes } }: { booking: Reservation }) {
  const name = (
    <strong>
      <bdi>{provider.value?.name ?? '…'}</bdi>
    </strong>
  )
  const span = words.value.duration(durationMinutes * 60_000)
  const t = text.value.done
  return serviceName === undefined
    ? filled(t.with, { span, name })
    : filled(t.serviceWith, { service: serviceName, span, name })
}

function ShareLink({ booking }: { booking: Reservation }) {
  const place = { day: dayOf(Date.parse(booking.start), zone.value), serviceId: booking.serviceId ?? null }
  const address = `${location.origin}${addressOf(place, zone.value)}`
  return <CopyLink address={address} title={text.value.done.share} label={text.value.done.shareLabel} />
}
