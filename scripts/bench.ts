/** `npm run bench [name ...]`: each benchmark on a database of its own, then one table. */
import { cpus } from 'node:os'
import { benchFanout } from './bench-fanout.js'
import { benchHolds } from './bench-holds.js'
import { type Row, startWorld, tableOf, type World } from './bench-kit.js'
import { benchLatency } from './bench-latency.js'
import { benchList } from './bench-list.js'
import { benchMemory } from './bench-memory.js'
import { benchPages } from './bench-pages.js'

const benches: Record<string, (world: World) => Promise<Row[]>> = {
  holds: benchHolds,
  list: benchList,
  latency: benchLatency,
  fanout: benchFanout,
  memory: benchMemory,
  pages: benchPages,
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in benches))
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`)
  process.exit(1)
}
const rows: Row[] = []
let engine = ''
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  process.stderr.write(`${name} ...\n`)
  const world = await startWorld()
  engine = world.engine
  try {
    rows.push(...(await bench(world)))
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
  } finally {
    await world.stop()
  }
}
const [cpu] = cpus()
process.stdout.write(
  `${engine}; Node ${process.versions.node}; ${cpus().length} cores, ${cpu?.model.trim()}\n\n`,
)
process.stdout.write(`${tableOf(rows)}\n`)
