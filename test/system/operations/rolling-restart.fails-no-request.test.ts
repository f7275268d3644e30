import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { freePort } from '../../../src/database/embedded/free-port.js'
import { testDatabase } from '../../helper/database.js'
import { deploymentOf, readManifests, restartTimings } from '../../helper/manifests.js'
import { ROOT } from '../../helper/paths.js'
import { type Program, runServer } from '../../helper/processes.js'

const CALLERS = 4
const database = await testDatabase(t)

interface Timings {
  drainSeconds: number
  /** How often /readyz is asked, and how many times in a row it must not say yes. */
  checkSeconds: number
  falls: number
}

interface Backend {
  port: number
  ready: boolean
  /** Answers in a row that were not yes. */
  missed: number
}

/** Those of docker-compose.yml and its proxy. */
function composeTimings(): Timings {
  const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8')
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, { environment?: { DRAIN_SECONDS?: string } }>
  }
  const [, every, falls] = /check inter (\d+)s fall (\d+)/.exec(read('deploy/haproxy.cfg')) ?? []
  return {
    drainSeconds: Number(services['app-1']?.environment?.DRAIN_SECONDS),
    checkSeconds: Number(every),
    falls: Number(falls),
  }
}

/** A proxy that sends each request to the next server whose /readyz says yes. It never tries twice. */
async function startProxy(t: Test, ports: number[], { checkSeconds, falls }: Timings) {
  const backends: Backend[] = ports.map((port) => ({ port, ready: false, missed: 0 }))
  let turn = 0
  let checks = 0
  const proxy = createServer((incoming, outgoing) => {
    const ready = backends.filter((one) => one.ready)
    const backend = ready[turn++ % ready.length]
    const refuse = () => outgoing.writeHead(502).end()
    if (!backend) return refuse()
    const { method, url, headers } = incoming
    const passed = request({
      port: backend.port,
      host: '127.0.0.1',
      method,
      path: url,
      headers,
      agent: false,
    })
    passed.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('error', () => outgoing.destroy()).pipe(outgoing)
    })
    passed.on('error', refuse)
    incoming.pipe(passed)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')

  let closed = false
  const checking = (async () => {
    while (!closed) {
      for (const backend of backends) {
        const answer = await fetch(`http://127.0.0.1:${backend.port}/readyz`).catch(() => null)
        await answer?.body?.cancel()
        const isReady = answer?.status === 200
        backend.missed = isReady ? 0 : backend.missed + 1
        backend.ready = isReady || (backend.ready && backend.missed < falls)
      }
      checks++
      await pause(checkSeconds * 1_000)
    }
  })()
  t.teardown(async () => {
    closed = true
    proxy.close()
    proxy.closeAllConnections()
    await checking
  })
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await pause(10)
  }
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    untilReady: (port: number) => until(() => backends.some((one) => one.port === port && one.ready)),
    /** Right after all were asked, so that the next time is as far away as can be. */
    async untilChecked() {
      const before = checks
      await until(() => checks > before)
    },
  }
}

/** Callers that ask one after the other until they are stopped. */
function load(url: string) {
  const count = { answered: 0, failed: 0 }
  let stopped = false
  const caller = async () => {
    while (!stopped) {
      const answer = await fetch(`${url}/v1/rules`).catch(() => null)
      await answer?.arrayBuffer().catch(() => null)
      if (answer?.status === 200) count.answered++
      else count.failed++
    }
  }
  const callers = Array.from({ length: CALLERS }, caller)
  return {
    count,
    async stop() {
      stopped = true
      await Promise.all(callers)
    },
  }
}

function start(t: Test, port: number, drainSeconds: number): Program {
  const env = {
    PORT: String(port),
    MONGODB_URI: database.uri,
    JWT_SECRET: 'j'.repeat(32),
    FIELD_KEY: 'f'.repeat(32),
    RATE_LIMIT_PER_MINUTE: '1000000',
    DRAIN_SECONDS: String(drainSeconds),
  }
  return runServer(t, { env })
}

t.test('two servers are restarted one after the other and every request is answered', async (t) => {
  const timings = composeTimings()
  t.match(timings, { drainSeconds: 5, checkSeconds: 2, falls: 2 }, 'as docker-compose.yml has it')
  const ports = [await freePort(), await freePort()]
  const servers = new Map(ports.map((port) => [port, start(t, port, timings.drainSeconds)]))
  const proxy = await startProxy(t, ports, timings)
  await Promise.all(ports.map(proxy.untilReady))
  const { count, stop } = load(proxy.url)

  for (const port of ports) {
    const server = servers.get(port)
    await proxy.untilChecked()
    server?.kill('SIGTERM')
    t.same(await server?.ended, { code: 0, signal: null })
    // The next one is of the control below.
    servers.set(port, start(t, port, 0))
    await proxy.untilReady(port)
  }
  t.equal(count.failed, 0, `of ${count.answered} requests`)

  const [, last = 0] = ports
  await proxy.untilChecked()
  servers.get(last)?.kill('SIGTERM')
  t.same(await servers.get(last)?.ended, { code: 0, signal: null })
  await proxy.untilChecked()
  await stop()
  t.ok(count.failed > 0, `the control: without DRAIN_SECONDS ${count.failed} fail`)
})

t.test('as Kubernetes does it, a new server comes first, and every request is answered', async (t) => {
  const manifests = readManifests()
  const timings = restartTimings(manifests)
  const { replicas, strategy } = deploymentOf(manifests).spec
  t.match([replicas, strategy.rollingUpdate], [2, { maxUnavailable: 0, maxSurge: 1 }], 'the order below')
  const [first = 0, second = 0, third = 0, fourth = 0] = await Promise.all(
    Array.from({ length: 4 }, freePort),
  )
  const old = new Map([first, second].map((port) => [port, start(t, port, timings.drainSeconds)]))
  const proxy = await startProxy(t, [first, second, third, fourth], timings)
  await Promise.all([proxy.untilReady(first), proxy.untilReady(second)])
  const { count, stop } = load(proxy.url)

  for (const [leaving, coming] of [
    [first, third],
    [second, fourth],
  ] as const) {
    start(t, coming, timings.drainSeconds)
    await proxy.untilReady(coming)
    await proxy.untilChecked()
    const asked = performance.now()
    old.get(leaving)?.kill('SIGTERM')
    t.same(await old.get(leaving)?.ended, { code: 0, signal: null })
    const seconds = (performance.now() - asked) / 1_000
    t.ok(seconds < timings.graceSeconds, `ended after ${seconds} s, before it would be killed`)
  }
  await stop()
  t.equal(count.failed, 0, `of ${count.answered} requests`)
})
