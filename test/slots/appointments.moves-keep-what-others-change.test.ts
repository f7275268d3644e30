/** A move writes the whole reservation anew: what others change of it meanwhile must stay. */
import t from 'tap'
import type { BookedService } from '../../src/domain/service.js'
import type { ClaimTerms } from '../../src/slots/slot-store.js'
import { client, PROVIDER, type SlotWorld, slotWorld } from '../helper/slot-world.js'

const ROUNDS = 60
const OWNER = { id: PROVIDER, role: 'provider' } as const
const VISIT: BookedService = {
  id: 'visit',
  rev: 1,
  name: 'First visit',
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  cancelCutoffSeconds: 0,
  moveCutoffSeconds: 0,
}

/** For each round a hold at one time, and another time that is free for it. */
async function* rounds(world: SlotWorld, byProvider?: ClaimTerms['byProvider']) {
  const ids = await world.openSlots(ROUNDS * 4)
  for (let round = 0; round < ROUNDS; round++) {
    const who = { id: `client-${round}`, role: 'client' } as const
    const held = await world.store.hold(client(who.id), ids[round * 4] ?? '', undefined, {
      service: VISIT,
      contact: { phone: '+49 30 1234567' },
      ...(byProvider && { byProvider }),
    })
    if (!held.ok) throw new Error(held.code)
    const to = { slotId: ids[round * 4 + 2] ?? '', noticeMs: 0 }
    yield { who, id: held.reservation.id, to }
  }
}

t.test('a confirm that meets a move is not undone', async (t) => {
  const world = await slotWorld(t)
  const other = world.another()
  let both = 0
  for await (const { who, id, to } of rounds(world)) {
    const [moved, confirmed] = await Promise.all([world.store.move(who, id, to), other.confirm(who, id)])
    const found = await world.store.findReservation(id)
    if (moved.ok && confirmed.ok) both++
    if (confirmed.ok) t.match(found, { reservation: { status: 'confirmed' } })
    else t.match(found, { reservation: { status: 'held' } })
    if (moved.ok) t.match(found, { slot: { _id: to.slotId } })
  }
  t.ok(both > 0, `control: in ${both} of ${ROUNDS} rounds both were done`)
})

t.test('an extension that meets a move is not undone', async (t) => {
  const world = await slotWorld(t)
  const other = world.another()
  let both = 0
  for await (const { who, id, to } of rounds(world)) {
    world.clock.move(60_000)
    const [moved, extended] = await Promise.all([world.store.move(who, id, to), other.extend(who, id)])
    const found = await world.store.findReservation(id)
    if (moved.ok && extended.ok) both++
    if (extended.ok) t.match(found, { reservation: { extended: true } })
    if (extended.ok && extended.reservation.status === 'held')
      t.match(found, { reservation: { expiresAt: extended.reservation.expiresAt } })
  }
  t.ok(both > 0, `control: in ${both} of ${ROUNDS} rounds both were done`)
})

t.test('a new name that meets a move is not undone', async (t) => {
  const world = await slotWorld(t)
  const other = world.another()
  const former: string[] = []
  for await (const { who, id, to } of rounds(world)) {
    const [moved] = await Promise.all([
      world.store.move(OWNER, id, to),
      other.renameClient({ id: who.id, name: 'renamed' }),
    ])
    t.match(moved, { ok: true })
    const found = await world.store.findReservation(id)
    if (found?.reservation.client.name !== 'renamed') former.push(id)
  }
  t.same(former, [])
})

t.test('a person who is forgotten during a move stays forgotten', async (t) => {
  const world = await slotWorld(t)
  const other = world.another()
  for await (const { id, to } of rounds(world, { status: 'confirmed' })) {
    const [moved, forgotten] = await Promise.all([
      world.store.move(OWNER, id, to),
      other.forgetGuest(PROVIDER, id),
    ])
    t.match([moved, forgotten], [{ ok: true }, true])
  }
  const kept = await world.slots.find({ 'reservation.client.name': 'somebody' }).toArray()
  t.same(
    kept.map(({ _id }) => _id),
    [],
  )
  t.notMatch(JSON.stringify(await world.slots.find().toArray()), /1234567/)
})
