/** Days off: choose them, see who is affected, and close them in one go. */
import { useEffect, useId, useRef } from 'preact/hooks'
import { addDays, daysBetween } from '../../domain/days.js'
import { sentenceFor } from '../shared/error-messages.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { minute } from '../shared/now.js'
import { Refusal } from '../shared/refusal.jsx'
import { filled } from '../shared/text/filled.jsx'
import { dayOf, weekdayOf } from '../shared/time.js'
import { DayFields } from './day-fields.jsx'
import { AppointmentLine, daysInWords, momentOf } from './in-words.jsx'
import { text } from './text.js'
import type { Affected, DaysOff, Done } from './time-off-state.js'

const FRIDAY = 5

export function TimeOff({ off, zone }: { off: DaysOff; zone: string }) {
  const id = useId()
  const from = off.from.value
  const to = off.to.value
  const today = dayOf(minute.value, zone)
  return (
    <section id="time-off" class="card form" aria-labelledby={`${id}h`}>
      <h2 id={`${id}h`}>{text.value.timeOff.title}</h2>
      <div class="buttons">
        {chipsFrom(today).map((chip) => (
          <button
            key={chip.name}
            type="button"
            class="button"
            aria-pressed={from === chip.from && (to === '' ? from : to) === chip.to}
            onClick={() => off.choose(chip.from, chip.from === chip.to ? '' : chip.to)}
          >
            {chip.name}
          </button>
        ))}
      </div>
      <DayFields
        labels={{ from: text.value.timeOff.first, to: text.value.timeOff.last }}
        from={from}
        to={to}
        earliest={today}
        onChange={(first, last) => off.choose(first, last)}
      />
      <Plan off={off} zone={zone} />
      {off.problem.value !== null && <Refusal problem={off.problem.value} />}
      {off.done.value !== null && <Result off={off} done={off.done.value} zone={zone} />}
    </section>
  )
}

function chipsFrom(today: string): { name: string; from: string; to: string }[] {
  const tomorrow = addDays(today, 1)
  const friday = addDays(today, (FRIDAY - weekdayOf(today) + 7) % 7 || 7)
  const monday = addDays(today, 8 - weekdayOf(today))
  const { timeOff } = text.value
  const date = (day: string) => ({ date: words.value.day(day, 'date') })
  return [
    { name: timeOff.tomorrow, from: tomorrow, to: tomorrow },
    { name: timeOff.nextFriday(date(friday)), from: friday, to: friday },
    { name: timeOff.nextWeek(date(monday)), from: monday, to: addDays(monday, 6) },
  ]
}

/** What would happen on the chosen days, what is to become of each booking, and the button that does it. */
function Plan({ off, zone }: { off: DaysOff; zone: string }) {
  const id = useId()
  const { preview, problem, isAsking } = off.previewer
  const days = off.days.value
  const plan = preview.value
  if (days === null) return null
  if (problem.value !== null) return <Refusal problem={problem.value} />
  if (plan === null) {
    return (
      <p class="quiet small" role="status">
        {text.value.timeOff.looking}
      </p>
    )
  }
  const { withdraws, holds, affected } = plan
  const moving = affected.filter(({ reservation }) => off.moves.value.has(reservation.id)).length
  const left = affected.length - moving
  const others = off.others.value
  const isKept = others === 'keep'
  return (
    <form
      class="form"
      aria-busy={isAsking.value}
      data-affected={affected.length}
      onSubmit={(event) => {
        event.preventDefault()
        void off.take()
      }}
    >
      <p role="status">
        {text.value.timeOff.withdraws({ days: daysInWords(plan), times: withdraws })}{' '}
        <strong>
          {affected.length === 0
            ? text.value.timeOff.nobody
            : text.value.timeOff.affected({ bookings: affected.length })}
        </strong>
        {holds > 0 && ` ${text.value.timeOff.holdsBack({ holds })}`}
      </p>
      {affected.length > 1 && affected.some(({ offers }) => offers.length > 0) && (
        <div>
          <button type="button" class="button plain" onClick={() => off.moveAll()}>
            {text.value.timeOff.moveAll}
          </button>
        </div>
      )}
      {affected.map((one) => (
        <Choice key={one.reservation.id} off={off} affected={one} zone={zone} />
      ))}
      {left > 0 && (
        <label class="choice">
          <input
            type="checkbox"
            checked={isKept}
            onChange={(event) => {
              off.others.value = event.currentTarget.checked ? 'keep' : 'cancel'
            }}
          />
          <span>{text.value.timeOff.keepOthers}</span>
        </label>
      )}
      <div class="field">
        <label for={`${id}r`}>
          {left > 0 && !isKept ? text.value.timeOff.reasonRead : text.value.timeOff.reasonOwn}
        </label>
        <input
          class="input"
          id={`${id}r`}
          maxLength={200}
          autocomplete="off"
          value={off.reason.value}
          onInput={(event) => {
            off.reason.value = event.currentTarget.value
          }}
        />
      </div>
      <button
        type="submit"
        class="button main wide"
        aria-disabled={off.isBusy.value || isAsking.value}
        data-take-off
      >
        {off.isBusy.value
          ? text.value.closing
          : words.value.list([
              text.value.timeOff.close({ days: daysInWords(days) }),
              ...(moving > 0 ? [text.value.timeOff.move({ bookings: moving })] : []),
              ...(left > 0 ? [text.value.timeOff[others]({ bookings: left })] : []),
            ])}
      </button>
    </form>
  )
}

function Choice({ off, affected, zone }: { off: DaysOff; affected: Affected; zone: string }) {
  const { reservation, offers } = affected
  const chosen = off.moves.value.get(reservation.id)
  const name = `off-${reservation.id}`
  return (
    <fieldset class="time-off-booking" data-reservation={reservation.id}>
      <legend>
        <AppointmentLine reservation={reservation} zone={zone} />
      </legend>
      <label class="choice">
        <input
          type="radio"
          name={name}
          checked={chosen === undefined}
          onChange={() => off.move(reservation.id, null)}
        />
        <span>{off.others.value === 'keep' ? text.value.timeOff.keepIt : text.value.timeOff.cancelIt}</span>
      </label>
      {offers.map((offer) => {
        const isTaken = off.isTaken(offer, reservation.id)
        return (
          <label key={offer.slotId} class="choice">
            <input
              type="radio"
              name={name}
              checked={chosen === offer.slotId}
              disabled={isTaken && chosen !== offer.slotId}
              onChange={() => off.move(reservation.id, offer.slotId)}
            />
            <span>
              {filled(
                isTaken && chosen !== offer.slotId
                  ? text.value.timeOff.moveToTaken
                  : text.value.timeOff.moveTo,
                { when: <bdi class="num">{momentOf(offer.start, zone)}</bdi> },
              )}
            </span>
          </label>
        )
      })}
      {offers.length === 0 && <p class="quiet small">{text.value.timeOff.noOffer}</p>}
    </fieldset>
  )
}

function Result({ off, done, zone }: { off: DaysOff; done: Done; zone: string }) {
  const { result, affected } = done
  const { exception, withdrawn, moved, cancelled, released, kept, failed } = result
  const place = useRef<HTMLDivElement>(null)
  // What was pressed is gone.
  useEffect(() => place.current?.focus(), [done])
  const nameOf = (reservationId: string) =>
    affected.find(({ reservation }) => reservation.id === reservationId)?.reservation.client?.name ??
    text.value.aClient
  return (
    <div
      class={`note ${failed.length > 0 ? 'warn' : ''}`}
      ref={place}
      tabIndex={-1}
      data-closed={exception.id}
    >
      <Icon name={failed.length > 0 ? 'alert' : 'check'} />
      <div>
        <p>
          <strong>{text.value.timeOff.closed({ days: daysInWords(exception) })}</strong>{' '}
          {text.value.timeOff.withdrawn({ times: withdrawn, holds: released.length })}
        </p>
        <ul class="hours-bookings">
          {moved.map((reservation) => (
            <li key={reservation.id}>
              {text.value.timeOff.moved({
                name: nameOf(reservation.id),
                when: momentOf(reservation.start, zone),
              })}
            </li>
          ))}
          {cancelled.map((id) => (
            <li key={id}>{text.value.timeOff.cancelled({ name: nameOf(id) })}</li>
          ))}
          {failed.map(({ reservationId, code }) => (
            <li key={reservationId}>
              <strong>{text.value.timeOff.failed({ name: nameOf(reservationId) })}</strong>{' '}
              {sentenceFor(code).text} {text.value.timeOff.stillBooked}
            </li>
          ))}
          {kept
            .filter(({ id }) => failed.every(({ reservationId }) => reservationId !== id))
            .map((reservation) => (
              <li key={reservation.id}>
                {filled(text.value.timeOff.stays, {
                  booking: <AppointmentLine reservation={reservation} zone={zone} />,
                })}
              </li>
            ))}
        </ul>
        <div class="buttons">
          {failed.length > 0 && (
            <button
              type="button"
              class="button"
              onClick={() => off.choose(exception.from, exception.to === exception.from ? '' : exception.to)}
            >
              {text.value.timeOff.chooseAgain({ bookings: failed.length })}
            </button>
          )}
          <button
            type="button"
            class="button"
            aria-disabled={off.isBusy.value}
            onClick={() => void off.undo()}
          >
            {text.value.timeOff.openAgain({ count: daysBetween(exception.from, exception.to).length })}
          </button>
        </div>
        {cancelled.length > 0 && <p class="small">{text.value.timeOff.staysCancelled}</p>}
      </div>
    </div>
  )
}
