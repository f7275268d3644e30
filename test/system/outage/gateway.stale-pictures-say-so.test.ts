import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { MovedClock } from '../../helper/moved-clock.js'
import { ownEngine } from '../../helper/own-engine.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../../helper/servers.js'
import { openViewer, TRANSPORTS } from '../../helper/viewer.js'

const LIVE = {
  gateway: { heartbeatMs: 150 },
  feed: { maxAwaitMs: 200, graceMs: 300, checkMs: 50, backoffMs: 20, maxBackoffMs: 100 },
}
const PATIENCE_MS = 30_000
/** Beyond this `/readyz` gives the stream up. */
const LAG_MS = 5_000

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await pause(50))
    if (await holds()) return
  throw new Error(`never came: ${what}`)
}

async function list(server: TestServer, provider: SignedIn) {
  const { status, headers, body } = await server.call<{ items: unknown[] }>(
    'GET',
    `/v1/slots?providerId=${provider.id}`,
  )
  return { status, age: Number(headers.get('x-picture-age')), items: body.items }
}

async function readiness(server: TestServer) {
  const { status, body } = await server.call<{ checks: Record<string, boolean> }>('GET', '/readyz')
  return { status, stream: body.checks.stream }
}

async function gauge(server: TestServer, name: string): Promise<number> {
  const { body } = await server.call<string>('GET', '/metrics')
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(String(body))?.[1])
}

t.test('without a database the age grows, whatever is tried, and every channel tells it', async (t) => {
  const engine = await ownEngine(t)
  const clock = new MovedClock()
  let attempts = 0
  const stream = { write: (line: string) => void (line.includes('change stream replaced') && attempts++) }
  const server = await startOne(t, { uri: engine.uri, clock, live: LIVE, logger: { level: 'warn', stream } })
  const provider = await register(server, 'provider')
  await publish(server, provider, 3)
  const viewers = []
  for (const transport of TRANSPORTS) {
    const viewer = await openViewer(t, server.url, { transport })
    t.notOk(
      'ageSeconds' in (await viewer.ask('watch', { providerId: provider.id })),
      'control: a fresh picture',
    )
    viewers.push(viewer)
  }
  const before = await list(server, provider)
  t.match(before, { status: 200, age: 0 }, 'control: all is well')
  t.match(await readiness(server), { stream: true })

  await engine.kill()
  const killed = performance.now()
  const ages: number[] = []
  await until('an age beyond what is ready', async () => {
    const { status, age, items } = await list(server, provider)
    if (status !== 200) throw new Error(`the list answered ${status}`)
    t.same(items, before.items)
    ages.push(age)
    // What is remembered of the provider is too old from now on.
    if (ages.length === 3) clock.move(31_000)
    return attempts >= 3 && age * 1000 > LAG_MS + 1_000
  })
  t.same(
    ages,
    [...ages].sort((a, b) => a - b),
    'it grows, through several attempts to connect',
  )
  const passed = (performance.now() - killed) / 1000
  t.ok((ages.at(-1) ?? 0) <= passed + 2, 'with the time')
  t.match(await readiness(server), { status: 503, stream: false })
  t.ok((await gauge(server, 'slotcast_picture_age_seconds')) * 1000 > LAG_MS)
  for (const viewer of viewers) await viewer.hears('heartbeat', ({ ageSeconds }) => Number(ageSeconds) >= 5)
  const late = await openViewer(t, server.url)
  const picture = await late.ask('watch', { providerId: provider.id })
  t.match(picture, { ok: true, slots: { length: 3 } })
  t.ok(Number(picture.ageSeconds) >= 5, 'the picture of who comes now')
  t.ok(Number((await late.ask('watch', { all: true })).ageSeconds) >= 5)
  t.equal(
    (await server.call('GET', `/v1/slots?providerId=${'0'.repeat(32)}`)).status,
    503,
    'control: of whom nothing is known, nothing is said',
  )

  await engine.start()
  await until('a fresh picture', async () => (await list(server, provider)).age === 0)
  t.match(await readiness(server), { stream: true })
  t.equal(await gauge(server, 'slotcast_picture_age_seconds'), 0)
  t.same((await list(server, provider)).items, before.items)
  t.notOk('ageSeconds' in (await late.ask('watch', { providerId: provider.id })))
})
