/** The examples are run as they stand in examples/, and README and documents show them word for word. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { Reservation } from '../../src/schemas/reservations.js'
import type { NewWebhookAnswer, WebhookTest } from '../../src/schemas/webhooks.js'
import { launch, sit } from '../helper/browser.js'
import { ROOT } from '../helper/paths.js'
import { publish, register, startOne } from '../helper/servers.js'

const pathOf = (name: string) => fileURLToPath(new URL(`examples/${name}`, ROOT))
const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8')

async function run(t: Test, command: string, args: string[], settings: NodeJS.ProcessEnv = {}) {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...settings },
  })
  t.teardown(async () => {
    if (child.exitCode !== null) return
    child.kill()
    await once(child, 'exit')
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { next: async (): Promise<string> => (await lines.next()).value ?? '' }
}

t.test('four curl commands book a slot', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const [slotId] = await publish(server, provider, 3)
  const booking = await run(t, 'sh', [pathOf('booking.sh'), server.url, provider.id])
  const confirmed = JSON.parse(await booking.next()) as Reservation
  t.match(confirmed, { slotId, status: 'confirmed' })
  const seen = await server.call<Reservation>('GET', `/v1/reservations/${confirmed.id}`, {
    token: provider.token,
  })
  t.equal(seen.body.status, 'confirmed', 'and the provider sees it')
})

t.test(
  'a practice offers a first visit, which is held, extended, confirmed, moved and booked for somebody',
  async (t) => {
    const server = await startOne(t)
    const flow = await run(t, 'sh', [pathOf('first-visit.sh'), server.url])
    const next = async () => JSON.parse(await flow.next())
    const held = (await next()) as Reservation
    t.match(held, { status: 'held', serviceName: 'First visit', durationMinutes: 45 })
    t.equal(held.slotIds.length, 3)
    t.ok((held.expiresInSeconds ?? 0) > 1790, 'extended')
    t.match(await next(), { id: held.id, status: 'confirmed', slotIds: held.slotIds, seq: 1 })
    const moved = (await next()) as Reservation
    t.match(moved, { id: held.id, status: 'confirmed', seq: 2 })
    t.equal(Date.parse(moved.start) - Date.parse(held.start), 60 * 60_000, 'two starts later')
    const booked = (await next()) as Reservation
    t.match(booked, { slotIds: held.slotIds, status: 'confirmed', client: { name: 'Grace' } })
    t.equal(booked.bufferSlotIds?.length, 1, 'with its buffer, which ends where the moved one begins')
    t.match(await next(), { items: [{ id: booked.id }], nextCursor: null })
    t.match(await next(), { code: 'not_begun' }, 'as the example says')
  },
)

t.test('ten lines of Node watch a calendar', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const [slotId = ''] = await publish(server, provider, 3)
  const viewer = await run(t, process.execPath, [pathOf('viewer.mjs'), server.url, provider.id])
  t.equal(await viewer.next(), '3 of 3 slots are open')
  await server.call('POST', '/v1/reservations', { token: client.token, body: { slotId } })
  t.match(await viewer.next(), /^slot-held \d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z held$/)
})

t.test('a browser page on another origin watches a calendar, where that origin is allowed', async (t) => {
  const page = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(read('examples/viewer.html'))
  })
  await new Promise<void>((done) => page.listen(0, '127.0.0.1', done))
  t.teardown(() => page.close())
  const origin = `http://127.0.0.1:${(page.address() as AddressInfo).port}`
  const allowed = await startOne(t, { settings: { ALLOWED_ORIGINS: origin } })
  const provider = await register(allowed, 'provider')
  const client = await register(allowed, 'client')
  const [slotId = ''] = await publish(allowed, provider, 2)

  const browser = await launch(t)
  const seat = await sit(browser)
  await seat.page.goto(`${origin}/?server=${allowed.url}&provider=${provider.id}`)
  await seat.page.getByText(/open\n.*open$/).waitFor()
  await allowed.call('POST', '/v1/reservations', { token: client.token, body: { slotId } })
  await seat.page.getByText(/held\n.*open$/).waitFor()
  t.same(seat.complaints, [])

  const closed = await startOne(t)
  const stranger = await sit(browser)
  const refused = stranger.page.waitForEvent('console')
  await stranger.page.goto(`${origin}/?server=${closed.url}&provider=${provider.id}`)
  t.match((await refused).text(), /WebSocket/, 'control: elsewhere it is refused')
  t.equal(await stranger.page.locator('#list').textContent(), 'connecting')
})

t.test('a receiver of webhooks prints what is signed with its secret, and refuses the rest', async (t) => {
  const server = await startOne(t, { settings: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  const provider = await register(server, 'provider')
  const { token } = provider
  const made = await server.call<NewWebhookAnswer>('POST', '/v1/webhooks', {
    token,
    body: { url: 'http://127.0.0.1:8080', events: ['slot.opened'] },
  })
  const { id, secret } = made.body
  const receiver = await run(t, process.execPath, [pathOf('webhook-receiver.mjs'), '0'], {
    WEBHOOK_SECRET: secret,
  })
  const port = /^listening on port (\d+)$/.exec(await receiver.next())?.[1]
  const url = `http://127.0.0.1:${port}`
  await server.call('PATCH', `/v1/webhooks/${id}`, { token, body: { url } })

  const tested = await server.call<WebhookTest>('POST', `/v1/webhooks/${id}/test`, { token })
  t.match(tested.body, { delivered: true, status: 204 })
  t.match(await receiver.next(), new RegExp(`^${tested.body.id} webhook\\.test {"webhookId":"${id}"`))

  const forged = await fetch(url, { method: 'POST', body: '{"type":"slot.opened","data":{}}' })
  t.equal(forged.status, 401, 'control: without a signature nothing is printed')
  const [slotId] = await publish(server, provider, 1)
  t.match(await receiver.next(), new RegExp(`^msg_\\w+ slot\\.opened {"slotId":"${slotId}"`))
})

t.test('README and documents show the examples word for word', async (t) => {
  const readme = read('README.md')
  for (const name of ['booking.sh', 'first-visit.sh', 'viewer.mjs', 'viewer.html'])
    t.ok(readme.includes(read(`examples/${name}`)), name)
  t.ok(read('docs/webhooks.md').includes(read('examples/webhook-receiver.mjs')), 'webhook-receiver.mjs')
})

t.test('the examples are as short as they are said to be', async (t) => {
  t.equal(read('examples/viewer.mjs').trimEnd().split('\n').length, 10)
  t.equal(read('examples/booking.sh').match(/\bcurl\b/g)?.length, 4)
})
