/**
 * Two hundred watchers with spans of their own, and the provider withdraws everything: nothing but pictures to make.
 * The outbox is told the time, so how much it does in one turn is known and not measured.
 */
import t from 'tap'
import type { BoardEvent } from '../../../src/live/calendar/slot-board.js'
import { createOutbox } from '../../../src/live/channel/outbox.js'
import { createRooms } from '../../../src/live/channel/rooms.js'

const VIEWERS = 200
const PICTURE_MS = 1

function scene(pictureMs: number) {
  const did: string[] = []
  let now = 0
  let owed = 0
  const outbox = createOutbox({
    rooms: createRooms(),
    openName: () => '',
    beforeFlush: () => did.push('turn'),
    owePictures: () => {
      owed = VIEWERS
      return true
    },
    changed: () => {},
    payPicture: () => {
      if (owed === 0) return false
      owed--
      now += pictureMs
      did.push('picture')
      return true
    },
    elapsed: () => now,
    sent: () => {},
    published: ({ n }) => did.push(`event ${n}`),
    fault: (error) => {
      throw error
    },
  })
  const done = () => did.includes('picture') && owed === 0
  return { outbox, did, left: () => owed, done }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

const event = (n: number): BoardEvent => ({
  slotId: 'p.20270816T0800Z',
  providerId: 'p',
  entry: { rev: n, from: n - 1, kind: 'opened', at: new Date(0), state: 'open' },
  n,
  seq: n,
  toTopic: true,
})

t.test('a turn of the event loop makes a few pictures, then others have theirs', async (t) => {
  const { outbox, did, done } = scene(PICTURE_MS)
  outbox.picture('p')
  let between = 0
  await until(() => {
    between++
    return done()
  })
  const turns = did.filter((what) => what === 'turn').length
  t.ok(turns >= VIEWERS / 3, `${turns} turns`)
  t.ok(between >= VIEWERS / 3, `others were let in ${between} times`)
  t.equal(did.filter((what) => what === 'picture').length, VIEWERS)
  outbox.close()
})

t.test(
  'what happens meanwhile goes out before the next picture, and who joins does not wait for all',
  async (t) => {
    const { outbox, did, left, done } = scene(PICTURE_MS)
    outbox.picture('p')
    await until(() => did.includes('picture'))
    outbox.event(event(1))
    outbox.afterFlush(() => did.push('join'))
    await until(() => did.includes('join'))
    t.ok(left() > VIEWERS / 2, 'most still wait')
    t.ok(did.indexOf('event 1') < did.indexOf('join'), 'the event first')
    t.equal(did[did.indexOf('event 1') - 1], 'turn', 'with nothing before it in its turn')
    await until(() => done())
    outbox.close()
  },
)

t.test('control: pictures that take no time are made in one turn', async (t) => {
  const { outbox, did, done } = scene(0)
  outbox.picture('p')
  await until(() => done())
  t.equal(did.filter((what) => what === 'turn').length, 1)
  outbox.close()
})
