/**
 * Work for one provider, one piece after another. What is heavy waits for its own kind, so that a provider who asks for
 * twenty previews at once has one of them calculated at a time, and nobody else waits for the others.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  async take<T>(providerId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(providerId)
    // What became of it is told to those who asked for it.
    const done = before === undefined ? work() : before.then(work, work)
    this.#last.set(providerId, done)
    try {
      return await done
    } finally {
      if (this.#last.get(providerId) === done) this.#last.delete(providerId)
    }
  }
}
