import t from 'tap'
import { publish, register, startOne } from '../../helper/servers.js'
import { openViewer, TRANSPORTS } from '../../helper/viewer.js'

t.test('with n, or seq, so that a hole is noticed though nothing happens', async (t) => {
  const server = await startOne(t, { live: { gateway: { heartbeatMs: 150 } } })
  const provider = await register(server, 'provider')
  for (const transport of TRANSPORTS) {
    const topic = await openViewer(t, server.url, { transport })
    const own = await openViewer(t, server.url, { transport, token: provider.token })
    const all = await openViewer(t, server.url, { transport })
    const idle = await openViewer(t, server.url, { transport })
    for (const viewer of [topic, own]) await viewer.ask('watch', { providerId: provider.id })
    await all.ask('watch', { all: true })
    await publish(server, provider, 2, TRANSPORTS.indexOf(transport) + 3)
    for (const viewer of [topic, own]) {
      await viewer.until('both', () => viewer.events().length === 2)
      const n = viewer.events().at(-1)?.n
      const { payload } = await viewer.hears('heartbeat', (beat) => beat.n === n)
      t.same(payload, { providerId: provider.id, n, serverTime: payload.serverTime })
    }
    await all.until('both', () => all.events().length === 2)
    const seq = all.events().at(-1)?.seq
    const { payload } = await all.hears('heartbeat', (beat) => beat.seq === seq)
    t.same(payload, { seq, serverTime: payload.serverTime })
    t.same(idle.heard, [], 'who watches nothing hears nothing')
  }
})

t.test('control: where something happens there is none', async (t) => {
  const server = await startOne(t, { live: { gateway: { heartbeatMs: 60_000 } } })
  const provider = await register(server, 'provider')
  const viewer = await openViewer(t, server.url)
  await viewer.ask('watch', { providerId: provider.id })
  await publish(server, provider, 20)
  await viewer.until('all', () => viewer.events().length === 20)
  t.same(viewer.all('heartbeat'), [])
})
