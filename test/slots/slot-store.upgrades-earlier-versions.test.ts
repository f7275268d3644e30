import t from 'tap'
import type { PastReservation } from '../../src/domain/reservation.js'
import type { AccountExport } from '../../src/schemas/accounts.js'
import type { SlotDoc } from '../../src/slots/slot-document.js'
import { testDatabase } from '../helper/database.js'
import { publish, register, startOne } from '../helper/servers.js'
import { until } from '../helper/until.js'

const MANY = 1_500

t.test('a slot of thousands of bookings is small after the start, and none is missing', async (t) => {
  const { uri } = await testDatabase(t)
  const before = await startOne(t, { uri })
  const provider = await register(before, 'provider')
  const ada = await register(before, 'client')
  const [hot = '', held = '', untouched = ''] = await publish(before, provider, 3)
  await before.call('POST', '/v1/reservations', { token: ada.token, body: { slotId: held } })
  const slots = before.app.slots.collection
  const now = before.app.clock.now()
  // Confirmed ones first, then those that never were: the order of the version before.
  const past = Array.from({ length: MANY }, (_, at): PastReservation => {
    const moment = new Date(now - 1_000_000 + at * 10)
    const { id } = { id: `past-${String(at).padStart(6, '0')}` }
    const client = { id: ada.id, name: before.app.accounts.names.seal('Ada', id) }
    const ended = { id, client, heldAt: moment, endedAt: moment, rev: at }
    return at < MANY - 32
      ? { ...ended, status: 'cancelled', confirmedAt: moment }
      : { ...ended, status: 'released' }
  })
  await slots.updateOne({ _id: hot }, { $set: { past } })
  await slots.updateMany({}, { $unset: { everHeld: true } })
  await slots.createIndex({ 'past.client.id': 1, start: 1 }, { name: 'past of a client' })
  await before.app.mongo.collection('done').deleteMany({})
  const listed = async (server: typeof before, token: string) =>
    (
      await server.call<{ items: { id: string }[] }>('GET', '/v1/reservations?limit=200', { token })
    ).body.items.map(({ id }) => id)
  t.same(await listed(before, provider.token), [], 'control: without the field the list finds nothing')
  await before.app.close()

  const server = await startOne(t, { uri })
  // While it serves, so that nobody waits for it.
  await until(
    async () => (await server.app.slots.collection.findOne({ _id: hot }))?.past.length === 32,
    'a slot of 32',
  )
  const stored = await server.app.slots.collection.find().sort({ start: 1 }).toArray()
  t.same(
    stored.map(({ everHeld }: SlotDoc) => everHeld ?? false),
    [true, true, false],
  )
  t.equal(stored.length, 3, untouched)
  t.equal(stored[0]?.past.length, 32)
  t.equal(stored[0]?.rev, 1, 'it is no transition')
  const indexes = await server.app.slots.collection.listIndexes().toArray()
  t.notOk(indexes.some(({ name }) => name === 'past of a client'))
  t.match(
    await listed(server, provider.token),
    past.slice(0, 200).map(({ id }) => id),
  )
  const { body } = await server.call<AccountExport>('GET', '/v1/me/export', { token: ada.token })
  t.same(
    body.reservations.slice(0, MANY).map(({ id }) => id),
    past.map(({ id }) => id),
    'all of them, in their order',
  )
  t.equal(body.reservations.length, MANY + 1)
  t.match((await server.call('GET', `/v1/reservations/${past[0]?.id}`, { token: ada.token })).body, {
    status: 'cancelled',
    slotId: hot,
  })
  const ics = await server.call<string>('GET', `/v1/reservations/${past[0]?.id}/calendar.ics`, {
    token: provider.token,
  })
  t.match(ics.body, /SUMMARY:Appointment with Ada/)
})
