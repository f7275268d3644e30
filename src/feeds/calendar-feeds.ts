/**
 * What calendars subscribe to: the bookings of a client, or those of a provider's calendar, as one iCalendar text.
 *
 * Owns: the texts of feeds that were fetched lately, and what makes one of them stale.
 * Never: knows secrets. Who may read a feed is decided before it is asked for here.
 *
 * A text is kept until something that it shows changes: the change stream names provider and client of each change, and
 * accounts whose names or addresses change are named as well. Then, while the stream hears, nothing is read from the
 * database for a fetch. What the stream does not tell (a person who was erased) ends with the text, after KEPT_MS.
 */
import { createHash } from 'node:crypto'
import { setImmediate as breath } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import pLimit, { type LimitFunction } from 'p-limit'
import type { Clock } from '../clock.js'
import { readSlotId } from '../domain/grid.js'
import type { ReservationStatus } from '../domain/reservation.js'
import type { Role } from '../schemas/common.js'
import { type CalendarHead, calendarFile } from '../slots/appointment-event.js'
import type { LogEntry } from '../slots/slot-document.js'
import type { FoundReservation } from '../slots/slot-outcomes.js'
import { type ReservationKey, reservationKey, type SlotLists } from '../slots/slot-queries.js'
import { type OpenName, reservationView, subjectOf } from '../slots/slot-view.js'
import { eventOf } from './appointment-words.js'

const DAY_MS = 86_400_000
const DAYS_BACK = 30
/** Twelve months, whichever they are. */
const DAYS_AHEAD = 366
/** Of one feed; beyond it those furthest ahead are left out. */
const MOST_EVENTS = 5_000
const KEPT_MS = 3_600_000
/** Of all texts together. */
const KEPT_BYTES = 64 * 1024 * 1024
/** Read, opened and written at a time; in between, other requests are served. */
const BATCH = 100
/** Feeds that are composed at once; the others wait. */
const AT_ONCE = 2
/** Of one feed, on each instance: two fetches a minute, whichever devices share it. */
export const FETCHES_PER_HOUR = 120
/** What a calendar is told: how often to look. */
const REFRESH_SECONDS = 3_600

/** A hold lives for minutes and calendars look once an hour, so there are none in a feed. */
const SHOWN: ReadonlySet<ReservationStatus> = new Set<ReservationStatus>(['confirmed', 'cancelled'])

export interface FeedOwner {
  id: string
  role: Role
}

export interface FeedText {
  text: string
  etag: string
}

/** As much of an account as a feed shows. */
export interface FeedParty {
  name: string
  profile?: { address?: string; place?: string }
}

export interface CalendarFeedsOptions {
  lists: Pick<SlotLists, 'reservations'>
  /** From memory, as far as it is there. */
  find: (accountId: string) => Promise<FeedParty | null>
  openName: OpenName
  clock: Clock
  publicUrl: () => string
  /** Whether changes of slots are heard at this moment; else no text is believed. */
  isHearing: () => boolean
}

interface Kept extends FeedText {
  /** Accounts that are named in it. */
  about: ReadonlySet<string>
  /** The day that its span began with. */
  day: number
}

interface Composing {
  made: Promise<Kept>
  isStale: boolean
}

export class CalendarFeeds {
  readonly #o: CalendarFeedsOptions
  /** By owner. */
  readonly #kept: LRUCache<string, Kept>
  /** By owner: what is being composed, and has not been overtaken by a change. */
  readonly #composing = new Map<string, Composing>()
  readonly #turns: LimitFunction = pLimit(AT_ONCE)

  constructor(options: CalendarFeedsOptions) {
    this.#o = options
    this.#kept = new LRUCache({
      maxSize: KEPT_BYTES,
      // A feed without events is not for nothing.
      sizeCalculation: ({ text, about }) => 1_000 + text.length + 64 * about.size,
      ttl: KEPT_MS,
      ttlResolution: 0,
      perf: { now: () => options.clock.now() },
    })
  }

  async of(owner: FeedOwner): Promise<FeedText> {
    const kept = this.#o.isHearing() ? this.#kept.get(owner.id) : undefined
    if (kept?.day === dayOf(this.#o.clock.now())) return kept
    const underWay = this.#composing.get(owner.id)
    if (underWay) return underWay.made
    const composing: Composing = { made: this.#turns(() => this.#compose(owner)), isStale: false }
    this.#composing.set(owner.id, composing)
    try {
      const made = await composing.made
      if (!composing.isStale) this.#kept.set(owner.id, made)
      return made
    } finally {
      if (this.#composing.get(owner.id) === composing) this.#composing.delete(owner.id)
    }
  }

  /** A slot has changed, as these entries say. */
  changed(slotId: string, entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      const client = entry.kind === 'held' ? undefined : subjectOf(entry)?.client.id
      if (client === undefined) continue
      this.#drop(client)
      this.#drop(providerOf(slotId))
    }
  }

  /** A slot has changed, and nobody says how. */
  unclear(slotId: string): void {
    this.forget([providerOf(slotId)])
  }

  /** What is known of these accounts is not true any more. */
  forget(ids: readonly string[]): void {
    // Nobody knows yet whom a text will name.
    for (const owner of [...this.#composing.keys()]) this.#drop(owner)
    for (const [owner, { about }] of this.#kept.entries()) {
      if (ids.some((id) => about.has(id))) this.#drop(owner)
    }
  }

  /** Changes were missed. */
  forgetAll(): void {
    this.#kept.clear()
    for (const owner of [...this.#composing.keys()]) this.#drop(owner)
  }

  /** Whoever asks from now on gets a text that was begun after this. */
  #drop(owner: string): void {
    this.#kept.delete(owner)
    const composing = this.#composing.get(owner)
    if (!composing) return
    composing.isStale = true
    this.#composing.delete(owner)
  }

  async #compose(owner: FeedOwner): Promise<Kept> {
    const day = dayOf(this.#o.clock.now())
    const about = new Set([owner.id])
    const self = await this.#o.find(owner.id)
    const head: CalendarHead = {
      publicUrl: this.#o.publicUrl(),
      name: self ? `Slotcast: ${self.name}` : 'Slotcast',
      refreshSeconds: REFRESH_SECONDS,
    }
    const [begin, end] = halves(calendarFile([], head))
    const parts = [begin]
    for await (const batch of this.#reservations(owner, day)) {
      const events = await Promise.all(batch.map((found) => this.#event(owner, self, found, about)))
      parts.push(eventsIn(calendarFile(events, head)))
      await breath()
    }
    const text = [...parts, end].join('')
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
    return { text, etag, about, day }
  }

  async *#reservations(owner: FeedOwner, day: number): AsyncGenerator<FoundReservation[]> {
    const span = { from: day - DAYS_BACK * DAY_MS, to: day + DAYS_AHEAD * DAY_MS }
    let after: ReservationKey | null = null
    for (let count = 0; count < MOST_EVENTS; count += BATCH) {
      const found: FoundReservation[] = await this.#o.lists.reservations(owner, span, SHOWN, after, BATCH)
      const page = found.slice(0, BATCH)
      const last = page.at(-1)
      if (!last) return
      yield page
      if (found.length <= BATCH) return
      after = reservationKey(last)
    }
  }

  async #event(owner: FeedOwner, self: FeedParty | null, found: FoundReservation, about: Set<string>) {
    const isProvider = owner.role === 'provider'
    const names = isProvider ? this.#o.openName : undefined
    const reservation = reservationView(found.slot, found.reservation, this.#o.clock.now(), names)
    about.add(isProvider ? reservation.clientId : reservation.providerId)
    const provider = isProvider ? self : await this.#o.find(reservation.providerId)
    return eventOf(found, reservation, {
      other: isProvider ? reservation.client?.name || 'a client' : provider?.name || 'a provider',
      location: provider?.profile?.address ?? provider?.profile?.place,
      page: `${this.#o.publicUrl()}${isProvider ? '/provider' : '/my'}`,
    })
  }
}

function dayOf(now: number): number {
  return Math.floor(now / DAY_MS) * DAY_MS
}

function providerOf(slotId: string): string {
  return readSlotId(slotId)?.providerId ?? ''
}

/** As whole lines: a name may have the same words in it, but no end of a line. */
const EVENT = '\r\nBEGIN:VEVENT\r\n'
const END = 'END:VCALENDAR\r\n'

/** What stands before and after the events of a calendar. */
function halves(empty: string): [begin: string, end: string] {
  return [empty.slice(0, empty.lastIndexOf(END)), END]
}

/** The events of a calendar, without what stands around them. */
function eventsIn(calendar: string): string {
  return calendar.slice(calendar.indexOf(EVENT) + 2, calendar.lastIndexOf(END))
}
