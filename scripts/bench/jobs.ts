/**
 * What work that leaves the server costs those who book.
 *
 * - Holds at a calm pace on a calendar with a webhook of all that happens and people who wait, where the server sends
 *   mail, against a calendar of the same server that has neither.
 * - Holds one after the other while 100,000 mails are due and go out one at a time, against none; and their memory.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import mongoose from 'mongoose'
import { SMTPServer } from 'smtp-server'
import { connections, encode, load } from './http-load.js'
import {
  type Child,
  compare,
  fact,
  inTurns,
  type Measured,
  type Person,
  paced,
  quantile,
  ROUNDS,
  type Row,
  residentMegabytes,
  rowOf,
  type World,
} from './kit.js'

/** Some seconds: what is done once in a while counts as often as it happens. */
const EACH_ROUND = 800
const LONG_ROUNDS = 3
const WARM_UP = 4
const CALM_ROUND = 150
const EVERY_MS = 40
const WAITING = 20
const WAITS_OF_EACH = 5
const DUE = 100_000
const BATCH = 2_000
/** As long as it takes to put them down. */
const DUE_IN_MS = 15_000
/** Until the engine has done what comes after a change of so many rows. */
const CALM_DOWN_MS = 5_000
const DAY_MS = 86_400_000
const ALMOST_EQUAL = 1.05
/** A mail server somewhere else answers after about as long. */
const MAIL_MS = 100

type Jobs = mongoose.Collection<{ _id: string }>

export async function benchJobs(world: World): Promise<Row[]> {
  const mails = await slowMailServer()
  const receiver = await webhookReceiver()
  const server = await world.server({ SMTP_URL: mails.url, WEBHOOK_ALLOW_PRIVATE: 'true' })
  const [watched, quiet] = await world.people('provider', 2)
  if (!watched || !quiet) throw new Error('no provider')
  const clients = await world.people('client', EACH_ROUND)
  const calm = CALM_ROUND * (ROUNDS + 1)
  const slots = {
    watched: await world.slots(watched, calm),
    quiet: await world.slots(quiet, calm + EACH_ROUND * (2 * LONG_ROUNDS + WARM_UP + 2)),
  }
  const waiting = await world.people('client', WAITING)
  await world.made()
  const jobs: Jobs = (await mongoose.createConnection(world.uri).asPromise()).collection('jobs')
  await follow(server, watched, receiver.url, waiting)

  const beside = await compare({
    watch: { server: server.pid, database: world.databasePid },
    watchReference: { server: server.pid, database: world.databasePid },
    ours: () => calmHolds(server, clients, slots.watched, jobs),
    reference: () => calmHolds(server, clients, slots.quiet, jobs),
  })
  if (receiver.received() < calm) throw new Error(`${receiver.received()} webhooks instead of ${calm}`)
  const rows = [
    rowOf('holds at 25/s, with webhooks, waiters and mail, p50', beside, {
      unit: 'ms',
      floor: ALMOST_EQUAL,
      best: 'less',
      digits: 2,
      notes: 'reference: another calendar of the same server, with none of it',
    }),
    ...(await whileDue({ world, server, clients, slots: slots.quiet, jobs })),
  ]
  await jobs.conn.close()
  await server.stop()
  await Promise.all([mails.close(), receiver.close()])
  return rows
}

/** A webhook of all that happens, and people who wait for days that are not published yet. */
async function follow(server: Child, provider: Person, url: string, waiting: Person[]): Promise<void> {
  const events = [
    ...['held', 'confirmed', 'moved', 'cancelled', 'expired', 'released'].map((end) => `reservation.${end}`),
    ...['slot.opened', 'slot.withdrawn'],
  ]
  await post(server, '/v1/webhooks', provider, { url, events })
  const after = Date.now() + 300 * DAY_MS
  await inTurns(WAITING * WAITS_OF_EACH, 8, (index) =>
    post(server, '/v1/waits', waiting[index % WAITING], {
      providerId: provider.id,
      from: new Date(after + index * DAY_MS).toISOString(),
      to: new Date(after + (index + 1) * DAY_MS).toISOString(),
    }),
  )
}

/** The time of an answer in the middle. What it leaves to do is done before the next round. */
async function calmHolds(server: Child, clients: Person[], slots: string[], jobs: Jobs): Promise<Measured> {
  const held: [Person | undefined, string][] = []
  const took = await paced(CALM_ROUND, EVERY_MS, async (index) => {
    const client = clients[index]
    const began = performance.now()
    const { id } = await post(server, '/v1/reservations', client, { slotId: slots.shift() })
    held.push([client, id])
    return performance.now() - began
  })
  await inTurns(held.length, 8, (index) => end(server, ...(held[index] ?? [undefined, ''])))
  while ((await jobs.countDocuments({ state: 'waiting' })) > 0) await pause(200)
  return { value: quantile(took, 0.5), units: CALM_ROUND }
}

async function whileDue(with_: {
  world: World
  server: Child
  clients: Person[]
  slots: string[]
  jobs: Jobs
}): Promise<Row[]> {
  const { world, server, clients, slots, jobs } = with_
  const [socket] = await connections(server.url, 1)
  if (!socket) throw new Error('no connection')
  const watch = { server: server.pid, database: world.databasePid }

  const holds = async (): Promise<Measured> => {
    const requests = clients.map(({ token }) =>
      encode(server.url, 'POST', '/v1/reservations', { token, body: { slotId: slots.shift() } }),
    )
    const ids: string[] = []
    const { value } = await load([socket], requests, 201, (index, body) => {
      ids[index] = /"id":"(\w+)"/.exec(body.toString('latin1'))?.[1] ?? ''
    })
    await inTurns(ids.length, 8, (index) => end(server, clients[index], ids[index] ?? ''))
    return { value: 1000 / value, units: EACH_ROUND }
  }

  // Until it has grown to what holds alone take.
  for (let round = 0; round < WARM_UP; round++) await holds()
  const before = residentMegabytes(server.pid)
  let most = before
  const due = await compare({
    rounds: LONG_ROUNDS,
    watch,
    watchReference: watch,
    async ours() {
      await putDue(jobs)
      const measured = await holds()
      most = Math.max(most, residentMegabytes(server.pid))
      await jobs.deleteMany({ recipient: 'bench' })
      return measured
    },
    async reference() {
      await pause(CALM_DOWN_MS)
      return holds()
    },
  })
  socket.destroy()
  return [
    rowOf(`holds with ${DUE} due mails`, due, {
      unit: 'ms each',
      floor: ALMOST_EQUAL,
      best: 'less',
      digits: 2,
      notes: 'reference: the same server with none; its processor time has no putting down of rows in it',
    }),
    fact('memory of the server with them', `+${(most - before).toFixed(0)} MB`, 'aim: 30 at most'),
  ]
}

/** All of them due at one moment, which has just come. */
async function putDue(jobs: Jobs): Promise<void> {
  const now = new Date()
  const due = now.getTime() + DUE_IN_MS
  for (let from = 0; from < DUE; from += BATCH) {
    const rows = Array.from({ length: BATCH }, (_, index) => ({
      _id: `bench:${from + index}:mail:bench`,
      channel: 'mail',
      kind: 'reminder',
      recipient: 'bench',
      lane: 'mail',
      facts: { reservationId: 'none', slotId: 'none', rev: 1, minutes: 1_440 },
      state: 'waiting',
      due: `mail ${new Date(due).toISOString()}`,
      createdAt: now,
      attempts: 0,
    }))
    await jobs.insertMany(rows, { ordered: false })
  }
  await pause(Math.max(0, due - Date.now()))
}

async function post(
  { url }: Child,
  path: string,
  person: Person | undefined,
  body: object,
): Promise<{ id: string }> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${person?.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as { id: string }
}

async function end({ url }: Child, client: Person | undefined, id: string): Promise<void> {
  await fetch(`${url}/v1/reservations/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${client?.token}` },
  })
}

async function slowMailServer(): Promise<{ url: string; close(): Promise<void> }> {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData(stream, _session, answer) {
      stream.resume()
      stream.on('end', () => setTimeout(answer, MAIL_MS))
    },
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise((done) => server.close(() => done())),
  }
}

async function webhookReceiver(): Promise<{ url: string; received(): number; close(): Promise<void> }> {
  let received = 0
  const server = createServer((request, response) => {
    received++
    request.resume().on('end', () => response.writeHead(204).end())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    received: () => received,
    close: () => new Promise((done) => server.close(() => done())),
  }
}
