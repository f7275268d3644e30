/** Who is reached by what. A socket is in exactly one room for any one event, so it hears each event once. */
import type { Caller } from '../../http/caller.js'
import type { Message } from './messages.js'
import type { PictureBudget } from './picture-budget.js'

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

/** A way to connect: how messages look on it. */
export interface Carrier {
  /** In one piece, for one write to each socket. */
  encode(messages: readonly Message[]): Buffer
}

/** What the gateway needs of one connected socket, whatever carries it. */
export interface Peer {
  readonly carrier: Carrier
  /** The messages as its carrier encodes them. */
  write(encoded: Buffer, messages: readonly Message[]): void
}

export interface Watch {
  providerId: string
  from: number
  to: number
  joined: boolean
  /** A picture of the server's own making is on its way: until it is handed over, no event of this provider goes out. */
  owed: boolean
  /** Requests under way for it. */
  asked: number
  /** Where it is by service: which, and what of it the viewer was shown last. */
  service: ShownStarts | null
}

export interface ShownStarts {
  /** Of the service. */
  id: string
  /** Of the starts and the service's rev. */
  digest: string
  /** The first moment at which time alone may change them. */
  validUntil: number
}

export interface Viewer {
  readonly peer: Peer
  /** Whose limits it counts for. */
  readonly address: string
  /** What its pictures may cost. */
  readonly budget: PictureBudget
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
  for (const { providerId, joined, owed } of viewer.watches.values()) {
    if (joined && !owed)
      rooms.add(isOwn(viewer, providerId) ? roomOf.own(providerId) : roomOf.topic(providerId))
  }
  return rooms
}

export interface Rooms {
  /** Whether anybody is in it: what nobody hears is not encoded. */
  has(room: string): boolean
  /**
   * To everybody in `room` who is not in `except`; the messages in this order. Encoded once for each carrier and written
   * once to each socket, however many they are: fan-out is a count of system calls.
   */
  broadcast(room: string, except: readonly string[], messages: readonly Message[]): void
  /** Puts a viewer into the rooms that are right for it now, and out of the others. */
  settle(viewer: Viewer): void
}

export function sendTo({ peer }: Viewer, message: Message): void {
  peer.write(peer.carrier.encode([message]), [message])
}

export function createRooms(): Rooms {
  const members = new Map<string, Set<Viewer>>()

  function enter(viewer: Viewer, room: string): void {
    viewer.rooms.add(room)
    const there = members.get(room)
    if (there) there.add(viewer)
    else members.set(room, new Set([viewer]))
  }

  function leave(viewer: Viewer, room: string): void {
    viewer.rooms.delete(room)
    const there = members.get(room)
    there?.delete(viewer)
    if (there?.size === 0) members.delete(room)
  }

  return {
    has: (room) => members.has(room),
    broadcast(room, except, messages) {
      const encoded = new Map<Carrier, Buffer>()
      for (const { peer, rooms } of members.get(room) ?? []) {
        if (except.some((other) => rooms.has(other))) continue
        const bytes = encoded.get(peer.carrier) ?? peer.carrier.encode(messages)
        encoded.set(peer.carrier, bytes)
        peer.write(bytes, messages)
      }
    },
    settle(viewer) {
      const right = viewer.gone ? new Set<string>() : roomsFor(viewer)
      for (const room of [...viewer.rooms]) if (!right.has(room)) leave(viewer, room)
      for (const room of right) if (!viewer.rooms.has(room)) enter(viewer, room)
    },
  }
}
