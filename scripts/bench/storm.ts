/**
 * Everybody comes back at once: 5,000 viewers of one calendar connect in the same moment, get their picture, and hear
 * the next event; beside a bare ws server that accepts as many and sends nothing.
 */
import { type Child, compare, type Person, type Row, rowOf, type World } from './kit.js'
import { type Viewer, type ViewerKind, viewersOf } from './viewers.js'

const VIEWERS = 5_000
const SLOTS = 96
const ROUNDS = 3
const FLOORS = { raw: 0.8, 'socket.io': 0.5 }

export async function benchStorm(world: World): Promise<Row[]> {
  const rows: Row[] = []
  const [provider] = await world.people('provider', 1)
  if (!provider) throw new Error('no provider')
  const slots = await world.slots(provider, SLOTS)
  const clients = await world.people('client', 2 * (ROUNDS + 1))
  let turn = 0
  for (const kind of ['raw', 'socket.io'] as const) {
    const server = await world.server()
    const reference = await world.reference('broadcast')
    const compared = await compare({
      rounds: ROUNDS,
      watch: { server: server.pid },
      watchReference: { server: reference.pid },
      timeFree: true,
      async ours() {
        const { viewers, measured } = await connected(server, kind, provider.id)
        await everybodyHears(viewers, server, clients[turn], slots[turn] ?? '')
        turn++
        for (const viewer of viewers) viewer.close()
        return measured
      },
      async reference() {
        const { viewers, measured } = await connected(reference, 'bare')
        for (const viewer of viewers) viewer.close()
        return measured
      },
    })
    rows.push(
      rowOf(`${VIEWERS} viewers connect at once, ${kind}`, compared, {
        unit: 'viewers/s',
        floor: FLOORS[kind],
        best: 'more',
        notes: `each with a picture of ${SLOTS} slots, and hears the next event; the driver is busy too`,
      }),
    )
    await Promise.all([server.stop(), reference.stop()])
  }
  return rows
}

async function connected({ url }: Child, kind: ViewerKind, providerId?: string) {
  const began = performance.now()
  const viewers = await viewersOf(url, kind, VIEWERS, providerId, VIEWERS / 5)
  return { viewers, measured: { value: VIEWERS / ((performance.now() - began) / 1_000), units: VIEWERS } }
}

/** Nobody was forgotten in the storm. */
async function everybodyHears(viewers: Viewer[], { url }: Child, client: Person | undefined, slotId: string) {
  const all = viewers.map(
    (viewer) =>
      new Promise<void>((heard) => {
        viewer.onEvent = (payload) => {
          if (payload.includes(slotId)) heard()
        }
      }),
  )
  const answer = await fetch(`${url}/v1/reservations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${client?.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ slotId }),
  })
  if (answer.status !== 201) throw new Error(`holding answered ${answer.status}`)
  await Promise.all(all)
}
