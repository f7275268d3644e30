/**
 * Holds and confirms through HTTP and token, 64 in flight and one at a time, against the best bare loops of the same
 * engine for the same effect; and how many updates a client's tenth hold takes.
 */
import type { Socket } from 'node:net'
import { bareWrites } from './bare-writes.js'
import { connections, encode, load } from './http-load.js'
import { compare, fact, type Measured, type Person, ROUNDS, type Row, rowOf, type World } from './kit.js'
import { countingProxy } from './proxy.js'

const IN_FLIGHT = 64
const EACH_ROUND = 512
const ALONE = 100
const TENTH = 10

export async function benchWrites(world: World): Promise<Row[]> {
  const server = await world.server()
  const clients = await world.people('client', EACH_ROUND)
  const [provider] = await world.people('provider', 1)
  if (!provider) throw new Error('no provider')
  const [other] = await world.people('client', 1)
  const ids = await world.slots(provider, EACH_ROUND * (ROUNDS + 1) * 5)
  await world.made()
  await fetch(`${server.url}/v1/slots?providerId=${provider.id}&limit=1`)
  const sockets = await connections(server.url, IN_FLIGHT)
  const bare = await bareWrites(world.uri, ids, 'bareSlots')
  const watch = { server: server.pid, database: world.databasePid }
  const watchReference = { database: world.databasePid }
  let next = 0
  let bareNext = 0

  /** Through open connections; says the ids of the reservations. */
  const hold = async (over: Socket[], people: Person[]) => {
    const from = next
    next += people.length
    const reservations: string[] = []
    const requests = people.map(({ token }, index) =>
      encode(server.url, 'POST', '/v1/reservations', { token, body: { slotId: ids[from + index] } }),
    )
    const answer = (index: number, body: Buffer) => {
      reservations[index] = /"id":"(\w+)"/.exec(body.toString('latin1'))?.[1] ?? ''
    }
    const measured = await load(over, requests, 201, answer)
    return { measured, reservations }
  }
  const confirm = (over: Socket[], people: Person[], reservations: string[]) =>
    load(
      over,
      people.map(({ token }, index) =>
        encode(server.url, 'POST', `/v1/reservations/${reservations[index]}/confirm`, { token }),
      ),
      200,
    )
  const giveBack = async (people: Person[], reservations: string[]) => {
    const requests = people.map(({ token }, index) =>
      encode(server.url, 'DELETE', `/v1/reservations/${reservations[index]}`, { token }),
    )
    await load(sockets, requests, 204)
  }
  const timed = async (count: number, work: () => Promise<void>): Promise<Measured> => {
    const began = performance.now()
    await work()
    return { value: count / ((performance.now() - began) / 1000), units: count }
  }
  const bareHolds = (form: 'singly' | 'inTransactions', count: number, width: number) => async () => {
    const from = bareNext
    bareNext += count
    return timed(count, () =>
      form === 'singly' ? bare.singly('hold', from, count, width) : bare.inTransactions('hold', from, count),
    )
  }

  const rows: Row[] = []
  let held: string[] = []
  const settle = () => giveBack(clients, held)
  const holds = async () => {
    const { measured, reservations } = await hold(sockets, clients)
    held = reservations
    return measured
  }
  for (const [form, floor, notes] of [
    ['inTransactions', 0.5, 'reference: bare transactions of 32 updates'],
    ['singly', 1.5, 'reference: bare updateOne by _id, 64 in flight'],
  ] as const) {
    const reference = bareHolds(form, EACH_ROUND, IN_FLIGHT)
    const compared = await compare({ watch, watchReference, ours: holds, reference, settle })
    rows.push(
      rowOf(`hold through HTTP and JWT, ${IN_FLIGHT} in flight`, compared, {
        unit: 'holds/s',
        floor,
        best: 'more',
        notes,
      }),
    )
  }

  let bareConfirmed = 0
  for (const [form, floor, notes] of [
    ['inTransactions', 0.5, 'reference: bare transactions of 32 updates'],
    ['singly', 1.5, 'reference: bare updateOne by _id, 64 in flight'],
  ] as const) {
    held = (await hold(sockets, clients)).reservations
    const compared = await compare({
      watch,
      watchReference,
      ours: () => confirm(sockets, clients, held),
      reference: () => {
        const from = bareConfirmed
        bareConfirmed += EACH_ROUND
        return timed(EACH_ROUND, () =>
          form === 'singly'
            ? bare.singly('confirm', from, EACH_ROUND, IN_FLIGHT)
            : bare.inTransactions('confirm', from, EACH_ROUND),
        )
      },
      settle: async (round) => {
        await giveBack(clients, held)
        if (round < ROUNDS) held = (await hold(sockets, clients)).reservations
      },
    })
    rows.push(
      rowOf(`confirm through HTTP and JWT, ${IN_FLIGHT} in flight`, compared, {
        unit: 'confirms/s',
        floor,
        best: 'more',
        notes,
      }),
    )
  }

  const alone = await connections(server.url, 1)
  const few = clients.slice(0, ALONE)
  const constant = await world.reference('empty')
  const roundTrip = await connections(constant.url, 1)
  const compared = await compare({
    watch,
    watchReference,
    async ours() {
      const { measured, reservations } = await hold(alone, few)
      held = reservations
      return { value: 1000 / measured.value, units: ALONE }
    },
    async reference() {
      const updates = await bareHolds('singly', ALONE, 1)()
      const requests = few.map(() => encode(constant.url, 'GET', '/'))
      const trips = await load(roundTrip, requests, 200)
      return { value: 1000 / updates.value + 1000 / trips.value, units: ALONE }
    },
    settle: () => giveBack(few, held),
  })
  rows.push(
    rowOf('one hold at a time, on an idle server', compared, {
      unit: 'ms',
      floor: 1.5,
      best: 'less',
      digits: 2,
      notes: 'reference: bare updateOne and one HTTP round trip',
    }),
  )
  for (const socket of [...sockets, ...alone, ...roundTrip]) socket.destroy()
  await bare.close()
  await Promise.all([server.stop(), constant.stop()])
  return [...rows, await updatesOfTenthHold(world, other, ids.slice(next))]
}

async function updatesOfTenthHold(world: World, client: Person | undefined, ids: string[]): Promise<Row> {
  const proxy = await countingProxy(world.uri, 'slots', ['update', 'findAndModify'])
  const server = await world.server({ MAX_ACTIVE_HOLDS: '20', SWEEP_CRON: '0 0 0 1 1 *' }, proxy.uri)
  let updates = 0
  for (let hold = 1; hold <= TENTH; hold++) {
    proxy.reset()
    const { status } = await fetch(`${server.url}/v1/reservations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${client?.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ slotId: ids[hold] }),
    })
    if (status !== 201) throw new Error(`hold ${hold} answered ${status}`)
    updates = proxy.commands()
  }
  await server.stop()
  proxy.close()
  return {
    ...fact(`updates for a client's hold number ${TENTH}`, String(updates), 'update commands, by a proxy'),
    floor: '1',
    met: updates === 1,
  }
}
