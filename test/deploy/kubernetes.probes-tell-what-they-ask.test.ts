import t from 'tap'
import { testDatabase } from '../helper/database.js'
import { databaseProxy } from '../helper/database-proxy.js'
import { deploymentOf, type Probe, readManifests, restartTimings } from '../helper/manifests.js'
import { runServer } from '../helper/processes.js'
import { startOne } from '../helper/servers.js'
import { until } from '../helper/until.js'

const manifests = readManifests()
const [{ startupProbe, livenessProbe, readinessProbe }] =
  deploymentOf(manifests).spec.template.spec.containers
const { drainSeconds, graceSeconds } = restartTimings(manifests)

/** As the kubelet asks: what does not answer in time has failed. */
async function ask(url: string, { httpGet, timeoutSeconds }: Probe): Promise<number | 'no answer'> {
  const signal = AbortSignal.timeout(timeoutSeconds * 1_000)
  return await fetch(url + httpGet.path, { signal }).then(
    ({ status }) => status,
    () => 'no answer' as const,
  )
}

t.test('a server that has its database is alive and ready', async (t) => {
  const { url } = await startOne(t)
  t.equal(await ask(url, startupProbe), 200)
  t.equal(await ask(url, livenessProbe), 200)
  t.equal(await ask(url, readinessProbe), 200)
  t.equal(
    await ask(url, { ...readinessProbe, httpGet: { path: '/readiness', port: 'http' } }),
    404,
    'control: a route that is not there would be seen',
  )
})

t.test('without its database it is alive and not ready, and ready again by itself', async (t) => {
  const proxy = await databaseProxy(t, (await testDatabase(t)).uri)
  const { url } = await startOne(t, { uri: proxy.uri })
  t.equal(await ask(url, readinessProbe), 200)

  proxy.cut()
  await until(async () => (await ask(url, readinessProbe)) === 503, 'the server is not ready')
  t.equal(await ask(url, livenessProbe), 200, 'and nobody restarts it')
  proxy.restore()
  await until(async () => (await ask(url, readinessProbe)) === 200, 'the server is ready again')
})

t.test('a database that is silent is answered within the time of the probe', async (t) => {
  const proxy = await databaseProxy(t, (await testDatabase(t)).uri)
  const { url } = await startOne(t, { uri: proxy.uri })
  t.equal(await ask(url, readinessProbe), 200)
  proxy.stallConnections()
  proxy.stallEach(() => true)
  await until(async () => (await ask(url, readinessProbe)) !== 200, 'the server is not ready')
  t.equal(await ask(url, readinessProbe), 503, 'which it says itself')
  t.equal(await ask(url, livenessProbe), 200)
})

t.test(
  'after SIGTERM it is not ready and alive for DRAIN_SECONDS, and ended before it is killed',
  async (t) => {
    const { uri } = await testDatabase(t)
    const secret = 's'.repeat(32)
    const server = runServer(t, {
      env: { MONGODB_URI: uri, JWT_SECRET: secret, FIELD_KEY: secret, DRAIN_SECONDS: `${drainSeconds}` },
    })
    const url = await server.url()
    await until(async () => (await ask(url, readinessProbe)) === 200, 'the server is ready')

    const asked = performance.now()
    server.kill('SIGTERM')
    await until(async () => (await ask(url, readinessProbe)) === 503, 'the server is not ready')
    t.equal(await ask(url, livenessProbe), 200)
    t.ok(performance.now() - asked < drainSeconds * 1_000, 'all of that while it drains')
    t.same(await server.ended, { code: 0, signal: null })
    const seconds = (performance.now() - asked) / 1_000
    t.ok(seconds >= drainSeconds && seconds < graceSeconds, `it took ${seconds} of ${graceSeconds} s`)
  },
)
