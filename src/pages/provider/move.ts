/**
 * An appointment that is on its way to another time, by mouse, keyboard or finger. Owns where it would go (`to`); the
 * week draws a ghost there and the card of the chosen time says in words whether it fits. Nothing is asked of the
 * server before it is put down, and a refusal leaves it where it was.
 */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { addDays } from '../../domain/days.js'
import { slotIdOf } from '../../domain/grid.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import type { Calendar } from '../shared/calendar.js'
import type { CalendarReservations } from '../shared/calendar-reservations.js'
import { words } from '../shared/locale.js'
import { dayOf, instantOf, wallOf } from '../shared/time.js'
import { type Appointment, type Fit, fitAt, shapeIn } from './fit.js'
import { text } from './text.js'

export interface Subject extends Appointment {
  own: { id: string; start: number }
  name: string
}

/** One that was moved, and can be moved back. */
export interface Moved {
  id: string
  name: string
  from: number
  to: number
}

export interface MoveOptions {
  providerId: string
  zone: string
  calendar: Calendar
  reservations: CalendarReservations
  /** The day that is shown goes along. */
  day: Signal<string>
  onMoved(slotId: string, reservationId: string): void
}

const DAY_MS = 86_400_000

export class Move {
  readonly #o: MoveOptions
  readonly #subject = signal<Subject | null>(null)
  readonly #to = signal(0)
  readonly #busy = signal(false)
  readonly #problem = signal<Refused | null>(null)
  readonly #last = signal<Moved | null>(null)
  readonly fit: ReadonlySignal<Fit>

  constructor(options: MoveOptions) {
    this.#o = options
    this.fit = computed(() => {
      const subject = this.#subject.value
      const { seen, moment } = this.#o.calendar
      return subject === null ? 'over' : fitAt(this.#to.value, subject, seen.value.slots, moment.value)
    })
  }

  get subject(): ReadonlySignal<Subject | null> {
    return this.#subject
  }

  get to(): ReadonlySignal<number> {
    return this.#to
  }

  get busy(): ReadonlySignal<boolean> {
    return this.#busy
  }

  /** Why the last one stayed where it was. */
  get problem(): ReadonlySignal<Refused | null> {
    return this.#problem
  }

  get last(): ReadonlySignal<Moved | null> {
    return this.#last
  }

  begin(reservationId: string, name: string): boolean {
    const found = shapeIn(this.#o.calendar.seen.value.slots, reservationId)
    if (found === null) return false
    const { shape, start } = found
    this.#problem.value = null
    this.#last.value = null
    this.#to.value = start
    this.#subject.value = { providerId: this.#o.providerId, shape, own: { id: reservationId, start }, name }
    return true
  }

  goTo(instant: number): void {
    if (this.#subject.value === null || this.#busy.value) return
    this.#to.value = instant
    const day = dayOf(instant, this.#o.zone)
    if (this.#o.day.value !== day) this.#o.day.value = day
  }

  stepMinutes(minutes: number): void {
    this.goTo(this.#to.value + minutes * 60_000)
  }

  /** To the same wall time of another day; where clocks change and it does not exist, so many times 24 hours away. */
  stepDays(days: number): void {
    const { zone } = this.#o
    const { day, hour, minute } = wallOf(this.#to.value, zone)
    const two = (value: number) => String(value).padStart(2, '0')
    const there = instantOf(addDays(day, days), `${two(hour)}:${two(minute)}`, zone)
    this.goTo(there.ok ? there.instant : this.#to.value + days * DAY_MS)
  }

  keep(): void {
    this.#subject.value = null
  }

  /** Puts it down. False where it stays, which `fit` or `problem` explains. */
  async place(): Promise<boolean> {
    const subject = this.#subject.value
    if (subject === null || this.#busy.value || this.fit.value !== 'fits') return false
    const to = this.#to.value
    const isDone = await this.#ask(subject.own.id, to)
    if (!isDone) return false
    const { name, own } = subject
    this.#last.value = { id: own.id, name, from: own.start, to }
    say(text.value.move.done({ name, when: this.inWords(to) }))
    return true
  }

  async back(): Promise<void> {
    const last = this.#last.value
    if (last === null || this.#busy.value) return
    if (!(await this.#ask(last.id, last.from))) return
    this.#last.value = null
    this.#o.day.value = dayOf(last.from, this.#o.zone)
    say(text.value.move.back({ name: last.name, when: this.inWords(last.from) }))
  }

  forgetLast(): void {
    this.#last.value = null
    this.#problem.value = null
  }

  inWords(instant: number): string {
    return words.value.moment(instant, this.#o.zone, 'long')
  }

  async #ask(id: string, to: number): Promise<boolean> {
    this.#busy.value = true
    this.#problem.value = null
    const slotId = slotIdOf(this.#o.providerId, to)
    const problem = await this.#o.reservations.move(id, slotId)
    this.#o.calendar.refresh()
    this.#busy.value = false
    this.#subject.value = null
    this.#problem.value = problem
    if (problem?.slot !== undefined) this.#o.calendar.answered(problem.slot)
    if (problem === null) this.#o.onMoved(slotId, id)
    return problem === null
  }
}
