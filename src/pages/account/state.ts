/** What the account page knows of the account and does for it; the components only draw it. */
import { effect, signal } from '@preact/signals'
import type { Me, MeChanges, OwnSession } from '../../schemas/accounts.js'
import { type Answer, ask, type Refused } from '../shared/api.js'
import { account, accountChanged, askSigned, signOut, token } from '../shared/session.js'

/** Deleting takes a server a second or two, of a large calendar longer; so does writing an export. */
const SLOW_MS = 120_000

/** Null until it has come. */
export const me = signal<Me | null>(null)
export const sessions = signal<OwnSession[] | null>(null)
/** Why something of it has not come. */
export const problem = signal<Refused | null>(null)

export function start(): void {
  effect(() => {
    if (account.value === null) {
      me.value = null
      sessions.value = null
    } else if (me.peek()?.id !== account.value.id) void load()
  })
}

export async function load(): Promise<void> {
  problem.value = null
  const answer = await askSigned<Me>('/v1/me')
  if (answer.ok) me.value = answer.data
  else problem.value = answer.problem
  await loadSessions()
}

async function loadSessions(): Promise<void> {
  const answer = await askSigned<{ items: OwnSession[] }>('/v1/me/sessions')
  if (answer.ok) sessions.value = answer.data.items
  else problem.value ??= answer.problem
}

export async function change(changes: MeChanges): Promise<Refused | null> {
  const answer = await askSigned<Me>('/v1/me', { method: 'PATCH', body: changes })
  if (!answer.ok) return besideFields(answer.problem)
  me.value = answer.data
  accountChanged(answer.data)
  // A new password ends the other ones.
  if (changes.password !== undefined) await loadSessions()
  return null
}

export async function checkEmail(): Promise<Refused | null> {
  const answer = await askSigned('/v1/me/email-check', { method: 'POST' })
  return answer.ok ? null : answer.problem
}

export async function endSession({ id, current }: OwnSession): Promise<Refused | null> {
  if (current) {
    await signOut()
    return null
  }
  const answer = await askSigned(`/v1/me/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' })
  // One that is unknown ended a while ago.
  if (!answer.ok && answer.problem.code !== 'not_found') return answer.problem
  await loadSessions()
  return null
}

export async function endOtherSessions(): Promise<Refused | null> {
  const answer = await askSigned('/v1/me/sessions?keep=current', { method: 'DELETE' })
  if (!answer.ok) return answer.problem
  await loadSessions()
  return null
}

export async function signOutEverywhere(): Promise<Refused | null> {
  const answer = await askSigned('/v1/me/sessions', { method: 'DELETE' })
  if (!answer.ok) return answer.problem
  await signOut()
  return null
}

export async function exported(): Promise<Answer<object>> {
  return askSigned<object>('/v1/me/export', { timeoutMs: SLOW_MS })
}

/** Not `askSigned`: "unauthenticated" means a wrong password here, which is not to be tried twice. */
export async function deleteAccount(password: string, cancelBookings: boolean): Promise<Refused | null> {
  const answer = await ask(`/v1/me${cancelBookings ? '?bookings=cancel' : ''}`, {
    method: 'DELETE',
    body: { password },
    token: await token(),
    timeoutMs: SLOW_MS,
  })
  if (!answer.ok) return besideFields(answer.problem)
  await signOut()
  return null
}

/** A refusal with a sentence for each field that it is about. */
function besideFields(problem: Refused): Refused {
  const marked = (field: string, rule: string) => ({
    ...problem,
    code: 'invalid_request',
    errors: [{ field, message: '', rule }],
  })
  if (problem.code === 'email_taken') return marked('email', 'emailTaken')
  if (problem.code === 'unauthenticated') return marked('password', 'wrongPassword')
  const errors = problem.errors?.map((error) =>
    error.field === 'currentPassword' ? { ...error, rule: 'wrongPassword' } : error,
  )
  return { ...problem, ...(errors && { errors }) }
}
