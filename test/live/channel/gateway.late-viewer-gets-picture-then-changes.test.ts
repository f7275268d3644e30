import t from 'tap'
import { publish, register, startServers } from '../../helper/servers.js'
import { openViewer, screenOf, TRANSPORTS } from '../../helper/viewer.js'

for (const transport of TRANSPORTS) {
  t.test(`over ${transport}, a viewer of the other server`, async (t) => {
    const [here, there] = await startServers(t)
    if (!here || !there) throw new Error('two servers')
    const provider = await register(here, 'provider')
    const client = await register(here, 'client')
    const [first = '', second = ''] = await publish(here, provider, 4)
    const held = await here.call('POST', '/v1/reservations', { token: client.token, body: { slotId: first } })
    t.equal(held.status, 201)

    const viewer = await openViewer(t, there.url, { transport })
    const seen = await viewer.ask('watch', { providerId: provider.id })
    t.match(seen, { ok: true, providerId: provider.id, n: Number, rules: { slotMinutes: 15 } })
    t.equal(
      screenOf(viewer, provider.id).slots.get(first)?.state,
      'held',
      'what was before is in the picture',
    )
    t.equal(viewer.events().length, 0)

    await here.call('POST', '/v1/reservations', { token: client.token, body: { slotId: second } })
    const event = await viewer.hears('slot-held')
    t.match(event.payload, {
      n: Number(seen.n) + 1,
      slotId: second,
      providerId: provider.id,
      state: 'held',
      rev: 2,
      expiresAt: String,
    })
    t.notOk('reservation' in event.payload, 'and says nothing of a person')
    const screen = screenOf(viewer, provider.id)
    t.same(screen.faults, [])
    t.equal(screen.slots.get(second)?.state, 'held')
  })
}
