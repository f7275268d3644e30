/**
 * Random edits of hours, exceptions and zones beside holds, bookings, hands and runs that are killed, against a plain
 * model: no booking is lost, and at the end what is open is what the hours and the hands say.
 */
import t from 'tap'
import { dayIn } from '../../src/availability/days.js'
import { startsInHours, workingDay } from '../../src/availability/working-days.js'
import { connectDatabase } from '../../src/database/connect.js'
import { addDays, daysBetween } from '../../src/domain/days.js'
import { SLOT_MS, slotIdOf } from '../../src/domain/grid.js'
import type { WeeklySpan } from '../../src/domain/schedule.js'
import { Materialiser, type MaterialiserOptions } from '../../src/schedules/materialiser.js'
import { prepareSchedules } from '../../src/schedules/schedule-model.js'
import { ScheduleStore } from '../../src/schedules/schedule-store.js'
import { DAY, slotWorld } from '../helper/slot-world.js'

const SEEDS = 500
const AT_ONCE = 10
const EDITS = 8
const HORIZON = 8
const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe']

class Killed extends Error {}

t.test('random edits leave no booking lost and no slot open that should not be', async (t) => {
  const world = await slotWorld(t)
  const connection = await connectDatabase({ uri: world.uri })
  t.teardown(() => connection.close())
  const { clock, lists, slots } = world
  // Shortly before the clocks of New York change.
  clock.move(Date.UTC(2027, 2, 8, 7, 31) - clock.now())
  const zones = new Map<string, string>()
  const schedules = new ScheduleStore({
    schedules: await prepareSchedules(connection),
    clock,
    touch: async () => true,
  })
  let ids = 0
  const stores = [world.store, world.another()] as const
  const options: Omit<MaterialiserOptions, 'slots'> = {
    schedules,
    lists,
    clock,
    zoneOf: async (providerId) => zones.get(providerId) ?? null,
    tz: 'test',
    newId: () => `run ${ids++}`,
    announce: async () => {},
    onFull: () => t.fail('no calendar is full'),
  }
  const instances = stores.map((store) => new Materialiser({ ...options, slots: store }))

  /** A run that is killed at one of its writes. */
  async function killedRun(providerId: string, writes: number): Promise<void> {
    let done = 0
    const step = () => {
      if (done++ >= writes) throw new Killed()
    }
    const [store] = stores
    const mortal = new Materialiser({
      ...options,
      slots: {
        async open(id, starts, origin) {
          step()
          // Killed in the middle, some of them are open.
          if (done > writes) await store.open(id, starts.slice(0, starts.length / 2), origin)
          step()
          return store.open(id, starts, origin)
        },
        async withdrawRuled(slotIds, ruleRev) {
          step()
          return store.withdrawRuled(slotIds, ruleRev)
        },
      },
    })
    await mortal.run(providerId).catch((error) => {
      if (!(error instanceof Killed)) throw error
    })
  }

  let bookings = 0
  let checked = 0

  class Practice {
    readonly id: string
    readonly #instances: readonly Materialiser[]
    readonly #random: () => number
    readonly #hands = new Map<number, 'open' | 'withdrawn'>()
    /** Reservations that were acknowledged as booked, by their slot. */
    readonly booked = new Map<number, string>()
    readonly #holds = new Map<number, { id: string; client: string }>()
    #clients = 0
    #runs: Promise<unknown>[] = []

    constructor(seed: number, follow: readonly Materialiser[]) {
      this.#instances = follow
      this.id = seed.toString(16).padStart(32, '0')
      this.#random = numbers(seed)
      zones.set(this.id, this.#one(ZONES))
    }

    #one<T>(list: readonly T[]): T {
      return list[Math.floor(this.#random() * list.length)] as T
    }

    get #zone(): string {
      return zones.get(this.id) ?? ''
    }

    #day(): string {
      return addDays(dayIn(this.#zone, clock.now()), Math.floor(this.#random() * (HORIZON + 1)))
    }

    #spans() {
      const from = 4 * Math.floor(this.#random() * 22)
      const to = Math.min(96, from + 1 + Math.floor(this.#random() * 8))
      return { from: timeOf(from), to: timeOf(to) }
    }

    async #settled(): Promise<void> {
      await Promise.all(this.#runs)
      this.#runs = []
    }

    async setHours(): Promise<void> {
      const weekly = Array.from({ length: Math.floor(this.#random() * 6) }, (): WeeklySpan => {
        return { weekday: 1 + Math.floor(this.#random() * 7), ...this.#spans() }
      })
      const rev = (await schedules.findFresh(this.id))?.rev ?? 0
      const horizonDays = HORIZON - Math.floor(this.#random() * 2)
      const set = await schedules.set(this.id, rev, { weekly, horizonDays })
      if (!set.ok) throw new Error(set.code)
    }

    async edit(): Promise<void> {
      const kind = this.#random()
      if (kind < 0.2) await this.setHours()
      else if (kind < 0.3) {
        const from = this.#day()
        const blocks = [this.#spans()]
        const to = addDays(from, Math.floor(this.#random() * 2))
        await schedules.addExceptions(this.id, [
          this.#random() < 0.5 ? { from, to, closed: true } : { from, to, blocks },
        ])
      } else if (kind < 0.36) {
        const exceptions = (await schedules.findFresh(this.id))?.exceptions ?? []
        if (exceptions.length > 0) await schedules.removeException(this.id, this.#one(exceptions).id)
      } else if (kind < 0.42) zones.set(this.id, this.#one(ZONES))
      else if (kind < 0.62) await this.#hold()
      else if (kind < 0.72) await this.#confirm()
      else if (kind < 0.8) await this.#end()
      else if (kind < 0.9) await this.#byHand()
      else if (kind < 0.95) await killedRun(this.id, Math.floor(this.#random() * 4))
      const runs = Math.floor(this.#random() * 3)
      for (let at = 0; at < runs; at++) this.#runs.push(this.#one(this.#instances).run(this.id))
      if (this.#random() < 0.5) await this.#settled()
    }

    async #openNow(): Promise<number[]> {
      const found = await slots.find({ providerId: this.id, state: 'open' }).project({ start: 1 }).toArray()
      return found.map(({ start }) => start.getTime()).filter((start) => start > clock.now() + DAY)
    }

    async #hold(): Promise<void> {
      const open = await this.#openNow()
      if (open.length === 0) return
      const start = this.#one(open)
      const client = `client ${this.id} ${this.#clients++}`
      const held = await this.#one(stores).hold({ id: client, name: client }, slotIdOf(this.id, start))
      if (held.ok) this.#holds.set(start, { id: held.reservation.id, client })
      if (this.#random() < 0.5) await this.#confirm()
    }

    async #confirm(): Promise<void> {
      const [[start, hold] = []] = [...this.#holds]
      if (start === undefined || !hold) return
      const { ok } = await this.#one(stores).confirm({ id: hold.client, role: 'client' }, hold.id)
      this.#holds.delete(start)
      if (ok) this.booked.set(start, hold.id)
    }

    async #end(): Promise<void> {
      const booking = this.#random() < 0.5
      const [[start, id] = []] = booking
        ? [...this.booked]
        : [...this.#holds].map(([at, one]) => [at, one.id] as const)
      if (start === undefined || id === undefined) return
      const { ok } = await this.#one(stores).end({ id: this.id, role: 'provider' }, id)
      if (!ok) return
      this.booked.delete(start)
      this.#holds.delete(start)
    }

    async #byHand(): Promise<void> {
      await this.#settled()
      await this.#one(this.#instances).run(this.id)
      const schedule = await schedules.findFresh(this.id)
      const day = this.#day()
      const first = workingDay(
        { weekly: [], exceptions: [{ from: day, to: day, blocks: [this.#spans()] }] },
        day,
        this.#zone,
      )
      const starts = first.starts.filter((start) => start > clock.now())
      if (!schedule || starts.length === 0) return
      const docs = await slots
        .find({ _id: { $in: starts.map((start) => slotIdOf(this.id, start)) } })
        .toArray()
      const states = new Map(docs.map(({ start, state }) => [start.getTime(), state]))
      const { ruleRev } = schedule
      const [store] = stores
      if (this.#random() < 0.5) {
        await store.withdraw(this.id, starts[0] ?? 0, (starts.at(-1) ?? 0) + SLOT_MS, { by: 'hand', ruleRev })
        for (const start of starts) if (states.get(start) === 'open') this.#hands.set(start, 'withdrawn')
        return
      }
      const inHours = startsInHours(schedule, starts, this.#zone)
      const others = starts.filter((start) => !inHours.has(start))
      await store.open(this.id, others, { by: 'hand', ruleRev })
      await store.open(this.id, [...inHours], { by: 'rule', ruleRev }, 'by hand')
      for (const start of starts) {
        if ((states.get(start) ?? 'withdrawn') !== 'withdrawn') continue
        if (inHours.has(start)) this.#hands.delete(start)
        else this.#hands.set(start, 'open')
      }
    }

    /** What should be open, of what lies ahead. */
    async expected(): Promise<number[]> {
      const schedule = await schedules.findFresh(this.id)
      if (!schedule) throw new Error('no schedule')
      const today = dayIn(this.#zone, clock.now())
      const ruled = daysBetween(today, addDays(today, schedule.horizonDays)).flatMap(
        (day) => workingDay(schedule, day, this.#zone).starts,
      )
      const byHand = [...this.#hands].flatMap(([start, what]) => (what === 'open' ? [start] : []))
      return [...new Set([...ruled, ...byHand])]
        .filter((start) => start > clock.now() && this.#hands.get(start) !== 'withdrawn')
        .filter((start) => !this.booked.has(start))
        .sort((a, b) => a - b)
    }

    async open(): Promise<number[]> {
      const found = await slots.find({ providerId: this.id, state: 'open' }).toArray()
      return found
        .map(({ start }) => start.getTime())
        .filter((start) => start > clock.now())
        .sort((a, b) => a - b)
    }

    async faults(): Promise<string[]> {
      const seed = Number.parseInt(this.id, 16)
      const [open, expected] = await Promise.all([this.open(), this.expected()])
      const faults: string[] = []
      if (String(open) !== String(expected)) faults.push(`seed ${seed}: open ${open}, not ${expected}`)
      for (const [start, id] of this.booked) {
        const slot = await slots.findOne({ _id: slotIdOf(this.id, start) })
        if (slot?.state !== 'confirmed' || slot.reservation.id !== id) faults.push(`seed ${seed}: lost ${id}`)
      }
      bookings += this.booked.size
      checked += expected.length
      return faults
    }

    async finish(): Promise<void> {
      await this.#settled()
      for (const instance of this.#instances) {
        const schedule = await schedules.findFresh(this.id)
        await instance.run(
          this.id,
          schedule?.left.map(({ day }) => day),
        )
      }
    }
  }

  /** Plays these seeds and says what is wrong in the end. */
  async function play(first: number, count: number, follow: readonly Materialiser[]): Promise<string[]> {
    const faults: string[] = []
    for (let at = first; at < first + count; at += AT_ONCE) {
      const practices = Array.from({ length: AT_ONCE }, (_, index) => new Practice(at + index, follow))
      const edits = async (one: Practice) => {
        for (let edit = 0; edit < EDITS / 2; edit++) await one.edit()
      }
      await Promise.all(practices.map((one) => one.setHours()))
      await Promise.all(practices.map(edits))
      clock.move(DAY / 2)
      await Promise.all(practices.map(edits))
      // What is held runs out.
      clock.move(world.holdMs + 1)
      for (let due = await stores[0].overdue(500); due.length > 0; due = await stores[0].overdue(500)) {
        await stores[0].expire(due.map(({ id }) => id))
      }
      for (const one of practices) {
        await one.finish()
        faults.push(...(await one.faults()))
      }
    }
    return faults
  }

  t.same(await play(1, SEEDS, instances), [], 'seeds')
  t.ok(bookings > SEEDS / 5, `${bookings} bookings were looked at`)
  t.ok(checked > 10 * SEEDS, `${checked} open slots were looked at`)

  const forgetful = new Materialiser({
    ...options,
    slots: { open: world.store.open.bind(world.store), withdrawRuled: async () => 0 },
  })
  t.not(
    (await play(SEEDS + 1, AT_ONCE, [forgetful])).length,
    0,
    'control: one that withdraws nothing is found',
  )
})

function timeOf(quarters: number): string {
  return `${String(Math.floor(quarters / 4)).padStart(2, '0')}:${String((quarters % 4) * 15).padStart(2, '0')}`
}

/** The same numbers for the same seed, 0 to 1 (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
