/** The first and the last day of something; the last may be left out. */
import { useId } from 'preact/hooks'
import { text } from './text.js'

interface DayFieldsProps {
  labels: { from: string; to: string }
  from: string
  to: string
  earliest?: string
  onChange: (from: string, to: string) => void
}

export function DayFields({ labels, from, to, earliest, onChange }: DayFieldsProps) {
  const id = useId()
  const fault = to !== '' && to < from ? text.value.daysFault : null
  return (
    <div class="hours-days">
      <div class="field">
        <label for={`${id}a`}>{labels.from}</label>
        <input
          class="input num"
          id={`${id}a`}
          type="date"
          min={earliest}
          value={from}
          onInput={(event) => onChange(event.currentTarget.value, to)}
        />
      </div>
      <div class="field">
        <label for={`${id}b`}>{labels.to}</label>
        <input
          class="input num"
          id={`${id}b`}
          type="date"
          min={from}
          value={to}
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? undefined : `${id}f`}
          onInput={(event) => onChange(from, event.currentTarget.value)}
        />
        {fault !== null && (
          <p class="fault" id={`${id}f`}>
            {fault}
          </p>
        )}
      </div>
    </div>
  )
}
