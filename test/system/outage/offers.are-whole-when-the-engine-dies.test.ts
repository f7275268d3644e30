/** The engine is killed while appointments end and are held for the next in line: all of it happened, or nothing. */
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { connectDatabase } from '../../../src/database/connect.js'
import { SECANTUSDB } from '../../../src/database/engine.js'
import { readSlotId } from '../../../src/domain/grid.js'
import { standsForIt } from '../../../src/domain/reservation.js'
import type { BookedService } from '../../../src/domain/service.js'
import type { LogEntry } from '../../../src/slots/slot-document.js'
import { prepareHistory, SlotHistory } from '../../../src/slots/slot-history.js'
import { prepareSlots } from '../../../src/slots/slot-model.js'
import { SlotStore } from '../../../src/slots/slot-store.js'
import { halves } from '../../helper/appointments.js'
import { MovedClock } from '../../helper/moved-clock.js'
import { ownEngine } from '../../helper/own-engine.js'
import { DAY, NEVER_TOO_OFTEN, PROVIDER } from '../../helper/slot-world.js'

const KILLS = 15
const APPOINTMENTS = 12
const SERVICE: BookedService = {
  id: 'visit',
  rev: 1,
  name: 'Visit',
  durationMinutes: 45,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 15,
  cancelCutoffSeconds: 0,
  moveCutoffSeconds: 0,
}

t.test('killed at any moment', async (t) => {
  const engine = await ownEngine(t)
  const connection = await connectDatabase({ uri: engine.uri })
  t.teardown(() => connection.close())
  const slots = await prepareSlots(connection)
  const history = new SlotHistory(await prepareHistory(connection))
  const clock = new MovedClock()
  const store = new SlotStore({
    slots,
    history,
    engine: SECANTUSDB,
    startSession: () => connection.getClient().startSession(),
    clock,
    rules: { noticeMs: 0, holdMs: DAY, maxHoldMs: DAY, maxActiveHolds: 1_000, holdAgain: NEVER_TOO_OFTEN },
    idempotencySecrets: [Buffer.from('a secret of this test')],
    random: Math.random,
    newId: () => randomBytes(16).toString('hex'),
    sealName: (name) => name,
    dayOf: async () => '2027-08-13',
    onAcknowledged: () => {},
  })
  t.teardown(() => store.settled())
  const first = clock.now() + 2 * DAY
  const starts = Array.from({ length: 4 * APPOINTMENTS }, (_, index) => first + index * 900_000)
  const { ids } = await store.open(PROVIDER, starts)
  for (let index = 0; index < APPOINTMENTS; index++) {
    const held = await store.hold({ id: 'ada', name: 'Ada' }, ids[4 * index] ?? '', undefined, {
      service: SERVICE,
    })
    t.ok(held.ok)
  }
  let made = 0
  let isOffering = true
  store.offerTo({
    isAwaited: () => isOffering,
    async *plans({ providerId, slotIds }) {
      const headStart = readSlotId(slotIds[0] ?? '')?.start ?? 0
      const waitId = `w${made++}`
      const client = { id: `${waitId}-client`, name: '' }
      yield { waitId, client, providerId, headStart, service: SERVICE, expiresAt: clock.now() + DAY }
    },
    offered: async () => {},
  })
  let isRunning = true
  let passed = 0
  let inOne = 0
  const isDown = { now: false }
  const work = (async () => {
    while (isRunning) {
      if (isDown.now) {
        await pause(5)
        continue
      }
      const live = await slots
        .find({ 'reservation.id': { $exists: true } })
        .toArray()
        .catch(() => [])
      const heads = live.flatMap(({ reservation }) =>
        reservation && standsForIt(reservation) ? [reservation] : [],
      )
      const one = heads[Math.floor(Math.random() * heads.length)]
      if (!one) continue
      const done = await store
        .end({ id: PROVIDER, role: 'provider' }, one.id)
        .catch(() => ({ ok: false as const }))
      if (done.ok) passed++
    }
  })()
  for (let kills = 0; kills < KILLS; kills++) {
    await pause(80 + Math.random() * 200)
    isDown.now = true
    await engine.kill()
    await engine.start()
    const now = await slots.find({ providerId: PROVIDER }).toArray()
    t.same(halves(now), [], 'whole')
    for (let index = 0; index < APPOINTMENTS; index++) {
      const four = ids
        .slice(4 * index, 4 * index + 4)
        .map((id) => lastWrite(now.find(({ _id }) => _id === id)?.log))
      if (new Set(four.map((one) => JSON.stringify(one))).size > 1) t.same(four, [], 'all by one write')
      // One that was not passed on because the engine was away has ended plainly, and whole as well.
      if (four[0]?.kinds.join() === 'released,held') inOne++
    }
    const twice = now.flatMap(({ reservation }) =>
      reservation && standsForIt(reservation) && reservation.wait ? [reservation.wait] : [],
    )
    t.equal(new Set(twice).size, twice.length, 'nobody has two')
    isDown.now = false
  }
  isRunning = false
  await work
  t.ok(passed > KILLS, `control: ${passed} were passed on`)
  t.ok(inOne > KILLS, `control: ${inOne} were found released and held by one write`)
  isOffering = false
  const [last] = (await slots.find({ 'reservation.id': { $exists: true } }).toArray()).flatMap(
    ({ reservation }) => (reservation && standsForIt(reservation) ? [reservation] : []),
  )
  await store.end({ id: PROVIDER, role: 'provider' }, last?.id ?? '')
  t.ok((await slots.countDocuments({ state: 'open' })) > 0, 'control: without it they are open')
})

/** What the last write of a slot did. */
function lastWrite(log: Record<string, LogEntry> = {}) {
  const entries = Object.values(log).sort((a, b) => a.rev - b.rev)
  const write = entries.at(-1)?.write
  return { write, kinds: entries.filter((one) => one.write === write).map(({ kind }) => kind) }
}
