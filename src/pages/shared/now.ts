/** The page's time: the server's clock as a signal that ticks each second, and a timer for moments in between. */
import { computed, signal } from '@preact/signals'
import { serverClock } from './clock.js'

export const clock = serverClock(() => performance.now(), Date.now())

/** For countdowns only: whoever reads it renders each second. */
export const tick = signal(clock.now())
setInterval(() => {
  tick.value = clock.now()
}, 1000)
document.addEventListener('visibilitychange', () => {
  tick.value = clock.now()
})

/** For what changes by the minute: the today line, "in 3 hours". */
export const minute = computed(() => Math.floor(tick.value / 60_000) * 60_000)
