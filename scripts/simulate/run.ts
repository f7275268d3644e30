/** One run: from a seed to what was wrong with it. */
import { MONGODB, SECANTUSDB } from '../../src/database/engine.js'
import { SLOT_MS } from '../../src/domain/grid.js'
import type { SlotDoc } from '../../src/slots/slot-document.js'
import { slotIndexes } from '../../src/slots/slot-model.js'
import { openSlot } from '../../src/slots/slot-updates.js'
import { judge, Watchman } from './checks.js'
import { NO_TROUBLE, SimDatabase } from './database.js'
import type { Doc } from './expressions.js'
import { type Asked, type Connection, liveAsClient, liveAsProvider, look, PROVIDER } from './people.js'
import { type Plant, plants } from './plants.js'
import { enter, World } from './schedule.js'
import { SimServer } from './server.js'

export interface Run {
  seed: number
  /** Empty where all was as it must be. */
  faults: string[]
  /** The same for the same seed, and for no other. */
  digest: string
  events: number
  changes: number
  requests: number
  history: Asked[]
  connections: Connection[]
}

/** A day far from any change of clocks. */
const BEGAN = Date.UTC(2027, 7, 13, 12)
const TROUBLED_MS = 15_000
/** The longest is longer than any hold, any lease and any wait of a server. */
const LEAST_REST_MS = 10_000
const MOST_REST_MS = 32_000
const START_AGAIN_MS = 300

export async function run(
  seed: number,
  planted: Plant | null = null,
  onLine?: (line: string) => void,
): Promise<Run> {
  const world = new World(seed)
  const leave = enter(world)
  try {
    return await new Scenario(world, seed, planted, onLine ?? (() => {})).play()
  } finally {
    leave()
  }
}

class Scenario {
  readonly #world: World
  readonly #seed: number
  readonly #database: SimDatabase
  readonly #planted: Plant | null
  readonly #say: (line: string) => void
  readonly #watchman = new Watchman()
  readonly #servers: SimServer[] = []
  readonly #history: Asked[] = []
  readonly #connections: Connection[] = []
  readonly #jobs = new Map<string, number>()
  readonly #faults: string[] = []
  readonly #engine: typeof MONGODB
  #interruptions = 0
  #generations = 0

  constructor(world: World, seed: number, planted: Plant | null, say: (line: string) => void) {
    this.#world = world
    this.#seed = seed
    this.#planted = planted
    this.#say = (line) => say(`${(world.now / 1000).toFixed(3).padStart(8)} s  ${line}`)
    this.#database = new SimDatabase(world, BEGAN)
    world.onThrown = (error) => this.#faults.push(`nobody caught: ${(error as Error)?.stack ?? error}`)
    this.#engine = world.isOneIn(3) ? MONGODB : SECANTUSDB
  }

  async play(): Promise<Run> {
    const world = this.#world
    // Several slots change in one statement on the one engine and in a transaction on the other, which is not simulated.
    const appointments = this.#engine.groupsWrites && world.isOneIn(2)
    const slots = this.#database.collection('slots')
    if (this.#planted?.indexes !== false) slots.keepUnique(slotIndexes)
    const first = BEGAN + 86_400_000
    const count = 2 + world.below(5)
    const slotIds: string[] = []
    for (let index = 0; index < count; index++) {
      const slot = openSlot(PROVIDER, first + index * SLOT_MS, new Date(BEGAN - 3_600_000))
      slots.put(slot as unknown as Doc)
      this.#watchman.saw({
        collection: 'slots',
        before: null,
        after: slot as unknown as Doc,
        atMs: 0,
        worldMs: -1,
      })
      slotIds.push(slot._id)
    }
    this.#watchman.done.length = 0
    this.#database.onChange = (made) => {
      if (made.collection !== 'slots') return
      this.#watchman.saw(made)
      const entry = this.#watchman.done.at(-1)?.entry
      this.#say(
        `database: ${made.after?._id} rev ${entry?.rev} ${entry?.kind} ${entry?.kind === 'released' ? entry.reason : ''}`,
      )
    }
    this.#database.onThrough = (collection) => {
      if (collection === 'slots') this.#watchman.judgeTogether()
    }

    for (let index = 0; index < 1 + world.below(3); index++) this.#begin(index)
    const parts = {
      world,
      servers: () => this.#servers,
      slotIds,
      appointments,
      history: this.#history,
      connections: this.#connections,
      until: TROUBLED_MS,
    }
    for (let index = 0; index < 2 + world.below(4); index++) liveAsClient(parts, `client-${index}`)
    if (world.isOneIn(2)) liveAsProvider(parts)
    for (let index = 0; index < 2; index++) look(parts, `viewer-${index}`, false, this.#connections)
    look(parts, 'viewer-of-all', true, this.#connections)

    this.#bringTrouble()
    await world.runUntil(TROUBLED_MS)
    this.#endTrouble()
    // Most have come to rest long before the time that every wait of a server together could take.
    const leastMs = world.isOneIn(4) ? MOST_REST_MS : LEAST_REST_MS
    let faults: string[] = []
    for (let rest = leastMs; rest <= MOST_REST_MS; rest += 2_000) {
      await world.runUntil(TROUBLED_MS + rest)
      faults = this.#judge()
      if (faults.length === 0) break
    }
    const { done } = this.#watchman
    return {
      seed: this.#seed,
      faults,
      digest: digestOf([
        world.events,
        world.chance(),
        done.map(({ slotId, entry }) => [slotId, entry]),
        this.#history,
      ]),
      events: world.events,
      changes: done.length,
      requests: this.#history.length,
      history: this.#history,
      connections: this.#connections,
    }
  }

  #judge(): string[] {
    return judge({
      history: this.#history,
      done: this.#watchman.done,
      connections: this.#connections,
      jobs: this.#jobs,
      interruptions: this.#interruptions,
      lostHistory: this.#database.lostHistory,
      slots: this.#database.collection('slots').all() as unknown as SlotDoc[],
      faults: [...this.#faults, ...this.#watchman.faults],
    })
  }

  /** Starts a server, and again whenever it ends. */
  #begin(index: number): void {
    const world = this.#world
    const name = `server-${index}${'abcdefghijklmnopqrstuvwxyz'[this.#generations++ % 26]}`
    const server = new SimServer({
      world,
      database: this.#database,
      engine: this.#engine,
      name,
      seams: plants.seams(this.#planted, world),
      onJob: ({ id }) => this.#jobs.set(id, (this.#jobs.get(id) ?? 0) + 1),
      onFault: (error) => this.#faults.push(`${name}: ${(error as Error)?.stack ?? error}`),
    })
    this.#servers[index] = server
    const start = () => {
      server.start().then(
        () => this.#say(`${name} is up`),
        () => {
          server.kill()
          world.after(START_AGAIN_MS, () => this.#begin(index), this.#database.process)
        },
      )
    }
    world.after(0, start, server.process)
  }

  #bringTrouble(): void {
    const world = this.#world
    const database = this.#database
    const calm = world.isOneIn(6)
    if (calm) return
    const some = (least: number, most: number) =>
      world.isOneIn(2) ? 0 : Math.round(world.between(least, most))
    database.trouble = {
      lostCalls: some(50, 500),
      lostAnswers: some(50, 500),
      slowCalls: some(20, 200),
      brokenStreams: some(20, 200),
      silentStreams: some(50, 300),
      repeatedEvents: some(5, 50),
      lostHistory: some(2, 10),
    }
    this.#interruptions += Object.values(database.trouble).some((often) => often > 0) ? 10 : 0
    const happen = () => {
      if (world.now >= TROUBLED_MS) return
      this.#disturb()
      world.after(world.between(300, 5_000), happen, database.process)
    }
    world.after(world.between(500, 6_000), happen, database.process)
  }

  #disturb(): void {
    const world = this.#world
    const database = this.#database
    const index = world.below(this.#servers.length)
    const server = this.#servers[index]
    this.#interruptions++
    switch (world.below(9)) {
      case 0:
      case 1: {
        if (!server?.isUp) return
        this.#say(`${server.process.name} is killed`)
        server.kill()
        world.after(world.between(100, 5_000), () => this.#begin(index), database.process)
        return
      }
      case 2:
        this.#say('the database is killed')
        database.restart(world.between(100, 6_000))
        return
      case 3:
        this.#say('the database is frozen')
        database.freeze(world.between(100, 7_000))
        return
      case 4: {
        if (!server) return
        this.#say(`${server.process.name} is cut off`)
        server.process.isCutOff = true
        world.after(
          world.between(100, 7_000),
          () => {
            server.process.isCutOff = false
          },
          database.process,
        )
        return
      }
      case 5: {
        const by = Math.round(world.between(-15_000, 15_000))
        this.#say(`the clock of the database is set by ${by} ms`)
        database.aheadMs += by
        this.#watchman.clockMovedMs += Math.abs(by)
        return
      }
      case 6:
        this.#say('the disk is full')
        database.isFull = true
        world.after(
          world.between(100, 5_000),
          () => {
            database.isFull = false
          },
          database.process,
        )
        return
      case 7: {
        this.#say('the disk is slow')
        const { slowCalls } = database.trouble
        database.trouble = { ...database.trouble, slowCalls: 2 }
        world.after(
          world.between(100, 3_000),
          () => {
            if (world.now < TROUBLED_MS) database.trouble = { ...database.trouble, slowCalls }
          },
          database.process,
        )
        return
      }
      default:
        this.#say('the history of changes is lost')
        database.forgetHistory()
    }
  }

  #endTrouble(): void {
    this.#say('no trouble from here on')
    const database = this.#database
    database.trouble = NO_TROUBLE
    database.isDown = false
    database.isFull = false
    if (database.isFrozen) database.thaw()
    for (const server of this.#servers) server.process.isCutOff = false
  }
}

/** Of any value, in a few characters. */
function digestOf(value: unknown): string {
  const text = JSON.stringify(value)
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
