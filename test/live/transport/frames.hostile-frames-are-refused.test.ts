import { once } from 'node:events'
import t from 'tap'
import { publish, register, startOne } from '../../helper/servers.js'
import { openViewer } from '../../helper/viewer.js'

t.test('what cannot be read is answered by an error, and the socket goes on', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const viewer = await openViewer(t, server.url, { transport: 'raw' })
  const { ws } = viewer
  const frames = [
    '',
    'x',
    '[]',
    'null',
    '7',
    '"watch"',
    '{}',
    '{"type":7}',
    '{"type":"hold"}',
    '{"type":"__proto__"}',
  ]
  for (const frame of frames) ws?.send(frame)
  ws?.send(Buffer.from('{"type":"watch","all":true}'), { binary: true })
  ws?.send('{"type":"watch","all":true,"ref":{"a":1}}')
  ws?.send(`{"type":"nothing","ref":"${'r'.repeat(101)}"}`)
  ws?.send('{"type":"nothing","ref":42}')
  await viewer.hears('error', () => viewer.all('error').length === frames.length + 4)
  for (const error of viewer.all('error')) t.match(error, { code: 'invalid_request', title: String })
  t.match(
    await viewer.ask('watch', { providerId: provider.id }),
    { ok: true },
    'control: a good one is answered',
  )
})

t.test('the same faults inside a frame are told in its answer', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const payloads = [
    {},
    { providerId: 7 },
    { providerId: '' },
    { providerId: 'x'.repeat(81) },
    { providerId: { $ne: '' } },
    { all: false },
    { providerId: provider.id, from: 'now' },
    { providerId: provider.id, extra: 1 },
  ]
  for (const transport of ['raw', 'socket.io'] as const) {
    const viewer = await openViewer(t, server.url, { transport })
    for (const payload of payloads) {
      const answer = await viewer.ask('watch', payload)
      t.match(
        answer,
        { ok: false, code: 'invalid_request', title: String },
        JSON.stringify(payload).slice(0, 50),
      )
    }
    for (const payload of [{}, { token: 7 }, { token: '' }])
      t.match(await viewer.ask('auth', payload), { code: 'invalid_request' })
    t.match(await viewer.ask('auth', { token: 'x.y.z' }), { code: 'unauthenticated' })
    t.match(await viewer.ask('unwatch', { providerId: null }), { code: 'invalid_request' })
  }
})

t.test('a frame too large ends that socket with its code', async (t) => {
  const server = await startOne(t)
  const { ws } = await openViewer(t, server.url, { transport: 'raw' })
  if (!ws) throw new Error('raw')
  ws.send(JSON.stringify({ type: 'watch', providerId: 'x'.repeat(17 * 1024) }))
  const [code] = await once(ws, 'close')
  t.equal(code, 1009)
})

t.test('one unreadable frame after another ends that socket with its code', async (t) => {
  const server = await startOne(t)
  const { ws } = await openViewer(t, server.url, { transport: 'raw' })
  if (!ws) throw new Error('raw')
  for (let count = 0; count < 20; count++) ws.send('?')
  const [code, reason] = await once(ws, 'close')
  t.equal(code, 4400)
  t.equal(String(reason), 'too many bad frames')
})

t.test('Socket.IO: no acknowledgement asked for, no payload, an unknown event', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const viewer = await openViewer(t, server.url)
  const { io } = viewer
  io?.emit('watch')
  io?.emit('watch', null)
  io?.emit('watch', 'x', 'y', 'z')
  io?.emit('unwatch')
  io?.emit('auth')
  io?.emit('hold', { slotId: 'x' })
  const bare = new Promise((resolve) => io?.emit('watch', resolve))
  t.match(await bare, { ok: false, code: 'invalid_request' })
  t.match(await io?.emitWithAck('book', {}), { ok: false, code: 'invalid_request' }, 'who asks is answered')
  io?.emit('watch', { providerId: provider.id })
  t.match(await viewer.ask('watch', { all: true }), { ok: true })
  await publish(server, provider, 1)
  await viewer.hears('slot-opened')
})

t.test('others notice nothing of all this', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const honest = await openViewer(t, server.url)
  await honest.ask('watch', { providerId: provider.id })
  const attackers = []
  for (let count = 0; count < 10; count++) {
    const { ws } = await openViewer(t, server.url, { transport: 'raw' })
    if (!ws) throw new Error('raw')
    attackers.push(once(ws, 'close'))
    for (let sent = 0; sent < 20; sent++) ws.send('{"type":')
  }
  await Promise.all(attackers)
  await publish(server, provider, 1)
  await honest.hears('slot-opened')
  t.equal(honest.all('slots').length, 0)
})

t.test('limits of one socket', async (t) => {
  const server = await startOne(t, { settings: { MAX_WATCHES: '2' } })
  const providers = [await register(server, 'provider'), await register(server, 'provider')]
  const third = await register(server, 'provider')
  for (const transport of ['raw', 'socket.io'] as const) {
    const viewer = await openViewer(t, server.url, { transport })
    for (const { id } of [...providers, ...providers])
      t.match(
        await viewer.ask('watch', { providerId: id }),
        { ok: true },
        'watching again takes no further place',
      )
    t.match(await viewer.ask('watch', { providerId: third.id }), { ok: false, code: 'rate_limited' })
    t.match(await viewer.ask('watch', { providerId: 'nobody' }), { ok: false, code: 'rate_limited' })
    await viewer.ask('unwatch', { providerId: providers[0]?.id })
    t.match(await viewer.ask('watch', { providerId: 'nobody' }), { ok: false, code: 'not_found' })
    t.match(
      await viewer.ask('watch', { providerId: third.id }),
      { ok: true },
      'a place that was left is free',
    )
    const [from, to] = ['2027-01-01T00:00:00Z', '2027-03-04T00:00:01Z']
    t.match(await viewer.ask('watch', { providerId: third.id, from, to }), {
      ok: false,
      code: 'window_too_long',
    })
    t.match(await viewer.ask('watch', { providerId: third.id, from, to: '2027-03-04T00:00:00Z' }), {
      ok: true,
    })
  }
})
