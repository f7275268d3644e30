/** A slot store on a database of its own, with a clock that the test moves: the write side without the server. */

import { randomBytes } from 'node:crypto'
import type { mongo } from 'mongoose'
import type { Test } from 'tap'
import { connectDatabase } from '../../src/database/connect.js'
import { engineOf } from '../../src/database/engine.js'
import { SLOT_MS } from '../../src/domain/grid.js'
import type { HoldAgainRule } from '../../src/domain/reservation.js'
import type { SlotDoc } from '../../src/slots/slot-document.js'
import { type History, prepareHistory, SlotHistory } from '../../src/slots/slot-history.js'
import { prepareSlots } from '../../src/slots/slot-model.js'
import { type BookingWindows, SlotLists } from '../../src/slots/slot-queries.js'
import { type SlotRules, SlotStore, type SlotStoreOptions } from '../../src/slots/slot-store.js'
import { testDatabase } from './database.js'
import { MovedClock } from './moved-clock.js'

export const DAY = 86_400_000
export const PROVIDER = 'a'.repeat(32)

export const NEVER_TOO_OFTEN: HoldAgainRule = { most: 1_000, mostLong: 1_000, longMs: 0, withinMs: DAY }

export const SLOT_WORLD_RULES: SlotRules = {
  noticeMs: DAY,
  holdMs: 30 * 60_000,
  maxHoldMs: 45 * 60_000,
  maxActiveHolds: 3,
  holdAgain: NEVER_TOO_OFTEN,
}

export interface SlotWorld {
  uri: string
  store: SlotStore
  /** The store of another instance on the same database. */
  another(): SlotStore
  lists: SlotLists
  slots: mongo.Collection<SlotDoc>
  /** What ended and left its slot. */
  history: History
  clock: MovedClock
  holdMs: number
  /** Opens slots, the first two days from now and each a quarter of an hour after the one before. */
  openSlots(count: number, providerId?: string): Promise<string[]>
  slot(id: string): Promise<SlotDoc>
}

export async function slotWorld(t: Test, changes: Partial<SlotStoreOptions> = {}): Promise<SlotWorld> {
  const { uri } = await testDatabase(t)
  const connection = await connectDatabase({ uri })
  t.teardown(() => connection.close())
  const slots = await prepareSlots(connection)
  const history = await prepareHistory(connection)
  const clock = new MovedClock()
  const { holdMs, noticeMs } = SLOT_WORLD_RULES
  const kept = new SlotHistory(history)
  const options: SlotStoreOptions = {
    slots,
    history: kept,
    engine: await engineOf(connection),
    startSession: () => connection.getClient().startSession(),
    clock,
    rules: SLOT_WORLD_RULES,
    idempotencySecrets: [Buffer.from('a secret of this test')],
    random: Math.random,
    newId: () => randomBytes(16).toString('hex'),
    sealName: (name) => name,
    dayOf: async (_providerId, start) => new Date(start).toISOString().slice(0, 10),
    onAcknowledged: () => {},
    ...changes,
  }
  const store = new SlotStore(options)
  t.teardown(() => store.settled())
  return {
    uri,
    store,
    another: () => new SlotStore(options),
    lists: new SlotLists({ slots, history: kept, clock, windows: sameForAll(noticeMs), maxSlots: 40_000 }),
    slots,
    history,
    clock,
    holdMs,
    async openSlots(count, providerId = PROVIDER) {
      const first = clock.now() + 2 * DAY
      const starts = Array.from({ length: count }, (_, index) => first + index * SLOT_MS)
      return (await store.open(providerId, starts)).ids
    },
    async slot(id) {
      const found = await slots.findOne({ _id: id })
      if (!found) throw new Error(`no slot ${id}`)
      return found
    },
  }
}

/** Every provider as if it had set nothing. */
export function sameForAll(noticeMs: number): BookingWindows {
  return {
    of: async () => ({ noticeMs, aheadMs: Number.POSITIVE_INFINITY }),
    shortestNoticeMs: async () => noticeMs,
  }
}

export function client(id: string, name = 'somebody') {
  return { id, name }
}
