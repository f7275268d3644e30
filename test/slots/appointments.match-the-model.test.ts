/** Random appointments, moves, extensions and endings on the store and on a plain model: after each both say the same. */
import fc from 'fast-check'
import t from 'tap'
import { SLOT_MS, slotIdOf } from '../../src/domain/grid.js'
import type { BookedService } from '../../src/domain/service.js'
import { stateAt } from '../../src/domain/slot.js'
import { factsOf } from '../../src/slots/slot-document.js'
import { client, DAY, PROVIDER, type SlotWorld, slotWorld } from '../helper/slot-world.js'

const CELLS = 10
const MOST_HOLD_MS = 45 * 60_000
/** In slots: before, visit, after. */
const SHAPES = [
  [0, 1, 0],
  [0, 3, 0],
  [1, 2, 2],
] as const

type Command =
  | { do: 'hold'; cell: number; shape: number }
  | { do: 'confirm' | 'end' | 'extend'; which: number }
  | { do: 'move'; which: number; cell: number }
  | { do: 'open' | 'withdraw'; cell: number }
  | { do: 'wait'; ms: number }
  | { do: 'sweep' }

interface ModelReservation {
  head: number
  shape: readonly [number, number, number]
  heldAt: number
  /** Of a hold. */
  expiresAt: number | null
  extended: boolean
  ended: boolean
}

/** The rules in plain steps, without a database. */
class Model {
  readonly published = new Set(Array.from({ length: CELLS }, (_, cell) => cell))
  readonly reservations: ModelReservation[] = []
  constructor(
    public now: number,
    readonly holdMs: number,
  ) {}

  isLive({ ended, expiresAt }: ModelReservation): boolean {
    return !ended && (expiresAt === null || expiresAt > this.now)
  }
  cellsOf({ head, shape: [before, visit, after] }: Pick<ModelReservation, 'head' | 'shape'>) {
    const cells = Array.from({ length: before + visit + after }, (_, at) => head - before + at)
    return { cells, visit: cells.slice(before, before + visit) }
  }
  ownerOf(cell: number): ModelReservation | undefined {
    return this.reservations.find((one) => this.isLive(one) && this.cellsOf(one).cells.includes(cell))
  }
  fits(at: Pick<ModelReservation, 'head' | 'shape'>, own?: ModelReservation): boolean {
    const { cells, visit } = this.cellsOf(at)
    const isFree = (cell: number) => [undefined, own].includes(this.ownerOf(cell))
    return cells.every(isFree) && visit.every((cell) => this.published.has(cell))
  }

  run(command: Command): boolean {
    switch (command.do) {
      case 'wait':
        this.now += command.ms
        return true
      case 'sweep':
        return true
      case 'open':
        this.published.add(command.cell)
        return true
      case 'withdraw':
        if (!this.ownerOf(command.cell)) this.published.delete(command.cell)
        return true
      case 'hold': {
        const at = { head: command.cell, shape: SHAPES[command.shape] ?? SHAPES[0] }
        if (!this.fits(at)) return false
        const expiresAt = this.now + this.holdMs
        this.reservations.push({ ...at, heldAt: this.now, expiresAt, extended: false, ended: false })
        return true
      }
      default:
        return this.change(command)
    }
  }

  change(command: Extract<Command, { which: number }>): boolean {
    const one = this.reservations[command.which % Math.max(1, this.reservations.length)]
    if (!one) return false
    if (command.do === 'end') {
      one.ended ||= this.isLive(one)
      return true
    }
    if (!this.isLive(one)) return false
    if (command.do === 'confirm') one.expiresAt = null
    if (command.do === 'move') {
      if (!this.fits({ ...one, head: command.cell }, one)) return false
      one.head = command.cell
    }
    if (command.do === 'extend') {
      const next = Math.min(this.now + this.holdMs, one.heldAt + MOST_HOLD_MS)
      if (one.expiresAt === null || one.extended || next <= one.expiresAt) return false
      one.expiresAt = next
      one.extended = true
    }
    return true
  }
}

function service([before, visit, after]: readonly [number, number, number]): BookedService {
  return {
    id: `${before} ${visit} ${after}`,
    rev: 1,
    name: 'Visit',
    durationMinutes: visit * 15,
    bufferBeforeMinutes: before * 15,
    bufferAfterMinutes: after * 15,
    cancelCutoffSeconds: 0,
    moveCutoffSeconds: 0,
  }
}

const cell = fc.integer({ min: 0, max: CELLS - 1 })
const which = fc.nat({ max: 30 })
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('hold' as const), cell, shape: fc.nat({ max: 2 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('move' as const), which, cell }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('confirm' as const, 'end' as const, 'extend' as const),
      which,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('open' as const, 'withdraw' as const), cell }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 10 * 60_000, 30 * 60_000),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'sweep' }) },
)

/** Runs the same commands on both; throws at the first difference. Says how many commands were done. */
async function agree(
  world: SlotWorld,
  makeModel: (now: number, holdMs: number) => Model,
  numRuns: number,
): Promise<number> {
  let done = 0
  let clients = 0
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 30 }), async (commands) => {
      await world.slots.deleteMany({})
      const first = Math.ceil((world.clock.now() + 3 * DAY) / SLOT_MS) * SLOT_MS
      const idOf = (at: number) => slotIdOf(PROVIDER, first + at * SLOT_MS)
      await world.store.open(
        PROVIDER,
        Array.from({ length: CELLS }, (_, at) => first + at * SLOT_MS),
      )
      const model = makeModel(world.clock.now(), world.holdMs)
      const made: { id: string; caller: { id: string; role: 'client' } }[] = []
      const run = async (one: Command): Promise<boolean> => {
        const { store } = world
        switch (one.do) {
          case 'wait':
            world.clock.move(one.ms)
            return true
          case 'sweep':
            await store.expireOverdue(100)
            return true
          case 'open':
            await store.open(PROVIDER, [first + one.cell * SLOT_MS])
            return true
          case 'withdraw': {
            const start = first + one.cell * SLOT_MS
            await store.withdraw(PROVIDER, start, start + 1)
            return true
          }
          case 'hold': {
            const caller = { id: `client ${clients++}`, role: 'client' } as const
            const terms = { service: service(SHAPES[one.shape] ?? SHAPES[0]) }
            const held = await store.hold(client(caller.id), idOf(one.cell), undefined, terms)
            if (held.ok) made.push({ id: held.reservation.id, caller })
            return held.ok
          }
          default: {
            const it = made[one.which % Math.max(1, made.length)]
            if (!it) return false
            const { id, caller } = it
            if (one.do === 'confirm') return (await store.confirm(caller, id)).ok
            if (one.do === 'end') return (await store.end(caller, id)).ok
            if (one.do === 'extend') return (await store.extend(caller, id)).ok
            const slotId = idOf('cell' in one ? one.cell : 0)
            return (await store.move(caller, id, { slotId, noticeMs: 0 })).ok
          }
        }
      }
      for (const one of commands) {
        const expected = model.run(one)
        const got = await run(one)
        if (got !== expected) throw new Error(`${JSON.stringify(one)}: ${got}, the model says ${expected}`)
        if (got) done++
        const slots = new Map((await world.slots.find().toArray()).map((slot) => [slot._id, slot]))
        for (let at = -1; at < CELLS + 2; at++) {
          const owner = model.ownerOf(at)
          const isOffered = model.published.has(at)
          const taken = owner && (owner.expiresAt === null ? 'confirmed' : 'held')
          const says = isOffered ? (taken ?? 'open') : 'withdrawn'
          const slot = slots.get(idOf(at))
          const state = slot ? stateAt(factsOf(slot), model.now) : 'withdrawn'
          const id = owner && made[model.reservations.indexOf(owner)]?.id
          const isRight = state === says && (id === undefined || slot?.reservation?.id === id)
          if (!isRight) throw new Error(`after ${JSON.stringify(one)} cell ${at} is ${state}, not ${says}`)
        }
      }
    }),
    { numRuns },
  )
  return done
}

t.test('over random commands the store does what the model does', async (t) => {
  const world = await slotWorld(t)
  const done = await agree(world, (...args) => new Model(...args), 25)
  t.ok(done > 150, `${done} commands were done`)
})

t.test('control: a model in which buffers bother nobody is found out', async (t) => {
  const world = await slotWorld(t)
  class Careless extends Model {
    override cellsOf(at: Pick<ModelReservation, 'head' | 'shape'>) {
      const { visit } = super.cellsOf(at)
      return { cells: visit, visit }
    }
  }
  await t.rejects(agree(world, (...args) => new Careless(...args), 200))
})
