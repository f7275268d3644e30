import mongoose from 'mongoose'
import t from 'tap'
import { jobsOf } from '../../src/jobs/job-model.js'
import { headerOf, textOf } from '../../src/mail/read-mail.js'
import { booked, clinic, move } from '../helper/clinic.js'
import { testDatabase } from '../helper/database.js'
import { mailServer, type ReceivedMail } from '../helper/mail-server.js'
import { mailed } from '../helper/mailed.js'
import { signInAgain, startServers } from '../helper/servers.js'
import { until } from '../helper/until.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

function dateOf(mail: ReceivedMail | undefined): number {
  return mail ? Date.parse(headerOf(mail, 'date')) : Number.NaN
}

t.test('a reminder comes a day before, once, and leads to changes', async (t) => {
  const { server, client, slots, clock, arrived, job, mail } = await mailed(t)
  const { start } = await booked(server, client, slots[0])
  await arrived(client.email, 1)
  const waiting = await job(client.id, 'reminder', () => true)
  t.equal(waiting.state, 'waiting')
  clock.move(Date.parse(start) - DAY_MS - clock.now() - 1)
  await server.app.jobs.look()
  t.equal(mail.to(client.email).length, 1, 'control: not a moment sooner')
  clock.move(2)
  const [, reminder] = await arrived(client.email, 2)
  t.match(reminder?.subject, /^Reminder: /)
  const text = reminder ? textOf(reminder, 'text/plain') : ''
  t.match(text, /https:\/\/booking\.example\.org\/l\//)
  t.match(reminder?.headers.get('list-unsubscribe')?.[0], '<https://booking.example.org/account>')
  await job(client.id, 'reminder', ({ state }) => state === 'done')
})

t.test('a move replaces reminders, and what is cancelled reminds nobody', async (t) => {
  const { server, client, slots, clock, arrived, job, jobs, mail } = await mailed(t)
  const { id, start } = await booked(server, client, slots[0])
  await arrived(client.email, 1)
  const moved = (await move(server, client, id, slots[8])).body
  await arrived(client.email, 2)
  clock.move(Date.parse(start) - DAY_MS - clock.now() + 1)
  await server.app.jobs.look()
  clock.move(Date.parse(moved.start) - DAY_MS - clock.now() + 1)
  await arrived(client.email, 3)
  await job(client.id, 'reminder', ({ state }) => state === 'done')
  const reminders = (await jobs(client.id)).filter(({ kind }) => kind === 'reminder')
  t.same(reminders.map(({ state }) => state).sort(), ['done', 'obsolete'])

  const again = await signInAgain(server, client)
  const second = await booked(server, again, slots[12])
  await arrived(client.email, 4)
  await server.call('DELETE', `/v1/reservations/${second.id}`, { token: again.token })
  await arrived(client.email, 5)
  clock.move(Date.parse(second.start) - clock.now() - HOUR_MS)
  await server.app.jobs.look()
  t.equal(mail.to(client.email).length, 5)
})

t.test('a service has reminders of its own, and an account can do without', async (t) => {
  const { server, client, slots, clock, offer, arrived, job, jobs } = await mailed(t)
  const service = await offer({ reminderMinutes: [120, 30] })
  const { start } = await booked(server, client, slots[0], service.id)
  await arrived(client.email, 1)
  await job(client.id, 'reminder', () => true)
  t.equal((await jobs(client.id)).filter(({ kind }) => kind === 'reminder').length, 2)
  // The server was away while the first was due: the second says it all.
  clock.move(Date.parse(start) - 20 * 60_000 - clock.now())
  await arrived(client.email, 2)
  await job(client.id, 'reminder', ({ state }) => state === 'obsolete')
  const again = await signInAgain(server, client)
  const { body } = await server.call<{ notifications: object }>('PATCH', '/v1/me', {
    token: again.token,
    body: { notifications: { reminders: false } },
  })
  t.same(body.notifications, { reminders: false, changes: true })
})

t.test(
  'what is written on a booking leaves its reminder alone; moved away and back it has another',
  async (t) => {
    const { server, client, provider, slots, clock, arrived, job, jobs } = await mailed(t)
    const { id, start } = await booked(server, client, slots[0])
    await arrived(client.email, 1)
    await move(server, client, id, slots[4])
    await arrived(client.email, 2)
    await move(server, client, id, slots[0])
    await arrived(client.email, 3)
    await server.call('PATCH', '/v1/me', { token: client.token, body: { name: 'Ada Renamed' } })
    await server.call('PATCH', '/v1/me', { token: provider.token, body: { timeZone: 'Asia/Tokyo' } })
    // As by a version that writes down more of a booking than this one.
    const { modifiedCount } = await server.app.slots.collection.updateOne(
      { _id: slots[0] ?? '' },
      { $inc: { rev: 3 } },
    )
    t.equal(modifiedCount, 1)
    clock.move(Date.parse(start) - DAY_MS - clock.now())
    const [, , , reminder] = await arrived(client.email, 4)
    t.match(reminder?.subject, /^Reminder: /)
    t.match(reminder && textOf(reminder, 'text/plain'), 'Ada Renamed')
    t.equal(dateOf(reminder), clock.now(), 'its date is not that of the end of a lease')
    await job(client.id, 'reminder', ({ state }) => state === 'done')
    const isEnded = async () => {
      const reminders = (await jobs(client.id)).filter(({ kind }) => kind === 'reminder')
      const states = reminders.map(({ state }) => state).sort()
      return states.join() === 'done,obsolete,waiting'
    }
    await until(isEnded, 'control: what was due for the time before the moves is not sent')
  },
)

t.test('a reminder that comes late bears the moment at which it was due', async (t) => {
  const { server, client, slots, clock, arrived, job, mail } = await mailed(t)
  const { start } = await booked(server, client, slots[0])
  await arrived(client.email, 1)
  await job(client.id, 'reminder', () => true)
  await mail.stop()
  clock.move(Date.parse(start) - DAY_MS - clock.now() + HOUR_MS)
  await job(client.id, 'reminder', ({ attempts, lease }) => attempts === 1 && lease === undefined)
  await mail.start()
  clock.move(HOUR_MS)
  const [, reminder] = await arrived(client.email, 2)
  t.equal(dateOf(reminder), Date.parse(start) - DAY_MS)
})

t.test('bookings from before there were jobs are reminded of once, and not confirmed again', async (t) => {
  const { uri } = await testDatabase(t)
  const { server, client, slots, clock } = await clinic(t, { uri })
  const bookings = [
    await booked(server, client, slots[0]),
    await booked(server, client, slots[1]),
    await booked(server, client, slots[2]),
  ]
  const moved = (await move(server, client, bookings[1]?.id ?? '', slots[6])).body
  await server.call('DELETE', `/v1/reservations/${bookings[2]?.id}`, { token: client.token })
  await server.app.close()
  const database = await mongoose.createConnection(uri).asPromise()
  await database.collection('jobs').drop()
  await database.collection('jobProgress').drop()
  await database.close()

  clock.move(HOUR_MS)
  const mail = await mailServer(t)
  const settings = { NOTICE_SECONDS: '0', SMTP_URL: mail.url }
  const servers = await startServers(t, { uri, clock, sweep: false, settings })
  const [one] = servers
  if (!one) throw new Error('no server')
  await until(() => one.app.jobs.derived() > 0, 'the slots were looked at')
  await until(
    async () => (await jobsOf(one.app.mongo).countDocuments()) === 2,
    'a reminder of each that lies ahead',
  )
  await Promise.all(servers.map(({ app }) => app.jobs.look()))
  t.same(mail.mails, [], 'and no mail of what is over')
  const start = Math.max(Date.parse(bookings[0]?.start ?? ''), Date.parse(moved.start))
  clock.move(start - DAY_MS - clock.now())
  const isTold = async () => {
    await Promise.all(servers.map(({ app }) => app.jobs.look()))
    return (await jobsOf(one.app.mongo).countDocuments({ state: 'done' })) === 2
  }
  await until(isTold, 'both reminders')
  t.same(
    mail.mails.map(({ subject }) => subject.slice(0, 9)),
    ['Reminder:', 'Reminder:'],
  )
  // Control: what is done from now on is confirmed.
  const again = await signInAgain(one, client)
  await booked(one, again, slots[9])
  await until(async () => {
    await Promise.all(servers.map(({ app }) => app.jobs.look()))
    return mail.to(client.email).some(({ subject }) => subject.startsWith('Confirmed: '))
  }, 'a confirmation')
})
