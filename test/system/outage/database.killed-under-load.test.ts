import t, { type Test } from 'tap'
import type { Reservation } from '../../../src/schemas/reservations.js'
import type { SlotDoc } from '../../../src/slots/slot-document.js'
import { ownEngine } from '../../helper/own-engine.js'
import { publish, register, type SignedIn, startServers, type TestServer } from '../../helper/servers.js'
import { openViewer, screenOf, type TestViewer, TRANSPORTS } from '../../helper/viewer.js'

const CLIENTS = 12
const SLOTS = 400

/** Holds and confirms until told to stop; keeps what was acknowledged. */
async function book(
  server: TestServer,
  client: SignedIn,
  slots: string[],
  acknowledged: Map<string, string>,
  go: { on: boolean },
) {
  const others = new Map<number, number>()
  for (const slotId of slots) {
    if (!go.on) break
    const held = await server.call<Reservation>('POST', '/v1/reservations', {
      token: client.token,
      body: { slotId },
    })
    if (held.status === 201) {
      acknowledged.set(slotId, 'held')
      const confirmed = await server.call('POST', `/v1/reservations/${held.body.id}/confirm`, {
        token: client.token,
      })
      if (confirmed.status === 200) acknowledged.set(slotId, 'confirmed')
      others.set(confirmed.status, (others.get(confirmed.status) ?? 0) + 1)
    }
    others.set(held.status, (others.get(held.status) ?? 0) + 1)
  }
  return others
}

t.test(
  'the database is killed under load and started again: every acknowledged write is there',
  async (t) => {
    const engine = await ownEngine(t)
    const servers = await startServers(t, { uri: engine.uri })
    const [first] = servers
    if (!first) throw new Error('no server')
    const provider = await register(first, 'provider')
    const slots = await publish(first, provider, SLOTS)
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => register(first, 'client')))
    const acknowledged = new Map<string, string>()
    const viewers = await openViewers(t, servers, provider.id)
    const go = { on: true }
    const share = Math.floor(SLOTS / CLIENTS)
    const work = clients.map((client, index) =>
      book(
        servers[index % 2] ?? first,
        client,
        slots.slice(index * share, (index + 1) * share),
        acknowledged,
        go,
      ),
    )
    while (acknowledged.size < 40) await first.call('GET', '/livez')
    await engine.kill()
    go.on = false
    const statuses = new Map<number, number>()
    for (const one of await Promise.all(work))
      for (const [status, count] of one) statuses.set(status, (statuses.get(status) ?? 0) + count)
    t.same(
      [...statuses.keys()].filter((status) => ![200, 201, 503].includes(status)),
      [],
      'nobody hears anything but yes or 503',
    )
    t.ok((statuses.get(503) ?? 0) > 0, 'control: the kill came while writes were under way')

    await engine.start()
    const stored = await first.app.slots.collection.find({ state: { $in: ['held', 'confirmed'] } }).toArray()
    const states = new Map(stored.map((slot) => [slot._id, slot.state as string]))
    const lost = [...acknowledged].filter(
      ([id, state]) => states.get(id) !== state && !(state === 'held' && states.get(id) === 'confirmed'),
    )
    t.same(lost, [], `${acknowledged.size} acknowledged, none lost`)

    const all = await first.app.slots.collection.find({}).toArray()
    for (const viewer of viewers) {
      await viewer.until("the database's picture", () => shows(viewer, provider.id, all))
    }
    t.pass('every viewer, on both servers and transports, ends with the picture of the database')
  },
)

t.test(
  'while the database is away writes answer 503 soon, lists go on, and all comes back by itself',
  async (t) => {
    const engine = await ownEngine(t)
    const servers = await startServers(t, { uri: engine.uri })
    const [server] = servers
    if (!server) throw new Error('no server')
    const provider = await register(server, 'provider')
    const client = await register(server, 'client')
    const slots = await publish(server, provider, 4)
    const viewers = await openViewers(t, servers, provider.id)
    const list = `/v1/slots?providerId=${provider.id}`
    const before = await server.call<{ items: unknown[] }>('GET', list)
    t.equal(before.headers.get('x-picture-age'), '0', 'control: with the database the picture is fresh')
    t.equal((await server.call('GET', '/readyz')).status, 200)

    await engine.kill()
    const begun = performance.now()
    const hold = await server.call<{ code: string }>('POST', '/v1/reservations', {
      token: client.token,
      body: { slotId: slots[0] },
    })
    t.match(hold, { status: 503, body: { code: 'unavailable' } })
    t.ok(hold.headers.get('retry-after'))
    t.ok(performance.now() - begun < 6_000, `after ${Math.round(performance.now() - begun)} ms`)
    const during = await server.call<{ items: unknown[] }>('GET', list)
    t.equal(during.status, 200)
    t.same(during.body.items, before.body.items, 'the board answers')
    t.ok(Number(during.headers.get('x-picture-age')) >= 1, 'and says how old its picture is')
    t.equal((await server.call('GET', '/livez')).status, 200)
    t.equal((await server.call('GET', '/readyz')).status, 503)

    await engine.start()
    let status = 503
    for (const until = performance.now() + 20_000; status === 503 && performance.now() < until; ) {
      status = (
        await server.call('POST', '/v1/reservations', { token: client.token, body: { slotId: slots[0] } })
      ).status
    }
    t.ok([200, 201].includes(status), `held without a restart (${status})`)
    let ready = 503
    for (const until = performance.now() + 20_000; ready === 503 && performance.now() < until; )
      ready = (await server.call('GET', '/readyz')).status
    t.equal(ready, 200)
    t.equal(
      (await server.call<{ items: unknown[] }>('GET', list)).body.items.length,
      3,
      'and the list is right again',
    )
    const all = await server.app.slots.collection.find({}).toArray()
    for (const viewer of viewers) {
      await viewer.until("the database's picture", () => shows(viewer, provider.id, all))
    }
    t.pass('and so is the picture of every viewer')
  },
)

/** On each server one of each transport. */
function openViewers(t: Test, servers: TestServer[], providerId: string): Promise<TestViewer[]> {
  return Promise.all(
    servers.flatMap(({ url }) =>
      TRANSPORTS.map(async (transport) => {
        const viewer = await openViewer(t, url, { transport })
        await viewer.ask('watch', { providerId })
        return viewer
      }),
    ),
  )
}

function shows(viewer: TestViewer, providerId: string, slots: SlotDoc[]): boolean {
  const screen = screenOf(viewer, providerId)
  return slots.every(({ _id, state, rev }) => {
    const shown = screen.slots.get(_id)
    return shown?.rev === rev && shown.state === state
  })
}
