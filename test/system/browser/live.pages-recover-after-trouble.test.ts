import type { Page } from 'playwright-core'
import t from 'tap'
import { isLive, launch, shows, signIn, sit } from '../../helper/browser.js'
import { testDatabase } from '../../helper/database.js'
import { openDoor } from '../../helper/door.js'
import { type Call, publish, register, type SignedIn, startOne, startServers } from '../../helper/servers.js'

t.test('after 300 changes the pages show what the database has', async (t) => {
  const [a, b] = await startServers(t, { settings: { MAX_ACTIVE_HOLDS: '20' } })
  if (!a || !b) throw new Error('two servers')
  const provider = await register(a, 'provider')
  const clients = [await register(a, 'client'), await register(b, 'client'), await register(a, 'client')]
  const ids = await publish(a, provider, 48)
  const day = dayOf(ids[0])
  const browser = await launch(t)
  const booking = await sit(browser, { timezoneId: 'UTC' })
  const desk = await sit(browser)
  await booking.page.goto(`${b.url}/book/${provider.id}?day=${day}&zone=UTC`)
  await desk.page.goto(`${a.url}/provider?day=${day}`)
  await signIn(desk.page, provider.email)
  await isLive(booking.page)
  await isLive(desk.page)
  await shows(desk.page, ids[0] ?? '', 'open')

  const random = seeded(300)
  let changes = 0
  while (changes < 300) {
    const made = await Promise.all(
      [a, b, a, b].map((server) => changeSomething(server.call, provider, clients, ids, random)),
    )
    for (const count of made) changes += count
  }

  const truth = await statesOf(a.call, provider, day)
  t.ok(new Set(truth.values()).size >= 3, 'control: the calendar is a mixed one')
  t.same(await settled(desk.page, truth), [])
  t.same(await settled(booking.page, truth), [])
  t.equal(desk.loads + booking.loads, 2, 'nothing was reloaded')

  await a.call('POST', '/v1/reservations', {
    token: clients[0]?.token ?? '',
    body: { slotId: openOf(truth) },
  })
  await shows(desk.page, openOf(truth), 'held')
  t.same(
    await differences(desk.page, truth),
    [`${openOf(truth)}: held, not open`],
    'control: one change is one difference',
  )
})

t.test('what has passed on a page leaves nothing in memory', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const clients = [await register(server, 'client'), await register(server, 'client')]
  const ids = await publish(server, provider, 24)
  const { page } = await sit(await launch(t))
  const devtools = await page.context().newCDPSession(page)
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)
  let next = 0
  const flicker = async (times: number, { token }: SignedIn) => {
    for (let time = 0; time < times; time++) {
      const body = { slotId: ids[next++ % ids.length] }
      const held = await server.call<{ id: string }>('POST', '/v1/reservations', { token, body })
      await server.call('DELETE', `/v1/reservations/${held.body.id}`, { token })
    }
  }
  const heapAfter = async (events: number) => {
    await Promise.all(clients.map((client) => flicker(events / 4, client)))
    await devtools.send('HeapProfiler.collectGarbage')
    return (await devtools.send('Runtime.getHeapUsage')).usedSize
  }
  const early = await heapAfter(60)
  const late = await heapAfter(300)
  t.ok(late <= early * 1.2, `${(late / early).toFixed(2)} times as much after five times as many events`)
  const leak = 'window.kept = Array.from({ length: 600 }, () => new Array(1000).fill(Math.random()))'
  await page.evaluate(leak)
  t.ok((await heapAfter(0)) > early * 1.2, 'control: what is kept is seen')
})

t.test('a page that stays open while the server restarts', async (t) => {
  const { uri } = await testDatabase(t)
  const before = await startOne(t, { uri })
  const provider = await register(before, 'provider')
  const client = await register(before, 'client')
  const [first = '', second = ''] = await publish(before, provider, 6)
  const door = await openDoor(t, before.url)
  const { page } = await sit(await launch(t))
  await page.goto(`${door.url}/book/${provider.id}`)
  await isLive(page)
  await shows(page, first, 'open')

  door.lead(null)
  await before.app.close()
  await page.locator('[data-link="away"]').waitFor()
  t.match(await page.locator('.link').textContent(), /Reconnecting, times may have changed since \d\d:\d\d/)
  t.equal(await page.locator(`button[data-slot-id="${first}"]`).count(), 1, 'the times are still there')

  const after = await startOne(t, { uri })
  await after.call('POST', '/v1/reservations', { token: client.token, body: { slotId: second } })
  door.lead(after.url)
  await isLive(page)
  await shows(page, second, 'held')
  await after.call('POST', '/v1/reservations', { token: client.token, body: { slotId: first } })
  await shows(page, first, 'held')
})

t.test('a page that was offline comes back to the truth', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const [first = '', second = ''] = await publish(server, provider, 6)
  const { page } = await sit(await launch(t))
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)
  await shows(page, first, 'open')
  await page.context().setOffline(true)
  await page.locator('[data-link="away"]').waitFor()
  await server.call('POST', '/v1/reservations', { token: client.token, body: { slotId: second } })
  t.equal(
    await page.locator(`[data-slot-id="${second}"][data-state="open"]`).count(),
    1,
    'control: not known yet',
  )
  await page.context().setOffline(false)
  await shows(page, second, 'held')
  await isLive(page)
})

function dayOf(slotId = ''): string {
  const [, year, month, day] = /\.(\d{4})(\d\d)(\d\d)T/.exec(slotId) ?? []
  return `${year}-${month}-${day}`
}

/** The same numbers each run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

async function changeSomething(
  call: Call,
  provider: SignedIn,
  clients: SignedIn[],
  ids: string[],
  random: () => number,
): Promise<number> {
  const id = ids[Math.floor(random() * ids.length)] ?? ''
  const client = clients[Math.floor(random() * clients.length)]
  if (!client) return 0
  const token = client.token
  const held = await call<{ id: string }>('POST', '/v1/reservations', { token, body: { slotId: id } })
  if (held.status === 201) {
    const next = random()
    if (next < 0.45) {
      await call('DELETE', `/v1/reservations/${held.body.id}`, { token })
      return 2
    }
    if (next < 0.8) {
      await call('POST', `/v1/reservations/${held.body.id}/confirm`, { token })
      return 2
    }
    return 1
  }
  const mine = await call<{ items: { id: string; slotId: string }[] }>(
    'GET',
    '/v1/reservations?status=held,confirmed&limit=100',
    { token },
  )
  const own = mine.body.items.find((one) => one.slotId === id) ?? mine.body.items[0]
  if (own) return (await call('DELETE', `/v1/reservations/${own.id}`, { token })).status === 204 ? 1 : 0
  const start = Date.parse(`${dayOf(id)}T${id.slice(-5, -3)}:${id.slice(-3, -1)}:00Z`)
  const span = { start: new Date(start).toISOString(), end: new Date(start + 900_000).toISOString() }
  const path = `/v1/providers/${provider.id}/availability`
  const gone = await call<{ withdrawn: number }>('DELETE', `${path}?start=${span.start}&end=${span.end}`, {
    token: provider.token,
  })
  if (gone.body.withdrawn > 0) return 1
  const open = await call<{ opened: number }>('POST', path, {
    token: provider.token,
    body: { blocks: [span] },
  })
  return open.body.opened ?? 0
}

async function statesOf(call: Call, provider: SignedIn, day: string): Promise<Map<string, string>> {
  const list = await call<{ items: { id: string; state: string }[] }>(
    'GET',
    `/v1/providers/${provider.id}/availability?from=${day}T00:00:00Z&to=${day}T23:59:59Z&limit=200`,
    { token: provider.token },
  )
  return new Map(list.body.items.map(({ id, state }) => [id, state]))
}

async function differences(page: Page, truth: Map<string, string>): Promise<string[]> {
  const shown = await page.evaluate<[string, string][]>(
    "[...document.querySelectorAll('[data-slot-id]')].map((one) => [one.dataset.slotId, one.dataset.state])",
  )
  const states = new Map(shown)
  return [...truth].flatMap(([id, state]) =>
    states.get(id) === state ? [] : [`${id}: ${states.get(id)}, not ${state}`],
  )
}

/** The last change may be on its way yet: asks until nothing differs, for a while. */
async function settled(page: Page, truth: Map<string, string>): Promise<string[]> {
  const until = performance.now() + 5000
  let found = await differences(page, truth)
  while (found.length > 0 && performance.now() < until) {
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(resolve))')
    found = await differences(page, truth)
  }
  return found
}

function openOf(truth: Map<string, string>): string {
  const [id = ''] = [...truth].find(([, state]) => state === 'open') ?? []
  return id
}
