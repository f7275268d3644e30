/** What the booking page knows and does; the components only draw it. */

import { computed, effect, signal, untracked } from '@preact/signals'
import type { SlotEventName } from '../../domain/event-names.js'
import { bookingWindow } from '../../domain/policies.js'
import type { Provider } from '../../schemas/accounts.js'
import type { OwnSlot } from '../../schemas/common.js'
import type { SlotEvent } from '../../schemas/events.js'
import type { Reservation } from '../../schemas/reservations.js'
import { say, sayAtOnce } from '../shared/announce.jsx'
import { ask, type Refused } from '../shared/api.js'
import { openCalendar } from '../shared/calendar.js'
import { firstWeekday, words, zone } from '../shared/locale.js'
import { clock, minute } from '../shared/now.js'
import { providerOf } from '../shared/providers.js'
import * as own from '../shared/reservations.js'
import { account, role } from '../shared/session.js'
import { type Face, faceOf } from '../shared/slot-face.js'
import { addDays, addMonths, dayOf, monthWeeks, startOfDay, weekOf } from '../shared/time.js'
import { chooseDay, day, providerId } from './address.js'
import { type DayCount, daysOf } from './days.js'

export const provider = signal<Provider | null>(null)
export const providerProblem = signal<Refused | null>(null)

export const calendar = openCalendar({ providerId, own: false, onEvent: announceChange })

export const today = computed(() => dayOf(minute.value, zone.value))
export const month = signal(today.value.slice(0, 7))
/** What is over is left out, and a month that is nearly over goes on into the next. */
export const weeks = computed(() => {
  const ahead = monthWeeks(month.value, firstWeekday.value).filter((week) => (week[6] ?? '') >= today.value)
  for (
    let last = ahead.at(-1)?.[6];
    last !== undefined && ahead.length < SHOWN_WEEKS;
    last = addDays(last, 7)
  ) {
    ahead.push(weekOf(addDays(last, 1)))
  }
  return ahead
})
const SHOWN_WEEKS = 5

const reach = computed(() => bookingWindow(calendar.rules.value))

export function faceNow(slot: OwnSlot): Face {
  return faceOf(slot, own.bySlot.value.get(slot.id), calendar.moment.value, reach.value)
}

/** Slots by day of the reader, and how many of each day are free. */
export const days = computed<ReadonlyMap<string, DayCount>>(() => {
  const { slots, gone } = calendar.seen.value
  return daysOf(slots.values(), gone, zone.value, calendar.moment.value, faceNow)
})

/** Whether the lists or the picture have come as far as this day. */
export function isKnown(name: string): boolean {
  return calendar.ready.value && startOfDay(name, zone.value) < calendar.seen.value.to
}

/** Slots whose request is under way. */
export const asking = signal<ReadonlySet<string>>(new Set())

/** What needs the reader's eye: a time lost to somebody else, a hold that ended. */
export type Notice =
  | { kind: 'refused'; slot: { id: string; start: string }; problem: Refused; near: OwnSlot[] | null }
  | { kind: 'ended'; endings: readonly own.Ending[] }
export const notice = signal<Notice | null>(null)

/** Bookings made on this page since it was opened: they keep their card with all that follows. */
export const justBooked = signal<ReadonlySet<string>>(new Set())

const isHere = (one: Reservation) => one.providerId === providerId

export const holds = computed(() =>
  [...own.bySlot.value.values()].filter((one) => isHere(one) && one.status === 'held').sort(byStart),
)
export const bookings = computed(() =>
  [...own.bySlot.value.values()]
    .filter((one) => isHere(one) && one.status === 'confirmed' && Date.parse(one.end) > minute.value)
    .sort(byStart),
)

function byStart(a: Reservation, b: Reservation): number {
  return a.start < b.start ? -1 : 1
}

export async function take(slot: { id: string; start: string }): Promise<boolean> {
  if (asking.value.has(slot.id)) return false
  if (role.value === 'provider') {
    // The server would say the same.
    notice.value = { kind: 'refused', slot, problem: { code: 'forbidden' }, near: null }
    return false
  }
  notice.value = null
  asking.value = new Set(asking.value).add(slot.id)
  const answer = await own.hold(slot.id)
  const rest = new Set(asking.value)
  rest.delete(slot.id)
  asking.value = rest
  calendar.refresh()
  if (answer.ok) {
    const minutes = Math.round(calendar.rules.value.holdSeconds / 60)
    const time = words.value.time(Date.parse(slot.start), zone.value)
    if (answer.data.status === 'held')
      say(`You hold ${time} for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}. Confirm it to book.`)
    return true
  }
  const { problem } = answer
  if (problem.slot !== undefined) calendar.answered(problem.slot)
  const refused: Notice = { kind: 'refused', slot, problem, near: null }
  notice.value = refused
  if (['slot_held', 'slot_confirmed', 'slot_withdrawn', 'min_notice'].includes(problem.code)) {
    const near = await ask<{ items: OwnSlot[] }>(`/v1/slots?near=${encodeURIComponent(slot.id)}&limit=3`)
    if (notice.value === refused) notice.value = { ...refused, near: near.ok ? near.data.items : [] }
  }
  return false
}

export async function book(hold: Reservation): Promise<Refused | null> {
  const answer = await own.confirm(hold.id)
  calendar.refresh()
  if (!answer.ok) {
    if (answer.problem.code === 'hold_expired') showEnding({ reservation: hold, reason: 'expired' })
    return answer.problem
  }
  justBooked.value = new Set(justBooked.value).add(hold.id)
  say('Booked.')
  return null
}

export async function giveBack(one: Reservation): Promise<Refused | null> {
  const answer = await own.giveBack(one.id)
  calendar.refresh()
  if (answer.ok) {
    say(one.status === 'held' ? 'Given back.' : 'Booking cancelled.')
    return null
  }
  return answer.problem
}

/** Beside those that ended for the same reason: several holds may run out in one moment. */
function showEnding(ending: own.Ending): void {
  const before = notice.value?.kind === 'ended' ? notice.value.endings : []
  const others = before.filter(
    ({ reservation, reason }) => reason === ending.reason && reservation.id !== ending.reservation.id,
  )
  notice.value = { kind: 'ended', endings: [...others, ending] }
}

export function dismissEnding(ending: own.Ending): void {
  if (notice.value?.kind !== 'ended') return
  const endings = notice.value.endings.filter((one) => one !== ending)
  notice.value = endings.length === 0 ? null : { kind: 'ended', endings }
}

own.onEnding((ending) => {
  if (!isHere(ending.reservation)) return
  showEnding(ending)
  const time = words.value.time(Date.parse(ending.reservation.start), zone.value)
  sayAtOnce(
    ending.reason === 'expired'
      ? `Your hold on ${time} has run out.`
      : ending.reason === 'cancelled'
        ? `Your booking at ${time} was cancelled.`
        : `Your hold on ${time} has ended.`,
  )
})

const spoken: Record<SlotEventName, string> = {
  'slot-held': 'is held by someone',
  'slot-released': 'is free again',
  'slot-confirmed': 'is booked',
  'slot-opened': 'is now offered',
  'slot-withdrawn': 'is no longer offered',
}

/** Others' changes on the day that is looked at; the reader's own are said by what they did. */
function announceChange(name: SlotEventName, event: SlotEvent): void {
  if (dayOf(Date.parse(event.start), zone.value) !== day.value) return
  if (own.bySlot.value.has(event.slotId) || asking.value.has(event.slotId)) return
  say(`${words.value.time(Date.parse(event.start), zone.value)} ${spoken[name]}.`)
}

export function showMonth(next: string): void {
  month.value = next
}

/** A free time beyond the month that is shown, when that month has none. */
export const nextFree = signal<OwnSlot | null | undefined>(undefined)

const AHEAD_MS = 61 * 86_400_000

export async function findNextFree(): Promise<void> {
  const to = new Date(clock.now() + AHEAD_MS).toISOString()
  const answer = await ask<{ items: OwnSlot[] }>(
    `/v1/slots?providerId=${encodeURIComponent(providerId)}&limit=1&to=${encodeURIComponent(to)}`,
  )
  nextFree.value = answer.ok ? (answer.data.items[0] ?? null) : null
}

export function start(): void {
  void providerOf(providerId).then((answer) => {
    if (answer.ok) {
      provider.value = answer.data
      document.title = `${answer.data.name} · Slotcast`
    } else providerProblem.value = answer.problem
  })
  effect(() => {
    const first = weeks.value[0]?.[0]
    const last = weeks.value.at(-1)?.[6]
    if (first === undefined || last === undefined) return
    const from = startOfDay(first, zone.value)
    const to = startOfDay(addDays(last, 1), zone.value)
    untracked(() => calendar.show(from, to))
  })
  // The month follows the day, also when "back" changes it.
  effect(() => {
    if (day.value === null) return
    const over = day.value < today.value
    month.value = (over ? today : day).value?.slice(0, 7) ?? month.value
  })
  effect(() => {
    if (account.value !== null) void own.loadReservations('held,confirmed')
  })
  // No day in the link: the first with a free time, looking into further months once.
  const stop = effect(() => {
    if (day.value !== null || !calendar.ready.value) return
    for (const [name, count] of [...days.value].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (count.free > 0 && name >= today.value) {
        chooseDay(name, false)
        return
      }
    }
    if (!isKnown(weeks.value.at(-1)?.[6] ?? today.value)) return
    if (nextFree.value === undefined) void findNextFree()
    else
      chooseDay(
        nextFree.value === null ? today.value : dayOf(Date.parse(nextFree.value.start), zone.value),
        false,
      )
  })
  effect(() => {
    if (day.value !== null) queueMicrotask(stop)
  })
}

export const canGoBack = computed(() => month.value > today.value.slice(0, 7))
export const months = {
  before: () => showMonth(addMonths(month.value, -1)),
  after: () => showMonth(addMonths(month.value, 1)),
}
