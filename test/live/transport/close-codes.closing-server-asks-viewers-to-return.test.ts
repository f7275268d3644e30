import { once } from 'node:events'
import type { Socket } from 'node:net'
import { io } from 'socket.io-client'
import t from 'tap'
import { testDatabase } from '../../helper/database.js'
import { register, startOne } from '../../helper/servers.js'
import { openViewer } from '../../helper/viewer.js'

t.test('it closes with sockets open, and Socket.IO clients come back by themselves', async (t) => {
  const { uri } = await testDatabase(t)
  const first = await startOne(t, { uri })
  const provider = await register(first, 'provider')
  const client = io(`${first.url}/live`, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 10,
    reconnectionDelayMax: 50,
    query: { providerId: provider.id },
  })
  t.teardown(() => client.close())
  await new Promise<void>((resolve) => client.once('slots', () => resolve()))
  const polling = await openViewer(t, first.url, { engine: ['polling'] })
  const raw = await openViewer(t, first.url, { transport: 'raw' })
  // One that answers nothing any more, not even the end.
  const dead = await openViewer(t, first.url, { transport: 'raw' })
  dead.ws?.pause()

  const away = new Promise<string>((resolve) => client.once('disconnect', resolve))
  const pollingAway = new Promise((resolve) => polling.io?.once('disconnect', resolve))
  const rawAway = raw.ws ? once(raw.ws, 'close') : Promise.reject(new Error('raw'))
  await first.app.close()
  t.equal(await away, 'transport close', 'not "io server disconnect", after which a client stays away')
  await pollingAway
  const [code, reason] = await rawAway
  t.same([code, String(reason)], [1012, 'server restart'])

  const back = new Promise<void>((resolve) => client.once('slots', () => resolve()))
  const second = await startOne(t, { uri })
  const again = await listenOn(second, Number(new URL(first.url).port))
  await back
  t.ok(client.connected, 'on the new server at the old address, with a fresh picture')
  client.close()
  await again()
})

/** The second server also at the address of the first. */
async function listenOn({ url }: { url: string }, port: number): Promise<() => Promise<void>> {
  const { createServer, connect } = await import('node:net')
  const target = new URL(url)
  const ends = new Set<Socket>()
  const server = createServer((from) => {
    const to = connect(Number(target.port), target.hostname)
    from.pipe(to).pipe(from)
    for (const end of [from, to]) {
      ends.add(end)
      end.on('error', () => end.destroy())
    }
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const end of ends) end.destroy()
    })
}
