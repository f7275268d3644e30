/**
 * Whether answers that overlap could have come one after the other: a search for an order in which each request takes
 * effect at one moment between its sending and its answer (Wing and Gong, with the memory of Lowe).
 */

export interface Timed {
  from: number
  /** Infinite where no answer came: it may take effect at any time after, or never. */
  until: number
}

export interface Model<State, Op extends Timed> {
  initial: State
  /** What may be after it, each with its answer; none where it cannot have been answered so. */
  after(state: State, op: Op): State[]
  /** The same for the same state. */
  keyOf(state: State): string
}

export interface Verdict<Op> {
  ok: boolean
  /** Where there is no order: one of those that cannot be placed. */
  stuckAt?: Op
}

export function linearize<State, Op extends Timed>(model: Model<State, Op>, history: Op[]): Verdict<Op> {
  const ops = history.toSorted((a, b) => a.from - b.from)
  const seen = new Set<string>()
  let furthest = -1
  let stuckAt: Op | undefined

  function search(state: State, done: bigint, count: number): boolean {
    const left = ops.flatMap((op, index) => ((done >> BigInt(index)) & 1n ? [] : [{ op, index }]))
    const firstEnd = Math.min(...left.map(({ op }) => op.until))
    if (firstEnd === Number.POSITIVE_INFINITY) return true
    if (count > furthest) {
      furthest = count
      stuckAt = left.find(({ op }) => op.until === firstEnd)?.op
    }
    for (const { op, index } of left) {
      if (op.from > firstEnd) break
      const next = done | (1n << BigInt(index))
      for (const then of model.after(state, op)) {
        const key = `${next.toString(36)} ${model.keyOf(then)}`
        if (seen.has(key)) continue
        seen.add(key)
        if (search(then, next, count + 1)) return true
      }
    }
    return false
  }

  if (search(model.initial, 0n, 0)) return { ok: true }
  return { ok: false, ...(stuckAt && { stuckAt }) }
}
