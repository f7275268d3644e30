/**
 * Who is signed in here. The one file that knows how a session is kept: everything else asks `token()`.
 *
 * The access token lives in memory only. What survives a reload is the refresh token, kept in `keep`, `kept` and
 * `drop` below and nowhere else, so that moving it into an HttpOnly cookie changes these and the three calls that
 * send it. Tabs take turns at refreshing (a lock), because each refresh ends the token that was used for it.
 */
import { computed, signal } from '@preact/signals'
import type { Account, Registered, Tokens } from '../../schemas/accounts.js'
import { type Answer, type Ask, ask } from './api.js'
import { tabs } from './tabs.js'

const NAME = 'slotcast.session'
/** Renewed while it is still good, so that no request has to wait for a renewal. */
const RENEW_BEFORE_MS = 60_000

interface Kept {
  refreshToken: string
  account: Account
}

export const account = signal<Account | null>(kept()?.account ?? null)
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

export async function signUp(body: {
  role: 'client' | 'provider'
  name: string
  email: string
  password: string
  timeZone: string
}): Promise<Answer<Registered>> {
  const answer = await ask<Registered>('/v1/accounts', { method: 'POST', body })
  if (answer.ok) begin(answer.data.account, answer.data)
  return answer
}

export async function signIn(email: string, password: string): Promise<Answer<Account>> {
  const answer = await ask<Tokens>('/v1/token', { method: 'POST', body: { email, password } })
  if (!answer.ok) return answer
  const me = await ask<Account>('/v1/me', { token: answer.data.accessToken })
  if (!me.ok) return me
  const { id, role, name, timeZone } = me.data
  begin({ id, role, name, timeZone }, answer.data)
  return me
}

export async function signOut(): Promise<void> {
  const refreshToken = kept()?.refreshToken
  end()
  tabs.tell({ kind: 'session' })
  if (refreshToken !== undefined) await ask('/v1/token/revoke', { method: 'POST', body: { refreshToken } })
}

function begin(who: Account, tokens: Tokens): void {
  keep({ refreshToken: tokens.refreshToken, account: who })
  take(tokens)
  account.value = who
  tabs.tell({ kind: 'session' })
}

function end(): void {
  clearTimeout(timer)
  access = null
  drop()
  account.value = null
  for (const listener of listeners) listener(null)
}

function take(tokens: Tokens): string {
  const life = tokens.expiresIn * 1000
  access = { token: tokens.accessToken, until: performance.now() + life }
  clearTimeout(timer)
  timer = setTimeout(() => void renew(), Math.max(1000, life - RENEW_BEFORE_MS))
  for (const listener of listeners) listener(tokens.accessToken)
  return tokens.accessToken
}

function renew(): Promise<string | null> {
  renewing ??= inTurn(async () => {
    const before = kept()
    if (before === null) {
      if (account.value !== null) end()
      return null
    }
    const answer = await ask<Tokens>('/v1/token/refresh', {
      method: 'POST',
      body: { refreshToken: before.refreshToken },
    })
    if (answer.ok) {
      keep({ ...before, refreshToken: answer.data.refreshToken })
      return take(answer.data)
    }
    // Only a clear no ends the session; a server that is away does not sign anybody out.
    if (answer.problem.code === 'unauthenticated' || answer.problem.code === 'invalid_request') end()
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
  const now = kept()
  if (now?.account.id === account.value?.id) return
  access = null
  account.value = now?.account ?? null
  if (now === null) for (const listener of listeners) listener(null)
  else void renew()
})

function kept(): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? 'null') as Kept | null
  } catch {
    return null
  }
}

function keep(session: Kept): void {
  localStorage.setItem(NAME, JSON.stringify(session))
}

function drop(): void {
  localStorage.removeItem(NAME)
}
