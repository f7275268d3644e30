/** The question before a booking is cancelled, or something else that does not come back. */
import { common } from './text.js'

interface SureToCancelProps {
  /** What the first button says where it is no booking. */
  yes?: string
  isBusy: boolean
  onCancel: () => void
  onKeep: () => void
}

export function SureToCancel({ yes = common.value.cancelSure, isBusy, onCancel, onKeep }: SureToCancelProps) {
  return (
    <div class="buttons item-wide">
      <button type="button" class="button danger" aria-disabled={isBusy} onClick={onCancel}>
        {isBusy ? common.value.asking : yes}
      </button>
      <button type="button" class="button" onClick={onKeep}>
        {common.value.keepIt}
      </button>
    </div>
  )
}
