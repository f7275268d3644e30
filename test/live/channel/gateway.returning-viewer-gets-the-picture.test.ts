import t from 'tap'
import { publish, register, startServers } from '../../helper/servers.js'
import { openViewer, screenOf, TRANSPORTS } from '../../helper/viewer.js'

t.test('what happened meanwhile is in the picture, and what comes after follows on', async (t) => {
  const [here, there] = await startServers(t)
  if (!here || !there) throw new Error('two servers')
  const provider = await register(here, 'provider')
  const slots = await publish(here, provider, 5)
  for (const transport of TRANSPORTS) {
    const client = await register(here, 'client')
    const hold = async (slotId = '') => {
      const { status, body } = await here.call<{ id: string }>('POST', '/v1/reservations', {
        token: client.token,
        body: { slotId },
      })
      t.equal(status, 201, JSON.stringify(body))
      return body.id
    }
    const giveBack = async (id: string) => {
      const { status, body } = await here.call('DELETE', `/v1/reservations/${id}`, { token: client.token })
      t.equal(status, 204, JSON.stringify(body))
    }

    const before = await openViewer(t, there.url, { transport })
    const witness = await openViewer(t, there.url, { transport })
    for (const viewer of [before, witness]) await viewer.ask('watch', { providerId: provider.id })
    await before.leave()
    const heardBefore = before.heard.length
    for (let round = 0; round < 25; round++) await giveBack(await hold(slots[round % 5]))
    await witness.until('fifty changes', () => witness.events().length === 50)

    const after = await openViewer(t, there.url, { transport })
    await after.ask('watch', { providerId: provider.id })
    t.equal(after.events().length, 0, 'the fifty are not told again')
    await giveBack(await hold(slots[0]))
    await after.hears('slot-released')
    await witness.until('two more', () => witness.events().length === 52)
    const screen = screenOf(after, provider.id)
    t.same(screen.faults, [])
    t.same(screen.slots, screenOf(witness, provider.id).slots, 'both show the same')
    const stored = await here.app.slots.collection.find({ providerId: provider.id }).toArray()
    for (const { _id, rev, state } of stored) t.match(screen.slots.get(_id), { rev, state })

    t.equal(before.heard.length, heardBefore)
    t.not(
      screenOf(before, provider.id).slots.get(slots[0] ?? '')?.rev,
      screen.slots.get(slots[0] ?? '')?.rev,
      'control: what the viewer had before it left is out of date',
    )
  }
})
