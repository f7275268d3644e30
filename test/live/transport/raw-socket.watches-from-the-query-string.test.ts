import t from 'tap'
import { publish, register, startOne } from '../../helper/servers.js'
import { openViewer, refusalOf, screenOf, TRANSPORTS } from '../../helper/viewer.js'

t.test('the picture comes as slots, then the changes', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const [first = '', second = ''] = await publish(server, provider, 2)
  for (const [at, transport] of TRANSPORTS.entries()) {
    const viewer = await openViewer(t, server.url, { transport, query: { providerId: provider.id } })
    await viewer.hears('slots')
    t.ok(screenOf(viewer, provider.id).slots.has(first))
    const slotId = [first, second][at]
    await server.call('POST', '/v1/reservations', { token: client.token, body: { slotId } })
    await viewer.hears('slot-held')
    t.same(screenOf(viewer, provider.id).faults, [])

    const to = new Date(Date.parse('2027-01-01T00:00:00Z')).toISOString()
    const narrow = await openViewer(t, server.url, {
      transport,
      query: { providerId: provider.id, from: '2026-12-31T23:00:00Z', to },
    })
    t.match(await narrow.hears('slots'), { payload: { slots: [], to } }, 'in the span that was asked for')
  }
})

t.test('what cannot be watched is refused before the connection stands', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const cases: [Record<string, string>, string][] = [
    [{ providerId: 'nobody' }, 'not_found'],
    [{ providerId: client.id }, 'not_found'],
    [{ providerId: provider.id, from: 'yesterday' }, 'invalid_request'],
    [
      { providerId: provider.id, from: '2027-01-02T00:00:00Z', to: '2027-01-01T00:00:00Z' },
      'invalid_request',
    ],
    [
      { providerId: provider.id, from: '2027-01-01T00:00:00Z', to: '2027-03-05T00:00:00Z' },
      'window_too_long',
    ],
  ]
  for (const transport of TRANSPORTS) {
    for (const [query, code] of cases)
      t.match(
        await refusalOf(openViewer(t, server.url, { transport, query })),
        { code },
        JSON.stringify(query),
      )
    await t.resolves(openViewer(t, server.url, { transport, query: { providerId: provider.id } }), 'control')
  }
})

t.test('with PUBLIC_VIEW=false looking needs a token', async (t) => {
  const server = await startOne(t, { settings: { PUBLIC_VIEW: 'false' } })
  const provider = await register(server, 'provider')
  const { token } = await register(server, 'client')
  for (const transport of TRANSPORTS) {
    const query = { providerId: provider.id }
    t.match(await refusalOf(openViewer(t, server.url, { transport, query })), { code: 'unauthenticated' })
    await t.resolves(openViewer(t, server.url, { transport, query, token }))
    const viewer = await openViewer(t, server.url, { transport })
    for (const watch of [{ providerId: provider.id }, { all: true }])
      t.match(await viewer.ask('watch', watch), { ok: false, code: 'unauthenticated' })
    t.match(await viewer.ask('auth', { token }), { ok: true, expiresAt: String })
    for (const watch of [{ providerId: provider.id }, { all: true }])
      t.match(await viewer.ask('watch', watch), { ok: true })
  }
})
