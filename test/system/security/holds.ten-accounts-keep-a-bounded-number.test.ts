/**
 * Two hours, simulated, against a bot that is always faster than anybody else: it sees the end of each hold in the same
 * moment, and asks again before anyone. docs/security.md gives the number and where it comes from.
 */
import { type Test, test } from 'tap'
import { client, type SlotWorld, slotWorld } from '../../helper/slot-world.js'

const ACCOUNTS = 10
const MAX_ACTIVE_HOLDS = 3
const KNOWN_NUMBER = ACCOUNTS * MAX_ACTIVE_HOLDS
const MINUTE = 60_000
const STEP_MS = 5 * MINUTE
const STEPS = (120 * MINUTE) / STEP_MS
const HOLD_MS = 30 * MINUTE
const bots = Array.from({ length: ACCOUNTS }, (_, index) => client(`bot ${index}`))

interface Outcome {
  /** The most slots that the bot held at any time. */
  most: number
  /** Slots that it held all the time. */
  throughout: number
  /** Times at which somebody else found no slot to hold. */
  withoutRoom: number
}

type Tactic = (world: SlotWorld, step: number) => Promise<void>

async function simulate(t: Test, slots: number, maxActiveHolds: number, tactic: Tactic): Promise<Outcome> {
  const world = await slotWorld(t, {
    rules: {
      maxHoldMs: 45 * 60_000,
      noticeMs: 0,
      holdMs: HOLD_MS,
      maxActiveHolds,
      holdAgain: { most: 20, mostLong: 4, longMs: HOLD_MS / 2, withinMs: 4 * HOLD_MS + 60 * MINUTE },
    },
  })
  await world.openSlots(slots)
  const stepsHeld = new Map<string, number>()
  let most = 0
  let withoutRoom = 0
  for (let step = 0; step < STEPS; step++) {
    await world.store.expireOverdue(1_000)
    await tactic(world, step)
    const held = await world.slots.find({ state: 'held', 'reservation.client.id': /^bot/ }).toArray()
    most = Math.max(most, held.length)
    for (const { _id } of held) stepsHeld.set(_id, (stepsHeld.get(_id) ?? 0) + 1)
    const open = await world.slots.findOne({ state: 'open' })
    const somebody = client(`person ${step}`)
    const found = open === null ? null : await world.store.hold(somebody, open._id)
    if (found?.ok) await world.store.end({ id: somebody.id, role: 'client' }, found.reservation.id)
    else withoutRoom++
    world.clock.move(STEP_MS)
  }
  const throughout = [...stepsHeld.values()].filter((steps) => steps === STEPS).length
  return { most, throughout, withoutRoom }
}

/** Every account takes what is open until it is refused, each time another account first. */
const keep: Tactic = async ({ slots, store }, step) => {
  const open = await slots.find({ state: 'open' }, { sort: { start: 1 } }).toArray()
  const from = step % ACCOUNTS
  for (const bot of [...bots.slice(from), ...bots.slice(0, from)]) {
    for (let slot = open.shift(); slot !== undefined; slot = open.shift()) {
      if ((await store.hold(bot, slot._id)).ok) continue
      open.unshift(slot)
      break
    }
  }
}

/** Gives all back every ten minutes and takes again, so that no hold is ever seen to end. */
const churn: Tactic = async (world, step) => {
  const held = await world.slots.find({ state: 'held', 'reservation.client.id': /^bot/ }).toArray()
  for (const { reservation } of step % 2 === 0 ? held : []) {
    if (reservation) await world.store.end({ id: reservation.client.id, role: 'client' }, reservation.id)
  }
  await keep(world, step)
}

for (const [name, tactic] of [
  ['holds on to what it has', keep],
  ['goes from slot to slot', churn],
] as const) {
  test(`a bot that ${name} keeps ${KNOWN_NUMBER} slots from others, never more`, async (t) => {
    const outcome = await simulate(t, KNOWN_NUMBER + 5, MAX_ACTIVE_HOLDS, tactic)
    t.equal(outcome.most, KNOWN_NUMBER)
    t.ok(outcome.throughout <= KNOWN_NUMBER)
    t.equal(outcome.withoutRoom, 0, 'at any time somebody else finds a slot')
  })
}

test('control: with one more hold for each account it keeps more', async (t) => {
  const outcome = await simulate(t, KNOWN_NUMBER + 5, MAX_ACTIVE_HOLDS + 1, keep)
  t.equal(outcome.most, KNOWN_NUMBER + 5, 'all there are')
  t.ok(outcome.withoutRoom > 0)
})
