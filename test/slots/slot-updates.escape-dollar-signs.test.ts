import t from 'tap'
import { literal } from '../../src/slots/slot-updates.js'
import { client, slotWorld } from '../helper/slot-world.js'

const texts = ['$past', '$$ROOT', '$$NOPE', '$5 off', '$reservation.client.name', '$', '$$']

t.test('a name that begins with $ is stored and comes back as it was sent', async (t) => {
  const world = await slotWorld(t)
  const ids = await world.openSlots(texts.length)
  for (const [index, text] of texts.entries()) {
    const id = ids[index] ?? ''
    const outcome = await world.store.hold(client(text, text), id)
    t.match(outcome, { ok: true, how: 'held' }, `held by ${text}`)
    t.match(await world.slot(id), {
      reservation: { client: { id: text, name: text } },
      log: { r2: { reservation: { client: { id: text, name: text } } } },
    })
    world.clock.move(world.holdMs)
    await world.store.hold(client('next'), id)
    t.match((await world.slot(id)).past, [{ client: { id: text, name: text } }], 'and still when it is past')
    world.clock.move(world.holdMs)
  }
})

t.test('control: the same text without literal() copies the history of the slot', async (t) => {
  const world = await slotWorld(t)
  const [id = ''] = await world.openSlots(1)
  const set = (name: unknown) =>
    world.slots.findOneAndUpdate({ _id: id }, [{ $set: { probe: { name } } }], { returnDocument: 'after' })
  t.match(await set('$past'), { probe: { name: [] } })
  t.match(await set(literal('$past')), { probe: { name: '$past' } })
})
