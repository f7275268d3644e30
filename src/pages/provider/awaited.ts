/** How many wait for times of the own calendar. */
import { type ReadonlySignal, signal } from '@preact/signals'
import { account, askSigned } from '../shared/session.js'

export class Awaited {
  readonly #providerId: string
  /** As last read; 0 until then. */
  readonly #count = signal(0)

  constructor(providerId: string) {
    this.#providerId = providerId
  }

  get count(): ReadonlySignal<number> {
    return this.#count
  }

  async load(): Promise<void> {
    // As with the hours: after a sign-out it is nobody's, or somebody else's.
    if (account.value?.id !== this.#providerId) return
    const answer = await askSigned<{ count: number }>('/v1/waits?limit=1')
    if (answer.ok) this.#count.value = answer.data.count
  }
}
