import t from 'tap'
import { publish, register, startServers } from '../../helper/servers.js'
import { openViewer, TRANSPORTS } from '../../helper/viewer.js'

t.test('on both servers and transports, watching nothing, also when the provider cancels', async (t) => {
  const servers = await startServers(t)
  const [here] = servers
  if (!here) throw new Error('a server')
  const provider = await register(here, 'provider')
  const client = await register(here, 'client')
  const stranger = await register(here, 'client')
  const [slotId = ''] = await publish(here, provider, 1)
  const tabs = []
  const strangers = []
  for (const { url } of servers) {
    for (const transport of TRANSPORTS) {
      tabs.push(await openViewer(t, url, { transport, token: client.token }))
      const viewer = await openViewer(t, url, { transport, token: stranger.token })
      await viewer.ask('watch', { all: true })
      strangers.push(viewer)
    }
  }
  const { body } = await here.call<{ id: string; expiresAt: string }>('POST', '/v1/reservations', {
    token: client.token,
    body: { slotId },
  })
  const { id } = body
  await here.call('POST', `/v1/reservations/${id}/confirm`, { token: client.token })
  await here.call('DELETE', `/v1/reservations/${id}`, { token: provider.token })
  for (const tab of tabs) {
    await tab.hears('reservation', ({ status }) => status === 'cancelled')
    t.same(tab.all('reservation'), [
      { id, slotId, status: 'held', expiresAt: body.expiresAt },
      { id, slotId, status: 'confirmed' },
      { id, slotId, status: 'cancelled', reason: 'cancelled' },
    ])
    t.same(tab.events(), [], 'and nothing else')
  }
  for (const viewer of strangers) {
    await viewer.hears('slot-released')
    t.same(viewer.all('reservation'), [])
  }
})
