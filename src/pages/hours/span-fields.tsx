/** From when to when: the fields of one block of hours, with what is wrong with them below. */
import type { HoursSpan } from '../../domain/schedule.js'
import { Icon } from '../shared/icons.jsx'
import { faultIn } from './weekly.js'

interface SpanFieldsProps {
  /** What the fields are called for ears: "Monday, block 1". */
  name: string
  span: HoursSpan
  onChange: (span: HoursSpan) => void
  onRemove: (() => void) | null
}

export function SpanFields({ name, span, onChange, onRemove }: SpanFieldsProps) {
  const fault = faultIn(span)
  const faultId = `${name.replaceAll(/\W+/g, '-')}-fault`
  const described = fault === null ? undefined : faultId
  return (
    <div class="hours-span">
      <input
        class="input num"
        type="time"
        step={900}
        required
        aria-label={`${name} from`}
        aria-invalid={fault !== null}
        aria-describedby={described}
        value={span.from}
        onInput={(event) => onChange({ ...span, from: event.currentTarget.value })}
      />
      <span class="quiet" aria-hidden="true">
        –
      </span>
      <input
        class="input num"
        type="time"
        step={900}
        required
        aria-label={`${name} to`}
        aria-invalid={fault !== null}
        aria-describedby={described}
        // A field for times has no 24:00; the end of a day is shown as the begin of the next.
        value={span.to === '24:00' ? '00:00' : span.to}
        onInput={(event) => {
          const to = event.currentTarget.value
          onChange({ ...span, to: to === '00:00' ? '24:00' : to })
        }}
      />
      {onRemove !== null && (
        <button type="button" class="icon-button" aria-label={`Remove ${name}`} onClick={onRemove}>
          <Icon name="close" />
        </button>
      )}
      {fault !== null && (
        <p class="fault" id={faultId}>
          {fault}
        </p>
      )}
    </div>
  )
}
