/**
 * Ten thousand viewers on one instance, half of them on each transport, while 200 holds a second pass: is anybody cut off
 * who reads, does memory stay flat, and when does an event arrive. LOAD_MINUTES says for how long (2), LOAD_HOLDS how
 * many holds a second.
 */
import { setTimeout as pause } from 'node:timers/promises'
import {
  cpuSeconds,
  fact,
  type Person,
  paced,
  quantile,
  type Row,
  residentMegabytes,
  type World,
} from './kit.js'
import { type Viewer, viewersOf } from './viewers.js'

const VIEWERS = 10_000
const CALENDARS = 100
/** Timed by this process; the others are in processes of their own. */
const PROBES_EACH = 20
const SINKS = 4
const HOLDS_PER_SECOND = Number(process.env.LOAD_HOLDS ?? 200)
const CLIENTS = 400
const SLOTS_EACH = 96
/** A hold is given back after this, so that as many end as begin. */
const HELD_MS = 1_000
const LOOK_MS = 10_000
const MINUTES = Number(process.env.LOAD_MINUTES ?? 2)
/** Of what the server has taken when everybody is there: caches fill, and the first garbage is made. */
const MOST_GROWTH = 1.1
const WARM_UP_MS = 20_000

export async function benchLoad(world: World): Promise<Row[]> {
  const providers = await world.people('provider', CALENDARS)
  const clients = await world.people('client', CLIENTS)
  const slots = new Map<Person, string[]>()
  for (const provider of providers) slots.set(provider, await world.slots(provider, SLOTS_EACH))
  await world.made()
  const server = await world.server({ MAX_ACTIVE_HOLDS: '20', MAX_HOLDS_PER_SLOT: '20' })
  const ids = providers.map(({ id }) => id)
  const first = providers[0]
  if (!first) throw new Error('no provider')
  const probes = [
    ...(await viewersOf(server.url, 'raw', PROBES_EACH, first.id)),
    ...(await viewersOf(server.url, 'socket.io', PROBES_EACH, first.id)),
  ]
  const arrivals = stampsOf(probes)
  const began = performance.now()
  const each = (VIEWERS - probes.length) / SINKS
  for (let sink = 0; sink < SINKS; sink++)
    await world.reference('sinks', server.url, String(each), ids.join())
  const connecting = (performance.now() - began) / 1_000

  const late: number[] = []
  const lateFromAsking: number[] = []
  const memory: number[] = []
  let refused = 0
  let isOn = true
  const watching = (async () => {
    while (isOn) {
      memory.push(residentMegabytes(server.pid))
      await pause(LOOK_MS)
    }
  })()
  const count = MINUTES * 60 * HOLDS_PER_SECOND
  const cpu = cpuSeconds(server.pid)
  const driver = process.cpuUsage()
  const start = performance.now()
  await paced(count, 1_000 / HOLDS_PER_SECOND, async (index) => {
    const provider = providers[index % CALENDARS]
    const turn = Math.floor(index / CALENDARS)
    const slotId = provider && slots.get(provider)?.[turn % SLOTS_EACH]
    const client = clients[(index * 7) % CLIENTS]
    if (!provider || !client || slotId === undefined) return
    const asked = performance.now()
    const answer = await fetch(`${server.url}/v1/reservations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${client.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ slotId }),
    })
    const acknowledged = performance.now()
    const body = (await answer.json()) as { id: string }
    if (answer.status !== 201) {
      refused++
      return
    }
    await pause(HELD_MS)
    if (provider === first) {
      for (const at of arrivals.take(slotId)) {
        late.push(at - acknowledged)
        lateFromAsking.push(at - asked)
      }
    }
    await fetch(`${server.url}/v1/reservations/${body.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${client.token}` },
    })
  })
  const seconds = (performance.now() - start) / 1_000
  const { user, system } = process.cpuUsage(driver)
  isOn = false
  await watching
  const spent = cpuSeconds(server.pid) - cpu
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  const metric = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    )
  const open = metric('slotcast_sockets')
  const cut = metric('slotcast_viewers_cut_off_total')
  for (const probe of probes) probe.close()
  await server.stop()

  const settled = memory.slice(Math.ceil(WARM_UP_MS / LOOK_MS))
  const growth = (settled.at(-1) ?? Number.NaN) / (settled[0] ?? Number.NaN)
  const ms = (values: number[], at: number) => `${quantile(values, at).toFixed(1)} ms`
  return [
    fact(
      `${VIEWERS} viewers of ${CALENDARS} calendars connect`,
      `${connecting.toFixed(1)} s`,
      'half on each transport',
    ),
    {
      ...fact(
        `${HOLDS_PER_SECOND} holds a second for ${MINUTES} min, each given back after a second`,
        `${(count / seconds).toFixed(0)}/s`,
        `${refused} of ${count} refused; server ${((spent / seconds) * 100).toFixed(0)} % of a core, driver ${(((user + system) / 1e6 / seconds) * 100).toFixed(0)} %`,
      ),
      met: refused === 0,
    },
    {
      ...fact('viewers that were cut off', String(cut), `${open} of ${VIEWERS} are open at the end`),
      floor: '0',
      met: cut === 0 && open === VIEWERS,
    },
    fact(
      'acknowledgement to event, p50',
      ms(late, 0.5),
      `${late.length} arrivals at ${probes.length} of 100 viewers of one calendar`,
    ),
    fact('acknowledgement to event, p99', ms(late, 0.99)),
    fact('asking to event, p99', ms(lateFromAsking, 0.99)),
    {
      ...fact(
        'memory of the server from its settling on',
        `${settled[0]?.toFixed(0)} to ${settled.at(-1)?.toFixed(0)} MB`,
        `each ${LOOK_MS / 1_000} s: ${memory.map((one) => one.toFixed(0)).join(' ')}`,
      ),
      ratio: `${growth.toFixed(2)}x`,
      floor: `<= ${MOST_GROWTH}x`,
      met: growth <= MOST_GROWTH,
    },
  ]
}

/** When each viewer heard of a hold, by slot. */
function stampsOf(viewers: Viewer[]) {
  const heard = new Map<string, number[]>()
  for (const viewer of viewers)
    viewer.onEvent = (payload) => {
      const text = payload.toString()
      if (!text.includes('slot-held')) return
      const at = performance.now()
      for (const [, slotId = ''] of text.matchAll(/"slotId":"([^"]+)"/g))
        heard.set(slotId, [...(heard.get(slotId) ?? []), at])
    }
  return {
    take(slotId: string): number[] {
      const all = heard.get(slotId) ?? []
      heard.delete(slotId)
      return all
    },
  }
}
