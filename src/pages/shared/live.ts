/**
 * The one socket of a page. It owns the connection, its identity and the watch of one provider; it never decides what
 * a message means: pictures and changes go to `take`, own reservations to `onReservation`.
 *
 * States: `starting` (not yet up), `live` (a picture came on this connection and messages keep coming), `away`, also
 * while the server is there and does not hear its database.
 * Invariants: after each connection a picture comes before any change is taken; silence longer than a heartbeat
 * allows counts as away, because a half-open connection reports nothing; one `watch` is in flight at a time.
 * The client library is loaded when it is needed, after the first list is on the screen.
 */

import { signal } from '@preact/signals'
import type { Socket } from 'socket.io-client'
import type { SlotEventName } from '../../domain/event-names.js'
import type {
  ClientToServer,
  Picture,
  ReservationEvent,
  ScheduleEvent,
  ServerToClient,
  SlotEvent,
  WaitEvent,
  WatchAck,
} from '../../schemas/events.js'
import { serverAnswered } from './api.js'
import { clock } from './now.js'
import { onToken, token } from './session.js'

export type LinkState = 'starting' | 'live' | 'away'

export interface LiveOptions {
  /**
   * What to watch, asked anew each time; null watches nothing and hears own reservations only. Of all calendars no
   * picture comes: what they were has to be asked for when the link is up.
   */
  span(): { providerId: string; from: string; to: string } | { all: true } | null
  onPicture(picture: Picture): void
  onEvent(name: SlotEventName, event: SlotEvent): void
  onReservation(event: ReservationEvent): void
  /** Of the own calendar: weekly hours were changed, or what lies outside of them. */
  onSchedule?(event: ScheduleEvent): void
  /** Of what the reader waits for. */
  onWait?(event: WaitEvent): void
  onCut(): void
  /** Connected, where nothing is watched: what was missed has to be asked for. */
  onUp?(): void
  /** The newest `n` taken, or null where a hole was seen. */
  joined(n: number): boolean
}

export interface Live {
  start(): void
  /** Asks for a new picture: the span changed, a hole was seen, or the identity did. */
  watchAgain(): void
}

/** The server speaks at least every 15 s. */
const SILENCE_MS = 40_000
const ACK_MS = 10_000

/** A second list beside the contract's, kept complete by its type: importing the value would bring all of TypeBox. */
const eventNames: Record<SlotEventName, true> = {
  'slot-held': true,
  'slot-released': true,
  'slot-confirmed': true,
  'slot-opened': true,
  'slot-withdrawn': true,
}

export const link = signal<LinkState>('starting')
/** When live ended; what is shown is from then, or from the lists fetched since. */
export const awaySince = signal<number | null>(null)

export function live(options: LiveOptions): Live {
  let socket: Socket<ServerToClient, ClientToServer> | null = null
  let watching = false
  let wanted = false
  let heardAt = 0
  let started = false

  function away(): void {
    if (link.value !== 'away') awaySince.value = clock.now()
    link.value = 'away'
    options.onCut()
  }

  function watchedProvider(): string | undefined {
    const span = options.span()
    return span !== null && 'providerId' in span ? span.providerId : undefined
  }

  function arrived(): void {
    heardAt = performance.now()
  }

  function up(): void {
    link.value = 'live'
    awaySince.value = null
  }

  /** The server is there; what it says is current, or from so long ago. */
  function told(ageSeconds = 0): void {
    if (ageSeconds === 0) up()
    else {
      link.value = 'away'
      awaySince.value = clock.now() - ageSeconds * 1000
    }
  }

  function watch(): void {
    const span = options.span()
    if (socket === null || !socket.connected) return
    if (span === null) {
      up()
      options.onUp?.()
      return
    }
    if (watching) {
      wanted = true
      return
    }
    watching = true
    wanted = false
    const on = socket
    const settle = (answer: WatchAck | null) => {
      watching = false
      if (on !== socket || !on.connected) return
      if (wanted) watch()
      else if (answer?.ok && 'slots' in answer) picture(answer)
      else if (answer?.ok) {
        up()
        options.onUp?.()
      } else setTimeout(watch, 1000 + Math.random() * 4000)
    }
    on.timeout(ACK_MS)
      .emitWithAck('watch', span)
      .then(settle, () => settle(null))
  }

  function picture(taken: Picture): void {
    arrived()
    clock.pushed(Date.parse(taken.serverTime))
    options.onPicture(taken)
    told(taken.ageSeconds)
  }

  async function connect(): Promise<void> {
    const { io } = await import('socket.io-client')
    const opened: Socket<ServerToClient, ClientToServer> = io('/live', {
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      // A network that swallows WebSockets says nothing; it must not take long to notice.
      timeout: 8000,
      reconnectionDelay: 500,
      reconnectionDelayMax: 5000,
      auth: (give) => void token().then((current) => give(current === null ? {} : { token: current })),
    })
    socket = opened
    opened.on('connect', () => {
      arrived()
      serverAnswered()
      watching = false
      watch()
    })
    opened.on('disconnect', (reason) => {
      watching = false
      away()
      // The library stays away when the server ended it; the server only means "not on this instance".
      if (reason === 'io server disconnect') setTimeout(() => opened.connect(), 1000 + Math.random() * 4000)
    })
    opened.on('connect_error', () => {
      away()
      if (!opened.active) setTimeout(() => opened.connect(), 2000 + Math.random() * 3000)
    })
    opened.on('slots', (taken) => {
      if (taken.providerId === watchedProvider()) picture(taken)
    })
    for (const name of Object.keys(eventNames) as SlotEventName[]) {
      opened.on(name, (event: SlotEvent) => {
        arrived()
        clock.pushed(Date.parse(event.at))
        told()
        options.onEvent(name, event)
      })
    }
    opened.on('reservation', (event) => {
      arrived()
      options.onReservation(event)
    })
    opened.on('schedule', (event) => options.onSchedule?.(event))
    opened.on('wait', (event) => options.onWait?.(event))
    opened.on('heartbeat', (beat) => {
      arrived()
      clock.pushed(Date.parse(beat.serverTime))
      if (!('n' in beat)) return told(beat.ageSeconds)
      if (beat.providerId !== watchedProvider()) return
      told(beat.ageSeconds)
      if (!options.joined(beat.n)) watch()
    })
    opened.on('auth-expired', () => void token())
    onToken((current) => {
      if (!opened.connected) return
      // Signing out is a new, nameless connection: an identity cannot be handed back.
      if (current === null) opened.disconnect().connect()
      else opened.emit('auth', { token: current }, () => watch())
    })
    setInterval(() => {
      if (opened.connected && options.span() !== null && performance.now() - heardAt > SILENCE_MS) {
        arrived()
        opened.disconnect().connect()
      }
    }, 5000)
    window.addEventListener('offline', () => {
      away()
      opened.disconnect()
    })
    window.addEventListener('online', () => opened.connect())
  }

  return {
    start() {
      if (started) return
      started = true
      connect().catch(() => {
        // The script itself did not come: the page goes on by REST and tries again.
        started = false
        away()
        setTimeout(() => this.start(), 5000)
      })
    },
    watchAgain: watch,
  }
}
