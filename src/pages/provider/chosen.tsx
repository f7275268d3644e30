/** What was pressed on the week: a time, and what can be done with it; or an appointment, or one on its way. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { ANY_TIME } from '../../domain/slot.js'
import type { OwnSlot } from '../../schemas/common.js'
import type { Reservation } from '../../schemas/reservations.js'
import type { Refused } from '../shared/api.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { minute } from '../shared/now.js'
import { Refusal } from '../shared/refusal.jsx'
import { faceOf, isLive } from '../shared/slot-face.js'
import { common } from '../shared/text.js'
import { dayOf } from '../shared/time.js'
import { AppointmentCard } from './appointment.jsx'
import { BookForm } from './book-form.jsx'
import { MoveCard } from './move-card.jsx'
import type { Desk } from './state.js'
import { text } from './text.js'

/** An appointment as far as it is known: at first the name that the picture has, then all of it. */
export interface Appointment {
  id: string
  name: string
  status: 'held' | 'confirmed'
  start: number
  expiresAt?: string
  full?: Reservation
}

export function Chosen({ desk }: { desk: Desk }) {
  if (desk.move.subject.value !== null) return <MoveCard desk={desk} />
  const { slot, appointment } = chosenOf(desk)
  if (appointment !== null) {
    const isEnding = desk.selected.value?.isEnding === true
    return (
      <Card desk={desk} start={appointment.start}>
        <AppointmentCard
          key={`${appointment.id} ${isEnding}`}
          desk={desk}
          appointment={appointment}
          isEnding={isEnding}
        />
      </Card>
    )
  }
  if (slot === undefined) return null
  return (
    <Card desk={desk} start={Date.parse(slot.start)}>
      <Time key={slot.id} desk={desk} slot={slot} />
    </Card>
  )
}

function Time({ desk, slot }: { desk: Desk; slot: OwnSlot }) {
  const problem = useSignal<Refused | null>(null)
  const busy = useSignal(false)
  const { state } = faceOf(slot, undefined, desk.calendar.moment.value, ANY_TIME)
  const span = { start: Date.parse(slot.start), end: Date.parse(slot.end) }
  const isOver = span.start <= minute.value

  async function act(work: () => Promise<Refused | null>) {
    if (busy.value) return
    busy.value = true
    problem.value = await work()
    busy.value = false
  }

  return (
    <>
      {state === 'open' && isOver && <p>{text.value.chosen.nobodyCame}</p>}
      {state === 'withdrawn' && <p>{text.value.chosen.withdrawn}</p>}
      {problem.value !== null && <Refusal problem={problem.value} />}
      {state === 'open' && !isOver && (
        <>
          <BookForm desk={desk} start={span.start} />
          <button
            type="button"
            class="button plain"
            aria-disabled={busy.value}
            onClick={() => void act(async () => (await desk.withdraw([span])).problem)}
          >
            {text.value.chosen.withdraw}
          </button>
        </>
      )}
      {state === 'withdrawn' && !isOver && (
        <button
          type="button"
          class="button"
          aria-disabled={busy.value}
          onClick={() =>
            void act(async () => {
              const answer = await desk.publish([{ start: slot.start, end: slot.end }])
              return answer.ok ? null : answer.problem
            })
          }
        >
          {text.value.chosen.offerAgain}
        </button>
      )}
    </>
  )
}

function Card({ desk, start, children }: { desk: Desk; start: number; children: ComponentChildren }) {
  return (
    <section
      class="card chosen"
      aria-label={text.value.chosen.title}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close(desk)
      }}
    >
      <div class="chosen-head">
        <h2 tabIndex={-1}>
          {words.value.day(dayOf(start, desk.zone), 'short')}
          {words.value.comma}
          <span class="num">{words.value.time(start, desk.zone)}</span>
        </h2>
        <button type="button" class="icon-button" aria-label={common.value.close} onClick={() => close(desk)}>
          <Icon name="close" />
        </button>
      </div>
      {children}
    </section>
  )
}

function close(desk: Desk): void {
  const { slot, appointment } = chosenOf(desk)
  const id = appointment?.full?.slotId ?? slot?.id
  desk.selected.value = null
  desk.forSomebody.forget()
  desk.move.forgetLast()
  document.querySelector<HTMLElement>(`[data-slot-id="${id}"]`)?.focus()
}

/**
 * What the selection is by now. Picture and list come on different ways; of the two the one with the newer `rev` of
 * the slot is believed.
 */
function chosenOf(desk: Desk): { slot: OwnSlot | undefined; appointment: Appointment | null } {
  const chosen = desk.selected.value
  if (chosen === null) return { slot: undefined, appointment: null }
  const { reservationId } = chosen
  const full = reservationId === undefined ? undefined : desk.reservations.byId.value.get(reservationId)
  const slot = desk.calendar.seen.value.slots.get(full?.slotId ?? chosen.slotId)
  const now = desk.calendar.moment.value
  const state = slot && faceOf(slot, undefined, now, ANY_TIME).state
  const seen = slot?.reservation
  if (slot && seen !== undefined && (state === 'held' || state === 'confirmed')) {
    const isThis = full?.id === seen.id
    return {
      slot,
      appointment: {
        id: seen.id,
        name: seen.client.name,
        status: state,
        start: Date.parse(isThis ? full.start : slot.start),
        ...(slot.expiresAt !== undefined && { expiresAt: slot.expiresAt }),
        ...(isThis && { full }),
      },
    }
  }
  const isNewer = full !== undefined && (slot === undefined || full.rev > slot.rev) && isLive(full, now)
  return { slot, appointment: isNewer ? appointmentOf(full) : null }
}

function appointmentOf(full: Reservation): Appointment {
  const { id, client, status, start, expiresAt } = full
  return {
    id,
    name: client?.name ?? '',
    status: status === 'held' ? 'held' : 'confirmed',
    start: Date.parse(start),
    ...(expiresAt !== undefined && { expiresAt }),
    full,
  }
}
