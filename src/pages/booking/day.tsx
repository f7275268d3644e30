/** The times of the chosen day: one row an hour, one column each quarter, so that a change moves nothing. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { OwnSlot } from '../../schemas/common.js'
import { Countdown } from '../shared/countdown.jsx'
import { Icon } from '../shared/icons.jsx'
import { wallOfSlot } from '../shared/local-time.js'
import { words, zone } from '../shared/locale.js'
import { moveFocus } from '../shared/roving-focus.js'
import { account } from '../shared/session.js'
import { askToSignIn } from '../shared/sign-in.jsx'
import type { Face } from '../shared/slot-face.js'
import { cityOf, clockChange, sameWall } from '../shared/time.js'
import { chooseDay, day } from './address.js'
import { hoursOf } from './days.js'
import { asking, calendar, days, faceNow, findNextFree, isKnown, nextFree, provider, take } from './state.js'

export function DayView() {
  const chosen = day.value
  const list = chosen === null ? [] : (days.value.get(chosen)?.slots ?? [])
  const shown = useSteady(list)
  const field = useRef<HTMLElement>(null)
  /** Where the keyboard was last; the one time that Tab stops at. */
  const stop = useSignal<string | null>(null)
  const waiting = chosen === null || (list.length === 0 && !isKnown(chosen))
  const there = provider.value?.timeZone ?? zone.value
  const minutes = calendar.rules.value.slotMinutes
  if (waiting) return <Bones />
  const change = clockChange(chosen, zone.value)
  const faces = new Map(shown.map((slot) => [slot.id, facesOf(slot)]))
  const free = shown.find((slot) => faces.get(slot.id)?.face.pressable)
  const kept = stop.value !== null && faces.get(stop.value)?.face.pressable
  const tabStop = kept ? stop.value : free?.id
  const differs = shown.some((slot) => !sameWall(Date.parse(slot.start), zone.value, there))
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
        <p class="quiet small">{list.length === 0 ? '' : `${days.value.get(chosen)?.free ?? 0} free`}</p>
      </div>
      {change !== 0 && (
        <p class="note small">
          <Icon name="clock" />
          <span>
            Clocks go {change < 0 ? 'forward' : 'back'} {changeInWords(change)} this night; the times here are
            right for it.
          </span>
        </p>
      )}
      {differs && (
        <p class="quiet small">
          Large is your time, {cityOf(zone.value)}. Small is {cityOf(there)}, where the provider works.
        </p>
      )}
      {list.length === 0 ? (
        <NoTimes />
      ) : (
        hoursOf(shown, zone.value).map(({ part, hours }, index) => (
          <div key={`${part}${index}`} class="part">
            <h3>{part}</h3>
            {hours.map((hour) => (
              <div key={hour.key} class="hour" data-columns={60 / minutes}>
                {hour.slots.map((slot) => (
                  <Slot
                    key={slot.id}
                    slot={slot}
                    {...(faces.get(slot.id) ?? facesOf(slot))}
                    tab={slot.id === tabStop}
                    busy={asking.value.has(slot.id)}
                    column={Math.floor(wallOfSlot(slot, zone.value).minute / minutes) + 1}
                    time={words.value.time(Date.parse(slot.start), zone.value)}
                    there={
                      differs ? words.value.timeElsewhere(Date.parse(slot.start), zone.value, there) : null
                    }
                    offset={hour.twice ? words.value.offset(zone.value, Date.parse(slot.start)) : null}
                    city={cityOf(there)}
                  />
                ))}
              </div>
            ))}
          </div>
        ))
      )}
    </section>
  )
}

function changeInWords(hours: number): string {
  const minutes = Math.abs(hours) * 60
  return minutes === 60 ? 'an hour' : `${minutes} minutes`
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

interface SlotProps {
  slot: OwnSlot
  face: Face
  word: Word
  busy: boolean
  tab: boolean
  column: number
  time: string
  there: string | null
  offset: string | null
  city: string
}

/**
 * Reads no signal while it is drawn, and is drawn again with its day. A component that sits out a drawing keeps, through
 * its parents, each tree it ever stood in: on a busy day that was 8 KB for each event.
 */
function Slot({ slot, face, word: words, busy, tab, column, time, there, offset, city }: SlotProps) {
  // What was a button stays one while it is on the screen, or the keyboard would lose its place when a rival is faster.
  const button = useRef(false)
  if (face.pressable) button.current = true
  const isFree = face.state === 'open' && face.pressable
  // What is seen is also what is called by name; the rest is for ears only.
  const rest = busy ? '' : isFree ? (there === null ? '' : ` in ${city}, free`) : words.rest
  const common = {
    class: 'slot',
    'data-slot-id': slot.id,
    'data-state': face.state,
    'data-soon': face.tooSoon || face.tooFar || undefined,
    'data-own': face.own !== null || undefined,
    'data-column': column,
    'data-busy': busy || undefined,
  }
  const inside = (
    <>
      <span class="slot-time num">
        {time.split(' ')[0]}
        {time.includes(' ') && <small> {time.split(' ')[1]}</small>}
        {offset !== null && <small> {offset}</small>}
        <span class="unseen">, </span>
      </span>
      <span class="slot-word num" data-wraps={isFree && there?.includes(',') ? true : undefined}>
        {busy ? (
          'asking …'
        ) : face.state === 'mine' && face.own?.expiresAt !== undefined ? (
          <>
            yours <Countdown until={Date.parse(face.own.expiresAt)} />
          </>
        ) : (
          <>
            {words.icon !== null && <Icon name={words.icon} />}
            {isFree ? (there ?? 'free') : words.short}
          </>
        )}
      </span>
      {rest !== '' && <span class="unseen">{rest}</span>}
    </>
  )
  if (!button.current) {
    return <div {...common}>{inside}</div>
  }
  return (
    <button
      {...common}
      type="button"
      aria-disabled={face.pressable ? undefined : true}
      aria-busy={busy || undefined}
      tabIndex={tab ? 0 : -1}
      onClick={() => press(slot, face)}
    >
      {inside}
    </button>
  )
}

function facesOf(slot: OwnSlot): { face: Face; word: Word } {
  const face = faceNow(slot)
  return { face, word: wordsOf(face) }
}

/** The word in the cell, and what ears need besides. */
interface Word {
  short: string
  rest: string
  icon: 'wait' | 'check' | 'clock' | 'close' | null
}

function wordsOf(face: Face): Word {
  if (face.own?.status === 'confirmed') return { short: 'yours', rest: ', booked by you', icon: 'check' }
  if (face.state === 'mine') return { short: 'yours', rest: ' left, press to confirm it', icon: null }
  if (face.state === 'held') {
    if (face.freeAt === null) return { short: 'held', rest: ' by someone', icon: 'wait' }
    // Not in the cell: "till 22:24" reads like the end of the appointment.
    const until = words.value.time(face.freeAt, zone.value)
    return { short: 'held', rest: ` by someone, may come free at ${until}`, icon: 'wait' }
  }
  if (face.state === 'confirmed') return { short: 'booked', rest: '', icon: 'check' }
  if (face.state === 'withdrawn') return { short: 'withdrawn', rest: ', no longer offered', icon: 'close' }
  if (face.tooSoon) return { short: 'too soon', rest: ' to book', icon: 'clock' }
  if (face.tooFar) return { short: 'not yet', rest: ' to be booked', icon: 'clock' }
  return { short: 'free', rest: '', icon: null }
}

function press(slot: OwnSlot, face: Face): void {
  if (!face.pressable) return
  if (face.own !== null) {
    const card = document.querySelector<HTMLElement>(`[data-reservation="${face.own.id}"]`)
    const place = card?.querySelector<HTMLElement>('h3') ?? card?.closest('section')?.querySelector('a')
    place?.focus()
    return
  }
  if (account.value !== null) {
    void takeAndShow(slot)
    return
  }
  askToSignIn({
    title: `Hold ${words.value.time(Date.parse(slot.start), zone.value)}`,
    why: () => <Chosen id={slot.id} />,
    done: () => void takeAndShow(slot),
  })
}

export async function takeAndShow(slot: { id: string; start: string }): Promise<void> {
  await take(slot)
  // The card for it (or the kind word) is drawn by now; that is where the reader goes on.
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.panel [data-first] h3')?.focus())
}

/** Above the sign-in form: the chosen time, and the truth about it while the form is being filled. */
function Chosen({ id }: { id: string }) {
  const slot = calendar.seen.value.slots.get(id)
  const face = slot === undefined ? null : faceNow(slot)
  const minutes = Math.round(calendar.rules.value.holdSeconds / 60)
  const lost = face === null || face.state !== 'open'
  return (
    <p class={lost ? 'note warn' : 'note'} role="status">
      <Icon name={lost ? 'alert' : 'calendar'} />
      <span>
        {slot !== undefined && (
          <strong>
            {words.value.dayOfInstant(Date.parse(slot.start), zone.value)},{' '}
            {words.value.time(Date.parse(slot.start), zone.value)}
          </strong>
        )}{' '}
        {lost
          ? 'was taken by someone a moment ago. Go on, and we show you the nearest free times.'
          : `is free. As soon as you are signed in it is held for you for ${minutes} minutes.`}
      </span>
    </p>
  )
}

function NoTimes() {
  const next = nextFree.value
  useEffect(() => {
    if (nextFree.value === undefined) void findNextFree()
  }, [])
  return (
    <div class="card empty">
      <Icon name="calendar" />
      <p>
        <strong>No times on this day.</strong>
      </p>
      {next ? (
        <button
          type="button"
          class="button main"
          onClick={() => chooseDay(wallOfSlot(next, zone.value).day, true)}
        >
          Next free: {words.value.day(wallOfSlot(next, zone.value).day, 'short')},{' '}
          {words.value.time(Date.parse(next.start), zone.value)}
        </button>
      ) : (
        <p class="quiet">
          {next === null
            ? 'Nothing is free in the next two months. Times appear here as they are published.'
            : '\u00a0'}
        </p>
      )}
    </div>
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
