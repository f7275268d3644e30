import t from 'tap'
import { publish, register, startServers } from '../../helper/servers.js'
import { openViewer, type TestViewer, TRANSPORTS } from '../../helper/viewer.js'

const NAME = 'Hedy Lamarr-Ünique'

t.test('its own sockets get who it is, in events and picture; nobody else does', async (t) => {
  const [here, there] = await startServers(t)
  if (!here || !there) throw new Error('two servers')
  const provider = await register(here, 'provider')
  const rival = await register(here, 'provider')
  const client = await register(here, 'client', { name: NAME })
  const [first = '', second = ''] = await publish(here, provider, 3)
  const hold = async (slotId: string) =>
    (await here.call<{ id: string }>('POST', '/v1/reservations', { token: client.token, body: { slotId } }))
      .body.id
  const early = await hold(first)

  const own: TestViewer[] = []
  const others: TestViewer[] = []
  for (const transport of TRANSPORTS) {
    for (const { url } of [here, there]) {
      for (const watch of [{ providerId: provider.id }, { all: true }]) {
        const mine = await openViewer(t, url, { transport, token: provider.token })
        own.push(mine)
        await mine.ask('watch', watch)
        // The client's own sockets see states only, as everybody's: a screen may be looked at by others.
        for (const token of [undefined, rival.token, client.token]) {
          const viewer = await openViewer(t, url, { transport, token })
          others.push(viewer)
          await viewer.ask('watch', watch)
        }
      }
    }
  }
  const late = await hold(second)
  await here.call('POST', `/v1/reservations/${late}/confirm`, { token: client.token })
  await here.call('DELETE', `/v1/reservations/${late}`, { token: provider.token })

  for (const viewer of own) {
    await viewer.hears('slot-released')
    for (const { payload } of viewer.heard.filter(({ name }) => name.startsWith('slot-')))
      t.match(payload, { reservation: { id: late, client: { id: client.id, name: NAME } } })
    const [picture] = viewer.all('watching')
    if (Array.isArray(picture?.slots))
      t.match(picture.slots[0], {
        id: first,
        reservation: { id: early, status: 'held', client: { id: client.id, name: NAME } },
      })
  }
  const said = (viewer: TestViewer) =>
    JSON.stringify(viewer.heard.filter(({ name }) => name !== 'reservation'))
  for (const viewer of others) {
    await viewer.hears('slot-released')
    for (const secret of [NAME, 'Lamarr', client.id, early, late, 'reservation'])
      t.notOk(said(viewer).includes(secret), `no ${secret === NAME ? 'name' : 'trace'} for others`)
  }
  t.ok(
    own.every((viewer) => said(viewer).includes(NAME)),
    'control: the search finds it where it is',
  )
})
