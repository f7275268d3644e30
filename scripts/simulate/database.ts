/**
 * The simulated database: one primary that keeps documents, unique indexes and a history of changes, and everything that
 * goes wrong between it and a server. Each call reaches it, or not, at a moment of the world's choosing, and its answer
 * comes back at another, or not.
 *
 * What it promises is what the server asks of an engine: each update of a document, and each statement of several, is done
 * whole or not at all; acknowledged means kept; a stream tells changes in the order in which they were made.
 */
import type { SlotChange } from '../../src/live/calendar/change-event.js'
import type { StreamOptions } from '../../src/live/calendar/slot-feed.js'
import { SimCollection } from './collection.js'
import { networkError } from './engine-errors.js'
import { copyOf, type Doc } from './expressions.js'
import { SimProcess, type World } from './schedule.js'
import { eventOf, SimStream } from './stream.js'

/** How often what goes wrong; each one in so many, 0 never. */
export interface Trouble {
  /** Calls that do not arrive, and answers that do not. */
  lostCalls: number
  lostAnswers: number
  /** Calls that take long. */
  slowCalls: number
  /** Looks of a stream that end with an error, that never end, or that tell again what was told. */
  brokenStreams: number
  silentStreams: number
  repeatedEvents: number
  /** Streams that may not go on where they were. */
  lostHistory: number
}

export const NO_TROUBLE: Trouble = {
  lostCalls: 0,
  lostAnswers: 0,
  slowCalls: 0,
  brokenStreams: 0,
  silentStreams: 0,
  repeatedEvents: 0,
  lostHistory: 0,
}

/** Of a change that the database has made. */
export interface Made {
  collection: string
  before: Doc | null
  after: Doc | null
  /** By the database's clock. */
  atMs: number
  /** By the world's. */
  worldMs: number
}

const WIRE_MS = { least: 0.1, most: 3 }
const SLOW_MS = { least: 20, most: 6_000 }
/** What a driver takes to give a silent connection up. */
const SILENCE_MS = 5_000
const MOST_HISTORY = 5_000

export class SimDatabase {
  readonly world: World
  readonly process = new SimProcess('database')
  readonly #collections = new Map<string, SimCollection>()
  readonly #history: { collection: string; event: SlotChange; seq: number }[] = []
  readonly #streams = new Set<SimStream>()
  trouble: Trouble = NO_TROUBLE
  /** It is not there: calls are refused. */
  isDown = false
  /** It answers nothing until it goes on. */
  isFrozen = false
  /** There is no room: it reads, and changes nothing. */
  isFull = false
  /** Its clock is ahead of the world's by so much. */
  aheadMs = 0
  /** Whether some stream could not go on. */
  lostHistory = false
  readonly #began: number
  readonly #frozen: (() => void)[] = []
  #lastSeq = 0
  #oldestSeq = 1
  /** Hears of each change when it is made. */
  onChange: (made: Made) => void = () => {}
  /** Hears when a statement is through. */
  onThrough: (collection: string) => void = () => {}

  constructor(world: World, began: number) {
    this.world = world
    this.#began = began
  }

  /** What a message takes from one to the other. */
  wireMs(): number {
    return this.world.between(WIRE_MS.least, WIRE_MS.most)
  }

  get nowMs(): number {
    return Math.floor(this.#began + this.world.now + this.aheadMs)
  }

  collection(name: string): SimCollection {
    const known = this.#collections.get(name)
    if (known) return known
    const made = new SimCollection(this, name)
    this.#collections.set(name, made)
    return made
  }

  /** An answer, an error, or nothing at all, some time later. */
  call<T>(work: () => T): Promise<T> {
    const { world } = this
    const caller = world.current
    const { lostCalls, lostAnswers, slowCalls } = this.trouble
    const isSlow = slowCalls > 0 && world.isOneIn(slowCalls)
    const isLost = caller.isCutOff || (lostCalls > 0 && world.isOneIn(lostCalls))
    const loses = lostAnswers > 0 && world.isOneIn(lostAnswers)
    return new Promise<T>((resolve, reject) => {
      const giveUp = () => world.after(SILENCE_MS, () => reject(networkError()), caller)
      if (isLost) {
        giveUp()
        return
      }
      const answer = (give: () => void) => {
        if (loses || caller.isCutOff) giveUp()
        else world.after(this.wireMs(), give, caller)
      }
      const arrive = () => {
        if (this.isFrozen) {
          this.#frozen.push(() => world.after(world.between(0, 5), arrive, this.process))
          return
        }
        if (this.isDown) {
          answer(() => reject(networkError()))
          return
        }
        let done: T
        try {
          done = copyOf(work())
        } catch (error) {
          answer(() => reject(error))
          return
        }
        answer(() => resolve(done))
      }
      const onItsWay = isSlow ? world.between(SLOW_MS.least, SLOW_MS.most) : this.wireMs()
      world.after(onItsWay, arrive, this.process)
    })
  }

  /** Killed and started again after so long: what was acknowledged is there. */
  restart(afterMs: number): void {
    this.isDown = true
    for (const stream of [...this.#streams]) stream.fail(networkError())
    this.world.after(
      afterMs,
      () => {
        this.isDown = false
      },
      this.process,
    )
  }

  freeze(ms: number): void {
    this.isFrozen = true
    this.world.after(ms, () => this.thaw(), this.process)
  }

  thaw(): void {
    this.isFrozen = false
    for (const goOn of this.#frozen.splice(0)) goOn()
    this.#wake()
  }

  /** Streams cannot go on from any place before now. */
  forgetHistory(): void {
    this.#history.length = 0
    this.#oldestSeq = this.#lastSeq + 1
  }

  changed(collection: string, before: Doc | null, after: Doc | null): void {
    this.onChange({ collection, before, after, atMs: this.nowMs, worldMs: this.world.now })
    const event = eventOf(this.world, before, after)
    this.#history.push({ collection, event, seq: ++this.#lastSeq })
    if (this.#history.length > MOST_HISTORY) this.#oldestSeq = (this.#history.shift()?.seq ?? 0) + 1
  }

  /** To be called when a statement is through: all of its changes are in the history by then. */
  through(collection: string): void {
    this.onThrough(collection)
    this.#wake()
  }

  #wake(): void {
    for (const stream of this.#streams) stream.wake()
  }

  /** What a stream on a collection is told next, after that place. */
  after(collection: string, seq: number): { event: SlotChange; seq: number } | 'lost' | null {
    if (seq + 1 < this.#oldestSeq) return 'lost'
    const first = this.#history[0]
    if (!first) return null
    for (let index = Math.max(0, seq + 1 - first.seq); index < this.#history.length; index++) {
      const one = this.#history[index]
      if (one && one.seq > seq && one.collection === collection) return one
    }
    return null
  }

  get lastSeq(): number {
    return this.#lastSeq
  }

  watch(collection: string, options: StreamOptions): SimStream {
    const stream = new SimStream(this, collection, options)
    this.#streams.add(stream)
    return stream
  }

  ended(stream: SimStream): void {
    this.#streams.delete(stream)
  }

  /** Of the servers, as the driver of a server has it. */
  connection(): FakeConnection {
    return {
      name: 'slotcast',
      getClient: () => ({ db: () => ({ collection: (name: string) => this.collection(name) }) }),
    }
  }
}

interface FakeConnection {
  name: string
  getClient(): { db(): { collection(name: string): SimCollection } }
}
