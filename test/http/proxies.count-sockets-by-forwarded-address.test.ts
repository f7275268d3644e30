import t from 'tap'
import { startOne } from '../helper/servers.js'
import { openViewer, refusalOf, TRANSPORTS } from '../helper/viewer.js'

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })

for (const trust of ['1', 'true', '127.0.0.1']) {
  t.test(
    `TRUST_PROXY=${trust}: each address has its share, and writing another in front gives no more`,
    async (t) => {
      const server = await startOne(t, { settings: { TRUST_PROXY: trust, MAX_SOCKETS_PER_ADDRESS: '2' } })
      for (const transport of TRANSPORTS) await openViewer(t, server.url, { transport, ...from('192.0.2.1') })
      for (const transport of TRANSPORTS) {
        for (const address of ['192.0.2.1', '198.51.100.1, 192.0.2.1', '::ffff:192.0.2.1']) {
          const opening = openViewer(t, server.url, { transport, ...from(address) })
          t.ok(await refusalOf(opening), `${transport} ${address}`)
        }
        await openViewer(t, server.url, { transport, ...from('192.0.2.2') })
      }
    },
  )
}

t.test('a network of IPv6 is one address', async (t) => {
  const server = await startOne(t, { settings: { TRUST_PROXY: '1', MAX_SOCKETS_PER_ADDRESS: '2' } })
  const open = (address: string) => openViewer(t, server.url, { transport: 'raw', ...from(address) })
  await open('2001:db8:0:1::1')
  await open('2001:db8:0:1::2')
  t.match(await refusalOf(open('2001:db8:0:1:ffff::3')), { status: 429 })
  await open('2001:db8:0:2::1')
})

t.test('without TRUST_PROXY nothing that a caller writes counts', async (t) => {
  const server = await startOne(t, { settings: { MAX_SOCKETS_PER_ADDRESS: '2' } })
  const open = (address: string) => openViewer(t, server.url, { transport: 'raw', ...from(address) })
  await open('192.0.2.1')
  await open('192.0.2.2')
  t.match(await refusalOf(open('192.0.2.3')), { status: 429 })
})
