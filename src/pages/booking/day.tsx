/** The times of the chosen day: one row an hour, one column each quarter, so that a change moves nothing. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { addDays } from '../../domain/days.js'
import type { OwnSlot } from '../../schemas/common.js'
import { Icon } from '../shared/icons.jsx'
import { wallOfSlot } from '../shared/local-time.js'
import { words, zone } from '../shared/locale.js'
import { moveFocus } from '../shared/roving-focus.js'
import type { Face } from '../shared/slot-face.js'
import { filled } from '../shared/text/filled.jsx'
import { common } from '../shared/text.js'
import { cityOf, clockChange, sameWall, startOfDay } from '../shared/time.js'
import { TellMe } from '../waiting/tell-me.jsx'
import { chooseDay, day } from './address.js'
import { type Hour, hoursOf } from './days.js'
import { Slot, wordsOf } from './slot.jsx'
import {
  asking,
  days,
  faceNow,
  findNextFree,
  isKnown,
  mayComeFree,
  moving,
  nextFree,
  provider,
  service,
  showsStarts,
  stepMinutes,
  target,
  today,
  weeks,
} from './state.js'
import { text } from './text.js'

const HOUR_MS = 3_600_000

export function DayView() {
  const t = text.value.day
  const chosen = day.value
  const list = chosen === null ? [] : (days.value.get(chosen)?.slots ?? [])
  const steady = useSteady(list)
  const faces = new Map(steady.map((slot) => [slot.id, faceNow(slot)]))
  const shown = useShown(steady, faces)
  const field = useRef<HTMLElement>(null)
  /** Where the keyboard was last; the one time that Tab stops at. */
  const stop = useSignal<string | null>(null)
  const there = provider.value?.timeZone ?? zone.value
  if (chosen === null || (list.length === 0 && !isKnown(chosen))) return <Bones />
  const change = clockChange(chosen, zone.value)
  const visible = steady.filter(({ id }) => shown.has(id))
  const free = visible.find(({ id }) => faces.get(id)?.pressable)
  const kept = stop.value !== null && shown.has(stop.value) && faces.get(stop.value)?.pressable
  const tabStop = kept ? stop.value : free?.id
  const differs = visible.some((slot) => !sameWall(Date.parse(slot.start), zone.value, there))
  const columns = 60 / stepMinutes.value
  const drawn = (slot: OwnSlot, hour: Hour) => {
    const face = faces.get(slot.id) ?? faceNow(slot)
    const own = face.own !== null && face.own.slotIds.length > 1 ? face.own : null
    const isMoved = face.own !== null && face.own.id === moving.value?.id
    const inRow = hour.slots.filter(({ id }) => own?.slotIds.includes(id))
    return (
      <Slot
        key={slot.id}
        slot={slot}
        face={face}
        word={wordsOf(face, isMoved)}
        text={text.value.slot}
        tab={slot.id === tabStop}
        busy={asking.value.has(slot.id)}
        chosen={slot.id === target.value?.id}
        column={columnOf(slot)}
        span={isMoved ? 1 : columnOf(inRow.at(-1) ?? slot) - columnOf(slot) + 1}
        time={words.value.time(Date.parse(slot.start), zone.value)}
        end={own === null ? null : words.value.time(Date.parse(own.end), zone.value)}
        there={differs ? words.value.timeElsewhere(Date.parse(slot.start), zone.value, there) : null}
        offset={hour.twice ? words.value.offset(zone.value, Date.parse(slot.start)) : null}
        city={cityOf(there)}
      />
    )
  }
  return (
    <section
      class="times"
      aria-labelledby="day"
      ref={field}
      onKeyDown={(event) => moveFocus(event, field.current, 'button.slot')}
      onFocusIn={(event) => {
        stop.value = (event.target as HTMLElement).dataset.slotId ?? stop.value
      }}
    >
      <div class="times-head">
        <h2 id="day">{words.value.day(chosen)}</h2>
        <p class="quiet small">
          {visible.length === 0 ? '' : t.free({ count: days.value.get(chosen)?.free ?? 0 })}
        </p>
      </div>
      {change !== 0 && (
        <p class="note small">
          <Icon name="clock" />
          <span>
            {(change < 0 ? t.clocksForward : t.clocksBack)({
              span: words.value.duration(Math.abs(change) * HOUR_MS),
            })}
          </span>
        </p>
      )}
      {differs && (
        <p class="quiet small">{filled(t.twoZones, { here: cityOf(zone.value), there: cityOf(there) })}</p>
      )}
      {visible.length === 0 ? (
        <NoTimes isFull={list.length > 0} />
      ) : (
        hoursOf(steady, zone.value).map(({ part, hours }, index) => (
          <div key={`${part}${index}`} class="part">
            <h3>{common.value[part]}</h3>
            {hours.map((hour) => (
              <div key={hour.key} class="hour" data-columns={columns}>
                <Rest hour={hour} faces={faces} />
                {hour.slots.filter(({ id }) => shown.has(id)).map((slot) => drawn(slot, hour))}
                {!hour.slots.some(({ id }) => shown.has(id) || faces.get(id)?.own) && (
                  <p class="hour-none small quiet num">
                    {t.nothingFree({
                      time: words.value.time(Date.parse(hour.slots[0]?.start ?? ''), zone.value),
                    })}
                  </p>
                )}
              </div>
            ))}
          </div>
        ))
      )}
      {visible.length > 0 && (days.value.get(chosen)?.free ?? 0) === 0 && <Wait />}
    </section>
  )
}

function columnOf(slot: OwnSlot): number {
  return Math.floor(wallOfSlot(slot, zone.value).minute / stepMinutes.value) + 1
}

/** Of an own appointment that began in an earlier hour: the room that it takes in this one. */
function Rest({ hour, faces }: { hour: Hour; faces: ReadonlyMap<string, Face> }) {
  const members = hour.slots.filter(({ id }) => {
    const own = faces.get(id)?.own
    return own && !hour.slots.some((slot) => slot.id === own.slotId)
  })
  const [first] = members
  const last = members.at(-1)
  if (first === undefined || last === undefined) return null
  return (
    <div
      class="slot slot-rest"
      aria-hidden="true"
      data-column={columnOf(first)}
      data-span={columnOf(last) - columnOf(first) + 1}
    >
      <span class="slot-word num">
        {text.value.day.restTo({ time: words.value.time(Date.parse(last.end), zone.value) })}
      </span>
    </div>
  )
}

/**
 * Which of the day's times stand on the screen. Of an appointment only the starts at which it fits, and those at which it
 * did while the day was looked at: what somebody else takes stays in its place and says so. Of an own one its first slot.
 */
function useShown(slots: OwnSlot[], faces: ReadonlyMap<string, Face>): ReadonlySet<string> {
  const key = `${day.value} ${zone.value} ${service.value?.id} ${moving.value?.id}`
  const seen = useRef({ key, ids: new Set<string>() })
  if (seen.current.key !== key) seen.current = { key, ids: new Set() }
  const shown = new Set<string>()
  for (const { id } of slots) {
    const face = faces.get(id)
    if (face?.own) {
      if (face.own.slotId === id) shown.add(id)
      continue
    }
    if (face?.pressable) seen.current.ids.add(id)
    if (!showsStarts.value || seen.current.ids.has(id)) shown.add(id)
  }
  return shown
}

/** While a finger is down, times neither come nor go: the one under it stays under it. Faces still change. */
function useSteady(list: OwnSlot[]): OwnSlot[] {
  const pressing = useSignal(false)
  const kept = useRef(list)
  useEffect(() => {
    const down = () => {
      pressing.value = true
    }
    const up = () => {
      pressing.value = false
    }
    addEventListener('pointerdown', down)
    for (const name of ['pointerup', 'pointercancel']) addEventListener(name, up)
    return () => {
      removeEventListener('pointerdown', down)
      for (const name of ['pointerup', 'pointercancel']) removeEventListener(name, up)
    }
  }, [pressing])
  const sameDay = kept.current[0] !== undefined && list.some((slot) => slot.id === kept.current[0]?.id)
  if (!pressing.value || !sameDay) kept.current = list
  else {
    const now = new Map(list.map((slot) => [slot.id, slot]))
    kept.current = kept.current.map((slot) => now.get(slot.id) ?? slot)
  }
  return kept.current
}

function NoTimes({ isFull }: { isFull: boolean }) {
  const next = nextFree.value
  const chosen = day.value
  const isBefore = next != null && chosen !== null && wallOfSlot(next, zone.value).day < chosen
  useEffect(() => {
    if (next === undefined && chosen !== null) void findNextFree(startOfDay(addDays(chosen, 1), zone.value))
  }, [next, chosen])
  return (
    <div class="card empty">
      <Icon name="calendar" />
      <p>
        <strong>{isFull ? text.value.day.full : text.value.day.none}</strong>
      </p>
      {next ? (
        <button
          type="button"
          class="button main"
          onClick={() => chooseDay(wallOfSlot(next, zone.value).day, true)}
        >
          {(isBefore ? text.value.day.freeBefore : common.value.nextFree)({
            time: words.value.moment(Date.parse(next.start), zone.value),
          })}
        </button>
      ) : (
        <p class="quiet">{next === null ? text.value.day.noneForLong : '\u00a0'}</p>
      )}
      <Wait />
    </div>
  )
}

/** The day that is shown, and the days of the month beside it. */
function Wait() {
  const chosen = day.value
  const shown = weeks.value.flat()
  const [first, last] = [shown[0], shown.at(-1)]
  if (chosen === null || first === undefined || last === undefined || moving.value !== null) return null
  const firstShown = [first, today.value].toSorted()[1] ?? first
  const span = (from: string, to: string) => ({
    from: startOfDay(from, zone.value),
    to: startOfDay(addDays(to, 1), zone.value),
  })
  return (
    <TellMe
      providerId={provider.value?.id ?? ''}
      serviceId={service.value?.id}
      day={span(chosen, chosen)}
      weeks={{ ...span(firstShown, last), inWords: words.value.span(firstShown, last) }}
      isOffered={mayComeFree(chosen)}
    />
  )
}

function Bones() {
  return (
    <div class="times" aria-hidden="true">
      <div class="bone bone-title" />
      {[0, 1, 2, 3, 4].map((row) => (
        <div key={row} class="hour" data-columns={4}>
          {[0, 1, 2, 3].map((cell) => (
            <div key={cell} class="bone slot-bone" />
          ))}
        </div>
      ))}
    </div>
  )
}
