/**
 * Tokens as the rest of the server uses them: made at sign-in, checked without a read, ended with their session. API keys
 * are checked here as well, as tokens whose session is the key.
 */
import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.js'
import type { Caller } from '../http/caller.js'
import { Refusal } from '../http/problems.js'
import type { Account, Tokens as TokenAnswer } from '../schemas/accounts.js'
import { callerOf, claimsOf, TOKEN_SECONDS } from './access-tokens.js'
import { type EndedSessions, LEASE_MS } from './ended-sessions.js'
import type { Grants } from './grants.js'
import type { EndedSession, LivingSession, SessionRecord, Sessions } from './sessions.js'

/** Callers whose signature was checked. An entry is some 500 bytes; one that fell out is checked again. */
const MAX_KNOWN = 10_000
/** What was let in just before the lease ended is given so long to finish. */
const IN_FLIGHT_MS = 250

/**
 * By the sign-in, not by the token: one that is renewed has been in nobody's hand who gave the password, and none is ever
 * older than five minutes anyway.
 */
const LATELY_MS = 5 * 60_000

/** Whether a session goes on; `unknown` where the database does not say in time. */
export type SessionState = 'current' | 'ended' | 'unknown'

export interface Tokens {
  /**
   * Null where memory says what a token is. Else it is an API key that was not shown lately, and has to be waited for
   * before `verify`; refused where the address asks for too many.
   */
  learn(token: string, address: string): Promise<void> | null
  /** For every request and every socket: synchronous, and mostly one look into a map. */
  verify(token: string): Caller | 'expired' | null
  /** Whether the caller's session is known to go on at this moment. */
  isCurrent(caller: Pick<Caller, 'session'>): boolean
  /** The same, waiting for what is not known. */
  stateOf(caller: Pick<Caller, 'session'>): Promise<SessionState>
  /** Resolves when every instance knows of each session that has ended by now, and has done what it let in before. */
  knownEverywhere(): Promise<void>
  /** How old this instance's knowledge of ended sessions is. */
  pollAgeMs(): number
  /** A new session; refused when the account has ended meanwhile. */
  signIn(account: Pick<Account, 'id' | 'role'>): Promise<TokenAnswer>
  /** Null for a token that is not good, for whatever reason. `onReused` hears whose session ended by an old token. */
  refresh(refreshToken: string, onReused?: (accountId: string) => void): Promise<TokenAnswer | null>
  /** Ends the session of a refresh token, or all sessions of its account. Says whose it was. */
  revoke(refreshToken: string, everywhere?: boolean): Promise<{ accountId: string } | null>
  /** Ends one session of an account; false when it has none of that id. */
  endOne(accountId: string, session: string): Promise<boolean>
  /** Ends all sessions of an account, save one. */
  endAll(accountId: string, except?: string): Promise<void>
  /** Whether the caller signed in with the password a short while ago. */
  signedInLately(caller: Pick<Caller, 'session'>): Promise<boolean>
  /** The sessions of an account that go on, the newest sign-in first. */
  livingSessionsOf(accountId: string): Promise<LivingSession[]>
  /** All there is about the sign-ins of an account. */
  sessionsOf(accountId: string): Promise<SessionRecord[]>
  /** Hears of each session that ended, on this instance at once, from others within a second. Returns what stops it. */
  onEnded(listener: (ended: EndedSession) => void): () => void
}

export interface TokensParts {
  sessions: Sessions
  ended: EndedSessions
  grants: Pick<Grants, 'isKnown' | 'learn' | 'callerOf'>
  clock: Clock
  find: (accountId: string) => Promise<Pick<Account, 'id' | 'role'> | null>
  /** The same, from the database and not from memory. */
  findFresh: (accountId: string) => Promise<Pick<Account, 'id' | 'role'> | null>
  wait: (ms: number) => Promise<unknown>
  sign: (claims: ReturnType<typeof claimsOf>) => string
  /** The claims when one of our keys signed them; null otherwise. Knows nothing of time. */
  readSigned: (token: string) => unknown
}

export function createTokens({
  sessions,
  ended,
  grants,
  clock,
  find,
  findFresh,
  wait,
  sign,
  readSigned,
}: TokensParts): Tokens {
  const known = new LRUCache<string, Caller>({ max: MAX_KNOWN })

  function answer(account: Pick<Account, 'id' | 'role'>, session: string, refreshToken: string): TokenAnswer {
    const claims = claimsOf(
      { id: account.id, role: account.role, session },
      { now: clock.now(), jti: randomUUID() },
    )
    return { accessToken: sign(claims), refreshToken, tokenType: 'Bearer', expiresIn: TOKEN_SECONDS }
  }

  return {
    learn: (token, address) => (grants.isKnown('key', token) ? null : grants.learn('key', token, address)),

    verify(token) {
      const holder = grants.callerOf(token)
      if (holder) return ended.has(holder.session) ? null : holder
      let caller = known.get(token)
      if (!caller) {
        const read = callerOf(readSigned(token))
        if (!read) return null
        caller = read
        known.set(token, caller)
      }
      if (caller.expiresAt <= clock.now()) {
        known.delete(token)
        return 'expired'
      }
      return ended.has(caller.session) ? null : caller
    },

    isCurrent: ({ session }) => ended.isFresh() && !ended.has(session),

    async stateOf({ session }) {
      if (!ended.isFresh() && !(await ended.freshen())) return 'unknown'
      return ended.has(session) ? 'ended' : 'current'
    },

    knownEverywhere: async () => void (await wait(LEASE_MS + IN_FLIGHT_MS)),

    pollAgeMs: () => ended.ageMs(),

    async signIn(account) {
      const { session, refreshToken } = await sessions.start(account.id)
      // An account that ended while its password was compared did not know of this session.
      if (!(await findFresh(account.id))) {
        ended.add(await sessions.endAll(account.id))
        throw new Refusal('unauthenticated', 'The account has ended.')
      }
      return answer(account, session, refreshToken)
    },

    async refresh(refreshToken, onReused) {
      const refreshed = await sessions.refresh(refreshToken)
      if (!refreshed.ok) {
        if (refreshed.reason === 'reused') {
          ended.add([refreshed.ended])
          onReused?.(refreshed.ended.accountId)
        }
        return null
      }
      const account = await find(refreshed.accountId)
      return account && answer(account, refreshed.session, refreshed.refreshToken)
    },

    async revoke(refreshToken, everywhere = false) {
      const one = await sessions.end(refreshToken)
      if (!one) return null
      ended.add([one])
      if (everywhere) ended.add(await sessions.endAll(one.accountId))
      return { accountId: one.accountId }
    },

    async endOne(accountId, session) {
      const one = await sessions.endOf(accountId, session)
      if (one) ended.add([one])
      return one !== null
    },

    async endAll(accountId, except) {
      ended.add(await sessions.endAll(accountId, except))
    },

    async signedInLately({ session }) {
      const startedAt = await sessions.startedAt(session)
      return startedAt !== null && clock.now() - startedAt < LATELY_MS
    },

    livingSessionsOf: (accountId) => sessions.livingOf(accountId),

    sessionsOf: (accountId) => sessions.of(accountId),

    onEnded: (listener) => ended.onEnded(listener),
  }
}
