/** Appointments of several slots by REST, from hold to end. */
import t from 'tap'
import type { Service } from '../../src/schemas/services.js'
import {
  booked,
  clinic,
  confirm,
  end,
  extend,
  held,
  hold,
  later,
  move,
  offer,
  read,
  statesOf,
} from '../helper/clinic.js'
import { publish, register } from '../helper/servers.js'

const QUARTER = 900_000
const HALF_HOUR = 1_800_000

t.test('a service is held, confirmed and cancelled as one appointment', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const service = await world.offer()
  const answer = await hold(server, client, slots[2], service.id)
  const { body } = answer
  t.match(answer, {
    status: 201,
    body: {
      slotId: slots[2],
      slotIds: slots.slice(2, 5),
      serviceId: service.id,
      serviceName: 'First visit',
      durationMinutes: 45,
      status: 'held',
      seq: 0,
      expiresInSeconds: 1_800,
    },
  })
  t.equal(Date.parse(body.end) - Date.parse(body.start), 3 * QUARTER)
  t.match(await hold(server, client, slots[2], service.id), { status: 200, body: { id: body.id, seq: 0 } })
  t.match(
    await hold(server, client, slots[2]),
    { status: 409, body: { code: 'slot_held' } },
    'control: without the service it is another appointment',
  )
  const confirmed = await confirm(server, client, body.id)
  t.match(confirmed, { status: 200, body: { status: 'confirmed', seq: 1, slotIds: slots.slice(2, 5) } })
  t.match(await confirm(server, client, body.id), { status: 200, body: { seq: 1 } })
  const taken = ['confirmed', 'confirmed', 'confirmed']
  t.same(await statesOf(server, provider, slots.slice(1, 6)), ['open', ...taken, 'open'])
  t.equal((await end(server, client, body.id)).status, 204)
  t.equal((await end(server, client, body.id)).status, 204)
  t.match(await read(server, client, body.id), {
    body: { status: 'cancelled', seq: 2, cancelledBy: 'client', durationMinutes: 45, serviceId: service.id },
  })
  t.same(await statesOf(server, provider, slots.slice(2, 5)), ['open', 'open', 'open'])
  const { body: list } = await server.call<{ items: { id: string }[] }>('GET', '/v1/reservations', client)
  t.same(
    list.items.map(({ id }) => id),
    [body.id],
    'it is one in the list',
  )
})

t.test('a hold of several slots ends with its time, and a late confirm is refused', async (t) => {
  const world = await clinic(t)
  const { server, slots } = world
  const service = await world.offer({ bufferAfterMinutes: 15 })
  const early = await held(server, world.client, slots[0], service.id)
  await later(world, HALF_HOUR - 1)
  t.match(await confirm(server, world.client, early.id), { status: 200 }, 'control: a moment before')
  const late = await held(server, world.client, slots[4], service.id)
  await later(world, HALF_HOUR)
  for (const act of [confirm, extend]) {
    t.match(await act(server, world.client, late.id), { status: 410, body: { code: 'hold_expired' } })
  }
  t.match(await move(server, world.client, late.id, slots[8]), {
    status: 410,
    body: { code: 'hold_expired' },
  })
  t.match(await read(server, world.client, late.id), { body: { status: 'expired', seq: 1 } })
  t.same(await statesOf(server, world.provider, slots.slice(4, 8)), ['open', 'open', 'open', 'open'])
  const rival = await register(server, 'client')
  t.match(await hold(server, rival, slots[5], service.id), { status: 201 }, 'another has a part of it')
})

t.test('a key is answered with its reservation, wherever that is by now', async (t) => {
  const world = await clinic(t)
  const { server, client, slots } = world
  const [service, another] = [await world.offer(), await world.offer({ name: 'Second visit' })]
  const first = await held(server, client, slots[0], service.id, { key: 'a' })
  const same = await hold(server, client, slots[0], service.id, { key: 'a' })
  t.match(same, { status: 201, body: { id: first.id } })
  t.equal(same.headers.get('idempotency-replayed'), 'true')
  const reused = { status: 422, body: { code: 'idempotency_key_reused' } }
  t.match(await hold(server, client, slots[0], another.id, { key: 'a' }), reused, 'another service')
  t.match(await hold(server, client, slots[0], undefined, { key: 'a' }), reused, 'none')
  t.match(await hold(server, client, slots[1], service.id, { key: 'a' }), reused, 'another start')
  await move(server, client, first.id, slots[6], another.id)
  t.match(
    await hold(server, client, slots[0], service.id, { key: 'a' }),
    { status: 201, body: { id: first.id, slotId: slots[6], serviceId: another.id, seq: 1 } },
    'as it is now',
  )
  t.match(await hold(server, client, slots[6], another.id, { key: 'a' }), reused, 'not as it was moved')
  await end(server, client, first.id)
  t.match(await hold(server, client, slots[0], service.id, { key: 'a' }), {
    status: 201,
    body: { id: first.id, status: 'released' },
  })
  t.match(await hold(server, client, slots[0], service.id, { key: 'b' }), { status: 201 }, 'control')
})

t.test('a limit of holds counts an appointment once', async (t) => {
  const world = await clinic(t, { settings: { MAX_ACTIVE_HOLDS: '2' } })
  const { server, client, slots } = world
  const service = await world.offer({ bufferBeforeMinutes: 15, bufferAfterMinutes: 15 })
  const first = await held(server, client, slots[1], service.id)
  await held(server, client, slots[6], service.id)
  const third = () => hold(server, client, slots[11], service.id)
  t.match(await third(), { status: 409, body: { code: 'hold_limit' } })
  await confirm(server, client, first.id)
  t.match(await third(), { status: 201 }, 'control: a booking is no hold')
})

t.test(
  'a client is in one place at a time, in every slot of an appointment, not in its buffers',
  async (t) => {
    const world = await clinic(t)
    const { server, client, slots } = world
    const elsewhere = await register(server, 'provider')
    const theirs = await publish(server, elsewhere, 16)
    const here = await world.offer({ bufferAfterMinutes: 30 })
    const there = await offer(server, elsewhere)
    await held(server, client, slots[4], here.id)
    for (const at of [2, 3, 4, 5, 6]) {
      t.match(
        await hold(server, client, theirs[at], there.id),
        { status: 409, body: { code: 'client_busy' } },
        `${at}`,
      )
    }
    t.match(await hold(server, client, theirs[6]), { status: 409, body: { code: 'client_busy' } }, 'one slot')
    const inBuffer = await hold(server, client, theirs[7], there.id)
    t.match(inBuffer, { status: 201 }, 'control: when it is over')
    t.match(await move(server, client, inBuffer.body.id, theirs[5]), {
      status: 409,
      body: { code: 'client_busy' },
    })
    t.match(await read(server, client, inBuffer.body.id), { body: { slotId: theirs[7], seq: 0 } })
  },
)

t.test('a reservation keeps what it was made under, whatever becomes of the service', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const service = await world.offer({ cancelCutoffSeconds: 3_600 })
  const first = await booked(server, client, slots[0], service.id)
  const path = `/v1/providers/${provider.id}/services/${service.id}`
  const changed = await server.call<Service>('PATCH', path, {
    token: provider.token,
    headers: { 'if-match': '"1"' },
    body: { name: 'Short visit', durationMinutes: 15, cancelCutoffSeconds: 0 },
  })
  t.equal(changed.status, 200)
  const asBooked = { serviceName: 'First visit', durationMinutes: 45, serviceId: service.id }
  t.match(await read(server, client, first.id), { body: asBooked })
  t.match(
    await move(server, client, first.id, slots[5]),
    { status: 200, body: { ...asBooked, slotIds: slots.slice(5, 8) } },
    'moved as it was booked',
  )
  const second = await hold(server, client, slots[0], service.id)
  t.match(
    second,
    { status: 201, body: { serviceName: 'Short visit', durationMinutes: 15 } },
    'control: a new one is as the service is now',
  )
  t.match(await move(server, client, first.id, slots[9], service.id), {
    status: 200,
    body: { serviceName: 'Short visit', durationMinutes: 15, slotIds: [slots[9]] },
  })

  await server.call('PATCH', path, {
    token: provider.token,
    headers: { 'if-match': '"2"' },
    body: { active: false },
  })
  t.match(await hold(server, client, slots[12], service.id), {
    status: 422,
    body: { code: 'service_inactive' },
  })
  t.match(await move(server, client, first.id, slots[10], service.id), {
    status: 422,
    body: { code: 'service_inactive' },
  })
  t.match(await move(server, client, first.id, slots[10]), { status: 200 }, 'bookings stay and can be moved')
  t.equal((await server.call('DELETE', path, provider)).status, 204)
  t.match(await hold(server, client, slots[12], service.id), { status: 404 })
  t.match(await read(server, client, first.id), { body: { serviceName: 'Short visit', status: 'confirmed' } })
  t.match(await move(server, client, first.id, slots[11]), { status: 200 })
  t.equal((await end(server, client, first.id)).status, 204)
})

t.test('an appointment that does not fit says what stands in the way', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const rival = await register(server, 'client')
  const service = await world.offer({ bufferBeforeMinutes: 15 })
  const hourly = await world.offer({ name: 'Hourly', startsEveryMinutes: 60 })
  t.match(await hold(server, client, slots[1], hourly.id), {
    status: 422,
    body: { code: 'does_not_fit', slot: { id: slots[1] } },
  })
  t.match(await hold(server, client, slots[8], hourly.id), { status: 201 }, 'control: on the hour')

  const theirs = await held(server, rival, slots[2])
  t.match(
    await hold(server, client, slots[3], service.id),
    { status: 422, body: { code: 'does_not_fit', slot: { id: slots[2], state: 'held' } } },
    'its buffer meets another',
  )
  t.match(await hold(server, client, slots[0], service.id), {
    status: 409,
    body: { code: 'slot_held', slot: { id: slots[2], expiresAt: theirs.expiresAt } },
  })
  await confirm(server, rival, theirs.id)
  t.match(await hold(server, client, slots[0], service.id), {
    status: 409,
    body: { code: 'slot_confirmed', slot: { id: slots[2] } },
  })

  const at = (place: number) => new Date(Date.parse(theirs.start) + (place - 2) * QUARTER).toISOString()
  const gap = await server.call<{ withdrawn: number }>(
    'DELETE',
    `/v1/providers/${provider.id}/availability?start=${at(5)}&end=${at(6)}`,
    provider,
  )
  t.equal(gap.body.withdrawn, 1)
  t.match(await hold(server, client, slots[4], service.id), {
    status: 409,
    body: { code: 'slot_withdrawn', slot: { id: slots[5], state: 'withdrawn' } },
  })
  t.match(
    await hold(server, client, slots[14], service.id),
    { status: 409, body: { code: 'slot_withdrawn', slot: { state: 'withdrawn', rev: 0 } } },
    'beyond the end of what is offered',
  )
  t.match(await hold(server, client, slots[13], service.id), { status: 201 }, 'control: just before')
})
