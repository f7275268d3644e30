/** What just happened, newest on top. */

import { effect, signal } from '@preact/signals'
import type { SlotEventName } from '../../domain/event-names.js'
import type { SlotEvent } from '../../schemas/events.js'
import type { Reservation } from '../../schemas/reservations.js'
import { words } from '../shared/locale.js'
import { clock } from '../shared/now.js'
import { filled } from '../shared/text/filled.jsx'
import type { ProviderTexts } from './text/en.js'
import { text } from './text.js'

type Saying = Exclude<keyof ProviderTexts['stream'], 'title' | 'none' | 'times'>

interface Happening {
  key: string
  at: number
  kind: SlotEventName
  who: string | null
  /** What is said of it. */
  said: Saying
  start: number
  count: number
}

const KEPT = 40
const LATE_MS = 2_000
/** So often the list is drawn anew at most: a reader cannot follow more. */
const CALM_MS = 1_000
const happenings = signal<readonly Happening[]>([])

/** What the list shows: a moment behind where much happens, and still while somebody points at it. */
const shown = signal<readonly Happening[]>([])
const isRead = signal(false)
let shownAt = Number.NEGATIVE_INFINITY
effect(() => {
  const newest = happenings.value
  if (isRead.value || newest === shown.peek()) return
  const show = () => {
    shownAt = performance.now()
    shown.value = newest
  }
  const timer = setTimeout(show, Math.max(0, shownAt + CALM_MS - performance.now()))
  return () => clearTimeout(timer)
})

const sayings: Record<SlotEventName, Saying> = {
  'slot-held': 'held',
  'slot-confirmed': 'confirmed',
  'slot-released': 'released',
  'slot-opened': 'opened',
  'slot-withdrawn': 'withdrawn',
}

/** Own requests that open or withdraw many times: their answers say how many, and their events are not counted. */
const requests = new Set<{ kind: SlotEventName; until: number }>()

/** To be called before such a request; what it gives back is called with what the answer says. */
export function beginBulk(kind: 'slot-opened' | 'slot-withdrawn'): (count: number, start: number) => void {
  const request = { kind, until: Number.POSITIVE_INFINITY }
  requests.add(request)
  return (count, start) => {
    const at = clock.now()
    // Its last events may come after its answer.
    request.until = at + LATE_MS
    if (count > 0) add({ key: `${kind} ${at}`, at, kind, who: null, said: sayings[kind], start, count })
  }
}

function isOfOwnRequest(kind: SlotEventName, at: number): boolean {
  for (const request of requests) {
    if (request.until < at) requests.delete(request)
    else if (request.kind === kind) return true
  }
  return false
}

function add(one: Happening): void {
  happenings.value = [one, ...happenings.value].slice(0, KEPT)
}

/** `cancelledBy`: of a booking that was cancelled, where it is known. */
export function happened(
  kind: SlotEventName,
  event: SlotEvent,
  cancelledBy?: Reservation['cancelledBy'],
): void {
  if (isOfOwnRequest(kind, Date.parse(event.at))) return
  const who = event.reservation?.client.name ?? null
  const [newest, ...rest] = happenings.value
  const at = Date.parse(event.at)
  // A week that is published is one line, not two hundred.
  const bulk = kind === 'slot-opened' || kind === 'slot-withdrawn'
  if (bulk && newest?.kind === kind && at - newest.at < 5000) {
    happenings.value = [{ ...newest, count: newest.count + 1 }, ...rest]
    return
  }
  add({
    key: `${event.slotId} ${event.rev}`,
    at,
    kind,
    who,
    said: sayingOf(kind, event, cancelledBy),
    start: Date.parse(event.start),
    count: 1,
  })
}

/** Whoever did not cancel may still mean to come. */
function sayingOf(
  kind: SlotEventName,
  { reason, reservation }: SlotEvent,
  cancelledBy: Reservation['cancelledBy'],
): Saying {
  if (kind === 'slot-held' && reservation?.waitId !== undefined) return 'offered'
  if (kind !== 'slot-released') return sayings[kind]
  return reason === 'cancelled' && cancelledBy !== 'client' ? 'bookingEnded' : (reason ?? 'released')
}

export function Stream({ zone }: { zone: string }) {
  const list = shown.value
  return (
    <section class="card stream" aria-labelledby="stream">
      <h2 id="stream">{text.value.stream.title}</h2>
      {list.length === 0 ? (
        <p class="stream-none quiet small">{text.value.stream.none}</p>
      ) : (
        <ol
          onPointerEnter={() => {
            isRead.value = true
          }}
          onPointerLeave={() => {
            isRead.value = false
          }}
        >
          {list.map((one, index) => (
            // Only the newest is a new row: the others keep their places, and what they say goes down a row.
            <li key={index === 0 ? one.key : index} data-kind={one.kind}>
              <span class="stream-at num">{words.value.time(one.at, zone)}</span>
              <span key={one.key}>
                {filled(text.value.stream[one.said], {
                  who: <strong dir="auto">{one.who ?? text.value.someone}</strong>,
                  what:
                    one.count > 1 ? (
                      text.value.stream.times({ count: one.count })
                    ) : (
                      <bdi class="num">{words.value.moment(one.start, zone, 'short')}</bdi>
                    ),
                })}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
