/**
 * A process that holds, confirms, moves and ends appointments of 2 to 8 slots without a pause, until it is killed. It
 * prints each reservation that the database has acknowledged, and what has become of it: `held <id>`, `ended <id>`.
 */
import { randomBytes } from 'node:crypto'
import { connectDatabase } from '../../src/database/connect.js'
import { engineOf } from '../../src/database/engine.js'
import { prepareHistory, SlotHistory } from '../../src/slots/slot-history.js'
import { prepareSlots } from '../../src/slots/slot-model.js'
import { SlotStore } from '../../src/slots/slot-store.js'
import { MovedClock } from './moved-clock.js'
import { NEVER_TOO_OFTEN } from './slot-world.js'

const { MONGODB_URI = '', SLOTS = '' } = process.env
const ids = SLOTS.split(',')
const connection = await connectDatabase({ uri: MONGODB_URI, waitMs: 20_000 })
const slots = await prepareSlots(connection)
const store = new SlotStore({
  slots,
  history: new SlotHistory(await prepareHistory(connection)),
  engine: await engineOf(connection),
  startSession: () => connection.getClient().startSession(),
  clock: new MovedClock(),
  rules: {
    noticeMs: 0,
    holdMs: 1_800_000,
    maxHoldMs: 2_700_000,
    maxActiveHolds: 3,
    holdAgain: NEVER_TOO_OFTEN,
  },
  idempotencySecrets: [Buffer.from('a secret of this test')],
  newId: () => randomBytes(16).toString('hex'),
  random: Math.random,
  sealName: (name) => name,
  dayOf: async () => 'day',
  onAcknowledged: () => {},
})
const say = (line: string) => process.stdout.write(`${line}\n`)
const anySlot = () => ids[Math.floor(Math.random() * ids.length)] ?? ''
const isCalled = (name: string, count: number) => ({
  id: name,
  rev: 1,
  name,
  durationMinutes: 15 * count,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 15,
  cancelCutoffSeconds: 0,
  moveCutoffSeconds: 0,
})

async function book(): Promise<void> {
  const caller = { id: randomBytes(8).toString('hex'), role: 'client' } as const
  const service = isCalled('visit', 1 + Math.floor(Math.random() * 7))
  const held = await store.hold({ id: caller.id, name: 'Ada' }, anySlot(), undefined, { service })
  if (!held.ok) return
  const { id } = held.reservation
  say(`held ${id}`)
  if (Math.random() < 0.5) await store.confirm(caller, id)
  await store.move(caller, id, { slotId: anySlot(), noticeMs: 0 })
  if (Math.random() < 0.2) return
  // Unknown from here on, until it is acknowledged.
  say(`ending ${id}`)
  await store.end(caller, id)
}

async function loop(): Promise<never> {
  // The engine may be gone for a moment.
  for (;;) await book().catch(() => new Promise((resolve) => setTimeout(resolve, 20)))
}

say('ready')
await Promise.all(Array.from({ length: 6 }, loop))
