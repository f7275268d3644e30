/** Real servers for a test: on free ports, on one database, closed at its end. Two is the default picture. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { type AppOptions, build } from '../../src/app.js'
import { type Config, readConfig } from '../../src/config.js'
import { slotStates } from '../../src/domain/slot.js'
import type { Account, Registered } from '../../src/schemas/accounts.js'
import { testDatabase } from './database.js'

export interface TestServer {
  app: FastifyInstance
  url: string
  call: Call
}

export interface Answer<Body = Record<string, never>> {
  status: number
  headers: Headers
  body: Body
}

export type Call = <Body = Record<string, never>>(
  method: string,
  path: string,
  options?: { token?: string; body?: unknown; headers?: Record<string, string> },
) => Promise<Answer<Body>>

export interface ServersOptions extends Partial<Omit<AppOptions, 'config' | 'mongoUri'>> {
  count?: number
  settings?: Partial<Record<keyof Config, string>>
  /** A database that the test has already. */
  uri?: string
}

/** A hash in a millisecond; what a real one costs is tested where it matters. */
const CHEAP = { memoryCost: 64, timeCost: 2, parallelism: 1 }

export const SETTINGS = {
  JWT_SECRET: 'the access token secret of the tests',
  FIELD_KEY: 'the key of the fields of the tests..',
  RATE_LIMIT_PER_MINUTE: '1000000',
  AUTH_LIMIT_PER_MINUTE: '1000000',
  MAX_SOCKETS_PER_ADDRESS: '100000',
}

export async function startServers(t: Test, options: ServersOptions = {}): Promise<TestServer[]> {
  const { count = 2, settings = {}, uri = (await testDatabase(t)).uri, ...rest } = options
  const config = readConfig({ ...SETTINGS, ...settings })
  const servers: TestServer[] = []
  for (let index = 0; index < count; index++)
    servers.push(await startServer(t, { config, mongoUri: uri, ...rest }))
  return servers
}

export async function startOne(t: Test, options: Omit<ServersOptions, 'count'> = {}): Promise<TestServer> {
  const [server] = await startServers(t, { ...options, count: 1 })
  if (!server) throw new Error('no server')
  return server
}

async function startServer(
  t: Test,
  options: Omit<AppOptions, 'config'> & { config: Config },
): Promise<TestServer> {
  const { JWT_SECRET = '', FIELD_KEY = '' } = options.config
  const app = await build({
    argon2: CHEAP,
    ...options,
    config: { ...options.config, JWT_SECRET, FIELD_KEY },
  })
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  return { app, url, call: caller(url) }
}

export function caller(url: string): Call {
  return async <Body>(
    method: string,
    path: string,
    { token, body, headers = {} }: Parameters<Call>[2] = {},
  ) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json') ?? false
    return {
      status: response.status,
      headers: response.headers,
      body: (json ? JSON.parse(text) : text) as Body,
    }
  }
}

export interface SignedIn {
  id: string
  token: string
  account: Account
  email: string
}

export const PASSWORD = 'a long enough password'

let registered = 0

export async function register(
  server: Pick<TestServer, 'call'>,
  role: 'client' | 'provider',
  { name = role === 'client' ? 'Ada Client' : 'Grace Provider', timeZone = 'Europe/Berlin' } = {},
): Promise<SignedIn> {
  const email = `${role}-${process.pid}-${registered++}@example.com`
  const answer = await server.call<Registered>('POST', '/v1/accounts', {
    body: { role, email, password: PASSWORD, name, timeZone },
  })
  if (answer.status !== 201)
    throw new Error(`registration answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return { id: answer.body.account.id, token: answer.body.accessToken, account: answer.body.account, email }
}

/** What servers read by themselves, whatever they are asked: ended sessions and grants, due jobs, waits. */
const READ_BESIDE = new Set(['sessions', 'grants', 'jobs', 'jobProgress', 'waits'])

/** Collects what a server with `monitorCommands` reads for its callers, from now on. */
export function readsFor({ app }: TestServer): string[] {
  const reads: string[] = []
  app.mongo.getClient().on('commandStarted', ({ commandName, command }) => {
    const collection = String(command[commandName])
    // Changed accounts are looked for by themselves as well.
    const isOfAccounts = command.filter?.changedAt !== undefined
    // At the first start jobs are derived from the slots that lie ahead, which may take until after the first answers.
    const isDeriving = collection === 'slots' && command.filter?.state?.$in?.length === slotStates.length
    const isBeside = READ_BESIDE.has(collection) || isOfAccounts || isDeriving
    if (['find', 'aggregate'].includes(commandName) && !isBeside) reads.push(`${commandName} ${collection}`)
  })
  return reads
}

/** A fresh token, after the clock was moved past the end of the old one. */
export async function signInAgain(server: Pick<TestServer, 'call'>, account: SignedIn): Promise<SignedIn> {
  const { body } = await server.call<{ accessToken: string }>('POST', '/v1/token', {
    body: { email: account.email, password: PASSWORD },
  })
  return { ...account, token: body.accessToken }
}

/** Publishes slots on a day: by default the third day from now, so that no notice stands in the way. Says their ids. */
export async function publish(
  server: TestServer,
  provider: SignedIn,
  slots: number,
  daysAhead = 3,
): Promise<string[]> {
  const start = Math.ceil(server.app.clock.now() / 86_400_000) * 86_400_000 + (daysAhead - 1) * 86_400_000
  const answer = await server.call<{ slots: string[] }>('POST', `/v1/providers/${provider.id}/availability`, {
    token: provider.token,
    body: {
      blocks: [
        { start: new Date(start).toISOString(), end: new Date(start + slots * 900_000).toISOString() },
      ],
    },
  })
  if (answer.status !== 200)
    throw new Error(`publishing answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body.slots
}
