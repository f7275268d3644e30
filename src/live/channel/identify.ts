/** Who a token stands for on the live channel, for the handshakes of both transports and for `auth`. */
import { isDatabaseAway } from '../../database/unavailable.js'
import type { Caller } from '../../http/caller.js'
import { Refusal } from '../../http/problems.js'
import { failure, type Refused } from './messages.js'

export interface TokenReader {
  /** Null where memory says what a token is; else `verify` has to wait for it. */
  learn(token: string, address: string): Promise<void> | null
  verify(token: string): Caller | 'expired' | null
}

export type Identity = { caller: Caller; expired: false } | { caller: null; expired: true } | Refused

const MAY_NOT_LISTEN = 'This needs an API key with the scope `read`.'

/** At once where memory says it, so that the frames after an `auth` find its viewer authenticated. */
export function identify(tokens: TokenReader, token: string, address: string): Identity | Promise<Identity> {
  const learning = tokens.learn(token, address)
  if (learning === null) return identityOf(tokens, token)
  return learning.then(() => identityOf(tokens, token), refusedBy)
}

function identityOf(tokens: TokenReader, token: string): Identity {
  const verdict = tokens.verify(token)
  if (verdict === null) return failure('unauthenticated')
  if (verdict === 'expired') return { caller: null, expired: true }
  const { key } = verdict
  if (key && !key.scopes.includes('read')) return failure('forbidden', MAY_NOT_LISTEN)
  return { caller: verdict, expired: false }
}

function refusedBy(error: unknown): Refused {
  if (error instanceof Refusal) return failure(error.code, error.detail)
  if (isDatabaseAway(error)) return failure('unavailable')
  throw error
}
