/**
 * How the cost of a hold grows with instances (1, 2, 4, each with its viewers) and with viewers of one instance: processor
 * time of the servers together, and of the engine, for each hold at a steady pace.
 */
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { growthPicture } from './growth-picture.js'
import { type Child, cpuSeconds, type Person, paced, type Row, type World } from './kit.js'

const INSTANCES = [1, 2, 4]
const VIEWERS_OF_EACH = 100
const VIEWERS = [100, 1_000, 5_000]
const HOLDS = 200
const EVERY_MS = 25
const SETTLE_MS = 2_000
/** Of the engine for each hold; of the servers for each delivery. */
const ALLOWED = { engine: 1.25, delivery: 1.05 }
const PICTURE = 'docs/scale.svg'

interface Cost {
  label: string
  /** Microseconds for each hold. */
  server: number
  engine: number
  deliveries: number
}

export async function benchScale(world: World): Promise<Row[]> {
  const levels = INSTANCES.length + VIEWERS.length
  // A calendar for each, so that pictures stay small and nobody but the viewers at hand hears of its holds.
  const calendars = await world.people('provider', levels)
  const slots: string[] = []
  for (const calendar of calendars) slots.push(...(await world.slots(calendar, HOLDS)))
  const clients = await world.people('client', Math.ceil((HOLDS * levels) / 10))
  await world.made()
  let turn = 0
  const measured = async (label: string, servers: Child[], viewers: number): Promise<Cost> => {
    const first = turn++ * HOLDS
    await pause(SETTLE_MS)
    const server = () => servers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0)
    const before = { server: server(), engine: cpuSeconds(world.databasePid) }
    await paced(HOLDS, EVERY_MS, async (index) => {
      const at = first + index
      const target = servers[index % servers.length]
      const { status } = await hold(target, clients[at % clients.length], slots[at])
      if (status !== 201) throw new Error(`holding answered ${status}`)
    })
    await pause(SETTLE_MS)
    return {
      label,
      server: ((server() - before.server) / HOLDS) * 1e6,
      engine: ((cpuSeconds(world.databasePid) - before.engine) / HOLDS) * 1e6,
      deliveries: viewers,
    }
  }

  const byInstances: Cost[] = []
  for (const [level, count] of INSTANCES.entries()) {
    const calendar = calendars[level]?.id ?? ''
    const servers: Child[] = []
    const sinks: Child[] = []
    for (let index = 0; index < count; index++) {
      const server = await world.server({ MAX_ACTIVE_HOLDS: '20' })
      servers.push(server)
      sinks.push(await world.reference('sinks', server.url, String(VIEWERS_OF_EACH), calendar))
    }
    byInstances.push(await measured(String(count), servers, count * VIEWERS_OF_EACH))
    await Promise.all([...sinks, ...servers].map((child) => child.stop()))
  }
  const byViewers: Cost[] = []
  const server = await world.server({ MAX_ACTIVE_HOLDS: '20' })
  for (const [level, count] of VIEWERS.entries()) {
    const calendar = calendars[INSTANCES.length + level]?.id ?? ''
    await world.reference('sinks', server.url, String(count), calendar)
    byViewers.push(await measured(count.toLocaleString('en'), [server], count))
  }
  await server.stop()
  writeFileSync(
    PICTURE,
    growthPicture(
      'Processor time of one hold, microseconds',
      'Processor time of a hold with 1, 2 and 4 instances, and with 100 to 5,000 viewers',
      [
        { name: 'instances', bars: byInstances },
        { name: 'viewers', bars: byViewers },
      ],
    ),
  )
  return [
    ...rowsOf('instances', byInstances, (cost) => cost.engine, ALLOWED.engine, 'engine for each hold'),
    ...rowsOf(
      'viewers',
      byViewers,
      (cost) => cost.server / cost.deliveries,
      ALLOWED.delivery,
      'server for each delivery',
    ),
  ]
}

function rowsOf(
  what: string,
  costs: Cost[],
  of: (cost: Cost) => number,
  allowed: number,
  unit: string,
): Row[] {
  const [first, ...grown] = costs
  if (!first) return []
  return grown.map((cost): Row => {
    const ratio = of(cost) / of(first)
    return {
      what: `${cost.label} ${what}, ${unit}`,
      ours: `${of(cost).toFixed(1)} µs`,
      reference: `${of(first).toFixed(1)} µs`,
      ratio: `${ratio.toFixed(2)}x`,
      worst: '',
      floor: `<= ${allowed}x`,
      met: ratio <= allowed,
      notes: `reference: ${first.label}; of a hold: servers ${first.server.toFixed(0)} -> ${cost.server.toFixed(0)}, engine ${first.engine.toFixed(0)} -> ${cost.engine.toFixed(0)}; ${1_000 / EVERY_MS} holds/s`,
    }
  })
}

async function hold(server: Child | undefined, client: Person | undefined, slotId: string | undefined) {
  const answer = await fetch(`${server?.url}/v1/reservations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${client?.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ slotId }),
  })
  await answer.arrayBuffer()
  return answer
}
