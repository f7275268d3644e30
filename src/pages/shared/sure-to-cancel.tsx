/** The question before a booking is cancelled. */
import { common } from './text.js'

interface SureToCancelProps {
  isBusy: boolean
  onCancel: () => void
  onKeep: () => void
}

export function SureToCancel({ isBusy, onCancel, onKeep }: SureToCancelProps) {
  return (
    <div class="buttons item-wide">
      <button type="button" class="button danger" aria-disabled={isBusy} onClick={onCancel}>
        {isBusy ? common.value.asking : common.value.cancelSure}
      </button>
      <button type="button" class="button" onClick={onKeep}>
        {common.value.keepIt}
      </button>
    </div>
  )
}
