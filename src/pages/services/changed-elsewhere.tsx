/** Somebody else was faster: what they saved, and the choice between both. */
import { Icon } from '../shared/icons.jsx'
import { text } from './text.js'

interface ChangedElsewhereProps {
  /** What is there now, a line for each field that they changed. */
  lines: readonly string[]
  onTake: () => void
}

export function ChangedElsewhere({ lines, onTake }: ChangedElsewhereProps) {
  return (
    <div class="note warn" role="alert" data-code="precondition_failed">
      <Icon name="alert" />
      <div>
        <p>
          <strong>{text.value.elsewhere.title}</strong> {text.value.elsewhere.text}
        </p>
        <ul class="elsewhere">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <p>{text.value.elsewhere.again}</p>
        <div class="buttons">
          <button type="button" class="button" onClick={onTake}>
            {text.value.elsewhere.drop}
          </button>
        </div>
      </div>
    </div>
  )
}
