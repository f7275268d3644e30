/** Two servers send mail and are killed in turn, at any moment and under load: nothing due is lost, and little is sent twice. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { connectDatabase } from '../../../src/database/connect.js'
import { jobsOf } from '../../../src/jobs/job-model.js'
import { testDatabase } from '../../helper/database.js'
import { mailServer } from '../../helper/mail-server.js'
import { programPath } from '../../helper/paths.js'
import { publish, register, SETTINGS, type SignedIn, startOne } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

const KILLS = 12
/** An address gets ten mails in an hour at most. */
const CLIENTS = 12

t.test('nothing due is lost, and a kill has at most one mail of a kind sent twice', async (t) => {
  const { uri } = await testDatabase(t)
  const mail = await mailServer(t)
  const env = { MONGODB_URI: uri, SMTP_URL: mail.url, LOG_LEVEL: 'silent', MAX_UPCOMING_BOOKINGS: '0' }
  // It takes the requests and sends nothing itself: who sends is killed, and who books is answered.
  const desk = await startOne(t, { uri, settings: { MAX_UPCOMING_BOOKINGS: '0' } })
  const provider = await register(desk, 'provider')
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => register(desk, 'client')))
  await desk.call('PATCH', '/v1/me', {
    token: provider.token,
    body: { notifications: { calendar: 'none' } },
  })
  const slotIds = await publish(desk, provider, 96, 5)
  const senders = [await sender(t, env), await sender(t, env)]
  const confirmed = new Map<string, SignedIn>()
  let isOver = false
  const booking = clients.map(async (client, index) => {
    for (let at = index; at < slotIds.length && !isOver; at += CLIENTS) {
      const { status, body } = await desk.call<{ id: string }>('POST', '/v1/reservations', {
        token: client.token,
        body: { slotId: slotIds[at] },
      })
      if (status !== 201) continue
      const answer = await desk.call('POST', `/v1/reservations/${body.id}/confirm`, { token: client.token })
      if (answer.status === 200) confirmed.set(body.id, client)
    }
  })
  for (let kills = 0; kills < KILLS; kills++) {
    await pause(100 + Math.random() * 400)
    await senders[kills % 2]?.again()
  }
  await Promise.all(booking)
  isOver = true
  const connection = await connectDatabase({ uri })
  t.teardown(() => connection.close())
  const jobs = jobsOf(connection)
  await until(
    async () => {
      const waiting = await jobs.countDocuments({ state: 'waiting', kind: { $ne: 'reminder' } })
      return waiting === 0 && (await jobs.countDocuments({ kind: 'confirmed' })) >= 2 * confirmed.size
    },
    'all jobs to have ended',
    120_000,
  )

  t.ok(confirmed.size > 50, `control: ${confirmed.size} bookings`)
  const unsent = { state: { $ne: 'done' as const }, kind: 'confirmed', recipient: { $ne: provider.id } }
  t.same(await jobs.find(unsent).toArray(), [], 'all of them were sent')
  for (const client of clients) {
    const own = [...confirmed.values()].filter((one) => one === client).length
    const ids = new Set(mail.to(client.email).map(({ messageId }) => messageId))
    t.equal(ids.size, own, 'one mail for each booking')
  }
  const twins = mail.mails.length - new Set(mail.mails.map(({ messageId }) => messageId)).size
  t.comment(`${mail.mails.length} mails, ${twins} twins of ${KILLS} kills`)
  t.ok(twins <= KILLS, `${twins} were sent twice, each with the same Message-ID`)
})

interface Sender {
  /** SIGKILL, and another one in its place. */
  again(): Promise<void>
}

async function sender(t: Test, env: Record<string, string>): Promise<Sender> {
  let child: ChildProcess | undefined
  const start = async () => {
    const started = spawn(process.execPath, [programPath('test/helper/sending-server')], {
      env: { ...process.env, ...SETTINGS, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child = started
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: started.stdout }).once('line', () => resolve())
      started.once('close', () => reject(new Error('it ended before it listened')))
    })
  }
  const kill = async () => {
    const running = child
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const closed = new Promise((resolve) => running.once('close', resolve))
    running.kill('SIGKILL')
    await closed
  }
  t.teardown(kill)
  await start()
  return {
    async again() {
      await kill()
      await start()
    },
  }
}
