/** A transport that throws while it is handed the answer to a watch: an error in the log, not the end of the process. */
import t, { type Test } from 'tap'
import { SlotBoard } from '../../../src/live/calendar/slot-board.js'
import { Gateway, type WatchResult } from '../../../src/live/channel/gateway.js'
import { createPictureBudgets } from '../../../src/live/channel/picture-budget.js'

const PLENTY = 1_000_000
const elapsed = () => performance.now()

function scene(t: Test) {
  const logged: { facts: object; message: string }[] = []
  let announce = (): void => {}
  const log = {
    warn: () => {},
    error: (facts: object, message: string) => {
      logged.push({ facts, message })
      announce()
    },
  }
  const board = new SlotBoard({
    load: async () => [],
    now: Date.now,
    random: Math.random,
    maxSlots: 1_000,
    pictureAgeMs: () => 0,
    expect: () => {},
    log,
  })
  const gateway = new Gateway({
    board,
    rules: {
      of: () => ({ noticeSeconds: 0, holdSeconds: 60, slotMinutes: 15, maxActiveHolds: 3 }),
      isKnown: () => true,
      read: async () => null,
    },
    openName: () => '',
    tokens: { learn: () => null, verify: () => null },
    providerExists: async (providerId) => providerId === 'known',
    offers: { find: async () => null, isCurrent: () => true },
    reservationsOf: async () => [],
    publicView: true,
    maxWatches: 2,
    budgets: createPictureBudgets(
      {
        PICTURE_BYTES_PER_MINUTE: PLENTY,
        ADDRESS_PICTURE_BYTES_PER_MINUTE: PLENTY,
        SOCKET_PICTURE_BYTES_PER_MINUTE: PLENTY,
      },
      elapsed,
    ),
    now: Date.now,
    elapsed,
    log,
  })
  t.teardown(() => {
    gateway.close()
    board.close()
  })
  const peer = { carrier: { encode: () => Buffer.alloc(0) }, write: () => {} }
  const viewer = gateway.connect(peer, null, '192.0.2.1')
  const nextError = () =>
    new Promise<void>((resolve) => {
      announce = resolve
    })
  return { gateway, viewer, logged, nextError }
}

// Of a refused watch the answer is given beside the queue of the outbox, of one that came about from within it.
for (const providerId of ['unknown', 'known']) {
  t.test(`watching a calendar that is ${providerId}, with an answer that throws`, async (t) => {
    const { gateway, viewer, logged, nextError } = scene(t)
    const fault = new Error('the transport cannot write')
    const error = nextError()
    gateway.watch(viewer, { providerId }, () => {
      throw fault
    })
    await error
    t.same(logged, [{ facts: { err: fault }, message: 'live: unhandled error while publishing' }])
    const next = await new Promise<WatchResult>((resolve) => gateway.watch(viewer, { providerId }, resolve))
    t.equal('picture' in next, providerId === 'known', 'the same socket is answered again')
    t.equal(logged.length, 1, 'and an answer that is taken logs nothing')
  })
}
