/**
 * Holds and bookings on the own calendar of a provider, with what no event carries: service, telephone, note, outcome.
 * Read as a list of the span that is shown; when something changes it is read again, after a pause, so that a hundred
 * changes are one request.
 */
import { type ReadonlySignal, signal } from '@preact/signals'
import type { Reservation } from '../../schemas/reservations.js'
import { type Answer, askUntilKnown, eachPage, type Refused } from './api.js'
import { account, askSigned, token } from './session.js'

const PAUSE_MS = 2000

export class CalendarReservations {
  readonly #providerId: string
  readonly #byId = signal<ReadonlyMap<string, Reservation>>(new Map())
  readonly #problem = signal<Refused | null>(null)
  readonly #ready = signal(false)
  /** What is shown; a list that was asked for another span is dropped. */
  #span: { from: number; to: number } | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastAt = Number.NEGATIVE_INFINITY
  #isReading = false

  constructor(providerId: string) {
    this.#providerId = providerId
  }

  get byId(): ReadonlySignal<ReadonlyMap<string, Reservation>> {
    return this.#byId
  }

  /** Of the last attempt to read the list. */
  get problem(): ReadonlySignal<Refused | null> {
    return this.#problem
  }

  /** Whether the list of this span was read once. */
  get ready(): ReadonlySignal<boolean> {
    return this.#ready
  }

  show(from: number, to: number): void {
    if (this.#span?.from === from && this.#span.to === to) return
    this.#span = { from, to }
    this.#ready.value = false
    clearTimeout(this.#timer)
    void this.#read()
  }

  /** Something on the calendar has changed. */
  changed(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(
      () => void this.#read(),
      Math.max(0, this.#lastAt + PAUSE_MS - performance.now()),
    )
  }

  /** What an answer said about one of them. */
  put(reservation: Reservation): void {
    this.#byId.value = new Map(this.#byId.value).set(reservation.id, reservation)
  }

  remove(id: string): void {
    const next = new Map(this.#byId.value)
    if (next.delete(id)) this.#byId.value = next
  }

  /** One that may lie outside of the span. */
  async fetch(id: string): Promise<void> {
    const answer = await askSigned<Reservation>(`/v1/reservations/${encodeURIComponent(id)}`)
    if (answer.ok) this.put(answer.data)
  }

  async noteOutcome(id: string, outcome: 'arrived' | 'no_show'): Promise<Refused | null> {
    return this.#settled(await this.#change<Reservation>(id, '', 'PATCH', { outcome }))
  }

  async move(id: string, slotId: string): Promise<Refused | null> {
    return this.#settled(await this.#change<Reservation>(id, '/move', 'POST', { slotId }))
  }

  /** Whoever it was for, where that is nobody with an account. */
  async forgetPerson(id: string): Promise<Refused | null> {
    const answer = await this.#change(id, '/person', 'DELETE')
    await this.fetch(id)
    return answer.ok ? null : answer.problem
  }

  async end(
    id: string,
    { note, withdraw = false }: { note?: string; withdraw?: boolean } = {},
  ): Promise<Refused | null> {
    const query = withdraw ? '?withdraw=true' : ''
    const answer = await this.#change(id, query, 'DELETE', note === undefined ? undefined : { note })
    if (answer.ok) this.remove(id)
    return answer.ok ? null : answer.problem
  }

  #change<T>(
    id: string,
    rest: string,
    method: 'PATCH' | 'POST' | 'DELETE',
    body?: object,
  ): Promise<Answer<T>> {
    const path = `/v1/reservations/${encodeURIComponent(id)}${rest}`
    return askSigned<T>(path, { method, ...(body !== undefined && { body }) }, askUntilKnown)
  }

  #settled(answer: Answer<Reservation>): Refused | null {
    if (!answer.ok) return answer.problem
    this.put(answer.data)
    return null
  }

  async #read(): Promise<void> {
    const span = this.#span
    // Somebody else may be signed in by the time that a pause is over, or nobody.
    if (span === null || account.value?.id !== this.#providerId) return
    if (this.#isReading) return this.changed()
    this.#isReading = true
    this.#lastAt = performance.now()
    const before = this.#byId.value
    const found = new Map<string, Reservation>()
    const window = `from=${iso(span.from)}&to=${iso(span.to)}`
    const problem = await eachPage<Reservation>(
      `/v1/reservations?status=held,confirmed&limit=200&${window}`,
      await token(),
      (items) => {
        for (const one of items) found.set(one.id, sameOr(before.get(one.id), one))
      },
    )
    this.#isReading = false
    if (span !== this.#span) return void this.#read()
    this.#problem.value = problem
    if (problem !== null) return
    // What was learned while the list was on its way is newer than the list, and is read again soon.
    if (this.#byId.value === before) this.#byId.value = found
    else this.changed()
    this.#ready.value = true
  }
}

/** The object that is known already where nothing in it is new, so that nothing is drawn again. */
function sameOr(known: Reservation | undefined, read: Reservation): Reservation {
  return known !== undefined && JSON.stringify(known) === JSON.stringify(read) ? known : read
}

const iso = (instant: number) => encodeURIComponent(new Date(instant).toISOString())
