/** How long before an appointment its client is reminded: some of a few spans, or none. */
import { useId, useRef } from 'preact/hooks'
import { withReminder } from './draft.js'
import { spoken } from './spoken.js'
import { text } from './text.js'

interface ReminderFieldProps {
  /** Minutes before the start. */
  reminders: readonly number[]
  fault: string | undefined
  onChange: (reminders: number[]) => void
}

const OFFERED = [60, 1_440, 2_880]
/** The server takes no more. */
const MOST = 3

export function ReminderField({ reminders, fault, onChange }: ReminderFieldProps) {
  const id = useId()
  // Others were set by a program; they can be taken away and put back.
  const seen = useRef(new Set(OFFERED))
  for (const minutes of reminders) seen.current.add(minutes)
  const isFull = reminders.length >= MOST
  return (
    <fieldset class="reminders" aria-describedby={fault === undefined ? undefined : id}>
      <legend>{text.value.fields.reminderMinutes}</legend>
      {[...seen.current]
        .toSorted((a, b) => a - b)
        .map((minutes) => {
          const isOn = reminders.includes(minutes)
          return (
            <label key={minutes} class="check">
              <input
                type="checkbox"
                checked={isOn}
                disabled={isFull && !isOn}
                onChange={(event) => onChange(withReminder(reminders, minutes, event.currentTarget.checked))}
              />
              {spoken.value.before(minutes)}
            </label>
          )
        })}
      {fault !== undefined && (
        <p class="fault" id={id}>
          {fault}
        </p>
      )}
    </fieldset>
  )
}
