import { useComputed } from '@preact/signals'
import { tick } from './now.js'
import { countdown } from './time.js'

/** 5 minutes and 1 minute are when somebody should hurry. */
export function warning(leftMs: number): '5' | '1' | undefined {
  if (leftMs <= 60_000) return '1'
  return leftMs <= 300_000 ? '5' : undefined
}

/** Time left of a hold, by the server's clock. Silent to ears: the warnings are announced, not each second. */
export function Countdown({ until }: { until: number }) {
  const left = useComputed(() => until - tick.value)
  return (
    <span class="countdown" role="timer" aria-live="off" data-warn={warning(left.value)}>
      {countdown(left.value)}
    </span>
  )
}

export function Meter({ until, length }: { until: number; length: number }) {
  const left = until - tick.value
  return (
    <div class="meter" aria-hidden="true" data-warn={warning(left)}>
      <i style={{ transform: `scaleX(${Math.max(0, Math.min(1, left / length))})` }} />
    </div>
  )
}
