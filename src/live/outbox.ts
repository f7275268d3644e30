/**
 * The outbox: what the board said and has not gone out yet.
 *
 * Owns: the queue of events, the topics that need a new picture, the joins that wait. Empties all three in one
 * synchronous step, once for everything that came in one turn of the event loop.
 * Invariant: events first, then pictures, then joins. So a picture is never older than an event sent before it, and
 * nothing can come between a viewer's picture and its joining.
 */

import { eventName, type OpenName, ownEventPart, publicEvent, reservationEvent } from '../slots/slot-view.js'
import { type Message, message } from './messages.js'
import { type Rooms, roomOf } from './rooms.js'
import type { BoardEvent } from './slot-board.js'

/** More events of one topic than this in one flush go out as one picture. */
export const MAX_EVENTS = 200

export interface OutboxParts {
  rooms: Rooms
  openName: OpenName
  /** Before anything goes out. */
  beforeFlush: () => void
  /**
   * Sends viewers of the topic their picture, those who watch all as well only when `everybody`. False when the topic is
   * not ready; it is asked again later.
   */
  sendPictures: (providerId: string, everybody: boolean) => boolean
  /** Something went to the viewers of this topic, or of all. */
  sent: (providerId: string | 'all') => void
  /** An event has been handed to all who hear it. */
  published: (event: BoardEvent) => void
  fault: (error: unknown) => void
}

export interface Outbox {
  event(event: BoardEvent): void
  picture(providerId: string): void
  /** Runs after everything that is known now has gone out. */
  afterFlush(join: () => void): void
  close(): void
}

export function createOutbox({
  rooms,
  openName,
  beforeFlush,
  sendPictures,
  sent,
  published,
  fault,
}: OutboxParts): Outbox {
  let events: BoardEvent[] = []
  let joins: (() => void)[] = []
  const stale = new Set<string>()
  let scheduled: NodeJS.Immediate | undefined

  function schedule(): void {
    scheduled ??= setImmediate(flush)
  }

  function flush(): void {
    scheduled = undefined
    const [flushed, joining] = [events, joins]
    events = []
    joins = []
    beforeFlush()
    const crowded = new Set<string>()
    for (const [providerId, ofTopic] of byTopic(flushed)) {
      if (stale.has(providerId)) continue
      if (ofTopic.length > MAX_EVENTS) crowded.add(providerId)
      else toTopic(providerId, ofTopic)
    }
    toAll(flushed)
    for (const event of flushed) {
      toClient(event.slotId, event.entry)
      published(event)
    }
    for (const providerId of crowded) {
      // Who watches all has heard each event.
      if (!sendPictures(providerId, false)) stale.add(providerId)
    }
    for (const providerId of stale) {
      if (sendPictures(providerId, true)) stale.delete(providerId)
    }
    for (const join of joining) {
      try {
        join()
      } catch (error) {
        fault(error)
      }
    }
  }

  function toTopic(providerId: string, ofTopic: BoardEvent[]): void {
    for (const [room, own] of [
      [roomOf.topic(providerId), false],
      [roomOf.own(providerId), true],
    ] as const) {
      if (rooms.has(room))
        rooms.broadcast(
          room,
          null,
          ofTopic.map((event) => encoded(event, own, false)),
        )
    }
    sent(providerId)
  }

  function toAll(flushed: BoardEvent[]): void {
    if (flushed.length === 0 || !rooms.has(roomOf.all)) return
    // Sent together as far as they are the same for everybody in the room; order is kept for each socket.
    let run: Message[] = []
    const send = () => {
      if (run.length > 0) rooms.broadcast(roomOf.all, null, run)
      run = []
    }
    for (const event of flushed) {
      const itsProvider = roomOf.allOwn(event.providerId)
      if (!rooms.has(itsProvider)) {
        run.push(encoded(event, false, true))
        continue
      }
      send()
      rooms.broadcast(roomOf.all, itsProvider, [encoded(event, false, true)])
      rooms.broadcast(itsProvider, null, [encoded(event, true, true)])
    }
    send()
    sent('all')
  }

  function toClient(slotId: string, entry: BoardEvent['entry']): void {
    const about = reservationEvent(slotId, entry)
    if (!about) return
    const room = roomOf.client(about.clientId)
    if (rooms.has(room)) rooms.broadcast(room, null, [message('reservation', about.event)])
  }

  function encoded({ slotId, entry, n, seq }: BoardEvent, own: boolean, all: boolean): Message {
    return message(eventName(entry), {
      n,
      ...publicEvent(slotId, entry),
      ...(all && { seq }),
      ...(own && ownEventPart(entry, openName)),
    })
  }

  return {
    event(event) {
      events.push(event)
      schedule()
    },
    picture(providerId) {
      stale.add(providerId)
      schedule()
    },
    afterFlush(join) {
      joins.push(join)
      schedule()
    },
    close() {
      if (scheduled) clearImmediate(scheduled)
      events = []
      joins = []
      stale.clear()
    },
  }
}

function byTopic(events: BoardEvent[]): Map<string, BoardEvent[]> {
  const topics = new Map<string, BoardEvent[]>()
  for (const event of events) {
    if (!event.toTopic) continue
    const ofTopic = topics.get(event.providerId)
    if (ofTopic) ofTopic.push(event)
    else topics.set(event.providerId, [event])
  }
  return topics
}
