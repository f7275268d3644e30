/**
 * A calendar that everybody wants: 500 callers ask for 100 slots of one provider, at two instances. How many answers
 * come a second, beside a bare loop of single updates; and what a list of another calendar takes meanwhile.
 */
import { bareWrites } from './bare-writes.js'
import { connections, encode, httpLoad } from './http-load.js'
import { compare, fact, inTurns, quantile, type Row, rowOf, type World } from './kit.js'

const CALLERS = 500
const SLOTS = 100
const EACH_ROUND = 4_000
const LISTS = 200
const FLOOR = 3
const ALLOWED_P99 = 1.2

export async function benchHot(world: World): Promise<Row[]> {
  const servers = [await world.server(), await world.server()]
  const clients = await world.people('client', CALLERS)
  const [wanted, other] = await world.people('provider', 2)
  if (!wanted || !other) throw new Error('no provider')
  const ids = await world.slots(wanted, SLOTS)
  await world.slots(other, SLOTS)
  const bareIds = await world.slots(wanted, EACH_ROUND * 6)
  await world.made()
  const bare = await bareWrites(world.uri, bareIds, 'bareSlots')
  const sockets = await Promise.all(servers.map(({ url }) => connections(url, CALLERS / 2)))
  for (const { url } of servers)
    for (const { id } of [wanted, other]) await fetch(`${url}/v1/slots?providerId=${id}&limit=1`)

  const requests = Array.from({ length: EACH_ROUND }, (_, index) =>
    encode(servers[index % 2]?.url ?? '', 'POST', '/v1/reservations', {
      token: clients[(index * 7) % CALLERS]?.token ?? '',
      body: { slotId: ids[(index * 31) % SLOTS] },
    }),
  )
  const storm = async () => {
    const began = performance.now()
    await Promise.all(
      sockets.map((own, at) =>
        httpLoad(own, EACH_ROUND / 2, (index) => requests[index * 2 + at] ?? Buffer.alloc(0)),
      ),
    )
    return { value: EACH_ROUND / ((performance.now() - began) / 1000), units: EACH_ROUND }
  }
  const release = async () => {
    for (const { token } of clients) {
      const headers = { authorization: `Bearer ${token}` }
      const url = servers[0]?.url
      const { items } = (await (await fetch(`${url}/v1/reservations?status=held`, { headers })).json()) as {
        items: { id: string }[]
      }
      for (const { id } of items) await fetch(`${url}/v1/reservations/${id}`, { method: 'DELETE', headers })
    }
  }
  const lists = async () => {
    const path = `${servers[0]?.url}/v1/slots?providerId=${other.id}&limit=${SLOTS}`
    const times = await inTurns(LISTS, 2, async () => {
      const began = performance.now()
      await (await fetch(path)).arrayBuffer()
      return performance.now() - began
    })
    return quantile(times, 0.99)
  }

  const compared = await compare({
    watch: { servers: servers[0]?.pid ?? 0, other: servers[1]?.pid ?? 0, database: world.databasePid },
    watchReference: { database: world.databasePid },
    ours: storm,
    reference: async (round) => {
      const began = performance.now()
      await bare.singly('hold', round * EACH_ROUND, EACH_ROUND, 64)
      return { value: EACH_ROUND / ((performance.now() - began) / 1000), units: EACH_ROUND }
    },
    settle: release,
  })
  await lists()
  const quiet = await lists()
  const [hot] = await Promise.all([lists(), storm()])
  for (const socket of sockets.flat()) socket.destroy()
  await bare.close()
  await Promise.all(servers.map((server) => server.stop()))
  const ratio = hot / quiet
  return [
    rowOf(`${CALLERS} callers on ${SLOTS} slots, two instances`, compared, {
      unit: 'answers/s',
      floor: FLOOR,
      best: 'more',
      notes: 'reference: bare updateOne by _id, 64 in flight',
    }),
    {
      ...fact('a list of another calendar meanwhile, p99', `${hot.toFixed(1)} ms`),
      reference: `${quiet.toFixed(1)} ms`,
      ratio: `${ratio.toFixed(2)}x`,
      floor: `<= ${ALLOWED_P99}x`,
      met: ratio <= ALLOWED_P99,
      notes: 'reference: the same while all is quiet; the callers share the two cores with both servers',
    },
  ]
}
