import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import { inTime } from '../../../src/database/database-calls.js'
import type { Reservation } from '../../../src/schemas/reservations.js'
import { testDatabase } from '../../helper/database.js'
import { databaseProxy } from '../../helper/database-proxy.js'
import { publish, register, startOne } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

/** What the contract says, and what a slow machine adds to it. */
const WITHIN_MS = 5_500

async function scene(t: Test, settings = {}) {
  const { uri } = await testDatabase(t)
  const proxy = await databaseProxy(t, uri)
  const server = await startOne(t, { uri: proxy.uri, settings })
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const slots = await publish(server, provider, 8)
  const hold = (slotId: string | undefined) =>
    server.call<Reservation>('POST', '/v1/reservations', { token: client.token, body: { slotId } })
  return { uri, proxy, server, provider, client, slots, hold }
}

async function timed<T>(answer: Promise<T>): Promise<{ answer: T; ms: number }> {
  const begun = performance.now()
  return { answer: await answer, ms: performance.now() - begun }
}

t.test(
  'a database that says hello and answers no command is 503 within 5 s, the first time too',
  async (t) => {
    const { proxy, server, provider, client, slots, hold } = await scene(t)
    const unseen = await register(server, 'provider')
    const held = await hold(slots[0])
    t.equal(held.status, 201)
    const list = `/v1/slots?providerId=${provider.id}`
    t.equal((await server.call('GET', list)).status, 200, 'the calendar is in memory')
    proxy.stallCommands()
    const calls: Record<string, Promise<{ status: number; headers: Headers }>> = {
      hold: hold(slots[1]),
      'hold of the same slot': hold(slots[1]),
      confirm: server.call('POST', `/v1/reservations/${held.body.id}/confirm`, { token: client.token }),
      'give back': server.call('DELETE', `/v1/reservations/${held.body.id}`, { token: client.token }),
      'own list': server.call('GET', '/v1/reservations', { token: client.token }),
      'all providers': server.call('GET', '/v1/slots'),
      'a calendar not in memory': server.call('GET', `/v1/slots?providerId=${unseen.id}`),
      renewal: server.call('POST', '/v1/token/refresh', { body: { refreshToken: 'a'.repeat(64) } }),
    }
    const answers = await Promise.all(
      Object.entries(calls).map(async ([name, call]) => ({ name, ...(await timed(call)) })),
    )
    for (const { name, answer, ms } of answers) {
      t.equal(answer.status, 503, name)
      t.ok(answer.headers.has('retry-after'), `${name}: says when to come back`)
      t.ok(ms < WITHIN_MS, `${name} after ${Math.round(ms)} ms`)
    }
    t.equal((await server.call('GET', list)).status, 200, 'what is in memory is answered all the same')
    const ready = await server.call<{ checks: Record<string, boolean> }>('GET', '/readyz')
    t.equal(ready.status, 503)
    t.equal(ready.body.checks.calls, false, 'readiness knows of calls without an answer')
    const metrics = String((await server.call<string>('GET', '/metrics')).body)
    t.match(metrics, /slotcast_database_calls_ran_out_total [1-9]/)

    proxy.resume()
    await until(async () => (await server.call('GET', '/readyz')).status === 200, 'ready again by itself')
    const again = await hold(slots[2])
    t.equal(again.status, 201, 'and a hold is a hold')
  },
)

t.test('connections that fall silent are left for new ones: holds, the sweep and lists go on', async (t) => {
  const { proxy, server, provider, slots, hold } = await scene(t, { HOLD_SECONDS: '2' })
  const first = await hold(slots[0])
  t.equal(first.status, 201)
  proxy.stallConnections()
  const { answer, ms } = await timed(hold(slots[1]))
  t.ok([201, 503].includes(answer.status), `answered ${answer.status}`)
  t.ok(ms < WITHIN_MS, `after ${Math.round(ms)} ms`)
  const calendar = `/v1/providers/${provider.id}/availability?from=2000-01-01T00:00:00Z&to=2000-01-02T00:00:00Z`
  const list = () => server.call('GET', calendar, { token: provider.token })
  await until(async () => (await list()).status === 200, 'a list from the database')
  await until(async () => {
    const slot = await server.app.slots.collection.findOne({ _id: slots[0] ?? '' }).catch(() => null)
    return slot?.state === 'open'
  }, 'the overdue hold is swept')
  await until(async () => (await hold(slots[2])).status === 201, 'a hold')
  await until(async () => (await server.call('GET', '/readyz')).status === 200, 'ready')
  t.pass('all of it without a restart')
})

t.test('control: the deadline of the driver is none on such a connection', async (t) => {
  const { uri } = await testDatabase(t)
  const proxy = await databaseProxy(t, uri)
  const client = new mongoose.mongo.MongoClient(proxy.uri, { timeoutMS: 300 })
  t.teardown(() => client.close())
  const things = client.db().collection('things')
  await things.insertOne({ made: true })
  proxy.stallCommands()
  const call = things.updateOne({}, { $set: { made: false } })
  call.catch(() => {})
  await t.rejects(inTime(call, 1_500), { name: 'CallRanOut' }, 'after five times as long there is no answer')
  proxy.resume()
})
