import fc from 'fast-check'
import t from 'tap'
import { SLOT_MS } from '../../src/domain/grid.js'
import type { SlotState } from '../../src/domain/slot.js'
import { client, DAY, PROVIDER, type SlotWorld, slotWorld } from '../helper/slot-world.js'

const SLOTS = 4
const CLIENTS = ['a', 'b', 'c']
const MAX_HOLDS = 3

type Command =
  | { do: 'open' | 'withdraw' | 'sweep' }
  | { do: 'hold'; slot: number; client: string }
  | { do: 'confirm' | 'end' | 'end by provider' | 'end and withdraw'; slot: number }
  | { do: 'wait'; ms: number }

interface ModelSlot {
  state: SlotState
  rev: number
  client?: string
  expiresAt?: number
  past: string[]
}

/** The rules in plain steps, one slot after another, without a database. */
class Model {
  slots: ModelSlot[] = []
  constructor(
    public now: number,
    readonly first: number,
    readonly holdMs: number,
  ) {}

  start(slot: number) {
    return this.first + slot * SLOT_MS
  }
  overdue({ state, expiresAt = 0 }: ModelSlot) {
    return state === 'held' && expiresAt <= this.now
  }
  expire(slot: ModelSlot) {
    if (this.overdue(slot)) this.finish(slot, 'expired')
  }
  finish(slot: ModelSlot, status: string) {
    slot.past.push(`${slot.client} ${status}`)
    Object.assign(slot, { state: 'open', rev: slot.rev + 1, client: undefined, expiresAt: undefined })
  }
  step(slot: ModelSlot, state: SlotState) {
    slot.state = state
    slot.rev++
  }

  run(command: Command): string {
    switch (command.do) {
      case 'wait':
        this.now += command.ms
        return 'ok'
      case 'open': {
        if (this.slots.length === 0) {
          this.slots = Array.from({ length: SLOTS }, () => ({ state: 'open', rev: 1, past: [] }))
          return `opened ${SLOTS}`
        }
        const withdrawn = this.slots.filter((slot) => slot.state === 'withdrawn')
        for (const slot of withdrawn) this.step(slot, 'open')
        return `opened ${withdrawn.length}`
      }
      case 'withdraw': {
        const open = this.slots.filter((slot) => slot.state === 'open' || this.overdue(slot))
        for (const slot of open) {
          this.expire(slot)
          this.step(slot, 'withdrawn')
        }
        return `withdrawn ${open.length}`
      }
      case 'sweep': {
        const due = this.slots.filter((slot) => this.overdue(slot))
        for (const slot of due) this.expire(slot)
        return `released ${due.length}`
      }
      case 'hold':
        return this.hold(command.slot, command.client)
      default:
        return this.endOrConfirm(command)
    }
  }

  hold(index: number, who: string): string {
    const slot = this.slots[index]
    if (!slot) return 'not_found'
    if (slot.state === 'held' && !this.overdue(slot) && slot.client === who) return 'again'
    if (slot.state !== 'open' && !this.overdue(slot)) return `slot_${slot.state}`
    if (this.start(index) <= this.now) return 'in_the_past'
    if (this.start(index) < this.now + DAY) return 'min_notice'
    const own = this.slots.filter((other) => other !== slot && other.client === who && other.state === 'held')
    if (own.filter((other) => !this.overdue(other)).length >= MAX_HOLDS) {
      for (const other of own) this.expire(other)
      return 'hold_limit'
    }
    // Own overdue holds are expired when, and only when, they keep every number.
    const kept = this.slots.filter(
      (other) => other.client === who && other.state === 'held' && other !== slot,
    )
    if (kept.length >= MAX_HOLDS) for (const other of kept) this.expire(other)
    this.expire(slot)
    this.step(slot, 'held')
    slot.client = who
    slot.expiresAt = this.now + this.holdMs
    return 'held'
  }

  endOrConfirm({ do: what, slot: index }: { do: string; slot: number }): string {
    const slot = this.slots[index]
    if (!slot?.client) return 'nothing'
    if (what === 'confirm') {
      if (this.overdue(slot)) return 'hold_expired'
      if (slot.state === 'held') {
        this.step(slot, 'confirmed')
        delete slot.expiresAt
      }
      return 'ok'
    }
    if (!this.overdue(slot) && this.start(index) <= this.now) return 'in_the_past'
    if (this.overdue(slot)) this.expire(slot)
    else this.finish(slot, slot.state === 'confirmed' ? 'cancelled' : 'released')
    if (what === 'end and withdraw') this.step(slot, 'withdrawn')
    return 'ok'
  }
}

async function run(world: SlotWorld, ids: string[], starts: number[], command: Command): Promise<string> {
  const { store, clock } = world
  switch (command.do) {
    case 'wait':
      clock.move(command.ms)
      return 'ok'
    case 'open':
      return `opened ${(await store.open(PROVIDER, starts)).opened}`
    case 'withdraw':
      return `withdrawn ${(await store.withdraw(PROVIDER, starts[0] ?? 0, (starts.at(-1) ?? 0) + 1)).withdrawn}`
    case 'sweep':
      return `released ${await store.expireOverdue(100)}`
    case 'hold': {
      const outcome = await store.hold(client(command.client), ids[command.slot] ?? '')
      return outcome.ok ? outcome.how : outcome.code
    }
    default: {
      const live = (await world.slots.findOne({ _id: ids[command.slot] ?? '' }))?.reservation
      if (!live) return 'nothing'
      const outcome =
        command.do === 'confirm'
          ? await store.confirm({ id: live.client.id, role: 'client' }, live.id)
          : command.do === 'end'
            ? await store.end({ id: live.client.id, role: 'client' }, live.id)
            : await store.end({ id: PROVIDER, role: 'provider' }, live.id, {
                withdraw: command.do === 'end and withdraw',
              })
      return outcome.ok ? 'ok' : outcome.code
    }
  }
}

const slotIndex = fc.integer({ min: 0, max: SLOTS - 1 })
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<Command>({ do: 'open' }, { do: 'withdraw' }, { do: 'sweep' }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      slot: slotIndex,
      client: fc.constantFrom(...CLIENTS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'confirm' as const,
        'end' as const,
        'end by provider' as const,
        'end and withdraw' as const,
      ),
      slot: slotIndex,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 15 * 60_000, 30 * 60_000, 23 * 3_600_000),
    }),
  },
)

/** Runs the same commands on both; throws at the first difference. Says how many commands agreed. */
async function agree(
  world: SlotWorld,
  makeModel: (now: number, first: number, holdMs: number) => Model,
): Promise<number> {
  let seen = 0
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 30 }), async (commands) => {
      await world.slots.deleteMany({})
      const first = Math.ceil((world.clock.now() + 2 * DAY) / SLOT_MS) * SLOT_MS
      const starts = Array.from({ length: SLOTS }, (_, index) => first + index * SLOT_MS)
      const model = makeModel(world.clock.now(), first, world.holdMs)
      model.run({ do: 'open' })
      const { ids } = await world.store.open(PROVIDER, starts)
      for (const one of commands) {
        const expected = model.run(one)
        const got = await run(world, ids, starts, one)
        if (got !== expected) throw new Error(`${JSON.stringify(one)}: ${got}, the model says ${expected}`)
        seen++
      }
      await compareSlots(world, model)
    }),
    { numRuns: 25 },
  )
  return seen
}

async function compareSlots(world: SlotWorld, model: Model) {
  const stored = await world.slots.find().sort({ start: 1 }).toArray()
  for (const [index, slot] of stored.entries()) {
    const {
      state,
      rev,
      past,
      client: who,
    } = model.slots[index] ?? { state: 'none', rev: 0, past: [], client: '' }
    // In no order of their own: those that were ever confirmed stand apart, because they stay for ever.
    const ended = slot.past.map((one) => `${one.client.id} ${one.status}`).sort()
    const found = `${slot.state} ${slot.rev} ${slot.reservation?.client.id} ${ended}`
    const expected = `${state} ${rev} ${who} ${[...past].sort()}`
    if (found !== expected) throw new Error(`slot ${index} is ${found}, the model says ${expected}`)
    const revs = Object.values(slot.log).map((entry) => entry.rev)
    const last = Array.from({ length: revs.length }, (_, back) => slot.rev - revs.length + 1 + back)
    if (`${revs}` !== `${last}` || revs.length > 8) {
      throw new Error(`the log of slot ${index} has ${revs} at rev ${slot.rev}`)
    }
  }
}

t.test('over random commands the store answers and ends as the model does', async (t) => {
  const world = await slotWorld(t)
  const seen = await agree(world, (...args) => new Model(...args))
  t.ok(seen > 200, `${seen} commands agreed`)
})

t.test('control: a model in which a hold lives one millisecond longer is found out', async (t) => {
  const world = await slotWorld(t)
  class Generous extends Model {
    override overdue(slot: ModelSlot) {
      return slot.state === 'held' && (slot.expiresAt ?? 0) < this.now
    }
  }
  await t.rejects(agree(world, (...args) => new Generous(...args)))
})
