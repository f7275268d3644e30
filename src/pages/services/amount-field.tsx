/** A deadline or a limit in units of people. The unit comes first: it decides whether there is a number. */
import { useId } from 'preact/hooks'
import type { Amount, Unit } from './amount.js'
import { text } from './text.js'

interface AmountFieldProps {
  label: string
  units: readonly Unit[]
  /** Null where the first choice is `otherwise`. */
  amount: Amount | null
  /** In words, what holds where nothing of its own is chosen. */
  otherwise?: string
  fault: string | undefined
  onChange: (amount: Amount | null) => void
}

const OTHERWISE = '-'

export function AmountField({ label, units, amount, otherwise, fault, onChange }: AmountFieldProps) {
  const id = useId()
  const hasNumber = amount !== null && (units[amount.unit]?.size ?? 0) > 0
  const isWrong = fault !== undefined
  const faultId = isWrong ? `${id}f` : undefined

  function chooseUnit(chosen: string) {
    if (chosen === OTHERWISE) return onChange(null)
    const unit = Number(chosen)
    onChange({ unit, count: (units[unit]?.size ?? 0) === 0 ? '' : amount?.count || '1' })
  }

  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="amount">
        <select
          class="input"
          id={id}
          value={amount === null ? OTHERWISE : String(amount.unit)}
          aria-invalid={isWrong && !hasNumber}
          aria-describedby={faultId}
          onChange={(event) => chooseUnit(event.currentTarget.value)}
        >
          {otherwise !== undefined && <option value={OTHERWISE}>{otherwise}</option>}
          {units.map(({ name }, index) => (
            <option key={name} value={String(index)}>
              {text.value.amount.units[name]}
            </option>
          ))}
        </select>
        {hasNumber && (
          <input
            class="input num"
            type="number"
            inputMode="decimal"
            min="0"
            step="any"
            aria-label={text.value.amount.howMany({ label })}
            aria-invalid={isWrong}
            aria-describedby={faultId}
            value={amount.count}
            onInput={(event) => onChange({ ...amount, count: event.currentTarget.value })}
          />
        )}
      </div>
      {isWrong && (
        <p class="fault" id={faultId}>
          {fault}
        </p>
      )}
    </div>
  )
}
