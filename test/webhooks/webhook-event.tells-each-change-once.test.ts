/** What a real store writes into its log, read as what others are told. */
import t from 'tap'
import { SLOT_MS } from '../../src/domain/grid.js'
import type { BookedService } from '../../src/domain/service.js'
import { eventOf, payloadOf } from '../../src/webhooks/webhook-event.js'
import { client, DAY, PROVIDER, type SlotWorld, slotWorld } from '../helper/slot-world.js'

const ADA = { id: 'ada-lovelace', role: 'client' } as const
const OWNER = { id: PROVIDER, role: 'provider' } as const
/** With a quarter of an hour before it, half an hour itself, and a quarter of an hour after it. */
const VISIT: BookedService = {
  id: 'visit',
  rev: 1,
  name: 'First visit',
  durationMinutes: 30,
  bufferBeforeMinutes: 15,
  bufferAfterMinutes: 15,
  cancelCutoffSeconds: 0,
  moveCutoffSeconds: 0,
}

/** What has been told since it was last asked, and how many changes of slots that was. */
function listening({ slots }: SlotWorld) {
  const seen = new Map<string, number>()
  return async () => {
    let changes = 0
    const told: ReturnType<typeof payloadOf>[] = []
    for (const { _id, log, rev } of await slots
      .find({ providerId: PROVIDER }, { sort: { start: 1 } })
      .toArray()) {
      for (const entry of Object.values(log)) {
        if (entry.rev <= (seen.get(_id) ?? 0)) continue
        changes++
        const event = eventOf(_id, entry)
        if (event) told.push(payloadOf(event.type, event.facts))
      }
      seen.set(_id, rev)
    }
    return { told, changes, types: told.map(({ type }) => type) }
  }
}

async function held(world: SlotWorld, slotId: string | undefined, service?: BookedService) {
  const outcome = await world.store.hold(
    client(ADA.id, 'Ada'),
    slotId ?? '',
    undefined,
    service ? { service } : {},
  )
  if (!outcome.ok) throw new Error(outcome.code)
  return outcome.reservation.id
}

const iso = (ms: number) => new Date(ms).toISOString()

t.test('a single slot from its opening to its end', async (t) => {
  const world = await slotWorld(t)
  const news = listening(world)
  const [first = '', second = ''] = await world.openSlots(2)
  const start = world.clock.now() + 2 * DAY
  const now = iso(world.clock.now())
  const of = { providerId: PROVIDER, at: now }
  const at = (slotId: string, from: number) => ({ ...of, slotId, start: iso(from), end: iso(from + SLOT_MS) })
  t.match((await news()).told, [
    { type: 'slot.opened', timestamp: now, data: { ...at(first, start), state: 'open', rev: 1 } },
    { type: 'slot.opened', data: at(second, start + SLOT_MS) },
  ])
  const id = await held(world, first)
  t.same((await news()).told, [
    {
      type: 'reservation.held',
      timestamp: now,
      data: {
        reservationId: id,
        ...at(first, start),
        status: 'held',
        expiresAt: iso(world.clock.now() + world.holdMs),
        rev: 2,
        seq: 0,
      },
    },
  ])
  await world.store.move(ADA, id, { slotId: second, noticeMs: 0 })
  const moved = await news()
  t.equal(moved.changes, 2, 'control: two slots have changed')
  t.match(moved.told, [
    {
      type: 'reservation.moved',
      data: {
        reservationId: id,
        slotId: second,
        status: 'held',
        seq: 1,
        from: { slotId: first, start: iso(start) },
      },
    },
  ])
  await world.store.confirm(ADA, id)
  t.match((await news()).told, [{ type: 'reservation.confirmed', data: { status: 'confirmed', seq: 2 } }])
  await world.store.move(ADA, id, { slotId: first, noticeMs: 0 })
  t.match((await news()).told, [
    {
      type: 'reservation.moved',
      data: { status: 'confirmed', slotId: first, seq: 3, from: { slotId: second } },
    },
  ])
  await world.store.end(OWNER, id, { withdraw: true })
  t.match((await news()).told, [
    { type: 'reservation.cancelled', data: { status: 'cancelled', reason: 'cancelled', seq: 4 } },
    { type: 'slot.withdrawn', data: { slotId: first, state: 'withdrawn' } },
  ])
  await world.store.open(PROVIDER, [start])
  t.same((await news()).types, ['slot.opened'])
  await world.store.end(ADA, await held(world, second))
  t.same((await news()).types, ['reservation.held', 'reservation.released'])
})

t.test('a hold that runs out, and one that is taken over', async (t) => {
  const world = await slotWorld(t)
  const news = listening(world)
  const [first, second] = await world.openSlots(2)
  await held(world, first)
  await held(world, second)
  await news()
  world.clock.move(world.holdMs)
  await world.store.expire([first ?? ''])
  t.match((await news()).told, [
    { type: 'reservation.expired', data: { status: 'expired', reason: 'expired', seq: 1 } },
  ])
  await held(world, second)
  t.same((await news()).types, ['reservation.expired', 'reservation.held'])
})

t.test('an appointment of four slots is told once, and its buffers never', async (t) => {
  const world = await slotWorld(t)
  const news = listening(world)
  const ids = await world.openSlots(12)
  const start = world.clock.now() + 2 * DAY
  await news()
  const id = await held(world, ids[1], VISIT)
  const claimed = await news()
  t.equal(claimed.changes, 4, 'control: four slots have changed')
  t.match(claimed.told, [
    {
      type: 'reservation.held',
      data: {
        slotId: ids[1],
        slotIds: [ids[1], ids[2]],
        start: iso(start + SLOT_MS),
        end: iso(start + 3 * SLOT_MS),
      },
    },
  ])
  t.equal(claimed.told.length, 1)
  await world.store.confirm(ADA, id)
  t.same((await news()).types, ['reservation.confirmed'])
  for (const slotId of [ids[2], ids[1], ids[7]]) {
    await world.store.move(ADA, id, { slotId: slotId ?? '', noticeMs: 0 })
    t.match(
      (await news()).told,
      [{ type: 'reservation.moved', data: { reservationId: id, slotId } }],
      'also over itself',
    )
  }
  await world.store.end(ADA, id)
  const ended = await news()
  t.equal(ended.changes, 4)
  t.match(ended.told, [{ type: 'reservation.cancelled', data: { slotIds: [ids[7], ids[8]], seq: 5 } }])
})

t.test('what is kept free where nothing is offered is no news', async (t) => {
  const world = await slotWorld(t)
  const news = listening(world)
  const ids = await world.openSlots(3)
  await world.store.withdraw(PROVIDER, world.clock.now() + 2 * DAY, world.clock.now() + 2 * DAY + SLOT_MS)
  t.same((await news()).types, ['slot.opened', 'slot.withdrawn', 'slot.opened', 'slot.opened'], 'control')
  // One buffer on what was withdrawn, one on what was never there.
  const id = await held(world, ids[1], VISIT)
  const claimed = await news()
  t.equal(claimed.changes, 5, 'four slots, of which one had to be made')
  t.same(claimed.types, ['reservation.held'])
  await world.store.confirm(ADA, id)
  t.same((await news()).types, ['reservation.confirmed'])
  await world.store.end(ADA, id)
  t.same((await news()).types, ['reservation.cancelled'])
})

t.test('nobody is named', async (t) => {
  const world = await slotWorld(t)
  const news = listening(world)
  const [first, second] = await world.openSlots(2)
  const id = await held(world, first, { ...VISIT, bufferBeforeMinutes: 0, bufferAfterMinutes: 0 })
  await world.store.confirm(ADA, id)
  await world.store.move(OWNER, id, {
    slotId: second ?? '',
    noticeMs: 0,
    service: { ...VISIT, durationMinutes: 15, bufferBeforeMinutes: 0, bufferAfterMinutes: 0 },
  })
  await world.store.end(OWNER, id, { note: 'ill' })
  const text = JSON.stringify(await news())
  t.ok(text.includes(id), 'control')
  for (const word of ['Ada', ADA.id, 'visit', 'ill"']) t.notOk(text.includes(word), word)
})
