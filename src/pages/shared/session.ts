/**
 * Who is signed in here. The one file that knows how a session is kept: everything else asks `token()`.
 *
 * The access token lives in memory only. What survives a reload is the refresh token, in a cookie that no script sees
 * and that goes to /v1/session alone. Beside it the account is remembered, to know whom to expect without asking: a
 * page where nobody is signed in asks for nothing. Whoever changes the cookie holds a lock, tabs in turn, because each
 * renewal ends the token that was used for it.
 */
import { computed, signal } from '@preact/signals'
import type { Language } from '../../domain/languages.js'
import type { Account, PageSession } from '../../schemas/accounts.js'
import { type Answer, type Ask, ask } from './api.js'
import { tabs } from './tabs.js'

const NAME = 'slotcast.account'
/** Renewed while it is still good, so that no request has to wait for a renewal. */
const RENEW_BEFORE_MS = 60_000

export const account = signal<Account | null>(remembered())
export const role = computed(() => account.value?.role ?? null)

let access: { token: string; until: number } | null = null
let renewing: Promise<string | null> | null = null
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<(token: string | null) => void>()

/** Hears each new access token, and null at sign-out: the live channel renews in place with it. */
export function onToken(listener: (token: string | null) => void): void {
  listeners.add(listener)
}

export async function token(): Promise<string | null> {
  if (access !== null && performance.now() < access.until - RENEW_BEFORE_MS / 2) return access.token
  return account.value === null ? null : renew()
}

/** A request as whoever is signed in; a token that ended early is renewed once. */
export async function askSigned<T>(
  path: string,
  options: Ask = {},
  how: (path: string, options: Ask) => Promise<Answer<T>> = ask,
): Promise<Answer<T>> {
  const first = await how(path, { ...options, token: await token() })
  if (first.ok || first.problem.code !== 'unauthenticated' || account.value === null) return first
  access = null
  const fresh = await renew()
  return fresh === null ? first : how(path, { ...options, token: fresh })
}

export function signUp(body: {
  role: 'client' | 'provider'
  name: string
  email: string
  password: string
  timeZone: string
  language: Language
}): Promise<Answer<Account>> {
  return begin('/v1/session/accounts', body)
}

export function signIn(email: string, password: string): Promise<Answer<Account>> {
  return begin('/v1/session', { email, password })
}

export async function signOut(): Promise<void> {
  end()
  tabs.tell({ kind: 'session' })
  await inTurn(() => ask('/v1/session', { method: 'DELETE' }))
}

/** The account as it is now, in all tabs. */
export function accountChanged({ id, role, name, timeZone, language }: Account): void {
  if (account.value?.id !== id) return
  account.value = { id, role, name, timeZone, language }
  localStorage.setItem(NAME, JSON.stringify(account.value))
  tabs.tell({ kind: 'session' })
}

async function begin(path: string, body: object): Promise<Answer<Account>> {
  const answer = await inTurn(() => ask<PageSession>(path, { method: 'POST', body }))
  if (!answer.ok) return answer
  take(answer.data)
  tabs.tell({ kind: 'session' })
  return { ...answer, data: answer.data.account }
}

function end(): void {
  clearTimeout(timer)
  access = null
  localStorage.removeItem(NAME)
  account.value = null
  for (const listener of listeners) listener(null)
}

function take({ account: who, accessToken, expiresIn }: PageSession): string {
  const life = expiresIn * 1000
  access = { token: accessToken, until: performance.now() + life }
  clearTimeout(timer)
  timer = setTimeout(() => void renew(), Math.max(1000, life - RENEW_BEFORE_MS))
  localStorage.setItem(NAME, JSON.stringify(who))
  // The cookie may have become somebody else's, in another tab; and a name or language may have changed elsewhere.
  if (JSON.stringify(account.value) !== JSON.stringify(who)) account.value = who
  for (const listener of listeners) listener(accessToken)
  return accessToken
}

function renew(): Promise<string | null> {
  renewing ??= inTurn(async () => {
    if (remembered() === null) {
      if (account.value !== null) end()
      return null
    }
    const answer = await ask<PageSession>('/v1/session/refresh', { method: 'POST', body: {} })
    // Signed out in the meantime: what was renewed is about to be ended.
    if (remembered() === null) return null
    if (answer.ok) return take(answer.data)
    // Only a clear no ends the session; a server that is away does not sign anybody out.
    if (answer.problem.code === 'unauthenticated') end()
    return null
  }).finally(() => {
    renewing = null
  })
  return renewing
}

/** Locks exist in secure contexts only; elsewhere the server's grace for a doubled refresh has to do. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks === undefined ? work() : navigator.locks.request(NAME, work)
}

tabs.listen((message) => {
  if (message.kind !== 'session') return
  const now = remembered()
  if (now?.id === account.value?.id) {
    account.value = now
    return
  }
  access = null
  account.value = now
  if (now === null) for (const listener of listeners) listener(null)
  else void renew()
})

function remembered(): Account | null {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? 'null') as Account | null
  } catch {
    return null
  }
}
