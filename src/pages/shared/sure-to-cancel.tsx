/** The question before a booking is cancelled. */
interface SureToCancelProps {
  isBusy: boolean
  onCancel: () => void
  onKeep: () => void
}

export function SureToCancel({ isBusy, onCancel, onKeep }: SureToCancelProps) {
  return (
    <div class="buttons item-wide">
      <button type="button" class="button danger" aria-disabled={isBusy} onClick={onCancel}>
        {isBusy ? 'Asking …' : 'Yes, cancel it'}
      </button>
      <button type="button" class="button" onClick={onKeep}>
        Keep it
      </button>
    </div>
  )
}
