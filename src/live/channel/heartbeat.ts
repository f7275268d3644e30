/** A beat for every topic, and for those who watch all, in which nothing went out for a while: it shows a hole, and life. */

import type { SlotBoard } from '../calendar/slot-board.js'
import { type Message, message, moment } from './messages.js'
import { type Rooms, roomOf } from './rooms.js'

export interface HeartbeatParts {
  board: SlotBoard
  rooms: Rooms
  now: () => number
  /** Monotonic milliseconds. */
  elapsed: () => number
  quietMs: number
}

export interface Heartbeat {
  /** Something went to this topic, or to those who watch `all`. */
  sent(what: string): void
  forget(providerId: string): void
  /** Beats where it is due. */
  beat(): void
  ofAll(): Message
}

export function createHeartbeat({ board, rooms, now, elapsed, quietMs }: HeartbeatParts): Heartbeat {
  const sentAt = new Map<string, number>()

  function ofTopic(providerId: string): void {
    const topic = board.read(providerId)
    // While it is being loaded again nobody can say what is true; a picture follows.
    if (!topic) return
    const beat = [
      message('heartbeat', { providerId, n: topic.n, ...moment(now(), board.pictureAgeMs(providerId)) }),
    ]
    for (const room of [roomOf.topic(providerId), roomOf.own(providerId)]) {
      if (rooms.has(room)) rooms.broadcast(room, [], beat)
    }
  }

  const ofAll = () => message('heartbeat', { seq: board.seq, ...moment(now(), board.pictureAgeMs()) })

  return {
    sent: (what) => void sentAt.set(what, elapsed()),
    forget: (providerId) => void sentAt.delete(providerId),
    beat() {
      const present = elapsed()
      for (const [what, at] of sentAt) {
        if (at > present - quietMs) continue
        sentAt.set(what, present)
        if (what !== roomOf.all) ofTopic(what)
        else if (rooms.has(what)) rooms.broadcast(what, [], [ofAll()])
      }
    },
    ofAll,
  }
}
