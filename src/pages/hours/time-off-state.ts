/** Days off in one go: which days, who is affected, what becomes of each booking, and what was done. */
import { batch, computed, effect, signal } from '@preact/signals'
import type { NewTimeOff, TimeOff, TimeOffPreview } from '../../schemas/time-off.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { askSigned } from '../shared/session.js'
import type { ExceptionDays } from './exceptions-state.js'
import { Previewer, SLOW_MS } from './previewer.js'
import { text } from './text.js'

export type Affected = TimeOffPreview['affected'][number]
export type Offer = Affected['offers'][number]

export interface Done {
  result: TimeOff
  /** Those who were booked, to name them. */
  affected: readonly Affected[]
}

export class DaysOff {
  /** Empty until chosen. */
  readonly from = signal('')
  /** Empty: one day. */
  readonly to = signal('')
  /** Read by clients whose bookings are cancelled. */
  readonly reason = signal('')
  /** The slot to move a booking to, by the id of the reservation. */
  readonly moves = signal<ReadonlyMap<string, string>>(new Map())
  /** What becomes of bookings that are not moved. */
  readonly others = signal<'cancel' | 'keep'>('cancel')
  readonly previewer: Previewer<TimeOffPreview>
  readonly done = signal<Done | null>(null)
  readonly problem = signal<Refused | null>(null)
  readonly isBusy = signal(false)

  readonly days = computed(() => {
    const from = this.from.value
    const to = this.to.value === '' ? from : this.to.value
    return from === '' || to < from ? null : { from, to }
  })
  readonly #path: string
  readonly #exceptions: ExceptionDays

  constructor(providerId: string, exceptions: ExceptionDays) {
    this.#path = `/v1/providers/${encodeURIComponent(providerId)}/time-off`
    this.#exceptions = exceptions
    this.previewer = new Previewer('POST', this.#path)
    effect(() => this.previewer.look(this.days.value))
  }

  choose(from: string, to: string): void {
    batch(() => {
      this.from.value = from
      this.to.value = to
      this.moves.value = new Map()
      this.done.value = null
      this.problem.value = null
    })
  }

  /** Null: not moved. */
  move(reservationId: string, slotId: string | null): void {
    const moves = new Map(this.moves.value)
    if (slotId === null) moves.delete(reservationId)
    else moves.set(reservationId, slotId)
    this.moves.value = moves
  }

  /** The first offers of all bookings can be taken together. */
  moveAll(): void {
    const affected = this.previewer.preview.value?.affected ?? []
    this.moves.value = new Map(
      affected.flatMap(({ reservation, offers: [nearest] }) =>
        nearest === undefined ? [] : [[reservation.id, nearest.slotId] as const],
      ),
    )
  }

  /** Whether another booking is to be moved to where this one would be. */
  isTaken({ start, end }: Offer, reservationId: string): boolean {
    const affected = this.previewer.preview.value?.affected ?? []
    return affected.some(({ reservation, offers }) => {
      if (reservation.id === reservationId) return false
      const chosen = offers.find(({ slotId }) => slotId === this.moves.value.get(reservation.id))
      return chosen !== undefined && chosen.start < end && start < chosen.end
    })
  }

  async take(): Promise<void> {
    const days = this.days.value
    const preview = this.previewer.preview.value
    if (days === null || preview === null || this.previewer.isAsking.value || this.isBusy.value) return
    this.isBusy.value = true
    this.problem.value = null
    const words = this.reason.value.trim()
    const body: NewTimeOff = {
      ...days,
      ...(words !== '' && { reason: words, note: words }),
      bookings: this.others.value,
      moves: [...this.moves.value].map(([reservationId, slotId]) => ({ reservationId, slotId })),
    }
    const answer = await askSigned<TimeOff>(this.#path, { method: 'POST', body, timeoutMs: SLOW_MS })
    if (answer.ok) {
      batch(() => {
        this.choose('', '')
        this.reason.value = ''
        this.done.value = { result: answer.data, affected: preview.affected }
      })
      const { moved, cancelled, failed } = answer.data
      say(
        text.value.timeOff.sayDone({
          moved: moved.length,
          cancelled: cancelled.length,
          failed: failed.length,
        }),
      )
      await this.#exceptions.changed()
    } else this.problem.value = answer.problem
    this.isBusy.value = false
  }

  /** Brings the hours of these days back; what was cancelled or moved stays so. */
  async undo(): Promise<void> {
    const { result } = this.done.value ?? {}
    if (result === undefined || this.isBusy.value) return
    this.isBusy.value = true
    this.problem.value = await this.#exceptions.remove(result.exception.id)
    this.isBusy.value = false
    if (this.problem.value === null) {
      this.done.value = null
      say(text.value.timeOff.sayOpen)
    }
  }
}
