/**
 * What an access token says and how long it is good. Signing and the check of signatures are @fastify/jwt's; here is
 * what must hold beside a good signature. A token names its account, role and session, and nothing else about anybody.
 */
import { hkdfSync } from 'node:crypto'
import { Type } from 'typebox'
import type { Caller } from '../http/caller.js'
import { checker } from '../http/validation.js'
import { Role } from '../schemas/common.js'

export const ISSUER = 'slotcast'
export const AUDIENCE = 'slotcast-api'
export const TOKEN_SECONDS = 300

const check = checker(
  Type.Object({
    sub: Type.String({ pattern: '^[0-9a-f]{32}$' }),
    role: Role,
    sid: Type.String({ pattern: '^[0-9a-f]{32}$' }),
    iss: Type.Literal(ISSUER),
    aud: Type.Literal(AUDIENCE),
    iat: Type.Integer(),
    exp: Type.Integer(),
    jti: Type.String(),
  }),
)

export interface SigningKey {
  kid: string
  secret: string
  /** The first part of every token signed with this key, so that the algorithm is pinned before anything is decoded. */
  header: string
}

export function signingKey(secret: string): SigningKey {
  const kid = Buffer.from(hkdfSync('sha256', secret, 'slotcast', 'jwt kid', 6)).toString('base64url')
  const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT', kid })).toString('base64url')
  return { kid, secret, header }
}

/** The key that refresh tokens are rotated with. */
export function rotationKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'slotcast', 'refresh tokens', 32))
}

export function claimsOf(
  caller: Pick<Caller, 'id' | 'role' | 'session'>,
  { now, jti }: { now: number; jti: string },
) {
  const iat = Math.floor(now / 1000)
  return {
    sub: caller.id,
    role: caller.role,
    sid: caller.session,
    iss: ISSUER,
    aud: AUDIENCE,
    iat,
    exp: iat + TOKEN_SECONDS,
    jti,
  }
}

/** Null when a signed token does not say what ours say. */
export function callerOf(claims: unknown): Caller | null {
  const checked = check(claims)
  if (!checked.ok) return null
  const { sub, role, sid, exp } = checked.value
  return { id: sub, role, session: sid, expiresAt: exp * 1000 }
}
