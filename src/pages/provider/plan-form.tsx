/** Publish or withdraw: the accessible way, and where a drag on the week ends up. */
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { ANY_TIME } from '../../domain/slot.js'
import type { OwnSlot } from '../../schemas/common.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { faceOf } from '../shared/slot-face.js'
import { dayOf } from '../shared/time.js'
import type { Desk } from './state.js'

const MAX_WEEKS = 8

type Outcome =
  | { kind: 'published'; opened: number; existing: number }
  | { kind: 'withdrawn'; withdrawn: number; kept: OwnSlot[]; undo: { start: string; end: string }[] }

export function PlanForm({ desk }: { desk: Desk }) {
  const busy = useSignal(false)
  const problem = useSignal<Refused | null>(null)
  const outcome = useSignal<Outcome | null>(null)
  const id = useId()
  const { wish, mode, plan, week, calendar, zone } = desk
  const { weekdays, spans, weeks } = wish.value
  const publishing = mode.value === 'publish'
  const step = calendar.rules.value.slotMinutes * 60
  const { faults, reach, blocks, opens, existing, days } = plan.value
  const started = weekdays.length > 0
  const open = publishing ? 0 : openIn(desk, reach)

  function change(part: Partial<typeof wish.value>) {
    outcome.value = null
    problem.value = null
    wish.value = { ...wish.value, ...part }
  }

  async function submit(event: SubmitEvent) {
    event.preventDefault()
    if (busy.value || faults.length > 0) return
    busy.value = true
    problem.value = null
    outcome.value = null
    if (publishing) {
      const answer = await desk.publish(blocks)
      if (answer.ok) {
        outcome.value = { kind: 'published', opened: answer.data.opened, existing: answer.data.existing }
        say(`${answer.data.opened} times opened.`)
      } else problem.value = answer.problem
    } else {
      const { withdrawn, kept, undo, problem: refused } = await desk.withdraw(reach)
      outcome.value = { kind: 'withdrawn', withdrawn, kept, undo }
      problem.value = refused
      say(`${withdrawn} times withdrawn.`)
    }
    busy.value = false
    if (problem.value === null) wish.value = { ...wish.value, weekdays: [] }
  }

  return (
    <form class="card plan" onSubmit={submit} aria-labelledby={`${id}h`}>
      <h2 id={`${id}h`}>{publishing ? 'Publish working time' : 'Withdraw open time'}</h2>
      <div class="switch">
        <button
          type="button"
          aria-pressed={publishing}
          onClick={() => {
            mode.value = 'publish'
          }}
        >
          Publish
        </button>
        <button
          type="button"
          aria-pressed={!publishing}
          onClick={() => {
            mode.value = 'withdraw'
          }}
        >
          Withdraw
        </button>
      </div>
      <fieldset>
        <legend class="label">Days of this week</legend>
        <div class="plan-days">
          {week.value.map((name, index) => (
            <label key={name} class="chip">
              <input
                type="checkbox"
                checked={weekdays.includes(index)}
                aria-label={words.value.day(name)}
                onChange={(event) =>
                  change({
                    weekdays: event.currentTarget.checked
                      ? [...weekdays, index].sort((a, b) => a - b)
                      : weekdays.filter((one) => one !== index),
                  })
                }
              />
              <span aria-hidden="true">
                {words.value.day(name, 'weekday').slice(0, 2)}
                <b class="num">{Number(name.slice(8))}</b>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset class="plan-spans">
        <legend class="label">Times, {zone.replaceAll('_', ' ')}</legend>
        {spans.map((span, index) => (
          <div key={`${index}${spans.length}`} class="plan-span">
            <span class="quiet">from</span>
            <input
              class="input num"
              type="time"
              step={step}
              required
              aria-label={`Block ${index + 1} from`}
              value={span.from}
              onInput={(event) => setSpan(index, { from: event.currentTarget.value })}
            />
            <span class="quiet">to</span>
            <input
              class="input num"
              type="time"
              step={step}
              required
              aria-label={`Block ${index + 1} to`}
              value={span.to === '24:00' ? '00:00' : span.to}
              onInput={(event) =>
                setSpan(index, {
                  to: event.currentTarget.value === '00:00' ? '24:00' : event.currentTarget.value,
                })
              }
            />
            <button
              type="button"
              class="icon-button"
              aria-label={`Remove block ${index + 1}`}
              disabled={spans.length === 1}
              onClick={() => change({ spans: spans.filter((_, at) => at !== index) })}
            >
              <Icon name="close" />
            </button>
          </div>
        ))}
        <button
          type="button"
          class="button plain"
          onClick={() => change({ spans: [...spans, { from: '13:00', to: '17:00' }] })}
        >
          <Icon name="plus" /> Another block
        </button>
      </fieldset>
      {publishing && (
        <div class="plan-repeat">
          <label for={`${id}w`} class="label">
            For how many weeks
          </label>
          <input
            class="input num"
            id={`${id}w`}
            type="number"
            min={1}
            max={MAX_WEEKS}
            value={weeks}
            onInput={(event) =>
              change({
                weeks: Math.max(1, Math.min(MAX_WEEKS, Math.floor(Number(event.currentTarget.value)) || 1)),
              })
            }
          />
        </div>
      )}
      <div class="plan-preview" role="status">
        {!started ? (
          <p class="quiet small">Choose days, or drag over the week.</p>
        ) : faults.length > 0 ? (
          <ul class="fault">
            {faults.map(inWords).map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        ) : publishing ? (
          <p>
            Opens <strong class="num">{opens}</strong> {opens === 1 ? 'time' : 'times'} on {days}{' '}
            {days === 1 ? 'day' : 'days'}
            {existing > 0 ? `; ${existing} ${existing === 1 ? 'exists' : 'exist'} already` : ''}.
          </p>
        ) : (
          <p>
            Withdraws <strong class="num">{open}</strong> open {open === 1 ? 'time' : 'times'}; what is held
            or booked stays.
          </p>
        )}
      </div>
      {problem.value !== null && <Refusal problem={problem.value} />}
      {outcome.value !== null && <Result outcome={outcome.value} desk={desk} />}
      <button
        type="submit"
        class="button main wide"
        aria-disabled={busy.value || (started && faults.length > 0) || !started}
      >
        {busy.value ? 'Asking …' : publishing ? 'Publish' : 'Withdraw'}
      </button>
    </form>
  )

  function setSpan(index: number, part: { from?: string; to?: string }) {
    change({ spans: spans.map((span, at) => (at === index ? { ...span, ...part } : span)) })
  }
}

function openIn(desk: Desk, reach: { start: number; end: number }[]): number {
  let open = 0
  for (const slot of desk.calendar.seen.value.slots.values()) {
    if (faceOf(slot, undefined, desk.calendar.moment.value, ANY_TIME).state !== 'open') continue
    const start = Date.parse(slot.start)
    if (reach.some((span) => start >= span.start && start < span.end)) open += 1
  }
  return open
}

export function Result({ outcome, desk }: { outcome: Outcome; desk: Desk }) {
  const undone = useSignal(false)
  if (outcome.kind === 'published') {
    return (
      <p class="note">
        <Icon name="check" />
        <span>
          {outcome.opened} {outcome.opened === 1 ? 'time' : 'times'} opened
          {outcome.existing > 0 ? `, ${outcome.existing} existed already` : ''}.
        </span>
      </p>
    )
  }
  const { withdrawn, kept, undo } = outcome
  return (
    <div class="note" data-withdrawn={withdrawn}>
      <Icon name="check" />
      <div>
        <p>
          {withdrawn} {withdrawn === 1 ? 'time' : 'times'} withdrawn.
          {kept.length > 0 && ` ${kept.length} ${kept.length === 1 ? 'stays' : 'stay'}:`}
        </p>
        {kept.length > 0 && (
          <ul class="kept small">
            {kept.map((slot) => (
              <li key={slot.id}>
                <span class="num">
                  {words.value.day(dayOf(Date.parse(slot.start), desk.zone), 'short')},{' '}
                  {words.value.time(Date.parse(slot.start), desk.zone)}
                </span>{' '}
                {slot.state === 'held' ? 'held by' : 'booked by'}{' '}
                {slot.reservation?.client.name ?? 'a client'}
              </li>
            ))}
          </ul>
        )}
        {withdrawn > 0 && undo.length > 0 && !undone.value && (
          <div class="buttons">
            <button
              type="button"
              class="button"
              onClick={async () => {
                const answer = await desk.publish(undo)
                undone.value = answer.ok
              }}
            >
              Undo
            </button>
          </div>
        )}
        {undone.value && <p>Opened again.</p>}
      </div>
    </div>
  )
}

/** The plan knows days by their dates. */
function inWords(fault: string): string {
  return fault.replace(/\d{4}-\d\d-\d\d/g, (day) => words.value.day(day, 'short'))
}
