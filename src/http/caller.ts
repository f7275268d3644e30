/** The caller, as the access token identifies it: without a database read, and without a name. */
import type { Role } from '../schemas/common.js'

export interface Caller {
  id: string
  role: Role
  /** A token carries no name. */
  name?: never
  /** When the token ends, ms. */
  expiresAt: number
  /** The sign-in this token comes from: all tokens refreshed from it share it, and end with it. */
  session: string
}

/**
 * Who may use a route. `browse` is open unless PUBLIC_VIEW=false; `any` is any signed-in account. On an open
 * route a valid token identifies the caller too; an invalid one is ignored there.
 */
export type Access = 'open' | 'browse' | 'any' | 'client' | 'provider'
