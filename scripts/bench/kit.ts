/**
 * What the benchmarks share: a database of their own, the server in a process of its own, accounts and slots made
 * quickly, rounds that alternate with a reference, and the table.
 *
 * The method: the driver is this process; A/B/A/B for five rounds or more after one for warming up; the median and the
 * worst ratio; processor time of each process; no result when the driver itself was busy beyond 85 %.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from '../../src/app.js'
import { type Config, readConfig } from '../../src/config.js'
import { connectDatabase } from '../../src/database/connect.js'
import { startEmbeddedMongo } from '../../src/database/embedded/embedded-mongo.js'
import { withDatabase } from '../../src/database/uri.js'
import { SLOT_MS } from '../../src/domain/grid.js'

export const ROUNDS = 5
const MAX_DRIVER_BUSY = 0.85
const TICKS_PER_SECOND = 100
const FIRST_LOOK_MS = 250
const DAY_MS = 86_400_000
/** What is not measured here is out of the way: limits, and password hashes at their real cost. */
const SETTINGS = {
  RATE_LIMIT_PER_MINUTE: '10000000',
  AUTH_LIMIT_PER_MINUTE: '10000000',
  MAX_SOCKETS_PER_ADDRESS: '1000000',
  PICTURE_BYTES_PER_MINUTE: '1000000000000',
  ADDRESS_PICTURE_BYTES_PER_MINUTE: '1000000000000',
  LOG_LEVEL: 'warn',
}
export const PASSWORD = 'a long enough password'
const CHEAP = { memoryCost: 64, timeCost: 2, parallelism: 1 }

export interface Row {
  what: string
  ours: string
  reference: string
  /** Empty where there is nothing to compare with. */
  ratio: string
  worst: string
  floor: string
  met: boolean | null
  notes: string
}

export interface Child {
  pid: number
  /** What it printed as its address. */
  url: string
  stop(): Promise<void>
}

export interface Person {
  id: string
  email: string
  token: string
}

export interface World {
  engine: string
  uri: string
  databasePid: number
  /** A server as `npm start` starts it, on this database. */
  server(settings?: Partial<Record<keyof Config, string>>, uri?: string): Promise<Child>
  reference(...args: string[]): Promise<Child>
  people(role: 'client' | 'provider', count: number): Promise<Person[]>
  /** Opens slots of a provider in a row, from two days ahead; says their ids. */
  slots(provider: Person, count: number): Promise<string[]>
  /**
   * Nothing more is made: ends what makes it, which follows the change stream like any server, and lets a server do what
   * only the first start does, which reads all slots.
   */
  made(): Promise<void>
  stop(): Promise<void>
}

export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'slotcast-bench-'))
  const database = await startEmbeddedMongo({
    dataDir: folder,
    cacheDir: resolve('.cache'),
    env: process.env,
    say: (line) => process.stderr.write(`${line}\n`),
  })
  const secrets = { JWT_SECRET: randomBytes(32).toString('hex'), FIELD_KEY: randomBytes(32).toString('hex') }
  const uri = withDatabase(database.uri, 'bench')
  const settings = { ...SETTINGS, ...secrets, MONGODB_URI: uri, PORT: '0' }
  const config = { ...readConfig(settings), ...secrets }
  // Beside the servers that are measured, for making what they serve; it writes nothing while they are.
  const app = await build({ config, mongoUri: uri, sweep: false, argon2: CHEAP })
  const children: Child[] = []
  let made = 0
  let nextStart = Math.ceil(Date.now() / DAY_MS + 2) * DAY_MS

  const keep = async (child: Promise<Child>) => {
    children.push(await child)
    return child
  }
  return {
    engine: `${database.engine.name} ${database.engine.version}`,
    uri,
    databasePid: database.pid(),
    server: (changes = {}, through = uri) =>
      keep(startChild('../../src/server.js', [], { ...settings, ...changes, MONGODB_URI: through })),
    reference: (...args) => keep(startChild('./reference.js', args, {})),
    async people(role, count) {
      const one = async () => {
        const account = {
          role,
          email: `${role}-${made++}@example.com`,
          password: PASSWORD,
          name: `Somebody ${made}`,
          timeZone: 'Europe/Berlin',
        }
        const answer = await app.inject({ method: 'POST', url: '/v1/accounts', payload: account })
        const body = answer.json()
        if (answer.statusCode !== 201) throw new Error(`registering answered ${answer.body}`)
        return { id: body.account.id as string, email: account.email, token: body.accessToken as string }
      }
      return inTurns(count, 8, one)
    },
    async slots(provider, count) {
      const starts = Array.from({ length: count }, () => {
        nextStart += SLOT_MS
        return nextStart
      })
      return (await app.slots.open(provider.id, starts)).ids
    },
    async made() {
      await app.close()
      const first = await startChild('../../src/server.js', [], settings)
      const connection = await connectDatabase({ uri })
      const progress = connection.collection('jobProgress')
      while ((await progress.findOne({ channels: 'mail' })) === null) await pause(FIRST_LOOK_MS)
      await connection.close()
      await first.stop()
    },
    async stop() {
      await Promise.all(children.map((child) => child.stop()))
      await app.close()
      await database.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Starts a module of ours and waits for the first address that it prints. */
/** As `npm start` does: what is measured is what people run. */
const FLAGS = ['--max-semi-space-size=4', '--disable-warning=FSTDEP023']
const MEMORY = { MALLOC_ARENA_MAX: '1' }

async function startChild(module: string, args: string[], env: Record<string, string>): Promise<Child> {
  const path = fileURLToPath(new URL(module, import.meta.url))
  const child = spawn(process.execPath, [...FLAGS, path, ...args], {
    env: { PATH: process.env.PATH ?? '', ...MEMORY, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await addressOf(child)
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  return {
    pid: child.pid ?? 0,
    url,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('nothing to read from')
  for await (const line of createInterface({ input: stdout })) {
    const found = /http:\/\/[\d.]+:\d+/.exec(line)
    if (found) {
      stdout.resume()
      return found[0]
    }
  }
  throw new Error('a process ended before it listened')
}

/** Does something `count` times, `width` of them at a time. */
export async function inTurns<T>(
  count: number,
  width: number,
  one: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const worker = async () => {
    while (next < count) {
      const index = next++
      results[index] = await one(index)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}

/** One at each beat, whether or not the one before has been answered. */
export async function paced<T>(
  count: number,
  everyMs: number,
  one: (index: number) => Promise<T>,
): Promise<T[]> {
  const began = performance.now()
  const all: Promise<T>[] = []
  for (let index = 0; index < count; index++) {
    await pause(Math.max(0, began + index * everyMs - performance.now()))
    all.push(one(index))
  }
  return Promise.all(all)
}

/** Processor time of a process so far, in seconds; Linux alone tells. */
export function cpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return Number.NaN
  }
}

export function residentMegabytes(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(found?.[1] ?? Number.NaN) / 1024
}

export interface Measured {
  /** What is compared: a rate, or a time. */
  value: number
  /** Units done, for the processor time of each. */
  units: number
}

export interface Compared {
  ours: number[]
  reference: number[]
  ratios: number[]
  driverBusy: number
  /** Microseconds of processor time for each unit, by process. */
  cpu: Record<string, number>
  referenceCpu: Record<string, number>
}

/** Runs ours and the reference in turn. Throws when the driver was the bottleneck of ours. */
export async function compare(parts: {
  ours: (round: number) => Promise<Measured>
  reference: (round: number) => Promise<Measured>
  /** Between two rounds, not measured. */
  settle?: (round: number) => Promise<void>
  rounds?: number
  /** Processes whose time is counted. */
  watch: Record<string, number>
  watchReference?: Record<string, number>
  /** What is compared is processor time, which a busy driver does not change. */
  timeFree?: boolean
}): Promise<Compared> {
  const { rounds = ROUNDS, watch, watchReference = {}, timeFree = false } = parts
  const ours = meter(watch)
  const reference = meter(watchReference)
  const result: Compared = { ours: [], reference: [], ratios: [], driverBusy: 0, cpu: {}, referenceCpu: {} }
  for (let round = 0; round <= rounds; round++) {
    const one = await ours.during(round > 0, () => parts.ours(round))
    const other = await reference.during(round > 0, () => parts.reference(round))
    await parts.settle?.(round)
    if (round === 0) continue // Warming up.
    result.ours.push(one.value)
    result.reference.push(other.value)
    result.ratios.push(one.value / other.value)
  }
  result.cpu = ours.each()
  result.referenceCpu = reference.each()
  result.driverBusy = ours.driverBusy()
  if (result.driverBusy > MAX_DRIVER_BUSY && !timeFree) {
    throw new Error(`the driver was ${percent(result.driverBusy)} busy: this measures the driver`)
  }
  return result
}

/** Adds up the processor time of some processes, and of this one, over several rounds. */
function meter(pids: Record<string, number>) {
  const spent = new Map(Object.keys(pids).map((name) => [name, 0]))
  const now = () => new Map(Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)]))
  let units = 0
  let wall = 0
  let busy = 0
  return {
    async during(counts: boolean, work: () => Promise<Measured>): Promise<Measured> {
      const before = now()
      const driver = process.cpuUsage()
      const began = performance.now()
      const measured = await work()
      if (!counts) return measured
      const { user, system } = process.cpuUsage(driver)
      wall += performance.now() - began
      busy += (user + system) / 1000
      units += measured.units
      for (const [name, seconds] of now())
        spent.set(name, (spent.get(name) ?? 0) + seconds - (before.get(name) ?? 0))
      return measured
    },
    driverBusy: () => busy / wall,
    each: () => ({
      ...Object.fromEntries([...spent].map(([name, seconds]) => [name, (seconds / units) * 1e6])),
      driver: (busy / units) * 1000,
    }),
  }
}

/** A row of a comparison where more is better, or less. */
export function rowOf(
  what: string,
  compared: Compared,
  options: { unit: string; floor?: number; best: 'more' | 'less'; digits?: number; notes?: string },
): Row {
  const { unit, floor, best, digits = 0 } = options
  const ratio = median(compared.ratios)
  const worst = best === 'more' ? Math.min(...compared.ratios) : Math.max(...compared.ratios)
  const met = floor === undefined ? null : best === 'more' ? ratio >= floor : ratio <= floor
  const micros = (cpu: Record<string, number>) =>
    Object.entries(cpu)
      .map(([name, each]) => `${name} ${each.toFixed(1)}`)
      .join(', ')
  return {
    what,
    ours: `${median(compared.ours).toFixed(digits)} ${unit}`,
    reference: `${median(compared.reference).toFixed(digits)} ${unit}`,
    ratio: `${ratio.toFixed(2)}x`,
    worst: `${worst.toFixed(2)}x`,
    floor: floor === undefined ? '' : `${best === 'more' ? '>=' : '<='} ${floor}x`,
    met,
    notes: [
      options.notes,
      `CPU µs each: ${micros(compared.cpu)}; of the reference: ${micros(compared.referenceCpu)}`,
      `driver ${percent(compared.driverBusy)} busy`,
    ]
      .filter(Boolean)
      .join('; '),
  }
}

export function fact(what: string, ours: string, notes = ''): Row {
  return { what, ours, reference: '', ratio: '', worst: '', floor: '', met: null, notes }
}

export function tableOf(rows: Row[]): string {
  const head = ['what', 'ours', 'reference', 'median', 'worst', 'floor', '', 'notes']
  const cells = rows.map(({ what, ours, reference, ratio, worst, floor, met, notes }) => [
    what,
    ours,
    reference,
    ratio,
    worst,
    floor,
    met === null ? '' : met ? 'met' : 'MISSED',
    notes,
  ])
  return [head, head.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

export function median(values: number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? Number.NaN
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
