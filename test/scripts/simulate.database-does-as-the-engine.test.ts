/** The same random commands on a store over the real engine and on one over the simulated: every answer and every document is the same. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Connection } from 'mongoose'
import t, { type Test } from 'tap'
import { SimDatabase } from '../../scripts/simulate/database.js'
import { World } from '../../scripts/simulate/schedule.js'
import { collectionOf } from '../../src/database/database-calls.js'
import { SECANTUSDB } from '../../src/database/engine.js'
import { SLOT_MS, slotIdOf } from '../../src/domain/grid.js'
import type { BookedService } from '../../src/domain/service.js'
import type { SlotDoc } from '../../src/slots/slot-document.js'
import { type EndedReservation, SlotHistory } from '../../src/slots/slot-history.js'
import { slotIndexes } from '../../src/slots/slot-model.js'
import { SlotStore } from '../../src/slots/slot-store.js'
import { MovedClock, NOON } from '../helper/moved-clock.js'
import { client, DAY, SLOT_WORLD_RULES, slotWorld } from '../helper/slot-world.js'

const SLOTS = 6
const RUNS = 40

const VISIT: BookedService = {
  id: 'visit',
  rev: 1,
  name: 'Visit',
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 15,
  cancelCutoffSeconds: 0,
  moveCutoffSeconds: 0,
}

type Command =
  | { do: 'hold'; slot: number; client: string; visit: boolean }
  | { do: 'confirm' | 'end' | 'extend'; which: number }
  | { do: 'move'; which: number; slot: number }
  | { do: 'open' | 'withdraw'; slot: number }
  | { do: 'wait'; ms: number }
  | { do: 'sweep' }

const slot = fc.nat(SLOTS - 1)
const which = fc.nat(20)
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: fc.constant('hold' as const),
    slot,
    client: fc.constantFrom('a', 'b', 'c'),
    visit: fc.boolean(),
  }),
  fc.record({ do: fc.constantFrom('confirm' as const, 'end' as const, 'extend' as const), which }),
  fc.record({ do: fc.constant('move' as const), which, slot }),
  fc.record({ do: fc.constantFrom('open' as const, 'withdraw' as const), slot }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 60_000, max: 25 * 60_000 }) }),
  fc.constant({ do: 'sweep' as const }),
)

/** Time goes on by itself: each event as soon as the loop comes to it. */
class PromptWorld extends World {
  override after(_ms: number, run: () => void): void {
    setImmediate(run)
  }
}

interface Answered {
  ok: boolean
  code?: string
  reservation?: { id: string; status: string }
}

interface Side {
  store: SlotStore
  clock: MovedClock
  slotsOf(providerId: string): Promise<unknown[]>
}

/** Ids in the order in which they are asked for. */
function counted(): () => string {
  let count = 0
  return () => (count++).toString(36).padStart(12, '0')
}

async function realSide(t: Test): Promise<Side> {
  const { store, clock, slots } = await slotWorld(t, { newId: counted(), random: () => 0.5 })
  return { store, clock, slotsOf: (providerId) => slots.find({ providerId }).sort({ _id: 1 }).toArray() }
}

function simulatedSide(keepsUnique = true): Side {
  const database = new SimDatabase(new PromptWorld(1), NOON)
  const slots = database.collection('slots')
  if (keepsUnique) slots.keepUnique(slotIndexes)
  const connection = database.connection() as unknown as Connection
  const clock = new MovedClock()
  const store = new SlotStore({
    slots: collectionOf<SlotDoc>(connection, 'slots'),
    history: new SlotHistory(collectionOf<EndedReservation>(connection, 'pastReservations')),
    engine: SECANTUSDB,
    startSession: () => {
      throw new Error('no transactions here')
    },
    clock,
    rules: SLOT_WORLD_RULES,
    idempotencySecrets: [Buffer.from('a secret of this test')],
    random: () => 0.5,
    newId: counted(),
    sealName: (name) => name,
    dayOf: async (_providerId, start) => new Date(start).toISOString().slice(0, 10),
    onAcknowledged: () => {},
  })
  const slotsOf = async (providerId: string) =>
    slots
      .all()
      .filter((slot) => slot.providerId === providerId)
      .sort((a, b) => (a._id < b._id ? -1 : 1))
  return { store, clock, slotsOf }
}

async function play({ store, clock, slotsOf }: Side, providerId: string, commands: Command[]) {
  const first = Math.ceil(clock.now() / DAY) * DAY + 2 * DAY
  const ids: string[] = []
  const said: unknown[] = []
  const startOf = (index: number) => first + index * SLOT_MS
  const heard = (outcome: unknown) => {
    const { ok, code, reservation } = outcome as Answered
    said.push([ok, code, reservation?.id, reservation?.status])
  }
  await store.open(
    providerId,
    Array.from({ length: SLOTS }, (_, index) => startOf(index)),
  )
  for (const one of commands) {
    const slotId = 'slot' in one ? slotIdOf(providerId, startOf(one.slot)) : ''
    const id = 'which' in one ? (ids[one.which % Math.max(1, ids.length)] ?? 'none') : ''
    const caller = async () => ({
      id: (await store.findReservation(id))?.reservation.client.id ?? 'nobody',
      role: 'client' as const,
    })
    switch (one.do) {
      case 'hold': {
        const who = client(`${one.client} of ${providerId}`)
        const outcome = await store.hold(who, slotId, undefined, one.visit ? { service: VISIT } : {})
        if (outcome.ok && !ids.includes(outcome.reservation.id)) ids.push(outcome.reservation.id)
        heard(outcome)
        break
      }
      case 'confirm':
      case 'end':
      case 'extend':
        heard(await store[one.do](await caller(), id))
        break
      case 'move':
        heard(await store.move(await caller(), id, { slotId, noticeMs: 0 }))
        break
      case 'open':
        said.push((await store.open(providerId, [startOf(one.slot)])).opened)
        break
      case 'withdraw': {
        const { withdrawn, kept } = await store.withdraw(providerId, startOf(one.slot), startOf(one.slot + 1))
        said.push([withdrawn, kept.map(({ _id }) => _id)])
        break
      }
      case 'wait':
        clock.move(one.ms)
        break
      case 'sweep':
        said.push(await store.expireOverdue(100))
    }
  }
  await store.settled()
  return { said, slots: await slotsOf(providerId) }
}

t.test('random commands come to the same on both, answers and documents', async (t) => {
  const [real, simulated] = [await realSide(t), simulatedSide()]
  let runs = 0
  let answered = 0
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 30 }), async (commands) => {
      const providerId = `provider-${runs++}`
      const expected = await play(real, providerId, commands)
      const found = await play(simulated, providerId, commands)
      answered += found.said.length
      t.same(found, expected, JSON.stringify(commands))
      return isDeepStrictEqual(found, expected)
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
  t.ok(answered > RUNS * 5, `${answered} answers`)
})

t.test('control: a database that forgets its unique indexes comes to something else', async (t) => {
  const [real, simulated] = [await realSide(t), simulatedSide()]
  const commands: Command[] = [0, 1, 2, 3].map((slot) => ({ do: 'hold', slot, client: 'a', visit: false }))
  const expected = await play(real, 'provider', commands)
  t.same(await play(simulated, 'provider', commands), expected)
  const forgetful = simulatedSide(false)
  t.not(isDeepStrictEqual(await play(forgetful, 'provider', commands), expected), true)
})
