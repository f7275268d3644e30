import t from 'tap'
import { client, PROVIDER, slotWorld } from '../helper/slot-world.js'

const MOST_ROUNDS = 300
const PROVES = 20

t.test('a confirm is a yes exactly when the log says that it took place', async (t) => {
  const world = await slotWorld(t)
  const other = world.another()
  const ids = await world.openSlots(MOST_ROUNDS)
  let endedMeanwhile = 0
  let confirmed = 0
  for (const [round, slotId] of ids.entries()) {
    const held = await world.store.hold(client('ada'), slotId)
    if (!held.ok) throw new Error(held.code)
    const { id } = held.reservation
    // Two instances, of which each is the faster one in half of the rounds.
    const caller = { id: PROVIDER, role: 'provider' } as const
    const attempts = [
      () => world.store.confirm({ id: 'ada', role: 'client' }, id),
      () => other.end(caller, id, { withdraw: round % 3 === 0 }),
    ] as const
    const [confirm, end] = await Promise.all(
      round % 2 === 0
        ? [attempts[0](), attempts[1]()]
        : [Promise.resolve().then(() => attempts[0]()), attempts[1]()],
    )
    t.ok(end.ok, 'the provider ends it in any case')
    const slot = await world.slot(slotId)
    const tookPlace = Object.values(slot.log).some((entry) => entry.kind === 'confirmed')
    if (confirm.ok !== tookPlace)
      t.fail(`round ${round}: answered ${confirm.ok}, and the log says ${tookPlace}`)
    if (confirm.ok) {
      confirmed++
      t.equal(confirm.reservation.status, 'confirmed', 'as it was confirmed, whatever came after')
      if (slot.reservation === null) endedMeanwhile++
    } else t.equal(confirm.code, 'hold_released')
    if (endedMeanwhile >= PROVES && confirmed < round && round >= PROVES) break
  }
  t.ok(
    endedMeanwhile > 0,
    `control: ${endedMeanwhile} were cancelled, so that a later look would have said no`,
  )
})

t.test('of a withdrawal and a hold at once, each is answered as it was done', async (t) => {
  const world = await slotWorld(t)
  const other = world.another()
  for (const slotId of await world.openSlots(30)) {
    const { start, end } = await world.slot(slotId)
    const [hold, withdrawal] = await Promise.all([
      world.store.hold(client('ada'), slotId),
      other.withdraw(PROVIDER, start.getTime(), end.getTime()),
    ])
    const kinds = Object.values((await world.slot(slotId)).log).map(({ kind }) => kind)
    t.equal(hold.ok, kinds.includes('held'))
    t.equal(withdrawal.withdrawn, kinds.includes('withdrawn') ? 1 : 0)
    t.equal(withdrawal.kept.length, hold.ok ? 1 : 0)
    if (hold.ok) await world.store.end({ id: 'ada', role: 'client' }, hold.reservation.id)
  }
})
