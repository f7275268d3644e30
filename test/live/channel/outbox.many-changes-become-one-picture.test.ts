import t from 'tap'
import { slotIdOf } from '../../../src/domain/grid.js'
import type { SlotDoc } from '../../../src/slots/slot-document.js'
import { register, startOne } from '../../helper/servers.js'
import { openViewer, screenOf, TRANSPORTS } from '../../helper/viewer.js'

const SLOT_MS = 900_000

for (const count of [201, 200]) {
  t.test(`${count} changes of one calendar in one moment`, async (t) => {
    const server = await startOne(t)
    const provider = await register(server, 'provider')
    const { board, clock } = server.app
    const first = Math.ceil(clock.now() / SLOT_MS) * SLOT_MS
    const topics = []
    const alls = []
    for (const transport of TRANSPORTS) {
      const topic = await openViewer(t, server.url, { transport })
      await topic.ask('watch', { providerId: provider.id })
      const narrow = await openViewer(t, server.url, { transport })
      await narrow.ask('watch', {
        providerId: provider.id,
        from: new Date(first).toISOString(),
        to: new Date(first + 10 * SLOT_MS).toISOString(),
      })
      const both = await openViewer(t, server.url, { transport })
      await both.ask('watch', { all: true })
      await both.ask('watch', { providerId: provider.id })
      topics.push({ viewer: topic, shows: count }, { viewer: narrow, shows: 10 })
      alls.push(both)
    }
    // As a write of that many slots would have it acknowledged.
    for (let at = 0; at < count; at++) board.takeReply(openedAt(provider.id, first + at * SLOT_MS))

    for (const { viewer, shows } of topics) {
      if (count > 200) {
        await viewer.hears('slots')
        t.equal(viewer.all('slots').length, 1)
        t.same(viewer.events(), [], 'no events besides')
        t.equal(screenOf(viewer, provider.id).slots.size, shows, 'each in its own span')
      } else {
        await viewer.until('each', () => viewer.events().length === count)
        t.same(viewer.all('slots'), [], 'control: that many still come one by one')
      }
    }
    // Once all have it: who still waited would find this change in its picture.
    board.takeReply(openedAt(provider.id, first + 500 * SLOT_MS))
    for (const viewer of alls) {
      await viewer.until('each', () => viewer.events().length >= count)
      t.same(viewer.all('slots'), [], 'who watches all hears each')
    }
    for (const { viewer } of topics) {
      await viewer.hears('slot-opened', ({ n }) => n === count + 1)
      t.same(screenOf(viewer, provider.id).faults, [], 'and what comes next follows on')
    }
  })
}

function openedAt(providerId: string, start: number): SlotDoc {
  const at = new Date(start)
  return {
    _id: slotIdOf(providerId, start),
    providerId,
    start: at,
    end: new Date(start + SLOT_MS),
    state: 'open',
    reservation: null,
    past: [],
    log: { r1: { rev: 1, from: 0, kind: 'opened', at, state: 'open' } },
    rev: 1,
  }
}
