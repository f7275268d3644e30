/** A client that deletes its account is in no slot of its appointments: moved, begun, overdue or inside a cut-off. */
import t, { type Test } from 'tap'
import {
  type Body,
  booked,
  type Clinic,
  clinic,
  confirm,
  held,
  hold,
  later,
  move,
  read,
  statesOf,
  stored,
} from '../helper/clinic.js'
import { PASSWORD, register, type SignedIn, signInAgain } from '../helper/servers.js'

const MINUTE = 60_000
const DAY = 86_400_000
const CONTACT = { phone: '0171 5550002', note: 'Call my mother' }

async function leave(t: Test, world: Clinic, leaving: SignedIn) {
  const { server } = world
  const { token } = await signInAgain(server, leaving)
  t.match(await stored(server), leaving.id, 'control: it is there before')
  const { status } = await server.call('DELETE', '/v1/me', { token, body: { password: PASSWORD } })
  t.equal(status, 204)
  t.notMatch(await stored(server), leaving.id)
  const list = await server.call<{ items: Body[] }>('GET', '/v1/reservations', {
    token: world.provider.token,
  })
  t.notMatch(JSON.stringify(list.body), /Leaving|5550002|mother/)
}

const leaver = ({ server }: Clinic) => register(server, 'client', { name: 'Lea Leaving' })

t.test('what is overdue and not swept, a part of it taken over', async (t) => {
  const world = await clinic(t)
  const { server, slots } = world
  const service = await world.offer({ bufferBeforeMinutes: 15, bufferAfterMinutes: 15 })
  const leaving = await leaver(world)
  await held(server, leaving, slots[1], service.id, CONTACT)
  await later(world, 31 * MINUTE)
  t.match(await hold(server, world.client, slots[2]), { status: 201 })
  await leave(t, world, leaving)
  const seen = await statesOf(server, world.provider, slots.slice(0, 5))
  t.same(seen, ['open', 'open', 'held', 'open', 'open'], 'the other one stays')
})

t.test('what was moved by a part of its length, held, given back or over', async (t) => {
  const world = await clinic(t)
  const { server, slots } = world
  const service = await world.offer({ bufferBeforeMinutes: 15, bufferAfterMinutes: 15 })
  const leaving = await leaver(world)
  // A slot of the visit that becomes one of the buffer names its client in its log alone.
  const first = await held(server, leaving, slots[1], service.id, CONTACT)
  t.match(await move(server, leaving, first.id, slots[2]), { status: 200 })
  const second = await booked(server, leaving, slots[9], service.id, CONTACT)
  t.match(await move(server, leaving, second.id, slots[10]), { status: 200 })
  await leave(t, world, leaving)
  t.match(await read(server, world.provider, second.id), {
    body: { status: 'cancelled', client: { id: '' } },
  })
})

t.test('an appointment that has begun goes on without a name', async (t) => {
  const world = await clinic(t)
  const { server, slots } = world
  const service = await world.offer()
  const leaving = await leaver(world)
  const { id, start } = await booked(server, leaving, slots[0], service.id, CONTACT)
  await later(world, Date.parse(start) + MINUTE - world.clock.now())
  await leave(t, world, leaving)
  t.match(await read(server, world.provider, id), {
    body: { status: 'confirmed', client: { name: '' }, slotIds: slots.slice(0, 3) },
  })
  const seen = await statesOf(server, world.provider, slots.slice(1, 4))
  t.same(seen, ['confirmed', 'confirmed', 'open'])
})

t.test('a booking inside its cut-off is cancelled all the same', async (t) => {
  const world = await clinic(t)
  const { server, slots } = world
  const service = await world.offer({ cancelCutoffSeconds: (30 * DAY) / 1_000 })
  const leaving = await leaver(world)
  const { id } = await held(server, leaving, slots[0], service.id, CONTACT)
  t.match(await confirm(server, leaving, id), { status: 200 })
  t.match(
    await server.call('DELETE', `/v1/reservations/${id}`, { token: leaving.token }),
    { status: 422, body: { code: 'cutoff' } },
    'control: it cannot be cancelled by itself',
  )
  await leave(t, world, leaving)
  t.match(await read(server, world.provider, id), {
    body: { status: 'cancelled', cancelledBy: 'client', client: { id: '' } },
  })
  t.same(await statesOf(server, world.provider, slots.slice(0, 3)), ['open', 'open', 'open'])
})
