/** `npm run bench [-- name ...]`: each benchmark on a database of its own, with its table. */
import { cpus, loadavg } from 'node:os'
import { benchAppointments } from './appointments.js'
import { benchFanout } from './fanout.js'
import { benchGrowth } from './growth.js'
import { benchHot } from './hot.js'
import { benchJobs } from './jobs.js'
import { type Row, startWorld, tableOf, type World } from './kit.js'
import { benchLatency } from './latency.js'
import { benchList } from './list.js'
import { benchLoad } from './load.js'
import { benchMemory } from './memory.js'
import { benchPages } from './pages.js'
import { benchPeers } from './peers.js'
import { benchScale } from './scale.js'
import { benchStart } from './start.js'
import { benchStorm } from './storm.js'
import { benchWrites } from './writes.js'

const benches: Record<string, (world: World) => Promise<Row[]>> = {
  writes: benchWrites,
  appointments: benchAppointments,
  growth: benchGrowth,
  hot: benchHot,
  jobs: benchJobs,
  list: benchList,
  latency: benchLatency,
  fanout: benchFanout,
  memory: benchMemory,
  pages: benchPages,
  peers: benchPeers,
  load: benchLoad,
  scale: benchScale,
  storm: benchStorm,
  start: benchStart,
}

// `--peer <module>` is for the benchmark `peers`.
const asked = process.argv
  .slice(2)
  .filter((one, index, all) => one !== '--peer' && all[index - 1] !== '--peer')
const unknown = asked.filter((name) => !(name in benches))
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`)
  process.exit(1)
}

let world: World | null = null
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await world?.stop()
    process.exit(130)
  })
}
const say = (text: string) => void process.stdout.write(`${text}\n`)
const [cpu] = cpus()
const machine = `Node ${process.versions.node}; ${cpus().length} cores, ${cpu?.model.trim()}`
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  world = await startWorld()
  say(`\n${name}: ${world.engine}; ${machine}; load ${loadavg()[0]?.toFixed(1)}\n`)
  try {
    say(tableOf(await bench(world)))
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
  } finally {
    await world.stop()
    world = null
  }
}
