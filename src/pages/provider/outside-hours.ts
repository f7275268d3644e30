/** The weekly hours as far as the desk needs them: whether there are any, and which appointments lie outside of them. */
import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Reservation } from '../../schemas/reservations.js'
import type { Schedule } from '../../schemas/schedule.js'
import { clock, minute } from '../shared/now.js'
import { account, askSigned } from '../shared/session.js'

export class OutsideHours {
  readonly #providerId: string
  readonly #path: string
  readonly #schedule = signal<Schedule | null>(null)
  /** Holds and bookings that are not over. */
  readonly outside: ReadonlySignal<readonly Reservation[]>

  constructor(providerId: string) {
    this.#providerId = providerId
    this.#path = `/v1/providers/${encodeURIComponent(providerId)}/schedule`
    this.outside = computed(() => {
      const now = Math.max(minute.value, clock.now())
      return (this.#schedule.value?.outside ?? []).filter(({ end }) => Date.parse(end) > now)
    })
  }

  /** Known, and none. */
  get areMissing(): boolean {
    return this.#schedule.value?.weekly.length === 0
  }

  async load(): Promise<void> {
    // The live channel comes back after a sign-out, and has this read again for whoever is there then.
    if (account.value?.id !== this.#providerId) return
    const answer = await askSigned<Schedule>(this.#path)
    if (answer.ok) this.#schedule.value = answer.data
  }
}
