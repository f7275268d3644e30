/** The weekly hours: blocks of each weekday, what saving them would do, and one button that saves them. */
import { useId, useRef } from 'preact/hooks'
import { Icon } from '../shared/icons.jsx'
import { firstWeekday, words } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { cityOf } from '../shared/time.js'
import { Appointments, count, Notes, PreviewWords } from './in-words.jsx'
import { SpanFields, wallTime } from './span-fields.jsx'
import { copiedToWorkdays, isCopied, nextSpan, orderedWeekdays, weekdays } from './weekly.js'
import { LEAST_HORIZON, MOST_HORIZON, type WeeklyHours } from './weekly-state.js'

export function WeeklyForm({ hours, zone }: { hours: WeeklyHours; zone: string }) {
  const titleId = useId()
  const saved = hours.saved.value
  if (saved === null) {
    const problem = hours.problem.value
    return problem === null ? (
      <div class="card bone hours-bone" aria-hidden="true" />
    ) : (
      <Refusal problem={problem}>
        <div class="buttons">
          <button type="button" class="button" onClick={() => void hours.load()}>
            Try again
          </button>
        </div>
      </Refusal>
    )
  }
  const isNew = saved.rev === 0
  return (
    <form
      class="card form"
      aria-labelledby={titleId}
      // Faults are said beside the fields, in the page's own words.
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void hours.save()
      }}
    >
      <div>
        <h2 id={titleId}>Every week</h2>
        <p class="quiet small">
          {isNew
            ? `A usual week to begin with, not saved yet. Times in ${cityOf(zone)}.`
            : `Times in ${cityOf(zone)}.`}
        </p>
      </div>
      <div class="hours-week">
        {orderedWeekdays(firstWeekday.value).map((day) => (
          <DayRow key={day} hours={hours} day={day} />
        ))}
      </div>
      <ReachFields hours={hours} />
      {hours.isOvertaken.value && <Overtaken hours={hours} />}
      <PreviewWords
        previewer={hours.previewer}
        zone={zone}
        idle={
          hours.isFaulty.value ? 'Some times are not right yet.' : hours.isChanged.value ? '' : rolling(hours)
        }
      />
      {hours.problem.value !== null && <Refusal problem={hours.problem.value} />}
      <button
        type="submit"
        class="button main wide"
        aria-disabled={hours.isBusy.value || hours.isFaulty.value || !hours.isChanged.value}
      >
        {hours.isBusy.value ? 'Saving …' : isNew ? 'Offer these hours' : 'Save hours'}
      </button>
      <Saved hours={hours} zone={zone} />
    </form>
  )
}

/** Until which day the saved hours are offered, and that this goes on by itself. */
function rolling(hours: WeeklyHours): string {
  const { weekly = [], madeThrough, validTo } = hours.saved.value ?? {}
  if (weekly.length === 0 || madeThrough === undefined) return 'No weekly hours are offered.'
  if (validTo !== undefined && validTo <= madeThrough)
    return `Offered until ${words.value.day(validTo)}, the last day that you have set.`
  return `Offered until ${words.value.day(madeThrough)}; each day one more follows by itself.`
}

function Saved({ hours, zone }: { hours: WeeklyHours; zone: string }) {
  const done = hours.done.value
  if (done === null) {
    const outside = hours.isChanged.value ? [] : (hours.saved.value?.outside ?? [])
    if (outside.length === 0) return null
    return (
      <div class="note warn">
        <Icon name="alert" />
        <div>
          <p>
            {count(outside.length, 'booking')} outside of your hours. Move or cancel them in the calendar:
          </p>
          <Appointments reservations={outside} zone={zone} />
        </div>
      </div>
    )
  }
  return (
    <div class="note" data-saved={done.rev}>
      <Icon name="check" />
      <div>
        <p>
          <strong>Saved.</strong> {count(done.opened, 'time')} opened
          {done.withdrawn > 0 && `, ${done.withdrawn} withdrawn`}.
          {done.outside.length > 0 && ` ${count(done.outside.length, 'booking')} outside of the hours:`}
        </p>
        <Appointments reservations={done.outside} zone={zone} />
        <Notes notes={done.notes} />
        <p>
          <a href="/provider">See your calendar</a>
        </p>
      </div>
    </div>
  )
}

function Overtaken({ hours }: { hours: WeeklyHours }) {
  const { weekly = [] } = hours.saved.value ?? {}
  return (
    <div class="note warn" role="alert" data-code="precondition_failed">
      <Icon name="alert" />
      <div>
        <p>
          <strong>These hours were changed somewhere else in the meantime.</strong> Saved now:
        </p>
        <ul class="small num">
          {weekly.map(({ weekday, from, to }) => (
            <li key={`${weekday}${from}`}>
              {weekdays[weekday - 1]} {wallTime(from)}–{wallTime(to)}
            </li>
          ))}
          {weekly.length === 0 && <li>no hours</li>}
        </ul>
        <p>Save once more to replace them by yours, or</p>
        <div class="buttons">
          <button type="button" class="button" onClick={() => hours.takeSaved()}>
            Take what is saved
          </button>
        </div>
      </div>
    </div>
  )
}

function DayRow({ hours, day }: { hours: WeeklyHours; day: number }) {
  const row = useRef<HTMLFieldSetElement>(null)
  const week = hours.week.value
  const spans = week[day] ?? []
  const name = weekdays[day] ?? ''
  /** What was pressed may be gone, and a new block wants to be filled in. */
  const focus = (selector: string) =>
    requestAnimationFrame(() =>
      [...(row.current?.querySelectorAll<HTMLElement>(selector) ?? [])].at(-1)?.focus(),
    )
  return (
    <fieldset class="hours-day" ref={row} data-weekday={day + 1}>
      <legend class="label">{name}</legend>
      <div class="hours-spans">
        {spans.length === 0 && <p class="quiet hours-closed">Closed</p>}
        {spans.map((span, index) => (
          <SpanFields
            key={`${index}/${spans.length}`}
            name={`${name}, block ${index + 1}`}
            span={span}
            onChange={(changed) =>
              hours.setDay(
                day,
                spans.map((one, at) => (at === index ? changed : one)),
              )
            }
            onRemove={() => {
              hours.setDay(
                day,
                spans.filter((_, at) => at !== index),
              )
              focus('.hours-add')
            }}
          />
        ))}
      </div>
      <div class="hours-tools">
        <button
          type="button"
          class="button plain hours-add"
          aria-label={`Add hours on ${name}`}
          onClick={() => {
            hours.setDay(day, [...spans, nextSpan(spans)])
            focus('.hours-span:last-child select:first-child')
          }}
        >
          <Icon name="plus" /> Hours
        </button>
        {spans.length > 0 && !isCopied(week, day) && (
          <button
            type="button"
            class="button plain"
            aria-label={`Copy to Mon–Fri, the hours of ${name}`}
            onClick={() => {
              hours.setWeek(copiedToWorkdays(week, day))
              focus('.hours-add')
            }}
          >
            Copy to Mon–Fri
          </button>
        )}
      </div>
    </fieldset>
  )
}

function ReachFields({ hours }: { hours: WeeklyHours }) {
  const id = useId()
  const { horizonDays, validFrom, validTo } = hours.reach.value
  const fault = hours.reachFault.value
  return (
    <details class="disclosure">
      <summary>How far ahead, from when, until when</summary>
      <div class="hours-more-in">
        <div class="field">
          <label for={`${id}h`}>Days ahead that can be seen and booked</label>
          <input
            class="input num"
            id={`${id}h`}
            type="number"
            inputMode="numeric"
            min={LEAST_HORIZON}
            max={MOST_HORIZON}
            value={Number.isNaN(horizonDays) ? '' : horizonDays}
            aria-invalid={fault !== null}
            aria-describedby={fault === null ? undefined : `${id}f`}
            onInput={(event) => hours.setReach({ horizonDays: event.currentTarget.valueAsNumber })}
          />
        </div>
        <div class="field">
          <label for={`${id}a`}>First day (empty: today)</label>
          <input
            class="input num"
            id={`${id}a`}
            type="date"
            value={validFrom}
            onInput={(event) => hours.setReach({ validFrom: event.currentTarget.value })}
          />
        </div>
        <div class="field">
          <label for={`${id}b`}>Last day (empty: no end)</label>
          <input
            class="input num"
            id={`${id}b`}
            type="date"
            value={validTo}
            aria-invalid={fault !== null}
            onInput={(event) => hours.setReach({ validTo: event.currentTarget.value })}
          />
        </div>
        {fault !== null && (
          <p class="fault" id={`${id}f`}>
            {fault}
          </p>
        )}
      </div>
    </details>
  )
}
