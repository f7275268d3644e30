/**
 * How much somebody may have done for it: a token bucket that holds a minute's worth and fills evenly. What a thing
 * costs is known after it is done, so it is admitted while anything is left and then charged in full; the balance may
 * go below zero by one such thing, and is paid off before the next.
 */
export interface Budget {
  /** Whether that share of it, all of it by default, is spent. */
  isSpent(share?: number): boolean
  charge(amount: number): void
}

interface BudgetOptions {
  perMinute: number
  /** Monotonic milliseconds. */
  now: () => number
}

const MINUTE_MS = 60_000

export function createBudget({ perMinute, now }: BudgetOptions): Budget {
  let spent = 0
  let since = now()

  function settle(): number {
    const at = now()
    spent = Math.max(0, spent - ((at - since) / MINUTE_MS) * perMinute)
    since = at
    return spent
  }

  return {
    isSpent: (share = 1) => settle() >= perMinute * share,
    charge(amount) {
      spent = settle() + amount
    },
  }
}

/**
 * A budget for each key. A bounded number of keys, in two generations as in `createPace`: one that is asked for is in
 * the young, and when that is full the old one goes.
 */
export function createBudgets(options: BudgetOptions, maxKeys = 50_000): (key: string) => Budget {
  let young = new Map<string, Budget>()
  let old = new Map<string, Budget>()

  return (key) => {
    const known = young.get(key)
    if (known) return known
    const budget = old.get(key) ?? createBudget(options)
    young.set(key, budget)
    if (young.size >= maxKeys / 2) {
      old = young
      young = new Map()
    }
    return budget
  }
}
