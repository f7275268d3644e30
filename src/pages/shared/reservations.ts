/**
 * The client's own reservations, as this page knows them. Fed by its own answers, by the live channel and by the
 * other tabs; a hold that runs out is marked so by the server's clock, in the moment it happens.
 */
import { computed, effect, signal } from '@preact/signals'
import type { ReservationEvent } from '../../schemas/events.js'
import type { Reservation } from '../../schemas/reservations.js'
import { type Answer, askUntilKnown, eachPage, randomKey } from './api.js'
import { clock, tick } from './now.js'
import { account, askSigned, role, token } from './session.js'
import { isLive } from './slot-face.js'
import { tabs } from './tabs.js'

export const reservations = signal<ReadonlyMap<string, Reservation>>(new Map())
export const loaded = signal(false)

/** Bumped when a hold runs out, so that what depends on time is read again. */
const ended = signal(0)

/** Held and booked ones, by start. */
export const live = computed(() => {
  ended.value
  const now = clock.now()
  return [...reservations.value.values()]
    .filter((one) => isLive(one, now))
    .sort((a, b) => (a.start < b.start ? -1 : 1))
})

/** The same by each of their slots: what the booking page marks as its reader's own. */
export const bySlot = computed(
  () => new Map(live.value.flatMap((one) => one.slotIds.map((slotId) => [slotId, one]))),
)

export type Ending = { reservation: Reservation; reason: 'expired' | 'released' | 'cancelled' }
const endings = new Set<(ending: Ending) => void>()

/** Hears when an own reservation ends without this page having asked for it. */
export function onEnding(listener: (ending: Ending) => void): void {
  endings.add(listener)
}

/** A provider has none: its list is what its clients hold and have booked. */
const hasOwn = () => role.value === 'client'

/** What was learned while an answer was on its way is newer than the answer. */
let changes = 0
const changedAt = new Map<string, number>()
const isNewer = (id: string, since: number) => (changedAt.get(id) ?? 0) > since

export async function loadReservations(statuses?: string): Promise<void> {
  if (!hasOwn()) return
  const who = account.value?.id
  const since = changes
  const all: Reservation[] = []
  const query = statuses === undefined ? '' : `&status=${statuses}`
  const problem = await eachPage<Reservation>(
    `/v1/reservations?limit=100${query}`,
    await token(),
    (items) => {
      all.push(...items)
    },
  )
  if (problem !== null || account.value?.id !== who) return
  const known = [...reservations.value]
  const next = new Map(statuses === undefined ? known.filter(([id]) => isNewer(id, since)) : known)
  for (const one of all) if (!isNewer(one.id, since)) next.set(one.id, one)
  reservations.value = next
  loaded.value = true
}

export function hold(slotId: string, serviceId?: string): Promise<Answer<Reservation>> {
  return change('/v1/reservations', { slotId, ...(serviceId !== undefined && { serviceId }) }, randomKey())
}

/** The old time stays until the new one is taken. */
export function move(id: string, slotId: string): Promise<Answer<Reservation>> {
  return change(`/v1/reservations/${id}/move`, { slotId })
}

/** Once; the refusal says how long the hold lasts at most. */
export function extend(id: string): Promise<Answer<Reservation>> {
  return change(`/v1/reservations/${id}/extend`)
}

async function change(path: string, body?: object, key?: string): Promise<Answer<Reservation>> {
  const answer = await askSigned<Reservation>(
    path,
    { method: 'POST', ...(body !== undefined && { body }), ...(key !== undefined && { key }) },
    askUntilKnown,
  )
  if (answer.ok) settled(answer.data)
  return answer
}

export async function confirm(id: string): Promise<Answer<Reservation>> {
  const answer = await change(`/v1/reservations/${id}/confirm`)
  if (answer.ok) return answer
  if (answer.problem.code === 'hold_expired' || answer.problem.code === 'hold_released') await refetch(id)
  return answer
}

const leaving = new Set<string>()

export async function giveBack(id: string): Promise<Answer<unknown>> {
  leaving.add(id)
  const answer = await askSigned(`/v1/reservations/${id}`, { method: 'DELETE' }, askUntilKnown)
  if (answer.ok) {
    const known = reservations.value.get(id)
    if (known !== undefined) {
      // Live may have been faster with the ending, but does not say by whom.
      const wasBooked = known.status === 'confirmed' || known.status === 'cancelled'
      put({
        ...known,
        status: wasBooked ? 'cancelled' : 'released',
        ...(wasBooked && { cancelledBy: 'client' }),
        endedAt: iso(clock.now()),
      })
    }
    tabs.tell({ kind: 'reservation', id })
  }
  leaving.delete(id)
  return answer
}

export function heard(event: ReservationEvent): void {
  if (!hasOwn()) return
  const known = reservations.value.get(event.id)
  const isElsewhere = known !== undefined && known.slotId !== event.slotId
  if (
    known === undefined ||
    isElsewhere ||
    (event.status === 'confirmed' && known.confirmedAt === undefined)
  ) {
    void refetch(event.id)
    return
  }
  if (known.status === event.status && known.expiresAt === event.expiresAt) return
  put({
    ...known,
    status: event.status,
    ...(event.expiresAt !== undefined && { expiresAt: event.expiresAt }),
  })
  const { status } = event
  if (event.reason === undefined || leaving.has(event.id) || isEnded(known.status)) return
  if (status === 'held' || status === 'confirmed') return
  // Who ended it and why is not in the event.
  void refetch(event.id).then(() => {
    const reservation = reservations.value.get(event.id) ?? known
    for (const listener of endings) listener({ reservation, reason: status })
  })
}

const isEnded = (status: Reservation['status']) => status !== 'held' && status !== 'confirmed'

async function refetch(id: string): Promise<void> {
  const since = changes
  const answer = await askSigned<Reservation>(`/v1/reservations/${id}`)
  if (answer.ok && !isNewer(id, since)) put(answer.data)
}

function settled(reservation: Reservation): void {
  if (reservation.expiresInSeconds !== undefined && reservation.expiresAt !== undefined) {
    clock.pushed(Date.parse(reservation.expiresAt) - reservation.expiresInSeconds * 1000)
    tick.value = clock.now()
  }
  put(reservation)
  tabs.tell({ kind: 'reservation', id: reservation.id })
}

function put(reservation: Reservation): void {
  changedAt.set(reservation.id, ++changes)
  reservations.value = new Map(reservations.value).set(reservation.id, reservation)
}

tabs.listen((message) => {
  if (message.kind === 'reservation' && hasOwn()) void refetch(message.id)
})

let whose: string | undefined
effect(() => {
  const who = account.value?.id
  if (who === whose) return
  whose = who
  reservations.value = new Map()
  changedAt.clear()
  loaded.value = false
})

/** One timer, for the hold that ends first. */
effect(() => {
  ended.value
  let first: Reservation | null = null
  for (const one of reservations.value.values()) {
    if (one.status !== 'held' || one.expiresAt === undefined) continue
    if (first === null || one.expiresAt < (first.expiresAt ?? '')) first = one
  }
  const next = first
  if (next?.expiresAt === undefined) return
  const wait = Math.max(0, Date.parse(next.expiresAt) - clock.now())
  const timer = setTimeout(() => ranOut(next), Math.min(wait + 20, 60_000))
  return () => clearTimeout(timer)
})

function ranOut(hold: Reservation): void {
  if (Date.parse(hold.expiresAt ?? '') > clock.now()) {
    ended.value += 1
    return
  }
  if (reservations.value.get(hold.id)?.status !== 'held') return
  put({ ...hold, status: 'expired', endedAt: hold.expiresAt ?? iso(clock.now()) })
  ended.value += 1
  for (const listener of endings) listener({ reservation: hold, reason: 'expired' })
}

const iso = (instant: number) => new Date(instant).toISOString()

export async function downloadCalendar(id: string): Promise<boolean> {
  const bearer = await token()
  const response = await fetch(`/v1/reservations/${id}/calendar.ics`, {
    headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` },
  }).catch(() => null)
  if (response === null || !response.ok) return false
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = 'appointment.ics'
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
  return true
}
