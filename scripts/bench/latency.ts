/**
 * From the acknowledgement of a hold to its event at 200 viewers, at 50 holds a second, on the instance that took the
 * hold and on another one; beside a bare change stream, twice: from the acknowledgement of a bare update to its event,
 * and the whole round trip from its sending. One clock stamps all of it, the driver's.
 */
import mongoose from 'mongoose'
import {
  type Child,
  type Compared,
  compare,
  fact,
  type Person,
  paced,
  quantile,
  ROUNDS,
  type Row,
  rowOf,
  type World,
} from './kit.js'
import { viewersOf } from './viewers.js'

const VIEWERS = 200
/** Timed by the driver; the others are in processes of their own, half of them served before these, half after. */
const PROBES = 20
const EVERY_MS = 20
const EACH_ROUND = 75
const FLOOR = 3

export async function benchLatency(world: World): Promise<Row[]> {
  const [near, far] = [await world.server(), await world.server()]
  const [provider] = await world.people('provider', 1)
  if (!provider) throw new Error('no provider')
  const count = EACH_ROUND * (ROUNDS + 1)
  const slots = await world.slots(provider, count * 2)
  const clients = await world.people('client', count * 2)
  await world.made()
  const bare = await bareStream(world.uri)
  const rows: Row[] = []
  for (const [where, instance] of [
    ['the same instance', near],
    ['another instance', far],
  ] as const) {
    const stamps = await watchers(world, instance, provider.id)
    const offset = instance === near ? 0 : count
    const samples: number[] = []
    const bareSamples: number[] = []
    const trips: number[] = []
    const compared = await compare({
      watch: { server: instance.pid },
      async ours(round) {
        const acknowledged = await paced(EACH_ROUND, EVERY_MS, async (index) => {
          const at = round * EACH_ROUND + index
          const slotId = slots[offset + at] ?? ''
          return [slotId, await hold(near, clients[offset + at], slotId)] as const
        })
        await stamps.all(acknowledged.map(([slotId]) => slotId))
        const late = acknowledged.flatMap(([slotId, at]) => stamps.of(slotId).map((seen) => seen - at))
        if (round > 0) samples.push(...late)
        return { value: quantile(late, 0.5), units: late.length }
      },
      async reference(round) {
        const { late, whole } = await bare.round()
        if (round > 0) {
          bareSamples.push(...late)
          trips.push(quantile(whole, 0.5))
        }
        return { value: quantile(late, 0.5), units: late.length }
      },
    })
    await stamps.close()
    const p99 = (values: number[]) => `${quantile(values, 0.99).toFixed(2)} ms`
    const beside = { unit: 'ms', floor: FLOOR, best: 'less', digits: 2 } as const
    rows.push(
      rowOf(`acknowledgement to event, ${VIEWERS} viewers, ${where}, p50`, compared, {
        ...beside,
        notes:
          '50 holds/s; below zero: the event is there before the answer; reference: a bare change stream',
      }),
      rowOf('the same, beside the round trip of a bare change stream', againstTrips(compared, trips), beside),
      { ...fact(`the same, p99`, p99(samples)), reference: p99(bareSamples) },
    )
  }
  await bare.close()
  await Promise.all([near.stop(), far.stop()])
  return rows
}

function againstTrips(compared: Compared, trips: number[]): Compared {
  const ratios = compared.ours.map((value, round) => value / (trips[round] ?? Number.NaN))
  return { ...compared, reference: trips, ratios }
}

async function hold({ url }: Child, client: Person | undefined, slotId: string): Promise<number> {
  const headers = { authorization: `Bearer ${client?.token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${url}/v1/reservations`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ slotId }),
  })
  const at = performance.now()
  if (answer.status !== 201) throw new Error(`holding answered ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
  return at
}

/** Half the viewers on each transport; remembers when each probe heard of a slot. */
async function watchers(world: World, { url }: Child, providerId: string) {
  const sinks = () => world.reference('sinks', url, String((VIEWERS - PROBES) / 2), providerId)
  const before = await sinks()
  const viewers = [
    ...(await viewersOf(url, 'raw', PROBES / 2, providerId)),
    ...(await viewersOf(url, 'socket.io', PROBES / 2, providerId)),
  ]
  const after = await sinks()
  const stamps = new Map<string, number[]>()
  let changed = () => {}
  for (const viewer of viewers) {
    viewer.onEvent = (payload) => {
      const at = performance.now()
      const text = payload.toString('latin1')
      if (!text.includes('slot-held')) return
      const slotId = /"slotId":"([^"]+)"/.exec(text)?.[1] ?? ''
      const seen = stamps.get(slotId) ?? []
      stamps.set(slotId, seen)
      if (seen.push(at) === PROBES) changed()
    }
  }
  const isWhole = (slotId: string) => stamps.get(slotId)?.length === PROBES
  return {
    of: (slotId: string) => stamps.get(slotId) ?? [],
    async all(slotIds: string[]) {
      while (!slotIds.every(isWhole)) {
        await new Promise<void>((done) => {
          changed = done
        })
      }
    },
    async close() {
      for (const viewer of viewers) viewer.close()
      await Promise.all([before.stop(), after.stop()])
    },
  }
}

async function bareStream(uri: string) {
  const connection = await mongoose.createConnection(uri).asPromise()
  const things = connection
    .getClient()
    .db(connection.name)
    .collection<{ _id: number; state: string }>('things')
  await things.insertMany(Array.from({ length: EACH_ROUND }, (_, _id) => ({ _id, state: 'open' })))
  const stream = things.watch([], { maxAwaitTimeMS: 1_000 })
  // Once it has answered it is open.
  await stream.tryNext()
  let seen = new Map<number, number>()
  let changed = () => {}
  let closed = false
  const followed = (async () => {
    while (!closed) {
      const change = await stream.tryNext()
      if (change?.operationType !== 'update' && change?.operationType !== 'replace') continue
      seen.set(change.documentKey._id, performance.now())
      if (seen.size === EACH_ROUND) changed()
    }
  })()
  return {
    /** From the acknowledgement to the event, and from the sending. */
    async round(): Promise<{ late: number[]; whole: number[] }> {
      seen = new Map()
      const all = new Promise<void>((done) => {
        changed = done
      })
      const writes = await paced(EACH_ROUND, EVERY_MS, async (_id) => {
        const sent = performance.now()
        await things.findOneAndUpdate(
          { _id },
          { $set: { at: new Date() }, $inc: { rev: 1 } },
          { returnDocument: 'after', writeConcern: { w: 'majority', j: true } },
        )
        return { sent, acknowledged: performance.now() }
      })
      await all
      const since = (at: number, _id: number) => (seen.get(_id) ?? 0) - at
      return {
        late: writes.map(({ acknowledged }, _id) => since(acknowledged, _id)),
        whole: writes.map(({ sent }, _id) => since(sent, _id)),
      }
    },
    async close() {
      closed = true
      await followed
      await stream.close()
      await connection.close()
    },
  }
}
