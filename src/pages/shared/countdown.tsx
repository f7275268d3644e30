import { effect } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { words } from './locale.js'
import { tick } from './now.js'
import { countdown } from './time.js'

/** 5 minutes and 1 minute are when somebody should hurry. */
export function warning(leftMs: number): '5' | '1' | undefined {
  if (leftMs <= 60_000) return '1'
  return leftMs <= 300_000 ? '5' : undefined
}

/**
 * Time left of a hold, by the server's clock. Silent to ears: the warnings are announced, not each second. Written past
 * the drawing, for the reason given at the slot of the booking page.
 */
export function Countdown({ until }: { until: number }) {
  const place = useRef<HTMLSpanElement>(null)
  useLayoutEffect(
    () =>
      effect(() => {
        if (place.current === null) return
        const left = until - tick.value
        place.current.textContent = words.value.figures(countdown(left))
        const warn = warning(left)
        if (warn === undefined) delete place.current.dataset.warn
        else place.current.dataset.warn = warn
      }),
    [until],
  )
  return <span class="countdown" role="timer" aria-live="off" ref={place} />
}

export function Meter({ until, length }: { until: number; length: number }) {
  const left = until - tick.value
  return (
    <div class="meter" aria-hidden="true" data-warn={warning(left)}>
      <i style={{ transform: `scaleX(${Math.max(0, Math.min(1, left / length))})` }} />
    </div>
  )
}
