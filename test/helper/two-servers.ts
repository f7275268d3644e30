/** Two servers on one database, of which a test can disturb one's connections to it. */
import type { Test } from 'tap'
import { testDatabase } from './database.js'
import { type DatabaseProxy, databaseProxy } from './database-proxy.js'
import { type ServersOptions, startOne, startServers, type TestServer } from './servers.js'

export async function twoServers(t: Test, options: ServersOptions = {}): Promise<[TestServer, TestServer]> {
  const [one, other] = await startServers(t, { ...options, count: 2 })
  if (!one || !other) throw new Error('fewer than two servers')
  return [one, other]
}

export interface NearAndFar {
  uri: string
  /** Beside the database. */
  near: TestServer
  /** Behind the proxy. */
  far: TestServer
  proxy: DatabaseProxy
}

export async function nearAndFar(
  t: Test,
  options: Omit<ServersOptions, 'count' | 'uri'> = {},
): Promise<NearAndFar> {
  const { uri } = await testDatabase(t)
  const proxy = await databaseProxy(t, uri)
  const near = await startOne(t, { ...options, uri })
  const far = await startOne(t, { ...options, uri: proxy.uri })
  return { uri, near, far, proxy }
}
