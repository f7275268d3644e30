/** What says which booking is the one of a day goes when that day is long over, and with its client. */
import t from 'tap'
import { reservationClients } from '../../src/slots/reservation-clients.js'
import { client, DAY, type SlotWorld, slotWorld } from '../helper/slot-world.js'

const RULES = {
  noticeMs: DAY,
  holdMs: 30 * 60_000,
  maxHoldMs: 45 * 60_000,
  maxActiveHolds: 3,
  holdAgain: { most: 1_000, mostLong: 1_000, longMs: 0, withinMs: DAY },
  onePerDay: true,
}

async function book({ store }: SlotWorld, who: string, slotId: string): Promise<void> {
  const held = await store.hold(client(who), slotId)
  if (!held.ok) throw new Error(held.code)
  const confirmed = await store.confirm({ id: who, role: 'client' }, held.reservation.id)
  if (!confirmed.ok) throw new Error(confirmed.code)
}

async function days({ slots }: SlotWorld): Promise<string[]> {
  const found = await slots.find({ _id: { $gte: 'day ', $lt: 'day!' } }).toArray()
  return found.map(({ _id }) => _id.split(' ')[1] ?? '').sort()
}

t.test('the document of a day is purged two days after its slots', async (t) => {
  const world = await slotWorld(t, { rules: RULES })
  const [early = ''] = await world.openSlots(1)
  await book(world, 'ada', early)
  const { end } = await world.slot(early)
  world.clock.move(5 * DAY)
  const [late = ''] = await world.openSlots(1)
  await book(world, 'bob', late)
  t.same(await days(world), ['ada', 'bob'])
  await world.store.purge(end.getTime() + DAY)
  t.same(await days(world), ['ada', 'bob'], 'control: it may still be that day somewhere')
  await world.store.purge(end.getTime() + 3 * DAY)
  t.same(await days(world), ['bob'], 'and that of a day ahead stays')
})

t.test('it goes with its client, also where the setting was turned off meanwhile', async (t) => {
  const world = await slotWorld(t, { rules: RULES })
  const [one = '', two = ''] = await world.openSlots(2)
  await book(world, 'ada', one)
  await book(world, 'adam', two)
  RULES.onePerDay = false
  await world.store.forgetClient('ada')
  t.same(await days(world), ['adam'], 'control: nobody else is forgotten')
})

t.test('it is nobody whom reservations name, nor is whoever a buffer is held for', async (t) => {
  const world = await slotWorld(t, { rules: { ...RULES, onePerDay: true } })
  const [first = '', second = ''] = await world.openSlots(6)
  await book(world, 'ada', first)
  const visit = {
    id: 'visit',
    rev: 1,
    name: 'Visit',
    durationMinutes: 15,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 15,
    cancelCutoffSeconds: 0,
    moveCutoffSeconds: 0,
  }
  t.match(await world.store.hold(client('bob'), second, undefined, { service: visit }), { ok: true })
  t.same(await days(world), ['ada'], 'control: there is one')
  const named: string[] = []
  for await (const { reservation } of reservationClients(world.slots, world.history)) {
    named.push(reservation.client.id)
  }
  t.same(named.sort(), ['ada', 'bob'])
  const last = await world.store.resealNames(() => null, '')
  t.ok(last, 'and sealing anew passes it')
})
