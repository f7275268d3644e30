/**
 * One attempt per slot in flight. On a hot slot the losers would retry inside the database and stall unrelated
 * writes; here they wait for the attempt that runs. What it found answers a caller who asked before it was read; who
 * asked later would hear of a time before the question, such as a hold that was given back meanwhile. An attempt that
 * fails fails for those who wait too: each trying again would queue up timeouts.
 *
 * Moments are counted, not timed: asking and reading each take the next number.
 */
export class SlotAttempts<Left> {
  readonly #running = new Map<string, Promise<Left>>()
  #moment = 0

  /** The moment that is now. */
  mark(): number {
    return ++this.#moment
  }

  inFlight(slotId: string): Promise<Left> | undefined {
    return this.#running.get(slotId)
  }

  /** Must be called in the same tick in which `inFlight` said there is none. */
  async lead<Outcome>(
    slotId: string,
    attempt: () => Promise<{ outcome: Outcome; left: Left }>,
  ): Promise<Outcome> {
    const running = attempt()
    const left = running.then((result) => result.left)
    // Nobody may be waiting, and then its failure is told by `running` alone.
    left.catch(() => undefined)
    this.#running.set(slotId, left)
    try {
      return (await running).outcome
    } finally {
      this.#running.delete(slotId)
    }
  }
}
