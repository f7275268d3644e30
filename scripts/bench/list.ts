/** A list of 100 slots of one provider against a Fastify route that sends the same bytes; and the reads it takes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connections, encode, httpLoad } from './http-load.js'
import { compare, fact, type Row, rowOf, type World } from './kit.js'
import { countingProxy } from './proxy.js'

const SLOTS = 100
const IN_FLIGHT = 32
const EACH_ROUND = 10_000
const FLOOR = 0.5

export async function benchList(world: World): Promise<Row[]> {
  const [provider] = await world.people('provider', 1)
  if (!provider) throw new Error('no provider')
  await world.slots(provider, SLOTS * 2)
  const proxy = await countingProxy(world.uri, 'slots', ['find', 'aggregate', 'count', 'distinct'])
  // The sweep would read each second; what lists read is to be seen alone.
  const server = await world.server({ SWEEP_CRON: '0 0 0 1 1 *' }, proxy.uri)
  const from = new Date().toISOString()
  const to = new Date(Date.now() + 20 * 86_400_000).toISOString()
  const path = `/v1/slots?providerId=${provider.id}&from=${from}&to=${to}&limit=${SLOTS}`
  const sample = Buffer.from(await (await fetch(server.url + path)).arrayBuffer())
  const folder = mkdtempSync(join(tmpdir(), 'slotcast-bench-list-'))
  writeFileSync(join(folder, 'body'), sample)
  const reference = await world.reference('constant', join(folder, 'body'))

  const load = async (url: string, request: Buffer) => {
    const sockets = await connections(url, IN_FLIGHT)
    return async () => {
      const { seconds, statuses } = await httpLoad(sockets, EACH_ROUND, () => request)
      if (statuses.get(200) !== EACH_ROUND) throw new Error(`answers: ${JSON.stringify([...statuses])}`)
      return { value: EACH_ROUND / seconds, units: EACH_ROUND }
    }
  }
  const compared = await compare({
    watch: { server: server.pid },
    watchReference: { server: reference.pid },
    ours: await load(server.url, encode(server.url, 'GET', path)),
    reference: await load(reference.url, encode(reference.url, 'GET', '/')),
  })
  proxy.reset()
  await (await load(server.url, encode(server.url, 'GET', path)))()
  const reads = proxy.commands()
  await Promise.all([server.stop(), reference.stop()])
  proxy.close()
  rmSync(folder, { recursive: true, force: true })
  return [
    rowOf(`list of ${SLOTS} slots of one provider, ${IN_FLIGHT} in flight`, compared, {
      unit: 'lists/s',
      floor: FLOOR,
      best: 'more',
      notes: `${sample.length} bytes; reference: Fastify with the same bytes as a constant`,
    }),
    {
      ...fact(
        `database reads during ${EACH_ROUND} lists`,
        String(reads),
        'find, aggregate, count and distinct of slots; the look for ended sessions, four a second, is not about lists',
      ),
      floor: '0',
      met: reads === 0,
    },
  ]
}
