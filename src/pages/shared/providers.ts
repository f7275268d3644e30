/** Reservations name their provider by id; each is asked for once a page. */
import type { Provider } from '../../schemas/accounts.js'
import { type Answer, ask } from './api.js'

const asked = new Map<string, Promise<Answer<Provider>>>()

/** By id or link. What was asked for by a link is known by the id as well. */
export function providerOf(idOrLink: string): Promise<Answer<Provider>> {
  const before = asked.get(idOrLink)
  if (before !== undefined) return before
  const answer = ask<Provider>(`/v1/providers/${encodeURIComponent(idOrLink)}`, { early: true })
  asked.set(idOrLink, answer)
  void answer.then((settled) => {
    if (settled.ok) asked.set(settled.data.id, answer)
    else asked.delete(idOrLink)
  })
  return answer
}
