/** What the provider's screen knows and does; the components only draw it. One calendar, the provider's own. */
import { computed, effect, signal, untracked } from '@preact/signals'
import { addDays } from '../../domain/days.js'
import { ANY_TIME } from '../../domain/slot.js'
import type { Account } from '../../schemas/accounts.js'
import type { Block, Published, Withdrawn } from '../../schemas/availability.js'
import type { OwnSlot } from '../../schemas/common.js'
import type { SlotEvent } from '../../schemas/events.js'
import type { Reservation } from '../../schemas/reservations.js'
import { say } from '../shared/announce.jsx'
import { type Answer, askUntilKnown, type Refused } from '../shared/api.js'
import { type Calendar, openCalendar } from '../shared/calendar.js'
import { CalendarReservations } from '../shared/calendar-reservations.js'
import { firstWeekday, words } from '../shared/locale.js'
import { clock, minute } from '../shared/now.js'
import { askSigned } from '../shared/session.js'
import { faceOf } from '../shared/slot-face.js'
import { dayOf, instantOf, startOfDay, startOfWeek, weekOf } from '../shared/time.js'
import { notify } from './alerts.js'
import { Awaited } from './awaited.js'
import { ForSomebody } from './for-somebody.js'
import { placed } from './grid.js'
import { Move } from './move.js'
import { OutsideHours } from './outside-hours.js'
import { joined, planOf, type Span } from './plan.js'
import { beginBulk, happened } from './stream.js'
import { text } from './text.js'
import { type Tile, tilesOf } from './tiles.js'

/** The live picture reaches so far, so that a preview of repeated weeks knows what exists; lists get the week only. */
const AHEAD_DAYS = 56

export type Desk = ReturnType<typeof openDesk>

/** What was pressed on the week: a time, or whoever is booked there, who may move. */
export interface Selection {
  slotId: string
  reservationId?: string
  /** Its card opens with the question whether to cancel it. */
  isEnding?: boolean
}

export function openDesk(account: Account) {
  const zone = account.timeZone
  const reservations = new CalendarReservations(account.id)
  const hours = new OutsideHours(account.id)
  const awaited = new Awaited(account.id)
  const calendar: Calendar = openCalendar({
    providerId: account.id,
    own: true,
    onSchedule: () => void hours.load(),
    onPicture: () => {
      reservations.changed()
      void awaited.load()
      void hours.load()
    },
    onEvent(name, event) {
      if (event.reservation !== undefined) reservations.changed()
      if (hours.outside.value.some(({ id }) => id === event.reservation?.id)) void hours.load()
      // An appointment is told once, from the slot that it begins with.
      if ((event.reservation?.head ?? event.slotId) !== event.slotId) return
      if (event.reason === 'cancelled') void askByWhom(event)
      else happened(name, event)
      notify(name)
      if (name === 'slot-held' || name === 'slot-confirmed') {
        const who = event.reservation?.client.name ?? text.value.someone
        const what = words.value.moment(Date.parse(event.start), zone, 'short')
        const { held, offered, confirmed } = text.value.stream
        const isOffer = event.reservation?.waitId !== undefined
        say(`${(name === 'slot-confirmed' ? confirmed : isOffer ? offered : held)({ who, what })}.`)
      }
    },
  })
  void hours.load()
  const today = computed(() => dayOf(minute.value, zone))
  const day = signal(dayInAddress() ?? today.value)
  const week = computed(() => weekOf(startOfWeek(day.value, firstWeekday.value)))
  const columns = computed(() => placed(calendar.seen.value.slots.values(), week.value, zone))
  const tiles = computed(() => {
    const now = calendar.moment.value
    const byDay = new Map<string, Tile[]>()
    for (const [name, column] of columns.value) byDay.set(name, tilesOf(column, now))
    return byDay
  })
  const selected = signal<Selection | null>(null)
  const select = (slotId: string, reservationId: string) => {
    selected.value = { slotId, reservationId }
  }
  const forSomebody = new ForSomebody({ providerId: account.id, calendar, reservations, onBooked: select })
  const move = new Move({
    providerId: account.id,
    zone,
    calendar,
    reservations,
    day,
    onMoved: select,
  })
  /** What the form (or a drag on the week) says; weekdays, so that it goes along to another week. */
  const wish = signal<{ weekdays: readonly number[]; spans: readonly Span[]; weeks: number }>({
    weekdays: [],
    spans: [{ from: '08:00', to: '12:00' }],
    weeks: 1,
  })
  /** Whether that form is open. */
  const byHand = signal(false)
  /** What the form would do with it. Withdrawing reaches as far as is seen: the week that is shown. */
  const mode = signal<'publish' | 'withdraw'>('publish')
  const plan = computed(() => {
    const days = wish.value.weekdays.map((index) => week.value[index] ?? '').filter((name) => name !== '')
    return planOf(
      { ...wish.value, days, weeks: mode.value === 'publish' ? wish.value.weeks : 1 },
      {
        zone,
        slotMinutes: calendar.rules.value.slotMinutes,
        now: calendar.moment.value,
        known: calendar.seen.value.slots,
      },
    )
  })

  /** Free times, and appointments that are held and booked. */
  const numbers = computed(() => {
    const counts = { open: 0, held: 0, confirmed: 0, withdrawn: 0 }
    for (const { state } of tiles.value.get(day.value) ?? []) counts[state] += 1
    return counts
  })
  /** Days that are narrow, because nothing is offered or booked on them. One that was wide stays so, or others would jump. */
  const wide = new Set<string>()
  /** Days that were looked at, which stay wide as well, except beside none that is. */
  const opened = new Set<string>()
  let foldedBefore: ReadonlySet<string> = new Set()
  const folded = computed(() => {
    // Below an appointment that is dragged nothing moves.
    if (move.subject.value !== null) return foldedBefore
    const marked = wish.value.weekdays.map((index) => week.value[index])
    const next = new Set<string>()
    opened.add(day.value)
    for (const name of week.value) {
      const column = columns.value.get(name) ?? []
      if (column.some(({ slot }) => slot.state !== 'withdrawn')) wide.add(name)
      if (!wide.has(name) && !opened.has(name) && !marked.includes(name)) next.add(name)
    }
    const isBlank = week.value.every((name) => !wide.has(name))
    foldedBefore = isBlank ? new Set() : next
    return foldedBefore
  })
  const isEmpty = computed(
    () => calendar.ready.value && calendar.seen.value.slots.size === 0 && hours.areMissing,
  )

  effect(() => {
    const first = week.value[0] ?? day.value
    const from = startOfDay(first, zone)
    const to = startOfDay(addDays(first, AHEAD_DAYS), zone)
    const listTo = startOfDay(addDays(first, 7), zone)
    untracked(() => {
      calendar.show(from, to, listTo)
      reservations.show(from, listTo)
    })
  })
  effect(() => {
    // No event says that somebody joined.
    minute.value
    untracked(() => void awaited.load())
  })
  effect(() => {
    const address = `/provider?day=${day.value}`
    if (location.pathname + location.search !== address) history.replaceState(null, '', address)
  })

  const calendarPath = `/v1/providers/${encodeURIComponent(account.id)}/availability`

  async function publish(blocks: Block[]): Promise<Answer<Published>> {
    const done = beginBulk('slot-opened')
    const answer = await askSigned<Published>(
      calendarPath,
      { method: 'POST', body: { blocks } },
      askUntilKnown,
    )
    done(answer.ok ? answer.data.opened : 0, firstStart(blocks))
    calendar.refresh()
    return answer
  }

  /** Of the blocks, as far as the page knows it; it is named where one time alone was opened. */
  function firstStart([first]: Block[]): number {
    if (first === undefined) return clock.now()
    if ('start' in first) return Date.parse(first.start)
    const start = instantOf(first.day, first.from, zone)
    return start.ok ? start.instant : clock.now()
  }

  /** Withdraws span by span; what was open is remembered, so that it can be undone. */
  async function withdraw(spans: { start: number; end: number }[]) {
    const open = [...calendar.seen.value.slots.values()].filter(
      (slot) =>
        faceOf(slot, undefined, calendar.moment.value, ANY_TIME).state === 'open' &&
        spans.some(({ start, end }) => Date.parse(slot.start) >= start && Date.parse(slot.end) <= end),
    )
    const done = beginBulk('slot-withdrawn')
    let withdrawn = 0
    const kept: OwnSlot[] = []
    let problem: Refused | null = null
    for (const { start, end } of spans) {
      const query = `start=${new Date(start).toISOString()}&end=${new Date(end).toISOString()}`
      const answer = await askSigned<Withdrawn>(
        `${calendarPath}?${query}`,
        { method: 'DELETE' },
        askUntilKnown,
      )
      if (!answer.ok) {
        problem = answer.problem
        break
      }
      withdrawn += answer.data.withdrawn
      kept.push(...answer.data.kept)
    }
    done(withdrawn, spans[0]?.start ?? clock.now())
    calendar.refresh()
    return { withdrawn, kept, problem, undo: joined(open) }
  }

  /** An event does not say who cancelled. */
  async function askByWhom(event: SlotEvent): Promise<void> {
    const id = encodeURIComponent(event.reservation?.id ?? '')
    const answer = await askSigned<Reservation>(`/v1/reservations/${id}`)
    happened('slot-released', event, answer.ok ? answer.data.cancelledBy : undefined)
  }

  async function end(id: string, how: { note?: string; withdraw?: boolean }): Promise<Refused | null> {
    const problem = await reservations.end(id, how)
    if (problem === null && selected.value?.reservationId === id) {
      selected.value = { slotId: selected.value.slotId }
    }
    calendar.refresh()
    return problem
  }

  return {
    account,
    zone,
    calendar,
    today,
    day,
    week,
    columns,
    tiles,
    folded,
    isEmpty,
    byHand,
    reservations,
    hours,
    awaited,
    forSomebody,
    move,
    selected,
    wish,
    mode,
    plan,
    numbers,
    publish,
    withdraw,
    end,
  }
}

function dayInAddress(): string | null {
  const day = new URLSearchParams(location.search).get('day') ?? ''
  return /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) ? day : null
}
