/** The caller, as its access token or API key identifies it: without a name, and mostly without a database read. */
import type { Role } from '../schemas/common.js'
import type { Scope } from './scopes.js'

export interface Caller {
  id: string
  role: Role
  /** A token carries no name. */
  name?: never
  /** When the token ends, ms; never, of a key without an end. */
  expiresAt: number
  /** The sign-in this token comes from: all tokens refreshed from it share it, and end with it. Of a key its id. */
  session: string
  /** Where an API key was shown, and how far it reaches. */
  key?: { id: string; scopes: readonly Scope[] }
}

/**
 * Who may use a route. `browse` is open unless PUBLIC_VIEW=false; `any` is any signed-in account. On an open
 * route a valid token identifies the caller too; an invalid one is ignored there.
 */
export type Access = 'open' | 'browse' | 'any' | 'client' | 'provider'
