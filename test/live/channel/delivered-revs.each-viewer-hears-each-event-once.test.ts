import t from 'tap'
import { publish, register, startServers } from '../../helper/servers.js'
import { eventsIn, openViewer, type TestViewer, TRANSPORTS } from '../../helper/viewer.js'

t.test('a viewer of one calendar, of all, and of both, on either server and transport', async (t) => {
  const servers = await startServers(t)
  const [here] = servers
  if (!here) throw new Error('a server')
  const provider = await register(here, 'provider')
  const other = await register(here, 'provider')
  const client = await register(here, 'client')
  const slots = await publish(here, provider, 6)
  const others = await publish(here, other, 1, 5)

  const viewers: { what: string; all: boolean; viewer: TestViewer }[] = []
  for (const [index, { url }] of servers.entries()) {
    for (const transport of TRANSPORTS) {
      for (const what of ['topic', 'all', 'topic then all', 'all then topic', 'topic twice']) {
        const viewer = await openViewer(t, url, { transport })
        const asks: Record<string, unknown[]> = {
          topic: [{ providerId: provider.id }],
          all: [{ all: true }],
          'topic then all': [{ providerId: provider.id }, { all: true }],
          'all then topic': [{ all: true }, { providerId: provider.id }],
          'topic twice': [{ providerId: provider.id }, { providerId: provider.id }],
        }
        for (const ask of asks[what] ?? []) t.match(await viewer.ask('watch', ask), { ok: true })
        const named = `${what} over ${transport} on server ${index}`
        viewers.push({ what: named, all: what.includes('all'), viewer })
      }
    }
  }

  const hold = (slotId: string) =>
    here.call<{ id: string }>('POST', '/v1/reservations', { token: client.token, body: { slotId } })
  for (const slotId of slots) {
    const { body } = await hold(slotId)
    await here.call('DELETE', `/v1/reservations/${body.id}`, { token: client.token })
  }
  await hold(others[0] ?? '')
  await hold(slots[0] ?? '')
  const expected = [...slots.flatMap((id) => [`${id} 2`, `${id} 3`]), `${slots[0]} 4`].sort()

  for (const { what, all, viewer } of viewers) {
    await viewer.hears('slot-held', ({ slotId, rev }) => slotId === slots[0] && rev === 4)
    const heard = eventsIn(viewer.heard)
    const ofProvider = heard.filter(({ providerId }) => providerId === provider.id)
    t.same(ofProvider.map(({ slotId, rev }) => `${slotId} ${rev}`).sort(), expected, `${what}: each once`)
    const ns = ofProvider.map(({ n }) => n)
    t.same(
      ns,
      ns.map((_, at) => (ns[0] ?? 0) + at),
      `${what}: n without a hole`,
    )
    const ofOther = heard.filter(({ providerId }) => providerId === other.id).length
    t.equal(ofOther, all ? 1 : 0, `${what}: the other calendar`)
    const seqs = heard.flatMap(({ seq }) => (seq === undefined ? [] : [seq]))
    t.equal(seqs.length, all ? heard.length : 0, `${what}: seq is for viewers of all`)
    t.same(
      seqs,
      seqs.map((_, at) => (seqs[0] ?? 0) + at),
      `${what}: seq without a hole`,
    )
  }

  t.test('control: a viewer that connects twice hears everything twice, so the count can tell', async (t) => {
    const [first, second] = [await openViewer(t, here.url), await openViewer(t, here.url)]
    const heard = [...first.heard]
    for (const viewer of [first, second]) await viewer.ask('watch', { providerId: provider.id })
    await here.call('DELETE', `/v1/reservations/${(await hold(slots[0] ?? '')).body.id}`, {
      token: client.token,
    })
    for (const viewer of [first, second]) heard.push(await viewer.hears('slot-released'))
    t.equal(new Set(eventsIn(heard).map(({ rev }) => rev)).size, 1)
    t.equal(eventsIn(heard).length, 2)
  })

  t.test('after unwatch nothing more is heard', async (t) => {
    const viewer = await openViewer(t, here.url, { transport: 'raw' })
    const witness = await openViewer(t, here.url, { transport: 'raw' })
    for (const one of [viewer, witness]) await one.ask('watch', { providerId: provider.id })
    t.match(await viewer.ask('unwatch', { providerId: provider.id }), { ok: true })
    await hold(slots[1] ?? '')
    await witness.hears('slot-held')
    await viewer.ask('unwatch', { providerId: provider.id })
    t.same(viewer.events(), [])
  })
})
