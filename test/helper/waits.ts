/** A calendar whose times are all taken, and clients who wait for them, on servers of a test. */
import type { Test } from 'tap'
import type { Reservation } from '../../src/schemas/reservations.js'
import type { Wait } from '../../src/schemas/waits.js'
import { MovedClock } from './moved-clock.js'
import {
  publish,
  register,
  type ServersOptions,
  type SignedIn,
  startServers,
  type TestServer,
} from './servers.js'

export interface WaitWorld {
  servers: TestServer[]
  here: TestServer
  there: TestServer
  clock: MovedClock
  provider: SignedIn
  /** Who has booked everything. */
  holder: SignedIn
  /** In the order of time. */
  slots: string[]
  bookings: Reservation[]
}

export async function waitWorld(t: Test, slotCount = 1, options: ServersOptions = {}): Promise<WaitWorld> {
  const clock = new MovedClock()
  const servers = await startServers(t, { clock, ...options })
  const [here, there = here] = servers
  if (!here || !there) throw new Error('no server')
  const provider = await register(here, 'provider')
  const holder = await register(here, 'client')
  const slots = await publish(here, provider, slotCount)
  const bookings: Reservation[] = []
  for (const slotId of slots) bookings.push(await book(here, holder, slotId))
  return { servers, here, there, clock, provider, holder, slots, bookings }
}

export async function book(
  server: TestServer,
  client: SignedIn,
  slotId: string,
  serviceId?: string,
): Promise<Reservation> {
  const held = await hold(server, client, slotId, serviceId)
  const path = `/v1/reservations/${held.id}/confirm`
  const { status, body } = await server.call<Reservation>('POST', path, { token: client.token })
  if (status !== 200) throw new Error(`confirming answered ${status}`)
  return body
}

export async function hold(
  server: TestServer,
  client: SignedIn,
  slotId: string,
  serviceId?: string,
): Promise<Reservation> {
  const { status, body } = await server.call<Reservation>('POST', '/v1/reservations', {
    token: client.token,
    body: { slotId, ...(serviceId !== undefined && { serviceId }) },
  })
  if (status !== 201) throw new Error(`holding answered ${status}: ${JSON.stringify(body)}`)
  return body
}

/** Over all that lies ahead, unless it says otherwise. */
export function wish({ clock, provider }: WaitWorld, changes: object = {}) {
  const from = new Date(clock.now()).toISOString()
  const to = new Date(clock.now() + 30 * 86_400_000).toISOString()
  return { providerId: provider.id, from, to, ...changes }
}

export async function join(
  world: WaitWorld,
  client: SignedIn,
  changes: object = {},
  server = world.here,
): Promise<Wait> {
  // Nobody joins in the same millisecond as another.
  world.clock.move(1)
  const { status, body } = await server.call<Wait>('POST', '/v1/waits', {
    token: client.token,
    body: wish(world, changes),
  })
  if (status !== 201) throw new Error(`joining answered ${status}: ${JSON.stringify(body)}`)
  return body
}

export async function waitOf(server: TestServer, client: SignedIn, id: string): Promise<Wait> {
  const { body } = await server.call<Wait>('GET', `/v1/waits/${id}`, { token: client.token })
  return body
}

export async function end(server: TestServer, who: SignedIn, reservationId: string): Promise<number> {
  const path = `/v1/reservations/${reservationId}`
  return (await server.call('DELETE', path, { token: who.token })).status
}
