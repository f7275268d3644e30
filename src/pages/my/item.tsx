/** One reservation: when and with whom, what has become of it, and what its client can do about it. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Provider } from '../../schemas/accounts.js'
import type { Reservation } from '../../schemas/reservations.js'
import { say } from '../shared/announce.jsx'
import type { Answer, Refused } from '../shared/api.js'
import { Countdown, warning } from '../shared/countdown.jsx'
import { Icon } from '../shared/icons.jsx'
import { words, zone } from '../shared/locale.js'
import { clock, minute, tick } from '../shared/now.js'
import { providerOf } from '../shared/providers.js'
import { Refusal } from '../shared/refusal.jsx'
import { confirm, downloadCalendar, extend, giveBack, hold } from '../shared/reservations.js'
import { isLive } from '../shared/slot-face.js'
import { SureToCancel } from '../shared/sure-to-cancel.jsx'
import { filled } from '../shared/text/filled.jsx'
import { common } from '../shared/text.js'
import { cityOf, dayOf, sameWall } from '../shared/time.js'
import { OfferMark } from '../waiting/own-waits.jsx'
import { Cutoff } from './cutoff.jsx'
import { endedAs } from './ended.js'
import { text } from './text.js'

export function Item({ reservation }: { reservation: Reservation }) {
  const provider = useSignal<Provider | null>(null)
  const problem = useSignal<Refused | null>(null)
  const busy = useSignal<string | null>(null)
  const sure = useSignal(false)
  const { id, slotId, providerId, start, end, status, expiresAt, serviceName, wallTimeWas } = reservation
  useEffect(() => {
    void providerOf(providerId).then((answer) => {
      if (answer.ok) provider.value = answer.data
    })
  }, [providerId, provider])

  const from = Date.parse(start)
  const over = Date.parse(end) <= clock.now()
  const held = !over && status === 'held' && isLive(reservation, clock.now())
  const coming = !over && status === 'confirmed'
  const there = provider.value?.timeZone ?? zone.value
  const name = provider.value?.name ?? common.value.theProvider

  const t = text.value.item
  const who = (
    <a href={calendarOf(reservation, {})}>
      <bdi>{provider.value?.name ?? common.value.theProvider}</bdi>
    </a>
  )

  /** What was pressed may be gone when it is done; then the focus goes to what it was about. */
  async function act(what: string, work: () => Promise<Answer<unknown>>, word: string) {
    if (busy.value !== null) return
    busy.value = what
    problem.value = null
    const answer = await work()
    busy.value = null
    sure.value = false
    if (answer.ok) say(word)
    else problem.value = answer.problem
    requestAnimationFrame(() => {
      if (document.activeElement === document.body)
        document.querySelector<HTMLElement>(`[data-reservation="${id}"] h3`)?.focus()
    })
  }

  async function bookAgain() {
    if (busy.value !== null) return
    busy.value = 'again'
    // Exactly that time, where it is free; else the calendar opens at that day.
    const answer = from > clock.now() ? await hold(slotId, reservation.serviceId) : null
    if (answer?.ok === false && OF_THE_CLIENT.includes(answer.problem.code)) {
      busy.value = null
      problem.value = answer.problem
      return
    }
    location.assign(calendarOf(reservation, {}))
  }

  return (
    <article
      class="card item"
      data-slot-id={held || coming ? slotId : undefined}
      data-state={held ? 'mine' : coming ? 'confirmed' : undefined}
      data-reservation={id}
      data-status={status}
    >
      <div class="item-when">
        <h3 tabIndex={-1}>{words.value.dayOfInstant(from, zone.value)}</h3>
        <p class="num">
          <bdi>{words.value.range(from, Date.parse(end), zone.value)}</bdi>
          {!sameWall(from, zone.value, there) && (
            <span class="quiet small">
              {' '}
              {filled(t.elsewhere, {
                time: words.value.timeElsewhere(from, zone.value, there),
                city: cityOf(there),
              })}
            </span>
          )}
        </p>
        {wallTimeWas !== undefined && (
          <p class="note warn small">
            <Icon name="clock" />
            <span>
              {filled(t.wallTimeWas, {
                time: wallInWords(wallTimeWas.start),
                city: cityOf(wallTimeWas.timeZone),
              })}
            </span>
          </p>
        )}
        <p class="quiet">
          {serviceName === undefined
            ? who
            : filled(t.serviceWith, {
                service: serviceName,
                span: words.value.duration(reservation.durationMinutes * 60_000),
                name: who,
              })}
        </p>
      </div>
      <div class="item-state">
        {held && expiresAt !== undefined && (
          <p class="item-left">
            <Countdown until={Date.parse(expiresAt)} /> <span class="quiet small">{t.leftToConfirm}</span>
          </p>
        )}
        {coming && (
          <p class="item-left">
            <Icon name="check" /> {common.value.booked}
          </p>
        )}
      </div>
      {held && reservation.waitId !== undefined && <OfferMark />}
      {!held && !coming && <p class="quiet item-wide">{endedAs(reservation, name)}</p>}
      {coming && <Cutoff reservation={reservation} phone={provider.value?.phone} />}
      {problem.value !== null && (
        <div class="item-wide">
          <Refusal problem={problem.value} />
        </div>
      )}
      {held && (
        <div class="buttons item-wide">
          <button
            type="button"
            class="button main"
            aria-disabled={busy.value !== null}
            onClick={() => void act('confirm', () => confirm(id), common.value.bookedSaid)}
          >
            {busy.value === 'confirm' ? common.value.asking : common.value.confirmBooking}
          </button>
          <button
            type="button"
            class="button"
            aria-disabled={busy.value !== null}
            onClick={() => void act('back', () => giveBack(id), common.value.givenBackSaid)}
          >
            {common.value.giveBack}
          </button>
          <a class="button" href={calendarOf(reservation, { move: id })}>
            {common.value.move}
          </a>
          {expiresAt !== undefined &&
            problem.value?.code !== 'extension_limit' &&
            warning(Date.parse(expiresAt) - tick.value) !== undefined && (
              <button
                type="button"
                class="button plain"
                aria-disabled={busy.value !== null}
                onClick={() => void act('longer', () => extend(id), t.longerSaid)}
              >
                {common.value.moreTime}
              </button>
            )}
        </div>
      )}
      {coming && !sure.value && (
        <div class="buttons item-wide">
          {isStill(reservation.moveUntil) && (
            <a class="button" href={calendarOf(reservation, { move: id })}>
              {common.value.move}
            </a>
          )}
          <button type="button" class="button" onClick={() => void downloadCalendar(id)}>
            <Icon name="calendar" /> {common.value.addToCalendar}
          </button>
          {isStill(reservation.cancelUntil) && (
            <button
              type="button"
              class="button plain"
              onClick={() => {
                sure.value = true
              }}
            >
              {common.value.cancelBooking}
            </button>
          )}
        </div>
      )}
      {coming && sure.value && (
        <SureToCancel
          isBusy={busy.value !== null}
          onCancel={() => void act('cancel', () => giveBack(id), common.value.bookingCancelledSaid)}
          onKeep={() => {
            sure.value = false
          }}
        />
      )}
      {!held && !coming && (
        <div class="buttons item-wide">
          <button
            type="button"
            class="button"
            aria-disabled={busy.value !== null}
            onClick={() => void bookAgain()}
          >
            {busy.value === 'again' ? common.value.asking : t.again}
          </button>
        </div>
      )}
    </article>
  )
}

/** Refusals that another time would meet as well. */
const OF_THE_CLIENT = ['hold_limit', 'booking_limit', 'client_busy', 'rate_limited', 'offline', 'unavailable']

function isStill(until: string | undefined): boolean {
  return until === undefined || Date.parse(until) >= minute.value
}

/** Where it is, or was: the calendar of its provider, with its service and, while it lies ahead, its day. */
function calendarOf({ providerId, serviceId, start }: Reservation, more: { move?: string }): string {
  const query = new URLSearchParams(more)
  if (serviceId !== undefined) query.set('service', serviceId)
  if (Date.parse(start) > clock.now()) query.set('day', dayOf(Date.parse(start), zone.value))
  query.set('zone', zone.value)
  return `/book/${encodeURIComponent(providerId)}?${query}`
}

/** A wall time as it was agreed: its zone has other rules now, so it is no instant any more. */
function wallInWords(wall: string): string {
  return words.value.moment(Date.parse(`${wall.slice(0, 16)}Z`), 'UTC')
}
