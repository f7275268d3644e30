/** Dead and slow webhooks beside a good one: how long the good one takes with them and without. */
import t from 'tap'
import type { Reservation } from '../../src/schemas/reservations.js'
import { publish, register, startOne } from '../helper/servers.js'
import { type Receiver, startReceiver, status } from '../helper/webhook-receiver.js'

const ROUNDS = 40
const CALM_MS = 400

t.test('a good webhook hears as soon with dead and slow ones beside it', async (t) => {
  const server = await startOne(t, { settings: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const hook = async ({ url }: Pick<Receiver, 'url'>) => {
    const body = { url, events: ['reservation.held', 'reservation.released'] }
    const made = await server.call('POST', '/v1/webhooks', { token: provider.token, body })
    if (made.status !== 201) throw new Error(`answered ${made.status}`)
  }
  const good = await startReceiver(t)
  await hook(good)
  // Each a slot of its own: none may be held again and again.
  const slots = await publish(server, provider, 2 * ROUNDS)

  /** Of a hold and its giving back again and again: from the answer to the good webhook's hearing of it. */
  const measured = async () => {
    const took: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const before = good.received.length
      const held = await server.call<Reservation>('POST', '/v1/reservations', {
        token: client.token,
        body: { slotId: slots.pop() },
      })
      const answered = performance.now()
      await good.count(before + 1)
      took.push(Math.max(0, (good.received[before]?.at ?? 0) - answered))
      await server.call('DELETE', `/v1/reservations/${held.body.id}`, { token: client.token })
      await good.count(before + 2)
    }
    took.sort((a, b) => a - b)
    return { median: took[ROUNDS / 2] ?? 0, p99: took[Math.ceil(ROUNDS * 0.99) - 1] ?? 0 }
  }

  const alone = await measured()
  const slow = await Promise.all([startReceiver(t), startReceiver(t)])
  // One never answers, one dribbles, one refuses, and nobody is at the last one.
  slow[0].answer(() => {})
  slow[1].answer((response) => void response.writeHead(200).write('x'))
  const refusing = await startReceiver(t)
  refusing.answer(status(500))
  for (const one of [...slow, refusing, { url: 'http://127.0.0.1:9/' }]) await hook(one)
  const beside = await measured()
  t.comment(`alone ${JSON.stringify(alone)} ms, beside dead and slow ones ${JSON.stringify(beside)} ms`)
  for (const one of slow) {
    t.equal(one.connections().most, 2, 'two at a time, and no more')
    t.equal(one.received.length, 2, 'control: they are stuck')
  }
  t.ok(refusing.received.length > ROUNDS, 'control: all of them were sent to')
  t.ok(
    beside.p99 <= 2 * alone.p99 + CALM_MS,
    'the slowest of the good one take no more than twice as long, and a bit',
  )
})
