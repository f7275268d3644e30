import t, { type Test } from 'tap'
import { breakStreams } from '../../helper/broken-streams.js'
import { publish, register, startServers } from '../../helper/servers.js'
import { openViewer, screenOf, type TestViewer, TRANSPORTS } from '../../helper/viewer.js'

const FEED = { maxAwaitMs: 200, graceMs: 300, unseenMs: 700, checkMs: 100, backoffMs: 20, maxBackoffMs: 100 }
const HISTORY_LOST = 286
const NOT_RESUMABLE_FAULT = 8_000

async function scene(t: Test, streams = breakStreams(t)) {
  const [here, there] = await startServers(t, { live: { feed: FEED } })
  if (!here || !there) throw new Error('two servers')
  const provider = await register(here, 'provider')
  const client = await register(here, 'client')
  const slots = await publish(here, provider, 3)
  const viewers: TestViewer[] = []
  for (const transport of TRANSPORTS) {
    const viewer = await openViewer(t, there.url, { transport })
    await viewer.ask('watch', { providerId: provider.id })
    viewers.push(viewer)
  }
  const all = await openViewer(t, there.url)
  await all.ask('watch', { all: true })
  const tab = await openViewer(t, there.url, { token: client.token })
  const hold = async (slotId = '') => {
    const answer = await here.call<{ id: string }>('POST', '/v1/reservations', {
      token: client.token,
      body: { slotId },
    })
    return answer.body.id
  }
  return { streams, here, there, provider, client, slots, viewers, all, tab, hold }
}

t.test('a stream that fails is resumed where it was: nothing is missed, nothing told twice', async (t) => {
  const { streams, provider, slots, viewers, all, hold } = await scene(t)
  await hold(slots[0])
  for (const viewer of viewers) await viewer.hears('slot-held')
  streams.failNow(NOT_RESUMABLE_FAULT)
  await hold(slots[1])
  await hold(slots[2])
  for (const viewer of viewers) {
    await viewer.until('all three', () => viewer.events().length === 3)
    t.same(screenOf(viewer, provider.id).faults, [])
    t.equal(viewer.all('slots').length, 0, 'no new picture was needed')
  }
  // The publication may have reached this instance after the watch began.
  const held = () => all.events().filter(({ state }) => state === 'held')
  await all.until('all three', () => held().length === 3)
  const [first = 0] = held().map(({ seq }) => seq)
  t.same(
    held().map(({ seq }) => seq),
    [first, first + 1, first + 2],
  )
})

t.test('a stream that fails before its first answer is resumed from its opening', async (t) => {
  const streams = breakStreams(t)
  const { release } = streams.withhold()
  const { there, provider, slots, viewers, hold } = await scene(t, streams)
  await hold(slots[0])
  t.equal(viewers[0]?.events().length, 0, 'control: nothing was answered yet')
  streams.failNow(NOT_RESUMABLE_FAULT)
  release()
  for (const viewer of viewers) {
    await viewer.hears('slot-held')
    t.equal(viewer.all('slots').length, 0, 'no new picture was needed')
    t.same(screenOf(viewer, provider.id).faults, [])
  }
  t.equal(there.app.feed.state, 'live')
})

t.test('a lost resume token is dropped, and every viewer gets a fresh picture', async (t) => {
  const { streams, there, provider, slots, viewers, all, tab, hold } = await scene(t)
  await hold(slots[0])
  await all.hears('slot-held')
  const before = all.events().at(-1)?.seq ?? 0
  streams.failResuming(HISTORY_LOST)
  streams.failNow(NOT_RESUMABLE_FAULT)
  const missed = await hold(slots[1])
  for (const viewer of viewers) {
    await viewer.until(
      'the picture',
      () => screenOf(viewer, provider.id).slots.get(slots[1] ?? '')?.state === 'held',
    )
    t.ok(viewer.all('slots').length >= 1)
  }
  await tab.hears('reservation', ({ id, status }) => id === missed && status === 'held')
  streams.failResuming(null)
  await hold(slots[2])
  for (const viewer of viewers) {
    await viewer.hears('slot-held', ({ slotId }) => slotId === slots[2])
    t.same(screenOf(viewer, provider.id).faults, [])
  }
  const after = await all.hears('slot-held', ({ slotId }) => slotId === slots[2])
  t.ok(Number(after.payload.seq) > before + 1, 'seq has a hole, so those who watch all know')
  t.equal(there.app.feed.state, 'live')
})

t.test('control: with the fault of resuming alone, the stream would have gone on in vain', async (t) => {
  const { streams, there, provider, slots, viewers, hold } = await scene(t)
  const { seen } = streams
  streams.failNow(NOT_RESUMABLE_FAULT)
  await hold(slots[0])
  for (const viewer of viewers) {
    await viewer.hears('slot-held')
    t.equal(viewer.all('slots').length, 0)
    t.same(screenOf(viewer, provider.id).faults, [])
  }
  t.ok(streams.seen > seen)
  t.equal(there.app.feed.state, 'live')
})

t.test('a stream that falls silent without an error is noticed and replaced', async (t) => {
  const { streams, there, provider, slots, viewers, hold } = await scene(t)
  streams.silenceNow()
  await hold(slots[0])
  t.equal(viewers[0]?.events().length, 0, 'control: it is silent')
  for (const viewer of viewers) {
    await viewer.hears('slot-held')
    t.same(screenOf(viewer, provider.id).faults, [])
  }
  t.equal(there.app.board.pictureAgeMs(), 0)
})

t.test(
  'a stream that answers and yet tells nothing is noticed by the own writes that never come',
  async (t) => {
    const { streams, here, there, provider, slots, hold } = await scene(t)
    const writer = await openViewer(t, here.url)
    await writer.ask('watch', { providerId: provider.id })
    streams.deafenNow()
    await hold(slots[0])
    await writer.hears('slots')
    await here.app.slots.collection.updateOne({ _id: slots[1] ?? '' }, { $set: { rev: 99 } })
    await writer.hears('slots', ({ slots }) => JSON.stringify(slots).includes('"rev":99'))
    t.equal(here.app.feed.state, 'live')
    t.equal(
      there.app.feed.state,
      'live',
      'a server that writes nothing cannot tell, and waits for its next write',
    )
  },
)

t.test('a dropped collection ends the stream; what is restored is taken as it is', async (t) => {
  const { here, provider, slots, viewers } = await scene(t)
  const { collection } = here.app.slots
  const backup = await collection.find({}).toArray()
  await collection.updateMany({}, { $inc: { rev: 40 } })
  for (const viewer of viewers)
    await viewer.until('41', () => screenOf(viewer, provider.id).slots.get(slots[0] ?? '')?.rev === 41)
  await collection.drop()
  for (const viewer of viewers)
    await viewer.until('an empty picture', () => screenOf(viewer, provider.id).slots.size === 0)
  await collection.insertMany(backup)
  for (const viewer of viewers)
    await viewer.until('the lower revs', () =>
      slots.every((id) => screenOf(viewer, provider.id).slots.get(id)?.rev === 1),
    )
  t.pass('every viewer shows what was restored')
})
