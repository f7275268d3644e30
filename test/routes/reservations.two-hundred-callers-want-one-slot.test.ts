import t from 'tap'
import type { Reservation } from '../../src/schemas/reservations.js'
import { publish, register, type SignedIn, startServers } from '../helper/servers.js'

const RIVALS = 200
const ROUNDS = 20

t.test('two hundred callers want one slot: one holds it, the rest hear 409', async (t) => {
  const servers = await startServers(t)
  const [first, second] = servers
  if (!first || !second) throw new Error('two servers are the default')
  const provider = await register(first, 'provider')
  const slots = await publish(first, provider, ROUNDS)
  const rivals: SignedIn[] = []
  for (let index = 0; index < RIVALS; index++)
    rivals.push(await register(servers[index % 2] ?? first, 'client'))

  for (const slotId of slots) {
    const answers = await Promise.all(
      rivals.map(({ token }, index) =>
        (servers[index % 2] ?? first).call<Reservation & { code?: string; slot?: { state: string } }>(
          'POST',
          '/v1/reservations',
          {
            token,
            body: { slotId },
          },
        ),
      ),
    )
    const won = answers.filter((answer) => answer.status === 201)
    const lost = answers.filter((answer) => answer.status === 409)
    t.equal(won.length, 1, 'one holds it')
    t.equal(lost.length, RIVALS - 1, 'every other hears 409')
    t.ok(
      lost.every(({ body }) => body.code === 'slot_held' && body.slot?.state === 'held'),
      'and why',
    )
    const [winner] = won
    const stored = await first.app.slots.collection.findOne({ _id: slotId })
    t.equal(stored?.reservation?.client.id, winner?.body.clientId, 'the database names the same winner')
    t.equal(stored?.rev, 2, 'one transition')
    // The winner gives it back, or its three holds would be the cap that decides the next rounds.
    await first.call('DELETE', `/v1/reservations/${winner?.body.id}`, {
      token: rivals.find(({ id }) => id === winner?.body.clientId)?.token ?? '',
    })
  }
})

t.test('control: a claim that reads first and writes after gives one slot to several', async (t) => {
  const [server] = await startServers(t, { count: 1 })
  if (!server) throw new Error('no server')
  const provider = await register(server, 'provider')
  const [slotId = ''] = await publish(server, provider, 1)
  const slots = server.app.slots.collection
  const claims = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const seen = await slots.findOne({ _id: slotId })
      if (seen?.state !== 'open') return false
      await slots.updateOne({ _id: slotId }, { $set: { state: 'held', probe: index } })
      return true
    }),
  )
  t.ok(claims.filter(Boolean).length > 1)
})
