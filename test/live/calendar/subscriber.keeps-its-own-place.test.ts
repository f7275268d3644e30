import t from 'tap'
import type { FeedListener } from '../../../src/live/calendar/slot-feed.js'
import { type Notice, Subscriber } from '../../../src/live/calendar/subscriber.js'
import { publish, register, startOne } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

const notice = (slotId: string): Notice => ({ kind: 'gone', slotId })

/** A listener that writes down what it hears; it stands still where it is told to. */
function listener() {
  const heard: string[] = []
  let gate: Promise<void> | undefined
  let open = () => {}
  const hear = (text: string) => {
    heard.push(text)
    return gate
  }
  const hears: FeedListener = {
    entries: (slotId) => hear(slotId),
    unclear: (slotId) => hear(`read ${slotId}`),
    gone: (slotId) => hear(slotId),
    lost: (awayMs) => hear(`lost ${awayMs}`),
  }
  return {
    heard,
    hears,
    standStill() {
      gate = new Promise((resolve) => {
        open = resolve
      })
    },
    goOn() {
      gate = undefined
      open()
    },
  }
}

t.test('a listener that waits for nothing hears each event in the tick in which it comes', (t) => {
  const { heard, hears } = listener()
  const subscriber = new Subscriber({ listener: hears, onFault: (error) => t.fail(String(error)) })
  for (const id of ['a', 'b']) subscriber.tell(notice(id))
  t.same(heard, ['a', 'b'])
  t.equal(subscriber.behind, 0)
  t.end()
})

t.test('a slow one falls behind alone and hears all in order', async (t) => {
  const slow = listener()
  const quick = listener()
  const subscribers = [slow, quick].map(
    ({ hears }) => new Subscriber({ listener: hears, onFault: (error) => t.fail(String(error)) }),
  )
  slow.standStill()
  for (const id of ['a', 'b', 'c']) for (const one of subscribers) one.tell(notice(id))
  t.same(quick.heard, ['a', 'b', 'c'], 'who is quick has heard everything')
  t.same(slow.heard, ['a'])
  t.equal(subscribers[0]?.behind, 3)
  slow.goOn()
  await until(() => subscribers[0]?.behind === 0, 'the slow one to come up')
  t.same(slow.heard, ['a', 'b', 'c'])
})

t.test('one that is too far behind is told that it missed something, once', async (t) => {
  const slow = listener()
  const subscriber = new Subscriber({
    listener: slow.hears,
    onFault: (error) => t.fail(String(error)),
    mostWaiting: 2,
  })
  slow.standStill()
  for (const id of ['a', 'b', 'c', 'd', 'e']) subscriber.tell(notice(id))
  slow.goOn()
  await until(() => subscriber.behind === 0, 'the slow one to come up')
  t.same(slow.heard, ['a', 'lost 0', 'e'], 'it has to read again, and goes on from there')
})

t.test('what one cannot handle is logged, and it may read the slot instead', async (t) => {
  const faults: unknown[] = []
  for (const isSlow of [false, true]) {
    const { heard, hears } = listener()
    const broken: FeedListener = {
      ...hears,
      entries(slotId) {
        if (slotId !== 'b') return hears.entries(slotId, [])
        if (isSlow) return Promise.reject(new Error('a fault of the test'))
        throw new Error('a fault of the test')
      },
    }
    const subscriber = new Subscriber({ listener: broken, onFault: (error) => faults.push(error) })
    for (const slotId of ['a', 'b', 'c']) subscriber.tell({ kind: 'entries', slotId, entries: [] })
    await until(() => heard.includes('c'), 'the event after the fault')
    t.same(heard, ['a', 'read b', 'c'])
  }
  t.equal(faults.length, 2)
})

t.test('beside the board others hear the feed of a server, and their faults disturb nobody', async (t) => {
  const server = await startOne(t)
  const { heard, hears } = listener()
  const faulty: FeedListener = {
    ...hears,
    entries() {
      throw new Error('a fault of the test')
    },
    unclear() {
      throw new Error('a fault of the test')
    },
  }
  const leave = [faulty, hears].map((one) => server.app.feed.subscribe(one).leave)
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const [slotId = '', later = ''] = await publish(server, provider, 2)
  await until(() => heard.includes(slotId) && heard.includes(later), 'the published slots')
  await server.call('GET', `/v1/slots?providerId=${provider.id}`)
  const hold = (id: string) =>
    server.call('POST', '/v1/reservations', { token: client.token, body: { slotId: id } })
  t.equal((await hold(slotId)).status, 201)
  await until(() => heard.filter((one) => one === slotId).length === 2, 'the hold, after the faulty listener')
  t.equal(server.app.board.slotById(slotId)?.state, 'held', 'the board has it as well')

  for (const one of leave) one()
  const before = heard.length
  t.equal((await hold(later)).status, 201)
  await until(() => server.app.board.slotById(later)?.rev === 2, 'the board to have the next one')
  t.equal(heard.length, before, 'control: who has left hears nothing more')
})
