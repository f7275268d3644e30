/**
 * Those who use the servers of a run: clients who hold, confirm, move and give back, a provider who takes times off and
 * opens them again, and viewers who look on. They write down what they asked and what they heard, and when.
 */
import { readSlotId, SLOT_MS } from '../../src/domain/grid.js'
import type { BookedService } from '../../src/domain/service.js'
import type { Carrier, Peer, Viewer } from '../../src/live/channel/rooms.js'
import { SimProcess, type World } from './schedule.js'
import type { SimServer } from './server.js'

export interface Answer {
  ok: boolean
  code?: string
  reservationId?: string
  /** That it has, or that stands in its way. */
  slotId?: string
}

/** One request, from its sending to its answer. */
export interface Asked {
  who: string
  what: 'hold' | 'confirm' | 'end' | 'move' | 'extend' | 'withdraw' | 'open'
  slotId: string
  reservationId?: string
  key?: string
  /** By the world's clock. */
  from: number
  /** Infinite, as long as it may still happen. */
  until: number
  /** Null: nobody knows. */
  answer: Answer | null
}

export const PROVIDER = 'b'.repeat(32)

/** 30 minutes and 15 to clean up: three slots. */
const APPOINTMENT: BookedService = {
  id: 'a visit',
  rev: 1,
  name: 'A visit',
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 15,
  cancelCutoffSeconds: 0,
  moveCutoffSeconds: 0,
}

export interface PeopleParts {
  world: World
  servers: () => SimServer[]
  slotIds: string[]
  /** Whether appointments of several slots are booked, and moved. */
  appointments: boolean
  history: Asked[]
  /** Nothing is asked after that. */
  until: number
}

const WIRE_MS = { least: 0.2, most: 20 }
/** After this nobody waits for an answer any more. */
const PATIENCE_MS = 12_000

/** Sends a request to a server and hears its answer, or that there is none. */
function send<T>(
  world: World,
  server: SimServer,
  from: SimProcess,
  work: () => Promise<T>,
): Promise<T | null> {
  return new Promise((resolve) => {
    const back = (result: T | null) => world.after(wire(world), () => resolve(result), from)
    world.after(
      wire(world),
      () => {
        if (!server.isUp) {
          back(null)
          return
        }
        // On the server, whose death ends it.
        world.after(0, () => work().then(back, () => back(null)), server.process)
      },
      from,
    )
    world.after(PATIENCE_MS, () => resolve(null), from)
  })
}

function wire(world: World): number {
  return world.between(WIRE_MS.least, WIRE_MS.most)
}

/** A client with what it has, as it knows it. */
export function liveAsClient(parts: PeopleParts, name: string): void {
  const { world, history, slotIds, until } = parts
  const process = new SimProcess(name)
  const client = { id: name, name }
  const caller = { id: name, role: 'client' as const }
  const own = new Set<string>()
  let keys = 0

  async function ask(
    asked: Pick<Asked, 'what' | 'slotId'> & Partial<Asked>,
    work: (server: SimServer) => Promise<Answer>,
  ) {
    const server = world.pick(parts.servers())
    const one: Asked = { who: name, from: world.now, until: Number.POSITIVE_INFINITY, answer: null, ...asked }
    history.push(one)
    const answer = await send(world, server, process, () => work(server))
    if (answer) {
      one.answer = answer
      one.until = world.now
    }
    return answer
  }

  async function hold(): Promise<void> {
    const slotId = world.pick(slotIds)
    const key = `${name} ${keys++}`
    const terms = parts.appointments && world.isOneIn(2) ? { service: APPOINTMENT } : {}
    // As a careful program does: asked again under the same key until it is known what came of it.
    for (let tries = 0; tries < 6; tries++) {
      const answer = await ask({ what: 'hold', slotId, key }, async ({ store }) => {
        const outcome = await store.hold(client, slotId, key, terms)
        return outcome.ok
          ? { ok: true, reservationId: outcome.reservation.id, slotId: outcome.slot._id }
          : { ok: false, code: outcome.code, slotId: seenIn(outcome.extras) ?? slotId }
      })
      if (answer?.ok && answer.reservationId) own.add(answer.reservationId)
      if (answer && answer.code !== 'unavailable') return
      await pause(world, process, world.between(50, 3_000))
    }
  }

  async function act(): Promise<void> {
    const reservationId = own.size > 0 ? world.pick([...own]) : null
    const does = world.pick([
      'hold',
      'hold',
      'confirm',
      'end',
      parts.appointments ? 'move' : 'end',
      'extend',
    ] as const)
    if (reservationId === null || does === 'hold') {
      await hold()
      return
    }
    const asked = { what: does, slotId: '', reservationId }
    if (does === 'confirm') {
      await ask(asked, async ({ store }) => answerOf(await store.confirm(caller, reservationId)))
    } else if (does === 'extend') {
      await ask(asked, async ({ store }) => answerOf(await store.extend(caller, reservationId)))
    } else if (does === 'move') {
      const slotId = world.pick(slotIds)
      await ask({ ...asked, slotId }, async ({ store }) =>
        answerOf(await store.move(caller, reservationId, { slotId, noticeMs: 0 })),
      )
    } else {
      const answer = await ask(asked, async ({ store }) => answerOf(await store.end(caller, reservationId)))
      if (answer?.ok) own.delete(reservationId)
    }
  }

  const live = async () => {
    while (world.now < until) {
      // Two tabs of one person do not wait for each other.
      if (world.isOneIn(4)) await Promise.all([act(), act()])
      else await act()
      await pause(world, process, world.isOneIn(3) ? world.between(0, 10) : world.between(100, 2_000))
    }
  }
  world.after(world.between(0, 1_000), () => void live(), process)
}

function answerOf(outcome: { ok: true } | { ok: false; code: string }): Answer {
  return outcome.ok ? { ok: true } : { ok: false, code: outcome.code }
}

function pause(world: World, owner: SimProcess, ms: number): Promise<void> {
  return new Promise((resolve) => world.after(ms, resolve, owner))
}

/** Takes a time off now and then, and gives it back. */
export function liveAsProvider(parts: PeopleParts): void {
  const { world, history, slotIds, until } = parts
  const process = new SimProcess('provider')
  const live = async () => {
    while (world.now < until) {
      await pause(world, process, world.between(500, 5_000))
      const slotId = world.pick(slotIds)
      const from = readSlotId(slotId)?.start ?? 0
      const what = world.isOneIn(2) ? 'withdraw' : 'open'
      const one: Asked = {
        who: 'provider',
        what,
        slotId,
        from: world.now,
        until: Number.POSITIVE_INFINITY,
        answer: null,
      }
      history.push(one)
      const server = world.pick(parts.servers())
      const answer = await send(world, server, process, async () => {
        if (what === 'open') await server.store.open(PROVIDER, [from])
        else await server.store.withdraw(PROVIDER, from, from + SLOT_MS)
        return { ok: true }
      })
      if (answer) Object.assign(one, { answer, until: world.now })
    }
  }
  world.after(0, () => void live(), process)
}

/** What a viewer heard on one connection to one server. */
export interface Connection {
  viewer: string
  server: string
  all: boolean
  heard: { name: string; payload: Record<string, unknown>; at: number }[]
  /** It is still open at the end. */
  isOpen: boolean
}

/** Looks at the calendar, and comes back when its server is gone. */
export function look(
  parts: Pick<PeopleParts, 'world' | 'servers' | 'until'>,
  name: string,
  all: boolean,
  connections: Connection[],
): void {
  const { world } = parts
  const process = new SimProcess(name)
  const connect = () => {
    const up = parts.servers().filter((server) => server.isUp)
    const server = up.length > 0 ? world.pick(up) : null
    if (!server) {
      world.after(500, connect, process)
      return
    }
    const connection: Connection = { viewer: name, server: server.process.name, all, heard: [], isOpen: true }
    connections.push(connection)
    const carrier: Carrier = { encode: () => Buffer.alloc(0) }
    const hear = (heard: string, json: string) => {
      connection.heard.push({
        name: heard,
        payload: JSON.parse(json) as Record<string, unknown>,
        at: world.now,
      })
    }
    const peer: Peer = {
      carrier,
      write: (_encoded, messages) => {
        for (const message of messages) hear(message.name, message.json)
      },
    }
    let viewer: Viewer | null = null
    world.after(
      wire(world),
      () => {
        const connected = server.gateway.connect(peer, null, name)
        viewer = connected
        const watch = () => {
          if (!connection.isOpen) return
          server.gateway.watch(connected, all ? { all: true } : { providerId: PROVIDER }, (result) => {
            if ('picture' in result) hear('watching', result.picture)
            else if ('all' in result) hear('watching all', result.all)
            else setTimeout(watch, 1_000)
          })
        }
        watch()
      },
      server.process,
    )
    const check = () => {
      const leaves = !server.isUp || (world.now < parts.until && world.isOneIn(30))
      if (!leaves) {
        world.after(500, check, process)
        return
      }
      connection.isOpen = false
      world.after(wire(world), () => viewer && server.gateway.disconnect(viewer), server.process)
      world.after(world.between(10, 2_000), connect, process)
    }
    world.after(500, check, process)
  }
  world.after(world.between(0, 6_000), connect, process)
}

/** The slot that a refusal names. */
function seenIn(extras: object | undefined): string | undefined {
  const slot = extras && 'slot' in extras ? (extras.slot as { id?: string }) : undefined
  return slot?.id
}
