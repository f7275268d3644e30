/** Whom the provider is booking for, on the telephone or at the door, and what it offers them. */
import { type ReadonlySignal, signal } from '@preact/signals'
import type { NewBooking, Reservation } from '../../schemas/reservations.js'
import type { Service } from '../../schemas/services.js'
import { type Answer, askUntilKnown, randomKey } from '../shared/api.js'
import type { Calendar } from '../shared/calendar.js'
import type { CalendarReservations } from '../shared/calendar-reservations.js'
import { askSigned } from '../shared/session.js'

export interface Person {
  name: string
  phone: string
  email: string
  note: string
}
const nobody: Person = { name: '', phone: '', email: '', note: '' }

export interface ForSomebodyOptions {
  providerId: string
  calendar: Calendar
  reservations: CalendarReservations
  onBooked(slotId: string, reservationId: string): void
}

export class ForSomebody {
  readonly #o: ForSomebodyOptions
  readonly #path: string
  /** What was typed; it stays while another time is pressed for the same person. */
  readonly #person = signal<Person>(nobody)
  readonly #services = signal<readonly Service[]>([])

  constructor(options: ForSomebodyOptions) {
    this.#o = options
    this.#path = `/v1/providers/${encodeURIComponent(options.providerId)}`
  }

  get person(): ReadonlySignal<Person> {
    return this.#person
  }

  /** Those that are offered. */
  get services(): ReadonlySignal<readonly Service[]> {
    return this.#services
  }

  type(part: Partial<Person>): void {
    this.#person.value = { ...this.#person.value, ...part }
  }

  forget(): void {
    this.#person.value = nobody
  }

  async loadServices(): Promise<void> {
    const answer = await askSigned<{ items: Service[] }>(`${this.#path}/services`)
    if (answer.ok) this.#services.value = answer.data.items.filter(({ active }) => active)
  }

  /** However soon it begins. */
  async book(slotId: string, serviceId: string | undefined): Promise<Answer<Reservation>> {
    const { name, ...contact } = this.#person.value
    const given = Object.entries(contact).map(([field, text]) => [field, text.trim()] as const)
    const body: NewBooking = {
      slotId,
      ...(serviceId !== undefined && { serviceId }),
      person: { name: name.trim(), ...Object.fromEntries(given.filter(([, text]) => text !== '')) },
      status: 'confirmed',
      override: ['notice'],
    }
    const options = { method: 'POST', body, key: randomKey() } as const
    const answer = await askSigned<Reservation>(`${this.#path}/reservations`, options, askUntilKnown)
    const { calendar, reservations, onBooked } = this.#o
    if (answer.ok) {
      this.forget()
      reservations.put(answer.data)
      onBooked(answer.data.slotId, answer.data.id)
    } else if (answer.problem.slot !== undefined) calendar.answered(answer.problem.slot)
    calendar.refresh()
    return answer
  }
}
