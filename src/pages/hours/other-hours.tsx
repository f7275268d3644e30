/** Days with other hours than in other weeks: longer, shorter, or at all. */
import { useSignal, useSignalEffect } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { HoursSpan } from '../../domain/schedule.js'
import type { NewException } from '../../schemas/schedule.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { Icon } from '../shared/icons.jsx'
import { Refusal } from '../shared/refusal.jsx'
import { DayFields } from './day-fields.jsx'
import type { ExceptionDays } from './exceptions-state.js'
import { daysInWords, PreviewWords } from './in-words.jsx'
import { SpanFields } from './span-fields.jsx'
import { text } from './text.js'
import { isBackwards, nextSpan } from './weekly.js'

const MOST_BLOCKS = 20
const fresh = { from: '', to: '', reason: '', blocks: [nextSpan([])] as readonly HoursSpan[] }

export function OtherHours({ days, zone }: { days: ExceptionDays; zone: string }) {
  const id = useId()
  const form = useSignal(fresh)
  const busy = useSignal(false)
  const problem = useSignal<Refused | null>(null)
  const done = useSignal<string | null>(null)
  const { from, to, reason, blocks } = form.value

  useSignalEffect(() => days.previewer.look(exceptionOf(form.value)))

  function change(part: Partial<typeof fresh>) {
    problem.value = null
    done.value = null
    form.value = { ...form.value, ...part }
  }

  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const exception = exceptionOf(form.value)
    if (exception === null || busy.value) return
    busy.value = true
    const answer = await days.add(exception)
    busy.value = false
    if (!answer.ok) {
      problem.value = answer.problem
      return
    }
    const { opened, withdrawn } = answer.data
    form.value = fresh
    done.value = text.value.other.done({ days: daysInWords(exception), opened, withdrawn })
    say(done.value)
  }

  return (
    <form class="card form" aria-labelledby={`${id}h`} noValidate onSubmit={submit}>
      <h2 id={`${id}h`}>{text.value.other.title}</h2>
      <DayFields
        labels={{ from: text.value.other.day, to: text.value.other.until }}
        from={from}
        to={to}
        onChange={(first, last) => change({ from: first, to: last })}
      />
      <fieldset class="hours-spans">
        <legend class="label">{text.value.other.hours}</legend>
        {blocks.map((span, index) => (
          <SpanFields
            key={`${index}/${blocks.length}`}
            name={text.value.other.block({ block: index + 1 })}
            span={span}
            onChange={(changed) =>
              change({ blocks: blocks.map((one, at) => (at === index ? changed : one)) })
            }
            onRemove={
              blocks.length === 1 ? null : () => change({ blocks: blocks.filter((_, at) => at !== index) })
            }
          />
        ))}
        {blocks.length < MOST_BLOCKS && (
          <div>
            <button
              type="button"
              class="button plain"
              onClick={() => change({ blocks: [...blocks, nextSpan(blocks)] })}
            >
              <Icon name="plus" /> {text.value.weekly.add}
            </button>
          </div>
        )}
      </fieldset>
      <div class="field">
        <label for={`${id}r`}>{text.value.other.reason}</label>
        <input
          class="input"
          id={`${id}r`}
          maxLength={200}
          value={reason}
          onInput={(event) => change({ reason: event.currentTarget.value })}
        />
      </div>
      <PreviewWords previewer={days.previewer} zone={zone} idle={from === '' ? text.value.other.idle : ''} />
      {problem.value !== null && <Refusal problem={problem.value} />}
      {done.value !== null && (
        <p class="note">
          <Icon name="check" /> {done.value}
        </p>
      )}
      <button
        type="submit"
        class="button wide"
        aria-disabled={busy.value || exceptionOf(form.value) === null}
      >
        {busy.value ? text.value.saving : text.value.other.set}
      </button>
    </form>
  )
}

/** Null while the form does not say one yet. */
function exceptionOf({ from, to, reason, blocks }: typeof fresh): NewException | null {
  const last = to === '' ? from : to
  if (from === '' || last < from || blocks.some(isBackwards)) return null
  const words = reason.trim()
  return { from, to: last, blocks: [...blocks], ...(words !== '' && { reason: words }) }
}
