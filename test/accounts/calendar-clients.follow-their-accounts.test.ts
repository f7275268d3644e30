import { Writable } from 'node:stream'
import t from 'tap'
import { calendarClientsOf } from '../../src/accounts/calendar-clients.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import { testDatabase } from '../helper/database.js'
import { databaseProxy } from '../helper/database-proxy.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'
import { twoServers } from '../helper/two-servers.js'
import { until } from '../helper/until.js'

const hold = (server: TestServer, { token }: SignedIn, slotId: string | undefined) =>
  server.call<Reservation>('POST', '/v1/reservations', { token, body: { slotId } })

const found = async ({ app }: TestServer, { id }: SignedIn, text: string) => {
  await app.directory.settled()
  return [...(await app.directory.find(id, text))]
}

const entries = ({ app }: TestServer) => calendarClientsOf(app.mongo)

t.test(
  'a new name is found on every calendar, the old one on none, also where a note comes late',
  async (t) => {
    const [server, other] = await twoServers(t)
    const ada = await register(server, 'client', { name: 'Ada Before' })
    const providers = [await register(server, 'provider'), await register(server, 'provider')]
    for (const [at, provider] of providers.entries())
      t.equal((await hold(server, ada, (await publish(server, provider, 1, 3 + at))[0])).status, 201)
    for (const provider of providers) t.same(await found(server, provider, 'before'), [ada.id], 'control')
    const renamed = await other.call('PATCH', '/v1/me', {
      token: ada.token,
      body: { name: 'Ada Afterwards' },
    })
    t.equal(renamed.status, 200)
    for (const provider of providers) {
      t.same(await found(server, provider, 'after'), [ada.id])
      t.same(await found(server, provider, 'before'), [])
    }

    const [one] = providers
    if (!one) throw new Error('no provider')
    // Of a hold that was under way; the other server has not written this pair yet.
    other.app.directory.note(one.id, { id: ada.id, name: 'Ada Before' })
    t.same(await found(other, one, 'after'), [ada.id])
    t.same(await found(other, one, 'before'), [])
    const guest = { id: 'guest-1', name: 'Ada Before' }
    other.app.directory.note(one.id, guest)
    t.same(await found(other, one, 'before'), [guest.id], 'control: a note writes')
  },
)

t.test('who deletes its account is not found any more, and a late note leaves nothing', async (t) => {
  const [server, other] = await twoServers(t)
  const provider = await register(server, 'provider')
  const leaving = await register(server, 'provider')
  const [slots, theirs] = [await publish(server, provider, 2), await publish(server, leaving, 1, 4)]
  const ada = await register(server, 'client', { name: 'Ada' })
  const eve = await register(server, 'client', { name: 'Eve' })
  await hold(server, ada, slots[0])
  await hold(server, eve, slots[1])
  await hold(server, eve, theirs[0])
  t.same(await found(server, provider, 'ada'), [ada.id])
  t.same(await found(server, leaving, 'eve'), [eve.id])
  t.equal((await server.call('DELETE', '/v1/me', { token: ada.token })).status, 204)
  t.equal((await server.call('DELETE', '/v1/me', { token: leaving.token })).status, 204)
  const left = async () => (await entries(server).find().toArray()).map(({ _id }) => _id)
  t.same(await left(), [`${provider.id} ${eve.id}`], 'and the others are there')
  other.app.directory.note(provider.id, { id: ada.id, name: 'Ada' })
  other.app.directory.note(leaving.id, { id: eve.id, name: 'Eve' })
  await other.app.directory.settled()
  t.same(await left(), [`${provider.id} ${eve.id}`])
  const guest = { id: 'guest-1', name: 'Ada' }
  other.app.directory.note(provider.id, guest)
  t.same(await found(other, provider, 'ada'), [guest.id], 'control: a note writes')
  await server.app.directory.forget(guest.id)
  t.same(await found(other, provider, 'ada'), [], 'a guest is forgotten likewise')
})

t.test('a client of a calendar costs a process one write, until its name changes', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const guest = { id: 'guest-1', name: 'Grete' }
  const noted = async (name: string) => {
    server.app.directory.note(provider.id, { ...guest, name })
    return found(server, provider, name)
  }
  t.same(await noted('Grete'), [guest.id])
  await entries(server).deleteMany({})
  t.same(await noted('Grete'), [], 'not written again')
  t.same(await noted('Greta'), [guest.id], 'control')
})

t.test('what could not be written is logged once and written with the next hold', async (t) => {
  const { uri } = await testDatabase(t)
  const proxy = await databaseProxy(t, uri)
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      const line = String(chunk)
      if (line.includes('could not be noted')) lines.push(line)
      done()
    },
  })
  const server = await startOne(t, { uri: proxy.uri, logger: { level: 'warn', stream } })
  const provider = await register(server, 'provider')
  const { directory } = server.app
  const known = { id: 'guest-0', name: 'Known' }
  directory.note(provider.id, known)
  t.same(await found(server, provider, 'known'), [known.id])
  proxy.cut()
  for (const id of ['guest-1', 'guest-2']) {
    directory.note(provider.id, { id, name: `Missed ${id}` })
    await directory.settled()
  }
  t.equal(lines.length, 1, 'logged once')
  t.notMatch(lines[0], 'Missed', 'without a name')
  proxy.restore()
  await until(async () => (await server.call('GET', '/readyz')).status === 200, 'the database is back')
  t.same(await found(server, provider, 'missed'), [], 'control: nobody noted anything')
  directory.note(provider.id, known)
  t.same((await found(server, provider, 'missed')).sort(), ['guest-1', 'guest-2'])
})

t.test('two servers that note the same clients at once leave one entry for each', async (t) => {
  const [one, other] = await twoServers(t)
  const provider = await register(one, 'provider')
  for (let at = 0; at < 150; at++) {
    for (const { app } of [one, other])
      app.directory.note(provider.id, { id: `guest-${at}`, name: `Grete ${at}` })
  }
  await other.app.directory.settled()
  t.equal((await found(one, provider, 'grete')).length, 150)
  t.equal(await entries(one).countDocuments(), 150)
})
