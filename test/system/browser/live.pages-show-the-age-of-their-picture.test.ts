import t from 'tap'
import { isLive, launch, shows, sit } from '../../helper/browser.js'
import { testDatabase } from '../../helper/database.js'
import { databaseProxy } from '../../helper/database-proxy.js'
import { publish, register, startOne } from '../../helper/servers.js'

t.test(
  'while the server does not hear its database the page says since when, on the same connection',
  async (t) => {
    const { uri } = await testDatabase(t)
    const proxy = await databaseProxy(t, uri)
    const live = { gateway: { heartbeatMs: 300 }, feed: { maxAwaitMs: 200, graceMs: 300, checkMs: 50 } }
    const server = await startOne(t, { uri: proxy.uri, live })
    const elsewhere = await startOne(t, { uri })
    const provider = await register(elsewhere, 'provider')
    const client = await register(elsewhere, 'client')
    const [first = '', second = ''] = await publish(elsewhere, provider, 6)
    const { page } = await sit(await launch(t))
    await page.goto(`${server.url}/book/${provider.id}`)
    await isLive(page)
    await shows(page, first, 'open')
    t.equal(server.app.live.socketIo, 1)
    const { pictures } = server.app.live.gateway

    proxy.cut()
    await page
      .locator('.link')
      .filter({ hasText: /times may have changed since \d\d:\d\d/ })
      .waitFor()
    await elsewhere.call('POST', '/v1/reservations', { token: client.token, body: { slotId: second } })
    t.equal(
      await page.locator(`[data-slot-id="${second}"][data-state="open"]`).count(),
      1,
      'control: not known yet',
    )

    proxy.restore()
    await shows(page, second, 'held')
    await isLive(page)
    t.equal(server.app.live.gateway.pictures, pictures, 'control: it was never disconnected')
  },
)
