/** Who is asking, as far as an access token says it: no database read is needed to know it, and no name is in it. */
import type { Role } from '../schemas/common.js'

export interface Caller {
  id: string
  role: Role
  /** Names never travel in tokens. */
  name?: never
  /** When the token ends, ms. */
  expiresAt: number
  /** The sign-in this token comes from: all tokens refreshed from it share it, and end with it. */
  session: string
}

/**
 * Who may use a route. `browse` is open unless PUBLIC_VIEW=false; `any` is any signed-in account. A token that is sent to an
 * open route is read as far as it is good; a bad one there is nobody, not a fault.
 */
export type Access = 'open' | 'browse' | 'any' | 'client' | 'provider'
