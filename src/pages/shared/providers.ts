/** Reservations name their provider by id; each is asked for once a page. */
import type { Provider } from '../../schemas/accounts.js'
import { type Answer, ask } from './api.js'

const asked = new Map<string, Promise<Answer<Provider>>>()

export function providerOf(id: string): Promise<Answer<Provider>> {
  let answer = asked.get(id)
  if (answer === undefined) {
    answer = ask<Provider>(`/v1/providers/${encodeURIComponent(id)}`, { early: true })
    asked.set(id, answer)
    void answer.then((settled) => {
      if (!settled.ok) asked.delete(id)
    })
  }
  return answer
}
