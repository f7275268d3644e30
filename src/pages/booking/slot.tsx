/** One time on the screen: a slot, the start of an appointment, or an own appointment as one block. */
import { useRef } from 'preact/hooks'
import type { OwnSlot } from '../../schemas/common.js'
import { Countdown } from '../shared/countdown.jsx'
import { Icon } from '../shared/icons.jsx'
import { words, zone } from '../shared/locale.js'
import type { Face } from '../shared/slot-face.js'
import { press } from './take.jsx'
import type { BookingTexts } from './text/en.js'
import { text } from './text.js'

export interface SlotProps {
  slot: OwnSlot
  face: Face
  word: Word
  text: BookingTexts['slot']
  busy: boolean
  /** Chosen as the time to move to. */
  chosen: boolean
  tab: boolean
  column: number
  /** How many columns an own appointment takes in the row that it begins in. */
  span: number
  time: string
  /** Of an own appointment of several slots. */
  end: string | null
  there: string | null
  offset: string | null
  city: string
}

/**
 * Reads no signal while it is drawn, and is drawn again with its day. A component that sits out a drawing keeps, through
 * its parents, each tree it ever stood in: on a busy day that was 8 KB for each event.
 */
export function Slot(props: SlotProps) {
  const {
    slot,
    face,
    word: words,
    text: t,
    busy,
    chosen,
    tab,
    column,
    span,
    time,
    end,
    there,
    offset,
    city,
  } = props
  // What was a button stays one while it is on the screen, or the keyboard would lose its place when a rival is faster.
  const button = useRef(false)
  if (face.pressable) button.current = true
  const isFree = face.state === 'open' && face.pressable
  // What is seen is also what is called by name; the rest is for ears only.
  const rest = busy ? '' : isFree ? (there === null ? '' : t.freeIn({ city })) : words.rest
  const common = {
    class: 'slot',
    'data-slot-id': slot.id,
    'data-state': face.state,
    'data-soon': face.tooSoon || face.tooFar || undefined,
    'data-own': face.own !== null || undefined,
    'data-old': words.isOld,
    'data-column': column,
    'data-span': span > 1 ? span : undefined,
    'data-busy': busy || undefined,
  }
  // "9:00", and of a clock that counts to 12 what follows it.
  const [, figures, halfOfDay] = /^(\S+)(?: (.+))?$/.exec(time) ?? [undefined, time]
  const inside = (
    <>
      {end === null ? (
        <span class="slot-time num">
          {figures}
          {halfOfDay !== undefined && <small> {halfOfDay}</small>}
          {offset !== null && <small> {offset}</small>}
          <span class="unseen">, </span>
        </span>
      ) : (
        <span class="slot-time slot-range num">
          {time} – {end}
          <span class="unseen">, </span>
        </span>
      )}
      <span class="slot-word num" data-wraps={isFree && /[,،]/.test(there ?? '') ? true : undefined}>
        {busy ? (
          t.asking
        ) : chosen ? (
          t.chosen
        ) : face.state === 'mine' && face.own?.expiresAt !== undefined && !words.isOld ? (
          <>
            <span class="yours">{words.short} </span>
            <Countdown until={Date.parse(face.own.expiresAt)} />
          </>
        ) : (
          <>
            {words.icon !== null && <Icon name={words.icon} />}
            {isFree ? (there ?? t.free) : words.short}
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
      aria-pressed={chosen || undefined}
      tabIndex={tab ? 0 : -1}
      onClick={() => press(slot, face)}
    >
      {inside}
    </button>
  )
}

/** The word in the cell, and what ears need besides. */
export interface Word {
  short: string
  rest: string
  icon: 'wait' | 'check' | 'clock' | 'close' | 'calendar' | null
  /** The time that something is being moved away from. */
  isOld?: boolean
}

export function wordsOf(face: Face, isMoved: boolean): Word {
  const t = text.value.slot
  if (isMoved) return { short: t.untilNow, rest: t.untilNowRest, icon: null, isOld: true }
  if (face.own?.status === 'confirmed') return { short: t.yours, rest: t.yoursBookedRest, icon: 'check' }
  if (face.state === 'mine') return { short: t.yours, rest: t.yoursHeldRest, icon: null }
  if (face.overlapsOwn) return { short: t.overlaps, rest: t.overlapsRest, icon: 'close' }
  if (face.state === 'held') {
    if (face.freeAt === null) return { short: t.held, rest: t.heldRest, icon: 'wait' }
    // Not in the cell: "till 22:24" reads like the end of the appointment.
    const time = words.value.time(face.freeAt, zone.value)
    return { short: t.held, rest: t.heldUntilRest({ time }), icon: 'wait' }
  }
  if (face.state === 'confirmed') return { short: t.booked, rest: '', icon: 'check' }
  if (face.state === 'withdrawn') return { short: t.withdrawn, rest: t.withdrawnRest, icon: 'close' }
  if (face.tooSoon) return { short: t.tooSoon, rest: t.tooSoonRest, icon: 'clock' }
  if (face.tooFar) return { short: t.notYet, rest: t.notYetRest, icon: 'clock' }
  return { short: t.free, rest: '', icon: null }
}
