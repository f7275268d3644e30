/** Public holidays from a calendar file: what would be closed, then done. */
import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import type { Imported, ImportPreview } from '../../schemas/schedule.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { Icon } from '../shared/icons.jsx'
import { Refusal } from '../shared/refusal.jsx'
import type { ExceptionDays } from './exceptions-state.js'
import { Appointments, daysInWords } from './in-words.jsx'
import { text } from './text.js'

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
      say(text.value.holidays.sayToClose({ entries: answer.data.added.length }))
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
    say(text.value.holidays.sayClosed({ entries: answer.data.added.length }))
  }

  const isNoCalendar = problem.value?.errors?.some((error) => error.field === 'ics') === true
  return (
    <section class="card form" aria-labelledby={`${id}h`}>
      <h2 id={`${id}h`}>{text.value.holidays.title}</h2>
      <div class="field">
        <label for={`${id}f`}>{text.value.holidays.file}</label>
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
            {text.value.holidays.noCalendar}
          </p>
        )}
      </div>
      {problem.value !== null && !isNoCalendar && <Refusal problem={problem.value} />}
      {busy.value && file.value === null && <p class="quiet small">{text.value.looking}</p>}
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
              {text.value.holidays.closed({
                entries: done.value.added.length,
                times: done.value.withdrawn,
              })}
            </p>
            <Skipped skipped={done.value.skipped} />
            {done.value.outside.length > 0 && <p>{text.value.holidays.stillBooked}</p>}
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
        {added.length === 0
          ? text.value.holidays.nothing
          : text.value.holidays.closes({ entries: added.length, times: withdraws })}
        {existing > 0 && ` ${text.value.holidays.existing({ entries: existing })}`}
      </p>
      {added.length > 0 && (
        <ul class="small">
          {added.map((exception) => (
            <li key={`${exception.from}${exception.reason}`}>
              <strong>{daysInWords(exception)}</strong> <bdi>{exception.reason}</bdi>
            </li>
          ))}
        </ul>
      )}
      {outside.length > 0 && <p>{text.value.holidays.outside({ bookings: outside.length })}</p>}
      <Appointments reservations={outside} zone={zone} />
      <Skipped skipped={skipped} />
      {added.length > 0 && (
        <button type="button" class="button main wide" aria-disabled={busy} onClick={onClose}>
          {busy ? text.value.closing : text.value.holidays.close}
        </button>
      )}
    </>
  )
}

function Skipped({ skipped }: Pick<Imported, 'skipped'>) {
  if (skipped.length === 0) return null
  return (
    <details class="disclosure small">
      <summary>{text.value.holidays.skipped({ events: skipped.length })}</summary>
      <ul>
        {skipped.map(({ summary, code, count }, index) => (
          <li key={`${index}${summary}`}>
            <bdi>{count === undefined ? summary : text.value.holidays.more({ events: count })}</bdi>:{' '}
            {reasonOf(code)}
          </li>
        ))}
      </ul>
    </details>
  )
}

function reasonOf(code: string): string {
  const reasons: Readonly<Record<string, string>> = text.value.holidays.reasons
  return reasons[code] ?? code
}
