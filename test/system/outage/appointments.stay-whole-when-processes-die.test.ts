/**
 * The engine, or a server, is killed at any moment while appointments of 2 to 8 slots are held, confirmed, moved and
 * ended: nothing half is left, nothing half is told, and what was acknowledged is there.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { connectDatabase } from '../../../src/database/connect.js'
import { SLOT_MS } from '../../../src/domain/grid.js'
import { SlotFeed, type StreamOptions } from '../../../src/live/calendar/slot-feed.js'
import type { SlotDoc } from '../../../src/slots/slot-document.js'
import { prepareSlots, slotsOf } from '../../../src/slots/slot-model.js'
import { openSlot } from '../../../src/slots/slot-updates.js'
import { halves } from '../../helper/appointments.js'
import { NOON } from '../../helper/moved-clock.js'
import { ownEngine } from '../../helper/own-engine.js'
import { programPath } from '../../helper/paths.js'
import { PROVIDER } from '../../helper/slot-world.js'

const KILLS = 20
const SLOTS = 60

async function scene(t: Test) {
  const engine = await ownEngine(t)
  const connection = await connectDatabase({ uri: engine.uri })
  t.teardown(() => connection.close())
  await prepareSlots(connection)
  const slots = slotsOf(connection)
  const first = NOON + 2 * 86_400_000
  const all = Array.from({ length: SLOTS }, (_, at) =>
    openSlot(PROVIDER, first + at * SLOT_MS, new Date(NOON)),
  )
  await slots.insertMany(all)
  /** All is free again. */
  const clear = async () => {
    held.clear()
    await slots.deleteMany({})
    await slots.insertMany(all)
  }
  /** Acknowledged, and not asked to end. */
  const held = new Set<string>()
  let running: ChildProcess | undefined
  const lines = new EventEmitter()
  /** Since the process was started. */
  let holds = 0
  const hasHeld = async (most: number) => {
    while (holds < most) await once(lines, 'held')
  }
  const start = async () => {
    const child = spawn(process.execPath, [programPath('test/helper/booking-loop')], {
      env: { ...process.env, MONGODB_URI: engine.uri, SLOTS: all.map(({ _id }) => _id).join() },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    running = child
    let ready = () => {}
    holds = 0
    const isReady = new Promise<void>((resolve, reject) => {
      ready = resolve
      child.once('close', () => reject(new Error('it has ended before it was ready')))
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [what, id = ''] = line.split(' ')
      if (what === 'ready') ready()
      if (what === 'held') {
        held.add(id)
        holds++
        lines.emit('held')
      }
      if (what === 'ending') held.delete(id)
    })
    await isReady
  }
  const kill = async () => {
    const child = running
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const closed = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGKILL')
    await closed
  }
  t.teardown(kill)
  const look = () => slots.find({ providerId: PROVIDER }).toArray()
  const isThere = async (id: string) =>
    (await slots.countDocuments({ 'reservation.id': id })) + (await slots.countDocuments({ 'past.id': id })) >
    0
  return {
    engine,
    slots,
    held,
    clear,
    start,
    hasHeld,
    kill,
    look,
    isThere,
  }
}

t.test('control: a half appointment is found', async (t) => {
  const { slots, start, kill, look } = await scene(t)
  await start()
  let some: SlotDoc | undefined
  while (!some) some = (await look()).find(({ reservation }) => reservation?.chain)
  await kill()
  t.same(halves(await look()), [])
  const whole = (await look()).find(({ reservation }) => reservation?.chain)
  await slots.updateOne({ _id: whole?._id ?? '' }, { $set: { state: 'open', reservation: null } })
  t.ok(halves(await look()).length > 0)
})

t.test('the engine is killed', async (t) => {
  const { engine, slots, held, start, kill, look, isThere } = await scene(t)
  // What the change stream tells, by the turn of the event loop in which it was told.
  const turns = new Map<string, { seen: Set<number>; told: number; of: number }>()
  let turn = 0
  const feed = new SlotFeed({
    watch: (options: StreamOptions) => slots.watch([], options),
    now: () => Date.now(),
    elapsed: () => performance.now(),
    random: Math.random,
    log: { info() {}, warn() {}, error: (_facts, message) => t.fail(message) },
  })
  let told = 0
  feed.subscribe({
    entries(_slotId, entries) {
      setImmediate(() => turn++)
      const last = entries.at(-1)
      if (last?.of === undefined || last.write === undefined) return
      told++
      const write = turns.get(last.write) ?? { seen: new Set(), told: 0, of: last.of }
      write.seen.add(turn)
      write.told++
      turns.set(last.write, write)
    },
    unclear() {},
    gone() {},
    lost() {
      turns.clear()
    },
  })
  await feed.start()
  t.teardown(() => feed.close())
  await start()
  for (let kills = 0; kills < KILLS; kills++) {
    await pause(60 + Math.random() * 240)
    await engine.kill()
    const acknowledged = [...held]
    await engine.start()
    t.same(halves(await look()), [])
    // Of those that nobody has asked to end since.
    for (const id of acknowledged.slice(-20))
      if (held.has(id)) t.ok(await isThere(id), 'acknowledged, and there')
  }
  await kill()
  t.same(halves(await look()), [])
  t.ok(told > 100, `control: ${told} changes of appointments were told`)
  t.same(
    [...turns].filter(([, { seen, told: count, of }]) => seen.size > 1 || count !== of),
    [],
    'all slots of a write in one moment',
  )
})

t.test('the server is killed', async (t) => {
  const { held, clear, start, hasHeld, kill, look, isThere } = await scene(t)
  let acknowledged = 0
  for (let kills = 0; kills < KILLS; kills++) {
    await clear()
    await start()
    await hasHeld(Math.ceil(Math.random() * 8))
    await pause(Math.random() * 20)
    await kill()
    t.same(halves(await look()), [])
    for (const id of [...held].slice(-10)) t.ok(await isThere(id))
    acknowledged += held.size
  }
  t.ok(acknowledged > 20, `control: ${acknowledged} were held and not given back`)
})
