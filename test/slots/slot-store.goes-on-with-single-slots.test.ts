/** A database of the version that knew single slots alone is opened and goes on: its documents, and its index. */
import mongoose from 'mongoose'
import t from 'tap'
import { SLOT_MS } from '../../src/domain/grid.js'
import { type Body, confirm, end, extend, held, hold, move, offer, read, statesOf } from '../helper/clinic.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'
import { publish, register, startOne, startServers } from '../helper/servers.js'

t.test('holds, bookings and what has ended are read, changed and moved', async (t) => {
  const { uri } = await testDatabase(t)
  const clock = new MovedClock()
  const options = { uri, clock, sweep: false, settings: { NOTICE_SECONDS: '0' } }
  const first = await startOne(t, options)
  const provider = await register(first, 'provider')
  const client = await register(first, 'client')
  const slots = await publish(first, provider, 12)
  const { seal } = first.app.accounts.names
  await first.app.close()

  // As the version before wrote them.
  const connection = await mongoose.createConnection(uri).asPromise()
  t.teardown(() => connection.close())
  const stored = connection.collection<{ _id: string }>('slots')
  await stored.dropIndex('live reservation by part')
  await stored.createIndex({ 'reservation.id': 1 }, { name: 'live reservation', unique: true, sparse: true })
  const now = new Date(clock.now())
  const begun = (id: string) => ({
    id,
    client: { id: client.id, name: seal('Ada Client', id) },
    heldAt: now,
  })
  const expiresAt = new Date(clock.now() + 1_800_000)
  const about = (id: string) => ({ id, client: begun(id).client })
  const opened = { rev: 1, from: 0, at: now, state: 'open', kind: 'opened' }
  const heldEntry = (id: string) => ({
    rev: 2,
    from: 1,
    at: now,
    kind: 'held',
    state: 'held',
    write: 'aaaaaaaaaaaa0',
    reservation: { ...about(id), expiresAt },
  })
  const rows: [at: number, fields: object][] = [
    [
      0,
      {
        state: 'held',
        rev: 2,
        everHeld: true,
        reservation: { ...begun('old-hold'), status: 'held', holdNo: 1, expiresAt },
        log: { r1: opened, r2: heldEntry('old-hold') },
      },
    ],
    [
      4,
      {
        state: 'confirmed',
        rev: 3,
        everHeld: true,
        reservation: { ...begun('old-booking'), status: 'confirmed', confirmedAt: now },
        log: {
          r1: opened,
          r2: heldEntry('old-booking'),
          r3: {
            rev: 3,
            from: 2,
            at: now,
            kind: 'confirmed',
            state: 'confirmed',
            reservation: about('old-booking'),
          },
        },
      },
    ],
    [
      8,
      {
        rev: 3,
        everHeld: true,
        past: [{ ...begun('old-past'), status: 'cancelled', confirmedAt: now, endedAt: now, rev: 3 }],
      },
    ],
  ]
  for (const [at, fields] of rows) await stored.updateOne({ _id: slots[at] ?? '' }, { $set: fields })

  const [server, other] = await startServers(t, { ...options, count: 2 })
  if (!server || !other) throw new Error('two servers')
  const indexes = (await stored.listIndexes().toArray()).map(({ name }) => name)
  t.notOk(indexes.includes('live reservation'), 'control: with it no appointment could have two slots')
  const list = await server.call<{ items: Body[] }>('GET', '/v1/reservations', { token: provider.token })
  t.match(list.body.items, [
    { id: 'old-hold', status: 'held', slotIds: [slots[0]], durationMinutes: 15, seq: 0 },
    { id: 'old-booking', status: 'confirmed', slotIds: [slots[4]], seq: 1 },
    { id: 'old-past', status: 'cancelled', slotIds: [slots[8]], seq: 2 },
  ])
  t.ok(list.body.items.every((one) => one.client?.name === 'Ada Client'))
  const service = await offer(server, provider)
  t.match(await hold(server, client, slots[3], service.id), { status: 409, body: { code: 'slot_confirmed' } })
  const { id } = await held(other, client, slots[5], service.id)
  t.match(await hold(server, client, slots[0]), { status: 200, body: { id: 'old-hold' } }, 'the own hold')
  clock.move(60_000)
  t.match(await extend(server, client, 'old-hold'), { status: 200 })
  t.match(await move(other, client, 'old-hold', slots[1]), { status: 200, body: { seq: 1 } })
  t.match(await confirm(server, client, 'old-hold'), { status: 200, body: { slotId: slots[1], seq: 2 } })
  t.match(await move(server, client, 'old-booking', slots[8], service.id), {
    status: 200,
    body: { slotIds: slots.slice(8, 11), durationMinutes: 45, seq: 2 },
  })
  t.equal((await end(other, client, 'old-booking')).status, 204)
  t.match(await read(server, client, 'old-booking'), { body: { status: 'cancelled' } })
  t.match(await read(server, client, id), { body: { slotIds: slots.slice(5, 8) } })
  const taken = ['held', 'held', 'held']
  const seen = ['open', 'confirmed', 'open', 'open', 'open', ...taken, 'open', 'open', 'open', 'open']
  t.same(await statesOf(server, provider, slots), seen)
  t.equal(Date.parse(list.body.items[0]?.end ?? '') - Date.parse(list.body.items[0]?.start ?? ''), SLOT_MS)
})
