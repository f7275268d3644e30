import type { ComponentChildren } from 'preact'
import type { Refused } from './api.js'
import { sentenceFor } from './error-messages.js'
import { Icon } from './icons.jsx'

/** A refusal in a person's words, with what to do next. */
export function Refusal({ problem, children }: { problem: Refused; children?: ComponentChildren }) {
  const { text, next } = sentenceFor(problem.code)
  const wait =
    problem.code === 'rate_limited' && problem.retryAfter !== undefined
      ? ` About ${problem.retryAfter} s.`
      : ''
  return (
    <div class="note warn" role="alert" data-code={problem.code}>
      <Icon name="alert" />
      <div>
        <p>
          <strong>{text}</strong> {next}
          {wait}
        </p>
        {children}
      </div>
    </div>
  )
}
