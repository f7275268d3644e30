/** What just happened, newest on top. */

import { signal } from '@preact/signals'
import type { SlotEventName } from '../../domain/event-names.js'
import type { SlotEvent } from '../../schemas/events.js'
import { words } from '../shared/locale.js'
import { dayOf } from '../shared/time.js'

interface Happening {
  key: string
  at: number
  kind: SlotEventName
  who: string | null
  what: string
  start: number
  count: number
}

const KEPT = 40
const happenings = signal<readonly Happening[]>([])

const verbs: Record<SlotEventName, string> = {
  'slot-held': 'holds',
  'slot-confirmed': 'booked',
  'slot-released': 'no longer holds',
  'slot-opened': 'Published',
  'slot-withdrawn': 'Withdrew',
}

export function happened(kind: SlotEventName, event: SlotEvent): void {
  const who = event.reservation?.client.name ?? null
  const [newest, ...rest] = happenings.value
  const at = Date.parse(event.at)
  // A week that is published is one line, not two hundred.
  const bulk = kind === 'slot-opened' || kind === 'slot-withdrawn'
  if (bulk && newest?.kind === kind && at - newest.at < 5000) {
    happenings.value = [{ ...newest, count: newest.count + 1 }, ...rest]
    return
  }
  const what =
    kind === 'slot-released'
      ? // True whoever ended it, the client or the provider.
        { expired: 'let it run out', released: 'no longer holds', cancelled: 'no longer comes' }[
          event.reason ?? 'released'
        ]
      : verbs[kind]
  const one = {
    key: `${event.slotId} ${event.rev}`,
    at,
    kind,
    who,
    what,
    start: Date.parse(event.start),
    count: 1,
  }
  happenings.value = [one, ...happenings.value].slice(0, KEPT)
}

export function Stream({ zone }: { zone: string }) {
  const list = happenings.value
  return (
    <section class="card stream" aria-labelledby="stream">
      <h2 id="stream">Just happened</h2>
      {list.length === 0 ? (
        <p class="quiet small">Holds, bookings and changes appear here in the moment they are made.</p>
      ) : (
        <ol>
          {list.map((one) => (
            <li key={one.key} data-kind={one.kind}>
              <span class="stream-at num">{words.value.time(one.at, zone)}</span>
              <span>
                {one.who !== null ? <strong>{one.who}</strong> : null}{' '}
                {one.who === null && one.kind === 'slot-held' ? 'Someone ' : ''}
                {one.what}{' '}
                {one.count > 1 ? (
                  `${one.count} times`
                ) : (
                  <span class="num">
                    {words.value.day(dayOf(one.start, zone), 'short')}, {words.value.time(one.start, zone)}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
