import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { WebSocket } from 'ws'
import { testDatabase } from './helper/database.js'
import { runServer } from './helper/processes.js'

const LOOK_AGAIN_MS = 20
const DRAIN_SECONDS = 5
const END_SECONDS = 10
const database = await testDatabase(t)
const env = { MONGODB_URI: database.uri, JWT_SECRET: 'j'.repeat(32), FIELD_KEY: 'f'.repeat(32) }

/** A status over a connection of its own; null where nobody listens. */
async function statusOf(url: string): Promise<number | null> {
  const answer = await fetch(url, { headers: { connection: 'close' } }).catch(() => null)
  await answer?.arrayBuffer()
  return answer?.status ?? null
}

async function untilNotReady(url: string): Promise<number | null> {
  for (;;) {
    const status = await statusOf(`${url}/readyz`)
    if (status !== 200) return status
    await pause(LOOK_AGAIN_MS)
  }
}

t.test(
  'readiness says no first; everybody is served until the time is over, then sockets are sent away',
  async (t) => {
    const server = runServer(t, { env: { ...env, DRAIN_SECONDS: String(DRAIN_SECONDS) } })
    const url = await server.url()
    t.equal(await statusOf(`${url}/readyz`), 200)
    const viewer = new WebSocket(`${url.replace('http', 'ws')}/v1/live`)
    await once(viewer, 'open')

    const begun = performance.now()
    server.kill('SIGTERM')
    t.equal(await untilNotReady(url), 503)
    t.equal(await statusOf(`${url}/livez`), 200, 'nobody restarts what is ending')
    t.equal(await statusOf(`${url}/v1/slots`), 200, 'a new connection is served')
    const late = new WebSocket(`${url.replace('http', 'ws')}/v1/live`)
    await once(late, 'open')
    t.equal(viewer.readyState, WebSocket.OPEN, 'and the sockets that were there go on')

    const [code] = await once(viewer, 'close')
    t.ok(performance.now() - begun >= DRAIN_SECONDS * 1_000, 'they are sent away when the time is over')
    t.equal(code, 1012, 'to come back')
    t.same(await server.ended, { code: 0, signal: null })
    t.ok(performance.now() - begun < (DRAIN_SECONDS + END_SECONDS) * 1_000)
  },
)

t.test('a second signal ends it at once', async (t) => {
  const server = runServer(t, { env: { ...env, DRAIN_SECONDS: '300' } })
  const url = await server.url()
  server.kill('SIGINT')
  t.equal(await untilNotReady(url), 503)
  // Signals within a second are one Ctrl-C that came twice, by the terminal and by npm, so this goes on until it has ended.
  const again = setInterval(() => server.kill('SIGINT'), LOOK_AGAIN_MS)
  const { code } = await server.ended
  clearInterval(again)
  t.equal(code, 1)
})

t.test('control: without DRAIN_SECONDS it ends sooner than that', async (t) => {
  const server = runServer(t, { env })
  const url = await server.url()
  const begun = performance.now()
  server.kill('SIGTERM')
  t.same(await server.ended, { code: 0, signal: null })
  t.ok(performance.now() - begun < DRAIN_SECONDS * 1_000)
  t.equal(await statusOf(`${url}/livez`), null)
})
