/**
 * Pictures: the slots of a provider in a window, as JSON. Slots are encoded a day (in UTC) at a time and the days are
 * kept; a picture is joined from them, so that whatever window somebody asks for, a change has one day encoded again.
 * Joined windows are kept as well, because a thousand viewers may come back in the same moment and most look at the
 * same days.
 *
 * A picture by service has only the starts at which the service fits. They are searched once for all who watch the same
 * service and window, and joined from the same days; as a start is free, it looks the same to everybody.
 */
import { createHash } from 'node:crypto'
import { MAX_DAYS } from '../../availability/spans.js'
import { selectStarts, startTermsOf } from '../../domain/bookable.js'
import { SLOT_MS } from '../../domain/grid.js'
import { serviceWindow } from '../../domain/policies.js'
import { type BookingWindow, indexOfStart } from '../../domain/slot.js'
import { ZoneOffsets } from '../../domain/zone-offsets.js'
import type { Rules } from '../../schemas/common.js'
import type { CompactSlot } from '../../slots/compact-slot.js'
import { type OpenName, ownSlot, publicSlot } from '../../slots/slot-view.js'
import type { SlotBoard, TopicView } from '../calendar/slot-board.js'
import { moment } from './messages.js'
import type { Offer } from './service-watches.js'

export interface Window {
  from: number
  to: number
}

export interface PictureParts {
  board: SlotBoard
  now: () => number
  /** Of booking with that provider, as last known. */
  rulesOf: (providerId: string) => Rules
  openName: OpenName
  /** Characters of JSON kept, of all providers together. */
  maxKept?: number
}

export interface Picture {
  json: string
  /** Characters that were encoded for this one; the others were kept from before. */
  encoded: number
  /** Slots that were looked at for this one, to find where a service fits. */
  searched: number
  /** Of a picture by service. */
  starts: Starts | null
}

/** Where a service fits in a window. */
export interface Starts {
  /** Of the starts and the service's rev: another one means that a viewer needs another picture. */
  readonly digest: string
  /** The first moment at which time alone may change them. */
  readonly validUntil: number
}

export interface Pictures {
  /** Null while the topic is not ready. `own`: with the names its provider may see. `offer`: only where it fits. */
  of(providerId: string, window: Window, own: boolean, offer: Offer | null): Picture | null
  /** Where a service fits, without a picture of it; null while the topic is not ready. */
  starts(providerId: string, window: Window, offer: Offer): Starts | null
  /** How many so far. */
  readonly given: number
  /** Characters of JSON encoded so far. */
  readonly encoded: number
  /** Slots looked at so far, to find where services fit. */
  readonly searched: number
}

interface KeptStarts extends Starts {
  offer: Offer
  window: BookingWindow
  slots: readonly CompactSlot[]
  /** Joined when the first picture needs it. */
  json: string | null
  /** As what it counts in the calendar's size. */
  size: number
}

/** The slots of one day as they were encoded. */
interface Day {
  slots: readonly CompactSlot[]
  /** The slots' JSON, separated by commas. */
  json: string
  /** Where each slot's JSON ends. */
  ends: number[]
  /** The topic's version at which `slots` was last seen to be true. */
  version: number
}

interface Calendar {
  days: Map<number, Day>
  /** Joined windows of `version`, by the places of their first slot and of the one after their last. */
  windows: Map<string, string>
  /** Starts of `version`, by service and the same places. */
  starts: Map<string, KeptStarts>
  version: number
  /** Characters in `days`, `windows` and `starts`. */
  size: number
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const DEFAULT_DAYS = 14
/** Windows kept for each topic; viewers may ask for any number of them. */
const KEPT_WINDOWS = 16
/** Starts kept for each topic, of all its services. */
const KEPT_STARTS = 64
/** A reference to a slot, in characters of JSON. */
const EACH_START = 8
const MAX_KEPT = 128 * 1024 * 1024

/** From the minute that is now, so that those who come within a minute share a picture; slots begin on minutes. */
export function windowOf(from: string | undefined, to: string | undefined, now: number): Window | null {
  const minute = now - (now % MINUTE_MS)
  const end = to === undefined ? undefined : Date.parse(to)
  const start = from === undefined ? Math.min(minute, end ?? minute) : Date.parse(from)
  return start <= (end ?? start) ? { from: start, to: end ?? start + DEFAULT_DAYS * DAY_MS } : null
}

export function isTooLong({ from, to }: Window): boolean {
  return to - from > MAX_DAYS * DAY_MS
}

export function createPictures({
  board,
  now,
  rulesOf,
  openName,
  maxKept = MAX_KEPT,
}: PictureParts): Pictures {
  /** In the order of use. */
  const calendars = new Map<string, Calendar>()
  let kept = 0
  let given = 0
  let encoded = 0
  let searched = 0
  const offsets = new ZoneOffsets()

  function calendarOf({ providerId, version, slots }: TopicView, own: boolean): Calendar {
    const key = `${own ? 'own' : 'public'} ${providerId}`
    const calendar = calendars.get(key) ?? {
      days: new Map(),
      windows: new Map(),
      starts: new Map(),
      version,
      size: 0,
    }
    calendars.delete(key)
    calendars.set(key, calendar)
    if (calendar.version !== version) {
      for (const json of calendar.windows.values()) grow(calendar, -json.length)
      calendar.windows.clear()
      for (const { size } of calendar.starts.values()) grow(calendar, -size)
      calendar.starts.clear()
      calendar.version = version
      dropPassed(calendar, (slots[0]?.start ?? 0) / DAY_MS)
    }
    return calendar
  }

  function grow(calendar: Calendar, by: number): void {
    calendar.size += by
    kept += by
  }

  function dropPassed(calendar: Calendar, first: number): void {
    for (const [at, { json }] of calendar.days) {
      if (at + 1 > first) continue
      calendar.days.delete(at)
      grow(calendar, -json.length)
    }
  }

  /** The ones longest not asked for go first. */
  function evict(): void {
    for (const [key, { size }] of calendars) {
      if (kept <= maxKept) return
      calendars.delete(key)
      kept -= size
    }
  }

  function slotsOf(topic: TopicView, { from, to }: Window, own: boolean): string {
    const first = indexOfStart(topic.slots, from - SLOT_MS + 1)
    const after = indexOfStart(topic.slots, to)
    if (after <= first) return ''
    const calendar = calendarOf(topic, own)
    const key = `${first} ${after}`
    const known = calendar.windows.get(key)
    if (known !== undefined) return known
    const parts: string[] = []
    for (let place = first; place < after; ) {
      const at = Math.floor((topic.slots[place]?.start ?? 0) / DAY_MS)
      // No slot lies over midnight: a day is a whole number of them.
      const begin = indexOfStart(topic.slots, at * DAY_MS)
      const end = indexOfStart(topic.slots, (at + 1) * DAY_MS)
      const day = dayOf(calendar, topic, at, begin, end, own)
      parts.push(cut(day, place - begin, Math.min(after, end) - begin))
      place = end
    }
    const json = parts.join(',')
    for (const [oldest, text] of calendar.windows) {
      if (calendar.windows.size < KEPT_WINDOWS) break
      calendar.windows.delete(oldest)
      grow(calendar, -text.length)
    }
    calendar.windows.set(key, json)
    grow(calendar, json.length)
    evict()
    return json
  }

  function startsOf(topic: TopicView, { from, to }: Window, offer: Offer): KeptStarts {
    const { service, zone } = offer
    const calendar = calendarOf(topic, false)
    const first = indexOfStart(topic.slots, from - SLOT_MS + 1)
    const after = Math.max(first, indexOfStart(topic.slots, to))
    const key = `${service.id} ${first} ${after}`
    const known = calendar.starts.get(key)
    const present = now()
    const window = serviceWindow(service, rulesOf(topic.providerId))
    if (known?.offer === offer && isSameWindow(known.window, window) && present < known.validUntil)
      return known
    // What is not offered any more fits nowhere.
    const page = {
      from: from - SLOT_MS + 1,
      to: service.active ? to : Number.NEGATIVE_INFINITY,
      after: null,
      limit: Number.POSITIVE_INFINITY,
    }
    const terms = startTermsOf(service, offsets.of(zone))
    const { found, validUntil } = selectStarts(topic.slots, page, terms, present, window)
    searched += after - first
    const digest = createHash('sha256')
      .update(`${service.rev} ${found.map(({ start }) => start / SLOT_MS).join()}`)
      .digest('base64url')
    const size = found.length * EACH_START
    const starts: KeptStarts = { digest, validUntil, offer, window, slots: found, json: null, size }
    forget(calendar, key)
    for (const oldest of calendar.starts.keys()) {
      if (calendar.starts.size < KEPT_STARTS) break
      forget(calendar, oldest)
    }
    calendar.starts.set(key, starts)
    grow(calendar, size)
    return starts
  }

  function forget(calendar: Calendar, key: string): void {
    grow(calendar, -(calendar.starts.get(key)?.size ?? 0))
    calendar.starts.delete(key)
  }

  /** Each start as its day has it, so that nothing is encoded for a service that is not for all. */
  function jsonOf(topic: TopicView, starts: KeptStarts): string {
    if (starts.json !== null) return starts.json
    const calendar = calendarOf(topic, false)
    const parts: string[] = []
    let end = Number.NEGATIVE_INFINITY
    let begin = 0
    let day: Day | undefined
    for (const { start } of starts.slots) {
      if (day === undefined || start >= end) {
        const at = Math.floor(start / DAY_MS)
        end = (at + 1) * DAY_MS
        begin = indexOfStart(topic.slots, at * DAY_MS)
        day = dayOf(calendar, topic, at, begin, indexOfStart(topic.slots, end), false)
      }
      const place = indexOfStart(topic.slots, start) - begin
      parts.push(cut(day, place, place + 1))
    }
    starts.json = parts.join(',')
    starts.size += starts.json.length
    grow(calendar, starts.json.length)
    evict()
    return starts.json
  }

  function dayOf(
    calendar: Calendar,
    topic: TopicView,
    at: number,
    begin: number,
    end: number,
    own: boolean,
  ): Day {
    const { version } = topic
    const known = calendar.days.get(at)
    if (known?.version === version) return known
    const slots = topic.slots.slice(begin, end)
    // Slots are replaced, never changed: the same objects mean the same day.
    if (known && areSame(known.slots, slots)) {
      known.version = version
      return known
    }
    const moment = now()
    const texts = slots.map((slot) =>
      JSON.stringify(own ? ownSlot(slot, moment, openName) : publicSlot(slot, moment)),
    )
    let length = -1
    const ends = texts.map((text) => {
      length += text.length + 1
      return length
    })
    const day = { slots, json: texts.join(','), ends, version }
    calendar.days.set(at, day)
    grow(calendar, day.json.length - (known?.json.length ?? 0))
    encoded += day.json.length
    return day
  }

  return {
    of(providerId, window, own, offer) {
      const topic = board.read(providerId)
      if (!topic) return null
      given++
      const before = { encoded, searched }
      const starts = offer && startsOf(topic, window, offer)
      const head = JSON.stringify({
        providerId,
        ...moment(now(), board.pictureAgeMs(providerId)),
        n: topic.n,
        from: new Date(window.from).toISOString(),
        to: new Date(window.to).toISOString(),
        rules: rulesOf(providerId),
        ...(offer && { service: { id: offer.service.id, rev: offer.service.rev } }),
      })
      const slots = starts ? jsonOf(topic, starts) : slotsOf(topic, window, own)
      return {
        json: `${head.slice(0, -1)},"slots":[${slots}]}`,
        encoded: encoded - before.encoded,
        searched: searched - before.searched,
        starts,
      }
    },
    starts(providerId, window, offer) {
      const topic = board.read(providerId)
      return topic && startsOf(topic, window, offer)
    },
    get given() {
      return given
    },
    get encoded() {
      return encoded
    },
    get searched() {
      return searched
    },
  }
}

function isSameWindow(one: BookingWindow, other: BookingWindow): boolean {
  return one.noticeMs === other.noticeMs && one.aheadMs === other.aheadMs
}

function areSame(known: readonly CompactSlot[], slots: readonly CompactSlot[]): boolean {
  return known.length === slots.length && known.every((slot, at) => slot === slots[at])
}

/** The JSON of the slots from one place of a day up to another. */
function cut({ json, ends }: Day, from: number, to: number): string {
  if (from === 0 && to === ends.length) return json
  return json.slice(from === 0 ? 0 : (ends[from - 1] ?? 0) + 1, ends[to - 1])
}
