/**
 * What work that leaves the server costs those who book: holds one after the other, with jobs and without.
 *
 * - A webhook of each hold, mail and somebody who waits elsewhere, against a server that sends nothing.
 * - 100,000 due mails that go out one at a time, against none; and the memory that they take.
 */
import mongoose from 'mongoose'
import { SMTPServer } from 'smtp-server'
import { connections, encode, load } from './http-load.js'
import {
  compare,
  fact,
  inTurns,
  type Measured,
  type Person,
  ROUNDS,
  type Row,
  residentMegabytes,
  rowOf,
  type World,
} from './kit.js'

const EACH_ROUND = 200
const DUE = 100_000
const BATCH = 2_000
const ALMOST_EQUAL = 1.05
/** A mail server somewhere else answers after about as long. */
const MAIL_MS = 100

export async function benchJobs(world: World): Promise<Row[]> {
  const mails = await slowMailServer()
  const server = await world.server({ SMTP_URL: mails.url })
  const [provider] = await world.people('provider', 1)
  if (!provider) throw new Error('no provider')
  const clients = await world.people('client', EACH_ROUND)
  const slots = await world.slots(provider, EACH_ROUND * 4 * (ROUNDS + 2))
  await world.made()
  const [socket] = await connections(server.url, 1)
  if (!socket) throw new Error('no connection')
  const watch = { server: server.pid, database: world.databasePid }
  const jobs = (await mongoose.createConnection(world.uri).asPromise()).collection<{ _id: string }>('jobs')
  let next = 0

  const holds = async (): Promise<Measured> => {
    const requests = clients.map(({ token }) =>
      encode(server.url, 'POST', '/v1/reservations', { token, body: { slotId: slots[next++] } }),
    )
    const ids: string[] = []
    const { value } = await load([socket], requests, 201, (index, body) => {
      ids[index] = /"id":"(\w+)"/.exec(body.toString('latin1'))?.[1] ?? ''
    })
    await inTurns(ids.length, 8, (index) => end(server.url, clients[index], ids[index]))
    return { value: 1000 / value, units: EACH_ROUND }
  }

  await holds()
  const before = residentMegabytes(server.pid)
  let most = before
  const due = await compare({
    watch,
    watchReference: watch,
    async ours() {
      await putDue(jobs)
      const measured = await holds()
      most = Math.max(most, residentMegabytes(server.pid))
      await jobs.deleteMany({ recipient: 'bench' })
      return measured
    },
    reference: holds,
  })
  const rows = [
    rowOf(`holds with ${DUE} due mails`, due, {
      unit: 'ms each',
      floor: ALMOST_EQUAL,
      best: 'less',
      digits: 2,
      notes: 'reference: the same server with none',
    }),
    fact('memory of the server with them', `+${(most - before).toFixed(0)} MB`, 'aim: 30 at most'),
  ]
  socket.destroy()
  await jobs.conn.close()
  await server.stop()
  await mails.close()
  return rows
}

async function putDue(jobs: mongoose.Collection<{ _id: string }>): Promise<void> {
  const now = new Date()
  for (let from = 0; from < DUE; from += BATCH) {
    const rows = Array.from({ length: BATCH }, (_, index) => ({
      _id: `bench:${from + index}:mail:bench`,
      channel: 'mail',
      kind: 'reminder',
      recipient: 'bench',
      lane: 'mail',
      facts: { reservationId: 'none', slotId: 'none', rev: 1, minutes: 1_440 },
      state: 'waiting',
      due: `mail ${now.toISOString()}`,
      createdAt: now,
      attempts: 0,
    }))
    await jobs.insertMany(rows, { ordered: false })
  }
}

async function end(url: string, client: Person | undefined, id: string | undefined): Promise<void> {
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
  const address = server.server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return {
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise((done) => server.close(() => done())),
  }
}
