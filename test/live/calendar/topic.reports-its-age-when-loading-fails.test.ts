import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { SlotBoard } from '../../../src/live/calendar/slot-board.js'
import { MovedClock } from '../../helper/moved-clock.js'

const PROVIDER = 'p1'

t.test(
  'what was lost and cannot be loaded again is as old as the outage, though the stream is heard',
  async (t) => {
    const clock = new MovedClock()
    let away = false
    let loads = 0
    const pictures: string[] = []
    const board = new SlotBoard({
      load: async () => {
        loads++
        if (away) throw new Error('away')
        return []
      },
      now: () => clock.now(),
      random: () => 0,
      maxSlots: 1_000,
      pictureAgeMs: () => 0,
      expect: () => {},
      log: { warn: () => {} },
      retryMs: 1,
    })
    board.listen({ event: () => {}, picture: (providerId) => pictures.push(providerId), lost: () => {} })
    t.teardown(() => board.close())
    board.retain(PROVIDER)
    await board.topic(PROVIDER)
    t.equal(board.pictureAgeMs(PROVIDER), 0, 'control: current')

    away = true
    board.fromFeed.lost(60_000)
    while (loads < 3) await turn()
    t.ok(await board.topic(PROVIDER), 'it is better than nothing')
    t.ok(board.read(PROVIDER), 'for viewers, too')
    t.equal(board.use(PROVIDER), null, 'but nothing is kept of it')
    t.equal(board.pictureAgeMs(PROVIDER), 60_000)
    clock.move(5_000)
    t.equal(board.pictureAgeMs(PROVIDER), 65_000, 'and it grows')
    t.equal(board.pictureAgeMs(), 0, 'of all others nothing is said by that')

    away = false
    while (pictures.length === 0) await turn()
    t.equal(board.pictureAgeMs(PROVIDER), 0)
  },
)
