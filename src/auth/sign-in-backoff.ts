/**
 * Guessing one account's password gets slower with each failure, from wherever it is tried, and never impossible: the
 * owner waits a few seconds at worst. A refusal instead would let anybody lock anybody out. It counts for addresses
 * without an account as well, so that waiting tells nothing.
 */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.js'

const FREE_FAILURES = 5
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 4_000
/** After so long without a failure they are forgotten. */
const FORGET_MS = 15 * 60_000
const MAX_KEYS = 10_000

export interface SignInSlowing {
  /** How long the next try for this account waits before it is looked at. */
  waitMs(account: string): number
  failed(account: string): void
  succeeded(account: string): void
}

export function createSignInSlowing(clock: Clock): SignInSlowing {
  const failures = new LRUCache<string, { count: number; last: number }>({ max: MAX_KEYS })

  function current(account: string) {
    // Without touching it: an attempt that waits does not keep it longer than a failure does.
    const known = failures.peek(account)
    return known && clock.now() - known.last < FORGET_MS ? known : undefined
  }

  return {
    waitMs(account) {
      const over = (current(account)?.count ?? 0) - FREE_FAILURES
      return over < 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** over, LONGEST_WAIT_MS)
    },
    failed(account) {
      const count = (current(account)?.count ?? 0) + 1
      failures.set(account, { count, last: clock.now() })
    },
    succeeded: (account) => void failures.delete(account),
  }
}
