import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { type Refused, returns } from './api.js'
import { sentenceFor } from './error-messages.js'
import { Icon } from './icons.jsx'
import { words, zone } from './locale.js'
import { common } from './text.js'

/** Whether the server, which could not be reached for this, has been reached since. */
export function useIsBack(problem: Refused): boolean {
  const since = useMemo(() => ({ problem, returns: returns.peek() }), [problem])
  return problem.code === 'offline' && returns.value > since.returns
}

/** A refusal in a person's words, with what to do next; gone when it is no longer true. */
export function Refusal(props: {
  problem: Refused
  /** Where the code alone does not say what is meant. */
  sentence?: string | undefined
  children?: ComponentChildren
}) {
  const { problem, sentence = problem.code, children } = props
  const isBack = useIsBack(problem)
  if (isBack) return null
  const { text, next } = sentenceFor(sentence)
  return (
    <div class="note warn" role="alert" data-code={problem.code}>
      <Icon name="alert" />
      <div>
        <p>
          <strong>{text}</strong> {next} {figureOf(problem)}
        </p>
        {children}
      </div>
    </div>
  )
}

/** What only this refusal knows. */
function figureOf({ code, retryAfter, maxExpiresAt }: Refused): string {
  if (code === 'rate_limited' && retryAfter !== undefined)
    return common.value.aboutSoLong({ span: words.value.duration(retryAfter * 1000) })
  if (code !== 'extension_limit' || maxExpiresAt === undefined) return ''
  return common.value.endsAt({ time: words.value.time(Date.parse(maxExpiresAt), zone.value) })
}
