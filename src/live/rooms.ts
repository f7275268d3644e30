/** Who is reached by what. A socket is in exactly one room for any one event, so it hears each event once. */
import type { Caller } from '../accounts/caller.js'
import type { Message } from './messages.js'

export const roomOf = {
  /** Viewers of a provider, states only. */
  topic: (providerId: string) => `topic/${providerId}`,
  /** The provider's own sockets that watch it: with names. */
  own: (providerId: string) => `own/${providerId}`,
  /** Viewers of all providers; they are in no topic room. */
  all: 'all',
  /** Those viewers of all providers who are this provider. */
  allOwn: (providerId: string) => `all-own/${providerId}`,
  /** Every socket of a client. */
  client: (clientId: string) => `client/${clientId}`,
}

/** What the gateway needs of one connected socket, whatever carries it. */
export interface Peer {
  join(room: string): void
  leave(room: string): void
  send(message: Message): void
}

/** What the gateway needs of each way to connect. */
export interface Transport {
  /** To everybody in `room` who is not in `except`; the messages in this order. */
  broadcast(room: string, except: string | null, messages: readonly Message[]): void
}

export interface Watch {
  providerId: string
  from: number
  to: number
  joined: boolean
  /** Requests under way for it. */
  asked: number
}

export interface Viewer {
  readonly peer: Peer
  caller: Caller | null
  all: boolean
  readonly watches: Map<string, Watch>
  readonly rooms: Set<string>
  gone: boolean
}

export function isOwn(viewer: Viewer, providerId: string): boolean {
  return viewer.caller?.role === 'provider' && viewer.caller.id === providerId
}

/** The rooms that follow from what a viewer is and watches. */
export function roomsFor(viewer: Viewer): Set<string> {
  const rooms = new Set<string>()
  const { caller } = viewer
  if (caller?.role === 'client') rooms.add(roomOf.client(caller.id))
  if (viewer.all) {
    rooms.add(roomOf.all)
    if (caller?.role === 'provider') rooms.add(roomOf.allOwn(caller.id))
    return rooms
  }
  for (const { providerId, joined } of viewer.watches.values()) {
    if (joined) rooms.add(isOwn(viewer, providerId) ? roomOf.own(providerId) : roomOf.topic(providerId))
  }
  return rooms
}

export interface Rooms {
  add(transport: Transport): void
  /** Whether anybody is in it: what nobody hears is not encoded. */
  has(room: string): boolean
  broadcast(room: string, except: string | null, messages: readonly Message[]): void
  /** Puts a viewer into the rooms that are right for it now, and out of the others. */
  settle(viewer: Viewer): void
}

export function createRooms(): Rooms {
  const transports: Transport[] = []
  const counts = new Map<string, number>()

  function leave(viewer: Viewer, room: string): void {
    viewer.rooms.delete(room)
    const left = (counts.get(room) ?? 1) - 1
    if (left > 0) counts.set(room, left)
    else counts.delete(room)
    viewer.peer.leave(room)
  }

  return {
    add(transport) {
      transports.push(transport)
    },
    has: (room) => counts.has(room),
    broadcast(room, except, messages) {
      for (const transport of transports) transport.broadcast(room, except, messages)
    },
    settle(viewer) {
      const right = viewer.gone ? new Set<string>() : roomsFor(viewer)
      for (const room of [...viewer.rooms]) if (!right.has(room)) leave(viewer, room)
      for (const room of right) {
        if (viewer.rooms.has(room)) continue
        viewer.rooms.add(room)
        counts.set(room, (counts.get(room) ?? 0) + 1)
        viewer.peer.join(room)
      }
    },
  }
}
