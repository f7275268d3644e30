/** The weekly hours of a provider: what is saved, what the form says, and what saving it would do. */
import { batch, computed, effect, signal } from '@preact/signals'
import type { NewSchedule, Preview, Schedule, SetSchedule } from '../../schemas/schedule.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { askSigned } from '../shared/session.js'
import { Previewer, SLOW_MS } from './previewer.js'
import { text } from './text.js'
import { hasFault, sameWeek, usualWeek, type Week, weekFrom, weeklyFrom } from './weekly.js'

/** When the hours hold. A day that is not said is empty. */
export interface Reach {
  horizonDays: number
  validFrom: string
  validTo: string
}

/** What is wrong with it: how far ahead, or that the last day is before the first. */
export type ReachFault = 'horizon' | 'days'

export const LEAST_HORIZON = 7
export const MOST_HORIZON = 180

export class WeeklyHours {
  /** Null until it has come; `rev` 0 where no hours were ever set. */
  readonly saved = signal<Schedule | null>(null)
  readonly week = signal<Week>(usualWeek)
  readonly reach = signal<Reach>({ horizonDays: 62, validFrom: '', validTo: '' })
  readonly previewer: Previewer<Preview>
  /** What the last save did; gone with the next change. */
  readonly done = signal<SetSchedule | null>(null)
  readonly problem = signal<Refused | null>(null)
  readonly isBusy = signal(false)
  /** Somebody else has saved hours since these were read; the form keeps what it says. */
  readonly isOvertaken = signal(false)

  readonly isChanged = computed(() => {
    const saved = this.saved.value
    if (saved === null) return false
    if (saved.rev === 0) return true
    const { horizonDays, validFrom, validTo } = this.reach.value
    return (
      !sameWeek(this.week.value, weekFrom(saved.weekly)) ||
      horizonDays !== saved.horizonDays ||
      validFrom !== (saved.validFrom ?? '') ||
      validTo !== (saved.validTo ?? '')
    )
  })
  readonly reachFault = computed<ReachFault | null>(() => {
    const { horizonDays, validFrom, validTo } = this.reach.value
    if (!(horizonDays >= LEAST_HORIZON && horizonDays <= MOST_HORIZON)) return 'horizon'
    return validFrom !== '' && validTo !== '' && validTo < validFrom ? 'days' : null
  })
  readonly isFaulty = computed(() => hasFault(this.week.value) || this.reachFault.value !== null)
  readonly #path: string

  constructor(providerId: string) {
    this.#path = `/v1/providers/${encodeURIComponent(providerId)}/schedule`
    this.previewer = new Previewer('PUT', this.#path)
  }

  async start(): Promise<void> {
    await this.load()
    effect(() => this.previewer.look(this.isChanged.value && !this.isFaulty.value ? this.#body() : null))
  }

  /** Takes what is saved into the form. */
  async load(): Promise<void> {
    if (await this.#read()) this.takeSaved()
  }

  /** After days were closed or opened: what lies outside of the hours, and how far they are made. */
  async refresh(): Promise<void> {
    if (!this.isChanged.peek()) await this.load()
  }

  takeSaved(): void {
    const saved = this.saved.peek()
    if (saved === null) return
    batch(() => {
      this.isOvertaken.value = false
      this.problem.value = null
      if (saved.rev === 0) return
      this.week.value = weekFrom(saved.weekly)
      const { horizonDays, validFrom = '', validTo = '' } = saved
      this.reach.value = { horizonDays, validFrom, validTo }
    })
  }

  setDay(day: number, spans: Week[number]): void {
    this.setWeek(this.week.value.map((before, index) => (index === day ? spans : before)))
  }

  setWeek(week: Week): void {
    this.week.value = week
    this.#edited()
  }

  setReach(part: Partial<Reach>): void {
    this.reach.value = { ...this.reach.value, ...part }
    this.#edited()
  }

  async save(): Promise<void> {
    const saved = this.saved.value
    if (saved === null || this.isBusy.value || this.isFaulty.value || !this.isChanged.value) return
    this.isBusy.value = true
    this.problem.value = null
    const answer = await askSigned<SetSchedule>(this.#path, {
      method: 'PUT',
      body: this.#body(),
      rev: saved.rev,
      timeoutMs: SLOW_MS,
    })
    if (answer.ok) {
      batch(() => {
        this.saved.value = answer.data
        this.takeSaved()
        this.done.value = answer.data
      })
      const { opened, withdrawn } = answer.data
      say(text.value.weekly.saySaved({ opened, withdrawn }))
    } else if (answer.problem.code === 'precondition_failed') {
      if (await this.#read()) this.isOvertaken.value = true
      else this.problem.value = answer.problem
    } else this.problem.value = answer.problem
    this.isBusy.value = false
  }

  async #read(): Promise<boolean> {
    const answer = await askSigned<Schedule>(this.#path)
    if (answer.ok) this.saved.value = answer.data
    else this.problem.value = answer.problem
    return answer.ok
  }

  #edited(): void {
    this.done.value = null
    this.problem.value = null
  }

  #body(): NewSchedule {
    const { horizonDays, validFrom, validTo } = this.reach.value
    return {
      weekly: weeklyFrom(this.week.value),
      horizonDays,
      ...(validFrom !== '' && { validFrom }),
      ...(validTo !== '' && { validTo }),
    }
  }
}
