/** One event, and a burst of them, to a thousand viewers on each transport, against a bare ws loop with the same bytes. */

import { setTimeout as pause } from 'node:timers/promises'
import { readSlotId, SLOT_MS } from '../../src/domain/grid.js'
import { type Child, compare, cpuSeconds, type Person, type Row, rowOf, type World } from './kit.js'
import { type Viewer, type ViewerKind, viewersOf } from './viewers.js'

const VIEWERS = 1_000
const EVENTS = 20
const BURST = 150
const REST_MS = 20
/** A client may hold one slot only so often. */
const STEPPING_STONES = 20
const FLOORS = { raw: 1, 'socket.io': 0.5 }

export async function benchFanout(world: World): Promise<Row[]> {
  const rows: Row[] = []
  for (const kind of ['raw', 'socket.io'] as const) {
    const server = await world.server()
    const [provider] = await world.people('provider', 1)
    const [client] = await world.people('client', 1)
    if (!provider || !client) throw new Error('nobody there')
    const slots = await world.slots(provider, STEPPING_STONES)
    const burst = await world.slots(provider, BURST)
    const ours = await audience(server, kind, provider.id)
    const reference = await world.reference('broadcast')
    const bare = await audience(reference, 'bare')
    const step = holdAndGiveBack(server, client, slots)
    const sample = await ours.next(step, 1)
    rows.push(await oneEvent(kind, server, reference, ours, bare, step, sample))
    rows.push(await oneBurst(kind, server, reference, ours, bare, provider, burst, sample))
    ours.close()
    bare.close()
    await Promise.all([server.stop(), reference.stop()])
  }
  return rows
}

type Audience = Awaited<ReturnType<typeof audience>>

async function oneEvent(
  kind: 'raw' | 'socket.io',
  server: Child,
  reference: Child,
  ours: Audience,
  bare: Audience,
  step: () => Promise<void>,
  sample: Heard,
): Promise<Row> {
  const compared = await compare({
    watch: { server: server.pid },
    watchReference: { server: reference.pid },
    ours: () => repeated(EVENTS, () => ours.next(step, 1)),
    reference: () => repeated(EVENTS, () => bare.next(() => broadcast(reference, sample.payload, 1), 1)),
  })
  return rowOf(`one event to ${VIEWERS} viewers, ${kind}`, compared, {
    unit: 'deliveries/s',
    floor: FLOORS[kind],
    best: 'more',
    notes: `${sample.payload.length} bytes, first to last viewer, ${EVENTS} events a round, ${REST_MS} ms apart; CPU of a hold's write included`,
  })
}

async function oneBurst(
  kind: ViewerKind,
  server: Child,
  reference: Child,
  ours: Audience,
  bare: Audience,
  provider: Person,
  slots: string[],
  sample: Heard,
): Promise<Row> {
  const step = withdrawAndOpen(server, provider, slots)
  const compared = await compare({
    watch: { server: server.pid },
    watchReference: { server: reference.pid },
    timeFree: true,
    ours: () => byProcessor(server.pid, () => ours.next(step, BURST)),
    reference: () =>
      byProcessor(reference.pid, () => bare.next(() => broadcast(reference, sample.payload, BURST), BURST)),
  })
  return rowOf(`${BURST} events at once to ${VIEWERS} viewers, ${kind}`, compared, {
    unit: 'deliveries per processor second',
    best: 'more',
    notes:
      'withdrawing and opening the slots included; the driver is busier than the server here, so no time is compared',
  })
}

async function repeated(times: number, next: () => Promise<Heard>) {
  let ms = 0
  let units = 0
  for (let time = 0; time < times; time++) {
    const heard = await next()
    ms += heard.ms
    units += heard.count
    // What follows a write (the database's own work, an answer on its way) is over before the next one is timed.
    await pause(REST_MS)
  }
  return { value: units / (ms / 1000), units }
}

/** Deliveries for each second of the server's processor time. */
async function byProcessor(pid: number, next: () => Promise<Heard>) {
  const before = cpuSeconds(pid)
  const { count } = await next()
  return { value: count / (cpuSeconds(pid) - before), units: count }
}

interface Heard {
  /** From the first delivery to the last. */
  ms: number
  count: number
  payload: Buffer
}

async function audience(server: Child, kind: ViewerKind, providerId?: string) {
  const viewers: Viewer[] = await viewersOf(server.url, kind, VIEWERS, providerId)
  let heard: (payload: Buffer) => void = () => {}
  for (const viewer of viewers) viewer.onEvent = (payload) => heard(payload)
  return {
    /** Does something and waits until each viewer has heard so many events of it. */
    async next(act: () => Promise<void>, events: number): Promise<Heard> {
      let first = 0
      let missing = VIEWERS * events
      const all = new Promise<Heard>((done) => {
        heard = (payload) => {
          if (first === 0) first = performance.now()
          if (--missing > 0) return
          done({ ms: performance.now() - first, count: VIEWERS * events, payload: Buffer.from(payload) })
        }
      })
      const [result] = await Promise.all([all, act()])
      return result
    },
    close() {
      for (const viewer of viewers) viewer.close()
    },
  }
}

function holdAndGiveBack({ url }: Child, { token }: Person, slots: string[]): () => Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  let held = ''
  let turn = 0
  return async () => {
    if (held === '') {
      const body = JSON.stringify({ slotId: slots[turn++ % slots.length] })
      const answer = await fetch(`${url}/v1/reservations`, { method: 'POST', headers, body })
      if (answer.status !== 201) throw new Error(`holding answered ${answer.status}`)
      held = ((await answer.json()) as { id: string }).id
    } else {
      const { authorization } = headers
      await fetch(`${url}/v1/reservations/${held}`, { method: 'DELETE', headers: { authorization } })
      held = ''
    }
  }
}

function withdrawAndOpen({ url }: Child, { id, token }: Person, slots: string[]): () => Promise<void> {
  const start = new Date(startOf(slots[0])).toISOString()
  const end = new Date(startOf(slots.at(-1)) + SLOT_MS).toISOString()
  const path = `${url}/v1/providers/${id}/availability`
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  let open = true
  return async () => {
    const { authorization } = headers
    const answer = open
      ? await fetch(`${path}?start=${start}&end=${end}`, { method: 'DELETE', headers: { authorization } })
      : await fetch(path, { method: 'POST', headers, body: JSON.stringify({ blocks: [{ start, end }] }) })
    if (answer.status !== 200) throw new Error(`the calendar answered ${answer.status}`)
    open = !open
  }
}

function startOf(slotId = ''): number {
  const read = readSlotId(slotId)
  if (!read) throw new Error('no slot')
  return read.start
}

async function broadcast({ url }: Child, payload: Buffer, times: number): Promise<void> {
  await fetch(`${url}/${times}`, { method: 'POST', body: new Uint8Array(payload) })
}
