/** What holds for all bookings: how soon, how far ahead, how many of one client. */
import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import type { ProviderPolicies } from '../../schemas/policies.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { faultOf } from '../shared/faults.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { common } from '../shared/text.js'
import {
  type Amount,
  aheadUnits,
  amountOf,
  bookingUnits,
  deadlineUnits,
  offerUnits,
  type Unit,
  wireValue,
} from './amount.js'
import { AmountField } from './amount-field.jsx'
import { ChangedElsewhere } from './changed-elsewhere.jsx'
import { spoken } from './spoken.js'
import type { Offer } from './state.js'
import { text } from './text.js'

interface Policy {
  field: 'noticeSeconds' | 'maxAheadDays' | 'maxUpcomingBookings' | 'offerMinutes'
  units: readonly Unit[]
  /** As far as the server takes it. */
  least?: number
  most: number
  /** In words, said when somebody else has changed it. */
  words: (value: number) => string
  /** What is wrong where no number that can be meant was filled in. */
  fault: () => string
}

const policies: Policy[] = [
  {
    field: 'noticeSeconds',
    units: deadlineUnits,
    most: 31_536_000,
    words: (seconds) => spoken.value.deadline(seconds),
    fault: () => text.value.policies.noticeFault,
  },
  {
    field: 'maxAheadDays',
    units: aheadUnits,
    most: 36_500,
    words: (days) =>
      days === 0 ? text.value.amount.units.noLimit : text.value.policies.days({ count: days }),
    fault: () => text.value.policies.aheadFault,
  },
  {
    field: 'maxUpcomingBookings',
    units: bookingUnits,
    most: 10_000,
    words: (count) => (count === 0 ? text.value.amount.units.noLimit : text.value.policies.atMost({ count })),
    fault: () => text.value.policies.bookingsFault,
  },
  {
    field: 'offerMinutes',
    units: offerUnits,
    least: 5,
    most: 120,
    words: (minutes) => words.value.duration(minutes * 60_000),
    fault: () => text.value.policies.offerFault,
  },
]

type Amounts = Record<Policy['field'], Amount>

export function PoliciesForm({ offer, known }: { offer: Offer; known: ProviderPolicies }) {
  /** The version that is changed. */
  const base = useSignal(known)
  const amounts = useSignal<Amounts>(amountsOf(known))
  const faulty = useSignal<ReadonlySet<Policy['field']>>(new Set())
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
    const valueIn = ({ field, units, least = 0, most }: Policy) => {
      const value = wireValue(amounts.value[field], units, most)
      return value === null || value < least ? null : value
    }
    const values = changed.map((policy) => [policy.field, valueIn(policy)])
    problem.value = null
    faulty.value = new Set(changed.filter((policy) => valueIn(policy) === null).map(({ field }) => field))
    if (faulty.value.size > 0) {
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
    say(text.value.saved)
  }

  function rebase(now: ProviderPolicies, mine: Policy[]) {
    elsewhere.value = policies
      .filter(({ field }) => now[field] !== base.value[field])
      .map(({ field, words }) =>
        text.value.elsewhere.line({ field: text.value.policies[field], value: words(now[field]) }),
      )
    const kept = mine.map(({ field }) => [field, amounts.value[field]])
    amounts.value = { ...amountsOf(now), ...Object.fromEntries(kept) }
    base.value = now
  }

  return (
    <form ref={form} class="card form" aria-labelledby={id} noValidate onSubmit={submit}>
      <h2 id={id}>{text.value.policies.title}</h2>
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
      {policies.map(({ field, units, fault }) => (
        <AmountField
          key={field}
          label={text.value.policies[field]}
          units={units}
          amount={amounts.value[field]}
          fault={faulty.value.has(field) ? fault() : faultOf(problem.value, field)}
          onChange={(amount) => {
            if (amount !== null) amounts.value = { ...amounts.value, [field]: amount }
            faulty.value = new Set([...faulty.value].filter((one) => one !== field))
            isDone.value = false
          }}
        />
      ))}
      <div class="buttons">
        <button type="submit" class="button main" aria-disabled={busy.value}>
          {busy.value ? common.value.asking : text.value.save}
        </button>
        {isDone.value && (
          <p class="done small">
            <Icon name="check" /> {text.value.saved}
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
