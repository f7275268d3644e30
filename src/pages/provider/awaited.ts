/** How many wait for times of the own calendar. */
import { type ReadonlySignal, signal } from '@preact/signals'
import { askSigned } from '../shared/session.js'

export class Awaited {
  /** As last read; 0 until then. */
  readonly #count = signal(0)

  get count(): ReadonlySignal<number> {
    return this.#count
  }

  async load(): Promise<void> {
    const answer = await askSigned<{ count: number }>('/v1/waits?limit=1')
    if (answer.ok) this.#count.value = answer.data.count
  }
}
