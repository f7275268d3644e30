/**
 * What `npm run bench -- peers` asks of a server, whoever wrote it: how it is started, what it is filled with, and which
 * requests list, reserve and confirm. Ours and the least that Node can do are here; others come as modules of their own
 * that export `adapter`.
 */
import { encode } from './http-load.js'
import type { World } from './kit.js'

export interface PeerOptions {
  /** Free times, all of one calendar. */
  slots: number
  /** People who may reserve, each with a token or whatever it takes. */
  clients: number
  /** How long a hold lasts, for the test of expiry; everything else is through before that. */
  holdSeconds: number
}

/** A server that runs and is filled. Requests are whole HTTP/1.1 messages, made before the clock starts. */
export interface Peer {
  url: string
  /** Every process that it consists of, by name. */
  pids: Record<string, number>
  list(): Buffer
  /** Holds a slot, by its number, for a client, by its number. */
  reserve(slot: number, client: number): Buffer
  /** What the answer to it names the reservation. */
  idIn(answer: Buffer): string
  confirm(id: string, client: number): Buffer
  /** Whether such an answer means that it was done. */
  isDone(status: number): boolean
  stop(): Promise<void>
}

export interface PeerAdapter {
  name: string
  /** What is known of it that the figures do not say: whether answers are durable, for one. */
  says: string
  start(options: PeerOptions): Promise<Peer>
}

export function oursFrom(world: World): PeerAdapter {
  return {
    name: 'slotcast',
    says: `${world.engine}, every answer durable`,
    async start({ slots, clients, holdSeconds }) {
      const server = await world.server({
        HOLD_SECONDS: String(holdSeconds),
        MAX_ACTIVE_HOLDS: '20',
        ONE_PER_DAY: 'false',
      })
      const [provider] = await world.people('provider', 1)
      if (!provider) throw new Error('no provider')
      const ids = await world.slots(provider, slots)
      const people = await world.people('client', clients)
      const { url } = server
      const list = encode(url, 'GET', `/v1/slots?providerId=${provider.id}&limit=96`)
      const tokenOf = (client: number) => people[client]?.token ?? ''
      return {
        url,
        pids: { server: server.pid, database: world.databasePid },
        list: () => list,
        reserve: (slot, client) =>
          encode(url, 'POST', '/v1/reservations', { token: tokenOf(client), body: { slotId: ids[slot] } }),
        idIn: (answer) => (JSON.parse(answer.toString()) as { id: string }).id,
        confirm: (id, client) =>
          encode(url, 'POST', `/v1/reservations/${id}/confirm`, { token: tokenOf(client) }),
        isDone: (status) => status === 200 || status === 201,
        stop: () => server.stop(),
      }
    },
  }
}

/** Nothing but Node: answers from memory, nothing is kept, nobody is asked who they are. */
export function bareFrom(world: World): PeerAdapter {
  return {
    name: 'bare node:http',
    says: 'a map in memory, nothing durable, no accounts: what no server on Node can be faster than',
    async start({ slots, holdSeconds }) {
      const server = await world.reference('booking', String(slots), String(holdSeconds))
      const { url } = server
      const list = encode(url, 'GET', '/slots')
      return {
        url,
        pids: { server: server.pid },
        list: () => list,
        reserve: (slot, client) => encode(url, 'POST', `/reserve/${slot}`, { body: { client } }),
        idIn: (answer) => (JSON.parse(answer.toString()) as { id: string }).id,
        confirm: (id, client) => encode(url, 'POST', `/confirm/${id}`, { body: { client } }),
        isDone: (status) => status === 200,
        stop: () => server.stop(),
      }
    },
  }
}
