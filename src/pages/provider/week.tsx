/** The week as a grid of the provider's wall clock; on a phone one day of it. Drag over it to mark time. */
import { effect, signal, useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { ANY_TIME } from '../../domain/slot.js'
import type { OwnSlot } from '../../schemas/common.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { minute, tick } from '../shared/now.js'
import { faceOf } from '../shared/slot-face.js'
import { addDays, clockChange, wallOf } from '../shared/time.js'
import { hoursShown, type Placed } from './grid.js'
import { fromMinutes, toMinutes } from './plan.js'
import type { Desk } from './state.js'

const narrow = matchMedia('(max-width: 719px)')
const phone = signal(narrow.matches)
narrow.addEventListener('change', () => {
  phone.value = narrow.matches
})

const coarse = matchMedia('(pointer: coarse)')
const finger = signal(coarse.matches)
coarse.addEventListener('change', () => {
  finger.value = coarse.matches
})

/** Pixels of one slot: a finger's on a phone or a tablet, a mouse's on a desk. */
const rowOf = () => (phone.value || finger.value ? 46 : 25)
const MOVED_PX = 6

interface Drag {
  column: number
  minute: number
  toColumn: number
  toMinute: number
}

export function Week({ desk }: { desk: Desk }) {
  const { calendar, week, columns, zone, today, day } = desk
  const whole = useSignal(false)
  const drag = useSignal<Drag | null>(null)
  const pressed = useRef<{ x: number; y: number; column: number; minute: number } | null>(null)
  const swallowClick = useRef(false)
  const area = useRef<HTMLDivElement>(null)

  const slotMinutes = calendar.rules.value.slotMinutes
  const { first, last } = hoursShown(columns.value, whole.value)
  const pixel = rowOf() / slotMinutes
  const days = phone.value ? [day.value] : week.value
  const height = (last - first) * 60 * pixel

  function pointAt(event: PointerEvent): { column: number; minute: number } | null {
    const box = area.current?.getBoundingClientRect()
    if (box === undefined) return null
    const column = Math.floor(((event.clientX - box.left) / box.width) * days.length)
    const at = first * 60 + (event.clientY - box.top) / pixel
    const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value))
    return { column: clamp(column, 0, days.length - 1), minute: clamp(at, first * 60, last * 60 - 1) }
  }

  function down(event: PointerEvent) {
    swallowClick.current = false
    if (event.button !== 0 || event.pointerType === 'touch') return
    const point = pointAt(event)
    pressed.current = point && { x: event.clientX, y: event.clientY, ...point }
  }

  function move(event: PointerEvent) {
    const from = pressed.current
    if (from === null) return
    if (drag.value === null && Math.hypot(event.clientX - from.x, event.clientY - from.y) < MOVED_PX) return
    const point = pointAt(event)
    if (point === null) return
    area.current?.setPointerCapture(event.pointerId)
    event.preventDefault()
    drag.value = { column: from.column, minute: from.minute, toColumn: point.column, toMinute: point.minute }
  }

  function up() {
    pressed.current = null
    const done = drag.value
    drag.value = null
    if (done === null) return
    swallowClick.current = true
    const marked = markedBy(done, slotMinutes)
    desk.wish.value = {
      weekdays: marked.columns.map((column) => week.value.indexOf(days[column] ?? '')),
      spans: [{ from: fromMinutes(marked.from), to: fromMinutes(marked.to) }],
      weeks: 1,
    }
  }

  const mark = drag.value === null ? null : markedBy(drag.value, slotMinutes)
  return (
    <section class="desk-week" aria-label="Week">
      <div class="week-nav">
        <button
          type="button"
          class="icon-button"
          aria-label="Week before"
          onClick={() => {
            day.value = addDays(day.value, -7)
          }}
        >
          <Icon name="left" />
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            day.value = today.value
          }}
        >
          Today
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Week after"
          onClick={() => {
            day.value = addDays(day.value, 7)
          }}
        >
          <Icon name="right" />
        </button>
        <h2 aria-live="polite">{weekTitle(week.value)}</h2>
        <button
          type="button"
          class="button plain"
          aria-pressed={whole.value}
          onClick={() => {
            whole.value = !whole.value
          }}
        >
          {whole.value ? 'Working hours' : 'Whole day'}
        </button>
      </div>
      <div class="grid" data-phone={phone.value}>
        <div class="grid-heads">
          {week.value.map((name) => (
            <DayHead key={name} name={name} desk={desk} />
          ))}
        </div>
        <div class="grid-body" style={{ height: `${height}px` }}>
          <div class="grid-hours" aria-hidden="true">
            {Array.from({ length: last - first }, (_, index) => (
              <span key={first + index} class="num" style={{ top: `${index * 60 * pixel}px` }}>
                {hourName(first + index)}
              </span>
            ))}
          </div>
          {/* biome-ignore lint/a11y/useSemanticElements: it groups buttons by the days of a week, it is not a part of a form */}
          <div
            class="grid-area"
            role="group"
            aria-label="Times, arrow keys move between them"
            ref={area}
            style={{ '--hour': `${60 * pixel}px` }}
            onPointerDown={down}
            onPointerMove={move}
            onPointerUp={up}
            onPointerCancel={() => {
              pressed.current = null
              drag.value = null
            }}
            onClickCapture={(event) => {
              if (swallowClick.current) event.stopPropagation()
              swallowClick.current = false
            }}
            onKeyDown={(event) => {
              // Also before the card of the chosen time has the focus.
              if (event.key === 'Escape') desk.selected.value = null
              else walk(event, area.current)
            }}
          >
            {days.map((name, index) => (
              <div key={name} class="col" data-day={name} data-today={name === today.value}>
                <ul aria-label={words.value.day(name)}>
                  {(columns.value.get(name) ?? []).map((one) => (
                    <Cell
                      key={one.slot.id}
                      desk={desk}
                      placed={one}
                      top={(one.at - first * 60) * pixel}
                      height={slotMinutes * pixel}
                      tab={one.slot.id === tabStop(desk, days)}
                    />
                  ))}
                </ul>
                {desk.wish.value.weekdays.includes(week.value.indexOf(name)) &&
                  desk.wish.value.spans.map(({ from, to }) => {
                    const start = Math.max(first * 60, toMinutes(from))
                    const end = Math.min(last * 60, toMinutes(to) || 1440)
                    return end > start ? (
                      <div
                        key={`${from}${to}`}
                        class="ghost"
                        style={{
                          top: `${(start - first * 60) * pixel}px`,
                          height: `${(end - start) * pixel}px`,
                        }}
                      />
                    ) : null
                  })}
                {mark?.columns.includes(index) && (
                  <div
                    class="ghost now"
                    style={{
                      top: `${(mark.from - first * 60) * pixel}px`,
                      height: `${(mark.to - mark.from) * pixel}px`,
                    }}
                  >
                    <span class="ghost-label num">
                      {fromMinutes(mark.from)} – {fromMinutes(mark.to)}
                    </span>
                  </div>
                )}
                {name === today.value && <NowLine zone={zone} first={first} last={last} pixel={pixel} />}
              </div>
            ))}
          </div>
        </div>
      </div>
      <ul class="legend small quiet">
        <li data-state="open">open</li>
        <li data-state="held">held</li>
        <li data-state="confirmed">booked</li>
        <li data-state="withdrawn">withdrawn</li>
      </ul>
    </section>
  )
}

/** Whole slots, across days where the drag went across them. */
function markedBy({ column, minute, toColumn, toMinute }: Drag, slotMinutes: number) {
  const [a, b] = [Math.min(column, toColumn), Math.max(column, toColumn)]
  const [low, high] = [Math.min(minute, toMinute), Math.max(minute, toMinute)]
  return {
    columns: Array.from({ length: b - a + 1 }, (_, index) => a + index),
    from: Math.floor(low / slotMinutes) * slotMinutes,
    to: (Math.floor(high / slotMinutes) + 1) * slotMinutes,
  }
}

/** Hours of the wall clock, said as the locale does: "08:00", or "8 AM". */
function hourName(hour: number): string {
  return words.value.time(Date.UTC(2000, 0, 1, hour), 'UTC').replace(/:00(?= )/, '')
}

function weekTitle(week: string[]): string {
  const [first = '', last = ''] = [week[0], week.at(-1)]
  return `${words.value.day(first, 'short').replace(/^\w+,? /, '')} – ${words.value.day(last, 'short').replace(/^\w+,? /, '')} ${last.slice(0, 4)}`
}

function DayHead({ name, desk }: { name: string; desk: Desk }) {
  const change = clockChange(name, desk.zone)
  const free = (desk.columns.value.get(name) ?? []).filter(({ slot }) => slot.state === 'open').length
  return (
    <button
      type="button"
      class="day-head"
      aria-pressed={name === desk.day.value}
      data-today={name === desk.today.value}
      onClick={() => {
        desk.day.value = name
      }}
    >
      <span class="small">{words.value.day(name, 'weekday')}</span>
      <strong class="num">
        {Number(name.slice(8))}
        {change !== 0 && <sup aria-hidden="true">±</sup>}
      </strong>
      <span class="unseen">
        , {free} open{change === 0 ? '' : ', clocks change'}
      </span>
    </button>
  )
}

function NowLine({ zone, first, last, pixel }: { zone: string; first: number; last: number; pixel: number }) {
  const { hour, minute: past } = wallOf(minute.value, zone)
  const at = hour * 60 + past
  if (at < first * 60 || at > last * 60) return null
  return <div class="now-line" style={{ top: `${(at - first * 60) * pixel}px` }} />
}

interface CellProps {
  desk: Desk
  placed: Placed
  top: number
  height: number
  tab: boolean
}

function Cell({ desk, placed: { slot, fold, folded }, top, height, tab }: CellProps) {
  const face = faceOf(slot, undefined, desk.calendar.moment.value, ANY_TIME)
  return (
    <CellBox
      slot={slot}
      state={face.state}
      fold={folded ? fold : null}
      top={top}
      height={height}
      tab={tab}
      past={Date.parse(slot.end) <= minute.value}
      chosen={desk.selected.value === slot.id}
      time={words.value.time(Date.parse(slot.start), desk.zone)}
      onChoose={chooserOf(desk)}
    />
  )
}

const choosers = new WeakMap<Desk, (id: string) => void>()

/** One function for all cells of a desk, so that a cell is drawn again only when it changes. */
function chooserOf(desk: Desk): (id: string) => void {
  let choose = choosers.get(desk)
  if (choose === undefined) {
    choose = (id) => {
      desk.selected.value = id
      requestAnimationFrame(() => document.querySelector<HTMLElement>('.chosen h2')?.focus())
    }
    choosers.set(desk, choose)
  }
  return choose
}

interface CellBoxProps {
  slot: OwnSlot
  state: 'open' | 'held' | 'mine' | 'confirmed' | 'withdrawn'
  fold: 0 | 1 | null
  top: number
  height: number
  tab: boolean
  past: boolean
  chosen: boolean
  time: string
  onChoose: (id: string) => void
}

const stateWords = {
  open: 'open',
  held: 'held by',
  mine: 'held by',
  confirmed: 'booked by',
  withdrawn: 'withdrawn',
}

function CellBox(props: CellBoxProps) {
  const { slot, state, fold, top, height, tab, past, chosen, time, onChoose } = props
  const who = slot.reservation?.client.name ?? 'a client'
  const taken = state === 'held' || state === 'confirmed'
  return (
    <li style={{ top: `${top}px`, height: `${height}px` }} data-fold={fold ?? undefined}>
      <button
        type="button"
        class="cell"
        data-slot-id={slot.id}
        data-state={state}
        data-past={past || undefined}
        aria-pressed={chosen}
        title={taken ? `${time}, ${stateWords[state]} ${who}` : undefined}
        tabIndex={tab ? 0 : -1}
        onClick={() => onChoose(slot.id)}
      >
        <span class="num cell-time">{time}</span>
        <span class="unseen">, {stateWords[state]} </span>
        {taken && <span class="cell-who">{who}</span>}
        {state === 'held' && slot.expiresAt !== undefined && (
          <span class="cell-left num">
            <MinutesLeft until={Date.parse(slot.expiresAt)} />
            <span class="unseen"> left</span>
          </span>
        )}
      </button>
    </li>
  )
}

/**
 * Whole minutes of a hold, never more than there are: there is little room, and a glance needs no seconds; the card of
 * the chosen time has them. Written past the drawing, so that the week is not drawn again each second.
 */
function MinutesLeft({ until }: { until: number }) {
  const place = useRef<HTMLSpanElement>(null)
  useLayoutEffect(
    () =>
      effect(() => {
        const minutes = Math.floor((until - tick.value) / 60_000)
        const text = minutes < 1 ? '<1′' : `${minutes}′`
        if (place.current !== null && place.current.textContent !== text) place.current.textContent = text
      }),
    [until],
  )
  return <span ref={place} />
}

/** One stop for the Tab key in the whole week; arrows go on from there. */
function tabStop(desk: Desk, days: readonly string[]): string | undefined {
  const shown = days.flatMap((name) => desk.columns.value.get(name) ?? [])
  const chosen = shown.find(({ slot }) => slot.id === desk.selected.value)
  return (chosen ?? shown[0])?.slot.id
}

function walk(event: KeyboardEvent, area: HTMLElement | null): void {
  const from = event.target as HTMLElement
  if (area === null || !from.matches('.cell')) return
  const column = from.closest('.col')
  const inColumn = (one: Element | null | undefined) => [
    ...(one?.querySelectorAll<HTMLElement>('.cell') ?? []),
  ]
  const here = inColumn(column)
  const index = here.indexOf(from)
  const beside = (step: 1 | -1): HTMLElement | undefined => {
    let next = step === 1 ? column?.nextElementSibling : column?.previousElementSibling
    while (next && inColumn(next).length === 0)
      next = step === 1 ? next.nextElementSibling : next.previousElementSibling
    const top = from.getBoundingClientRect().top
    const distance = (one: HTMLElement) => Math.abs(one.getBoundingClientRect().top - top)
    return inColumn(next).sort((a, b) => distance(a) - distance(b))[0]
  }
  const ways: Record<string, () => HTMLElement | undefined> = {
    ArrowDown: () => here[index + 1],
    ArrowUp: () => here[index - 1],
    ArrowRight: () => beside(1),
    ArrowLeft: () => beside(-1),
    Home: () => here[0],
    End: () => here.at(-1),
  }
  const to = ways[event.key]?.()
  if (to === undefined) return
  event.preventDefault()
  to.focus()
}
