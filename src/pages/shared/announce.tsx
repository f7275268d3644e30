/**
 * What the page says to ears. Politely at most once in five seconds, however much flickers: what came meanwhile is
 * gathered into one sentence. Assertively only where somebody loses something of their own.
 */
import { signal } from '@preact/signals'
import { mergeAnnouncements } from './merge-announcements.js'
import { common } from './text.js'

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
  const text = mergeAnnouncements(waiting, (count) => common.value.moreChanges({ count }))
  // The same words again would be no change, and so not be said.
  polite.value = text === polite.value ? `${text}\u00a0` : text
  waiting = []
}

let urgent: { text: string; at: number }[] = []

/** Several in a short time are said together: each would silence the one before it. */
export function sayAtOnce(text: string): void {
  const now = performance.now()
  urgent = [...urgent.filter(({ at }) => now - at < PAUSE_MS), { text, at: now }]
  assertive.value = [...new Set(urgent.map((one) => one.text))].join(' ')
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
