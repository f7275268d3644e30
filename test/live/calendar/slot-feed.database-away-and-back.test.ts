import t from 'tap'
import { testDatabase } from '../../helper/database.js'
import { databaseProxy } from '../../helper/database-proxy.js'
import { publish, register, startOne } from '../../helper/servers.js'
import { openViewer, screenOf, TRANSPORTS } from '../../helper/viewer.js'

t.test('viewers keep what they have, hear how old it is, and end with the right picture', async (t) => {
  const { uri } = await testDatabase(t)
  const proxy = await databaseProxy(t, uri)
  const live = { gateway: { heartbeatMs: 150 }, feed: { maxAwaitMs: 200, graceMs: 500, checkMs: 100 } }
  const here = await startOne(t, { uri: proxy.uri, live })
  const elsewhere = await startOne(t, { uri })
  const provider = await register(elsewhere, 'provider')
  const unseen = await register(elsewhere, 'provider')
  const client = await register(elsewhere, 'client')
  const slots = await publish(elsewhere, provider, 4)
  const hold = async (slotId = '') =>
    (await elsewhere.call('POST', '/v1/reservations', { token: client.token, body: { slotId } })).status

  const viewers = []
  for (const transport of TRANSPORTS) {
    const viewer = await openViewer(t, here.url, { transport })
    await viewer.ask('watch', { providerId: provider.id })
    t.notOk('ageSeconds' in (await viewer.hears('heartbeat')).payload, 'control: no age while all is well')
    viewers.push(viewer)
  }
  proxy.cut()
  t.equal(await hold(slots[0]), 201)
  t.equal(await hold(slots[1]), 201)
  for (const viewer of viewers) {
    await viewer.hears('heartbeat', ({ ageSeconds }) => Number(ageSeconds) >= 1)
    t.same(viewer.events(), [], 'control: it is away')
  }
  t.ok(here.app.board.pictureAgeMs() > 0)
  t.equal((await here.app.board.topic(provider.id)).slots.length, 4, 'what is in memory is still there')
  const late = await openViewer(t, here.url)
  t.match(await late.ask('watch', { providerId: provider.id }), { ok: true }, 'also for who comes now')
  t.match(await late.ask('watch', { providerId: unseen.id }), { ok: false, code: 'unavailable' })

  proxy.restore()
  for (const viewer of [...viewers, late]) {
    await viewer.until('both holds', () => {
      const { slots: shown } = screenOf(viewer, provider.id)
      return slots.slice(0, 2).every((id) => shown.get(id)?.state === 'held')
    })
    t.same(screenOf(viewer, provider.id).faults, [])
  }
  t.match(await late.ask('watch', { providerId: unseen.id }), { ok: true })
  t.equal(await hold(slots[2]), 201)
  for (const viewer of [...viewers, late])
    await viewer.hears('slot-held', ({ slotId }) => slotId === slots[2])
  t.equal(here.app.board.pictureAgeMs(), 0)
})
