import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { DatabaseClock } from '../../../src/clock.js'
import type { Reservation } from '../../../src/schemas/reservations.js'
import { testDatabase } from '../../helper/database.js'
import { databaseProxy } from '../../helper/database-proxy.js'
import { PASSWORD, publish, register, startOne, type TestServer } from '../../helper/servers.js'

const TEN_MINUTES_MS = 600_000
const PATIENCE_MS = 20_000

interface Readiness {
  status: string
  checks: Record<string, boolean>
}

/** Two servers on one database; only one of them meets the clock that jumps. */
async function scene(t: Test) {
  const { uri } = await testDatabase(t)
  const proxy = await databaseProxy(t, uri)
  const settings = { HOLD_SECONDS: '60' }
  const here = await startOne(t, { uri: proxy.uri, settings })
  const there = await startOne(t, { uri, settings })
  const provider = await register(there, 'provider')
  const client = await register(there, 'client')
  const [slotId = ''] = await publish(there, provider, 1)
  const held = await there.call<Reservation>('POST', '/v1/reservations', {
    token: client.token,
    body: { slotId },
  })
  t.equal(held.status, 201)
  return { proxy, here, there, client, slotId, held: held.body }
}

/** Whether the clock lets the server be ready. */
async function ready(server: TestServer): Promise<boolean> {
  const { status, body } = await server.call<Readiness>('GET', '/readyz')
  if (body.checks.clock === false && status !== 503) throw new Error(`ready with ${JSON.stringify(body)}`)
  return body.checks.clock === true
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await pause(50))
    if (await holds()) return
  throw new Error(`never came: ${what}`)
}

async function ahead(server: TestServer): Promise<number> {
  const { body } = await server.call<string>('GET', '/metrics')
  return Number(/^slotcast_clock_database_ahead_seconds (\S+)$/m.exec(String(body))?.[1])
}

/** The hold stands, times are alike, tokens of either are good at the other. */
async function agree(t: Test, { here, there, client, held }: Awaited<ReturnType<typeof scene>>) {
  await here.app.sweeper.sweep()
  t.ok(Math.abs(here.app.clock.now() - there.app.clock.now()) < 1_500, 'two servers have one time')
  for (const [one, other] of [
    [here, there],
    [there, here],
  ] as const) {
    const signedIn = await one.call<{ accessToken: string }>('POST', '/v1/token', {
      body: { email: client.email, password: PASSWORD },
    })
    const seen = await other.call<Reservation>('GET', `/v1/reservations/${held.id}`, {
      token: signedIn.body.accessToken,
    })
    t.match(seen, { status: 200, body: { status: 'held', expiresAt: held.expiresAt } })
  }
}

t.test('ten minutes ahead for a while: the server says so, nothing else happens, and it heals', async (t) => {
  const world = await scene(t)
  const { proxy, here, there } = world
  t.ok(await ready(here))
  proxy.clockOffsetMs = TEN_MINUTES_MS
  const begun = performance.now()
  await until('not ready', async () => !(await ready(here)))
  t.ok(Math.abs((await ahead(here)) - 600) < 2, 'by how much')
  const before = here.app.clock.now()
  await agree(t, world)
  await until('2.5 seconds', async () => performance.now() - begun > 2_500)
  await agree(t, world)
  t.ok(await ready(there), 'control: the other one met nothing')
  proxy.clockOffsetMs = 0
  await until('ready', () => ready(here))
  await agree(t, world)
  t.ok(here.app.clock.now() > before, 'time went on')
  t.ok(Math.abs(await ahead(here)) < 1)
})

t.test('control: 200 ms are caught up slowly, and everything stays green', async (t) => {
  const world = await scene(t)
  const { proxy, here } = world
  const { clock } = here.app
  if (!(clock instanceof DatabaseClock)) throw new Error('the clock of the database')
  proxy.clockOffsetMs = 200
  const ahead = () => clock.now() - performance.now()
  const before = ahead()
  await clock.measureAnew()
  const { aheadMs } = clock.health
  t.ok(aheadMs > 50 && aheadMs < 350, `${aheadMs} ms`)
  t.ok(ahead() - before < aheadMs, 'no step')
  let green = true
  await until('caught up', async () => {
    green &&= await ready(here)
    return Math.abs(clock.health.aheadMs) < 20
  })
  t.ok(green)
  t.ok(proxy.timesMoved > 0)
  await agree(t, world)
})
