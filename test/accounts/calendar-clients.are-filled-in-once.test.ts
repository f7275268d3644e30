import t from 'tap'
import { calendarClientsOf } from '../../src/accounts/calendar-clients.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import { historyOf, SlotHistory } from '../../src/slots/slot-history.js'
import { testDatabase } from '../helper/database.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'
import { until } from '../helper/until.js'

const DONE = 'clients of calendars are found by the beginnings of their names'

/** A database whose reservations nobody noted, as an earlier version left it. */
async function former(server: TestServer) {
  await server.app.directory.settled()
  await calendarClientsOf(server.app.mongo).deleteMany({})
  await server.app.mongo.collection<{ _id: string }>('done').deleteOne({ _id: DONE })
}

const found = async ({ app }: TestServer, { id }: SignedIn, text: string) => [
  ...(await app.directory.find(id, text)),
]

const isDone =
  ({ app }: TestServer) =>
  async () =>
    (await app.mongo.collection<{ _id: string }>('done').findOne({ _id: DONE })) !== null

t.test(
  'clients of an earlier version are found after the start, whatever became of their reservations',
  async (t) => {
    const { uri } = await testDatabase(t)
    const before = await startOne(t, { uri })
    const provider = await register(before, 'provider')
    const gone = await register(before, 'provider')
    const slots = await publish(before, provider, 5)
    const theirs = await publish(before, gone, 1, 5)
    const hold = async (client: SignedIn, slotId: string | undefined) =>
      (await before.call<Reservation>('POST', '/v1/reservations', { token: client.token, body: { slotId } }))
        .body
    const live = await register(before, 'client', { name: 'Findable Live' })
    const ended = await register(before, 'client', { name: 'Findable Ended' })
    const moved = await register(before, 'client', { name: 'Findable Moved' })
    const deleted = await register(before, 'client', { name: 'Findable Deleted' })
    const guest = { id: 'guest-1', name: 'Findable Guest' }
    await hold(live, slots[0])
    await hold(live, theirs[0])
    for (const client of [ended, moved, deleted]) {
      const { id } = await hold(client, slots[1])
      await before.call('DELETE', `/v1/reservations/${id}`, { token: client.token })
    }
    t.equal((await before.app.slots.hold(guest, slots[2] ?? '')).ok, true)
    // One that left its slot for the history.
    const slot = await before.app.slots.collection.findOne({ _id: slots[1] ?? '' })
    const past = slot?.past.filter(({ client }) => client.id === moved.id) ?? []
    if (!slot || past.length !== 1) throw new Error('no past reservation')
    await new SlotHistory(historyOf(before.app.mongo)).add(slot, past)
    await before.app.slots.collection.updateOne(
      { _id: slot._id },
      { $set: { past: slot.past.filter(({ client }) => client.id !== moved.id) } },
    )
    await before.call('DELETE', '/v1/me', { token: deleted.token })
    await before.app.accounts.remove(gone.id)
    await former(before)
    t.same(await found(before, provider, 'findable'), [], 'control: nobody is found')
    await before.app.close()

    const [one, other] = await Promise.all([startOne(t, { uri }), startOne(t, { uri })])
    await until(isDone(one), 'noted as done')
    const all = [live.id, ended.id, moved.id, guest.id].sort()
    for (const server of [one, other]) t.same((await found(server, provider, 'findable')).sort(), all)
    t.same(await found(one, provider, 'guest'), [guest.id])
    t.same(await found(one, gone, 'findable'), [], 'nothing is kept for a provider that is gone')
    t.equal(await calendarClientsOf(one.app.mongo).countDocuments(), all.length)
  },
)

t.test('a start that is cut off leaves the rest to the next one', async (t) => {
  const { uri } = await testDatabase(t)
  const before = await startOne(t, { uri })
  const provider = await register(before, 'provider')
  const slots = await publish(before, provider, 1)
  await before.app.slots.hold({ id: 'guest-1', name: 'Grete' }, slots[0] ?? '')
  await former(before)
  await before.app.directory.close()
  async function* clients() {
    yield { providerId: provider.id, id: 'guest-1', name: 'Grete' }
  }
  t.equal(await before.app.directory.fill(clients()), false)
  t.same(await found(before, provider, 'grete'), [], 'control: a server that closes does not go on')
  t.equal(await isDone(before)(), false)
  await before.app.close()
  const after = await startOne(t, { uri })
  await until(isDone(after), 'noted as done')
  t.same(await found(after, provider, 'grete'), ['guest-1'])
})
