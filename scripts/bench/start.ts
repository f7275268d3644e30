/**
 * From the start of a server to its being ready, all in place and 100,000 slots in the database, beside a process that
 * only loads the same modules; and the first list after it, before anything is in memory.
 */
import { compare, fact, inTurns, median, type Row, rowOf, type World } from './kit.js'

const PROVIDERS = 50
const SLOTS_EACH = 2_000
const FLOOR = 1.3

export async function benchStart(world: World): Promise<Row[]> {
  const providers = await world.people('provider', PROVIDERS)
  await inTurns(PROVIDERS, 4, async (index) => {
    const provider = providers[index]
    if (provider) await world.slots(provider, SLOTS_EACH)
  })
  await world.made()
  const lists: number[] = []
  const compared = await compare({
    watch: {},
    async ours(round) {
      const began = performance.now()
      const server = await world.server()
      const { status } = await fetch(`${server.url}/readyz`)
      const value = performance.now() - began
      if (status !== 200) throw new Error(`ready answered ${status}`)
      const asked = performance.now()
      const list = await fetch(`${server.url}/v1/slots?providerId=${providers[round]?.id}`)
      await list.arrayBuffer()
      if (list.status !== 200) throw new Error(`a list answered ${list.status}`)
      lists.push(performance.now() - asked)
      await server.stop()
      return { value, units: 1 }
    },
    async reference() {
      const began = performance.now()
      const loaded = await world.reference('modules')
      const value = performance.now() - began
      await loaded.stop()
      return { value, units: 1 }
    },
  })
  return [
    rowOf(`ready, with ${PROVIDERS * SLOTS_EACH} slots in the database`, compared, {
      unit: 'ms',
      floor: FLOOR,
      best: 'less',
      notes: 'from the start of the process; reference: a process that loads the same modules',
    }),
    fact(
      'the first list after that',
      `${median(lists).toFixed(1)} ms`,
      `of a calendar of ${SLOTS_EACH} slots that is not in memory yet`,
    ),
  ]
}
