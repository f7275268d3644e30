/** A provider books for somebody without an account; what it knows of a person is the provider's alone, and can be erased. */
import t from 'tap'
import { contactOf } from '../../src/slots/contact.js'
import {
  type Body,
  booked,
  bookFor,
  type Clinic,
  clinic,
  confirm,
  end,
  extend,
  held,
  later,
  move,
  read,
  stored,
} from '../helper/clinic.js'
import { register, type SignedIn } from '../helper/servers.js'

const MINUTE = 60_000
const GRETE = {
  name: 'Grete Guestmann',
  email: 'grete@example.org',
  phone: '+49 30 7654321',
  note: 'Left knee',
}
const OF_GRETE = /Guestmann|grete@example|7654321|Left knee/i

async function foundBy({ server, provider }: Clinic, name: string): Promise<string[]> {
  await server.app.directory.settled()
  const { body } = await server.call<{ items: Body[] }>('GET', `/v1/reservations?client=${name}`, {
    token: provider.token,
  })
  return body.items.map(({ id }) => id)
}

const forget = ({ server }: Clinic, { token }: Pick<SignedIn, 'token'>, id: string) =>
  server.call('DELETE', `/v1/reservations/${id}/person`, { token })

t.test('held or confirmed at once, under the rules of claiming', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const service = await world.offer({ bufferAfterMinutes: 15 })
  const body = { slotId: slots[0], serviceId: service.id, person: GRETE, status: 'held' }
  const answer = await bookFor(server, provider, body)
  const { id } = answer.body
  t.match(answer, {
    status: 201,
    body: {
      status: 'held',
      seq: 0,
      slotIds: slots.slice(0, 3),
      bufferSlotIds: [slots[3]],
      clientId: `guest-${id}`,
      client: { name: GRETE.name },
      contact: { email: GRETE.email, phone: GRETE.phone, note: GRETE.note },
    },
  })
  t.equal(answer.headers.get('location'), `/v1/reservations/${id}`)
  t.match(await bookFor(server, provider, { ...body, slotId: slots[2] }), {
    status: 409,
    body: { code: 'slot_held' },
  })
  t.match(await confirm(server, client, id), { status: 404 }, 'not by a client')
  await later(world, MINUTE)
  t.match(await extend(server, world.provider, id), { status: 200 })
  t.match(await move(server, world.provider, id, slots[4]), { status: 200, body: { seq: 1 } })
  t.match(await confirm(server, world.provider, id), { status: 200, body: { status: 'confirmed', seq: 2 } })
  t.match(await read(server, world.provider, id), { body: { contact: { phone: GRETE.phone } } })
  t.equal((await end(server, world.provider, id)).status, 204)

  const direct = await bookFor(server, world.provider, { ...body, status: 'confirmed' })
  t.match(direct, { status: 201, body: { status: 'confirmed', confirmedAt: String } })
  t.notOk('expiresAt' in direct.body)
  const ofClient = await held(server, world.client, slots[8], service.id)
  t.match(
    await confirm(server, world.provider, ofClient.id),
    { status: 403, body: { code: 'forbidden' } },
    'control: what a client holds, the client confirms',
  )
  t.match(await extend(server, world.provider, ofClient.id), { status: 404 })
})

t.test('the notice counts unless it is set aside', async (t) => {
  const world = await clinic(t, { settings: { NOTICE_SECONDS: String(10 * 86_400) } })
  const { server, provider, slots } = world
  const body = { slotId: slots[0], person: { name: 'Grete' }, status: 'confirmed' }
  t.match(await bookFor(server, provider, body), { status: 422, body: { code: 'min_notice' } })
  t.match(await bookFor(server, provider, { ...body, override: ['notice'] }), { status: 201 })
  t.match(await bookFor(server, provider, { ...body, override: ['everything'] }), { status: 400 })
})

t.test('only on the own calendar, and a person is somebody', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const other = await register(server, 'provider')
  const body = { slotId: slots[0], person: { name: 'Grete' }, status: 'held' }
  t.match(await bookFor(server, { id: provider.id, token: other.token }, body), { status: 404 })
  t.match(await bookFor(server, other, body), { status: 404 })
  t.match(await bookFor(server, { id: provider.id, token: client.token }, body), { status: 403 })
  for (const wrong of [
    { ...body, person: { name: '' } },
    { ...body, person: { name: '\u200b' } },
    { ...body, person: {} },
    { ...body, person: { name: 'Grete', email: 'nobody' } },
    { ...body, person: { name: 'Grete', phone: 'x'.repeat(41) } },
    { ...body, person: { name: 'Grete', note: 'x'.repeat(501) } },
    { ...body, person: { name: 'Grete', id: client.id } },
    { ...body, status: 'cancelled' },
    { ...body, clientId: client.id },
  ]) {
    t.match(await bookFor(server, provider, wrong), { status: 400 }, JSON.stringify(wrong.person))
  }
  t.match(await bookFor(server, provider, body), { status: 201 }, 'control')
})

t.test('a key is answered with the same booking', async (t) => {
  const world = await clinic(t)
  const { server, provider, slots } = world
  const key = { 'idempotency-key': 'a-call' }
  const body = { slotId: slots[0], person: GRETE, status: 'confirmed' }
  const first = await bookFor(server, provider, body, key)
  const again = await bookFor(server, provider, body, key)
  t.match(again, { status: 201, body: { id: first.body.id } })
  t.equal(again.headers.get('idempotency-replayed'), 'true')
  t.match(await bookFor(server, provider, { ...body, slotId: slots[1] }, key), {
    status: 422,
    body: { code: 'idempotency_key_reused' },
  })
  t.match(await bookFor(server, provider, { ...body, slotId: slots[1] }), { status: 201 }, 'control')
})

t.test('what is known of a person is for the provider alone, and sealed at rest', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const guest = await bookFor(server, provider, { slotId: slots[0], person: GRETE, status: 'confirmed' })
  const own = await held(server, client, slots[4], undefined, { phone: '0171 5550001', note: 'With my son' })
  t.notMatch(own, { contact: {} }, 'the answer to its client has none')
  t.match(await read(server, provider, own.id), {
    body: { contact: { phone: '0171 5550001', note: 'With my son' }, client: { id: client.id } },
  })
  t.equal((await end(server, client, own.id, { note: 'My son is ill' })).status, 204)
  t.match(await read(server, provider, own.id), {
    body: { note: 'My son is ill', cancelledBy: undefined, status: 'released' },
  })
  const text = await stored(server)
  t.notMatch(text, OF_GRETE)
  t.notMatch(text, /5550001|my son/i)
  t.match(text, guest.body.id, 'control: that is where it lies')
  const sealed = (await server.app.slots.findReservation(guest.body.id))?.reservation.contact ?? ''
  const open = server.app.accounts.names.open(sealed, contactOf(guest.body.id))
  t.match(open, OF_GRETE, 'control: and sealed')
  t.equal(server.app.accounts.names.open(sealed, contactOf(own.id)), '', 'bound to its place')

  const exported = async ({ token }: SignedIn) =>
    JSON.stringify((await server.call('GET', '/v1/me/export', { token })).body)
  t.match(await exported(provider), OF_GRETE)
  t.match(await exported(client), /5550001.*my son is ill/i, 'what a client left is its own, too')
  t.notMatch(await exported(client), OF_GRETE)
  const anybody = await server.call<{ items: unknown[] }>(
    'GET',
    `/v1/slots?providerId=${provider.id}&state=confirmed,open`,
  )
  t.ok(anybody.body.items.length > 0)
  t.notMatch(JSON.stringify(anybody.body), /guest|Grete/)
})

t.test('a guest is found by name until erased; the booking goes on', async (t) => {
  const world = await clinic(t)
  const { server, provider, client, slots } = world
  const service = await world.offer({ bufferBeforeMinutes: 15 })
  const key = { 'idempotency-key': 'a-call' }
  const body = { slotId: slots[1], serviceId: service.id, person: GRETE, status: 'confirmed' }
  const { id } = (await bookFor(server, provider, body, key)).body
  const past = (await bookFor(server, provider, { ...body, slotId: slots[7] })).body
  await end(server, provider, past.id, { note: 'Grete Guestmann called' })
  await move(server, provider, id, slots[3])
  t.same(await foundBy(world, 'gue'), [id, past.id])
  t.match(await forget(world, client, id), { status: 403 })
  t.match(await forget(world, await register(server, 'provider'), id), { status: 404 })
  t.equal((await forget(world, provider, id)).status, 204)
  t.equal((await forget(world, provider, id)).status, 204, 'the same again')
  t.same(await foundBy(world, 'gue'), [past.id])
  const after = await read(server, provider, id)
  t.match(after, { status: 200, body: { status: 'confirmed', client: { name: '' }, slotId: slots[3] } })
  t.notOk('contact' in after.body)
  t.equal((await forget(world, provider, past.id)).status, 204)
  t.notOk('note' in (await read(server, provider, past.id)).body)
  t.same(await foundBy(world, 'gue'), [])
  t.notMatch(JSON.stringify((await server.call('GET', '/v1/me/export', provider)).body), OF_GRETE)

  const replayed = await bookFor(server, provider, body, key)
  t.match(replayed, { status: 201, body: { id, client: { name: '' } } })
  t.same(await foundBy(world, 'gue'), [], 'a late repetition of the call brings nothing back')
  t.match(await move(server, provider, id, slots[10]), { status: 200, body: { client: { name: '' } } })
  t.equal((await end(server, provider, id)).status, 204)
  t.match(await bookFor(server, provider, body), { status: 201 }, 'control: a new call does')
  t.equal((await foundBy(world, 'gue')).length, 1)
  const ofClient = await held(server, client, slots[7], service.id)
  t.match(await forget(world, provider, ofClient.id), { status: 404 }, 'who has an account erases itself')
})

t.test('cancelling says who and why, to the other side', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const service = await world.offer()
  const rows = [
    [client, 'client'],
    [provider, 'provider'],
  ] as const
  for (const [at, [by, cancelledBy]] of rows.entries()) {
    const { id } = await booked(server, client, slots[at * 4], service.id)
    t.equal((await end(server, by, id, { note: 'Something came up' })).status, 204)
    for (const reader of [client, provider]) {
      t.match(await read(server, reader, id), {
        body: { status: 'cancelled', cancelledBy, note: 'Something came up' },
      })
    }
    t.equal((await end(server, by, id, { note: 'Another reason' })).status, 204)
    t.match(await read(server, client, id), { body: { note: 'Something came up' } }, 'the first counts')
  }
  const { id } = await booked(server, client, slots[8], service.id)
  for (const note of ['', 'x'.repeat(501), '\u0000']) {
    t.match(await end(server, client, id, { note }), { status: 400 }, JSON.stringify(note.slice(0, 3)))
  }
  t.match(await read(server, client, id), { body: { status: 'confirmed' } })
  t.equal((await end(server, client, id)).status, 204, 'control')
})
