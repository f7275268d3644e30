/** One appointment: who comes, for what, how to reach them; and what can be done: note, move, cancel, forget. */
import { useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { Countdown } from '../shared/countdown.jsx'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { minute } from '../shared/now.js'
import { OutcomeSwitch } from '../shared/outcome.jsx'
import { Refusal } from '../shared/refusal.jsx'
import { filled } from '../shared/text/filled.jsx'
import type { Appointment } from './chosen.jsx'
import type { Desk } from './state.js'
import { text } from './text.js'

interface CardProps {
  desk: Desk
  appointment: Appointment
  /** It opens with the question whether to cancel it. */
  isEnding: boolean
}

export function AppointmentCard({ desk, appointment, isEnding }: CardProps) {
  const { id, status, expiresAt, full, start } = appointment
  const name = appointment.name || text.value.aClient
  const texts = text.value.appointment
  const who = <strong dir="auto">{name}</strong>
  const step = useSignal<'ending' | 'forgetting' | null>(isEnding ? 'ending' : null)
  const { last, problem } = desk.move
  // One from outside of the week that is listed.
  useEffect(() => {
    if (full === undefined) void desk.reservations.fetch(id)
  }, [id, full === undefined])
  const isOver = start <= minute.value
  const moved = last.value?.id === id ? last.value : null
  return (
    <>
      <p>
        {status === 'confirmed'
          ? filled(texts.booked, { who })
          : expiresAt === undefined
            ? filled(texts.held, { who })
            : filled(full?.waitId === undefined ? texts.heldFor : texts.offeredFor, {
                who,
                left: <Countdown until={Date.parse(expiresAt)} />,
              })}
      </p>
      <Details desk={desk} appointment={appointment} />
      {problem.value !== null && (
        <Refusal problem={problem.value}>
          <p>{texts.staysThere}</p>
        </Refusal>
      )}
      {moved !== null && (
        <div class="note" data-moved="true">
          <Icon name="check" />
          <div>
            <p>{filled(texts.movedFrom, { when: <bdi class="num">{desk.move.inWords(moved.from)}</bdi> })}</p>
            <div class="buttons">
              <button
                type="button"
                class="button"
                aria-disabled={desk.move.busy.value}
                onClick={() => void desk.move.back()}
              >
                {texts.moveBack}
              </button>
            </div>
          </div>
        </div>
      )}
      {full !== undefined && <OutcomeSwitch reservation={full} reservations={desk.reservations} />}
      {step.value === 'ending' ? (
        <EndForm desk={desk} appointment={appointment} onKeep={() => goBack()} />
      ) : step.value === 'forgetting' ? (
        <Forget desk={desk} appointment={appointment} onKeep={() => goBack()} />
      ) : (
        <div class="buttons">
          {!isOver && (
            <>
              <button
                type="button"
                class="button"
                onClick={() => {
                  if (desk.move.begin(id, name)) focusSoon('.move-ghost')
                }}
              >
                {texts.move}
              </button>
              <button
                type="button"
                class="button danger"
                onClick={() => {
                  step.value = 'ending'
                  focusSoon('.chosen textarea, .chosen .danger')
                }}
              >
                {status === 'held' ? texts.endHold : texts.cancelBooking} …
              </button>
            </>
          )}
          {full?.clientId.startsWith('guest-') && appointment.name !== '' && (
            <button
              type="button"
              class="button plain"
              onClick={() => {
                step.value = 'forgetting'
                focusSoon('.chosen [data-sure]')
              }}
            >
              {texts.forget}
            </button>
          )}
        </div>
      )}
    </>
  )

  function goBack() {
    step.value = null
    focusSoon('.chosen h2')
  }
}

function Details({ desk, appointment: { start, full } }: { desk: Desk; appointment: Appointment }) {
  if (full === undefined) return <div class="bone details-bone" />
  const { phone, email, note } = full.contact ?? {}
  const texts = text.value.details
  return (
    <dl class="details">
      <dt>{texts.time}</dt>
      <dd class="num">
        {words.value.range(start, Date.parse(full.end), desk.zone)}
        {words.value.comma}
        {text.value.minutes({ count: full.durationMinutes })}
      </dd>
      {full.serviceName !== undefined && (
        <>
          <dt>{texts.service}</dt>
          <dd>
            <bdi>{full.serviceName}</bdi>
          </dd>
        </>
      )}
      {phone !== undefined && (
        <>
          <dt>{texts.phone}</dt>
          <dd>
            <a href={`tel:${phone.replace(/[^+\d]/g, '')}`} dir="ltr">
              {phone}
            </a>
          </dd>
        </>
      )}
      {email !== undefined && (
        <>
          <dt>{texts.email}</dt>
          <dd>
            <a href={`mailto:${encodeURIComponent(email)}`} dir="ltr">
              {email}
            </a>
          </dd>
        </>
      )}
      {note !== undefined && (
        <>
          <dt>{texts.note}</dt>
          <dd dir="auto">{note}</dd>
        </>
      )}
    </dl>
  )
}

interface StepProps {
  desk: Desk
  appointment: Appointment
  onKeep: () => void
}

function EndForm({ desk, appointment: { id, status, name, full }, onKeep }: StepProps) {
  const note = useSignal('')
  const busy = useSignal(false)
  const problem = useSignal<Refused | null>(null)
  const field = useId()
  const isHold = status === 'held'
  /** Somebody without an account hears of it by mail alone. */
  const isReached = full?.clientId.startsWith('guest-') !== true || full.contact?.email !== undefined
  const texts = text.value.appointment

  async function end(withdraw: boolean) {
    if (busy.value) return
    busy.value = true
    const words = note.value.trim()
    problem.value = await desk.end(id, { withdraw, ...(words !== '' && { note: words }) })
    busy.value = false
    if (problem.value !== null) return
    say((isHold ? texts.holdEnded : texts.bookingEnded)({ name: name || text.value.aClient }))
    focusSoon('.chosen h2')
  }

  return (
    <div class="form">
      {isReached && (
        <div class="field">
          <label for={field}>{name === '' ? texts.messageToUnnamed : texts.messageTo({ name })}</label>
          <textarea
            class="input"
            id={field}
            rows={2}
            maxLength={500}
            value={note.value}
            onInput={(event) => {
              note.value = event.currentTarget.value
            }}
          />
        </div>
      )}
      {problem.value !== null && <Refusal problem={problem.value} />}
      <div class="buttons">
        <button
          type="button"
          class="button danger"
          aria-disabled={busy.value}
          onClick={() => void end(false)}
        >
          {isHold ? texts.endHold : texts.cancelBooking}
        </button>
        <button type="button" class="button danger" aria-disabled={busy.value} onClick={() => void end(true)}>
          {texts.alsoWithdraw}
        </button>
        <button type="button" class="button" onClick={onKeep}>
          {texts.keepIt}
        </button>
      </div>
    </div>
  )
}

function Forget({ desk, appointment: { id, name }, onKeep }: StepProps) {
  const problem = useSignal<Refused | null>(null)
  return (
    <div class="form">
      <p>{text.value.appointment.forgetting({ name })}</p>
      {problem.value !== null && <Refusal problem={problem.value} />}
      <div class="buttons">
        <button
          type="button"
          class="button danger"
          data-sure
          onClick={async () => {
            problem.value = await desk.reservations.forgetPerson(id)
            if (problem.value === null) onKeep()
          }}
        >
          {text.value.appointment.forgetNow({ name })}
        </button>
        <button type="button" class="button" onClick={onKeep}>
          {text.value.appointment.keep}
        </button>
      </div>
    </div>
  )
}

/** Once it is drawn. */
export function focusSoon(selector: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus())
}
