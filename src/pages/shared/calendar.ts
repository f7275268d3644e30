/**
 * One provider's slots on a page: the first picture by REST, then live; by REST again, every 15 seconds, while live
 * is away. Owns `seen`, the only state the slots on the screen are drawn from.
 */

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { SlotEventName } from '../../domain/event-names.js'
import { bookingWindow } from '../../domain/policies.js'
import type { BookingWindow } from '../../domain/slot.js'
import type { OwnSlot, Rules } from '../../schemas/common.js'
import type { ScheduleEvent, SlotEvent, WaitEvent } from '../../schemas/events.js'
import { ask, eachPage, type Refused } from './api.js'
import { awaySince, link, live } from './live.js'
import { clock } from './now.js'
import { nothingSeen, type Seen, see } from './picture.js'
import { soonPath } from './preload-path.js'
import { heard, loadReservations } from './reservations.js'
import { serverRules } from './server-rules.js'
import { token } from './session.js'
import { nextFaceChange } from './slot-face.js'

const POLL_MS = 15_000
const usual: Rules = { noticeSeconds: 86_400, holdSeconds: 1800, slotMinutes: 15, maxActiveHolds: 3 }

/** What a list reaches that says no span. */
const SOON_MS = 14 * 86_400_000
/** How long live may take before the lists go on. */
const GRACE_MS = 2500

export interface Calendar {
  seen: ReadonlySignal<Seen>
  rules: ReadonlySignal<Rules>
  /** The moment the faces on the screen are drawn for; moves when time alone changes one of them. */
  moment: ReadonlySignal<number>
  /** Whether the span asked for has been answered, by list or picture. */
  ready: ReadonlySignal<boolean>
  problem: ReadonlySignal<Refused | null>
  /** `listTo`: how far the lists go, where the live picture is to reach further. */
  show(from: number, to: number, listTo?: number): void
  /** A refusal that said what the slot is now. */
  answered(slot: NonNullable<Refused['slot']>): void
  /** After an own action while live is away. */
  refresh(): void
}

export interface CalendarOptions {
  /** Read each time: it need not be known before the calendar is shown for the first time. */
  readonly providerId: string
  /** The provider's own view: every state, and names. */
  own: boolean
  /** When slots can be booked, where that is not as the provider's rules say alone. */
  window?(rules: Rules): BookingWindow
  onEvent?(name: SlotEventName, event: SlotEvent): void
  onSchedule?(event: ScheduleEvent): void
  onWait?(event: WaitEvent): void
  /** After each connection: what was missed of the rest has to be asked for. */
  onPicture?(): void
}

export function openCalendar(options: CalendarOptions): Calendar {
  const { own, onEvent, onSchedule, onWait, onPicture } = options
  const seen = signal<Seen>(nothingSeen)
  const rules = signal<Rules>(usual)
  const span = signal<{ from: number; to: number; listTo: number } | null>(null)
  const ready = signal(false)
  const problem = signal<Refused | null>(null)
  const wake = signal(0)
  const windowNow = () => options.window?.(rules.value) ?? bookingWindow(rules.value)
  let round = 0
  let pictured = false

  const channel = live({
    span() {
      const shown = span.value
      if (shown === null) return null
      // What is over is not watched; a picture has to reach somewhere.
      const from = Math.max(shown.from, clock.now())
      return { providerId: options.providerId, from: iso(from), to: iso(Math.max(shown.to, from + 60_000)) }
    },
    onPicture(picture) {
      rules.value = picture.rules
      pictured = true
      seen.value = see(seen.value, { kind: 'pictured', picture })
      ready.value = true
      problem.value = null
      onPicture?.()
      void loadReservations('held,confirmed')
    },
    onEvent(name, event) {
      if (event.providerId !== options.providerId) return
      seen.value = see(seen.value, { kind: 'changed', event })
      onEvent?.(name, event)
      if (seen.value.hole) channel.watchAgain()
    },
    onReservation: heard,
    ...(onSchedule && { onSchedule }),
    ...(onWait && { onWait }),
    onCut() {
      seen.value = see(seen.value, { kind: 'cut' })
    },
    joined: (n) => seen.value.n === null || seen.value.n >= n,
  })

  async function list(): Promise<void> {
    const shown = span.value
    if (shown === null) return
    const mine = ++round
    const from = own ? shown.from : Math.max(shown.from, Math.floor(clock.now() / 60_000) * 60_000)
    // By the server's clock it may be over, where the browser's is far behind.
    if (from >= shown.listTo) return
    const window = `from=${encodeURIComponent(iso(from))}&to=${encodeURIComponent(iso(shown.listTo))}&limit=200`
    const path = own
      ? `/v1/providers/${encodeURIComponent(options.providerId)}/availability?${window}`
      : `/v1/slots?providerId=${encodeURIComponent(options.providerId)}&state=open,held,confirmed&${window}`
    let reached = from
    let saidAt = clock.now()
    const refused = await eachPage<OwnSlot>(path, await token(), (slots, last, ageSeconds) => {
      if (mine !== round) return
      saidAt = Math.min(saidAt, clock.now() - ageSeconds * 1000)
      const end = last ? shown.listTo : Date.parse(slots.at(-1)?.end ?? iso(reached))
      seen.value = see(seen.value, { kind: 'listed', from: reached, to: end, slots })
      reached = end
      ready.value = true
    })
    if (mine !== round) return
    if (refused === null && link.value !== 'live') awaySince.value = saidAt
    problem.value = refused
  }

  async function begin(): Promise<void> {
    void serverRules().then((answer) => {
      // Those of the picture are the provider's own, whichever of the two comes first.
      if (answer.ok && !pictured) rules.value = answer.data
    })
    const soon = !own && (await listSoon())
    channel.start()
    // The live picture brings the rest of the span; the lists do where it is slow to come.
    if (soon) setTimeout(() => link.value !== 'live' && void list(), GRACE_MS)
    else await list()
  }

  /**
   * The next two weeks, as far as one page goes. Its address is the same for everybody, so that the server can name it
   * in the headers of the page, and the browser has it by the time the scripts run.
   */
  async function listSoon(): Promise<boolean> {
    const from = clock.now()
    const answer = await ask<{ items: OwnSlot[]; nextCursor: string | null }>(soonPath(options.providerId), {
      early: true,
    })
    if (!answer.ok || span.value === null) return false
    const { items, nextCursor } = answer.data
    const reached = nextCursor === null ? from + SOON_MS : Date.parse(items.at(-1)?.end ?? iso(from))
    seen.value = see(seen.value, { kind: 'listed', from, to: reached, slots: items })
    ready.value = true
    return true
  }

  setInterval(() => {
    if (link.value !== 'live' && document.visibilityState === 'visible') void list()
  }, POLL_MS)
  document.addEventListener('visibilitychange', () => {
    if (link.value !== 'live' && document.visibilityState === 'visible') void list()
  })

  effect(() => {
    wake.value
    const next = nextFaceChange(seen.value.slots.values(), clock.now(), windowNow())
    if (next === null) return
    const timer = setTimeout(
      () => {
        wake.value += 1
      },
      Math.min(Math.max(0, next - clock.now()) + 20, 60_000),
    )
    return () => clearTimeout(timer)
  })

  return {
    seen,
    rules,
    ready,
    problem,
    moment: computed(() => {
      wake.value
      seen.value
      return clock.now()
    }),
    show(from, to, listTo = to) {
      const before = span.value
      if (before?.from === from && before.to === to) return
      span.value = { from, to, listTo }
      const covered = seen.value.to !== 0 && from >= seen.value.from && listTo <= seen.value.to
      if (!covered) ready.value = false
      if (before === null) void begin()
      else {
        if (!covered || own) void list()
        channel.watchAgain()
      }
    },
    answered(slot) {
      seen.value = see(seen.value, { kind: 'answered', slot })
    },
    refresh() {
      if (link.value !== 'live') void list()
    },
  }
}

const iso = (instant: number) => new Date(instant).toISOString()
