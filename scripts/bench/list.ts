/**
 * A list of 100 slots of one provider against a Fastify route that sends the same bytes; the list of a service's starts
 * against the plain one; and the reads they take.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connections, encode, httpLoad } from './http-load.js'
import { type Child, compare, fact, type Person, type Row, rowOf, type World } from './kit.js'
import { countingProxy } from './proxy.js'

const SLOTS = 100
const IN_FLIGHT = 32
const EACH_ROUND = 10_000
const FLOOR = 0.85
const UNCHANGED_FLOOR = 0.95
/** A list by service costs at most 1.1 times a plain one. */
const BY_SERVICE_FLOOR = 0.91
const PAGES = 1_024
const EACH_ROUND_ANEW = 4_000

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

  const load = async (url: string, requests: Buffer[], count = EACH_ROUND, expected = 200) => {
    const sockets = await connections(url, IN_FLIGHT)
    const none = Buffer.alloc(0)
    return async () => {
      const request = (index: number) => requests[index % requests.length] ?? none
      const { seconds, statuses } = await httpLoad(sockets, count, request)
      if (statuses.get(expected) !== count) throw new Error(`answers: ${JSON.stringify([...statuses])}`)
      return { value: count / seconds, units: count }
    }
  }
  const compared = await compare({
    watch: { server: server.pid },
    watchReference: { server: reference.pid },
    ours: await load(server.url, [encode(server.url, 'GET', path)]),
    reference: await load(reference.url, [encode(reference.url, 'GET', '/')]),
  })
  const etag = (await fetch(server.url + path)).headers.get('etag') ?? ''
  const unchanged = (url: string, path: string, etag: string) =>
    load(url, [encode(url, 'GET', path, { headers: { 'if-none-match': etag } })], EACH_ROUND, 304)
  const notModified = await compare({
    watch: { server: server.pid },
    watchReference: { server: reference.pid },
    ours: await unchanged(server.url, path, etag),
    reference: await unchanged(reference.url, '/', '"constant"'),
  })
  // As a page asks, without a span: from now on.
  const fromNow = `/v1/slots?providerId=${provider.id}&limit=${SLOTS}`
  const ahead = await compare({
    watch: { server: server.pid },
    watchReference: { server: reference.pid },
    ours: await load(server.url, [encode(server.url, 'GET', fromNow)]),
    reference: await load(reference.url, [encode(reference.url, 'GET', '/')]),
  })
  const byService = `${path}&serviceId=${await offer(server, provider)}`
  const starts = (await (await fetch(server.url + byService)).json()) as { items: unknown[] }
  if (starts.items.length !== SLOTS) throw new Error(`a list by service has ${starts.items.length} starts`)
  const againstPlain = async (requests: (path: string) => Buffer[], count: number) =>
    compare({
      watch: { server: server.pid },
      watchReference: { server: server.pid },
      ours: await load(server.url, requests(byService), count),
      reference: await load(server.url, requests(path), count),
    })
  const kept = await againstPlain((one) => [encode(server.url, 'GET', one)], EACH_ROUND)
  // More addresses than the server keeps pages, so that each page is made anew.
  const addresses = (one: string) =>
    Array.from({ length: PAGES }, (_, at) =>
      encode(server.url, 'GET', one.replace(from, new Date(Date.parse(from) - at).toISOString())),
    )
  const anew = await againstPlain(addresses, EACH_ROUND_ANEW)
  proxy.reset()
  await (await load(server.url, [encode(server.url, 'GET', path)]))()
  const reads = proxy.commands()
  proxy.reset()
  await (await load(server.url, addresses(byService)))()
  const readsByService = proxy.commands()
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
    rowOf('the same from now on, as a page asks for it', ahead, {
      unit: 'lists/s',
      floor: FLOOR,
      best: 'more',
    }),
    rowOf('the same, unchanged (304)', notModified, {
      unit: 'lists/s',
      floor: UNCHANGED_FLOOR,
      best: 'more',
      notes: 'reference: Fastify that compares the same header',
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
    rowOf(`list of ${SLOTS} starts of a service, the page kept`, kept, {
      unit: 'lists/s',
      floor: BY_SERVICE_FLOOR,
      best: 'more',
      notes: BY_SERVICE,
    }),
    rowOf(`list of ${SLOTS} starts of a service, each page made anew`, anew, {
      unit: 'lists/s',
      floor: BY_SERVICE_FLOOR,
      best: 'more',
      notes: BY_SERVICE,
    }),
    {
      ...fact(`database reads during ${EACH_ROUND} lists by service, made anew`, String(readsByService)),
      floor: '0',
      met: readsByService === 0,
    },
  ]
}

const BY_SERVICE = '45 minutes, with buffers of 15; reference: the plain list of the same server'

async function offer(server: Child, provider: Person): Promise<string> {
  const terms = {
    name: 'First visit',
    durationMinutes: 45,
    bufferBeforeMinutes: 15,
    bufferAfterMinutes: 15,
    startsEveryMinutes: 15,
    cancelCutoffSeconds: 0,
    moveCutoffSeconds: 0,
    active: true,
  }
  const answer = await fetch(`${server.url}/v1/providers/${provider.id}/services`, {
    method: 'POST',
    headers: { authorization: `Bearer ${provider.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(terms),
  })
  if (answer.status !== 201) throw new Error(`offering a service answered ${await answer.text()}`)
  return ((await answer.json()) as { id: string }).id
}
