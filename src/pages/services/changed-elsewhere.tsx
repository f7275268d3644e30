/** Somebody else was faster: what they saved, and the choice between both. */
import { Icon } from '../shared/icons.jsx'

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
          <strong>This was changed somewhere else in the meantime.</strong> Nothing of yours is saved yet.
          There it says now:
        </p>
        <ul class="elsewhere">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <p>Save again to put your changes on top.</p>
        <div class="buttons">
          <button type="button" class="button" onClick={onTake}>
            Drop my changes
          </button>
        </div>
      </div>
    </div>
  )
}
