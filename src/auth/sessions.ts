/**
 * Sign-ins and their refresh tokens. A token is 256 random bits behind the id of its session; at rest there is only
 * its SHA-256. Each use replaces it, in one update whose filter is the rule. A token that was replaced already means
 * two parties have it, so the whole session ends; only the last one replaced is answered for a few seconds more, with
 * the same successor, because tabs and lost answers do that honestly.
 *
 * The successor of a token is an HMAC of it: it can be given again without being kept. While JWT_SECRET is replaced there
 * are two keys: the current one makes successors, and one that either made is given again. An instance that does not have
 * the newer key cannot tell such a successor; it refuses then and ends nothing, because within the grace it is honest.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import type { SessionDoc } from './session-model.js'

const DAY_MS = 86_400_000
/** A sign-in that is not used for so long ends. */
export const IDLE_MS = 30 * DAY_MS
/** So does one of this age, used or not. */
const MAX_AGE_MS = 180 * DAY_MS
/** A double click, a second tab, an answer that got lost. */
export const GRACE_MS = 10_000
/** Ended sessions stay readable while an access token of theirs may still be good on another instance. */
export const ENDED_KEPT_MS = 10 * 60_000

const SESSION_BYTES = 16
const SECRET_BYTES = 32
const TOKEN = /^[\w-]{64}$/

export interface EndedSession {
  session: string
  accountId: string
}

export type SessionRecord = Pick<SessionDoc, 'startedAt' | 'rotatedAt' | 'expiresAt' | 'endedAt'>
export type LivingSession = Pick<SessionDoc, '_id' | 'startedAt' | 'rotatedAt' | 'expiresAt'>

export interface Sessions {
  start(accountId: string): Promise<{ session: string; refreshToken: string }>
  refresh(
    refreshToken: string,
  ): Promise<
    | { ok: true; session: string; accountId: string; refreshToken: string }
    | { ok: false; reason: 'unknown' }
    | { ok: false; reason: 'reused'; ended: EndedSession }
  >
  /** Ends the session of any token it ever had; null when there is none or it has ended. */
  end(refreshToken: string): Promise<EndedSession | null>
  /** Ends one session of an account, by its id, if it has not ended yet; null when the account has none of that id. */
  endOf(accountId: string, session: string): Promise<EndedSession | null>
  /** Ends the sessions of an account, save one. */
  endAll(accountId: string, except?: string): Promise<EndedSession[]>
  /** When its sign-in was; null when there is none or it has ended. */
  startedAt(session: string): Promise<number | null>
  /** Those that go on, the newest sign-in first. */
  livingOf(accountId: string): Promise<LivingSession[]>
  /** All there is about the sessions of an account, save what could sign anybody in. */
  of(accountId: string): Promise<SessionRecord[]>
  /** The sessions that ended at that moment or later; fails where that takes longer. */
  endedSince(since: number, withinMs: number): Promise<EndedSession[]>
}

export function createSessions({
  sessions,
  clock,
  keys,
}: {
  sessions: mongo.Collection<SessionDoc>
  clock: Clock
  /** Make successors: the current one, and those before it while some of theirs may be asked for again. */
  keys: [current: Buffer, ...older: Buffer[]]
}): Sessions {
  const successorsOf = (token: string) => {
    const { session } = readToken(token)
    const [current, ...older] = keys.map((key) =>
      tokenOf(session, createHmac('sha256', key).update(token).digest()),
    )
    return [current ?? '', ...older] as const
  }

  /** Not ended, used within IDLE_MS, begun within MAX_AGE_MS. */
  const alive = (now: number): mongo.Filter<SessionDoc> => ({
    endedAt: { $exists: false },
    expiresAt: { $gt: new Date(now) },
    startedAt: { $gt: new Date(now - MAX_AGE_MS) },
  })

  async function endOne(filter: { _id: string; accountId?: string }): Promise<EndedSession | null> {
    const now = clock.now()
    const ended = await sessions.findOneAndUpdate(
      { ...filter, endedAt: { $exists: false } },
      { $set: ending(now) },
      { ...DURABLE, returnDocument: 'after' },
    )
    return ended && { session: ended._id, accountId: ended.accountId }
  }

  return {
    async start(accountId) {
      const now = new Date(clock.now())
      const session = randomBytes(SESSION_BYTES).toString('hex')
      const refreshToken = tokenOf(session, randomBytes(SECRET_BYTES))
      await sessions.insertOne(
        {
          _id: session,
          accountId,
          current: hashOf(refreshToken),
          previous: null,
          rotatedAt: now,
          startedAt: now,
          expiresAt: new Date(now.getTime() + IDLE_MS),
        },
        DURABLE,
      )
      return { session, refreshToken }
    },

    async refresh(presented) {
      if (!TOKEN.test(presented)) return { ok: false, reason: 'unknown' }
      const { session } = readToken(presented)
      const now = clock.now()
      const [successor, ...otherSuccessors] = successorsOf(presented)
      const rotated = await sessions.findOneAndUpdate(
        { _id: session, current: hashOf(presented), ...alive(now) },
        {
          $set: {
            current: hashOf(successor),
            previous: hashOf(presented),
            rotatedAt: new Date(now),
            expiresAt: new Date(now + IDLE_MS),
          },
        },
        { ...DURABLE, returnDocument: 'after' },
      )
      if (rotated) return { ok: true, session, accountId: rotated.accountId, refreshToken: successor }

      const found = await sessions.findOne({ _id: session, ...alive(now) }, READ)
      if (!found) return { ok: false, reason: 'unknown' }
      const { accountId } = found
      const inGrace = found.previous === hashOf(presented) && now <= found.rotatedAt.getTime() + GRACE_MS
      if (inGrace) {
        const given = [successor, ...otherSuccessors].find((one) => found.current === hashOf(one))
        return given === undefined
          ? { ok: false, reason: 'unknown' }
          : { ok: true, session, accountId, refreshToken: given }
      }
      await endOne({ _id: session })
      return { ok: false, reason: 'reused', ended: { session, accountId } }
    },

    end: async (presented) => (TOKEN.test(presented) ? endOne({ _id: readToken(presented).session }) : null),

    async endOf(accountId, session) {
      const own = { _id: session, accountId }
      const ended = await endOne(own)
      if (ended) return ended
      return (await sessions.findOne(own, READ)) && { session, accountId }
    },

    async endAll(accountId, except) {
      const now = clock.now()
      const living = { accountId, endedAt: { $exists: false } }
      const found = await sessions.find(living, READ).project<{ _id: string }>({ _id: 1 }).toArray()
      const ids = found.map(({ _id }) => _id).filter((id) => id !== except)
      await sessions.updateMany({ ...living, _id: { $in: ids } }, { $set: ending(now) }, DURABLE)
      return ids.map((session) => ({ session, accountId }))
    },

    async startedAt(session) {
      const found = await sessions.findOne({ _id: session, ...alive(clock.now()) }, READ)
      return found?.startedAt.getTime() ?? null
    },

    livingOf: (accountId) =>
      sessions
        .find({ accountId, ...alive(clock.now()) }, READ)
        .project<LivingSession>({ startedAt: 1, rotatedAt: 1, expiresAt: 1 })
        .sort({ startedAt: -1 })
        .toArray(),

    of: (accountId) =>
      sessions
        .find({ accountId }, READ)
        .project<SessionRecord>({ _id: 0, startedAt: 1, rotatedAt: 1, expiresAt: 1, endedAt: 1 })
        .sort({ startedAt: 1 })
        .toArray(),

    async endedSince(since, withinMs) {
      const found = await sessions
        .find({ endedAt: { $gte: new Date(since) } }, { ...READ, maxTimeMS: withinMs })
        .project<{ _id: string; accountId: string }>({ accountId: 1 })
        .toArray()
      return found.map(({ _id, accountId }) => ({ session: _id, accountId }))
    },
  }
}

function ending(now: number): Pick<SessionDoc, 'endedAt' | 'expiresAt'> & object {
  return { endedAt: new Date(now), expiresAt: new Date(now + ENDED_KEPT_MS) }
}

function tokenOf(session: string, secret: Buffer): string {
  return Buffer.concat([Buffer.from(session, 'hex'), secret]).toString('base64url')
}

function readToken(token: string): { session: string } {
  return { session: Buffer.from(token, 'base64url').subarray(0, SESSION_BYTES).toString('hex') }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
