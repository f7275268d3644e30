/** Rotation while appointments of several slots are held, booked, moved, ended and half over. */
import t from 'tap'
import { rotateKey, sealedByOthers } from '../../../src/accounts/rotate-key.js'
import { createFieldCipher, kidOf } from '../../../src/encryption/field-cipher.js'
import {
  booked,
  bookFor,
  type Clinic,
  clinic,
  end,
  held,
  hold,
  later,
  move,
  read,
} from '../../helper/clinic.js'
import { testDatabase } from '../../helper/database.js'
import { register, startOne } from '../../helper/servers.js'

const OLD = 'the field key that is to be given up'
const NEW = 'the field key that comes in its place'
const GRETE = { name: 'Grete Guestmann', phone: '+49 30 7654321', email: 'grete@example.org' }

/** One of each kind, and what a provider reads of them. */
async function used(world: Clinic) {
  const { server, provider, slots } = world
  const service = await world.offer({ bufferBeforeMinutes: 15, bufferAfterMinutes: 15 })
  const contact = { phone: '0171 5550004', note: 'Second floor' }
  const overdue = await held(server, world.client, slots[1], service.id, contact)
  await later(world, 31 * 60_000)
  // It loses a slot of its visit and one of its buffer, and the rest lies there until it is swept.
  const rival = await register(server, 'client')
  await hold(server, rival, slots[3])
  await hold(server, rival, slots[4])
  const moved = await booked(server, world.client, slots[7], service.id, contact)
  await move(server, world.client, moved.id, slots[9])
  const guest = await bookFor(server, world.provider, {
    slotId: slots[14],
    serviceId: service.id,
    person: GRETE,
    status: 'held',
  })
  const ended = await booked(server, world.client, slots[20], service.id, contact)
  await end(server, world.client, ended.id, { note: 'My son is ill' })
  const ids = [overdue, moved, guest.body, ended].map(({ id }) => id)
  return { ids, provider, rival }
}

const personal = async (world: Clinic, ids: string[]) =>
  Promise.all(
    ids.map(async (id) => {
      const { body } = await read(world.server, world.provider, id)
      return { name: body.client?.name, contact: body.contact, note: body.note }
    }),
  )

t.test('all of it is read with the new key alone', async (t) => {
  const { uri } = await testDatabase(t)
  const world = await clinic(t, { uri, slots: 32, settings: { FIELD_KEY: OLD } })
  const { ids } = await used(world)
  const before = await personal(world, ids)
  t.match(before, [
    { name: 'Ada Client', contact: { phone: '0171 5550004', note: 'Second floor' } },
    { name: 'Ada Client', contact: { note: 'Second floor' } },
    { name: GRETE.name, contact: { phone: GRETE.phone, email: GRETE.email } },
    { name: 'Ada Client', note: 'My son is ill' },
  ])
  await world.server.app.close()

  const common = { uri, clock: world.clock, sweep: false }
  const both = await startOne(t, { ...common, settings: { FIELD_KEY: NEW, FIELD_KEY_PREVIOUS: OLD } })
  const { db } = both.app.mongo
  if (!db) throw new Error('no database')
  t.ok((await sealedByOthers(db, kidOf(NEW))).length > 10, 'control: the old key is found all over')
  const rotated = await rotateKey({
    db,
    cipher: createFieldCipher([NEW, OLD]),
    slots: both.app.slots,
    directory: both.app.directory,
    batch: 3,
  })
  t.match(rotated, { unreadable: [], left: [] })
  await both.app.close()

  const server = await startOne(t, { ...common, settings: { FIELD_KEY: NEW } })
  const after = { ...world, server }
  t.same(await personal(after, ids), before)
  t.equal(await server.app.slots.expireOverdue(100), 5 - 2, 'what is left of the overdue one')
  t.same(await personal(after, ids), before, 'also when it is swept')
  const blind = await startOne(t, { ...common, settings: { FIELD_KEY: OLD } })
  t.match(await personal({ ...world, server: blind }, ids.slice(0, 1)), [{ name: '' }], 'control')
})
