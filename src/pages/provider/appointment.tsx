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
import type { Appointment } from './chosen.jsx'
import type { Desk } from './state.js'

interface CardProps {
  desk: Desk
  appointment: Appointment
  /** It opens with the question whether to cancel it. */
  isEnding: boolean
}

export function AppointmentCard({ desk, appointment, isEnding }: CardProps) {
  const { id, status, expiresAt, full, start } = appointment
  const name = appointment.name || 'a client'
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
        {status === 'held' ? 'Held by ' : 'Booked by '}
        <strong>{name}</strong>
        {status === 'held' && expiresAt !== undefined && (
          <>
            , <Countdown until={Date.parse(expiresAt)} /> left to confirm
          </>
        )}
        .
      </p>
      <Details desk={desk} appointment={appointment} />
      {problem.value !== null && (
        <Refusal problem={problem.value}>
          <p>The appointment stays where it was.</p>
        </Refusal>
      )}
      {moved !== null && (
        <div class="note" data-moved="true">
          <Icon name="check" />
          <div>
            <p>
              Moved here from <span class="num">{desk.move.inWords(moved.from)}</span>.
            </p>
            <div class="buttons">
              <button
                type="button"
                class="button"
                aria-disabled={desk.move.busy.value}
                onClick={() => void desk.move.back()}
              >
                Move back
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
                Move …
              </button>
              <button
                type="button"
                class="button danger"
                onClick={() => {
                  step.value = 'ending'
                  focusSoon('.chosen textarea')
                }}
              >
                {status === 'held' ? 'End this hold' : 'Cancel this booking'} …
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
              Forget this person …
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
  return (
    <dl class="details">
      <dt>Time</dt>
      <dd class="num">
        {words.value.time(start, desk.zone)} – {words.value.time(Date.parse(full.end), desk.zone)},{' '}
        {full.durationMinutes} min
      </dd>
      {full.serviceName !== undefined && (
        <>
          <dt>Service</dt>
          <dd>{full.serviceName}</dd>
        </>
      )}
      {phone !== undefined && (
        <>
          <dt>Phone</dt>
          <dd>
            <a href={`tel:${phone.replace(/[^+\d]/g, '')}`}>{phone}</a>
          </dd>
        </>
      )}
      {email !== undefined && (
        <>
          <dt>E-mail</dt>
          <dd>
            <a href={`mailto:${encodeURIComponent(email)}`}>{email}</a>
          </dd>
        </>
      )}
      {note !== undefined && (
        <>
          <dt>Note</dt>
          <dd>{note}</dd>
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

function EndForm({ desk, appointment: { id, status, name }, onKeep }: StepProps) {
  const note = useSignal('')
  const busy = useSignal(false)
  const problem = useSignal<Refused | null>(null)
  const field = useId()
  const isHold = status === 'held'

  async function end(withdraw: boolean) {
    if (busy.value) return
    busy.value = true
    const text = note.value.trim()
    problem.value = await desk.end(id, { withdraw, ...(text !== '' && { note: text }) })
    busy.value = false
    if (problem.value !== null) return
    say(`${isHold ? 'Hold' : 'Booking'} of ${name || 'a client'} ended.`)
    focusSoon('.chosen h2')
  }

  return (
    <div class="form">
      <div class="field">
        <label for={field}>Message to {name || 'the client'} (optional)</label>
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
      {problem.value !== null && <Refusal problem={problem.value} />}
      <div class="buttons">
        <button
          type="button"
          class="button danger"
          aria-disabled={busy.value}
          onClick={() => void end(false)}
        >
          {isHold ? 'End this hold' : 'Cancel this booking'}
        </button>
        <button type="button" class="button danger" aria-disabled={busy.value} onClick={() => void end(true)}>
          … and withdraw the time
        </button>
        <button type="button" class="button" onClick={onKeep}>
          Keep it
        </button>
      </div>
    </div>
  )
}

function Forget({ desk, appointment: { id, name }, onKeep }: StepProps) {
  const problem = useSignal<Refused | null>(null)
  return (
    <div class="form">
      <p>Name, phone, e-mail and note of {name} are erased. The time stays taken.</p>
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
          Forget {name}
        </button>
        <button type="button" class="button" onClick={onKeep}>
          Keep
        </button>
      </div>
    </div>
  )
}

/** Once it is drawn. */
export function focusSoon(selector: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus())
}
