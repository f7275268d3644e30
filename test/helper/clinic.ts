/** A provider with services and clients, as they use the server by REST. */
import type { Test } from 'tap'
import type { Reservation } from '../../src/schemas/reservations.js'
import type { Service } from '../../src/schemas/services.js'
import { MovedClock } from './moved-clock.js'
import {
  type Answer,
  publish,
  register,
  type ServersOptions,
  type SignedIn,
  signInAgain,
  startServers,
  type TestServer,
} from './servers.js'

/** A reservation, or a problem with what goes with its code. */
export type Body = Reservation & {
  code: string
  slot?: { id: string; state: string; rev: number }
  latest?: string
  latestStart?: string
  earliestStart?: string
  maxExpiresAt?: string
}

export interface Clinic {
  server: TestServer
  /** On the same database; the first itself where there is one server alone. */
  other: TestServer
  clock: MovedClock
  provider: SignedIn
  client: SignedIn
  slots: string[]
  /** 45 minutes where nothing else is said. */
  offer(changes?: Partial<Service>): Promise<Service>
}

/** With slots from the third day on, at midnight UTC, and no notice. */
export async function clinic(
  t: Test,
  { slots = 16, settings, ...options }: ServersOptions & { slots?: number } = {},
): Promise<Clinic> {
  const clock = new MovedClock()
  const servers = await startServers(t, {
    count: 1,
    clock,
    sweep: false,
    settings: { NOTICE_SECONDS: '0', ...settings },
    ...options,
  })
  const [server, other = server] = servers
  if (!server || !other) throw new Error('no server')
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  return {
    server,
    other,
    clock,
    provider,
    client,
    slots: await publish(server, provider, slots),
    offer: (changes = {}) => offer(server, provider, changes),
  }
}

export async function offer(
  server: TestServer,
  provider: SignedIn,
  changes: Partial<Service> = {},
): Promise<Service> {
  const answer = await server.call<Service>('POST', `/v1/providers/${provider.id}/services`, {
    token: provider.token,
    body: { name: 'First visit', durationMinutes: 45, ...changes },
  })
  if (answer.status !== 201) throw new Error(`a service answered ${answer.status}`)
  return answer.body
}

/** A short time later, with tokens that are good then. */
export async function later(world: Clinic, ms: number): Promise<void> {
  world.clock.move(ms)
  world.client = await signInAgain(world.server, world.client)
  world.provider = await signInAgain(world.server, world.provider)
}

type By = Pick<SignedIn, 'token'>
type Headers = Record<string, string>

export function hold(
  server: Pick<TestServer, 'call'>,
  { token }: By,
  slotId: string | undefined,
  serviceId?: string,
  more: { key?: string; phone?: string; note?: string } = {},
): Promise<Answer<Body>> {
  const { key, ...contact } = more
  const headers: Headers = key === undefined ? {} : { 'idempotency-key': key }
  return server.call('POST', '/v1/reservations', { token, headers, body: { slotId, serviceId, ...contact } })
}

/** A hold that comes about. */
export async function held(...asked: Parameters<typeof hold>): Promise<Body> {
  const answer = await hold(...asked)
  if (answer.status !== 201) throw new Error(`a hold answered ${answer.status} ${answer.body.code}`)
  return answer.body
}

export async function booked(...asked: Parameters<typeof hold>): Promise<Body> {
  const { id } = await held(...asked)
  const answer = await confirm(asked[0], asked[1], id)
  if (answer.status !== 200) throw new Error(`a confirm answered ${answer.status} ${answer.body.code}`)
  return answer.body
}

export function confirm(server: Pick<TestServer, 'call'>, { token }: By, id: string): Promise<Answer<Body>> {
  return server.call('POST', `/v1/reservations/${id}/confirm`, { token })
}

export function extend(server: Pick<TestServer, 'call'>, { token }: By, id: string): Promise<Answer<Body>> {
  return server.call('POST', `/v1/reservations/${id}/extend`, { token })
}

export function move(
  server: Pick<TestServer, 'call'>,
  { token }: By,
  id: string,
  slotId: string | undefined,
  serviceId?: string,
): Promise<Answer<Body>> {
  return server.call('POST', `/v1/reservations/${id}/move`, { token, body: { slotId, serviceId } })
}

export function end(
  server: Pick<TestServer, 'call'>,
  { token }: By,
  id: string,
  { note, withdraw }: { note?: string; withdraw?: boolean } = {},
): Promise<Answer<Body>> {
  const query = withdraw === undefined ? '' : `?withdraw=${withdraw}`
  const body = note === undefined ? {} : { body: { note } }
  return server.call('DELETE', `/v1/reservations/${id}${query}`, { token, ...body })
}

export function read(server: Pick<TestServer, 'call'>, { token }: By, id: string): Promise<Answer<Body>> {
  return server.call('GET', `/v1/reservations/${id}`, { token })
}

/** By the provider, for somebody. */
export function bookFor(
  server: Pick<TestServer, 'call'>,
  { id, token }: Pick<SignedIn, 'id' | 'token'>,
  body: object,
  headers: Headers = {},
): Promise<Answer<Body>> {
  return server.call('POST', `/v1/providers/${id}/reservations`, { token, headers, body })
}

/** The states of slots as everybody sees them, by their places in the list of the clinic. */
export async function statesOf(
  server: Pick<TestServer, 'call'>,
  provider: Pick<SignedIn, 'id' | 'token'>,
  slots: string[],
): Promise<string[]> {
  const { body } = await server.call<{ items: { id: string; state: string }[] }>(
    'GET',
    `/v1/providers/${provider.id}/availability?limit=200`,
    { token: provider.token },
  )
  const states = new Map(body.items.map(({ id, state }) => [id, state]))
  return slots.map((id) => states.get(id) ?? 'none')
}

/** All that lies in the database, as text, but which sessions have ended. */
export async function stored({ app }: Pick<TestServer, 'app'>): Promise<string> {
  await app.directory.settled()
  const { db } = app.mongo
  if (!db) throw new Error('no database')
  const collections = await db.listCollections({}, { nameOnly: true }).toArray()
  const names = collections.map(({ name }) => name).filter((name) => !/session/i.test(name))
  return JSON.stringify(await Promise.all(names.map((name) => db.collection(name).find().toArray())))
}
