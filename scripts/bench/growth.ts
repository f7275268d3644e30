/**
 * How the cost of a write grows with what lies in the database: processor time of the server and of the engine for each
 * hold, confirm, look-up and give-back, and for an idle second with its sweep, from few slots to a million.
 */
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import mongoose from 'mongoose'
import { SLOT_MS, slotIdOf } from '../../src/domain/grid.js'
import type { SlotDoc } from '../../src/slots/slot-document.js'
import { growthPicture } from './growth-picture.js'
import { connections, encode, httpLoad } from './http-load.js'
import { cpuSeconds, inTurns, PASSWORD, type Person, type Row, type World } from './kit.js'

const LEVELS = [
  { slots: 10_000, live: 200 },
  { slots: 100_000, live: 20_000 },
  { slots: 1_000_000, live: 200_000 },
]
const ALLOWED = 1.15
const OPERATIONS = 2_000
const IN_FLIGHT = 64
const IDLE_SECONDS = 10
const INSERTED_AT_ONCE = 5_000
const SLOTS_EACH = 2_000
/** The engine goes on working for a while after many inserts: measured is what it costs when it has come to rest. */
const REST_MS = 5_000
const QUIET_SHARE = 0.04
const MOST_RESTS = 60

/** Drawn anew by each run. */
const PICTURE = 'docs/growth.svg'
const PICTURED = ['hold', 'confirm', 'give back', 'look up by id']

type Costs = Record<string, { server: number; engine: number }>

export async function benchGrowth(world: World): Promise<Row[]> {
  const server = await world.server({ MAX_ACTIVE_HOLDS: '20' })
  const clients = await world.people('client', OPERATIONS / 20)
  const [provider] = await world.people('provider', 1)
  if (!provider) throw new Error('no provider')
  const ids = await world.slots(provider, OPERATIONS * LEVELS.length)
  await world.made()
  const costs: Costs[] = []
  let filled = { slots: ids.length, live: 0 }
  for (const [level, wanted] of LEVELS.entries()) {
    await fill(world.uri, filled, wanted)
    filled = wanted
    await untilQuiet(world.databasePid)
    costs.push(await measure(level))
  }
  await server.stop()
  const charts = PICTURED.map((name) => ({
    name,
    bars: LEVELS.map(({ slots, live }, index) => ({
      label: `${short(slots)} / ${short(live)}`,
      ...(costs[index]?.[name] ?? { server: 0, engine: 0 }),
    })),
  }))
  const says = 'Processor time of each write as slots and live reservations grow'
  writeFileSync(PICTURE, growthPicture('Processor time of one operation, microseconds', says, charts))
  return rowsOf(costs)

  async function measure(level: number): Promise<Costs> {
    const result: Costs = {}
    const reservations: string[] = []
    // Filling takes longer than a token lives.
    const tokens = await inTurns(clients.length, 4, (index) => signIn(server.url, clients[index]))
    const tokenOf = (index: number) => tokens[index % tokens.length] ?? ''
    const during = async (name: string, units: number, work: () => Promise<void>) => {
      const before = { server: cpuSeconds(server.pid), engine: cpuSeconds(world.databasePid) }
      await work()
      result[name] = {
        server: ((cpuSeconds(server.pid) - before.server) / units) * 1e6,
        engine: ((cpuSeconds(world.databasePid) - before.engine) / units) * 1e6,
      }
    }
    const all = (name: string, status: number, request: (index: number) => Buffer, keep = false) =>
      during(name, OPERATIONS, async () => {
        const sockets = await connections(server.url, IN_FLIGHT)
        const { statuses } = await httpLoad(sockets, OPERATIONS, request, (index, body) => {
          if (keep) reservations[index] = /"id":"(\w+)"/.exec(body.toString('latin1'))?.[1] ?? ''
        })
        for (const socket of sockets) socket.destroy()
        if (statuses.get(status) !== OPERATIONS)
          throw new Error(`${name}: ${JSON.stringify([...statuses])} instead of ${status}`)
      })
    const about =
      (method: string, tail = '') =>
      (index: number) =>
        encode(server.url, method, `/v1/reservations/${reservations[index]}${tail}`, {
          token: tokenOf(index),
        })
    await all(
      'hold',
      201,
      (index) =>
        encode(server.url, 'POST', '/v1/reservations', {
          token: tokenOf(index),
          body: { slotId: ids[level * OPERATIONS + index] },
        }),
      true,
    )
    await all('look up by id', 200, about('GET'))
    await all('confirm', 200, about('POST', '/confirm'))
    await all('give back', 204, about('DELETE'))
    await during('idle second, with its sweep', IDLE_SECONDS, () => pause(IDLE_SECONDS * 1_000))
    return result
  }
}

function short(count: number): string {
  return count >= 1_000_000 ? `${count / 1_000_000}M` : count >= 1_000 ? `${count / 1_000}k` : String(count)
}

async function untilQuiet(pid: number): Promise<void> {
  for (let rest = 0; rest < MOST_RESTS; rest++) {
    const before = cpuSeconds(pid)
    await pause(REST_MS)
    if ((cpuSeconds(pid) - before) / (REST_MS / 1000) < QUIET_SHARE) return
  }
}

async function signIn(url: string, person: Person | undefined): Promise<string> {
  const answer = await fetch(`${url}/v1/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: person?.email, password: PASSWORD }),
  })
  if (!answer.ok) throw new Error(`signing in answered ${answer.status}`)
  return ((await answer.json()) as { accessToken: string }).accessToken
}

/** Slots of other providers, the first of them held by a client each, straight into the database. */
async function fill(uri: string, from: { slots: number; live: number }, to: { slots: number; live: number }) {
  const connection = await mongoose.createConnection(uri).asPromise()
  const slots = connection.getClient().db(connection.name).collection<SlotDoc>('slots')
  const now = new Date()
  const start = Math.ceil(now.getTime() / 86_400_000 + 30) * 86_400_000
  const expiresAt = new Date(now.getTime() + 86_400_000)
  const live = to.live - from.live
  for (let at = 0; at < to.slots - from.slots; at += INSERTED_AT_ONCE) {
    const count = Math.min(INSERTED_AT_ONCE, to.slots - from.slots - at)
    const documents = Array.from({ length: count }, (_, index): SlotDoc => {
      const number = from.slots + at + index
      const providerId = `p${Math.floor(number / SLOTS_EACH)}`.padStart(32, '0')
      const begin = start + (number % SLOTS_EACH) * SLOT_MS
      const client = { id: `c${number}`, name: 'Somebody' }
      const base = {
        _id: slotIdOf(providerId, begin),
        providerId,
        start: new Date(begin),
        end: new Date(begin + SLOT_MS),
        past: [],
        log: {},
        rev: 1,
      }
      if (at + index >= live) return { ...base, everHeld: false, state: 'open', reservation: null }
      const reservation = {
        id: `r${number}`,
        client,
        status: 'held',
        holdNo: 1,
        heldAt: now,
        expiresAt,
      } as const
      return { ...base, everHeld: true, state: 'held', reservation }
    })
    await slots.insertMany(documents, { ordered: false })
  }
  await connection.close()
}

function rowsOf(costs: Costs[]): Row[] {
  const [few, ...grown] = costs
  return Object.entries(few ?? {}).flatMap(([name, first]) =>
    grown.map((costsThen, index): Row => {
      const level = LEVELS[index + 1]
      const then = costsThen[name] ?? { server: Number.NaN, engine: Number.NaN }
      const ratio = (then.server + then.engine) / (first.server + first.engine)
      const text = ({ server, engine }: typeof first) => `${(server + engine).toFixed(0)} µs`
      return {
        what: `${name}, ${level?.slots.toLocaleString('en')} slots, ${level?.live.toLocaleString('en')} live`,
        ours: text(then),
        reference: text(first),
        ratio: `${ratio.toFixed(2)}x`,
        worst: '',
        floor: `<= ${ALLOWED}x`,
        met: ratio <= ALLOWED,
        notes: `server ${first.server.toFixed(0)} -> ${then.server.toFixed(0)}, engine ${first.engine.toFixed(0)} -> ${then.engine.toFixed(0)}; reference: 10,000 slots, 200 live`,
      }
    }),
  )
}
