import { once } from 'node:events'
import t from 'tap'
import type { WebSocket } from 'ws'
import { publish, register, startOne } from '../../helper/servers.js'
import { until } from '../../helper/until.js'
import { openViewer, type TestViewer, TRANSPORTS } from '../../helper/viewer.js'

/** Some 300 bytes each: a picture of all of them is more than the bound by itself. */
const SLOTS = 2_976
const SETTINGS = { MAX_UNSENT_BYTES: '100000' }
const ASKED = 60
/** More than two kernels keep for a connection. */
const PICTURES = 40

function stopReading(viewer: TestViewer): { resume(): void } {
  const ws: WebSocket = viewer.ws ?? Reflect.get(viewer.io?.io.engine.transport ?? {}, 'ws')
  ws.pause()
  return { resume: () => ws.resume() }
}

function ask(viewer: TestViewer, providerId: string): Promise<unknown> {
  return viewer.ask('watch', { providerId, to: new Date(Date.now() + 61 * 86_400_000).toISOString() })
}

for (const transport of TRANSPORTS) {
  t.test(`over ${transport}, a viewer that does not read`, async (t) => {
    const server = await startOne(t, { settings: SETTINGS })
    const provider = await register(server, 'provider')
    await publish(server, provider, SLOTS)
    const other = await register(server, 'provider')
    const honest = await openViewer(t, server.url, { transport })
    await honest.ask('watch', { providerId: other.id })
    const slow = await openViewer(t, server.url, { transport })
    await slow.ask('watch', { providerId: provider.id })
    t.equal(server.app.live.cut, 0)

    stopReading(slow)
    const ws = slow.ws
    for (let count = 0; count < ASKED; count++) void ask(slow, provider.id)
    // Something happens for the others all the while.
    let published = 0
    while (server.app.live.cut === 0) {
      if (published < 50) published += (await publish(server, other, 1, 3 + published)).length
      else await server.call('GET', '/v1/rules')
    }
    t.equal(server.app.live.cut, 1, 'is cut')
    // Frames that had come are taken one in each turn of the loop, and the end after the last of them.
    const { live } = server.app
    await until(() => (transport === 'raw' ? live.raw : live.socketIo) === 1, 'and gone')
    await honest.until('each of the others’ events', () => honest.events().length === published)
    t.same(honest.all('slots'), [])
    if (ws) {
      const gone = once(ws, 'close')
      ws.resume()
      t.same((await gone)[0], 1006, 'there was no way to tell it why')
    }
  })

  t.test(`over ${transport}, one that pauses hears everything in order when it goes on`, async (t) => {
    const server = await startOne(t, { settings: { MAX_UNSENT_BYTES: '100000000' } })
    const { app } = server
    const provider = await register(server, 'provider')
    const client = await register(server, 'client')
    const [slotId] = await publish(server, provider, SLOTS)
    const viewer = await openViewer(t, server.url, { transport })
    await viewer.ask('watch', { providerId: provider.id })
    const { resume } = stopReading(viewer)
    const given = app.live.gateway.pictures
    const answers = Array.from({ length: PICTURES }, () => ask(viewer, provider.id))
    while (app.live.gateway.pictures < given + PICTURES) await server.call('GET', '/v1/rules')
    const held = await server.call('POST', '/v1/reservations', { token: client.token, body: { slotId } })
    t.equal(held.status, 201)
    // The hold is known here, so its event has been written or waits where it will be.
    await server.call('GET', '/v1/rules')
    resume()
    await Promise.all([...answers, viewer.hears('slot-held')])
    const names = viewer.heard.map(({ name }) => name)
    t.equal(names.lastIndexOf('watching') < names.indexOf('slot-held'), true, 'the older pictures first')
  })

  t.test(`control: over ${transport}, one that reads may ask as often`, async (t) => {
    const server = await startOne(t, { settings: SETTINGS })
    const provider = await register(server, 'provider')
    await publish(server, provider, SLOTS)
    const viewer = await openViewer(t, server.url, { transport })
    for (let count = 0; count < 10; count++) {
      const to = new Date(Date.now() + 61 * 86_400_000).toISOString()
      const answer = await viewer.ask('watch', { providerId: provider.id, to })
      const length = JSON.stringify(answer).length
      if (count === 0) t.ok(length > 300_000, `a picture of ${length} bytes, more than the bound, arrives`)
    }
    t.equal(server.app.live.cut, 0)
  })
}
