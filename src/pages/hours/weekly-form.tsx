/** The weekly hours: blocks of each weekday, what saving them would do, and one button that saves them. */
import { useId, useRef } from 'preact/hooks'
import { addDays } from '../../domain/days.js'
import { Icon } from '../shared/icons.jsx'
import { firstWeekday, words } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { common } from '../shared/text.js'
import { cityOf } from '../shared/time.js'
import { Appointments, Notes, PreviewWords } from './in-words.jsx'
import { SpanFields, wallTime } from './span-fields.jsx'
import { text } from './text.js'
import { copiedToWorkdays, isCopied, nextSpan, orderedWeekdays } from './weekly.js'
import { LEAST_HORIZON, MOST_HORIZON, type ReachFault, type WeeklyHours } from './weekly-state.js'

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
            {common.value.tryAgain}
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
        <h2 id={titleId}>{text.value.weekly.title}</h2>
        <p class="quiet small">
          {(isNew ? text.value.weekly.usual : text.value.weekly.timesIn)({ place: cityOf(zone) })}
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
        idle={hours.isFaulty.value ? text.value.weekly.faulty : hours.isChanged.value ? '' : rolling(hours)}
      />
      {hours.problem.value !== null && <Refusal problem={hours.problem.value} />}
      <button
        type="submit"
        class="button main wide"
        aria-disabled={hours.isBusy.value || hours.isFaulty.value || !hours.isChanged.value}
      >
        {hours.isBusy.value ? text.value.saving : isNew ? text.value.weekly.offer : text.value.weekly.save}
      </button>
      <Saved hours={hours} zone={zone} />
    </form>
  )
}

/** Until which day the saved hours are offered, and that this goes on by itself. */
function rolling(hours: WeeklyHours): string {
  const { weekly = [], madeThrough, validTo } = hours.saved.value ?? {}
  if (weekly.length === 0 || madeThrough === undefined) return text.value.weekly.none
  if (validTo !== undefined && validTo <= madeThrough)
    return text.value.weekly.untilLast({ day: words.value.day(validTo) })
  return text.value.weekly.until({ day: words.value.day(madeThrough) })
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
          <p>{text.value.weekly.outside({ bookings: outside.length })}</p>
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
          <strong>{text.value.weekly.saved}</strong>{' '}
          {text.value.weekly.opened({ opened: done.opened, withdrawn: done.withdrawn })}
          {done.outside.length > 0 && ` ${text.value.weekly.nowOutside({ bookings: done.outside.length })}`}
        </p>
        <Appointments reservations={done.outside} zone={zone} />
        <Notes notes={done.notes} />
        <p>
          <a href="/provider">{text.value.weekly.seeCalendar}</a>
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
          <strong>{text.value.weekly.overtaken}</strong> {text.value.weekly.savedNow}
        </p>
        <ul class="small num">
          {weekly.map(({ weekday, from, to }) => (
            <li key={`${weekday}${from}`}>
              {weekdayName(weekday - 1)} {wallTime(from)}–{wallTime(to)}
            </li>
          ))}
          {weekly.length === 0 && <li>{text.value.weekly.noHours}</li>}
        </ul>
        <p>{text.value.weekly.saveAgain}</p>
        <div class="buttons">
          <button type="button" class="button" onClick={() => hours.takeSaved()}>
            {text.value.weekly.takeSaved}
          </button>
        </div>
      </div>
    </div>
  )
}

const MONDAY = '2024-01-01'

/** 0 is Monday. */
function weekdayName(day: number): string {
  return words.value.day(addDays(MONDAY, day), 'weekdayName')
}

function DayRow({ hours, day }: { hours: WeeklyHours; day: number }) {
  const row = useRef<HTMLFieldSetElement>(null)
  const week = hours.week.value
  const spans = week[day] ?? []
  const name = weekdayName(day)
  /** What was pressed may be gone, and a new block wants to be filled in. */
  const focus = (selector: string) =>
    requestAnimationFrame(() =>
      [...(row.current?.querySelectorAll<HTMLElement>(selector) ?? [])].at(-1)?.focus(),
    )
  return (
    <fieldset class="hours-day" ref={row} data-weekday={day + 1}>
      <legend class="label">{name}</legend>
      <div class="hours-spans">
        {spans.length === 0 && <p class="quiet hours-closed">{text.value.weekly.closed}</p>}
        {spans.map((span, index) => (
          <SpanFields
            key={`${index}/${spans.length}`}
            name={text.value.weekly.block({ day: name, block: index + 1 })}
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
          aria-label={text.value.weekly.addOn({ day: name })}
          onClick={() => {
            hours.setDay(day, [...spans, nextSpan(spans)])
            focus('.hours-span:last-child select:first-child')
          }}
        >
          <Icon name="plus" /> {text.value.weekly.add}
        </button>
        {spans.length > 0 && !isCopied(week, day) && (
          <button
            type="button"
            class="button plain"
            aria-label={text.value.weekly.copyOf({ day: name })}
            onClick={() => {
              hours.setWeek(copiedToWorkdays(week, day))
              focus('.hours-add')
            }}
          >
            {text.value.weekly.copy}
          </button>
        )}
      </div>
    </fieldset>
  )
}

function reachFaults(): Record<ReachFault, string> {
  const { weekly, daysFault } = text.value
  return { horizon: weekly.horizonFault({ least: LEAST_HORIZON, most: MOST_HORIZON }), days: daysFault }
}

function ReachFields({ hours }: { hours: WeeklyHours }) {
  const id = useId()
  const { horizonDays, validFrom, validTo } = hours.reach.value
  const fault = hours.reachFault.value && reachFaults()[hours.reachFault.value]
  return (
    <details class="disclosure">
      <summary>{text.value.weekly.reach}</summary>
      <div class="hours-more-in">
        <div class="field">
          <label for={`${id}h`}>{text.value.weekly.horizon}</label>
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
          <label for={`${id}a`}>{text.value.weekly.firstDay}</label>
          <input
            class="input num"
            id={`${id}a`}
            type="date"
            value={validFrom}
            onInput={(event) => hours.setReach({ validFrom: event.currentTarget.value })}
          />
        </div>
        <div class="field">
          <label for={`${id}b`}>{text.value.weekly.lastDay}</label>
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
