import mongoose from 'mongoose'
import { type Test, test } from 'tap'
import type { AccountExport } from '../../src/schemas/accounts.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'
import {
  publish,
  register,
  type SignedIn,
  signInAgain,
  startOne,
  type TestServer,
} from '../helper/servers.js'
import { openViewer } from '../helper/viewer.js'

const DAY = 86_400_000

const hold = async (server: TestServer, { token }: SignedIn, slotId: string | undefined) =>
  (await server.call<Reservation>('POST', '/v1/reservations', { token, body: { slotId } })).body
const confirm = (server: TestServer, { token }: SignedIn, { id }: Reservation) =>
  server.call('POST', `/v1/reservations/${id}/confirm`, { token })
const giveBack = (server: TestServer, { token }: SignedIn, { id }: Reservation) =>
  server.call('DELETE', `/v1/reservations/${id}`, { token })

/** Everything the database holds, a collection at a time. */
async function dumps(t: Test, uri: string) {
  const connection = await mongoose.createConnection(uri).asPromise()
  t.teardown(() => connection.close())
  return async () => {
    const dump: Record<string, string> = {}
    for (const { name } of await connection.listCollections()) {
      dump[name] = JSON.stringify(await connection.collection(name).find().toArray())
    }
    return dump
  }
}

test('holds and bookings ahead end with their events, and neither id nor name is left in any slot', async (t) => {
  const { uri } = await testDatabase(t)
  const clock = new MovedClock()
  const server = await startOne(t, { uri, clock, sweep: false })
  let provider = await register(server, 'provider')
  let ada = await register(server, 'client', { name: 'Ada' })
  const eve = await register(server, 'client', { name: 'Eve' })
  const [kept, cancelled, released, expired] = await publish(server, provider, 4, 3)
  // One that will have been kept, one of each way to end, by the time the account goes.
  await confirm(server, ada, await hold(server, ada, kept))
  const booked = await hold(server, ada, cancelled)
  await confirm(server, ada, booked)
  await giveBack(server, ada, booked)
  await giveBack(server, ada, await hold(server, ada, released))
  await hold(server, ada, expired)
  clock.move(4 * DAY)
  provider = await signInAgain(server, provider)
  ada = await signInAgain(server, ada)
  const hers = await signInAgain(server, eve)
  const [held, ahead, others] = await publish(server, provider, 3, 3)
  await hold(server, ada, held)
  await confirm(server, ada, await hold(server, ada, ahead))
  await confirm(server, hers, await hold(server, hers, others))

  const dump = await dumps(t, uri)
  await server.app.directory.settled()
  const before = await dump()
  t.ok((before.slots?.split(ada.id).length ?? 0) > 15, 'control: the client is all over the slots')
  t.ok(before.calendarClients?.includes(ada.id), 'control: and is found by its name')
  const sealed = [...(before.slots ?? '').matchAll(/"client":\{"id":"(\w+)","name":"([^"]+)"\}/g)]
    .filter(([, id]) => id === ada.id)
    .map(([, , name]) => name ?? '')
  t.ok(new Set(sealed).size >= 6, 'control: and so are its sealed names')

  const viewer = await openViewer(t, server.url)
  await viewer.ask('watch', { providerId: provider.id })
  t.equal((await server.call('DELETE', '/v1/me', { token: ada.token })).status, 204)
  await viewer.until('both events', () => viewer.all('slot-released').length >= 2)
  t.match(
    viewer.all('slot-released').toSorted((a, b) => String(a.slotId).localeCompare(String(b.slotId))),
    [
      { slotId: held, state: 'open', reason: 'released' },
      { slotId: ahead, state: 'open', reason: 'cancelled' },
    ],
  )
  t.equal((await server.call('GET', '/v1/me', { token: ada.token })).status, 401)

  const after = await dump()
  t.notOk(after.slots?.includes(ada.id), 'no id in the slots')
  t.notOk(after.accounts?.includes(ada.id), 'nor in the accounts')
  t.notOk(after.calendarClients?.includes(ada.id), 'nor among those that are found by name')
  for (const name of new Set(sealed)) t.notOk(after.slots?.includes(name), 'no sealed name')
  t.ok(after.slots?.includes(hers.id), 'control: the others are still there')

  const { body } = await server.call<AccountExport>('GET', '/v1/me/export', { token: provider.token })
  t.same(
    body.reservations.map(({ status, client }) => [status, client?.name]),
    [
      ['confirmed', ''],
      ['cancelled', ''],
      ['released', ''],
      ['expired', ''],
      ['released', ''],
      ['cancelled', ''],
      ['confirmed', 'Eve'],
    ],
    'the provider keeps its history, without the person',
  )
})

test('two clients who were in two places at one time may both be forgotten', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock, sweep: false })
  const people: SignedIn[] = []
  for (let place = 0; place < 2; place++) {
    const provider = await register(server, 'provider')
    const client = await register(server, 'client')
    const [slot] = await publish(server, provider, 1)
    await confirm(server, client, await hold(server, client, slot))
    people.push(client)
  }
  clock.move(4 * DAY)
  for (const person of people) {
    const { token } = await signInAgain(server, person)
    t.equal((await server.call('DELETE', '/v1/me', { token })).status, 204)
  }
})

test('the export has the sign-ins, and what a provider has published, and no token', async (t) => {
  const server = await startOne(t)
  const provider = await signInAgain(server, await register(server, 'provider'))
  const ada = await register(server, 'client')
  const slots = await publish(server, provider, 600)
  await hold(server, ada, slots[0])
  const { body } = await server.call<AccountExport>('GET', '/v1/me/export', { token: provider.token })
  t.match(body.sessions, [{ startedAt: /Z$/, renewedAt: /Z$/, expiresAt: /Z$/ }, { startedAt: /Z$/ }])
  t.same(
    body.slots.map(({ id }) => id),
    slots,
  )
  t.match(body.slots[0], { state: 'held' })
  t.notMatch(JSON.stringify(body), /current|previous|token|password/i)
  const client = await server.call<AccountExport>('GET', '/v1/me/export', { token: ada.token })
  t.match(client.body, { sessions: [{}], slots: [], reservations: [{ slotId: slots[0] }] })
})
