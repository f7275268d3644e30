/** Public holidays from a calendar file: what would be closed, then done. */
import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import type { Imported, ImportPreview } from '../../schemas/schedule.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { Icon } from '../shared/icons.jsx'
import { Refusal } from '../shared/refusal.jsx'
import type { ExceptionDays } from './exceptions-state.js'
import { Appointments, count, daysInWords } from './in-words.jsx'

export function Holidays({ days, zone }: { days: ExceptionDays; zone: string }) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const file = useSignal<{ ics: string; preview: ImportPreview } | null>(null)
  const done = useSignal<Imported | null>(null)
  const problem = useSignal<Refused | null>(null)
  const busy = useSignal(false)

  async function look(chosen: File | undefined) {
    file.value = null
    done.value = null
    problem.value = null
    if (chosen === undefined) return
    busy.value = true
    const ics = await chosen.text()
    const answer = await days.previewFile(ics)
    busy.value = false
    if (answer.ok) {
      file.value = { ics, preview: answer.data }
      say(`${count(answer.data.added.length, 'entry', 'entries')} to close.`)
    } else problem.value = answer.problem
  }

  async function close(ics: string) {
    if (busy.value) return
    busy.value = true
    const answer = await days.importFile(ics)
    busy.value = false
    if (!answer.ok) {
      problem.value = answer.problem
      return
    }
    done.value = answer.data
    file.value = null
    // The same file can be chosen again.
    if (field.current !== null) {
      field.current.value = ''
      field.current.focus()
    }
    say(`${count(answer.data.added.length, 'entry', 'entries')} closed.`)
  }

  const isNoCalendar = problem.value?.errors?.some((error) => error.field === 'ics') === true
  return (
    <section class="card form" aria-labelledby={`${id}h`}>
      <h2 id={`${id}h`}>Public holidays</h2>
      <div class="field">
        <label for={`${id}f`}>Calendar file (.ics) with whole-day events</label>
        <input
          ref={field}
          class="input"
          id={`${id}f`}
          type="file"
          accept=".ics,text/calendar"
          aria-invalid={isNoCalendar}
          aria-describedby={isNoCalendar ? `${id}x` : undefined}
          onChange={(event) => void look(event.currentTarget.files?.[0])}
        />
        {isNoCalendar && (
          <p class="fault" id={`${id}x`} role="alert">
            This is not a calendar file. Choose one whose name ends in .ics.
          </p>
        )}
      </div>
      {problem.value !== null && !isNoCalendar && <Refusal problem={problem.value} />}
      {busy.value && file.value === null && <p class="quiet small">Looking …</p>}
      {file.value !== null && (
        <FilePreview
          preview={file.value.preview}
          zone={zone}
          busy={busy.value}
          onClose={() => void close(file.value?.ics ?? '')}
        />
      )}
      {done.value !== null && (
        <div class="note" data-imported={done.value.added.length}>
          <Icon name="check" />
          <div>
            <p>
              {count(done.value.added.length, 'entry', 'entries')} closed,{' '}
              {count(done.value.withdrawn, 'open time')} withdrawn.
            </p>
            <Skipped skipped={done.value.skipped} />
            {done.value.outside.length > 0 && <p>Still booked outside of your hours:</p>}
            <Appointments reservations={done.value.outside} zone={zone} />
          </div>
        </div>
      )}
    </section>
  )
}

interface FilePreviewProps {
  preview: ImportPreview
  zone: string
  busy: boolean
  onClose: () => void
}

function FilePreview({ preview, zone, busy, onClose }: FilePreviewProps) {
  const { added, existing, skipped, withdraws, outside } = preview
  return (
    <>
      <p>
        {added.length === 0 ? 'Nothing new to close.' : `Closes ${count(added.length, 'entry', 'entries')}`}
        {added.length > 0 && ` and withdraws ${count(withdraws, 'open time')}:`}
        {existing > 0 && ` ${existing} closed already.`}
      </p>
      {added.length > 0 && (
        <ul class="small">
          {added.map((exception) => (
            <li key={`${exception.from}${exception.reason}`}>
              <strong>{daysInWords(exception)}</strong> {exception.reason}
            </li>
          ))}
        </ul>
      )}
      {outside.length > 0 && <p>{count(outside.length, 'booking')} outside of your hours then:</p>}
      <Appointments reservations={outside} zone={zone} />
      <Skipped skipped={skipped} />
      {added.length > 0 && (
        <button type="button" class="button main wide" aria-disabled={busy} onClick={onClose}>
          {busy ? 'Closing …' : 'Close these days'}
        </button>
      )}
    </>
  )
}

function Skipped({ skipped }: Pick<Imported, 'skipped'>) {
  if (skipped.length === 0) return null
  return (
    <details class="disclosure small">
      <summary>{count(skipped.length, 'event')} left out</summary>
      <ul>
        {skipped.map(({ summary, reason }, index) => (
          <li key={`${index}${summary}`}>
            {summary}: {reason}
          </li>
        ))}
      </ul>
    </details>
  )
}
