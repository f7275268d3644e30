/**
 * Appointments of four slots against holds of one slot, and moves against holds, through HTTP and token, 64 in flight.
 * The reference is this server too: what is compared is what several slots, or a move, cost more than one.
 */
import type { Service } from '../../src/schemas/services.js'
import { connections, encode, load } from './http-load.js'
import {
  type Compared,
  compare,
  type Measured,
  type Person,
  ROUNDS,
  type Row,
  rowOf,
  type World,
} from './kit.js'

const IN_FLIGHT = 64
const EACH_ROUND = 256
/** 45 minutes and 15 to clean up. */
const LENGTH = 4
const VISIT = { name: 'First visit', durationMinutes: 45, bufferAfterMinutes: 15 }

/** What is held: a slot, or what a service needs. */
interface Kind {
  slots: number
  serviceId?: string
}

export async function benchAppointments(world: World): Promise<Row[]> {
  const server = await world.server()
  const clients = await world.people('client', EACH_ROUND)
  const [provider] = await world.people('provider', 1)
  if (!provider) throw new Error('no provider')
  // Three comparisons; in each round at most a hold, its move and a hold beside it.
  const ids = await world.slots(provider, EACH_ROUND * (ROUNDS + 2) * (LENGTH + 1 + 3 + 3 * LENGTH))
  await world.made()
  const single: Kind = { slots: 1 }
  const visit: Kind = { slots: LENGTH, serviceId: await offer(server.url, provider) }
  await fetch(`${server.url}/v1/slots?providerId=${provider.id}&limit=1`)
  const sockets = await connections(server.url, IN_FLIGHT)
  const processes = { server: server.pid, database: world.databasePid }
  let next = 0

  /** A place of its own for each client, none of them used before. */
  const places = ({ slots }: Kind) =>
    clients.map(() => {
      const slotId = ids[next]
      next += slots
      return slotId
    })
  const hold = async (kind: Kind) => {
    const { serviceId } = kind
    const at = places(kind)
    const reservations: string[] = []
    const requests = clients.map(({ token }, index) =>
      encode(server.url, 'POST', '/v1/reservations', { token, body: { slotId: at[index], serviceId } }),
    )
    const measured = await load(sockets, requests, 201, (index, body) => {
      reservations[index] = /"id":"(\w+)"/.exec(body.toString('latin1'))?.[1] ?? ''
    })
    return { measured, reservations }
  }
  const move = (kind: Kind, reservations: string[]) => {
    const at = places(kind)
    const requests = clients.map(({ token }, index) =>
      encode(server.url, 'POST', `/v1/reservations/${reservations[index]}/move`, {
        token,
        body: { slotId: at[index] },
      }),
    )
    return load(sockets, requests, 200)
  }
  const giveBack = async (reservations: string[]) => {
    const requests = clients.map(({ token }, index) =>
      encode(server.url, 'DELETE', `/v1/reservations/${reservations[index]}`, { token }),
    )
    await load(sockets, requests, 204)
  }

  const kept = new Map<string, string[]>()
  const holdAs = async (name: string, kind: Kind) => {
    const { measured, reservations } = await hold(kind)
    kept.set(name, reservations)
    return measured
  }
  const settle = async () => {
    for (const reservations of kept.values()) await giveBack(reservations)
    kept.clear()
  }

  const rows: Row[] = []
  const whole = await compare({
    watch: processes,
    watchReference: processes,
    ours: () => holdAs('ours', visit),
    reference: () => holdAs('reference', single),
    settle,
  })
  rows.push(
    rowOf(`appointments of ${LENGTH} slots held, ${IN_FLIGHT} in flight`, whole, {
      unit: 'holds/s',
      floor: 0.4,
      best: 'more',
      notes: 'reference: holds of one slot',
    }),
  )

  for (const [what, kind] of [
    ['a slot', single],
    [`an appointment of ${LENGTH} slots`, visit],
  ] as const) {
    await holdAs('ours', kind)
    const compared: Compared = await compare({
      watch: processes,
      watchReference: processes,
      ours: async () => msEach(await move(kind, kept.get('ours') ?? [])),
      reference: async () => msEach(await holdAs('reference', kind)),
      settle: async (round) => {
        await settle()
        if (round < ROUNDS) await holdAs('ours', kind)
      },
    })
    rows.push(
      rowOf(`a hold of ${what} moved, ${IN_FLIGHT} in flight`, compared, {
        unit: 'ms each',
        floor: 2.5,
        best: 'less',
        digits: 2,
        notes: 'reference: the same held',
      }),
    )
  }
  for (const socket of sockets) socket.destroy()
  await server.stop()
  return rows
}

function msEach({ value, units }: Measured): Measured {
  return { value: 1000 / value, units }
}

async function offer(url: string, { id, token }: Person): Promise<string> {
  const answer = await fetch(`${url}/v1/providers/${id}/services`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(VISIT),
  })
  if (answer.status !== 201) throw new Error(`offering a service answered ${answer.status}`)
  return ((await answer.json()) as Service).id
}
