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
import { filled } from '../shared/text/filled.jsx'
import { common } from '../shared/text.js'
import type { PlanFault } from './plan.js'
import type { Desk } from './state.js'
import { text } from './text.js'

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
  const texts = text.value.plan

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
        say(text.value.plan.opened({ times: answer.data.opened, existing: 0 }))
      } else problem.value = answer.problem
    } else {
      const { withdrawn, kept, undo, problem: refused } = await desk.withdraw(reach)
      outcome.value = { kind: 'withdrawn', withdrawn, kept, undo }
      problem.value = refused
      say(text.value.plan.withdrawn({ times: withdrawn }))
    }
    busy.value = false
    if (problem.value === null) wish.value = { ...wish.value, weekdays: [] }
  }

  return (
    <form class="card plan" onSubmit={submit} aria-labelledby={`${id}h`}>
      <h2 id={`${id}h`}>{publishing ? texts.publishTitle : texts.withdrawTitle}</h2>
      <div class="switch">
        <button
          type="button"
          aria-pressed={publishing}
          onClick={() => {
            mode.value = 'publish'
          }}
        >
          {texts.publish}
        </button>
        <button
          type="button"
          aria-pressed={!publishing}
          onClick={() => {
            mode.value = 'withdraw'
          }}
        >
          {texts.withdraw}
        </button>
      </div>
      <fieldset>
        <legend class="label">{texts.days}</legend>
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
                {words.value.day(name, 'column')}
                <b class="num">{words.value.number(Number(name.slice(8)))}</b>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset class="plan-spans">
        <legend class="label">{texts.times({ zone: zone.replaceAll('_', ' ') })}</legend>
        {spans.map((span, index) => (
          <div key={`${index}${spans.length}`} class="plan-span">
            <span class="quiet">{texts.from}</span>
            <input
              class="input num"
              type="time"
              step={step}
              required
              aria-label={texts.blockFrom({ block: index + 1 })}
              value={span.from}
              onInput={(event) => setSpan(index, { from: event.currentTarget.value })}
            />
            <span class="quiet">{texts.to}</span>
            <input
              class="input num"
              type="time"
              step={step}
              required
              aria-label={texts.blockTo({ block: index + 1 })}
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
              aria-label={texts.removeBlock({ block: index + 1 })}
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
          <Icon name="plus" /> {texts.addBlock}
        </button>
      </fieldset>
      {publishing && (
        <div class="plan-repeat">
          <label for={`${id}w`} class="label">
            {texts.weeks}
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
          <p class="quiet small">{texts.idle}</p>
        ) : faults.length > 0 ? (
          <ul class="fault">
            {faults
              .map((fault) => inWords(fault, calendar.rules.value.slotMinutes))
              .map((fault) => (
                <li key={fault}>{fault}</li>
              ))}
          </ul>
        ) : publishing ? (
          <p>
            {filled(({ shown }) => texts.opens({ times: opens, shown, days, existing }), {
              shown: <Count of={opens} />,
            })}
          </p>
        ) : (
          <p>
            {filled(({ shown }) => texts.withdraws({ times: open, shown }), { shown: <Count of={open} /> })}
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
        {busy.value ? common.value.asking : publishing ? texts.publish : texts.withdraw}
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
  const texts = text.value.plan
  if (outcome.kind === 'published') {
    return (
      <p class="note">
        <Icon name="check" />
        <span>{texts.opened({ times: outcome.opened, existing: outcome.existing })}</span>
      </p>
    )
  }
  const { withdrawn, kept, undo } = outcome
  return (
    <div class="note" data-withdrawn={withdrawn}>
      <Icon name="check" />
      <div>
        <p>
          {texts.withdrawn({ times: withdrawn })}
          {kept.length > 0 && ` ${texts.stay({ times: kept.length })}`}
        </p>
        {kept.length > 0 && (
          <ul class="kept small">
            {kept.map((slot) => (
              <li key={slot.id}>
                <span class="num">{words.value.moment(Date.parse(slot.start), desk.zone, 'short')}</span>{' '}
                {slot.state === 'held' ? text.value.statesBy.held : text.value.statesBy.confirmed}{' '}
                <bdi>{slot.reservation?.client.name ?? text.value.aClient}</bdi>
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
              {texts.undo}
            </button>
          </div>
        )}
        {undone.value && <p>{texts.undone}</p>}
      </div>
    </div>
  )
}

/** How many, so that it stands out. */
function Count({ of }: { of: number }) {
  return <strong class="num">{words.value.number(of)}</strong>
}

function inWords(fault: PlanFault, slotMinutes: number): string {
  const { faults } = text.value.plan
  switch (fault.kind) {
    case 'ends missing':
      return faults.ends
    case 'no day':
      return faults.noDay
    case 'all over':
      return faults.allOver
    case 'too much':
      return faults.tooMuch
    case 'backwards':
      return faults.backwards(fault)
    case 'off grid':
      return faults.offGrid({ from: fault.from, to: fault.to, minutes: slotMinutes })
    default:
      return faults[fault.kind]({ day: words.value.day(fault.day, 'short'), time: fault.time })
  }
}
