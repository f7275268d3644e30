/** What the booking page knows and does; the components only draw it. */

import { computed, effect, signal, untracked } from '@preact/signals'
import { ONE_SLOT, shapeOf } from '../../domain/chain.js'
import { addDays } from '../../domain/days.js'
import type { SlotEventName } from '../../domain/event-names.js'
import { bookingWindow, serviceWindow } from '../../domain/policies.js'
import type { Provider } from '../../schemas/accounts.js'
import type { OwnSlot, Rules } from '../../schemas/common.js'
import type { SlotEvent } from '../../schemas/events.js'
import type { Reservation } from '../../schemas/reservations.js'
import type { Service } from '../../schemas/services.js'
import { say, sayAtOnce } from '../shared/announce.jsx'
import { ask, type Refused, returns } from '../shared/api.js'
import { openCalendar } from '../shared/calendar.js'
import { firstWeekday, words, zone } from '../shared/locale.js'
import { clock, minute } from '../shared/now.js'
import { providerOf } from '../shared/providers.js'
import * as own from '../shared/reservations.js'
import { account, role } from '../shared/session.js'
import { type Face, faceOf, isLive } from '../shared/slot-face.js'
import { common } from '../shared/text.js'
import { addMonths, dayOf, monthWeeks, startOfDay, weekOf } from '../shared/time.js'
import { heardWait } from '../waiting/waits.js'
import { addressed, chooseDay, day, endMoving, movingId, providerId, serviceId, showLink } from './address.js'
import { type DayCount, daysOf } from './days.js'
import { guestHold, lookAgain } from './guest-state.js'
import { type Appointment, Starts } from './starts.js'
import { text } from './text.js'

export const provider = signal<Provider | null>(null)
export const providerProblem = signal<Refused | null>(null)

/** What the provider offers; null until it is known. A calendar without any is booked slot by slot. */
export const services = signal<readonly Service[] | null>(null)
/** The one that is chosen, or the only one there is. */
export const service = computed<Service | null>(() => {
  const all = services.value ?? []
  return all.find(({ id }) => id === serviceId.value) ?? (all.length === 1 ? (all[0] ?? null) : null)
})

/** What a new time is being chosen for. */
export const moving = computed<Reservation | null>(
  () =>
    own.live.value.find(({ id, providerId: at }) => id === movingId.value && at === providerId.value) ?? null,
)
/** The service that decides about the times: of what is moved, while it is still offered, its own. */
const termsFrom = computed(() => {
  const moved = moving.value
  if (moved === null) return service.value
  return services.value?.find(({ id }) => id === moved.serviceId) ?? null
})
function windowUnder(rules: Rules) {
  return termsFrom.value === null ? bookingWindow(rules) : serviceWindow(termsFrom.value, rules)
}

export const calendar = openCalendar({
  get providerId() {
    return providerId.value
  },
  own: false,
  window: windowUnder,
  onEvent: announceChange,
  onWait: heardWait,
})

const reach = computed(() => windowUnder(calendar.rules.value))

/** Where it is to go, before that is confirmed. */
export const target = signal<{ id: string; start: string } | null>(null)

/** Before times can be shown, the reader says what for. */
export const mustChoose = computed(
  () => movingId.value === null && service.value === null && (services.value?.length ?? 0) > 1,
)
/** What the times depend on is not known yet. */
const isWaiting = computed(
  () => services.value === null || (movingId.value !== null && account.value !== null && !own.loaded.value),
)

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

const appointment = computed<Appointment | null>(() => {
  const terms = termsFrom.value
  const moved = moving.value
  if (terms === null && moved === null) return null
  const shape = terms === null ? ONE_SLOT : shapeOf(terms)
  return {
    // It stays as long as it was booked, whatever has become of the service.
    shape: moved === null ? shape : { ...shape, visit: moved.slotIds.length },
    startsEveryMinutes: terms?.startsEveryMinutes ?? 15,
    window: reach.value,
    zone: provider.value?.timeZone ?? zone.value,
    ownSlots: new Set(moved?.slotIds),
  }
})

/** Null where each slot is an appointment. */
const starts = computed<Starts | null>(() =>
  appointment.value === null
    ? null
    : new Starts(calendar.seen.value.slots.values(), appointment.value, calendar.moment.value),
)
export const showsStarts = computed(() => starts.value !== null)
/** How many minutes one column of the day stands for. */
export const stepMinutes = computed(
  () => appointment.value?.startsEveryMinutes ?? calendar.rules.value.slotMinutes,
)

/** The reservation that a slot belongs to. What is being moved has its first slot alone: the others are free for it. */
export function ownAt(slotId: string): Reservation | undefined {
  const one = own.bySlot.value.get(slotId) ?? guestAt(slotId)
  return one !== undefined && one.id === moving.value?.id && one.slotId !== slotId ? undefined : one
}

/** What the reader holds or has booked without an account. */
function guestAt(slotId: string): Reservation | undefined {
  const hold = guestHold.value
  if (!hold?.slotIds.includes(slotId)) return undefined
  return isLive(hold, calendar.moment.value) ? hold : undefined
}

export function faceNow(slot: OwnSlot): Face {
  const one = ownAt(slot.id)
  if (one !== undefined || starts.value === null) return faceOf(slot, one, calendar.moment.value, reach.value)
  return starts.value.faceOf(slot, ownAt)
}

/** Slots by day of the reader, and how many of each day are free. */
export const days = computed<ReadonlyMap<string, DayCount>>(() => {
  if (isWaiting.value) return new Map()
  const { slots, gone } = calendar.seen.value
  const from = starts.value
  const shown = [...slots.values()].filter(
    (slot) => from === null || from.isOffered(slot) || ownAt(slot.id) !== undefined,
  )
  return daysOf(shown, gone, zone.value, calendar.moment.value, faceNow)
})

/** Whether the lists or the picture have come as far as this day. */
export function isKnown(name: string): boolean {
  return !isWaiting.value && calendar.ready.value && startOfDay(name, zone.value) < calendar.seen.value.to
}

/** Whether something of this day is taken that could still be booked if it came free. */
export function mayComeFree(name: string): boolean {
  const earliest = calendar.moment.value + reach.value.noticeMs
  return (days.value.get(name)?.slots ?? []).some(
    (slot) => slot.state !== 'withdrawn' && Date.parse(slot.start) >= earliest,
  )
}

/** Slots whose request is under way. */
export const asking = signal<ReadonlySet<string>>(new Set())

/** What needs the reader's eye: a time lost to somebody else, a hold that ended. */
export type Notice =
  | {
      kind: 'refused'
      slot: { id: string; start: string }
      problem: Refused
      near: OwnSlot[] | null
      /** What was to be moved there, and stays where it is. */
      kept: Reservation | null
    }
  | { kind: 'ended'; endings: readonly own.Ending[] }
export const notice = signal<Notice | null>(null)

/** Booked or moved on this page since it was opened: they keep their card with all that follows. */
export const justDone = signal<ReadonlyMap<string, 'booked' | 'moved'>>(new Map())
/** The card that was last opened by hand, or that something has just happened to: on a phone one alone stands open. */
export const front = signal<string | null>(null)

const isHere = (one: Reservation) => one.providerId === providerId.value

export const holds = computed(() => own.live.value.filter((one) => isHere(one) && one.status === 'held'))
export const bookings = computed(() =>
  own.live.value.filter(
    (one) => isHere(one) && one.status === 'confirmed' && Date.parse(one.end) > minute.value,
  ),
)

/** `as`: the service that it is to be booked as. */
export async function take(
  slot: { id: string; start: string },
  as: string | undefined = service.value?.id,
): Promise<boolean> {
  if (asking.value.has(slot.id)) return false
  if (role.value === 'provider') {
    // The server would say the same.
    notice.value = { kind: 'refused', slot, problem: { code: 'forbidden' }, near: null, kept: null }
    return false
  }
  notice.value = null
  const answer = await whileAsking(slot, () => own.hold(slot.id, as))
  if (!answer.ok) {
    await refuse(slot, answer.problem, null, as)
    return false
  }
  front.value = answer.data.id
  const time = words.value.time(Date.parse(slot.start), zone.value)
  const span = words.value.duration(calendar.rules.value.holdSeconds * 1000)
  if (answer.data.status === 'held') say(text.value.hold.heldSaid({ time, span }))
  return true
}

/** What happens to a slot meanwhile is the reader's doing, and not announced. */
export async function whileAsking<T>({ id }: { id: string }, work: () => Promise<T>): Promise<T> {
  asking.value = new Set(asking.value).add(id)
  const answer = await work()
  const rest = new Set(asking.value)
  rest.delete(id)
  asking.value = rest
  calendar.refresh()
  return answer
}

const TAKEN = ['slot_held', 'slot_confirmed', 'slot_withdrawn', 'min_notice', 'does_not_fit']
const OTHER_SERVICES = ['service_inactive', 'does_not_fit', 'not_found']

async function refuse(
  slot: { id: string; start: string },
  problem: Refused,
  kept: Reservation | null,
  as: string | undefined,
): Promise<void> {
  if (problem.slot?.rev !== undefined) calendar.answered(problem.slot)
  if (OTHER_SERVICES.includes(problem.code)) void loadServices()
  const refused: Notice = { kind: 'refused', slot, problem, near: null, kept }
  notice.value = refused
  front.value = null
  if (!TAKEN.includes(problem.code)) return
  const only = as === undefined ? '' : `&serviceId=${encodeURIComponent(as)}`
  const near = await ask<{ items: OwnSlot[] }>(`/v1/slots?near=${encodeURIComponent(slot.id)}&limit=3${only}`)
  if (notice.value === refused) notice.value = { ...refused, near: near.ok ? near.data.items : [] }
}

/** Takes what is being moved to the time that was chosen; where somebody was faster it stays where it is. */
export async function moveToTarget(): Promise<void> {
  const reservation = moving.value
  const to = target.value
  if (reservation === null || to === null || asking.value.has(to.id)) return
  notice.value = null
  const answer = await whileAsking(to, () => own.move(reservation.id, to.id))
  target.value = null
  if (!answer.ok) {
    await refuse(to, answer.problem, reservation, termsFrom.value?.id)
    return
  }
  front.value = reservation.id
  if (answer.data.status === 'confirmed') done(reservation.id, 'moved')
  endMoving()
  const time = words.value.moment(Date.parse(answer.data.start), zone.value, 'long')
  say(text.value.moving.movedSaid({ time }))
}

export function stopMoving(): void {
  target.value = null
  notice.value = null
  endMoving()
}

function done(id: string, what: 'booked' | 'moved'): void {
  justDone.value = new Map(justDone.value).set(id, what)
}

export function putAway(id: string): void {
  const rest = new Map(justDone.value)
  rest.delete(id)
  justDone.value = rest
}

export async function book(hold: Reservation): Promise<Refused | null> {
  const answer = await own.confirm(hold.id)
  calendar.refresh()
  if (!answer.ok) {
    if (answer.problem.code === 'hold_expired') showEnding({ reservation: hold, reason: 'expired' })
    return answer.problem
  }
  done(hold.id, 'booked')
  front.value = hold.id
  say(common.value.bookedSaid)
  return null
}

export async function giveBack(one: Reservation): Promise<Refused | null> {
  const answer = await own.giveBack(one.id)
  calendar.refresh()
  if (answer.ok) {
    say(one.status === 'held' ? common.value.givenBackSaid : common.value.bookingCancelledSaid)
    return null
  }
  return answer.problem
}

/** Once, while the hold lasts. */
export async function lengthen(hold: Reservation): Promise<Refused | null> {
  const answer = await own.extend(hold.id)
  calendar.refresh()
  if (!answer.ok) return answer.problem
  const until = Date.parse(answer.data.expiresAt ?? hold.start)
  say(text.value.hold.longerSaid({ span: words.value.duration(until - clock.now()) }))
  return null
}

/** Beside those that ended for the same reason: several holds may run out in one moment. */
function showEnding(ending: own.Ending): void {
  const before = notice.value?.kind === 'ended' ? notice.value.endings : []
  const others = before.filter(
    ({ reservation, reason }) => reason === ending.reason && reservation.id !== ending.reservation.id,
  )
  notice.value = { kind: 'ended', endings: [...others, ending] }
  front.value = null
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
  const { ranOutSaid, cancelledSaid, endedSaid } = text.value.hold
  sayAtOnce({ expired: ranOutSaid, cancelled: cancelledSaid, released: endedSaid }[ending.reason]({ time }))
})

const spoken = {
  'slot-held': 'held',
  'slot-released': 'released',
  'slot-confirmed': 'confirmed',
  'slot-opened': 'opened',
  'slot-withdrawn': 'withdrawn',
} as const satisfies Record<SlotEventName, string>

/** Others' changes on the day that is looked at; the reader's own are said by what they did. */
function announceChange(name: SlotEventName, event: SlotEvent): void {
  // The link in the mail may have been pressed anywhere.
  if (event.slotId === guestHold.value?.slotId) void lookAgain()
  // Where appointments have several slots, what is free says itself which starts changed.
  if (starts.value !== null || dayOf(Date.parse(event.start), zone.value) !== day.value) return
  if (ownAt(event.slotId) !== undefined || asking.value.has(event.slotId)) return
  const time = words.value.time(Date.parse(event.start), zone.value)
  say(text.value.changed[spoken[name]]({ time }))
}

export function showMonth(next: string): void {
  month.value = next
}

/** A free time beyond the month that is shown, when that month has none. */
export const nextFree = signal<OwnSlot | null | undefined>(undefined)

const AHEAD_MS = 61 * 86_400_000

/** The first after a day that is shown; where there is none, the first before. */
export async function findNextFree(after = clock.now()): Promise<void> {
  const asked = { service: termsFrom.value?.id, day: day.value }
  const from = Math.max(after, clock.now())
  const found = (await firstFree(from, asked.service)) ?? (await firstFree(clock.now(), asked.service))
  if (asked.service === termsFrom.value?.id && asked.day === day.value) nextFree.value = found
}

async function firstFree(from: number, asked: string | undefined): Promise<OwnSlot | null> {
  const query = new URLSearchParams({
    providerId: providerId.value,
    limit: '1',
    from: new Date(from).toISOString(),
    to: new Date(from + AHEAD_MS).toISOString(),
    ...(asked !== undefined && { serviceId: asked }),
  })
  const answer = await ask<{ items: OwnSlot[] }>(`/v1/slots?${query}`)
  return answer.ok ? (answer.data.items[0] ?? null) : null
}

const SERVICES_AGAIN_MS = 5000

async function loadServices(early = false): Promise<void> {
  const path = `/v1/providers/${encodeURIComponent(providerId.value)}/services`
  const answer = await ask<{ items: Service[] }>(path, { early })
  if (answer.ok) services.value = answer.data.items.filter(({ active }) => active)
  else if (answer.problem.code !== 'not_found') setTimeout(() => void loadServices(), SERVICES_AGAIN_MS)
}

async function loadProvider(): Promise<void> {
  const answer = await providerOf(addressed)
  if (!answer.ok) {
    providerProblem.value = answer.problem
    return
  }
  providerProblem.value = null
  provider.value = answer.data
  providerId.value = answer.data.id
  showLink(answer.data.link)
}

export function start(): void {
  void loadProvider()
  effect(() => {
    // The server is reached again: what could not be read then is read now.
    if (returns.value > 0 && provider.peek() === null) void loadProvider()
  })
  effect(() => {
    if (providerId.value !== '') untracked(() => void loadServices(true))
  })
  effect(() => {
    const first = weeks.value[0]?.[0]
    const last = weeks.value.at(-1)?.[6]
    if (first === undefined || last === undefined || providerId.value === '') return
    const from = startOfDay(first, zone.value)
    const to = startOfDay(addDays(last, 1), zone.value)
    untracked(() => calendar.show(from, to))
  })
  // The first month was chosen by the browser's clock, which may be far behind the server's.
  effect(() => {
    const present = today.value.slice(0, 7)
    if (month.peek() < present) month.value = present
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
  effect(() => {
    // After another day, and of another service, another time is the next.
    day.value
    termsFrom.value
    nextFree.value = undefined
  })
  effect(() => {
    termsFrom.value
    movingId.value
    target.value = null
  })
  announceStarts()
  chooseFirstFreeDay()
}

/** No day in the link: the first with a free time, looking into further months once. */
function chooseFirstFreeDay(): void {
  const stop = effect(() => {
    if (day.value !== null || mustChoose.value || !calendar.ready.value || isWaiting.value) return
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

/** Others' changes of where an appointment can begin, on the day that is looked at. */
function announceStarts(): void {
  let before = { key: '', free: new Map<string, number>() }
  effect(() => {
    if (starts.value === null || day.value === null || !isKnown(day.value)) return
    // After another choice, or an own action, what is free is other than before without anybody having changed it.
    const mine = own.live.value.map(({ id, slotId }) => `${id} ${slotId}`)
    const guest = guestHold.value?.id
    const key = [day.value, zone.value, termsFrom.value?.id, movingId.value, guest, ...mine].join()
    const free = new Map<string, number>()
    for (const slot of days.value.get(day.value)?.slots ?? []) {
      const { pressable, own: isOwn } = faceNow(slot)
      if (pressable && isOwn === null) free.set(slot.id, Date.parse(slot.start))
    }
    const known = before.key === key && asking.peek().size === 0 ? before.free : free
    before = { key, free }
    const timeOf = (start: number) => ({ time: words.value.time(start, zone.value) })
    const { notFree, released } = text.value.changed
    for (const [id, start] of known) if (!free.has(id)) say(notFree(timeOf(start)))
    for (const [id, start] of free) if (!known.has(id)) say(released(timeOf(start)))
  })
}

export const canGoBack = computed(() => month.value > today.value.slice(0, 7))
export const months = {
  before: () => showMonth(addMonths(month.value, -1)),
  after: () => showMonth(addMonths(month.value, 1)),
}
