/** Holds through HTTP, token and validation, against a bare `findOneAndUpdate` loop on the same database: 64 in flight. */
import mongoose from 'mongoose'
import { slotIndexes } from '../../src/slots/slot-model.js'
import { connections, encode, httpLoad } from './http-load.js'
import { compare, inTurns, type Person, ROUNDS, type Row, rowOf, type World } from './kit.js'

const IN_FLIGHT = 64
const EACH_ROUND = 400
const HOLD_MS = 1_800_000
const FLOOR = 0.7

export async function benchHolds(world: World): Promise<Row[]> {
  const server = await world.server()
  const clients = await world.people('client', EACH_ROUND)
  const [provider] = await world.people('provider', 1)
  if (!provider) throw new Error('no provider')
  const slots = await world.slots(provider, EACH_ROUND * (ROUNDS + 1))
  const sockets = await connections(server.url, IN_FLIGHT)
  await fetch(`${server.url}/v1/slots?providerId=${provider.id}&limit=1`)
  const reference = await bareLoop(world.uri, slots)

  const held: string[] = []
  const compared = await compare({
    watch: { server: server.pid, database: world.databasePid },
    watchReference: { database: world.databasePid },
    async ours(round) {
      const requests = clients.map(({ token }, index) =>
        encode(server.url, 'POST', '/v1/reservations', {
          token,
          body: { slotId: slots[round * EACH_ROUND + index] },
        }),
      )
      const { seconds, statuses } = await httpLoad(
        sockets,
        EACH_ROUND,
        (index) => requests[index] ?? Buffer.alloc(0),
        (index, body) => {
          held[index] = /"id":"(\w+)"/.exec(body.toString('latin1'))?.[1] ?? ''
        },
      )
      if (statuses.get(201) !== EACH_ROUND) throw new Error(`answers: ${JSON.stringify([...statuses])}`)
      return { value: EACH_ROUND / seconds, units: EACH_ROUND }
    },
    reference,
    settle: () => giveBack(server.url, clients, held),
  })
  for (const socket of sockets) socket.destroy()
  await server.stop()
  return [
    rowOf(`hold through HTTP and JWT, ${IN_FLIGHT} in flight`, compared, {
      unit: 'holds/s',
      floor: FLOOR,
      best: 'more',
      notes: 'reference: bare findOneAndUpdate, same indexes and write concern',
    }),
  ]
}

/** So that each client can hold again in the next round. */
async function giveBack(url: string, clients: Person[], reservations: string[]) {
  await inTurns(clients.length, IN_FLIGHT, async (index) => {
    const headers = { authorization: `Bearer ${clients[index]?.token}` }
    const { status } = await fetch(`${url}/v1/reservations/${reservations[index]}`, {
      method: 'DELETE',
      headers,
    })
    if (status !== 204) throw new Error(`giving back answered ${status}`)
  })
}

/** The same slots once more, in a collection of their own with the same indexes. */
async function bareLoop(uri: string, ids: string[]) {
  const connection = await mongoose.createConnection(uri, { maxPoolSize: IN_FLIGHT }).asPromise()
  const slots = connection.getClient().db(connection.name).collection<{ _id: string }>('referenceSlots')
  for (const { key, options } of slotIndexes) await slots.createIndex(key as Record<string, 1>, options)
  const start = Date.now() + 200_000_000
  await slots.insertMany(
    ids.map((_id, index) => ({
      _id,
      providerId: _id.slice(0, 32),
      start: new Date(start + index * 900_000),
      end: new Date(start + (index + 1) * 900_000),
      state: 'open',
      reservation: null,
      past: [],
      log: {},
      rev: 1,
    })),
  )
  return async (round: number) => {
    const began = performance.now()
    await inTurns(EACH_ROUND, IN_FLIGHT, async (index) => {
      const now = new Date()
      const id = `${round}-${index}`
      const reservation = {
        id,
        client: { id: `client-${id}`, name: 'Somebody' },
        status: 'held',
        holdNo: 1,
        heldAt: now,
        expiresAt: new Date(now.getTime() + HOLD_MS),
      }
      const slot = await slots.findOneAndUpdate(
        { _id: ids[round * EACH_ROUND + index] ?? '', state: 'open' },
        { $set: { state: 'held', reservation }, $inc: { rev: 1 } },
        { returnDocument: 'after', writeConcern: { w: 'majority', j: true } },
      )
      if (!slot) throw new Error('a slot of the reference was not open')
    })
    const value = EACH_ROUND / ((performance.now() - began) / 1000)
    if (round === ROUNDS) await connection.close()
    return { value, units: EACH_ROUND }
  }
}
