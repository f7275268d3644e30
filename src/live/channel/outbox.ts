/**
 * The outbox: what the board said and has not gone out yet.
 *
 * Owns: the queue of events, the topics that need a new picture, the joins that wait. All events go out in one
 * synchronous step, once for everything that came in one turn of the event loop. Pictures and joins, each of which may
 * take a millisecond, are done for a few milliseconds; what is left waits for the next turn, so that requests get theirs.
 *
 * Invariants:
 * - Each turn begins with every event that is known, so a picture is never older than an event sent before it.
 * - A picture, or a join, is one synchronous step: nothing comes between a viewer's picture and its hearing events.
 * - Who is owed a picture is in no room of that topic: it hears no event that the picture will have in it.
 */

import {
  eventName,
  type OpenName,
  ownEventPart,
  publicEvent,
  reservationEvent,
} from '../../slots/slot-view.js'
import type { BoardEvent } from '../calendar/slot-board.js'
import { type Message, message } from './messages.js'
import { type Rooms, roomOf } from './rooms.js'

/** More events of one topic than this in one flush go out as one picture. */
export const MAX_EVENTS = 200
/** A hold comes back to the event loop a few times, and waits for this each time while there is more to hand over. */
const SLICE_MS = 2

export interface OutboxParts {
  rooms: Rooms
  openName: OpenName
  /** Before anything goes out. */
  beforeFlush: () => void
  /**
   * From now on the topic's viewers are owed a picture, those who watch all as well only when `everybody`. False when the
   * topic is not ready; it is asked again later.
   */
  owePictures: (providerId: string, everybody: boolean) => boolean
  /** The slots of a topic have changed, and its events have gone out. */
  changed: (providerId: string) => void
  /** Hands over one of the pictures owed, or finds that it need not be; false when there is none. */
  payPicture: () => boolean
  /** Monotonic milliseconds. */
  elapsed: () => number
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
  /** Has pictures handed over, also when no event comes. */
  wake(): void
  close(): void
}

export function createOutbox({
  rooms,
  openName,
  beforeFlush,
  owePictures,
  changed,
  payPicture,
  elapsed,
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
    const flushed = events
    events = []
    beforeFlush()
    const topics = byTopic(flushed)
    for (const providerId of stale) {
      if (owePictures(providerId, true)) stale.delete(providerId)
    }
    for (const [providerId, ofTopic] of topics) {
      if (stale.has(providerId)) continue
      if (ofTopic.length <= MAX_EVENTS) toTopic(providerId, ofTopic)
      // Who watches all hears each event.
      else if (!owePictures(providerId, false)) stale.add(providerId)
      changed(providerId)
    }
    toAll(flushed)
    for (const event of flushed) {
      toClient(event.slotId, event.entry)
      published(event)
    }
    work()
  }

  /** By turns, so that neither pictures nor joins wait for all of the other. */
  function work(): void {
    const end = elapsed() + SLICE_MS
    for (;;) {
      const paid = payPicture()
      const join = joins.shift()
      if (!paid && !join) return
      try {
        join?.()
      } catch (error) {
        fault(error)
      }
      if (elapsed() >= end) break
    }
    schedule()
  }

  function toTopic(providerId: string, ofTopic: BoardEvent[]): void {
    for (const [room, own] of [
      [roomOf.topic(providerId), false],
      [roomOf.own(providerId), true],
    ] as const) {
      if (rooms.has(room))
        rooms.broadcast(
          room,
          [],
          ofTopic.map((event) => encoded(event, own, false)),
        )
    }
    sent(providerId)
  }

  function toAll(flushed: BoardEvent[]): void {
    if (flushed.length === 0 || !rooms.has(roomOf.all)) return
    // One write for each socket, however many events there are: who watches all and has a calendar gets all of them too,
    // with the names in its own.
    const own = [...new Set(flushed.map(({ providerId }) => providerId))].filter((providerId) =>
      rooms.has(roomOf.allOwn(providerId)),
    )
    rooms.broadcast(
      roomOf.all,
      own.map(roomOf.allOwn),
      flushed.map((event) => encoded(event, false, true)),
    )
    for (const providerId of own) {
      rooms.broadcast(
        roomOf.allOwn(providerId),
        [],
        flushed.map((event) => encoded(event, event.providerId === providerId, true)),
      )
    }
    sent('all')
  }

  function toClient(slotId: string, entry: BoardEvent['entry']): void {
    const about = reservationEvent(slotId, entry)
    if (!about) return
    const room = roomOf.client(about.clientId)
    if (rooms.has(room)) rooms.broadcast(room, [], [message('reservation', about.event)])
  }

  function encoded({ slotId, entry, n, seq }: BoardEvent, own: boolean, all: boolean): Message {
    return message(eventName(entry), {
      n,
      ...publicEvent(slotId, entry),
      ...(all && { seq }),
      ...(own && ownEventPart(slotId, entry, openName)),
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
    wake: schedule,
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
