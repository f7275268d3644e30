/** The REST side of the contract: one function that asks, and says plainly what came back. It never throws. */
import { signal } from '@preact/signals'
import type { Problem } from '../../schemas/common.js'
import { clock, tick } from './now.js'

export type Answer<T> =
  /** `ageSeconds`: so long ago the server last heard of what it answers; 0 where it is current. */
  { ok: true; data: T; status: number; ageSeconds: number } | { ok: false; problem: Refused }

export interface Refused extends Partial<Problem> {
  code: string
  retryAfter?: number
  /** Of a hold that cannot be extended: when it ends at the latest. */
  maxExpiresAt?: string
  /** Of what it is too late to change: until when it could be. */
  latest?: string
  slot?: { id: string; state: 'open' | 'held' | 'confirmed' | 'withdrawn'; rev: number; expiresAt?: string }
}

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Sent as JSON; a file as it is. */
  body?: unknown
  token?: string | null
  /** The version that is changed, sent as If-Match. */
  rev?: number
  /** Sent as Idempotency-Key: a lost answer is asked for again under the same key. */
  key?: string
  /** May be answered by what the browser began to fetch with the page (its Link headers). */
  early?: boolean
  /** How long an answer is waited for, where it takes longer than most. */
  timeoutMs?: number
}

const TIMEOUT_MS = 12_000

/** Counts how often the server was reached again after it could not be: what was said of it then is over. */
export const returns = signal(0)
let isAway = false

/** The server has answered, on any channel. */
export function serverAnswered(): void {
  if (!isAway) return
  isAway = false
  returns.value += 1
}

export async function ask<T>(
  path: string,
  { method = 'GET', body, token, rev, key, early = false, timeoutMs = TIMEOUT_MS }: Ask = {},
): Promise<Answer<T>> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = body instanceof Blob ? body.type : 'application/json'
  if (token) headers.authorization = `Bearer ${token}`
  if (rev !== undefined) headers['if-match'] = `"${rev}"`
  if (key !== undefined) headers['idempotency-key'] = key
  const sentAt = performance.now()
  try {
    const response = await fetch(path, {
      method,
      headers,
      ...(!early && { cache: 'no-cache' }),
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body: body instanceof Blob ? body : JSON.stringify(body) }),
    })
    serverAnswered()
    const serverTime = response.headers.get('x-server-time')
    if (serverTime !== null) {
      // What the browser fetched early was said before this was sent, nobody knows when.
      if (early) clock.pushed(Date.parse(serverTime))
      else clock.answered(Date.parse(serverTime), sentAt, performance.now())
      tick.value = clock.now()
    }
    const text = await response.text()
    const data = text === '' ? undefined : JSON.parse(text)
    const ageSeconds = Number(response.headers.get('x-picture-age'))
    if (response.ok) return { ok: true, data: data as T, status: response.status, ageSeconds }
    const retryAfter = Number(response.headers.get('retry-after'))
    const problem = { code: 'internal', ...(data as object), ...(retryAfter > 0 && { retryAfter }) }
    return { ok: false, problem }
  } catch {
    isAway = true
    return { ok: false, problem: { code: 'offline' } }
  }
}

const TRIES = 3

/** For writes under an Idempotency-Key: "no answer" and "unavailable" mean unknown, so the same key asks again. */
export async function askUntilKnown<T>(path: string, options: Ask): Promise<Answer<T>> {
  for (let tries = 1; ; tries++) {
    const answer = await ask<T>(path, options)
    const unknown = !answer.ok && (answer.problem.code === 'offline' || answer.problem.code === 'unavailable')
    if (!unknown || tries === TRIES) return answer
    await new Promise((resolve) => setTimeout(resolve, 400 * tries))
  }
}

export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

/** All pages of a list, handed over as they come. */
export async function eachPage<T>(
  path: string,
  token: string | null,
  take: (items: T[], last: boolean, ageSeconds: number) => void,
): Promise<Refused | null> {
  let cursor: string | null = null
  do {
    const answer: Answer<{ items: T[]; nextCursor: string | null }> = await ask(
      cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`,
      { token },
    )
    if (!answer.ok) return answer.problem
    cursor = answer.data.nextCursor
    take(answer.data.items, cursor === null, answer.ageSeconds)
  } while (cursor !== null)
  return null
}
