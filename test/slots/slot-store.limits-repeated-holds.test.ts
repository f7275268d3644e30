import t from 'tap'
import type { SlotCaller } from '../../src/slots/slot-outcomes.js'
import { MovedClock } from '../helper/moved-clock.js'
import { publish, register, startOne } from '../helper/servers.js'
import { client, PROVIDER, type SlotWorld, slotWorld } from '../helper/slot-world.js'

const HOUR = 3_600_000
const rules = {
  noticeMs: 0,
  holdMs: 30 * 60_000,
  maxHoldMs: 45 * 60_000,
  maxActiveHolds: 3,
  holdAgain: { most: 5, mostLong: 2, longMs: 15 * 60_000, withinMs: 2 * HOUR },
}

t.test(
  'who held a slot too often has to wait, others need not, and another slot is free to hold',
  async (t) => {
    const world = await slotWorld(t, { rules })
    const [id = '', other = ''] = await world.openSlots(2)
    for (let round = 0; round < 2; round++) {
      t.match(await world.store.hold(client('bot'), id), { ok: true })
      world.clock.move(rules.holdMs)
      await world.store.expireOverdue(10)
    }
    // The first of the two ended half an hour ago, so two hours after its end there is room for one more.
    t.match(await world.store.hold(client('bot'), id), {
      ok: false,
      code: 'rate_limited',
      retryAfter: 1.5 * 3_600,
    })
    t.match(await world.store.hold(client('bot'), other), { ok: true }, 'another slot')
    t.match(await world.store.hold(client('somebody else'), id), { ok: true }, 'another client')
    world.clock.move(1.5 * HOUR - 1)
    t.match(await world.store.hold(client('bot'), id), { ok: false, code: 'rate_limited', retryAfter: 1 })
    world.clock.move(1)
    t.match(
      await world.store.hold(client('bot'), id),
      { ok: true },
      'control: when the time is over it is held again',
    )
  },
)

t.test('short holds count for less, but not for nothing', async (t) => {
  const world = await slotWorld(t, { rules })
  const [id = ''] = await world.openSlots(1)
  for (let round = 0; round < 5; round++) {
    const held = await world.store.hold(client('fickle'), id)
    if (!held.ok) throw new Error(`${round}: ${held.code}`)
    await world.store.end({ id: 'fickle', role: 'client' }, held.reservation.id)
  }
  t.match(await world.store.hold(client('fickle'), id), { ok: false, code: 'rate_limited' })
})

t.test('to confirm and cancel is no way round: what its client cancels counts', async (t) => {
  const world = await slotWorld(t, { rules })
  const [id = ''] = await world.openSlots(1)
  for (let round = 0; round < 5; round++)
    await bookAndCancel(world, id, { id: 'fickle', role: 'client' }, 'fickle')
  t.match(await world.store.hold(client('fickle'), id), { ok: false, code: 'rate_limited' })
  t.match(await world.store.hold(client('somebody else'), id), { ok: true }, 'control: the slot is open')
})

t.test('a booking that was kept for long and cancelled counts as a long hold', async (t) => {
  const world = await slotWorld(t, { rules })
  const [id = ''] = await world.openSlots(1)
  for (let round = 0; round < 2; round++) {
    t.match(await world.store.hold(client('bot'), id), { ok: true }, 'control: there is room for two')
    const { reservation } = await world.slot(id)
    await world.store.confirm({ id: 'bot', role: 'client' }, reservation?.id ?? '')
    world.clock.move(rules.holdMs)
    await world.store.end({ id: 'bot', role: 'client' }, reservation?.id ?? '')
  }
  t.match(await world.store.hold(client('bot'), id), { ok: false, code: 'rate_limited' })
})

t.test('what the provider ends does not count, be it a hold or a booking', async (t) => {
  const world = await slotWorld(t, { rules })
  const [id = ''] = await world.openSlots(1)
  const provider = { id: PROVIDER, role: 'provider' } as const
  for (let round = 0; round < 6; round++) await bookAndCancel(world, id, provider, 'honest')
  for (let round = 0; round < 6; round++) {
    const held = await world.store.hold(client('honest'), id)
    if (!held.ok) throw new Error(held.code)
    await world.store.end(provider, held.reservation.id)
  }
  t.same(
    (await world.slot(id)).past.map(({ by }) => by),
    Array.from({ length: 12 }, () => 'provider'),
  )
  const held = await world.store.hold(client('honest'), id)
  if (!held.ok) throw new Error(held.code)
  world.clock.move(rules.holdMs)
  await world.store.end(provider, held.reservation.id)
  const [last] = (await world.slot(id)).past.slice(-1)
  t.match(last, { status: 'expired' })
  t.notOk(Object.hasOwn(last ?? {}, 'by'), 'control: what was over by itself was ended by nobody')
})

async function bookAndCancel(world: SlotWorld, slotId: string, by: SlotCaller, who: string) {
  const held = await world.store.hold(client(who), slotId)
  if (!held.ok) throw new Error(held.code)
  await world.store.confirm({ id: who, role: 'client' }, held.reservation.id)
  await world.store.end(by, held.reservation.id)
}

t.test('where holds are short, none keeps a slot from others for long', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock, sweep: false, settings: { HOLD_SECONDS: '3' } })
  const provider = await register(server, 'provider')
  const { token } = await register(server, 'client')
  const [slotId] = await publish(server, provider, 1)
  const hold = async () => (await server.call('POST', '/v1/reservations', { token, body: { slotId } })).status
  for (let round = 0; round < 20; round++) {
    t.equal(await hold(), 201)
    clock.move(3_000)
    await server.app.slots.expireOverdue(10)
  }
  t.equal(await hold(), 429, 'control: twenty are enough of these as well')
})
