/**
 * What the page says to ears. Politely at most once in five seconds, however much flickers: what came meanwhile is
 * gathered into one sentence. Assertively only where somebody loses something of their own.
 */
import { signal } from '@preact/signals'
import { gathered } from './merge-announcements.js'

const PAUSE_MS = 5000

const polite = signal('')
const assertive = signal('')
let waiting: string[] = []
let lastAt = Number.NEGATIVE_INFINITY
let timer: ReturnType<typeof setTimeout> | undefined

export function say(text: string): void {
  waiting.push(text)
  if (timer === undefined) timer = setTimeout(speak, Math.max(50, lastAt + PAUSE_MS - performance.now()))
}

function speak(): void {
  timer = undefined
  lastAt = performance.now()
  const text = gathered(waiting)
  // The same words again would be no change, and so not be said.
  polite.value = text === polite.value ? `${text}\u00a0` : text
  waiting = []
}

export function sayAtOnce(text: string): void {
  assertive.value = text
}

export function Announcer() {
  return (
    <>
      <div class="unseen" role="status" aria-live="polite" data-say="polite">
        {polite}
      </div>
      <div class="unseen" role="alert" aria-live="assertive" data-say="assertive">
        {assertive}
      </div>
    </>
  )
}
