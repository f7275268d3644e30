/**
 * The same jobs for any server: list, reserve, confirm, a race, expiry. Ours and the least that Node can do are always
 * there; `--peer <module>` adds others, each through its adapter, one after the other on the same machine.
 */

import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { connections, httpLoad } from './http-load.js'
import { cpuSeconds, fact, type Row, residentMegabytes, type World } from './kit.js'
import { bareFrom, oursFrom, type Peer, type PeerAdapter } from './peer-adapters.js'

const LISTS = 8_000
/** One at a time, and with 32 at once; each has its own slots. */
const WIDTHS = [
  { width: 1, count: 200 },
  { width: 32, count: 800 },
]
const RACES = 20
const RACERS = 200
const CLIENTS = 400
const HOLD_SECONDS = 60
/** A hold of this server is over soon; a second run of it is for this alone. */
const SHORT_HOLD_SECONDS = 2
const EXPIRY_PATIENCE_MS = 10_000
const WARM_UP = 100

export async function benchPeers(world: World): Promise<Row[]> {
  const rows: Row[] = []
  for (const adapter of [bareFrom(world), oursFrom(world), ...(await others())]) {
    rows.push(fact(`**${adapter.name}**`, '', adapter.says))
    rows.push(...(await driven(adapter)))
  }
  return rows
}

/** Modules that were named on the command line. */
async function others(): Promise<PeerAdapter[]> {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: { peer: { type: 'string', multiple: true, default: [] } },
    strict: false,
  })
  const paths = (values.peer as string[] | undefined) ?? []
  return Promise.all(
    paths.map(async (path) => {
      const module = (await import(pathToFileURL(resolve(path)).href)) as { adapter: PeerAdapter }
      return module.adapter
    }),
  )
}

async function driven(adapter: PeerAdapter): Promise<Row[]> {
  const slots = WARM_UP + WIDTHS.reduce((sum, { count }) => sum + count, 0) + RACES
  const peer = await adapter.start({ slots, clients: CLIENTS, holdSeconds: HOLD_SECONDS })
  const rows: Row[] = []
  try {
    const idle = memoryOf(peer)
    let next = 0
    await reserved(peer, next, WARM_UP, 8)
    next += WARM_UP
    rows.push(await lists(peer))
    for (const { width, count } of WIDTHS) {
      rows.push(...(await writes(peer, next, count, width)))
      next += count
    }
    rows.push(await race(peer, next))
    rows.push(fact('memory idle, and after this', `${idle}, ${memoryOf(peer)}`))
  } finally {
    await peer.stop()
  }
  const short = await adapter.start({ slots: 2, clients: 2, holdSeconds: SHORT_HOLD_SECONDS })
  try {
    rows.push(await expiry(short))
  } finally {
    await short.stop()
  }
  return rows
}

async function lists(peer: Peer): Promise<Row> {
  const sockets = await connections(peer.url, 32)
  const request = peer.list()
  await httpLoad(sockets, LISTS / 4, () => request)
  const { seconds, cpu } = await timed(peer, () => httpLoad(sockets, LISTS, () => request))
  for (const socket of sockets) socket.destroy()
  return fact('lists, 32 connections', `${(LISTS / seconds).toFixed(0)}/s`, cpu(LISTS))
}

async function writes(peer: Peer, first: number, count: number, width: number): Promise<Row[]> {
  const hold = await timed(peer, () => reserved(peer, first, count, width))
  const confirm = await timed(peer, async () => {
    const requests = hold.result.map(({ id, client }) => peer.confirm(id, client))
    await all(peer, requests, width)
  })
  const many = `${width} connection${width === 1 ? '' : 's'}`
  return [
    fact(`reserve, ${many}`, `${(count / hold.seconds).toFixed(0)}/s`, hold.cpu(count)),
    fact(`confirm, ${many}`, `${(count / confirm.seconds).toFixed(0)}/s`, confirm.cpu(count)),
  ]
}

interface Reserved {
  id: string
  client: number
}

async function reserved(peer: Peer, first: number, count: number, width: number): Promise<Reserved[]> {
  const made: Reserved[] = []
  const clientOf = (index: number) => (first + index) % CLIENTS
  const requests = Array.from({ length: count }, (_, index) => peer.reserve(first + index, clientOf(index)))
  await all(peer, requests, width, (index, answer) => {
    made[index] = { id: peer.idIn(answer), client: clientOf(index) }
  })
  return made
}

/** All of them, each of which must be done. */
async function all(
  peer: Peer,
  requests: Buffer[],
  width: number,
  onAnswer?: (index: number, body: Buffer) => void,
): Promise<void> {
  const sockets = await connections(peer.url, width)
  const { statuses } = await httpLoad(
    sockets,
    requests.length,
    (index) => requests[index] ?? Buffer.alloc(0),
    onAnswer,
  )
  for (const socket of sockets) socket.destroy()
  const failed = [...statuses].filter(([status]) => !peer.isDone(status))
  if (failed.length > 0) throw new Error(`answers: ${JSON.stringify([...statuses])}`)
}

/** Many people, one slot, the same moment: one of them must have it. */
async function race(peer: Peer, first: number): Promise<Row> {
  const sockets = await connections(peer.url, RACERS)
  let [twice, nobody, odd] = [0, 0, 0]
  const began = performance.now()
  for (let round = 0; round < RACES; round++) {
    const requests = Array.from({ length: RACERS }, (_, client) => peer.reserve(first + round, client))
    const { statuses } = await httpLoad(sockets, RACERS, (index) => requests[index] ?? Buffer.alloc(0))
    const winners = [...statuses].reduce((sum, [status, count]) => sum + (peer.isDone(status) ? count : 0), 0)
    if (winners > 1) twice++
    if (winners === 0) nobody++
    odd += [...statuses].reduce((sum, [status, count]) => sum + (status >= 500 ? count : 0), 0)
  }
  for (const socket of sockets) socket.destroy()
  const answers = (RACES * RACERS) / ((performance.now() - began) / 1000)
  return fact(
    `${RACERS} people, one slot, ${RACES} rounds`,
    `${RACES - twice - nobody} with one winner`,
    `${twice} with several, ${nobody} with none; ${odd} answers were server errors; ${answers.toFixed(0)} answers/s`,
  )
}

/** How long after its end a hold still stands in the way of the next one, and whether it can be confirmed then. */
async function expiry(peer: Peer): Promise<Row> {
  const [socket] = await connections(peer.url, 1)
  if (!socket) throw new Error('no connection')
  const ask = async (request: Buffer) => {
    let body: Buffer = Buffer.alloc(0)
    const { statuses } = await httpLoad(
      [socket],
      1,
      () => request,
      (_index, answer) => {
        body = Buffer.from(answer)
      },
    )
    return { status: [...statuses.keys()][0] ?? 0, body }
  }
  const held = await ask(peer.reserve(0, 0))
  const id = peer.idIn(held.body)
  const ends = performance.now() + SHORT_HOLD_SECONDS * 1_000
  const early = await ask(peer.reserve(0, 1))
  await pause(ends - performance.now())
  let lateMs = Number.POSITIVE_INFINITY
  while (performance.now() < ends + EXPIRY_PATIENCE_MS) {
    const { status } = await ask(peer.reserve(0, 1))
    if (!peer.isDone(status)) continue
    lateMs = performance.now() - ends
    break
  }
  const late = await ask(peer.confirm(id, 0))
  socket.destroy()
  return fact(
    `a hold of ${SHORT_HOLD_SECONDS} s`,
    Number.isFinite(lateMs) ? `free ${lateMs.toFixed(0)} ms after its end` : 'never free',
    [
      peer.isDone(early.status) ? 'WRONG: given to a second one before' : 'refused to others before',
      peer.isDone(late.status) ? 'WRONG: confirmed after somebody else had it' : 'cannot be confirmed after',
    ].join('; '),
  )
}

/** With the processor time of each of its processes. */
async function timed<T>(peer: Peer, work: () => Promise<T>) {
  const pids = Object.entries(peer.pids)
  const before = pids.map(([, pid]) => cpuSeconds(pid))
  const began = performance.now()
  const result = await work()
  const seconds = (performance.now() - began) / 1000
  const spent = pids.map(([name, pid], index) => ({ name, seconds: cpuSeconds(pid) - (before[index] ?? 0) }))
  const cpu = (units: number) =>
    `CPU µs each: ${spent.map(({ name, seconds: own }) => `${name} ${((own / units) * 1e6).toFixed(0)}`).join(', ')}`
  return { result, seconds, cpu }
}

function memoryOf(peer: Peer): string {
  const all = Object.values(peer.pids).map(residentMegabytes)
  return `${all.reduce((sum, one) => sum + one, 0).toFixed(0)} MB`
}
