/** What holds for all bookings: how soon, how far ahead, how many of one client. */
import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import type { ProviderPolicies } from '../../schemas/policies.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { faultOf } from '../shared/faults.js'
import { Icon } from '../shared/icons.jsx'
import { Refusal } from '../shared/refusal.jsx'
import {
  type Amount,
  aheadUnits,
  amountOf,
  bookingUnits,
  deadlineUnits,
  type Unit,
  wireValue,
} from './amount.js'
import { AmountField } from './amount-field.jsx'
import { ChangedElsewhere } from './changed-elsewhere.jsx'
import { deadlineInWords } from './draft.js'
import type { Offer } from './state.js'

interface Policy {
  field: 'noticeSeconds' | 'maxAheadDays' | 'maxUpcomingBookings'
  label: string
  units: readonly Unit[]
  /** As far as the server takes it. */
  most: number
  /** In words, said when somebody else has changed it. */
  words: (value: number) => string
}

const policies: Policy[] = [
  {
    field: 'noticeSeconds',
    label: 'Times can be booked',
    units: deadlineUnits,
    most: 31_536_000,
    words: deadlineInWords,
  },
  {
    field: 'maxAheadDays',
    label: 'How far ahead',
    units: aheadUnits,
    most: 36_500,
    words: (days) => (days === 0 ? 'without a limit' : `${days} days`),
  },
  {
    field: 'maxUpcomingBookings',
    label: 'Bookings ahead of one client',
    units: bookingUnits,
    most: 10_000,
    words: (count) => (count === 0 ? 'without a limit' : `at most ${count}`),
  },
]

type Amounts = Record<Policy['field'], Amount>

export function PoliciesForm({ offer, known }: { offer: Offer; known: ProviderPolicies }) {
  /** The version that is changed. */
  const base = useSignal(known)
  const amounts = useSignal<Amounts>(amountsOf(known))
  const faults = useSignal<Partial<Record<Policy['field'], string>>>({})
  const problem = useSignal<Refused | null>(null)
  const elsewhere = useSignal<string[] | null>(null)
  const busy = useSignal(false)
  const isDone = useSignal(false)
  const form = useRef<HTMLFormElement>(null)
  const id = useId()

  async function submit(event: SubmitEvent) {
    event.preventDefault()
    if (busy.value) return
    const changed = changedIn(base.value, amounts.value)
    const values = changed.map(({ field, units, most }) => [
      field,
      wireValue(amounts.value[field], units, most),
    ])
    problem.value = null
    faults.value = Object.fromEntries(
      values
        .filter(([, value]) => value === null)
        .map(([field]) => [field, wordsFor(field as Policy['field'])]),
    )
    if (Object.keys(faults.value).length > 0) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
      return
    }
    busy.value = true
    const refused =
      values.length === 0 ? null : await offer.changePolicies(base.value.rev, Object.fromEntries(values))
    busy.value = false
    if (refused === null) done()
    else if (refused.now === undefined) problem.value = refused.problem
    else rebase(refused.now, changed)
  }

  function done() {
    base.value = offer.policies.value ?? base.value
    amounts.value = amountsOf(base.value)
    elsewhere.value = null
    isDone.value = true
    say('Saved.')
  }

  function rebase(now: ProviderPolicies, mine: Policy[]) {
    elsewhere.value = policies
      .filter(({ field }) => now[field] !== base.value[field])
      .map(({ field, label, words }) => `${label}: ${words(now[field])}`)
    const kept = mine.map(({ field }) => [field, amounts.value[field]])
    amounts.value = { ...amountsOf(now), ...Object.fromEntries(kept) }
    base.value = now
  }

  return (
    <form ref={form} class="card form" aria-labelledby={id} noValidate onSubmit={submit}>
      <h2 id={id}>For all services</h2>
      {elsewhere.value !== null && (
        <ChangedElsewhere
          lines={elsewhere.value}
          onTake={() => {
            amounts.value = amountsOf(base.value)
            elsewhere.value = null
            form.current?.querySelector('select')?.focus()
          }}
        />
      )}
      {problem.value !== null && <Refusal problem={problem.value} />}
      {policies.map(({ field, label, units }) => (
        <AmountField
          key={field}
          label={label}
          units={units}
          amount={amounts.value[field]}
          fault={faults.value[field] ?? faultOf(problem.value, field)}
          onChange={(amount) => {
            if (amount !== null) amounts.value = { ...amounts.value, [field]: amount }
            faults.value = { ...faults.value, [field]: undefined }
            isDone.value = false
          }}
        />
      ))}
      <div class="buttons">
        <button type="submit" class="button main" aria-disabled={busy.value}>
          {busy.value ? 'Asking …' : 'Save'}
        </button>
        {isDone.value && (
          <p class="done small">
            <Icon name="check" /> Saved.
          </p>
        )}
      </div>
    </form>
  )
}

function amountsOf(known: ProviderPolicies): Amounts {
  return Object.fromEntries(
    policies.map(({ field, units }) => [field, amountOf(known[field], units)]),
  ) as Amounts
}

function changedIn(base: ProviderPolicies, amounts: Amounts): Policy[] {
  const before = amountsOf(base)
  return policies.filter(({ field }) => JSON.stringify(before[field]) !== JSON.stringify(amounts[field]))
}

function wordsFor(field: Policy['field']): string {
  if (field === 'noticeSeconds') return 'Fill in a number above 0; a year is the most.'
  return field === 'maxAheadDays'
    ? 'Fill in a number above 0; a hundred years are the most.'
    : 'Fill in a number from 1 to 10,000.'
}
