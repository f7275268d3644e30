/**
 * The week as a grid of the provider's wall clock; on a phone one day of it. A drag over it marks time, a drag of an
 * appointment moves it. Days on which nothing happens fold, so that names have room on the others.
 */

import { effect, signal, useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { addDays } from '../../domain/days.js'
import { SLOT_MS } from '../../domain/grid.js'
import { minutesOf, timeOfDay } from '../../domain/schedule.js'
import type { OwnSlot } from '../../schemas/common.js'
import type { Reservation } from '../../schemas/reservations.js'
import { Icon } from '../shared/icons.jsx'
import { isRightToLeft } from '../shared/language.js'
import { words } from '../shared/locale.js'
import { minute, tick } from '../shared/now.js'
import { outcomeWord } from '../shared/outcome.jsx'
import { clockChange, dayOf, instantOf, wallOf } from '../shared/time.js'
import { focusSoon } from './appointment.jsx'
import { hoursShown } from './grid.js'
import { keepPlace, putDown } from './move-card.jsx'
import type { Desk } from './state.js'
import { text } from './text.js'
import type { Tile } from './tiles.js'

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
const rowOf = () => (phone.value || finger.value ? 46 : 28)
const MOVED_PX = 6
/** Of a day that is folded: a finger's width. */
const FOLDED = '44px'

interface Drag {
  column: number
  minute: number
  toColumn: number
  toMinute: number
}

interface Pressed {
  x: number
  y: number
  column: number
  minute: number
  /** The appointment below the pointer, and how far below its start it was taken. */
  grabbed: { tile: Tile; by: number } | null
  isMoving?: boolean
}

const noDays: ReadonlySet<string> = new Set()

export function Week({ desk }: { desk: Desk }) {
  const { calendar, week, columns, zone, today, day } = desk
  const texts = text.value.week
  const whole = useSignal(false)
  const drag = useSignal<Drag | null>(null)
  const pressed = useRef<Pressed | null>(null)
  const swallowClick = useRef(false)
  const area = useRef<HTMLDivElement>(null)

  const slotMinutes = calendar.rules.value.slotMinutes
  const { move } = desk
  const wanted = move.subject.value === null ? null : wallOf(move.to.value, zone)
  const length = (move.subject.value?.shape.visit ?? 0) * slotMinutes
  const ghostAt = wanted === null ? 0 : wanted.hour * 60 + wanted.minute
  const { first, last } = hoursShown(
    columns.value,
    whole.value,
    wanted === null ? [] : [ghostAt, ghostAt + length],
  )
  const pixel = rowOf() / slotMinutes
  const days = phone.value ? [day.value] : week.value
  const height = (last - first) * 60 * pixel
  const folded = phone.value ? noDays : desk.folded.value
  const template = days.map((name) => (folded.has(name) ? FOLDED : 'minmax(0, 1fr)')).join(' ')

  function pointAt(event: PointerEvent): { column: number; minute: number } | null {
    const box = area.current?.getBoundingClientRect()
    if (area.current === null || box === undefined) return null
    const columns = [...area.current.querySelectorAll('.col')].map((one) => one.getBoundingClientRect())
    const column = columns.findIndex(({ left, right }) =>
      isRightToLeft() ? event.clientX >= left : event.clientX < right,
    )
    const at = first * 60 + (event.clientY - box.top) / pixel
    const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value))
    return {
      column: column === -1 ? days.length - 1 : column,
      minute: clamp(at, first * 60, last * 60 - 1),
    }
  }

  /** The instant of a place on the week, on the grid; null where clocks change and it is none or two. */
  function instantAt(column: number, at: number): number | null {
    const time = timeOfDay(Math.round(at / slotMinutes) * slotMinutes)
    const found = instantOf(days[column] ?? day.value, time, zone)
    return found.ok ? found.instant : null
  }

  function down(event: PointerEvent) {
    swallowClick.current = false
    if (event.button !== 0 || event.pointerType === 'touch') return
    const point = pointAt(event)
    const tile = tileUnder(desk, event.target as HTMLElement)
    const isMovable = tile?.slot.reservation !== undefined && Date.parse(tile.slot.start) > minute.value
    const grabbed = isMovable && point !== null ? { tile, by: point.minute - tile.at } : null
    pressed.current = point && { x: event.clientX, y: event.clientY, ...point, grabbed }
  }

  function dragged(event: PointerEvent) {
    const from = pressed.current
    if (from === null) return
    const isFar = Math.hypot(event.clientX - from.x, event.clientY - from.y) >= MOVED_PX
    if (drag.value === null && !from.isMoving && !isFar) return
    const point = pointAt(event)
    if (point === null) return
    area.current?.setPointerCapture(event.pointerId)
    event.preventDefault()
    const { grabbed } = from
    if (grabbed === null) {
      if (move.subject.value !== null) return
      const { column, minute } = from
      drag.value = { column, minute, toColumn: point.column, toMinute: point.minute }
      return
    }
    const { reservation } = grabbed.tile.slot
    if (!from.isMoving && reservation !== undefined) {
      if (!move.begin(reservation.id, reservation.client.name || text.value.aClient)) return
      from.isMoving = true
      desk.selected.value = { slotId: grabbed.tile.slot.id, reservationId: reservation.id }
    }
    const to = instantAt(point.column, point.minute - grabbed.by)
    if (to !== null) move.goTo(to)
  }

  function up() {
    const wasMoving = pressed.current?.isMoving === true
    pressed.current = null
    if (wasMoving) {
      swallowClick.current = true
      // Escape has taken it back, or where it would go it cannot: it stays, and the card has said why.
      if (move.subject.value === null) return
      if (move.fit.value === 'fits') void putDown(desk)
      else move.keep()
      return
    }
    const done = drag.value
    drag.value = null
    if (done === null) return
    swallowClick.current = true
    const marked = markedBy(done, slotMinutes)
    desk.wish.value = {
      weekdays: marked.columns.map((column) => week.value.indexOf(days[column] ?? '')),
      spans: [{ from: timeOfDay(marked.from), to: timeOfDay(marked.to) }],
      weeks: 1,
    }
    desk.byHand.value = true
  }

  /** While an appointment is on its way, a press says where it is to go. */
  function pressDuringMove(event: MouseEvent) {
    const isGhost = (event.target as HTMLElement).closest('.move-ghost') !== null
    if (move.subject.value === null || isGhost) return
    event.stopPropagation()
    const point = pointAt(event as PointerEvent)
    const tile = tileUnder(desk, event.target as HTMLElement)
    const column = (event.target as HTMLElement).closest<HTMLElement>('.col')?.dataset.day
    const there =
      tile !== undefined
        ? Date.parse(tile.slot.start)
        : point && column !== undefined
          ? instantAt(days.indexOf(column), Math.floor(point.minute / slotMinutes) * slotMinutes)
          : null
    if (there !== null) move.goTo(there)
  }

  const mark = drag.value === null ? null : markedBy(drag.value, slotMinutes)
  const stop = tabStop(desk, days)
  return (
    <section class="desk-week" aria-label={texts.title}>
      <div class="week-nav">
        <button
          type="button"
          class="icon-button"
          aria-label={texts.before}
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
          {texts.today}
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={texts.after}
          onClick={() => {
            day.value = addDays(day.value, 7)
          }}
        >
          <Icon name="right" />
        </button>
        <h2 aria-live="polite">
          {words.value.span(week.value[0] ?? day.value, week.value.at(-1) ?? day.value)}
        </h2>
        <button
          type="button"
          class="button plain"
          aria-pressed={whole.value}
          onClick={() => {
            whole.value = !whole.value
          }}
        >
          {whole.value ? texts.workingHours : texts.wholeDay}
        </button>
      </div>
      <div class="grid" data-phone={phone.value}>
        <div class="grid-heads" style={{ gridTemplateColumns: phone.value ? '' : template }}>
          {week.value.map((name) => (
            <DayHead key={name} name={name} desk={desk} folded={folded.has(name)} />
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
            aria-label={texts.times}
            ref={area}
            data-moving={move.subject.value !== null || undefined}
            style={{ '--hour': `${60 * pixel}px`, gridTemplateColumns: template }}
            onPointerDown={down}
            onPointerMove={dragged}
            onPointerUp={up}
            onPointerCancel={() => {
              if (pressed.current?.isMoving) move.keep()
              pressed.current = null
              drag.value = null
            }}
            onClickCapture={(event) => {
              if (swallowClick.current) event.stopPropagation()
              else pressDuringMove(event)
              swallowClick.current = false
            }}
            onKeyDown={(event) => {
              // Also before the card of the chosen time has the focus.
              if (event.key !== 'Escape') walk(event, area.current)
              else if (move.subject.value !== null) keepPlace(desk)
              else desk.selected.value = null
            }}
          >
            {days.map((name, index) => (
              <div
                key={name}
                class="col"
                data-day={name}
                data-today={name === today.value}
                data-folded={folded.has(name) || undefined}
                style={{ gridColumn: `${index + 1}` }}
              >
                <ul aria-label={words.value.day(name)}>
                  {(folded.has(name) ? [] : (desk.tiles.value.get(name) ?? [])).map((one) => (
                    <Cell
                      key={one.slot.id}
                      desk={desk}
                      tile={one}
                      top={(one.at - first * 60) * pixel}
                      row={slotMinutes * pixel}
                      tab={one.slot.id === stop}
                    />
                  ))}
                </ul>
                {desk.wish.value.weekdays.includes(week.value.indexOf(name)) &&
                  desk.wish.value.spans.map(({ from, to }) => {
                    const start = Math.max(first * 60, minutesOf(from))
                    const end = Math.min(last * 60, minutesOf(to) || 1440)
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
                      {wallTime(mark.from)} – {wallTime(mark.to)}
                    </span>
                  </div>
                )}
                {name === today.value && <NowLine zone={zone} first={first} last={last} pixel={pixel} />}
              </div>
            ))}
            {wanted !== null && days.includes(wanted.day) && (
              <MoveGhost
                desk={desk}
                column={days.indexOf(wanted.day) + 1}
                top={(ghostAt - first * 60) * pixel}
                height={length * pixel}
                slotMinutes={slotMinutes}
              />
            )}
          </div>
        </div>
      </div>
      <ul class="legend small quiet">
        {states.map((state) => (
          <li key={state} data-state={state}>
            {text.value.states[state]}
          </li>
        ))}
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

/** Minutes of the wall clock as the reader's clock has them. */
function wallTime(minutes: number): string {
  return words.value.time(Date.UTC(2000, 0, 1, 0, minutes), 'UTC')
}

/** Hours of the wall clock, said as the locale does: "08:00", or "8 AM". */
function hourName(hour: number): string {
  return wallTime(hour * 60).replace(/[:٫](?:00|٠٠)(?= )/, '')
}

function DayHead({ name, desk, folded }: { name: string; desk: Desk; folded: boolean }) {
  const change = clockChange(name, desk.zone)
  const texts = text.value.week
  const free = (desk.tiles.value.get(name) ?? []).filter(({ state }) => state === 'open').length
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
      <span class="small">{words.value.day(name, 'column')}</span>
      <strong class="num">
        {words.value.number(Number(name.slice(8)))}
        {change !== 0 && <sup aria-hidden="true">±</sup>}
      </strong>
      <span class="unseen">
        {words.value.comma}
        {folded ? texts.nothing : texts.open({ count: free })}
        {change === 0 ? '' : `${words.value.comma}${texts.clocksChange}`}
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
  tile: Tile
  top: number
  /** Pixels of a slot. */
  row: number
  tab: boolean
}

function Cell({ desk, tile, top, row, tab }: CellProps) {
  const { slot, state, fold, folded, slots, before, after } = tile
  const { reservation } = slot
  const isTaken = state === 'held' || state === 'confirmed'
  const chosen = desk.selected.value
  return (
    <CellBox
      slot={slot}
      state={state}
      booked={isTaken && reservation ? desk.reservations.byId.value.get(reservation.id) : undefined}
      fold={folded ? fold : null}
      top={top}
      row={row}
      slots={slots}
      before={before}
      after={after}
      tab={tab}
      past={Date.parse(slot.start) + slots * SLOT_MS <= minute.value}
      chosen={
        chosen !== null &&
        (isTaken && chosen.reservationId !== undefined
          ? chosen.reservationId === reservation?.id
          : chosen.slotId === slot.id)
      }
      leaves={isTaken && desk.move.subject.value?.own.id === reservation?.id}
      time={words.value.time(Date.parse(slot.start), desk.zone)}
      onChoose={chooserOf(desk)}
    />
  )
}

const choosers = new WeakMap<Desk, (slot: OwnSlot, state: Tile['state']) => void>()

/** One function for all cells of a desk, so that a cell is drawn again only when it changes. */
function chooserOf(desk: Desk): (slot: OwnSlot, state: Tile['state']) => void {
  let choose = choosers.get(desk)
  if (choose === undefined) {
    choose = (slot, state) => {
      const { reservation } = slot
      const isTaken = (state === 'held' || state === 'confirmed') && reservation !== undefined
      desk.move.forgetLast()
      desk.selected.value = { slotId: slot.id, ...(isTaken && { reservationId: reservation.id }) }
      // A name is what comes next; on a phone the keyboard would cover what was pressed.
      const isToBook = state === 'open' && !finger.value && Date.parse(slot.start) > minute.value
      focusSoon(isToBook ? '.chosen [data-first]' : '.chosen h2')
    }
    choosers.set(desk, choose)
  }
  return choose
}

interface CellBoxProps {
  slot: OwnSlot
  state: Tile['state']
  /** All that is known of the appointment, once it is. */
  booked: Reservation | undefined
  fold: 0 | 1 | null
  top: number
  row: number
  slots: number
  before: number
  after: number
  tab: boolean
  past: boolean
  chosen: boolean
  /** It is on its way to another time. */
  leaves: boolean
  time: string
  onChoose: (slot: OwnSlot, state: Tile['state']) => void
}

const states = ['open', 'held', 'confirmed', 'withdrawn'] as const

/** How many lines of text have room in so many pixels. */
const linesIn = (pixels: number) => Math.floor((pixels - 6) / 16)
/** A longer name takes two of them. */
const SHORT_NAME = 16

function CellBox(props: CellBoxProps) {
  const { slot, state, booked, fold, top, row, slots, before, after, tab, past, chosen, time } = props
  const who = slot.reservation?.client.name || text.value.aClient
  const isTaken = state === 'held' || state === 'confirmed'
  const { states, statesBy, week } = text.value
  const stateWords = isTaken ? statesBy[state] : states[state]
  const { phone, note } = booked?.contact ?? {}
  const service = booked?.serviceName
  const more = [service, phone, note].filter((one) => one !== undefined)
  const height = slots * row
  const isTall = isTaken && slots > 1
  // One line is the time, one or two the name.
  const spare = Math.max(0, linesIn(height) - (who.length > SHORT_NAME ? 3 : 2))
  return (
    <>
      {before > 0 && (
        <li class="buffer" style={{ top: `${top - before * row}px`, height: `${before * row}px` }} />
      )}
      <li style={{ top: `${top}px`, height: `${height}px` }} data-fold={fold ?? undefined}>
        <button
          type="button"
          class="cell"
          data-slot-id={slot.id}
          data-state={state}
          data-past={past || undefined}
          data-tall={isTall || undefined}
          data-outcome={booked?.outcome}
          data-leaves={props.leaves || undefined}
          aria-pressed={chosen}
          title={isTaken ? words.value.list([time, `${stateWords} ${who}`, ...more]) : undefined}
          tabIndex={tab ? 0 : -1}
          onClick={() => props.onChoose(slot, state)}
        >
          <span class="num cell-time">{time}</span>
          <span class="unseen">
            {words.value.comma}
            {stateWords}{' '}
          </span>
          {isTaken && (
            <span class="cell-who" dir="auto">
              {who}
            </span>
          )}
          {booked?.outcome !== undefined && (
            <span class="cell-outcome">
              <Icon name={booked.outcome === 'arrived' ? 'check' : 'close'} />
              <span class="unseen">
                {words.value.comma}
                {outcomeWord(booked.outcome)}
              </span>
            </span>
          )}
          {state === 'held' && slot.expiresAt !== undefined && (
            <span class="cell-left num">
              <MinutesLeft until={Date.parse(slot.expiresAt)} />
              <span class="unseen"> {week.left}</span>
            </span>
          )}
          {isTall &&
            more.slice(0, spare).map((one) => (
              <bdi key={one} class="cell-more">
                {one}
              </bdi>
            ))}
        </button>
      </li>
      {after > 0 && <li class="buffer" style={{ top: `${top + height}px`, height: `${after * row}px` }} />}
    </>
  )
}

interface MoveGhostProps {
  desk: Desk
  column: number
  top: number
  height: number
  slotMinutes: number
}

/** Where the appointment would go. It has the keyboard: arrows take it along, Enter puts it down, Escape leaves it. */
function MoveGhost({ desk, column, top, height, slotMinutes }: MoveGhostProps) {
  const { move } = desk
  const fit = move.fit.value
  const ways: Record<string, () => void> = {
    ArrowDown: () => move.stepMinutes(slotMinutes),
    ArrowUp: () => move.stepMinutes(-slotMinutes),
    ArrowRight: () => move.stepDays(isRightToLeft() ? -1 : 1),
    ArrowLeft: () => move.stepDays(isRightToLeft() ? 1 : -1),
    PageDown: () => move.stepDays(7),
    PageUp: () => move.stepDays(-7),
  }
  return (
    <button
      type="button"
      class="move-ghost"
      data-fit={fit}
      style={{ gridColumn: `${column}`, marginTop: `${top}px`, height: `${height}px` }}
      onKeyDown={(event) => {
        const way = ways[event.key]
        if (way === undefined) return
        event.preventDefault()
        event.stopPropagation()
        way()
      }}
      onClick={() => void putDown(desk)}
    >
      <strong dir="auto">{move.subject.value?.name}</strong>
      <span class="num"> {words.value.time(move.to.value, desk.zone)}</span>
      <span class="unseen">
        {words.value.comma}
        {words.value.day(dayOf(move.to.value, desk.zone))}. {text.value.move.fit[fit]}
      </span>
    </button>
  )
}

function tileUnder(desk: Desk, target: HTMLElement): Tile | undefined {
  const id = target.closest<HTMLElement>('.cell')?.dataset.slotId
  const day = target.closest<HTMLElement>('.col')?.dataset.day
  return (desk.tiles.value.get(day ?? '') ?? []).find(({ slot }) => slot.id === id)
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
        const count = minutes < 1 ? `<${words.value.number(1)}` : words.value.number(minutes)
        const left = text.value.week.minutes({ count })
        if (place.current !== null && place.current.textContent !== left) place.current.textContent = left
      }),
    [until],
  )
  return <span ref={place} />
}

/** One stop for the Tab key in the whole week; arrows go on from there. */
function tabStop(desk: Desk, days: readonly string[]): string | undefined {
  const shown = days.flatMap((name) => desk.tiles.value.get(name) ?? [])
  const chosen = shown.find(({ slot }) => slot.id === desk.selected.value?.slotId)
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
    ArrowRight: () => beside(isRightToLeft() ? -1 : 1),
    ArrowLeft: () => beside(isRightToLeft() ? 1 : -1),
    Home: () => here[0],
    End: () => here.at(-1),
  }
  const to = ways[event.key]?.()
  if (to === undefined) return
  event.preventDefault()
  to.focus()
}
