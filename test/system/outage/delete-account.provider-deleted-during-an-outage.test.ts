import t from 'tap'
import { testDatabase } from '../../helper/database.js'
import { databaseProxy } from '../../helper/database-proxy.js'
import { MovedClock } from '../../helper/moved-clock.js'
import { publish, register, startOne, type TestServer } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

const LIVE = { feed: { maxAwaitMs: 200, graceMs: 300, checkMs: 50, backoffMs: 20, maxBackoffMs: 100 } }

async function list(server: TestServer, providerId: string) {
  const { status, headers } = await server.call('GET', `/v1/slots?providerId=${providerId}`)
  return { status, age: Number(headers.get('x-picture-age')) }
}

t.test('a provider that was deleted meanwhile does not come back with the database', async (t) => {
  const { uri } = await testDatabase(t)
  const proxy = await databaseProxy(t, uri)
  const clock = new MovedClock()
  const there = await startOne(t, { uri, clock })
  const here = await startOne(t, { uri: proxy.uri, clock, live: LIVE })
  const provider = await register(there, 'provider')
  await publish(there, provider, 3)
  t.match(await list(here, provider.id), { status: 200, age: 0 })
  proxy.cut()
  const deleted = await there.call('DELETE', '/v1/me', { token: provider.token })
  t.equal(deleted.status, 204)
  clock.move(31_000)
  const stale = await list(here, provider.id)
  t.equal(stale.status, 200, 'it cannot know')
  t.ok(stale.age > 0, 'and says so')
  t.equal((await list(there, provider.id)).status, 404, 'control: who hears the database knows')
  proxy.restore()
  await until(async () => (await list(here, provider.id)).status === 404, 'the first answer decides')
  t.equal((await list(here, provider.id)).status, 404, 'for good')
})
