/** One day of the own calendar as a list. Read again when something on the calendar changes. */
import { computed, effect, signal, untracked } from '@preact/signals'
import { addDays } from '../../domain/days.js'
import type { Account } from '../../schemas/accounts.js'
import type { Reservation } from '../../schemas/reservations.js'
import { CalendarReservations } from '../shared/calendar-reservations.js'
import { link, live } from '../shared/live.js'
import { clock, minute, tick } from '../shared/now.js'
import { isLive } from '../shared/slot-face.js'
import { dayOf, startOfDay } from '../shared/time.js'

const POLL_MS = 15_000

export type DayList = ReturnType<typeof openDayList>

export function openDayList(account: Account) {
  const zone = account.timeZone
  const reservations = new CalendarReservations(account.id)
  const today = computed(() => dayOf(minute.value, zone))
  const day = signal(dayInAddress(today.peek()))
  const from = computed(() => startOfDay(day.value, zone))
  const to = computed(() => startOfDay(addDays(day.value, 1), zone))

  const channel = live({
    span: () => ({
      providerId: account.id,
      from: iso(Math.max(from.peek(), clock.now())),
      to: iso(Math.max(to.peek(), clock.now() + 60_000)),
    }),
    onPicture: () => reservations.changed(),
    onEvent: (_, event) => {
      if (event.reservation !== undefined) reservations.changed()
    },
    onReservation: () => {},
    onCut: () => {},
    joined: () => true,
  })

  effect(() => {
    const span = { from: from.value, to: to.value }
    untracked(() => {
      reservations.show(span.from, span.to)
      channel.watchAgain()
    })
  })
  effect(() => {
    const address = `/provider/list?day=${day.value}`
    if (location.pathname + location.search !== address) history.replaceState(null, '', address)
  })
  channel.start()
  setInterval(() => {
    if (link.value !== 'live' && document.visibilityState === 'visible') reservations.changed()
  }, POLL_MS)

  /** In the order of the day; a hold whose time is over is none. */
  const rows = computed(() => {
    const isShown = (one: Reservation) => {
      const start = Date.parse(one.start)
      return start >= from.value && start < to.value && isLive(one, tick.value)
    }
    return [...reservations.byId.value.values()]
      .filter(isShown)
      .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
  })

  return { account, zone, reservations, today, day, rows }
}

function dayInAddress(today: string): string {
  const day = new URLSearchParams(location.search).get('day') ?? 'today'
  if (day === 'tomorrow') return addDays(today, 1)
  const isDay = /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`))
  return isDay ? day : today
}

const iso = (instant: number) => new Date(instant).toISOString()
