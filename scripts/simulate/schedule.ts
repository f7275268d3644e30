/**
 * The world of one run: its time, its order and its chance, all from one seed.
 *
 * Everything that happens is an event of some process at some moment. Events run one after the other, and what one of
 * them starts (promises, not timers) comes to rest before the next begins. So a seed is a run, whatever the machine does.
 * While a run lasts, the timers and clocks of this Node process are those of the world: code under simulation is not
 * changed for it.
 */
import { syncBuiltinESMExports } from 'node:module'
import timersPromises from 'node:timers/promises'

/** Whoever owns events: a server, a client, the database. What is dead has none any more. */
export class SimProcess {
  readonly name: string
  isAlive = true
  /** Cut off from the database. */
  isCutOff = false

  constructor(name: string) {
    this.name = name
  }
}

interface SimEvent {
  at: number
  order: number
  owner: SimProcess
  run: () => void
}

/** Small, quick, and the same on every machine (sfc32). */
export function chanceOf(seed: number): () => number {
  let a = 0x9e3779b9 ^ seed
  let b = 0x243f6a88 ^ Math.imul(seed, 0x85ebca6b)
  let c = 0xb7e15162
  let d = 1
  const next = () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4_294_967_296
  }
  for (let round = 0; round < 12; round++) next()
  return next
}

const realImmediate = setImmediate

export class World {
  readonly chance: () => number
  readonly #queue: SimEvent[] = []
  #now = 0
  #events = 0
  /** Of events at the same moment. */
  #order = 0
  #current = new SimProcess('outside')

  /** Hears what nobody caught: it would end a real process. */
  onThrown: (error: unknown) => void = () => {}

  constructor(seed: number) {
    this.chance = chanceOf(seed)
  }

  /** Milliseconds since the beginning; goes on evenly, whatever happens to clocks. */
  get now(): number {
    return this.#now
  }

  /** Whose event it is that runs. */
  get current(): SimProcess {
    return this.#current
  }

  /** Events so far. */
  get events(): number {
    return this.#events
  }

  between(least: number, most: number): number {
    return least + this.chance() * (most - least)
  }

  /** Whole, from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.chance() * below)
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T
  }

  isOneIn(times: number): boolean {
    return this.chance() * times < 1
  }

  after(ms: number, run: () => void, owner = this.#current): void {
    this.#push({ at: this.#now + Math.max(0, ms), order: this.#order++, owner, run })
  }

  /** Runs what happens until that moment. */
  async runUntil(until: number): Promise<void> {
    for (;;) {
      const next = this.#queue[0]
      if (!next || next.at > until) break
      this.#pop()
      this.#now = Math.max(this.#now, next.at)
      if (!next.owner.isAlive) continue
      this.#current = next.owner
      this.#events++
      try {
        next.run()
      } catch (error) {
        this.onThrown(error)
      }
      // Promises have come to rest when the loop of Node comes round.
      await new Promise<void>((resolve) => realImmediate(resolve))
    }
    this.#now = until
  }

  #push(event: SimEvent): void {
    const queue = this.#queue
    let at = queue.push(event) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (isBefore(queue[parent] as SimEvent, event)) break
      queue[at] = queue[parent] as SimEvent
      at = parent
    }
    queue[at] = event
  }

  #pop(): void {
    const queue = this.#queue
    const last = queue.pop() as SimEvent
    if (queue.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= queue.length) break
      if (child + 1 < queue.length && isBefore(queue[child + 1] as SimEvent, queue[child] as SimEvent))
        child++
      if (isBefore(last, queue[child] as SimEvent)) break
      queue[at] = queue[child] as SimEvent
      at = child
    }
    queue[at] = last
  }
}

function isBefore(one: SimEvent, other: SimEvent): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}

/** As much of a timer of Node as is used. */
class SimTimer {
  readonly #world: World
  readonly #ms: number
  readonly #call: () => void
  readonly #again: boolean
  #turn = 0

  constructor(world: World, ms: number, call: () => void, again: boolean) {
    this.#world = world
    this.#ms = Math.max(1, ms)
    this.#call = call
    this.#again = again
    this.#set()
  }

  #set(): void {
    const turn = ++this.#turn
    this.#world.after(this.#ms, () => {
      if (turn !== this.#turn) return
      if (this.#again) this.#set()
      else this.#turn++
      this.#call()
    })
  }

  clear(): void {
    this.#turn++
  }

  refresh(): this {
    this.#set()
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  hasRef(): boolean {
    return true
  }
}

/** Makes the timers and clocks of Node those of the world. Returns what makes them real again. */
export function enter(world: World): () => void {
  const real = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate }
  const realPause = timersPromises.setTimeout
  const realNow = performance.now
  const timer =
    (again: boolean) =>
    (call: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      new SimTimer(world, ms ?? 0, () => call(...args), again)
  const clear = (one: unknown) => {
    if (one instanceof SimTimer) one.clear()
  }
  Object.assign(globalThis, {
    setTimeout: timer(false),
    setInterval: timer(true),
    setImmediate: (call: (...args: unknown[]) => void, ...args: unknown[]) => {
      world.after(0, () => call(...args))
    },
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  })
  const pause = (ms?: number, value?: unknown) =>
    new Promise((resolve) => {
      world.after(ms ?? 0, () => resolve(value))
    })
  Object.assign(timersPromises, { setTimeout: pause })
  syncBuiltinESMExports()
  performance.now = () => world.now
  const onRejection = (error: unknown) => world.onThrown(error)
  process.on('unhandledRejection', onRejection)
  return () => {
    process.off('unhandledRejection', onRejection)
    Object.assign(globalThis, real)
    Object.assign(timersPromises, { setTimeout: realPause })
    syncBuiltinESMExports()
    performance.now = realNow
  }
}
