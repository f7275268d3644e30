/** One service, new or changed. Most need a name and a length; the rest stands behind "more". */
import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'
import type { Service } from '../../schemas/services.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { faultOf } from '../shared/faults.js'
import { Field, TextField } from '../shared/field.jsx'
import { Refusal } from '../shared/refusal.jsx'
import { common } from '../shared/text.js'
import { deadlineUnits } from './amount.js'
import { AmountField } from './amount-field.jsx'
import { ChangedElsewhere } from './changed-elsewhere.jsx'
import {
  changedFields,
  changesBetween,
  type Draft,
  detailFields,
  draftOf,
  emptyDraft,
  type Faults,
  type Field as FieldName,
  faultsOf,
  newServiceOf,
  rebased,
} from './draft.js'
import { ReminderField } from './reminder-field.jsx'
import { spoken } from './spoken.js'
import type { Offer } from './state.js'
import { text } from './text.js'

/** Lengths that the server takes. */
const LENGTHS = quarters(15, 480)
const BUFFERS = quarters(0, 120)

interface ServiceFormProps {
  offer: Offer
  /** Null for a new one. */
  service: Service | null
  /** The first of all: there is nothing to go back to. */
  isFirst?: boolean
  onDone: (saved: Service | null) => void
}

export function ServiceForm({ offer, service, isFirst = false, onDone }: ServiceFormProps) {
  /** The version that is changed. */
  const base = useSignal(service)
  const draft = useSignal<Draft>(service === null ? emptyDraft : draftOf(service))
  const faults = useSignal<Faults>({})
  const problem = useSignal<Refused | null>(null)
  const elsewhere = useSignal<string[] | null>(null)
  const busy = useSignal(false)
  const isMore = useSignal(hasDetails(draft.value))
  const form = useRef<HTMLFormElement>(null)
  const id = useId()
  const notice = offer.policies.value?.noticeSeconds

  useEffect(() => {
    // Where the form is what the page begins with, the reader has not asked for it yet.
    if (!isFirst) form.current?.querySelector('input')?.focus()
  }, [isFirst])

  function fault(field: FieldName): string | undefined {
    const own = faults.value[field]
    if (own === undefined) return faultOf(problem.value, field)
    return own === 'no name' ? text.value.form.noName : text.value.form.noNumber
  }

  function change(part: Partial<Draft>) {
    draft.value = { ...draft.value, ...part }
    const still = { ...faults.value }
    for (const field of Object.keys(part) as FieldName[]) delete still[field]
    faults.value = still
  }

  async function submit(event: SubmitEvent) {
    event.preventDefault()
    if (busy.value) return
    faults.value = faultsOf(draft.value)
    problem.value = null
    if (Object.keys(faults.value).length > 0) return showFaults()
    busy.value = true
    const saved = base.value === null ? await add() : await save(base.value)
    busy.value = false
    if (saved) onDone(saved)
    else showFaults()
  }

  async function add(): Promise<Service | null> {
    const answer = await offer.add(newServiceOf(draft.value))
    if (!answer.ok) {
      problem.value = answer.problem
      return null
    }
    say(text.value.form.isAdded({ name: answer.data.name }))
    return answer.data
  }

  async function save(before: Service): Promise<Service | null> {
    const changes = changesBetween(draftOf(before), draft.value)
    if (Object.keys(changes).length === 0) return before
    const refused = await offer.change(before, changes)
    if (refused === null) {
      say(text.value.form.isSaved({ name: draft.value.name.trim() }))
      return before
    }
    const { now } = refused
    if (now === undefined) {
      // Where it is gone, so is its form.
      if (refused.problem.code === 'not_found') onDone(null)
      problem.value = refused.problem
      return null
    }
    const theirs = changedFields(draftOf(before), draftOf(now))
    // Nothing that is seen: there is nothing to choose between.
    if (theirs.length === 0) return save(now)
    elsewhere.value = theirs.map((field) => spoken.value.field(now, field))
    draft.value = rebased(draftOf(before), draft.value, draftOf(now))
    base.value = now
    return null
  }

  function showFaults() {
    if (detailFields.some((field) => fault(field) !== undefined)) isMore.value = true
    requestAnimationFrame(() =>
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"] button')?.focus(),
    )
  }

  const { value } = draft
  const { form: texts, fields } = text.value
  return (
    <form ref={form} class="card form" aria-labelledby={id} noValidate onSubmit={submit}>
      <h2 id={id}>{service !== null ? <bdi>{service.name}</bdi> : isFirst ? texts.first : texts.another}</h2>
      {elsewhere.value !== null && (
        <ChangedElsewhere
          lines={elsewhere.value}
          onTake={() => {
            if (base.value !== null) draft.value = draftOf(base.value)
            elsewhere.value = null
            form.current?.querySelector('input')?.focus()
          }}
        />
      )}
      {problem.value !== null && <Refusal problem={problem.value} />}
      <TextField
        label={fields.name}
        fault={fault('name')}
        maxLength={100}
        autocomplete="off"
        required
        value={value.name}
        onInput={(event) => change({ name: event.currentTarget.value })}
      />
      <div class="pair">
        <Choice
          label={fields.durationMinutes}
          options={LENGTHS}
          value={value.durationMinutes}
          fault={fault('durationMinutes')}
          onChange={(durationMinutes) => change({ durationMinutes })}
        />
        <TextField
          label={texts.price}
          fault={fault('priceText')}
          maxLength={40}
          autocomplete="off"
          placeholder={texts.examplePrice}
          value={value.priceText}
          onInput={(event) => change({ priceText: event.currentTarget.value })}
        />
      </div>
      <Field id={`${id}d`} label={texts.description} fault={fault('description')}>
        <textarea
          class="input"
          id={`${id}d`}
          rows={3}
          maxLength={1000}
          aria-invalid={fault('description') !== undefined}
          aria-describedby={fault('description') === undefined ? undefined : `${id}d-fault`}
          value={value.description}
          onInput={(event) => change({ description: event.currentTarget.value })}
        />
      </Field>
      <details
        class="more disclosure"
        open={isMore.value}
        onToggle={(event) => {
          isMore.value = event.currentTarget.open
        }}
      >
        <summary>{texts.more}</summary>
        <div class="form">
          <Choice
            label={fields.startsEveryMinutes}
            options={[15, 30, 60]}
            value={value.startsEveryMinutes}
            fault={fault('startsEveryMinutes')}
            onChange={(minutes) => change({ startsEveryMinutes: minutes as 15 | 30 | 60 })}
          />
          <div class="pair">
            <Choice
              label={fields.bufferBeforeMinutes}
              options={BUFFERS}
              value={value.bufferBeforeMinutes}
              fault={fault('bufferBeforeMinutes')}
              onChange={(bufferBeforeMinutes) => change({ bufferBeforeMinutes })}
            />
            <Choice
              label={fields.bufferAfterMinutes}
              options={BUFFERS}
              value={value.bufferAfterMinutes}
              fault={fault('bufferAfterMinutes')}
              onChange={(bufferAfterMinutes) => change({ bufferAfterMinutes })}
            />
          </div>
          <AmountField
            label={fields.noticeSeconds}
            units={deadlineUnits}
            amount={value.noticeSeconds}
            otherwise={
              notice === undefined ? texts.asAll : texts.asAllNow({ deadline: spoken.value.deadline(notice) })
            }
            fault={fault('noticeSeconds')}
            onChange={(noticeSeconds) => change({ noticeSeconds })}
          />
          <AmountField
            label={fields.cancelCutoffSeconds}
            units={deadlineUnits}
            amount={value.cancelCutoffSeconds}
            fault={fault('cancelCutoffSeconds')}
            onChange={(amount) => amount !== null && change({ cancelCutoffSeconds: amount })}
          />
          <AmountField
            label={fields.moveCutoffSeconds}
            units={deadlineUnits}
            amount={value.moveCutoffSeconds}
            fault={fault('moveCutoffSeconds')}
            onChange={(amount) => amount !== null && change({ moveCutoffSeconds: amount })}
          />
          <ReminderField
            reminders={value.reminderMinutes}
            fault={fault('reminderMinutes')}
            onChange={(reminderMinutes) => change({ reminderMinutes })}
          />
        </div>
      </details>
      <label class="check">
        <input
          type="checkbox"
          checked={value.active}
          onChange={(event) => change({ active: event.currentTarget.checked })}
        />
        {texts.active}
      </label>
      <div class="buttons">
        <button type="submit" class="button main" aria-disabled={busy.value}>
          {busy.value ? common.value.asking : service === null ? texts.add : text.value.save}
        </button>
        {!isFirst && (
          <button type="button" class="button" onClick={() => onDone(null)}>
            {texts.cancel}
          </button>
        )}
      </div>
    </form>
  )
}

interface ChoiceProps {
  label: string
  /** Minutes. */
  options: readonly number[]
  value: number
  fault: string | undefined
  onChange: (minutes: number) => void
}

function Choice({ label, options, value, fault, onChange }: ChoiceProps) {
  const id = useId()
  return (
    <Field id={id} label={label} fault={fault}>
      <select
        class="input"
        id={id}
        value={String(value)}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : `${id}-fault`}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      >
        {options.map((minutes) => (
          <option key={minutes} value={String(minutes)}>
            {minutes === 0 ? text.value.form.nothing : spoken.value.span(minutes)}
          </option>
        ))}
      </select>
    </Field>
  )
}

function hasDetails(draft: Draft): boolean {
  return changedFields(emptyDraft, draft).some((field) => (detailFields as readonly string[]).includes(field))
}

function quarters(first: number, last: number): number[] {
  return Array.from({ length: (last - first) / 15 + 1 }, (_, index) => first + index * 15)
}
