/**
 * From when to when: the choices of one block of hours. Lists of quarter hours, not fields for times: those follow the
 * clock of the browser's menus, not the reader's, are too wide for two on a phone, and take what is off the grid.
 */
import { useId, useMemo } from 'preact/hooks'
import { type HoursSpan, minutesOf, timeOfDay } from '../../domain/schedule.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { text } from './text.js'
import { isBackwards, STEP_MINUTES } from './weekly.js'

interface SpanFieldsProps {
  /** What they are called for ears: "Monday, block 1". */
  name: string
  span: HoursSpan
  onChange: (span: HoursSpan) => void
  onRemove: (() => void) | null
}

export function SpanFields({ name, span, onChange, onRemove }: SpanFieldsProps) {
  const id = useId()
  const isFaulty = isBackwards(span)
  const faultId = isFaulty ? `${id}f` : undefined
  return (
    <div class="hours-span">
      <TimeSelect
        name={text.value.span.from({ name })}
        value={span.from}
        first={0}
        faultId={faultId}
        onChange={(from) => onChange({ ...span, from })}
      />
      <span class="quiet" aria-hidden="true">
        –
      </span>
      <TimeSelect
        name={text.value.span.to({ name })}
        value={span.to}
        first={STEP_MINUTES}
        faultId={faultId}
        onChange={(to) => onChange({ ...span, to })}
      />
      {onRemove !== null && (
        <button
          type="button"
          class="icon-button"
          aria-label={text.value.span.remove({ name })}
          onClick={onRemove}
        >
          <Icon name="close" />
        </button>
      )}
      {isFaulty && (
        <p class="fault" id={faultId}>
          {text.value.span.fault}
        </p>
      )}
    </div>
  )
}

interface TimeSelectProps {
  name: string
  value: string
  /** The first choice, in minutes since midnight; there are as many as a day has quarter hours. */
  first: number
  faultId: string | undefined
  onChange: (time: string) => void
}

const QUARTERS = (24 * 60) / STEP_MINUTES

function TimeSelect({ name, value, first, faultId, onChange }: TimeSelectProps) {
  const { time } = words.value
  const options = useMemo(
    () =>
      Array.from({ length: QUARTERS }, (_, index) => {
        const choice = timeOfDay(first + index * STEP_MINUTES)
        return (
          <option key={choice} value={choice}>
            {wallTime(choice, time)}
          </option>
        )
      }),
    [first, time],
  )
  return (
    <select
      class="input num"
      aria-label={name}
      aria-invalid={faultId !== undefined}
      aria-describedby={faultId}
      value={timeOfDay(minutesOf(value))}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {options}
    </select>
  )
}

/** `13:00` as the reader's clock has it. */
export function wallTime(wall: string, time = words.value.time): string {
  return wall === '24:00' ? text.value.midnight : time(Date.parse(`2000-01-01T${wall}:00Z`), 'UTC')
}
