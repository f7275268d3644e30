/**
 * Password hashes: argon2id at OWASP's settings. Hashing takes 19 MiB and tens of milliseconds on purpose, so it is
 * also the cheapest way to bring a server down: only a few run at once, a bounded number waits, the rest is refused.
 */
import { randomBytes } from 'node:crypto'
import argon2, { type HashOptions } from 'argon2'
import pLimit from 'p-limit'
import { RETRY_SECONDS, Refusal } from '../http/problems.js'

export interface Argon2Cost {
  /** KiB */
  memoryCost: number
  timeCost: number
  parallelism: number
}

export const OWASP_COST: Argon2Cost = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 }

export interface PasswordLimits {
  /** Hashes at once; beside them the thread pool must serve files and names too. */
  atOnce: number
  /** Who waits longer than this queue takes has given up anyway. */
  waiting: number
}

const DEFAULT_LIMITS: PasswordLimits = { atOnce: 2, waiting: 256 }

export interface Passwords {
  hash(password: string): Promise<string>
  /** With no hash to compare (an unknown address) it takes the same time and says no. */
  matches(hash: string | null, password: string): Promise<boolean>
  /** True when the hash was made at another cost than today's. */
  isOutdated(hash: string): boolean
}

export async function createPasswords({
  cost = OWASP_COST,
  limits = DEFAULT_LIMITS,
}: {
  cost?: Argon2Cost
  limits?: PasswordLimits
} = {}): Promise<Passwords> {
  const inTurn = queue(limits)
  const options: HashOptions = { ...cost, type: argon2.argon2id }
  const nobody = await argon2.hash(randomBytes(16), options)

  return {
    hash: (password) => inTurn(() => argon2.hash(password, options)),
    matches: (hash, password) =>
      inTurn(async () => {
        const same = await argon2.verify(hash ?? nobody, password)
        return hash !== null && same
      }),
    isOutdated: (hash) => argon2.needsRehash(hash, options),
  }
}

function queue({ atOnce, waiting }: PasswordLimits): <T>(job: () => Promise<T>) => Promise<T> {
  const limit = pLimit(atOnce)
  return async (job) => {
    if (limit.activeCount + limit.pendingCount >= atOnce + waiting) {
      throw new Refusal(
        'unavailable',
        'Too many sign-ins at the moment.',
        {},
        { 'retry-after': RETRY_SECONDS },
      )
    }
    return limit(job)
  }
}
