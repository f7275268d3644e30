/** What this server does for everybody; asked for once a page. */
import { signal } from '@preact/signals'
import type { ServerRules } from '../../schemas/common.js'
import { type Answer, ask } from './api.js'

/** Null until it is known: what needs mail is offered where it is certain. */
export const sendsMail = signal<boolean | null>(null)

let asked: Promise<Answer<ServerRules>> | undefined

export function serverRules(): Promise<Answer<ServerRules>> {
  asked ??= ask<ServerRules>('/v1/rules', { early: true }).then((answer) => {
    if (answer.ok) sendsMail.value = answer.data.mail
    else asked = undefined
    return answer
  })
  return asked
}
