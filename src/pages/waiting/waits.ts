/** What the reader waits for, as this page knows it: its own answers, and what the live channel says. */
import { effect, signal } from '@preact/signals'
import type { WaitEvent } from '../../schemas/events.js'
import type { NewWait, Wait } from '../../schemas/waits.js'
import { sayAtOnce } from '../shared/announce.jsx'
import { type Answer, askUntilKnown, type Refused } from '../shared/api.js'
import { loadReservations } from '../shared/reservations.js'
import { account, askSigned, role } from '../shared/session.js'
import { text } from './text.js'

/** Those that go on, in the order in which they were joined. */
export const waits = signal<readonly Wait[]>([])

export async function loadWaits(): Promise<void> {
  if (role.value !== 'client') return
  const who = account.value?.id
  const answer = await askSigned<{ items: Wait[] }>('/v1/waits')
  if (answer.ok && account.value?.id === who) waits.value = answer.data.items
}

/** Longer than most: it is answered when every server knows. */
const JOIN_MS = 20_000

export async function join(wish: NewWait): Promise<Answer<Wait>> {
  const answer = await askSigned<Wait>(
    '/v1/waits',
    { method: 'POST', body: wish, timeoutMs: JOIN_MS },
    askUntilKnown,
  )
  if (answer.ok) put(answer.data)
  return answer
}

export async function leave(id: string): Promise<Refused | null> {
  const answer = await askSigned(`/v1/waits/${id}`, { method: 'DELETE' }, askUntilKnown)
  if (!answer.ok) return answer.problem
  waits.value = waits.value.filter((one) => one.id !== id)
  return null
}

export function heardWait(event: WaitEvent): void {
  const known = waits.value.find(({ id }) => id === event.id)
  if (event.state === 'offered' && known?.state !== 'offered') {
    sayAtOnce(text.value.offerCame)
    void loadReservations('held')
  }
  if (known === undefined || event.state !== known.state) void loadWaits()
  else put({ ...known, ...(event.position !== undefined && { position: event.position }) })
}

function put(wait: Wait): void {
  const isKnown = waits.value.some(({ id }) => id === wait.id)
  waits.value = isKnown ? waits.value.map((one) => (one.id === wait.id ? wait : one)) : [...waits.value, wait]
}

let whose: string | undefined
effect(() => {
  const who = account.value?.id
  if (who === whose) return
  whose = who
  waits.value = []
  if (who !== undefined) void loadWaits()
})
