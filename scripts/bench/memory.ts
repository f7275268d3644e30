/**
 * Resident memory of a server: idle, with a thousand viewers on each transport
 * beside a bare ws server, with 100,000 slots loaded.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { fact, inTurns, type Row, residentMegabytes, type World } from './kit.js'
import { viewersOf } from './viewers.js'

const VIEWERS = 1_000
const PROVIDERS = 50
const SLOTS_EACH = 2_000
const SETTLE_MS = 2_000
const FLOORS = { raw: 1.15, 'socket.io': 2 }

export async function benchMemory(world: World): Promise<Row[]> {
  const rows: Row[] = []
  const providers = await world.people('provider', PROVIDERS)
  await inTurns(PROVIDERS, 4, async (index) => {
    const provider = providers[index]
    if (provider) await world.slots(provider, SLOTS_EACH)
  })
  await world.made()
  const [first] = providers
  const bare = await bareViewer(world)
  for (const kind of ['raw', 'socket.io'] as const) {
    const server = await world.server()
    const idle = await settled(server.pid)
    if (rows.length === 0) rows.push(fact('memory, idle', megabytes(idle), 'resident size'))
    // One picture of a provider loaded before, so that the viewers alone make the difference.
    await fetch(`${server.url}/v1/slots?providerId=${first?.id}&limit=1`)
    const before = await settled(server.pid)
    const viewers = await viewersOf(server.url, kind, VIEWERS, first?.id)
    const after = await settled(server.pid)
    const each = ((after - before) / VIEWERS) * 1024
    const ratio = each / bare
    rows.push({
      ...fact(`memory, ${VIEWERS} viewers, ${kind}`, megabytes(after), `${each.toFixed(1)} KB a viewer`),
      reference: `${bare.toFixed(1)} KB a viewer`,
      ratio: `${ratio.toFixed(2)}x`,
      floor: `<= ${FLOORS[kind]}x`,
      met: ratio <= FLOORS[kind],
    })
    for (const viewer of viewers) viewer.close()
    await server.stop()
  }
  const server = await world.server()
  const before = await settled(server.pid)
  for (const { id } of providers) {
    const { status } = await fetch(`${server.url}/v1/slots?providerId=${id}&limit=1`)
    if (status !== 200) throw new Error(`a list answered ${status}`)
  }
  const after = await settled(server.pid)
  const slots = PROVIDERS * SLOTS_EACH
  const each = ((after - before) / slots) * 1024 * 1024
  rows.push(fact(`memory, ${slots} slots loaded`, megabytes(after), `${each.toFixed(0)} bytes a slot`))
  await server.stop()
  return rows
}

/** What a viewer costs a bare ws server, in KB. */
async function bareViewer(world: World): Promise<number> {
  const reference = await world.reference('broadcast')
  const before = await settled(reference.pid)
  const viewers = await viewersOf(reference.url, 'bare', VIEWERS)
  const after = await settled(reference.pid)
  for (const viewer of viewers) viewer.close()
  await reference.stop()
  return ((after - before) / VIEWERS) * 1024
}

/** Resident size when it has come to rest; garbage that was not collected is in it. */
async function settled(pid: number): Promise<number> {
  await pause(SETTLE_MS)
  return residentMegabytes(pid)
}

function megabytes(size: number): string {
  return `${size.toFixed(0)} MB`
}
